#!/usr/bin/env bash
# Runs cargo-deny, built once into the cache. Known vulnerabilities are looked up only where the advisory database can
# be fetched; licences, bans and sources are checked everywhere.
set -euo pipefail
version=0.20.2
root="${TERRANE_CACHE:-$HOME/.cache/terrane}/tools"
deny="$root/bin/cargo-deny"
if [ "$("$deny" --version 2>/dev/null)" != "cargo-deny $version" ]; then
  echo "building cargo-deny $version (once, a few minutes)"
  CARGO_TARGET_DIR="${TERRANE_CACHE:-$HOME/.cache/terrane}/tools-target" \
    cargo install cargo-deny --version "$version" --locked --quiet --root "$root"
  rm -rf "${TERRANE_CACHE:-$HOME/.cache/terrane}/tools-target"
fi
"$deny" --locked check --hide-inclusion-graph licenses bans sources
if timeout 60 "$deny" --locked fetch db >/dev/null 2>&1; then
  "$deny" --locked check --hide-inclusion-graph --disable-fetch advisories
else
  echo "cargo-deny: the advisory database can't be fetched from here; vulnerabilities were NOT looked up"
fi
