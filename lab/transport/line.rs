//! How a client half gets to the server.

use super::client::Lost;
use super::counted::Counted;
use crate::clock;
use crate::measure::recorder::Recorder;
use crate::net::{Buffers, Dialer};

/// A client's access to the server: opens connections, and keeps count of them.
#[derive(Clone)]
pub struct Line {
    pub(super) number: u32,
    pub(super) dialer: Dialer,
    pub(super) recorder: Recorder,
    pub(super) buffers: Buffers,
}

impl Line {
    /// Opens a connection.
    pub async fn dial(&self) -> Result<Counted, Lost> {
        self.recorder.dialled(self.number, clock::now_ns());
        let wire = self.dialer.dial().await.map_err(|error| {
            self.hung_up();
            self.recorder.unopened(&error);
            Lost
        })?;
        Ok(Counted::new(wire, self.clone()))
    }

    /// Notes that a connection is gone.
    pub(super) fn hung_up(&self) {
        self.recorder.hung_up(self.number);
    }

    /// Buffer sizes of its connections.
    pub fn buffers(&self) -> Buffers {
        self.buffers
    }

    /// Notes that an HTTP request goes out.
    pub fn requested(&self) {
        self.recorder.requested();
    }
}
