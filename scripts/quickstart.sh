#!/usr/bin/env bash
# The main job on a fresh machine: set up, build bitspike, and compare model and Verilog on real handwritten digits.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/tools.sh
set_up
cargo build --release --locked -p bitspike
target/release/bitspike cosim examples/quickstart/core.toml --stimulus examples/quickstart/stimulus.toml --out out/quickstart
