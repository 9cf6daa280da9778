//! Printing that cannot crash: a full disk is told, a reader that has seen enough (`| head`) is no error.

use super::Failure;
use std::fmt::Display;
use std::io::{ErrorKind, Write};

/// Data, on stdout, with a line break behind it.
pub fn data(text: impl Display) -> Result<(), Failure> {
    written(writeln!(anstream::stdout(), "{text}"))
}

/// Everything else, on stderr. Nobody can be told if that fails.
pub fn note(text: impl Display) {
    let _ = writeln!(anstream::stderr(), "{text}");
}

/// What became of something written to stdout.
pub fn written(outcome: std::io::Result<()>) -> Result<(), Failure> {
    match outcome {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(Failure::file("cannot write to stdout", error))
        }
        _ => Ok(()),
    }
}
