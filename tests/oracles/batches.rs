//! Push that gathers events: bytes by arithmetic, latency as of a poller that need not ask.

use super::{measure, prepare, within};

const PUSH: [&str; 2] = ["sse", "websocket"];

/// Twenty events a second of 20 bytes. Each alone is a packet of 52 + 2 + 20 and an ACK of 52: 126 bytes, 2,520 a
/// second. Together they share both headers; the newest alone is 126 bytes a second.
#[test]
fn twenty_events_a_second_sent_once_a_second() {
    let cases = [
        (r#""batch_every": "off""#, 20.0 * 126.0),
        (r#""batch_every": "1s""#, 20.0 * 22.0 + 2.0 * 52.0),
        (r#""batch_every": "1s", "push_delivery": "latest""#, 126.0),
    ];
    for (setting, bytes_per_s) in cases {
        let [short, long] = [10, 110].map(|seconds| {
            let fields = format!(
                r#""clients": 3, "arrivals": "fixed", "rate": "20/s", "duration": "{seconds}s",
                   "payload": "20B", "heartbeat": "off", {setting}"#
            );
            measure(&prepare(&fields), PUSH[1])
        });
        assert_eq!(long.kept_up(), long.expected);
        let theory = long.theory["bytes_per_event_without_setup"];
        let events = (long.kept_up() - short.kept_up()) as f64;
        let bytes = |result: pushlab::measure::TransportResult| {
            result.figures.map_or(0, |figures| figures.bytes.total)
        };
        let total = (bytes(long) - bytes(short)) as f64;
        let what = format!("{setting}: IP bytes per client and second");
        within(&what, total / 300.0, bytes_per_s, 0.0);
        within(&format!("{setting}: theory"), theory, total / events, 1e-9);
    }
}

/// Uniform on [d, d + B]: the mean is d + B/2.
#[test]
fn an_event_waits_for_the_next_beat() {
    for id in PUSH {
        for (every, every_ms) in [("200ms", 200.0), ("1s", 1e3)] {
            for delivery in ["every", "latest"] {
                let fields = format!(
                    r#""clients": 10, "rate": "4/s", "duration": "800s", "batch_every": "{every}",
                       "push_delivery": "{delivery}", "heartbeat": "2s""#
                );
                let result = measure(&prepare(&fields), id);
                assert_eq!(result.superseded > 0, delivery == "latest");
                let kept_up = result.kept_up() as f64;
                let figures = result.figures.unwrap();
                let what = |key: &str| format!("{id} every {every}, {delivery}, {key}");
                let latency = &figures.latency_us;
                // One that was replaced was as long on its way as if it had been sent.
                let mean_ms = 25.0 + every_ms / 2.0;
                within(&what("mean in ms"), latency.mean / 1e3, mean_ms, 0.03);
                assert!(latency.min >= 25e3 && latency.max <= 1e3 * (25.0 + every_ms) + 1e3);
                let without_setup = (figures.bytes.total - figures.bytes.setup) as f64;
                for (key, measured) in [
                    ("latency_us.mean", latency.mean),
                    ("age_us.mean", figures.mean_age_us().unwrap()),
                    ("stale_share", figures.stale_share.unwrap()),
                    ("bytes_per_event_without_setup", without_setup / kept_up),
                ] {
                    within(&what(key), measured, result.theory[key], 0.03);
                }
            }
        }
    }
}
