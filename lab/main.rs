//! The `pushlab` program: arguments in, exit code out.

use std::process::ExitCode;

fn main() -> ExitCode {
    pushlab::cli::main()
}
