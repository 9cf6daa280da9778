//! Who watches the hub while it works, and checks it afterwards.

use crate::app::{self, Draft, LONGEST_NAME, Message, Refusal, Rules};
use crate::feed::Event;
use crate::hub::{Deed, Witness};
use crate::measure::recorder::{Expected, Recorder, Verdict};
use crate::scenario::Scenario;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Tells the recorder what the hub decides, and keeps all that went in and came out.
pub(super) struct Watcher {
    recorder: Recorder,
    /// Numbers of topics: there may be thousands, and each event is looked up under the hub's lock.
    topics: BTreeMap<String, u32>,
    classes: Arc<[String]>,
    seen: Mutex<Seen>,
}

#[derive(Default)]
struct Seen {
    deeds: Vec<Deed>,
    /// What came of them, in order.
    drafts: Vec<Draft>,
    /// The word on each message, in order: the last event that came of it, or why not.
    verdicts: Vec<Result<u64, String>>,
}

impl Watcher {
    pub fn new(recorder: Recorder, topics: &[String], classes: Arc<[String]>) -> Self {
        Self {
            recorder,
            topics: topics.iter().cloned().zip(0..).collect(),
            classes,
            seen: Mutex::default(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets a fresh copy of the rules judge the same messages in the same order at the same instants. The events must
    /// be the same: then nothing was applied twice, left out or made up. Returns the rules as they are in the end,
    /// or nothing after a difference, which is a problem of the run.
    pub fn judge_again(&self, scenario: &Scenario) -> Option<Box<dyn Rules>> {
        let seen = self.lock();
        let mut rules = app::rules(scenario);
        let mut drafts = seen.drafts.iter();
        let mut verdicts = seen.verdicts.iter();
        let mut seq = 0;
        for deed in &seen.deeds {
            let made = match deed {
                Deed::Message { from, text, now_ns } => {
                    let (n, made) = receive(rules.as_mut(), scenario, from, text, *now_ns);
                    let verdict = match &made {
                        Ok(drafts) => Ok(seq + drafts.len() as u64),
                        Err(refusal) => Err(refusal.why.clone()),
                    };
                    let told = verdicts.next();
                    // Which events came of it is checked event by event.
                    let same = match (told, &verdict) {
                        (Some(Ok(_)), Ok(_)) => true,
                        (told, verdict) => told == Some(verdict),
                    };
                    if !same {
                        self.recorder.problem(format!(
                            "message {n} of client {from} was {}, but the rules say: {}",
                            word(told),
                            word(Some(&verdict))
                        ));
                        return None;
                    }
                    made.unwrap_or_default()
                }
                Deed::Announcement(draft) => {
                    rules.announce(draft);
                    vec![draft.clone()]
                }
                Deed::Tick { now_ns } => rules.tick(*now_ns),
            };
            for draft in made {
                seq += 1;
                if drafts.next() != Some(&draft) {
                    let problem = format!("event {seq} is not what the rules make of the messages");
                    self.recorder.problem(problem);
                    return None;
                }
                rules.published(seq, &draft.topic);
            }
        }
        if drafts.next().is_some() {
            let problem = format!("event {} came of nothing", seq + 1);
            self.recorder.problem(problem);
            return None;
        }
        Some(rules)
    }
}

fn receive(
    rules: &mut dyn Rules,
    scenario: &Scenario,
    from: &str,
    text: &[u8],
    now_ns: u64,
) -> (u64, Result<Vec<Draft>, Refusal>) {
    // The hub has read it before.
    let fields: Map<String, Value> = serde_json::from_slice(text).unwrap_or_default();
    let member = |name: &str| fields.get(name).and_then(Value::as_str);
    debug_assert!(from.len() <= LONGEST_NAME);
    let message = Message {
        from,
        topic: member("topic").unwrap_or_default(),
        class: member("class").unwrap_or(app::main_class(scenario)),
        fields: &fields,
        now_ns,
    };
    let n = fields.get("n").and_then(Value::as_u64).unwrap_or_default();
    (n, rules.receive(&message))
}

/// A verdict in a word.
fn word(verdict: Option<&Result<u64, String>>) -> String {
    match verdict {
        Some(Ok(_)) => "taken".into(),
        Some(Err(why)) => format!("refused as {why:?}"),
        None => "never judged".into(),
    }
}

impl Witness for Watcher {
    fn planned_ns(&self, client: &str, n: u64) -> Option<u64> {
        self.recorder.planned_ns(client.parse().ok()?, n)
    }

    fn deed(&self, deed: Deed) {
        self.lock().deeds.push(deed);
    }

    fn appended(&self, event: &Event, draft: &Draft) {
        self.lock().drafts.push(draft.clone());
        let topic = self.topics.get(&event.topic).copied().unwrap_or_default();
        let class = self.classes.iter().position(|known| *known == draft.class);
        let class = class.unwrap_or(self.classes.len());
        let from = event.from.as_deref().and_then(|name| name.parse().ok());
        let seq = self.recorder.expect(Expected {
            born_ns: event.born_ns,
            payload: event.payload.clone(),
            topic,
            class: class as u16,
            from,
        });
        debug_assert_eq!(seq, event.seq);
    }

    fn judged(&self, client: &str, n: u64, now_ns: u64, verdict: Result<u64, &Refusal>) {
        let told = verdict.map_err(|refusal| refusal.why.clone());
        self.lock().verdicts.push(told);
        let Ok(client) = client.parse() else { return };
        let verdict = match verdict {
            Ok(seq) => Verdict::Accepted { seq },
            Err(refusal) => Verdict::Refused {
                why: refusal.why.clone(),
                stale: refusal.stale,
            },
        };
        self.recorder.judged(client, n, now_ns, verdict);
    }

    fn repeated(&self, client: &str, n: u64) {
        if let Ok(client) = client.parse() {
            self.recorder.repeated(client, n);
        }
    }
}
