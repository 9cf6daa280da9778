//! Pollers that open a connection for each question: packets and bytes by arithmetic, latency by theory.

use super::{measure, prepare, within};

const BOTH: [&str; 2] = ["short-poll", "long-poll"];

/// Opening: SYN, SYN and ACK of 60 bytes each, ACK of 52. Closing: two FINs and their ACKs of 52 each,
/// of which the first ACK is that of the answer, too. The question is acknowledged alone, and both heads
/// have one line more: `Connection: close`.
#[test]
fn a_poll_with_a_connection_of_its_own_costs_ten_packets_instead_of_three() {
    for id in BOTH {
        let [kept, closed] = ["keep-alive", "close"].map(|connection| {
            let [short, long] = [60, 260].map(|seconds| {
                let fields = format!(
                    r#""clients": 3, "arrivals": "fixed", "rate": "1/s", "payload": "compact",
                       "duration": "{seconds}s", "poll_connection": "{connection}""#
                );
                measure(&prepare(&fields), id).figures.unwrap()
            });
            let polls = long.requests - short.requests;
            assert!(polls >= 590, "{id}: {polls}");
            if connection == "close" {
                assert_eq!(long.connections, long.requests, "{id}");
            }
            let (short, long) = ((short.packets, short.bytes), (long.packets, long.bytes));
            let per_poll = |long: u64, short: u64| {
                assert_eq!((long - short) % polls, 0, "{id}: every poll is the same");
                (long - short) / polls
            };
            let (bytes, before) = (long.1, short.1);
            [
                per_poll(long.0, short.0),
                per_poll(bytes.setup, before.setup),
                per_poll(bytes.tcp_ip, before.tcp_ip),
                per_poll(bytes.http_headers, before.http_headers),
                per_poll(bytes.total, before.total),
            ]
        });
        println!("{id}: packets, setup, tcp_ip, http_headers, total: {kept:?}, {closed:?}");
        assert_eq!(kept[..3], [3, 0, 3 * 52], "{id}");
        let setup = 2 * 60 + 5 * 52;
        assert_eq!(closed[..3], [10, setup, 3 * 52], "{id}");
        let line = "Connection: close\r\n".len() as u64;
        assert_eq!(closed[3], kept[3] + 2 * line, "{id}");
        assert_eq!(closed[4], kept[4] + setup + 2 * line, "{id}");
    }
}

/// With a timer connecting only shifts the phase: T/2 + d. Sleeping after the answer the period is T + 2R.
#[test]
fn the_mean_latency_of_a_poller_that_connects_each_time() {
    for (discipline, period_ms) in [("timer", 1e3), ("sleep", 1e3 + 4.0 * 50.0)] {
        let fields = format!(
            r#""clients": 20, "rate": "4/s", "delay": "50ms", "duration": "800s",
               "poll_discipline": "{discipline}", "poll_connection": "close""#
        );
        let result = measure(&prepare(&fields), BOTH[0]);
        let figures = result.figures.unwrap();
        let what = |key: &str| format!("{discipline} with a connection per poll, {key}");
        let mean_ms = figures.latency_us.mean / 1e3;
        within(
            &what("mean latency in ms"),
            mean_ms,
            period_ms / 2.0 + 50.0,
            0.03,
        );
        let measured = [
            ("latency_us.mean", figures.latency_us.mean, 0.03),
            ("age_us.mean", figures.mean_age_us().unwrap(), 0.03),
            ("requests", figures.requests as f64, 0.002),
            (
                "bytes_per_event_without_setup",
                (figures.bytes.total - figures.bytes.setup) as f64 / result.delivered as f64,
                0.01,
            ),
        ];
        for (key, measured, share) in measured {
            within(&what(key), measured, result.theory[key], share);
        }
    }
}

/// Long polling is blind for two round trips instead of one: B = 2R in its law. At high rates the mean goes
/// to d + R.
#[test]
fn a_long_poller_that_connects_each_time_is_blind_twice_as_long() {
    for (rate, seconds) in [(2, 4_000), (10, 800), (50, 160)] {
        let fields = format!(
            r#""clients": 1, "rate": "{rate}/s", "delay": "50ms", "duration": "{seconds}s",
               "poll_connection": "close""#
        );
        let result = measure(&prepare(&fields), BOTH[1]);
        let figures = result.figures.unwrap();
        // D + (B/2) rB / (rB + e^-rB), with B = 200 ms.
        let load = f64::from(rate) * 0.2;
        let mean_ms = 50.0 + 100.0 * load / (load + (-load).exp());
        let what = |key: &str| format!("long-poll at {rate}/s with a connection per poll, {key}");
        within(
            &what("mean in ms"),
            figures.latency_us.mean / 1e3,
            mean_ms,
            0.03,
        );
        let measured = [
            ("latency_us.mean", figures.latency_us.mean, 0.03),
            ("requests", figures.requests as f64, 0.02),
            (
                "bytes_per_event_without_setup",
                (figures.bytes.total - figures.bytes.setup) as f64 / result.delivered as f64,
                0.02,
            ),
        ];
        for (key, measured, share) in measured {
            within(&what(key), measured, result.theory[key], share);
        }
    }
}
