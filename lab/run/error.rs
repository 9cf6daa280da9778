//! Why there is no run.

use crate::app::TraceError;
use crate::feed::ReplayError;
use std::fmt;

/// Why a run could not be made. (A run that went wrong is an [`super::Outcome`] with a problem.)
#[derive(Debug)]
pub enum RunError {
    /// The replay file is no good.
    Replay(ReplayError),
    /// The recorded typing is no good.
    Trace(TraceError),
    /// The process of the server says so of a file that it reads.
    Input(String),
    /// This machine has too little of something for so many clients, and so for more of them.
    TooLarge {
        /// What they need and what there is.
        needs: String,
        /// What can be done.
        remedy: String,
    },
    /// This machine does not let us.
    Environment(String),
    /// A bug of ours.
    Internal(String),
}

impl fmt::Display for RunError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            RunError::Replay(error) => error.fmt(f),
            RunError::Trace(error) => error.fmt(f),
            RunError::TooLarge { needs, remedy } => write!(f, "{needs}: {remedy}"),
            RunError::Input(message)
            | RunError::Environment(message)
            | RunError::Internal(message) => f.write_str(message),
        }
    }
}

impl std::error::Error for RunError {}
