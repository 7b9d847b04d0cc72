#!/usr/bin/env bash
# Every test of the repository, from a clean clone: Rust (unit, property, co-simulation, book examples) and RTL lint and synthesis.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/tools.sh
set_up
set_up_tests
if cargo nextest --version >/dev/null 2>&1; then
  cargo nextest run --locked --workspace --no-fail-fast
else
  cargo test --locked --workspace --no-fail-fast --lib --bins --tests
fi
cargo test --locked --workspace --doc
bash testbenches/lint.sh
bash testbenches/synth.sh
