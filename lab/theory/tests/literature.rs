//! Figures that others have published or measured, and the edges of what is predicted.

use super::super::{Inputs, Law, PollDiscipline, Spacing, latency_cdf, predict};
use super::inputs;

#[track_caller]
fn near(actual: f64, expected: f64, tolerance: f64) {
    assert!(
        (actual - expected).abs() <= tolerance,
        "{actual} is not {expected} +/- {tolerance}"
    );
}

fn figure(inputs: &Inputs, key: &str) -> f64 {
    predict(inputs)[key]
}

/// RFC 6202 2.2: from one transit to three, on a line with R = 100 ms.
#[test]
fn long_polling_saturates() {
    for (rate_per_s, mean_ms, requests_per_s) in [
        (1.0, 55.0, 0.995),
        (4.0, 68.7, 3.74),
        (10.0, 86.6, 7.31),
        (20.0, 96.8, 9.37),
        (100.0, 100.0, 10.0),
    ] {
        let long = Inputs {
            rate_per_s,
            ..inputs(Law::LongPoll)
        };
        near(figure(&long, "latency_us.mean") / 1e3, mean_ms, 0.05);
        near(figure(&long, "latency_us.max") / 1e3, 150.0, 1e-9);
        near(
            figure(&long, "requests") / long.span_s,
            requests_per_s,
            0.005,
        );
        assert_eq!(figure(&long, "empty_answers"), 0.0);
    }
}

/// Requests at 1, 4, 10, 20 and 100 events/s over R = 100 ms, as counted on a simulated TCP/IP stack:
/// packets and IP bytes per request. At 100/s one batch in seven needs a second segment.
#[test]
fn long_polling_takes_two_to_three_packets() {
    for (rate_per_s, packets, ip_bytes) in [
        (1.0, 2.93, 455.0),
        (4.0, 2.65, 445.0),
        (10.0, 2.36, 463.0),
        (20.0, 2.13, 529.0),
        (100.0, 2.27, 1_339.0),
    ] {
        let long = Inputs {
            rate_per_s,
            ..inputs(Law::LongPoll)
        };
        let events = rate_per_s * long.span_s / figure(&long, "requests");
        let predicted = events * figure(&long, "bytes_per_event_without_setup");
        near(predicted, ip_bytes, 0.01 * ip_bytes);
        near(
            (predicted - 200.0 - 102.0 * events) / 52.0,
            packets,
            0.015 * packets,
        );
    }
}

/// One event per second, polled each second over 50 ms each way: share of the time stale, mean age, empty
/// polls; then slower and faster feeds.
#[test]
fn short_polling_costs_half_an_interval_of_freshness() {
    let poll = inputs(Law::ShortPoll);
    let push = inputs(Law::Push);
    near(figure(&poll, "stale_share"), 0.399, 5e-4);
    near(figure(&push, "stale_share"), 0.049, 5e-4);
    near(figure(&poll, "age_us.mean"), 1_550_000.0, 1e-3);
    near(figure(&push, "age_us.mean"), 1_050_000.0, 1e-3);
    near(
        figure(&poll, "empty_answers") / figure(&poll, "requests"),
        0.368,
        5e-4,
    );
    for (rate_per_s, polled, pushed) in [(0.2, 0.103, 0.010), (5.0, 0.845, 0.221)] {
        near(
            figure(
                &Inputs {
                    rate_per_s,
                    ..poll.clone()
                },
                "stale_share",
            ),
            polled,
            5e-4,
        );
        near(
            figure(
                &Inputs {
                    rate_per_s,
                    ..push.clone()
                },
                "stale_share",
            ),
            pushed,
            5e-4,
        );
    }
}

/// The way up counts only for a client that sleeps after the answer: 550 against 600 ms.
#[test]
fn short_polling_disciplines_differ_by_half_a_round_trip() {
    for spacing in [Spacing::Poisson, Spacing::Fixed] {
        let timer = Inputs {
            spacing: Some(spacing),
            rate_per_s: 2.0,
            ..inputs(Law::ShortPoll)
        };
        let sleep = Inputs {
            discipline: PollDiscipline::Sleep,
            ..timer.clone()
        };
        near(figure(&timer, "latency_us.mean"), 550_000.0, 1e-3);
        near(figure(&sleep, "latency_us.mean"), 600_000.0, 1e-3);
        near(figure(&timer, "latency_us.p99"), 1_040_000.0, 1e-3);
        near(figure(&timer, "latency_us.max"), 1_050_000.0, 1e-3);
    }
}

/// Bozdag, Mesbah & van Deursen 2009: a feed of one event in 50 s polled each second, 98 % redundant.
#[test]
fn short_polling_a_slow_feed_is_redundant() {
    for (period_s, redundant) in [
        (1.0, 0.0),
        (5.0, 0.8),
        (15.0, 0.933),
        (30.0, 0.967),
        (50.0, 0.98),
    ] {
        let spacing = Some(Spacing::Fixed);
        let poll = Inputs {
            spacing,
            rate_per_s: 1.0 / period_s,
            ..inputs(Law::ShortPoll)
        };
        near(
            figure(&poll, "empty_answers") / figure(&poll, "requests"),
            redundant,
            5e-4,
        );
    }
}

/// Lubbers & Greco 2010, recounted at the IP layer: 871 characters against 2 become 1,086 bytes
/// against 126.
#[test]
fn one_tick_costs_1086_or_126_bytes() {
    let poll = Inputs {
        spacing: Some(Spacing::Fixed),
        payload_bytes: 20.0,
        event_framing_bytes: 1.0,
        request_head_bytes: 716.0,
        answer_head_bytes: 193.0,
        ..inputs(Law::ShortPoll)
    };
    near(
        figure(&poll, "bytes_per_event_without_setup"),
        1_086.0,
        1e-6,
    );
    let push = Inputs {
        law: Law::Push,
        event_framing_bytes: 2.0,
        ..poll.clone()
    };
    near(figure(&push, "bytes_per_event_without_setup"), 126.0, 1e-6);
    let held = Inputs {
        law: Law::LongPoll,
        ..poll
    };
    near(
        figure(&held, "bytes_per_event_without_setup"),
        1_086.0,
        1e-6,
    );
}

/// Pimentel & Nickerson 2012: at 4 events/s long polling equals WebSocket until R reaches the period.
#[test]
fn long_polling_a_fixed_feed_is_push_below_the_cliff() {
    for (delay_s, closed) in [(0.01, true), (0.12, true), (0.13, false), (0.3, false)] {
        let long = Inputs {
            spacing: Some(Spacing::Fixed),
            rate_per_s: 4.0,
            delay_down_s: delay_s,
            delay_up_s: delay_s,
            ..inputs(Law::LongPoll)
        };
        let figures = predict(&long);
        assert_eq!(figures.contains_key("latency_us.mean"), closed);
        assert_eq!(latency_cdf(&long).is_empty(), !closed);
        near(
            figures["requests"] / long.span_s,
            if closed { 4.0 } else { 0.5 / delay_s },
            1e-4,
        );
        if closed {
            near(figures["latency_us.p999"], 1e6 * delay_s, 1e-6);
            near(figures["age_us.mean"], 1e6 * (delay_s + 0.125), 1e-6);
        }
    }
}

/// A packet of 52 + 2 + 100 bytes takes 61.6 us at 20 Mbit/s.
#[test]
fn a_packet_takes_its_time_on_the_line() {
    let push = Inputs {
        spacing: Some(Spacing::Fixed),
        bandwidth_down_bit_s: 20e6,
        delay_down_s: 0.025,
        ..inputs(Law::Push)
    };
    near(figure(&push, "latency_us.p50"), 25_061.6, 1e-6);
    near(figure(&push, "latency_us.max"), 25_061.6, 1e-6);
}

#[test]
fn nothing_is_promised_without_a_closed_form() {
    for law in [Law::Push, Law::ShortPoll, Law::LongPoll] {
        let lossy = Inputs {
            loss: true,
            ..inputs(law)
        };
        let bursty = Inputs {
            spacing: None,
            ..inputs(law)
        };
        let too_much = Inputs {
            bandwidth_down_bit_s: 1_000.0,
            ..inputs(law)
        };
        for hopeless in [lossy, bursty, too_much] {
            assert!(predict(&hopeless).is_empty());
            assert!(latency_cdf(&hopeless).is_empty());
        }
        let busy = Inputs {
            bandwidth_down_bit_s: 10_000.0,
            ..inputs(law)
        };
        assert!(latency_cdf(&busy).is_empty());
        assert!(predict(&busy).contains_key("bytes_per_event_without_setup"));
    }
    let hurried = Inputs {
        poll_every_s: 0.1,
        ..inputs(Law::ShortPoll)
    };
    assert!(predict(&hurried).is_empty());
    let slow = Inputs {
        spacing: Some(Spacing::Fixed),
        hold_s: 0.8,
        ..inputs(Law::LongPoll)
    };
    assert!(predict(&slow).is_empty());
}
