//! Every shipped application at the pace of its file and of its stress setting; the runs are shorter, and of the stress
//! setting there are fewer people.

use super::*;

fn check(name: &str, changes: Value) {
    let talking = TALKING.contains(&name);
    let compared = changes["switch_every"].is_null() && talking;
    for run in everywhere(name, shipped(name, changes)) {
        let (id, people) = (run.id, &run.people);
        assert_eq!(people.upward.is_some(), talking, "{name} over {id}");
        assert_eq!(people.states_compared > 0, compared, "{name} over {id}");
        let upward = run.upward();
        assert_eq!(upward.dropped, 0, "{name} over {id}: the line is clean");
        assert_eq!(
            (people.gaps_detected, upward.sent_again),
            (0, 0),
            "{name} over {id}"
        );
    }
}

#[test]
fn as_they_are_shipped() {
    check("chat", json!({"duration": "8s"}));
    check("ride", json!({"duration": "12s", "outages": []}));
    let rush = json!({"at": "11s", "for": "4s", "times": 60});
    check("auction", json!({"duration": "12s", "rush": rush}));
    check("whiteboard", json!({"duration": "12s", "late_at": "8s"}));
    check("document", json!({"duration": "10s"}));
    check(
        "scoreboard",
        json!({"duration": "15s", "switch_every": "4s"}),
    );
    check("notifications", json!({"duration": "25s"}));
}

#[test]
fn under_stress() {
    check(
        "chat",
        json!({"clients": 16, "publishers": 16, "rate": "5/s", "duration": "5s"}),
    );
    check(
        "ride",
        json!({"clients": 45, "topics": 15, "rate": "1/s", "duration": "4s", "outages": []}),
    );
    let rush = json!({"at": "7s", "for": "3s", "times": 60});
    check(
        "auction",
        json!({"clients": 40, "publishers": 20, "duration": "6s", "rush": rush}),
    );
    check(
        "whiteboard",
        json!({"clients": 8, "publishers": 8, "duration": "5s", "late_at": "7s"}),
    );
    let line = json!({"clients": 8, "publishers": 8, "duration": "5s"});
    check("document", line);
    check(
        "scoreboard",
        json!({"clients": 100, "duration": "6s", "switch_every": "3s"}),
    );
    check("notifications", json!({"clients": 150, "duration": "11s"}));
}
