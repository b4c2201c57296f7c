#!/usr/bin/env bash
# Builds for release, measures and prints one table; docs/BENCHMARKS.md says what its lines mean.
# Arguments go to terrane-bench, e.g. `scripts/bench.sh --pairs 1`.
set -euo pipefail
cd "$(dirname "$0")/.."
target="${CARGO_TARGET_DIR:-target}"

cargo build --locked --release \
  --package terrane-cli --package terrane-api --package terrane-worker --package terrane-bench
cargo bench --locked --package terrane-blueprint --bench render -- --noplot
"$target/release/terrane-bench" --bin-dir "$target/release" --criterion "$target/criterion" "$@"
