//! The rules of verification, by arithmetic.

mod properties;
mod topics;
mod upward;

use super::{Class, Expectation, Expected, Recorder};
use crate::measure::People;
use crate::measure::ledger::Ledger;
use crate::measure::summary::{Counts, Load, figures};

const MS: u64 = 1_000_000;

/// Event on a topic, born at an instant; its text is its instant.
fn event(topic: u32, born_ms: u64, from: Option<u32>) -> Expected {
    Expected {
        topic,
        from,
        ..Expected::tick(born_ms * MS, text(born_ms))
    }
}

fn text(born_ms: u64) -> bytes::Bytes {
    born_ms.to_string().into()
}

/// Topics that two clients follow; one kind of message, which may take 20 ms.
fn topics(events: impl IntoIterator<Item = Expected>) -> Expectation {
    Expectation {
        topics: 3,
        by_topic: true,
        classes: vec![Class {
            name: "word".into(),
            budget_ns: Some(20 * MS),
        }],
        ..Expectation::tape(events, 1).measured(0, 1_000 * MS)
    }
}

/// Sees the event of this number, born at that instant, so much later.
fn see(recorder: &Recorder, client: u32, seq: u64, born_ms: u64, late_ms: u64) -> bool {
    let text = text(born_ms);
    recorder.saw(client, Some(seq), &text, (born_ms + late_ms) * MS)
}

/// What is wrong with a run; nothing if it is verified.
fn fault(recorder: &Recorder) -> Option<String> {
    let book = recorder.close();
    let counts = Counts::of(&book);
    assert!(
        counts.verified() || book.problem.is_some(),
        "unexplained: {counts:?}"
    );
    book.problem
}

fn people(recorder: &Recorder) -> Option<People> {
    let book = recorder.close();
    assert_eq!(book.problem, None);
    let counts = Counts::of(&book);
    assert!(counts.verified(), "{counts:?}");
    let expectation = recorder.expectation();
    figures(
        &book,
        &counts,
        expectation,
        &Ledger::default(),
        Load::default(),
    )
    .people
}

#[test]
fn a_ticker_has_no_figures_of_people() {
    let recorder = Recorder::new(Expectation::tape([event(0, 5, None)], 1));
    assert!(!recorder.complete(0));
    see(&recorder, 0, 1, 5, 1);
    assert!(recorder.complete(0));
    assert_eq!(people(&recorder), None);
}

#[test]
fn a_tape_may_grow_and_be_cut() {
    let recorder = Recorder::new(Expectation {
        open: true,
        ..Expectation::tape([], 1)
    });
    assert_eq!(recorder.expect(event(0, 10, None)), 1);
    assert_eq!(recorder.expect(event(0, 20, None)), 2);
    see(&recorder, 0, 1, 10, 1);
    assert!(!recorder.complete(0), "more may come");
    assert_eq!(
        fault(&recorder).as_deref(),
        Some("client 0 got as far as event 1 of 2")
    );
    recorder.cut(9, 25 * MS);
    assert!(!recorder.cut_and_complete());
    see(&recorder, 0, 2, 20, 1);
    assert!(recorder.cut_and_complete());
    // What comes after the cut is checked, and not counted.
    assert_eq!(recorder.expect(event(0, 30, None)), 3);
    see(&recorder, 0, 3, 30, 1);
    assert_eq!(fault(&recorder), None);
    let counts = Counts::of(&recorder.close());
    assert_eq!((counts.expected, counts.delivered), (2, 2));
    recorder.no_more();
    recorder.expect(event(0, 40, None));
    assert!(fault(&recorder).is_some_and(|it| it.contains("nothing more was expected")));
}

#[test]
fn states_are_compared() {
    let recorder = Recorder::new(topics([]));
    recorder.follows(0, &[0], 0, 0);
    recorder.state_compared(true, || "not asked for".into());
    recorder.gap_detected(0);
    recorder.gap_repaired(0);
    let found = people(&recorder).expect("topics");
    assert_eq!((found.states_compared, found.states_different), (1, 0));
    assert_eq!((found.gaps_detected, found.gaps_repaired), (1, 1));
    recorder.state_compared(false, || "client 0 shows another board".into());
    assert_eq!(
        fault(&recorder).as_deref(),
        Some("client 0 shows another board")
    );
}

#[test]
fn connections_that_are_open_at_once() {
    let recorder = Recorder::new(Expectation {
        clients: 2,
        ..topics([])
    });
    for client in [0, 1] {
        recorder.follows(client, &[0], 0, 0);
    }
    recorder.dialled(0, 5 * MS);
    recorder.dialled(0, 6 * MS);
    recorder.hung_up(0);
    recorder.dialled(0, 7 * MS);
    recorder.dialled(1, 10 * MS);
    let found = people(&recorder).expect("topics");
    assert_eq!(
        (found.connections_per_participant, found.joins),
        (1.5, None)
    );
}

#[test]
fn who_comes_late_is_current_once_it_has_what_there_was() {
    let recorder = Recorder::new(Expectation {
        clients: 3,
        late: 2,
        open: true,
        ..topics([])
    });
    (0..3).for_each(|client| recorder.follows(client, &[0], 0, 0));
    recorder.dialled(0, 0);
    recorder.expect(event(0, 1, None));
    recorder.expect(event(0, 2, None));
    // One reads from the beginning, one is given a snapshot. What comes meanwhile is not waited for.
    recorder.dialled(1, 10 * MS);
    recorder.dialled(2, 10 * MS);
    recorder.expect(event(0, 3, None));
    recorder.joined(2, 3, 20 * MS);
    recorder.saw(1, Some(1), &event(0, 1, None).payload, 30 * MS);
    recorder.saw(1, Some(2), &event(0, 2, None).payload, 50 * MS);
    recorder.saw(1, Some(3), &event(0, 3, None).payload, 90 * MS);
    recorder.no_more();
    recorder.joined(0, 3, 95 * MS);
    let joins = people(&recorder).and_then(|people| people.joins);
    let joins = joins.expect("two who came late");
    assert_eq!((joins.clients, joins.current_us.mean), (2, 25_000.0));
}
