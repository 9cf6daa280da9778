//! Printing that cannot crash: a full disk is told, a reader that has seen enough (`| head`) is no error.

use super::Failure;
use std::fmt::Display;
use std::io::{ErrorKind, Write};

/// How wide text is where nobody says.
const USUAL: u16 = 120;

/// How many columns there are on stdout: what COLUMNS says, or the terminal, or as many as usual in a file or a pipe.
pub fn width() -> u16 {
    let told = std::env::var("COLUMNS").ok();
    let there = terminal_size::terminal_size_of(std::io::stdout());
    told.and_then(|columns| columns.trim().parse().ok())
        .filter(|columns| *columns > 0)
        .or(there.map(|(width, _)| width.0))
        .unwrap_or(USUAL)
}

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
