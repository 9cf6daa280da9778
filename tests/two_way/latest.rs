//! Topics: who follows which, changes between them, and newest values only.

use super::*;

/// Three topics, two events a second on each, on the dot: 20 events each.
fn topics(changes: Value) -> Value {
    let base = json!({
        "app": "topics", "topic": "match", "topics": 3, "clients": 6, "rate": "2/s", "rate_per": "topic",
        "arrivals": "fixed", "warm_up": "0s", "duration": "10s", "message": {"score": [12, 30]},
    });
    with(base, changes)
}

#[test]
fn everybody_sees_what_he_follows_and_nothing_else() {
    for (follow, count) in [(json!("all"), 3), (json!(2), 2), (json!(1), 1)] {
        for run in everywhere("topics", topics(json!({"follow": follow}))) {
            assert_eq!(run.result.expected, 6 * count * 20, "{} {follow}", run.id);
            assert_eq!(run.result.delivered, run.result.expected, "{}", run.id);
        }
    }
}

/// The verification knows when each change counts; here the lines make it hard.
#[test]
fn topics_change_while_the_lines_are_bad() {
    for line in [
        json!({}),
        json!({"loss": "2%", "jitter": "20ms"}),
        json!({"outages": [{"at": "3s", "for": "3s"}]}),
        json!({"duration": "30s", "heartbeat": "1s", "hold": "2s", "outages": [{"at": "3s", "for": "17s", "client": 2}]}),
    ] {
        for follow in [1, 2] {
            if follow == 2 && !line["duration"].is_null() {
                continue; // once is enough for the long run
            }
            let changes = json!({"follow": follow, "switch_every": "1700ms"});
            for run in everywhere("topics", topics(with(line.clone(), changes))) {
                assert_eq!(run.result.superseded, 0, "{}", run.id);
            }
        }
    }
}

/// What is on other topics or one's own neither hurries nor stops a send.
#[test]
fn batches_of_some_topics() {
    let batches = json!({"follow": 2, "batch_every": "700ms", "publishers": 1, "echo": false});
    for run in everywhere("batches", topics(with(batches, json!({"clients": 4})))) {
        assert_eq!(run.result.delivered, run.result.expected, "{}", run.id);
    }
}

fn newest() -> Value {
    json!({
        "poll_delivery": "latest", "hold_delivery": "latest", "push_delivery": "latest", "batch_every": "1s",
        "rate": "20/s", "rate_per": "topic",
    })
}

/// 200 events on each topic. Pollers ask once a second, and pushes send once a second: each send has the newest of each
/// topic. That is ten or eleven sends, by the phase of the client; the last has the last event (else the run is not
/// verified). A question that is held brings at most what 50 ms leave over.
#[test]
fn the_newest_of_each_topic() {
    for (follow, count) in [(json!("all"), 3), (json!(2), 2)] {
        let fields = topics(with(newest(), json!({"follow": follow})));
        for (run, entry) in everywhere("newest", fields).iter().zip(transport::ALL) {
            let (id, result) = (run.id, &run.result);
            assert_eq!(result.expected, 6 * count * 200, "{id}");
            assert!(result.superseded > 0, "{id}");
            if !entry.descriptor.affects("hold_delivery") {
                let sends = result.delivered / count;
                assert!(
                    (60..=72).contains(&sends),
                    "{id}: {sends} sends to 6 clients"
                );
            }
        }
    }
}

#[test]
fn the_newest_through_bad_lines_and_changes() {
    for line in [
        json!({"loss": "2%", "jitter": "20ms"}),
        json!({"outages": [{"at": "3s", "for": "3s"}]}),
        json!({"outages": [{"at": "3s", "for": "3s", "client": 1}]}),
    ] {
        let changing = json!({"follow": 1, "switch_every": "2300ms"});
        let fields = with(topics(newest()), with(line.clone(), changing));
        for run in everywhere("newest", fields) {
            assert!(run.result.superseded > 0, "{}", run.id);
        }
        let ride = with(small("ride"), with(line, newest()));
        let ride = with(ride, json!({"rate_per": "publisher"}));
        for run in everywhere("newest ride", ride) {
            assert!(run.result.superseded > 0, "{}", run.id);
        }
    }
}
