#!/usr/bin/env bash
# Builds OpenTofu from its Go module into the cache, once, and prints the binary's path. Needs Go.
# `go install` refuses it because of a replace directive, so a module of our own names it as a tool.
set -euo pipefail
version=1.12.6
hcl=v2.20.2-0.20251021132045-587d123c2828
tools="${TERRANE_CACHE:-$HOME/.cache/terrane}/tools"
tofu="$tools/bin/tofu-$version"
if [ ! -x "$tofu" ]; then
  command -v go >/dev/null 2>&1 || { echo "Go is missing: install it (https://go.dev/dl) to build OpenTofu." >&2; exit 1; }
  echo "building OpenTofu $version (once, about 4 minutes)" >&2
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  cd "$work"
  cat > go.mod <<EOF
module terrane.invalid/tofu

go 1.26

tool github.com/opentofu/opentofu/cmd/tofu

require github.com/opentofu/opentofu v$version

replace github.com/hashicorp/hcl/v2 v2.20.1 => github.com/opentofu/hcl/v2 $hcl
EOF
  go mod tidy >&2
  mkdir -p "$tools/bin"
  CGO_ENABLED=0 go build -trimpath -ldflags "-s -w -X github.com/opentofu/opentofu/version.dev=no" \
    -o "$tofu.part" github.com/opentofu/opentofu/cmd/tofu >&2
  mv "$tofu.part" "$tofu"
fi
echo "$tofu"
