//! Bad lines: loss, jitter, cuts of all lines and of one, also while people come. Nothing that has to arrive is lost, and
//! nothing is applied twice.

use super::*;

/// Each application, with what happens to its lines.
fn through(line: Value) -> Vec<Run> {
    let mut runs = Vec::new();
    for name in TALKING.iter().chain(&READING) {
        for run in everywhere(name, with(small(name), line.clone())) {
            let compared = run.people.states_compared > 0;
            assert_eq!(compared, TALKING.contains(name), "{name} over {}", run.id);
            runs.push(run);
        }
    }
    runs
}

#[test]
fn loss_and_jitter() {
    through(json!({"loss": "2%", "jitter": "20ms"}));
}

#[test]
fn all_lines_are_cut() {
    through(json!({"outages": [{"at": "4s", "for": "2s"}]}));
}

#[test]
fn all_lines_are_cut_while_people_come() {
    through(json!({"loss": "2%", "outages": [{"at": "0s", "for": "3s"}]}));
}

#[test]
fn one_line_is_cut() {
    through(json!({"outages": [{"at": "5s", "for": "3s", "client": 1}]}));
}

/// So long that the client takes its connection for lost, and what was not confirmed is sent again. With the 2 % the
/// confirmation is sometimes all that was lost.
#[test]
fn one_line_is_cut_until_the_client_gives_up() {
    let runs = through(json!({
        "duration": "30s", "heartbeat": "1s", "hold": "2s", "loss": "2%",
        "outages": [{"at": "6s", "for": "18s", "client": 0}],
    }));
    let count = |of: fn(&Upward) -> u64| runs.iter().map(|run| of(&run.upward())).sum::<u64>();
    assert!(count(|upward| upward.sent_again) > 0);
    assert!(
        count(|upward| upward.repeats_ignored) > 0,
        "no confirmation was lost"
    );
}
