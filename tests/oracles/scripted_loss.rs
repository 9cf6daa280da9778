//! One packet lost on purpose: how much later its message comes.

use super::raw::{line, ms, push};
use pushlab::clock::{MS, S, US};

/// 100 bytes of text in a WebSocket frame.
const MESSAGE: usize = 102;
/// Its packet on 20 Mbit/s.
const SERIALISATION_NS: u64 = (102 + 52) * 8 * 50;

/// The extra delay of the message whose packet, and whose first `repeats` repeats, are lost. Messages
/// leave every `gap_ns`; an outage of a microsecond around each departure loses just that packet.
fn extra_ms(delay_ms: u64, gap_ns: u64, repeats_ns: &[u64]) -> f64 {
    let messages: Vec<_> = (0..60).map(|k| (S + k * gap_ns, MESSAGE)).collect();
    let victim = 20;
    let mut config = line(delay_ms);
    config.down.outages_ns = [0]
        .iter()
        .chain(repeats_ns)
        .map(|after_ns| {
            let departure_ns = messages[victim].0 + after_ns + SERIALISATION_NS;
            (departure_ns, departure_ns + US)
        })
        .collect();
    let latency_ns = push(config, &messages).latency_ns;
    let idle_ns = delay_ms * MS + SERIALISATION_NS;
    assert_eq!(latency_ns[victim - 1], idle_ns);
    assert_eq!(latency_ns[59], idle_ns, "all is well again");
    ms(latency_ns[victim] - idle_ns)
}

fn check(what: &str, measured_ms: f64, expected_ms: f64, linux: &str) {
    println!("{what}: expected {expected_ms} ms, measured {measured_ms:.2} ms (Linux {linux})");
    // Below the millisecond: the estimate of the round trip contains ACK delay and serialisation.
    assert!(
        (measured_ms - expected_ms).abs() <= 1.0,
        "{what}: {measured_ms} ms"
    );
}

#[test]
fn a_lone_packet_is_repeated_after_a_round_trip_and_200_ms() {
    check("lone, 25 ms", extra_ms(25, S, &[]), 250.0, "262-280");
    check("lone, 100 ms", extra_ms(100, S, &[]), 400.0, "430-438");
}

#[test]
fn in_a_stream_the_packets_behind_it_tell() {
    check(
        "every 20 ms, 25 ms",
        extra_ms(25, 20 * MS, &[]),
        70.0,
        "70-72",
    );
    check(
        "every 20 ms, 100 ms",
        extra_ms(100, 20 * MS, &[]),
        250.0,
        "252-260",
    );
}

/// The first repeat is a probe: the timeout behind it is not doubled yet.
#[test]
fn a_lost_repeat_costs_the_timeout_once_more() {
    let repeat_ns = |delay_ms, expected_ms: f64| {
        let first_ms = extra_ms(delay_ms, S, &[]);
        check("first repeat", first_ms, expected_ms, "");
        (first_ms * 1e6) as u64
    };
    let first = repeat_ns(25, 250.0);
    check(
        "lost twice, 25 ms",
        extra_ms(25, S, &[first]),
        500.0,
        "517-534",
    );
    let first = repeat_ns(100, 400.0);
    check(
        "lost twice, 100 ms",
        extra_ms(100, S, &[first]),
        800.0,
        "859",
    );
}
