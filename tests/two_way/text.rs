//! The document: many write, lines are bad, and in the end all have one text.

use super::spy::{events, spied};
use super::*;
use std::collections::BTreeSet;

/// Ten writers, two letters a second each; 2 % are lost, all lines are cut once, and two writers' for so long that the
/// server has forgotten what they missed.
fn writers(seed: u64, history: u64) -> Value {
    shipped(
        "document",
        json!({
            "seed": seed, "clients": 10, "publishers": 10, "rate": "1/s", "warm_up": "1s", "duration": "35s",
            "loss": "2%", "heartbeat": "1s", "hold": "2s", "history": history,
            "outages": [
                {"at": "3s", "for": "1s"},
                {"at": "6s", "for": "13s", "client": 2},
                {"at": "20s", "for": "13s", "client": 5},
            ],
        }),
    )
}

#[test]
fn ten_writers_agree_after_loss_and_cuts() {
    for seed in 1..=2 {
        for run in everywhere("ten writers", writers(seed, 20)) {
            let (id, people) = (run.id, &run.people);
            assert_eq!(people.states_compared, 10, "{id}, seed {seed}");
            assert!(people.gaps_detected > 0, "{id}, seed {seed}: no gap");
            assert_eq!(
                people.gaps_detected, people.gaps_repaired,
                "{id}, seed {seed}"
            );
            assert!(run.upward().sent_again > 0, "{id}, seed {seed}");
        }
    }
}

/// The log keeps everything here, so that it can be read afterwards.
#[test]
fn nothing_is_applied_twice() {
    let prepared = prepared(writers(4, 0));
    for entry in transport::ALL {
        let (run, hub) = spied(&prepared, entry, "ten writers");
        let events = events(&hub);
        let ops: BTreeSet<_> = events
            .iter()
            .map(|event| (event["from"].to_string(), event["id"].as_u64()))
            .collect();
        assert_eq!(ops.len(), events.len(), "{}: each op once", run.id);
        assert_eq!(events.len() as u64, run.upward().accepted, "{}", run.id);
        assert!(run.upward().sent_again > 0, "{}", run.id);
    }
}

/// A recorded text is typed anew, and comes out as it was.
#[test]
fn a_recorded_text_comes_out_as_it_was() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios/traces/note.json");
    let trace = std::fs::read_to_string(file).expect("it is shipped");
    let trace: Value = serde_json::from_str(&trace).expect("JSON");
    let lines = [
        json!({}),
        json!({"loss": "2%", "outages": [{"at": "4s", "for": "2s", "client": 0}]}),
    ];
    for line in lines {
        let fields = shipped(
            "document",
            json!({"clients": 3, "publishers": 1, "warm_up": "1s", "duration": "30s", "replay": file}),
        );
        let prepared = prepared(with(fields, line));
        for entry in transport::ALL {
            let (run, hub) = spied(&prepared, entry, "the note");
            assert_eq!(run.people.states_compared, 3, "{}", run.id);
            let (_, snapshot) = hub.snapshot(None).expect("a document has snapshots");
            let snapshot: Value = serde_json::from_str(&snapshot).expect("JSON");
            assert_eq!(
                snapshot["topics"]["doc-1"]["text"], trace["endContent"],
                "{}",
                run.id
            );
        }
    }
}
