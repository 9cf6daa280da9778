//! What clients publish.

use super::super::Verdict;
use super::*;

fn accepted(seq: u64) -> Verdict {
    Verdict::Accepted { seq }
}

fn refused(why: &str, stale: bool) -> Verdict {
    Verdict::Refused {
        why: why.into(),
        stale,
    }
}

/// One client that follows topic 0, on which it published event 1 and saw it.
fn recorder() -> Recorder {
    let recorder = Recorder::new(topics([event(0, 10, Some(0))]));
    recorder.follows(0, &[0], 0, 0);
    see(&recorder, 0, 1, 10, 5);
    recorder
}

#[test]
fn a_message_judged_and_answered() {
    let recorder = recorder();
    recorder.published(0, 1, 0, 10 * MS, true);
    assert_eq!(recorder.planned_ns(0, 1), Some(10 * MS));
    assert_eq!(
        (recorder.planned_ns(0, 2), recorder.planned_ns(9, 1)),
        (None, None)
    );
    assert!(recorder.waiting_for_answers());
    recorder.publish_request();
    recorder.judged(0, 1, 12 * MS, accepted(1));
    recorder.sent_again(0, 1);
    recorder.repeated(0, 1);
    recorder.answered(0, 1, 16 * MS, accepted(1));
    assert!(!recorder.waiting_for_answers());
    // The next one is refused; the wire does not say why the server thought it stale.
    recorder.published(0, 2, 0, 20 * MS, true);
    recorder.judged(0, 2, 24 * MS, refused("outbid", true));
    recorder.answered(0, 2, 28 * MS, refused("outbid", false));
    // Two without confirmation, of which one arrives.
    recorder.published(0, 3, 0, 30 * MS, false);
    recorder.dropped(0, 3);
    recorder.published(0, 4, 0, 40 * MS, false);
    recorder.judged(0, 4, 43 * MS, accepted(0));
    let upward = people(&recorder).expect("topics").upward.expect("messages");
    assert_eq!(
        (upward.published, upward.to_acknowledge, upward.acknowledged),
        (4, 2, 2)
    );
    assert_eq!(
        (upward.accepted, upward.refused, upward.refused_stale),
        (2, 1, 1)
    );
    assert_eq!(
        (upward.sent_again, upward.repeats_ignored, upward.dropped),
        (1, 1, 1)
    );
    assert_eq!((upward.requests, upward.deliveries_per_publish), (1, 0.5));
    assert_eq!((upward.up_us.mean, upward.up_us.max), (3_000.0, 4_000.0));
    assert_eq!((upward.ack_us.min, upward.ack_us.max), (6_000.0, 8_000.0));
}

/// What is wrong after the only message, to be confirmed or not, and what happened to it.
fn after(acknowledge: bool, happens: impl Fn(&Recorder)) -> String {
    let recorder = recorder();
    recorder.published(0, 1, 0, 10 * MS, acknowledge);
    happens(&recorder);
    fault(&recorder).unwrap_or_default()
}

#[test]
fn each_fault_is_named() {
    let judged = |verdict| move |r: &Recorder| r.judged(0, 1, 12 * MS, verdict);
    assert_eq!(
        after(true, |_| ()),
        "message 1 of client 0 never came to the server"
    );
    assert_eq!(
        after(true, |r| judged(accepted(1))(r)),
        "message 1 of client 0 was never confirmed"
    );
    let both = |told: Verdict| {
        after(true, move |r| {
            judged(accepted(1))(r);
            r.answered(0, 1, 14 * MS, told.clone());
        })
    };
    assert_eq!(both(accepted(1)), "");
    assert_eq!(
        both(accepted(2)),
        "message 1 of client 0 was accepted as event 1, but its sender was told that it was accepted as event 2"
    );
    assert!(both(refused("outbid", false)).contains("refused as \"outbid\""));
    let twice = |r: &Recorder| {
        judged(accepted(1))(r);
        judged(accepted(1))(r);
    };
    assert_eq!(after(true, twice), "message 1 of client 0 was judged twice");
    assert_eq!(
        after(false, twice),
        "message 1 of client 0 was judged twice"
    );
    let told_twice = |r: &Recorder| {
        judged(accepted(1))(r);
        r.answered(0, 1, 14 * MS, accepted(1));
        r.answered(0, 1, 15 * MS, accepted(1));
    };
    assert_eq!(
        after(true, told_twice),
        "message 1 of client 0 was confirmed twice"
    );
    assert_eq!(after(false, |_| ()), "");
    assert!(after(false, told_twice).contains("nobody asked for it"));
    assert!(after(true, |r| judged(accepted(2))(r)).contains("never published"));
    assert!(after(false, |r| r.judged(0, 2, 0, accepted(1))).contains("never published"));
    assert!(after(false, |r| r.judged(7, 1, 0, accepted(1))).contains("never published"));
    assert!(after(false, |r| r.answered(0, 0, 0, accepted(1))).contains("never published"));
    assert!(after(false, |r| r.repeated(0, 1)).contains("never judged"));
    assert!(after(false, |r| r.published(0, 3, 0, 0, true)).contains("after message 1"));
}

#[test]
fn what_was_planned_after_a_cut_does_not_count() {
    let recorder = recorder();
    recorder.published(0, 1, 0, 10 * MS, true);
    recorder.cut(1, 20 * MS);
    assert!(!recorder.cut_and_complete(), "an answer is due");
    recorder.judged(0, 1, 12 * MS, accepted(1));
    recorder.answered(0, 1, 22 * MS, accepted(1));
    assert!(recorder.cut_and_complete());
    recorder.published(0, 2, 0, 20 * MS, true);
    assert_eq!(fault(&recorder), None);
}

#[test]
fn kinds_have_budgets_of_their_own() {
    let class = |name: &str, budget_ns| Class {
        name: name.into(),
        budget_ns,
    };
    let mut events: Vec<_> = (1..=3).map(|n| event(0, n * 10, None)).collect();
    events[1].class = 1;
    let recorder = Recorder::new(Expectation {
        by_topic: false,
        classes: vec![
            class("word", Some(5 * MS)),
            class("urgent", Some(MS)),
            class("other", None),
        ],
        ..topics(events)
    });
    for seq in 1..=3 {
        see(&recorder, 0, seq, seq * 10, 5);
    }
    let found = people(&recorder).expect("budgets");
    let told: Vec<_> = (found.classes.iter())
        .map(|c| {
            (
                c.events,
                c.deliveries,
                c.within_budget,
                c.met,
                c.latency_us.p99,
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            (2, 2, Some(1.0), Some(true), 5_000.0),
            (1, 1, Some(0.0), Some(false), 5_000.0),
            (0, 0, None, None, 0.0)
        ]
    );
    assert_eq!((found.met, found.upward), (Some(false), None));
}
