//! The whiteboard: what N pens draw reaches N - 1 others, by arithmetic.

use super::*;

/// Ten pens, four times a second, all at the same instants: sixteen rounds are measured. A pen is lifted after four
/// seconds of drawing, and when it goes.
#[test]
fn each_patch_is_delivered_to_all_others_and_a_round_to_n_times_as_many() {
    let pens = 10;
    let rounds = 4 * 4;
    let fields = shipped(
        "whiteboard",
        json!({
            "clients": pens, "publishers": pens, "late": 0, "late_at": "off", "warm_up": "3s", "duration": "4s",
        }),
    );
    for run in everywhere("ten pens", fields) {
        let id = run.id;
        let patch = &run.people.classes[0];
        assert_eq!(patch.class, "patch");
        assert_eq!(patch.events, rounds * pens, "{id}: patches");
        assert_eq!(
            patch.deliveries,
            rounds * pens * (pens - 1),
            "{id}: N (N - 1) a round"
        );
        let commit = &run.people.classes[1];
        assert_eq!(commit.class, "commit");
        assert!(commit.events > 0, "{id}");
        assert_eq!(
            commit.deliveries,
            commit.events * (pens - 1),
            "{id}: N - 1 each"
        );
        assert_eq!(run.people.states_compared, pens, "{id}");
    }
}

/// The same where everybody hears himself.
#[test]
fn with_echo_a_round_is_n_times_n() {
    let fields = shipped(
        "whiteboard",
        json!({
            "clients": 4, "publishers": 4, "late": 0, "late_at": "off", "warm_up": "3s", "duration": "2s", "echo": true,
        }),
    );
    for run in everywhere("four pens with echo", fields) {
        let patch = &run.people.classes[0];
        assert_eq!(
            (patch.events, patch.deliveries),
            (8 * 4, 8 * 4 * 4),
            "{}",
            run.id
        );
    }
}
