//! The `pushlab` program: arguments in, exit code out.

use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: pushlab::allocator::Allocator = pushlab::allocator::ALLOCATOR;

fn main() -> ExitCode {
    pushlab::cli::main()
}
