#!/usr/bin/env bash
# The main job, end to end, on this machine: raises an environment through API and worker with the real Terraform and
# AWS provider on an emulated AWS, asks the AWS API what exists, takes it down, and asks again.
#
#   scripts/demo.sh DIRECTORY_OF_BINARIES
set -euo pipefail
cd "$(dirname "$0")/.."
bin=$(cd "$1" && pwd)
work=$(mktemp -d)
started=$SECONDS

stop() {
  local status=$?
  trap - EXIT
  "$bin/terrane-rig" down --env-file "$work/env" || true
  rm -rf "$work"
  exit "$status"
}
trap stop EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

say() { printf '\n== %s\n' "$*"; }

say "Starting Postgres, Redis, an emulated AWS, the API and a worker on loopback"
"$bin/terrane-rig" up --env-file "$work/env" --bin-dir "$bin"
set -a
# shellcheck source=/dev/null
. "$work/env"
set +a
PATH="$bin:$PATH"
# What is asked below has to be asked where the environment stands.
export AWS_REGION=eu-west-1 AWS_DEFAULT_REGION=eu-west-1

say "The environment file"
grep -v '^#' examples/demo.yaml
terrane validate -f examples/demo.yaml >/dev/null

say "Raising it: terrane apply --wait"
terrane apply -f examples/demo.yaml --wait
environment=$(terrane get demo -o json | "$TERRANE_RIG_PYTHON" -c 'import json, sys; print(json.load(sys.stdin)["id"])')

say "What AWS says exists, with Terrane's tags"
"$TERRANE_RIG_PYTHON" scripts/ask_aws.py "$environment" \
  --expect vpc subnet internet_gateway nat_gateway bucket registry database

say "Outputs"
terrane outputs demo

say "Taking it down: terrane destroy --wait"
terrane destroy demo --yes --wait

say "What AWS says is left"
"$TERRANE_RIG_PYTHON" scripts/ask_aws.py "$environment" --expect-nothing

say "Done in $((SECONDS - started)) s; stopping what was started"
