//! The servers and clients of the experiments that are wrong on purpose, by arithmetic on scripted events.

use crate::support::{events, prepared, simulated};
use pushlab::clock::MS;
use pushlab::measure::TransportResult;
use pushlab::reproduce::variants::witness::{self, Question};
use pushlab::reproduce::variants::{
    NAIVE_SOCKET, NO_QUEUE, ONE_EVENT, WITH_CURSOR, WITH_IDS, WITHOUT_IDS,
};
use pushlab::run::Prepared;
use pushlab::transport::{self, Entry};
use serde_json::json;

/// One client, 50 ms each way, events at these milliseconds.
fn scripted(born_ms: impl IntoIterator<Item = u64>) -> Prepared {
    let mut prepared = prepared(json!({
        "clients": 1, "delay": "50ms", "bandwidth": "1000Gbit/s", "warm_up": "2ms", "duration": "10s",
    }));
    prepared.events = events(born_ms.into_iter().map(|ms| ms * MS));
    prepared
}

#[test]
fn without_a_queue_what_is_born_in_the_blind_round_trip_is_lost() {
    // Answered at 1,000, 1,101 and 1,202; blind for 100 ms after each.
    let prepared = scripted([1_000, 1_050, 1_101, 1_150, 1_202]);
    let result = simulated(&prepared, &NO_QUEUE);
    assert_eq!((result.expected, result.delivered), (5, 3));
    assert_eq!((result.duplicated, result.altered), (0, 0));
    assert!(!result.verified && result.figures.is_none());
    let real = simulated(&prepared, &transport::LONG_POLL);
    assert!(real.verified, "{:?}", real.problem);
}

#[test]
fn one_event_per_response_makes_a_queue() {
    // They leave at 1,000, 1,100, 1,200, 1,300 and 1,400.
    let result = simulated(&scripted([1_000, 1_050, 1_101, 1_150, 1_202]), &ONE_EVENT);
    assert!(result.verified, "{:?}", result.problem);
    let mean_ms = result.figures.expect("verified").latency_us.mean / 1e3;
    let expected_ms = f64::from(50 + 100 + 149 + 200 + 248) / 5.0;
    assert!((mean_ms - expected_ms).abs() < 0.05, "{mean_ms} ms");
}

/// An event every 200 ms and a cut at 5,020 ms: what the server heard first and after the cut, and the result.
fn cut(entry: &Entry, pause_ms: Option<u64>) -> (Question, Question, TransportResult) {
    let mut prepared = scripted((0..50).map(|k| 200 * k));
    prepared.middlebox.cuts_ns = vec![5_020 * MS];
    prepared.pause_ns = pause_ms.map(|ms| ms * MS);
    witness::take();
    let result = simulated(&prepared, entry);
    let questions = witness::take();
    let back = questions
        .iter()
        .find(|question| question.at_ns > 5_100 * MS);
    (
        questions[0],
        *back.expect("a question after the cut"),
        result,
    )
}

/// The pause, a handshake of a round trip, the question's way up; to the millisecond, below which packets are sent.
const BACK_MS: u64 = 5_020 + 1_000 + 100 + 50;

#[test]
fn with_a_cursor_the_gap_is_replayed() {
    for entry in [WITH_IDS, WITH_CURSOR] {
        let (_, back, result) = cut(&entry, Some(1_000));
        assert_eq!(back.at_ns / MS, BACK_MS, "{}", result.id);
        // 5,000 was under way when the connection was cut; 5,200 to 6,000 were born without one.
        assert_eq!(back.behind, 6, "{}", result.id);
        assert!(result.verified, "{}: {:?}", result.id, result.problem);
    }
}

#[test]
fn without_one_the_gap_is_lost() {
    for entry in [WITHOUT_IDS, NAIVE_SOCKET] {
        let (first, back, result) = cut(&entry, Some(1_000));
        assert_eq!(back.at_ns / MS, BACK_MS, "{}", result.id);
        assert_eq!(back.behind, 0, "{}", result.id);
        // The event at 0 came before the client.
        assert_eq!(first.newest, 1);
        assert_eq!(result.expected - result.delivered, 1 + 6, "{}", result.id);
        assert!(!result.verified, "{}", result.id);
    }
}

#[test]
fn an_event_source_waits_as_long_as_retry_asks() {
    // No pause is set: the server's `retry: 1000` sets it.
    let (_, back, result) = cut(&WITH_IDS, None);
    assert_eq!(back.at_ns / MS, BACK_MS);
    assert!(result.verified);
    // Nobody tells the others: they back off on their own, at first for 125 to 250 ms.
    let (_, back, _) = cut(&WITH_CURSOR, None);
    let waited_ms = back.at_ns / MS - (BACK_MS - 1_000);
    assert!((125..=250).contains(&waited_ms), "{waited_ms} ms");
}
