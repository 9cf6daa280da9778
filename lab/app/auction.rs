//! An auction: a lot, its price, bids that are accepted or not, and an end that moves.
//!
//! A topic is a lot. A bid says how much, and which price the bidder saw when he decided:
//!
//! ```text
//! {"n":3,"t":…,"topic":"lot-1","class":"bid","amount":12550,"seen":12500}
//! ```
//!
//! What everybody sees of an accepted one, and at the end (amounts in cents, `ends_at_ms` counted from the start):
//!
//! ```text
//! {"seq":    42,"t":…,"lot":"lot-1","type":"bid","amount":12550,"bidder":"7","next_min":12600,"ends_at_ms":55000}
//! {"seq":    43,"t":…,"lot":"lot-1","type":"closed","winner":"7","amount":12550}
//! ```
//!
//! The rules ([`house`]): a bid is accepted if it is at least [`STEP`] above the price and the lot is open. Otherwise
//! it is `outbid` if the price had changed since the bidder looked, `too low` if it had not, `closed` after the end.
//! A bid shortly before the end moves the end, so that others can answer; only so far, so that there is an end.
//!
//! What it teaches: a screen is not only looked at, people decide by what it shows. Whoever is shown an old price bids
//! too little and is refused, though he was willing to pay more. So the age of what is shown has a price here, and it
//! is counted: the refusals that are `outbid`. It is highest in the last seconds, when the price changes most often.

mod bidder;
mod house;
#[cfg(test)]
mod tests;

pub use bidder::Bidder;
pub use house::House;

use serde::{Deserialize, Serialize};

/// Price of a lot on which nobody has bid, cents.
const START: u64 = 10_000;
/// What a bid has to add to the price at least, cents.
const STEP: u64 = 50;
/// Highest amount, cents: ten million.
const MOST: u64 = 1_000_000_000;

/// What there is to know of a lot: the server keeps it, and so does each screen. As JSON it is the snapshot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Lot {
    /// The price.
    amount: u64,
    /// Whose bid it is; nobody's at the beginning.
    bidder: Option<String>,
    /// When it ends unless somebody bids late, milliseconds after the start of the run.
    ends_at_ms: u64,
    closed: bool,
}

impl Lot {
    fn new(ends_ns: u64) -> Self {
        Self {
            amount: START,
            bidder: None,
            ends_at_ms: ends_ns / MS,
            closed: false,
        }
    }

    fn write(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

const MS: u64 = 1_000_000;
