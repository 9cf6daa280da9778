//! One entry of the feed.

use bytes::Bytes;
use std::sync::Arc;

/// One entry of the feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// 1, 2, 3, ... without gaps. A cursor of `n` means: has everything up to and including event `n`.
    pub seq: u64,
    /// What it is about (in the ticker: the symbol).
    pub topic: String,
    /// The instant it was *born*: its planned instant, nanoseconds after the start of the run.
    pub born_ns: u64,
    /// Its text, one line without line breaks; carries `seq` and the born-time at fixed width.
    pub payload: Bytes,
    /// The client that published it, if one did.
    pub from: Option<Arc<str>>,
}
