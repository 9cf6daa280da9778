//! The feed: a log of events read through a cursor, and the sources that fill it.
//!
//! `since(cursor)` answers at once, `after(cursor).await` waits for something newer. The four
//! transports differ in how they call these two: short polling asks `since` again and again, long
//! polling awaits `after` once per request, SSE loops over `after` inside one answer, WebSocket
//! over frames. A [`Reader`] does both for some topics only.

mod event;
mod instants;
mod log;
mod payload;
mod random;
mod reader;
mod replay;
mod source;
mod timestamp;
mod topics;

pub use event::Event;
pub use instants::Instants;
pub use log::{Batch, Feed, Forgotten, MAX_BATCH};
pub use payload::{payload_label, payload_seq, replayed as json_payload};
pub use random::Choices;
pub use reader::{Interest, Reader};
pub use replay::ReplayError;
#[doc(hidden)] // public for the targets in fuzz/, which cannot see inside
pub use replay::parse as replay_bytes;
pub use source::{generate, source, symbols};
