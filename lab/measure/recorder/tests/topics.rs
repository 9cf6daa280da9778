//! Topics: what is followed, from when to when, and snapshots.

use super::*;

/// Topic 0 at 10, 30, 50 ms, topic 1 at 20, 40, 60 ms: numbers 1 to 6.
fn two_topics() -> Vec<Expected> {
    (1..=6)
        .map(|n| event((n as u32 + 1) % 2, n * 10, None))
        .collect()
}

fn counts(recorder: &Recorder) -> Counts {
    Counts::of(&recorder.close())
}

#[test]
fn a_topic_alone() {
    let recorder = Recorder::new(topics(two_topics()));
    recorder.follows(0, &[1], 0, 0);
    for (seq, late) in [(2, 5), (4, 10)] {
        assert!(see(&recorder, 0, seq, seq * 10, late));
    }
    assert!(!recorder.complete(0));
    assert_eq!(
        fault(&recorder).as_deref(),
        Some("client 0 never saw event 6 of topic 2")
    );
    assert!(see(&recorder, 0, 6, 60, 25));
    assert!(recorder.complete(0));
    let class = people(&recorder).expect("topics").classes.remove(0);
    assert_eq!((class.events, class.deliveries), (6, 3));
    // The third came after 25 ms, 20 are allowed.
    assert_eq!(
        (class.within_budget, class.met),
        (Some(0.666667), Some(false))
    );
    assert_eq!(class.latency_us.max, 25_000.0);
    assert_eq!((recorder.cursor(0), counts(&recorder).expected), (6, 3));
}

#[test]
fn ages_are_of_topics() {
    let recorder = Recorder::new(topics(two_topics()).measured(0, 100 * MS));
    recorder.follows(0, &[0, 1], 0, 0);
    for seq in 1..=6 {
        see(&recorder, 0, seq, seq * 10, 5);
    }
    let book = recorder.close();
    let (age, observed, stale) = book.clients[0].screens();
    // Topic 0: seen at 15, 35, 55. Topic 1: 25, 45, 65. Two screens.
    assert_eq!(observed, (85 + 75) * MS);
    // Each is stale from the birth of the next event until it comes 5 ms later.
    assert_eq!(stale, 4 * 5 * MS);
    // Each of four shows for 20 ms from age 5 to 25; the last ones to ages 50 and 40.
    let area = |from: u64, to: u64| u128::from((to * to - from * from) * MS * MS / 2);
    assert_eq!(age, 4 * area(5, 25) + area(5, 50) + area(5, 40));
}

#[test]
fn a_hole_a_repeat_and_somebody_elses() {
    let run = |seen: &[u64]| {
        let recorder = Recorder::new(topics(two_topics()));
        recorder.follows(0, &[0], 0, 0);
        for &seq in seen {
            see(&recorder, 0, seq, seq * 10, 5);
        }
        fault(&recorder)
    };
    assert_eq!(run(&[1, 3, 5]), None);
    let hole = run(&[1, 5]).expect("a fault");
    assert_eq!(hole, "client 0 saw event 5 of topic 1 before event 3");
    let twice = run(&[1, 3, 3, 5]).expect("a fault");
    assert_eq!(twice, "client 0 saw event 3 after event 3");
    let foreign = run(&[1, 2, 3, 5]).expect("a fault");
    assert_eq!(
        foreign,
        "client 0 saw event 2 of topic 2, which it does not follow"
    );
    let recorder = Recorder::new(topics(two_topics()));
    assert_eq!(
        fault(&recorder).as_deref(),
        Some("client 0 never followed a topic")
    );
}

#[test]
fn numbers_rise_over_all_topics() {
    let recorder = Recorder::new(topics(two_topics()));
    recorder.follows(0, &[0, 1], 0, 0);
    for seq in [2, 1, 3, 4, 5, 6] {
        see(&recorder, 0, seq, seq * 10, 50);
    }
    assert_eq!(
        fault(&recorder).as_deref(),
        Some("client 0 saw event 1 after event 2")
    );
    assert_eq!(counts(&recorder).out_of_order, 1);
}

#[test]
fn nobody_sees_his_own_without_echo() {
    let events = [None, Some(0), Some(1), Some(0)];
    let events = (1..).zip(events).map(|(n, from)| event(0, n * 10, from));
    let without = Expectation {
        echo: false,
        ..topics(events)
    };
    let recorder = Recorder::new(without.clone());
    recorder.follows(0, &[0], 0, 0);
    see(&recorder, 0, 1, 10, 5);
    see(&recorder, 0, 3, 30, 5);
    assert!(recorder.complete(0));
    assert_eq!(fault(&recorder), None);
    assert_eq!(counts(&recorder).expected, 2);
    see(&recorder, 0, 4, 40, 5);
    assert_eq!(
        fault(&recorder).as_deref(),
        Some("client 0 was sent event 4, which is its own")
    );
    // With echo it is a delivery like any other.
    let recorder = Recorder::new(Expectation {
        echo: true,
        ..without
    });
    recorder.follows(0, &[0], 0, 0);
    for seq in 1..=4 {
        see(&recorder, 0, seq, seq * 10, 5);
    }
    assert_eq!(fault(&recorder), None);
    assert_eq!(counts(&recorder).expected, 4);
}

#[test]
fn the_other_topic_from_a_cursor_on() {
    let switch = |seen: &[u64], since: u64, then: &[u64]| {
        let recorder = Recorder::new(topics(two_topics()));
        recorder.follows(0, &[0], 0, 0);
        for &seq in seen {
            see(&recorder, 0, seq, seq * 10, 1);
        }
        recorder.follows(0, &[1], since, 35 * MS);
        for &seq in then {
            see(&recorder, 0, seq, seq * 10, 1);
        }
        recorder
    };
    // After event 3: 4 and 6 of the other. After event 4: only 6, and 2 of the first.
    let recorder = switch(&[1, 3], 3, &[4, 6]);
    assert_eq!(fault(&recorder), None);
    assert_eq!(counts(&recorder).expected, 4);
    // The screen of the first topic was dark from 35 ms on: 11 to 35 and 41 to 1,000.
    let (_, observed, _) = recorder.close().clients[0].screens();
    assert_eq!(observed, (24 + 959) * MS);
    let recorder = switch(&[1, 3], 4, &[6]);
    assert_eq!(fault(&recorder), None);
    assert_eq!((counts(&recorder).expected, recorder.cursor(0)), (3, 6));
    assert_eq!(
        fault(&switch(&[1], 3, &[4, 6])).as_deref(),
        Some("client 0 left topic 1 before it saw event 3")
    );
    assert!(fault(&switch(&[1, 3], 3, &[6])).is_some());
    assert!(fault(&switch(&[1, 3], 2, &[4, 6])).is_some());
    assert!(fault(&switch(&[1, 3], 7, &[])).is_some());
}

#[test]
fn a_snapshot_first_and_as_a_repair() {
    let recorder = Recorder::new(topics(two_topics()));
    recorder.follows(0, &[0], 0, 30 * MS);
    // It comes late: events 1 and 3 are in the picture, and nobody expects them.
    recorder.joined(0, 4, 45 * MS);
    assert_eq!((recorder.cursor(0), recorder.complete(0)), (4, false));
    see(&recorder, 0, 5, 50, 5);
    assert_eq!(fault(&recorder), None);
    assert_eq!(
        (counts(&recorder).expected, counts(&recorder).in_snapshots),
        (1, 0)
    );

    let recorder = Recorder::new(topics(two_topics()));
    recorder.follows(0, &[0], 0, 0);
    see(&recorder, 0, 1, 10, 5);
    recorder.gap_detected(0);
    recorder.joined(0, 5, 80 * MS);
    recorder.gap_repaired(0);
    assert!(recorder.complete(0));
    let found = people(&recorder).expect("topics");
    assert_eq!(found.in_snapshots, 2);
    // Born at 30 and 50, there at 80: late, but there.
    let class = &found.classes[0];
    assert_eq!((class.deliveries, class.within_budget), (3, Some(0.333333)));
    assert_eq!(class.latency_us.max, 50_000.0);
    let counts = counts(&recorder);
    assert_eq!((counts.expected, counts.delivered), (3, 1));
    // What the picture stands for does not come again.
    see(&recorder, 0, 3, 30, 60);
    assert!(fault(&recorder).is_some());
    recorder.joined(0, 7, 90 * MS);
}

#[test]
fn the_newest_of_each_topic() {
    let latest = || {
        let recorder = Recorder::new(Expectation {
            latest: true,
            ..topics(two_topics())
        });
        recorder.follows(0, &[0, 1], 0, 0);
        recorder
    };
    let recorder = latest();
    for seq in [1, 4, 5, 6] {
        assert!(see(&recorder, 0, seq, seq * 10, 5));
    }
    assert!(!see(&recorder, 0, 6, 60, 9), "it had that one");
    assert_eq!(fault(&recorder), None);
    let counts = counts(&recorder);
    assert_eq!((counts.delivered, counts.superseded), (4, 2));
    let recorder = latest();
    for seq in [1, 4, 6] {
        see(&recorder, 0, seq, seq * 10, 5);
    }
    assert_eq!(
        fault(&recorder).as_deref(),
        Some("client 0 never saw event 3 of topic 1")
    );
}
