//! Both at once, played out event by event: who has the line, who waits, what is born meanwhile.

use super::super::duplex::{Delays, Duplex};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

const RUNS: u64 = 24;

/// Instants of a Poisson source over a span.
fn instants(rate: f64, span_s: f64, random: &mut ChaCha8Rng) -> Vec<f64> {
    let mut at_s = 0.0;
    let mut all = Vec::new();
    while at_s < span_s {
        let unit = (random.next_u64() >> 11) as f64 / (1u64 << 53) as f64;
        at_s -= libm::log1p(-unit) / rate;
        all.push(at_s);
    }
    all
}

/// One connection on which questions and, with `turns`, messages follow each other; mean delays.
fn played(duplex: &Duplex, turns: bool, seed: u64) -> Delays {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let span_s = 6_000.0 / duplex.events_per_s.min(duplex.messages_per_s);
    let events = instants(duplex.events_per_s, span_s, &mut random);
    let messages = instants(duplex.messages_per_s, span_s, &mut random);
    let (mut now_s, mut seen, mut said) = (0.0, 0, 0);
    let (mut up, mut down) = (Vec::new(), Vec::new());
    while seen < events.len() {
        // The line is free: a message that is there goes first, but never two without a question between them.
        if turns && said < messages.len() && messages[said] <= now_s {
            up.push(now_s + duplex.up_s - messages[said]);
            now_s += duplex.up_s + duplex.down_s;
            said += 1;
        }
        let asked_s = now_s + duplex.up_s;
        let answered_s = asked_s.max(events[seen].min(asked_s + duplex.hold_s));
        now_s = answered_s + duplex.down_s;
        while seen < events.len() && events[seen] <= answered_s {
            down.push(now_s - events[seen]);
            seen += 1;
        }
    }
    if !turns {
        let mut free_s = 0.0;
        for at_s in &messages {
            let left_s = at_s.max(free_s);
            up.push(left_s + duplex.up_s - at_s);
            free_s = left_s + duplex.up_s + duplex.down_s;
        }
    }
    let mean = |all: &[f64]| all.iter().sum::<f64>() / all.len() as f64;
    Delays {
        upward_s: mean(&up),
        downward_s: mean(&down),
    }
}

/// Within five standard errors over the runs, which are at most 2 % of the figure so that this proves something.
#[track_caller]
fn agrees(what: &str, predicted: f64, values: &[f64]) {
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    let square: f64 = values.iter().map(|v| (v - mean) * (v - mean)).sum();
    let error = (square / (count * (count - 1.0))).sqrt();
    assert!(error <= 0.02 * mean, "{what}: {mean} +/- {error}");
    assert!(
        (mean - predicted).abs() <= 5.0 * error + 1e-9,
        "{what} is {mean} +/- {error}, predicted {predicted}"
    );
}

fn check(duplex: Duplex) {
    for turns in [true, false] {
        let law = match turns {
            true => duplex.in_turns(),
            false => duplex.beside_polls(),
        };
        let law = law.expect("there is a mean");
        let runs: Vec<_> = (0..RUNS).map(|seed| played(&duplex, turns, seed)).collect();
        let way = |of: fn(&Delays) -> f64| runs.iter().map(of).collect::<Vec<_>>();
        let what = format!("{duplex:?}, turns: {turns}");
        agrees(&format!("up, {what}"), law.upward_s, &way(|d| d.upward_s));
        agrees(
            &format!("down, {what}"),
            law.downward_s,
            &way(|d| d.downward_s),
        );
    }
}

#[test]
fn in_turns_and_beside() {
    let duplex = |events_per_s, messages_per_s, hold_s| Duplex {
        events_per_s,
        messages_per_s,
        up_s: 0.02,
        down_s: 0.03,
        hold_s,
    };
    for (events_per_s, messages_per_s) in
        [(0.2, 0.05), (0.2, 0.1), (1.0, 0.1), (5.0, 0.1), (20.0, 5.0)]
    {
        check(duplex(events_per_s, messages_per_s, 25.0));
    }
    // Where most questions are answered because their time is up.
    check(duplex(0.2, 0.2, 0.5));
}

#[test]
fn a_walkie_talkie_waits_for_the_next_event() {
    let slow = Duplex {
        events_per_s: 0.01,
        messages_per_s: 1e-6,
        up_s: 0.025,
        down_s: 0.025,
        hold_s: 1e6,
    };
    let upward_s = slow.in_turns().expect("a mean").upward_s;
    assert!((upward_s - 100.0).abs() < 0.2, "{upward_s}");
    // It says at most about one thing per event, and with more there is no mean.
    assert!((slow.most_in_turns_per_s() - 0.01).abs() < 1e-4);
    let more = Duplex {
        messages_per_s: 0.0101,
        ..slow
    };
    assert_eq!(more.in_turns(), None);
}

/// With nothing to say, turns are long polling: the law of `long_poll.rs`.
#[test]
fn without_messages_it_is_long_polling() {
    let inputs = super::inputs(super::Law::LongPoll);
    let alone = Duplex {
        events_per_s: 4.0,
        messages_per_s: 1e-12,
        up_s: 0.05,
        down_s: 0.05,
        hold_s: 1e3,
    };
    let inputs = super::Inputs {
        rate_per_s: 4.0,
        ..inputs
    };
    let predicted = super::super::predict(&inputs)["latency_us.mean"];
    for law in [alone.in_turns(), alone.beside_polls()] {
        let downward_us = 1e6 * law.expect("a mean").downward_s;
        assert!((downward_us - predicted).abs() < 0.01, "{downward_us}");
    }
    assert_eq!(alone.socket().downward_s, 0.05);
}
