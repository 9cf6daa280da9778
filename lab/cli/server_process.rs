//! `pushlab server-process`: what a run over kernel sockets starts for its server. Not for people.

use super::Failure;
use crate::run::process;
use std::path::PathBuf;

/// Serves the run that started this process.
pub fn run() -> Result<(), Failure> {
    Ok(process::serve_parent()?)
}

/// This program, which is the server's process of a run.
pub fn program() -> Result<PathBuf, Failure> {
    std::env::current_exe()
        .map_err(|error| Failure::file("cannot tell where this program is", error))
}
