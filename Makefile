# Everything a developer or CI runs. `make` alone lists the targets.
# Servers, virtual environment and build caches live under $(TERRANE_CACHE); nothing is installed into the system
# except, as root and when missing, the apt packages that scripts/install.sh names.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

export TERRANE_CACHE ?= $(HOME)/.cache/terrane
TARGET_DIR := $(or $(CARGO_TARGET_DIR),target)
IMAGE_REGISTRY ?= localhost:5000/terrane
IMAGE_TAG ?= $(shell git rev-parse --short HEAD 2>/dev/null || echo dev)

.PHONY: help install build demo test test-integration test-emulator test-e2e test-e2e-tofu test-policy lint format bench run-api run-worker dev-up dev-down \
        docker-build docker-push ci

help: ## List the targets
	@awk -F':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-17s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install: ## Install what demo and tests need (apt as root, a virtual environment, cargo crates), or say what is missing
	@scripts/install.sh

build: install ## Build the binaries
	cargo build --locked --workspace --bins

demo: build ## The main job end to end on this machine: raise an environment, look at it through the AWS API, take it down
	scripts/demo.sh $(TARGET_DIR)/debug

test: install ## Unit tests and store, queue and API tests on real Postgres and Redis
	cargo test --locked --workspace

test-integration: install ## The tests that run the real Terraform and provider too
	TERRANE_INTEGRATION_TESTS=1 cargo test --locked --workspace

test-emulator: install ## The tests of the AWS emulator itself
	scripts/test-emulator.sh

test-e2e: build ## The whole product: API, two worker processes, Terraform, emulated AWS, CLI
	TERRANE_E2E_TESTS=1 cargo test --locked --package terrane-e2e

test-e2e-tofu: build ## The same with OpenTofu, built from its Go module when first needed
	tofu=$$(scripts/build-tofu.sh); \
	  TERRANE_TERRAFORM_BIN=$$tofu TERRANE_E2E_TESTS=1 cargo test --locked --package terrane-e2e

test-policy: build ## What checkov says of the rendered examples, against the list in docs/POLICY.md
	scripts/checkov.sh $(TARGET_DIR)/debug

lint: ## Formatting, clippy with warnings as errors, documentation, licences and bans of dependencies
	cargo fmt --all --check
	cargo clippy --locked --workspace --all-targets -- -D warnings
	RUSTDOCFLAGS="-D warnings" cargo doc --locked --workspace --no-deps --quiet
	scripts/cargo-deny.sh

format: ## Format the code
	cargo fmt --all

bench: build ## Measure render, claim, overhead, throughput and memory, and print the table
	scripts/bench.sh

run-api: build ## Run the API against what `make dev-up` started
	set -a; . .dev/env; exec $(TARGET_DIR)/debug/terrane-api

run-worker: build ## Run a worker against what `make dev-up` started
	set -a; . .dev/env; exec $(TARGET_DIR)/debug/terrane-worker

dev-up: build ## Start Postgres, Redis, emulated AWS, the API and a worker on loopback; writes .dev/env
	$(TARGET_DIR)/debug/terrane-rig up --env-file .dev/env --bin-dir $(TARGET_DIR)/debug

dev-down: ## Stop what dev-up started
	$(TARGET_DIR)/debug/terrane-rig down --env-file .dev/env

docker-build: ## Build the images of API and worker
	docker build --file Dockerfile.api --tag $(IMAGE_REGISTRY)/terrane-api:$(IMAGE_TAG) .
	docker build --file Dockerfile.worker --tag $(IMAGE_REGISTRY)/terrane-worker:$(IMAGE_TAG) .

docker-push: ## Push the images
	docker push $(IMAGE_REGISTRY)/terrane-api:$(IMAGE_TAG)
	docker push $(IMAGE_REGISTRY)/terrane-worker:$(IMAGE_TAG)

ci: lint test-integration test-emulator test-policy test-e2e demo ## What has to pass before a change lands
