//! The applications over kernel sockets, in real time: clean lines, all at the same time.

use super::*;
use pushlab::net::Network;

#[test]
fn every_application_over_every_transport() {
    let fast = |name| {
        let rates = match name {
            "chat" => json!({"rate": "20/s"}),
            "ride" => json!({"rate": "10/s"}),
            "auction" => json!({"rate": "10/s", "rush": null}),
            "whiteboard" => json!({"rate": "20/s", "late_at": "500ms"}),
            "document" => json!({"rate": "10/s"}),
            "scoreboard" => json!({"rate": "20/s", "switch_every": "300ms"}),
            _ => json!({"rate": "20/s"}),
        };
        let short = json!({"warm_up": "200ms", "duration": "1s", "poll_every": "100ms", "jitter": "0ms", "delay": "0ms"});
        with(with(small(name), short), rates)
    };
    for name in TALKING.iter().chain(&READING) {
        let prepared = prepared(fast(name));
        std::thread::scope(|scope| {
            for entry in transport::ALL {
                let prepared = &prepared;
                scope.spawn(move || {
                    let outcome = prepared.run(entry, Network::Loopback).expect("sockets");
                    let run = verified(outcome.result, entry, name);
                    assert_eq!(
                        run.people.states_compared > 0,
                        TALKING.contains(name),
                        "{name}"
                    );
                });
            }
        });
    }
}
