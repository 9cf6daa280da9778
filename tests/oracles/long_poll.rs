//! Long polling at a round trip of 100 ms: latency by theory, packets and bytes as Linux has them.

use super::{figures, measure, prepare, within};
use pushlab::measure::Figures;

/// One client and about `events` Poisson events. One client only: what clients on one feed see is
/// correlated, so more of them would tell nothing new.
fn fields(rate: u32, events: u32) -> String {
    format!(
        r#""clients": 1, "rate": "{rate}/s", "delay": "50ms", "bandwidth": "20Mbit/s",
           "duration": "{}s", "seed": 7"#,
        events / rate
    )
}

#[test]
fn the_mean_latency_grows_from_one_transit_to_two_and_none_takes_more_than_three() {
    for (rate, mean_ms) in [(1, 55.0), (4, 68.7), (10, 86.6), (20, 96.8), (100, 100.0)] {
        let figures = figures(&fields(rate, 8_000), "long-poll");
        assert!(figures.latency_events > 7_500);
        let what = format!("long-poll at {rate}/s, mean latency in ms");
        within(&what, figures.latency_us.mean / 1e3, mean_ms, 0.03);
        // Three transits; an answer with 30 events is 2.5 kB, 1 ms on the line.
        let max_ms = figures.latency_us.max / 1e3;
        assert!(
            max_ms <= 151.5,
            "long-poll at {rate}/s: maximum {max_ms} ms"
        );
    }
}

#[test]
fn questions_and_freshness_are_as_predicted() {
    for rate in [1, 4, 20] {
        let result = measure(&prepare(&fields(rate, 8_000)), "long-poll");
        let figures = result.figures.unwrap();
        let theory = |key: &str| result.theory[key];
        let what = |key: &str| format!("long-poll at {rate}/s, {key}");
        within(
            &what("requests"),
            figures.requests as f64,
            theory("requests"),
            0.01,
        );
        within(
            &what("age"),
            figures.mean_age_us().unwrap(),
            theory("age_us.mean"),
            0.04,
        );
        within(
            &what("stale share"),
            figures.stale_share.unwrap(),
            theory("stale_share"),
            0.04,
        );
    }
}

#[test]
fn empty_answers_are_as_predicted() {
    // Held shorter than the gaps between events: most questions end unanswered.
    let text =
        r#""clients": 1, "rate": "0.5/s", "hold": "1s", "delay": "50ms", "duration": "8000s""#;
    let result = measure(&prepare(text), "long-poll");
    let figures = result.figures.unwrap();
    for (key, measured) in [
        ("empty_answers", figures.empty_answers),
        ("requests", figures.requests),
    ] {
        within(
            &format!("long-poll held 1 s, {key}"),
            measured as f64,
            result.theory[key],
            0.03,
        );
    }
}

/// Packets per request on Linux over the same link, with events of about 100 bytes, of which thirteen
/// and their head fit into one packet, as here: a question held longer
/// than the ACK delay is acknowledged alone, one answered at once is not (unless the silence before
/// was longer than a timeout), and at 100/s some answers take two packets.
#[test]
fn packets_per_question_are_those_of_linux() {
    let linux = [
        (1, 2.99, 0.025),
        (4, 2.80, 0.06),
        (10, 2.41, 0.025),
        (20, 2.11, 0.025),
        (100, 2.32, 0.025),
    ];
    for (rate, packets, allowance) in linux {
        let figures = replay_of_99_byte_events(rate, 8_000);
        let measured = figures.packets as f64 / figures.requests as f64;
        let what = format!("long-poll at {rate}/s, packets per request");
        within(&what, measured, packets, allowance);
        // Heads and events are what they are; TCP/IP is a header of 52 bytes per packet.
        let bytes = figures.bytes;
        let without_setup = bytes.tcp_ip as f64 / figures.requests as f64;
        let what = format!("long-poll at {rate}/s, TCP/IP bytes per request");
        within(&what, without_setup, 52.0 * packets, allowance);
    }
}

/// One long poller; Poisson events of 99 bytes from a file, since the ticker's are smaller.
fn replay_of_99_byte_events(rate: u32, events: u32) -> Figures {
    let mut csv = String::from("timestamp,x\n");
    let mut at_us = 1_735_689_600_000_000.0;
    let mut dice = 1_u64;
    for _ in 0..events {
        dice = dice
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let share = ((dice >> 11) as f64 + 1.0) / (1_u64 << 53) as f64;
        at_us -= share.ln() * 1e6 / f64::from(rate);
        csv += &format!("{at_us:.0},{}\n", "x".repeat(57));
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("events.csv");
    std::fs::write(&path, csv).unwrap();
    let fields = format!(r#"{}, "replay": {path:?}"#, fields(rate, events));
    let prepared = prepare(&fields);
    assert_eq!(prepared.events[0].payload.len(), 99);
    measure(&prepared, "long-poll").figures.unwrap()
}
