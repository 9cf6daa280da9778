//! The server's half: the house judges bids and closes the lots.

use super::{Lot, MOST, MS, START, STEP};
use crate::app::{Draft, Message, Refusal, Rules, main_class, topic_name};
use crate::scenario::Scenario;
use serde_json::Value;
use std::collections::BTreeMap;

/// When lots end, nanoseconds after the start of the run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct End {
    /// If nobody bids late: a sixth of the measured window before its end, 10 s of a minute.
    pub planned_ns: u64,
    /// A bid in this last part before the end moves the end to this long after the bid: three tenths of the time
    /// that the run leaves, 3 s of a minute.
    pub extend_ns: u64,
    /// The end never moves beyond this, however often it moves: [`EXTENSIONS`] times `extend_ns` after the plan.
    pub latest_ns: u64,
}

/// By how many whole extensions the end may move in all. They take nine tenths of the time that the run leaves.
const EXTENSIONS: u64 = 3;

impl End {
    pub fn of(scenario: &Scenario) -> Self {
        let (warm_up, duration) = (scenario.warm_up.as_nanos(), scenario.duration.as_nanos());
        let left = duration / 6;
        let planned_ns = warm_up + duration - left;
        let extend_ns = left / 10 * 3;
        Self {
            planned_ns,
            extend_ns,
            latest_ns: planned_ns + EXTENSIONS * extend_ns,
        }
    }

    /// When a lot ends that would have ended at `ends_ns`, after a bid.
    fn after_bid(self, ends_ns: u64, now_ns: u64) -> u64 {
        ends_ns.max((now_ns + self.extend_ns).min(self.latest_ns))
    }
}

/// The auction house.
pub struct House {
    class: &'static str,
    end: End,
    /// Each lot, and when it ends.
    lots: BTreeMap<String, (Lot, u64)>,
}

impl House {
    pub fn new(scenario: &Scenario) -> Self {
        let end = End::of(scenario);
        let lot = |index| {
            let lot = Lot::new(end.planned_ns);
            (topic_name(scenario, index), (lot, end.planned_ns))
        };
        Self {
            class: main_class(scenario),
            end,
            lots: (0..scenario.topics).map(lot).collect(),
        }
    }
}

impl Rules for House {
    fn receive(&mut self, message: &Message<'_>) -> Result<Vec<Draft>, Refusal> {
        if message.class != self.class {
            return Err(Refusal::bad(format!(
                "an auction has no class {:?}: write {:?}",
                message.class, self.class
            )));
        }
        let (amount, seen) = (message.number("amount")?, message.number("seen")?);
        if !(START..=MOST).contains(&amount) {
            return Err(Refusal::bad(format!(
                "\"amount\" is {amount}: write {START} to {MOST} cents"
            )));
        }
        let Some((lot, ends_ns)) = self.lots.get_mut(message.topic) else {
            return Err(Refusal::bad(format!("there is no lot {:?}", message.topic)));
        };
        // A lot is over at its end, even if the house has not said so yet.
        if lot.closed || message.now_ns >= *ends_ns {
            return Err(Refusal::no("closed"));
        }
        if amount < lot.amount + STEP {
            return Err(if seen == lot.amount {
                Refusal::no("too low")
            } else {
                Refusal::stale("outbid")
            });
        }
        *ends_ns = self.end.after_bid(*ends_ns, message.now_ns);
        lot.amount = amount;
        lot.bidder = Some(message.from.to_owned());
        lot.ends_at_ms = *ends_ns / MS;
        let fields = format!(
            ",\"type\":\"bid\",\"amount\":{amount},\"bidder\":{},\"next_min\":{},\"ends_at_ms\":{}",
            Value::from(message.from),
            amount + STEP,
            lot.ends_at_ms
        );
        Ok(vec![Draft {
            topic: message.topic.to_owned(),
            class: message.class.to_owned(),
            fields,
        }])
    }

    fn due_ns(&self) -> Option<u64> {
        let open = self.lots.values().filter(|(lot, _)| !lot.closed);
        open.map(|(_, ends_ns)| *ends_ns).min()
    }

    fn tick(&mut self, now_ns: u64) -> Vec<Draft> {
        let over = self.lots.iter_mut();
        over.filter(|(_, (lot, ends_ns))| !lot.closed && now_ns >= *ends_ns)
            .map(|(topic, (lot, _))| {
                lot.closed = true;
                Draft {
                    topic: topic.clone(),
                    class: "closed".into(),
                    fields: format!(
                        ",\"type\":\"closed\",\"winner\":{},\"amount\":{}",
                        Value::from(lot.bidder.clone()),
                        lot.amount
                    ),
                }
            })
            .collect()
    }

    fn has_snapshots(&self) -> bool {
        true
    }

    fn snapshot(&self, topic: &str) -> String {
        let lot = self.lots.get(topic);
        lot.map_or_else(|| "{}".into(), |(lot, _)| lot.write())
    }
}
