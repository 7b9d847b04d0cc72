//! The `bitspike` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    bitspike::cli::main()
}
