//! Coming late: whoever does has the same board as all others, byte for byte, also when his line is cut while he joins.

use super::*;

/// Three pens on a line of 10 ms; the third comes after two seconds, within 10 ms.
fn late(changes: Value) -> Value {
    let changes = with(
        json!({
            "clients": 3, "publishers": 3, "rate": "4/s", "delay": "10ms", "poll_every": "300ms", "warm_up": "20ms",
            "duration": "4s", "late": 1, "late_at": "2s",
        }),
        changes,
    );
    shipped("whiteboard", changes)
}

/// Joining takes eight trips over the line at most (two connections, two answers on each): the cut begins at each step
/// of that and of a little before and after.
fn cut(lasts: &str, step_ms: u64, changes: Value) -> Vec<Run> {
    let mut runs = Vec::new();
    for at_ms in (1_990..=2_100).step_by(step_ms as usize) {
        let outage = json!([{"at": format!("{at_ms}ms"), "for": lasts, "client": 2}]);
        let fields = late(with(json!({"outages": outage}), changes.clone()));
        for run in everywhere(&format!("cut at {at_ms} ms"), fields) {
            assert_eq!(run.people.states_compared, 3, "{} at {at_ms} ms", run.id);
            runs.push(run);
        }
    }
    runs
}

#[test]
fn whoever_comes_late_has_the_same_board() {
    for run in everywhere("late", late(json!({}))) {
        assert_eq!(run.people.states_compared, 3, "{}", run.id);
    }
}

#[test]
fn also_when_the_line_is_cut_while_joining() {
    cut("1s", 5, json!({}));
}

/// So long that the client gives up and begins anew.
#[test]
fn also_when_it_is_cut_for_long() {
    let runs = cut(
        "12s",
        25,
        json!({"duration": "16s", "heartbeat": "500ms", "rate": "2/s"}),
    );
    let connections = |run: &Run| run.result.figures.as_ref().map_or(0, |f| f.connections);
    let most = runs.iter().map(connections).max();
    assert!(most > Some(6), "nobody had to begin anew");
}
