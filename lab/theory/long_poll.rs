//! Long polling: the client asks again after each answer, the server answers when there is something new.
//!
//! After an answer leaves, the server is *blind* for B = R + serialisation of the answer and of the next
//! request. What is born in that time waits for the request and leaves with it, in one batch. If nothing
//! was born, the request waits for an event, for at most the hold H. RFC 6202 2.2 has the extremes, one
//! transit and three; what lies between follows from the cycle between two answers.

use super::latency::{Latency, RARE, Spread};
use super::line::{self, ACK_DELAY_S};
use super::source::Source;
use super::{Inputs, Prediction, Sight, Spacing};
use libm::expm1;

/// `None` for a fixed feed that is slower than the hold: when the empty answers fall decides everything.
pub fn predict(inputs: &Inputs, source: Source) -> Option<Prediction> {
    match source.spacing {
        Spacing::Poisson => Some(poisson(inputs, source)),
        Spacing::Fixed => fixed(inputs, source),
    }
}

/// A Poisson source has no memory, so each answer starts the cycle afresh (renewal argument). With rate
/// r, a cycle is C = B + V, where V, the wait of the request, is 0 if something was born in B, else the
/// shorter of H and an exponential time. Hence E\[C\] = B + e^(-r B) (1 - e^(-r H)) / r; a share
/// e^(-r (B + H)) of the answers is empty; r E\[C\] events leave per answer.
fn poisson(inputs: &Inputs, source: Source) -> Prediction {
    let rate = source.rate_per_s;
    let hold_s = inputs.hold_s;
    let blind_s = blind_s(inputs, |blind_s, busy_s| {
        let held = source.none_within(blind_s);
        let empty = source.none_within(blind_s + hold_s);
        batches(inputs, source, blind_s, busy_s)
            + (held - empty) * busy_s(answer_bytes(inputs, 1.0))
            + empty * busy_s(inputs.empty_head_bytes)
    });
    let held = source.none_within(blind_s);
    let empty = source.none_within(blind_s + hold_s);
    let cycle_s = blind_s + (held - empty) / rate;

    // Questions in span t, the first at 0: t / E[C] + E[C²] / 2 E[C]² (second-order renewal theorem),
    // where E[C²] = B² + 2 B E[V] + E[V²] and E[V²] = 2 e^(-r B) (1 - e^(-r H) (1 + r H)) / r².
    let late = if empty > 0.0 {
        empty * rate * hold_s
    } else {
        0.0
    };
    let wait_square = 2.0 * (held - empty - late) / (rate * rate);
    let cycle_square = blind_s * blind_s + 2.0 * blind_s * (cycle_s - blind_s) + wait_square;
    let requests = inputs.span_s / cycle_s + 0.5 * cycle_square / (cycle_s * cycle_s);

    // A request held for longer than the server delays its acknowledgement is acknowledged alone; the
    // acknowledgement of an answer travels with the next request. So 3 segments, or 2 if news is waiting.
    let held_bytes = line::unanswered_bytes(inputs.request_head_bytes);
    let quick_bytes = line::answered_bytes(inputs.request_head_bytes);
    // The first question of a connection is always acknowledged alone.
    let acknowledged = if inputs.connects {
        1.0
    } else {
        source.none_within(blind_s + ACK_DELAY_S)
    };
    let cycle_bytes = quick_bytes
        + acknowledged * (held_bytes - quick_bytes)
        + batches(inputs, source, blind_s, line::answered_bytes)
        + (held - empty) * line::answered_bytes(answer_bytes(inputs, 1.0))
        + empty * line::answered_bytes(inputs.empty_head_bytes);

    Prediction {
        sight: poisson_sight(inputs, source, blind_s, cycle_s),
        requests,
        empty_answers: requests * empty,
        bytes_per_event: cycle_bytes / (rate * cycle_s),
    }
}

/// Of the r E\[C\] events of a cycle, e^(-r B) (1 - e^(-r H)) find a waiting request and are seen after the
/// transit D. The others, r B, are spread evenly over the blind window and wait for its rest: uniform on
/// \[D', D' + B\], where D' carries the batch of 1 + r B events. Without a hold and with D = D' the mean is
/// D + (B/2) r B / (r B + e^(-r B)).
///
/// Not stale: nothing is waiting at the server (until the first event of B, and while a request is held:
/// (1 - e^(-r (B + H))) / r seconds per cycle) and nothing was born within the last D.
fn poisson_sight(inputs: &Inputs, source: Source, blind_s: f64, cycle_s: f64) -> Option<Sight> {
    let rate = source.rate_per_s;
    let batch_bytes = answer_bytes(inputs, source.company(blind_s));
    if !inputs.line_is_clear(batch_bytes) {
        return None;
    }
    let at_once_s = inputs.transit_down_s(answer_bytes(inputs, 1.0));
    let batch_s = inputs.transit_down_s(batch_bytes);
    let delayed_share = blind_s / cycle_s;
    let at_once_share = 1.0 - delayed_share;
    let transit_s = at_once_share * at_once_s + delayed_share * batch_s;
    let unseen_free_s = -expm1(-rate * (blind_s + inputs.hold_s)) / rate;
    let waits = Spread::Uniform {
        from_s: batch_s,
        to_s: batch_s + blind_s,
    };
    let latency = Latency::new(vec![
        (at_once_share, Spread::At(at_once_s)),
        (delayed_share, waits),
    ])
    .with_min((at_once_share >= RARE).then_some(at_once_s));
    Some(Sight {
        // A batch, and the blind window that it makes longer, may be any size.
        latency: latency.varying(inputs.event_busy_s()),
        age_s: source.age_s() + transit_s + poisson_extra_age_s(inputs, source, blind_s, cycle_s),
        stale_share: 1.0 - source.none_within(transit_s) * unseen_free_s / cycle_s,
    })
}

/// What the blind window adds to the mean age, seconds.
///
/// Let X be the age of the newest event born, Y of the newest that has left, a = E\[X\] when an answer
/// leaves (then Y = X). In the blind window Y = X(0) + u after u seconds, while E\[X(u)\] = e^(-r u) X(0) +
/// (1 - e^(-r u)) / r; while a request is held Y = X. So E\[Y\] - E\[X\] is the integral over the window,
/// a B + B²/2 - a (1 - e^(-r B)) / r - B/r + (1 - e^(-r B)) / r², divided by E\[C\].
/// And a follows from one answer to the next: the age of the newest event of the window, with mean
/// (1 - e^(-r B)) / r - B e^(-r B) (counted 0 if there is none); 0 if an event ends the wait; and
/// X(0) + B + H for an empty answer, of probability q = e^(-r (B + H)).
fn poisson_extra_age_s(inputs: &Inputs, source: Source, blind_s: f64, cycle_s: f64) -> f64 {
    let rate = source.rate_per_s;
    let seen_s = -expm1(-rate * blind_s) / rate;
    let empty = source.none_within(blind_s + inputs.hold_s);
    let in_vain_s = if empty > 0.0 {
        empty * (blind_s + inputs.hold_s)
    } else {
        0.0
    };
    let left_s = (seen_s - blind_s * source.none_within(blind_s) + in_vain_s)
        / -expm1(-rate * (blind_s + inputs.hold_s));
    let window = left_s * (blind_s - seen_s) + 0.5 * blind_s * blind_s - (blind_s - seen_s) / rate;
    window / cycle_s
}

/// A fixed feed of period P keeps in step with the cycle. If B < P <= B + H every event finds a waiting
/// request (a first one that does not falls back by P - B with each event until it does) and long polling
/// is as good as push. If P < B no request ever waits and the cycle is B; how long an event waits then
/// depends on how P and B mesh, so there is no latency (its mean is near D + B/2).
fn fixed(inputs: &Inputs, source: Source) -> Option<Prediction> {
    let period_s = 1.0 / source.rate_per_s;
    let blind_s = blind_s(inputs, |blind_s, busy_s| {
        let window_s = blind_s.max(period_s);
        batches(inputs, source, window_s, busy_s)
    });
    let in_step = blind_s < period_s;
    if period_s > blind_s + inputs.hold_s {
        return None;
    }
    let cycle_s = blind_s.max(period_s);
    let question_bytes = if in_step || inputs.connects {
        line::unanswered_bytes(inputs.request_head_bytes)
    } else {
        line::answered_bytes(inputs.request_head_bytes)
    };
    let cycle_bytes = question_bytes + batches(inputs, source, cycle_s, line::answered_bytes);
    Some(Prediction {
        sight: in_step.then(|| fixed_sight(inputs, source)).flatten(),
        // The renewal theorem again, for a cycle that does not vary.
        requests: inputs.span_s / cycle_s + 0.5,
        empty_answers: 0.0,
        bytes_per_event: cycle_bytes / (source.rate_per_s * cycle_s),
    })
}

fn fixed_sight(inputs: &Inputs, source: Source) -> Option<Sight> {
    let bytes = answer_bytes(inputs, 1.0);
    let transit_s = inputs.transit_down_s(bytes);
    inputs.line_is_clear(bytes).then(|| Sight {
        latency: Latency::new(vec![(1.0, Spread::At(transit_s))]),
        age_s: source.age_s() + transit_s,
        stale_share: 1.0 - source.none_within(transit_s),
    })
}

/// B: a round trip and the serialisation of both messages, two round trips if each question connects first.
/// Here `answer_s` is the mean time that an answer takes on the line, given B and the time that a
/// message takes. B grows with the answers and they with B: a fixed point, reached by repetition (each
/// step shrinks the error by the feed's share of the line).
fn blind_s(inputs: &Inputs, answer_s: impl Fn(f64, &dyn Fn(f64) -> f64) -> f64) -> f64 {
    let asking_s = inputs.asking_s() + inputs.delay_down_s;
    let busy_s = |bytes| line::busy_s(bytes, inputs.bandwidth_down_bit_s);
    let mut blind_s = asking_s;
    for _ in 0..line::FIXED_POINT_STEPS {
        blind_s = asking_s + answer_s(blind_s, &busy_s);
    }
    blind_s
}

/// Sum of `f(bytes of the answer)` over the batches that gather in `window_s`, each times its
/// probability; an empty window counts nothing.
fn batches(inputs: &Inputs, source: Source, window_s: f64, f: impl Fn(f64) -> f64) -> f64 {
    source.expect(window_s, |k| {
        if k < 1.0 {
            0.0
        } else {
            f(answer_bytes(inputs, k))
        }
    })
}

fn answer_bytes(inputs: &Inputs, events: f64) -> f64 {
    inputs.answer_head_bytes + events * inputs.event_bytes()
}
