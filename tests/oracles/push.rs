//! Push is exact: one-way delay plus serialisation, one data packet and one ACK.

use super::{figures, prepare, within};

/// IP and TCP header with timestamps.
const HEADER: f64 = 52.0;

/// Events far enough apart that each finds the line idle; heartbeats off.
fn idle_line(delay: &str, bandwidth: &str, payload: &str, seconds: u32) -> String {
    format!(
        r#""clients": 3, "arrivals": "fixed", "rate": "4/s", "warm_up": "5s", "duration": "{seconds}s",
           "delay": "{delay}", "bandwidth": "{bandwidth}", "payload": "{payload}", "heartbeat": "off""#
    )
}

/// Stream bytes of one event: SSE `id: N\ndata: ...\n\n` in one chunk, or a WebSocket text frame.
fn stream_bytes(id: &str, payload: f64, seq_digits: f64) -> f64 {
    let event = 4.0 + seq_digits + 1.0 + 6.0 + payload + 2.0;
    match id {
        "sse" => 2.0 + 2.0 + event + 2.0, // chunk size in two digits
        _ => 2.0 + payload,
    }
}

#[test]
fn latency_is_one_way_delay_plus_serialisation_for_every_event() {
    for (delay, delay_us) in [
        ("1ms", 1e3),
        ("25ms", 25e3),
        ("100ms", 100e3),
        ("150ms", 150e3),
    ] {
        for (bandwidth, mbit_s) in [("1Mbit/s", 1.0), ("20Mbit/s", 20.0), ("1000Mbit/s", 1e3)] {
            for (payload, bytes) in [("tick", 69.0), ("compact", 20.0)] {
                for id in ["sse", "websocket"] {
                    // The first event measured is number 21, the last 60: always two digits.
                    let figures = figures(&idle_line(delay, bandwidth, payload, 10), id);
                    let latency = figures.latency_us;
                    let packet = HEADER + stream_bytes(id, bytes, 2.0);
                    let expected_us = delay_us + packet * 8.0 / mbit_s;
                    assert_eq!(figures.latency_events, 40);
                    for (what, us) in [("least", latency.min), ("greatest", latency.max)] {
                        assert!(
                            (us - expected_us).abs() <= 1.0,
                            "{id} {payload} {delay} {bandwidth}: {what} {us} us, not {expected_us}"
                        );
                    }
                }
            }
        }
    }
}

#[test]
fn an_event_costs_one_data_packet_and_one_ack() {
    for id in ["sse", "websocket"] {
        for delay in ["1ms", "25ms", "150ms"] {
            // What the longer run has on top of the shorter one is events alone: 3 clients, 4/s.
            let [short, long] = [10, 210].map(|seconds| {
                let prepared = prepare(&idle_line(delay, "20Mbit/s", "compact", seconds));
                super::measure(&prepared, id).figures.unwrap()
            });
            let events = 3 * 4 * 200;
            assert_eq!(long.packets - short.packets, 2 * events, "{id} {delay}");
            assert_eq!(long.requests, 3);
            assert_eq!(long.connections, 3);
            let up = long.bytes.up - short.bytes.up;
            assert_eq!(up, 52 * events, "{id} {delay}: ACKs alone go up");
        }
    }
}

/// The same 20 bytes, whether they are called compact or sized.
#[test]
fn a_size_of_20_bytes_is_the_compact_payload() {
    for entry in pushlab::transport::ALL {
        let id = entry.descriptor.id;
        let [compact, sized] = ["compact", "20B"].map(|payload| {
            super::measure(&prepare(&idle_line("25ms", "20Mbit/s", payload, 10)), id)
        });
        assert_eq!(compact, sized);
    }
}

/// Bytes of an event of 500, 5,000 and 70,000 bytes: text, header of 4 or 10 (RFC 6455, 5.2), 52 for each packet
/// of at most 1,448 and for each ACK: one for every two packets on a line so fast that they come together.
#[test]
fn a_large_event_costs_what_its_packets_cost() {
    for (payload, bytes, header) in [("500B", 500.0, 4.0), ("5kB", 5e3, 4.0), ("70kB", 7e4, 10.0)] {
        let [short, long] = [10, 110].map(|seconds| {
            let fields = idle_line("5ms", "1Gbit/s", payload, seconds);
            super::measure(&prepare(&fields), "websocket")
        });
        let (theory, short, long) = (
            &long.theory,
            short.figures.unwrap(),
            long.figures.as_ref().unwrap(),
        );
        let events = 3.0 * 4.0 * 100.0;
        let packets = ((bytes + header) / 1_448.0_f64).ceil();
        let expected = bytes + header + HEADER * (packets + (packets / 2.0).ceil());
        let measured = (long.bytes.total - short.bytes.total) as f64 / events;
        within(
            &format!("IP bytes per event of {payload}"),
            measured,
            expected,
            0.01,
        );
        let what = format!("theory for {payload}");
        within(
            &what,
            theory["bytes_per_event_without_setup"],
            expected,
            1e-6,
        );
    }
}

/// A 20-byte payload in a WebSocket frame: 126 bytes with its ACK (captured on Linux, too).
#[test]
fn a_websocket_event_of_20_bytes_costs_126_on_the_wire() {
    let [short, long] = [10, 210].map(|seconds| {
        figures(
            &idle_line("25ms", "20Mbit/s", "compact", seconds),
            "websocket",
        )
    });
    let bytes = (long.bytes.total - short.bytes.total) as f64;
    let events = 3.0 * 4.0 * 200.0;
    within("IP bytes per WebSocket event", bytes / events, 126.0, 0.0);
}
