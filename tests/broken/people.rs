//! Broken servers of applications: rules that do something else than they should, and a hub that repeats to its sender
//! what he said. The lab judges all messages again by the scenario's own rules, and must name what is wrong.

use crate::support::{prepared, simulated};
use pushlab::app::{Draft, Message, Refusal, Rules};
use pushlab::hub::Charter;
use pushlab::run::Tamper;
use pushlab::scenario;
use pushlab::transport;
use serde_json::{Value, json};

/// The message with the fault, counted at the server.
const FAULTY: u32 = 7;

#[derive(Clone, Copy, PartialEq)]
enum Fault {
    None,
    Twice,
    Drop,
    Swap,
    TakeRefused,
    Refuse,
    StaleSnapshot,
}

struct Broken {
    inner: Box<dyn Rules>,
    fault: Fault,
    count: u32,
    /// What waits for the next message.
    held: Vec<Draft>,
}

impl Rules for Broken {
    fn receive(&mut self, message: &Message<'_>) -> Result<Vec<Draft>, Refusal> {
        self.count += 1;
        let faulty = self.count == FAULTY;
        if self.fault == Fault::Refuse && faulty {
            return Err(Refusal::no("no reason"));
        }
        let made = self.inner.receive(message);
        match self.fault {
            Fault::Twice if faulty => made.map(|drafts| [drafts.clone(), drafts].concat()),
            Fault::Drop if faulty => made.map(|_| Vec::new()),
            Fault::Swap if faulty => made.map(|drafts| {
                self.held = drafts;
                Vec::new()
            }),
            Fault::TakeRefused => Ok(made.unwrap_or_default()),
            _ => made.map(|drafts| [drafts, std::mem::take(&mut self.held)].concat()),
        }
    }

    fn announce(&mut self, draft: &Draft) {
        self.inner.announce(draft);
    }

    fn published(&mut self, seq: u64, topic: &str) {
        self.inner.published(seq, topic);
    }

    fn due_ns(&self) -> Option<u64> {
        self.inner.due_ns()
    }

    fn tick(&mut self, now_ns: u64) -> Vec<Draft> {
        self.inner.tick(now_ns)
    }

    fn has_snapshots(&self) -> bool {
        self.inner.has_snapshots()
    }

    fn snapshot(&self, topic: &str) -> String {
        match self.fault {
            Fault::StaleSnapshot => String::from("{}"),
            _ => self.inner.snapshot(topic),
        }
    }
}

fn broken(inner: Box<dyn Rules>, fault: Fault) -> Box<dyn Rules> {
    Box::new(Broken {
        inner,
        fault,
        count: 0,
        held: Vec::new(),
    })
}

/// A shipped application, short and small.
fn fields(name: &str, people: u32) -> Value {
    let scenario = scenario::shipped(name).expect("it is shipped");
    let mut fields = serde_json::to_value(scenario).expect("a scenario is JSON");
    fields.as_object_mut().expect("an object").remove("stress");
    for (field, value) in [
        ("clients", json!(people)),
        ("publishers", json!(people)),
        ("warm_up", json!("1s")),
        ("duration", json!("7s")),
        ("rate", json!("2/s")),
    ] {
        fields[field] = value;
    }
    fields
}

/// Runs every transport with the fault: unverified, no figures, and the problem in these words.
fn noticed(fields: Value, tamper: Tamper, words: &[&str]) {
    let mut prepared = prepared(fields);
    prepared.tamper = Some(tamper);
    for entry in transport::ALL {
        let result = simulated(&prepared, entry);
        let id = &result.id;
        assert!(!result.verified, "{id}: {words:?}");
        assert_eq!((&result.figures, &result.series), (&None, &None), "{id}");
        let problem = result.problem.unwrap_or_default();
        for word in words {
            assert!(problem.contains(word), "{id}: {problem:?} lacks {word:?}");
        }
    }
}

fn document() -> Value {
    fields("document", 3)
}

/// Bids by what is shown: some are too late.
fn auction() -> Value {
    let mut auction = fields("auction", 8);
    auction["rush"] = json!({"at": "2s", "for": "4s", "times": 10});
    auction
}

#[test]
fn the_seam_itself_breaks_nothing() {
    for fields in [document(), auction()] {
        let usual = prepared(fields.clone());
        let mut tampered = prepared(fields);
        tampered.tamper = Some(|_, rules| broken(rules, Fault::None));
        for entry in transport::ALL {
            let result = simulated(&usual, entry);
            assert!(result.verified, "{:?}", result.problem);
            assert_eq!(result, simulated(&tampered, entry));
        }
    }
}

#[test]
fn rules_that_apply_a_message_twice() {
    let words = ["event 8 is not what the rules make of the messages"];
    noticed(chat(), |_, rules| broken(rules, Fault::Twice), &words);
}

#[test]
fn rules_that_drop_a_message() {
    let words = ["event 7 is not what the rules make of the messages"];
    noticed(chat(), |_, rules| broken(rules, Fault::Drop), &words);
}

#[test]
fn rules_that_change_the_order() {
    let words = ["event 7 is not what the rules make of the messages"];
    noticed(chat(), |_, rules| broken(rules, Fault::Swap), &words);
}

/// One event for each message: the seventh is event 7.
fn chat() -> Value {
    let mut chat = fields("chat", 3);
    chat["also"] = json!([]);
    chat
}

#[test]
fn rules_that_take_what_they_should_refuse() {
    let words = ["was taken, but the rules say: refused as \"outbid\""];
    noticed(
        auction(),
        |_, rules| broken(rules, Fault::TakeRefused),
        &words,
    );
}

#[test]
fn rules_that_refuse_what_they_should_take() {
    let words = ["was refused as \"no reason\", but the rules say: taken"];
    noticed(chat(), |_, rules| broken(rules, Fault::Refuse), &words);
}

#[test]
fn a_snapshot_of_the_past() {
    let mut board = fields("whiteboard", 3);
    board["late_at"] = json!("5s");
    let words = ["client 2 and the server do not agree on board-1 in the end"];
    noticed(
        board,
        |_, rules| broken(rules, Fault::StaleSnapshot),
        &words,
    );
}

#[test]
fn a_hub_that_repeats_to_its_sender_what_he_said() {
    fn echo(charter: &mut Charter, rules: Box<dyn Rules>) -> Box<dyn Rules> {
        charter.echo = true;
        rules
    }
    let mut board = fields("whiteboard", 3);
    board["late"] = json!(0);
    board["late_at"] = json!("off");
    noticed(board, echo, &["was sent event", "which is its own"]);
}
