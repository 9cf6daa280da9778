//! The server forgets: whoever was cut off for longer than its memory is told so (410, or 4410 over WebSocket), takes a
//! snapshot and is whole again.

use super::*;

#[test]
fn whoever_comes_back_too_late_is_given_a_snapshot() {
    for name in ["whiteboard", "document", "auction", "ride"] {
        let runs = everywhere(
            name,
            with(
                small(name),
                json!({
                    "duration": "30s", "heartbeat": "1s", "hold": "2s", "history": 2, "late": 0, "late_at": "off",
                    "rush": null, "rate": "4/s", "outages": [{"at": "5s", "for": "16s", "client": 1}],
                }),
            ),
        );
        for run in runs {
            let (id, people) = (run.id, &run.people);
            assert!(people.gaps_detected > 0, "{name} over {id}: no gap");
            assert_eq!(
                people.gaps_detected, people.gaps_repaired,
                "{name} over {id}"
            );
            assert!(people.in_snapshots > 0, "{name} over {id}");
            assert!(people.states_compared > 0, "{name} over {id}");
        }
    }
}
