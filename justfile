# The habits of a developer. `just` lists them.

default:
    @just --list

# Everything a change must pass before it is committed.
check: format-check lint test book

format:
    cargo fmt --all

format-check:
    cargo fmt --all --check

# Rust and RTL.
lint:
    cargo clippy --workspace --all-targets --locked -- -D warnings
    bash testbenches/lint.sh

test:
    bash scripts/test.sh

# One crate, the inner loop: just try bitspike-model
try crate:
    cargo nextest run -p {{crate}}

bench:
    cargo bench --workspace

# The book and the API documentation.
book:
    mdbook build docs
    RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --locked

quickstart:
    bash scripts/quickstart.sh
