//! A confirmation is lost on its way, and the message is sent again: it must not be applied twice.

use crate::support::{prepared, simulated};
use proptest::prelude::*;
use pushlab::clock::{MS, S};
use pushlab::measure::{TransportResult, Upward};
use pushlab::net::sim::Middlebox;
use pushlab::run::Prepared;
use pushlab::transport;
use serde_json::json;

/// A chat of three on a line of 50 ms to and fro; each says something on every full second.
fn chat() -> Prepared {
    prepared(json!({
        "app": "chat", "topic": "room", "clients": 3, "publishers": 3,
        "rate": "1/s", "rate_per": "publisher", "arrivals": "fixed",
        "warm_up": "1s", "duration": "3s", "delay": "25ms", "poll_every": "500ms",
        "hold": "2s",
    }))
}

/// Runs a chat whose connections are all cut at these instants. The run verifies itself: each message is judged once,
/// its sender is told that verdict, everybody sees each event once, and a fresh copy of the rules agrees.
fn cut(chat: &Prepared, entry: &transport::Entry, cuts_ns: Vec<u64>) -> Upward {
    let shown = format!("{} cut at {cuts_ns:?}", entry.descriptor.id);
    let mut chat = chat.clone();
    chat.middlebox = Middlebox {
        cuts_ns,
        idle_ns: None,
    };
    let result: TransportResult = simulated(&chat, entry);
    let figures = result
        .figures
        .unwrap_or_else(|| panic!("{shown}: {:?}", result.problem));
    let upward = figures.people.and_then(|people| people.upward);
    let upward = upward.expect("people who publish");
    // Three joins, and three messages of each: nothing lost, nothing made up.
    assert_eq!(upward.published, 12, "{shown}");
    assert_eq!(
        (upward.to_acknowledge, upward.acknowledged),
        (12, 12),
        "{shown}"
    );
    assert_eq!(
        (upward.accepted, upward.refused, upward.dropped),
        (12, 0, 0),
        "{shown}"
    );
    assert!(upward.repeats_ignored <= upward.sent_again, "{shown}");
    upward
}

#[test]
fn retries_never_apply_twice_wherever_the_cut_falls() {
    let chat = chat();
    for entry in transport::ALL {
        let (mut ignored, mut neither) = (0, 0);
        // The messages of second two leave, are judged after 25 ms, and their confirmations are there after 50 ms. The
        // cut is at the client's end: what has left by then arrives, what is on its way back does not.
        for late_ms in [0, 5, 10, 15, 20, 25, 30, 35, 40, 45, 50, 55, 60, 70] {
            let upward = cut(&chat, entry, vec![2 * S + late_ms * MS]);
            ignored += u64::from(upward.repeats_ignored > 0);
            neither += u64::from(upward.sent_again == 0);
        }
        let shown = format!("{}: {ignored} {neither}", entry.descriptor.id);
        assert!(ignored > 2 && neither > 0, "{shown}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_cuts_leave_each_message_once(
        mut cuts_ms in prop::collection::btree_set(0u64..4_200, 1..6),
        entry in 0..transport::ALL.len(),
    ) {
        let cuts_ns = std::mem::take(&mut cuts_ms).into_iter().map(|at_ms| at_ms * MS).collect();
        cut(&chat(), &transport::ALL[entry], cuts_ns);
    }
}
