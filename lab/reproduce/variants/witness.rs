//! What a witness at the server notes of each question. A simulated run stays on its thread, and so do the notes.

use super::newest;
use crate::clock;
use crate::feed::Feed;
use std::cell::RefCell;

/// A question, as it reached the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Question {
    pub at_ns: u64,
    /// The newest event then.
    pub newest: u64,
    /// How many events the client is behind by what it says: they are replayed.
    pub behind: u64,
}

thread_local! {
    static NOTES: RefCell<Vec<Question>> = const { RefCell::new(Vec::new()) };
}

/// Notes a question of a client that says it has everything up to `cursor`.
pub(super) fn note(feed: &Feed, cursor: u64) {
    let newest = newest(feed);
    let question = Question {
        at_ns: clock::now_ns(),
        newest,
        behind: newest.saturating_sub(cursor),
    };
    NOTES.with_borrow_mut(|notes| notes.push(question));
}

/// Takes the notes of this thread.
pub fn take() -> Vec<Question> {
    NOTES.with_borrow_mut(std::mem::take)
}
