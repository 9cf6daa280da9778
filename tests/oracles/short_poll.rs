//! Short polling: packets and bytes of a poll, latency of both disciplines, theory's other figures.

use super::{figures, measure, prepare, within};
use pushlab::run::Prepared;

#[test]
fn a_poll_over_a_kept_connection_costs_three_packets() {
    for (delay, rate) in [
        ("1ms", "2/s"),
        ("25ms", "2/s"),
        ("25ms", "10/s"),
        ("150ms", "0.2/s"),
    ] {
        let fields = |seconds: u32| {
            format!(
                r#""clients": 5, "arrivals": "fixed", "rate": "{rate}", "delay": "{delay}", "warm_up": "5s", "duration": "{seconds}s""#
            )
        };
        let [short, long] = [60, 660].map(|seconds| figures(&fields(seconds), "short-poll"));
        let polls = long.requests - short.requests;
        assert_eq!(long.packets - short.packets, 3 * polls, "{delay} {rate}");
    }
}

/// The published scenario: 871 characters of headers, 909 bytes with line ends, 1,086 on the wire
/// (captured on Linux, too).
#[test]
fn a_kaazing_poll_has_909_bytes_of_headers_and_1086_on_the_wire() {
    let prepared = Prepared::new(pushlab::scenario::shipped("kaazing").unwrap()).unwrap();
    let poll = measure(&prepared, "short-poll").figures.unwrap();
    let requests = poll.requests as f64;
    within(
        "HTTP header bytes per poll",
        poll.bytes.http_headers as f64 / requests,
        909.0,
        0.0,
    );
    let without_setup = (poll.bytes.total - poll.bytes.setup) as f64;
    // The first poll of a connection is acknowledged alone: one ACK more in 65 polls.
    within(
        "IP bytes per poll",
        without_setup / requests,
        1_086.0,
        0.001,
    );
}

/// 50 clients whose phases cover the interval evenly see each event: the mean over an event's
/// deliveries hardly depends on its instant, so that a few thousand events suffice.
#[test]
fn the_mean_latency_is_half_the_interval_and_a_transit() {
    for (delay, d_ms) in [("25ms", 25.0), ("150ms", 150.0)] {
        for discipline in ["timer", "sleep"] {
            let figures = figures(
                &format!(
                    r#""clients": 20, "rate": "4/s", "delay": "{delay}", "duration": "800s",
                       "poll_discipline": "{discipline}", "poll_every": "1s""#
                ),
                "short-poll",
            );
            assert!(figures.latency_events > 3_000);
            let period_ms = if discipline == "sleep" {
                1e3 + 2.0 * d_ms
            } else {
                1e3
            };
            let what = format!("{discipline} at {delay}, mean latency in ms");
            within(
                &what,
                figures.latency_us.mean / 1e3,
                period_ms / 2.0 + d_ms,
                0.03,
            );
            // The slowest event was born just after a poll was answered.
            let slack_us = 2_000.0; // a batch on the line
            assert!(figures.latency_us.max <= 1e3 * (period_ms + d_ms) + slack_us);
            assert!(figures.latency_us.min >= 1e3 * d_ms);
        }
    }
}

/// Stale share, mean age, empty answers and requests agree with the closed forms.
#[test]
fn freshness_and_questions_are_as_predicted() {
    for discipline in ["timer", "sleep"] {
        let result = measure(
            &prepare(&format!(
                r#""clients": 20, "rate": "1/s", "delay": "25ms", "duration": "3000s",
                   "poll_discipline": "{discipline}""#
            )),
            "short-poll",
        );
        let figures = result.figures.unwrap();
        let theory = |key: &str| result.theory[key];
        // 3,000 events: the sampling error of an exponential's mean is 1.8 %; age depends on its square.
        let what = |key: &str| format!("short-poll {discipline}, {key}");
        within(
            &what("requests"),
            figures.requests as f64,
            theory("requests"),
            0.002,
        );
        within(
            &what("empty"),
            figures.empty_answers as f64,
            theory("empty_answers"),
            0.05,
        );
        within(
            &what("stale share"),
            figures.stale_share.unwrap(),
            theory("stale_share"),
            0.05,
        );
        within(
            &what("age"),
            figures.mean_age_us().unwrap(),
            theory("age_us.mean"),
            0.05,
        );
    }
}
