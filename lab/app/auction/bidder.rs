//! A client's half: a screen that shows the lots, and somebody who bids by what it shows.

use super::house::End;
use super::{Lot, MOST, STEP};
use crate::app::{Identity, Participant, Publish, Sight, envelope, main_class, topic_name};
use crate::feed::Choices;
use crate::scenario::Scenario;
use bytes::Bytes;
use serde::Deserialize;
use std::collections::BTreeMap;

/// Streams of the seed for how much people bid.
const STREAM: u64 = 5 << 40;
/// A bid adds one to this many steps to the price.
const MOST_STEPS: u32 = 3;

/// An event of an auction.
#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "lowercase")]
enum Event {
    Bid {
        amount: u64,
        bidder: String,
        ends_at_ms: u64,
    },
    Closed {
        winner: Option<String>,
        amount: u64,
    },
}

/// Whoever follows an auction. Asked for a bid, it bids one to three steps more than the price that it knows. It
/// does not bid against itself: while it believes that its own bid is the highest it lets the moment pass, and so it
/// does once it has seen that the lot is closed.
pub struct Bidder {
    name: String,
    home: String,
    topic_member: String,
    class: &'static str,
    acknowledge: bool,
    /// Whether it is shown its own bids; otherwise it does not know when the lot ends.
    echo: bool,
    choices: Choices,
    /// What the screen shows.
    lots: BTreeMap<String, Lot>,
    /// Its own highest bid that the house has accepted. The answer may come before the event, or after.
    mine: u64,
}

impl Bidder {
    pub fn new(scenario: &Scenario, identity: &Identity) -> Self {
        let lot = Lot::new(End::of(scenario).planned_ns);
        let lots = (0..scenario.topics).map(|index| (topic_name(scenario, index), lot.clone()));
        Self {
            name: identity.name.clone(),
            home: identity.home.clone(),
            topic_member: scenario.topic.clone(),
            class: main_class(scenario),
            acknowledge: scenario.acknowledge,
            echo: scenario.echo,
            choices: Choices::new(scenario.seed, STREAM | u64::from(identity.client)),
            lots: lots.collect(),
            mine: 0,
        }
    }

    /// What is due for a bid on the home lot: the price that the bidder knows, unless it is his own or too late.
    fn price_to_beat(&self) -> Option<u64> {
        let lot = self.lots.get(&self.home)?;
        let leads = self.mine > lot.amount || lot.bidder.as_ref() == Some(&self.name);
        (!leads && !lot.closed).then_some(lot.amount)
    }
}

impl Participant for Bidder {
    fn act(&mut self, class: &str, _now_ns: u64) -> Vec<Publish> {
        if class != self.class {
            return Vec::new();
        }
        // Drawn in any case: the seed's choices do not depend on what is seen.
        let steps = u64::from(1 + self.choices.below(MOST_STEPS));
        let Some(seen) = self.price_to_beat() else {
            return Vec::new();
        };
        let amount = (seen + steps * STEP).min(MOST);
        vec![Publish {
            topic: self.home.clone(),
            class: class.to_owned(),
            fields: format!(",\"amount\":{amount},\"seen\":{seen}"),
            acknowledge: self.acknowledge,
        }]
    }

    fn see(&mut self, payload: &[u8]) -> Sight {
        let Some((topic, own)) = envelope::open(payload, &self.topic_member) else {
            return Sight::Next;
        };
        let event = serde_json::from_str(&format!("{{{own}}}"));
        if let (Some(lot), Ok(event)) = (self.lots.get_mut(topic), event) {
            match event {
                Event::Bid {
                    amount,
                    bidder,
                    ends_at_ms,
                } => {
                    *lot = Lot {
                        amount,
                        bidder: Some(bidder),
                        ends_at_ms,
                        closed: false,
                    }
                }
                Event::Closed { winner, amount } => {
                    lot.amount = amount;
                    lot.bidder = winner;
                    lot.closed = true;
                }
            }
        }
        Sight::Next
    }

    fn load(&mut self, topic: &str, _seq: u64, snapshot: &[u8]) {
        if let Ok(lot) = serde_json::from_slice(snapshot) {
            self.lots.insert(topic.to_owned(), lot);
        }
    }

    fn answered(&mut self, publish: &Publish, verdict: Result<u64, &str>) {
        #[derive(Deserialize)]
        struct Bid {
            amount: u64,
        }
        let own = publish.fields.trim_start_matches(',');
        if let (Ok(_), Ok(Bid { amount })) = (verdict, serde_json::from_str(&format!("{{{own}}}")))
        {
            self.mine = self.mine.max(amount);
        }
    }

    fn state(&self, topic: &str) -> Option<Bytes> {
        let lot = self.lots.get(topic).filter(|_| self.echo)?;
        Some(lot.write().into())
    }
}
