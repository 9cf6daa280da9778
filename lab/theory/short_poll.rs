//! Short polling: the client asks at intervals, the server answers at once.

use super::latency::{Latency, RARE, Spread};
use super::line;
use super::source::Source;
use super::{Inputs, PollDiscipline, Prediction, Sight, Spacing};
use libm::ceil;

/// `None` if timer-driven questions come faster than their answers: what the client then does is its own
/// affair, not the law's.
pub fn predict(inputs: &Inputs, source: Source) -> Option<Prediction> {
    let period_s = period_s(inputs, source)?;
    let requests = inputs.span_s / period_s;
    let empty_share = source.none_within(period_s);
    Some(Prediction {
        sight: sight(inputs, source, period_s),
        requests,
        empty_answers: requests * empty_share,
        bytes_per_event: poll_bytes(inputs, source, period_s) / (source.rate_per_s * period_s),
    })
}

/// Seconds between two looks at the feed.
///
/// Timer: the interval T, whatever the line does; the way up, and connecting before it, only shift the phase. Sleep: the interval
/// and then a whole question and answer, T' = T + R + serialisation of both (T + 2R if it connects first). The answer grows with the
/// events of T', so T' is the fixed point, reached by repetition (each step shrinks the error by the
/// feed's share of the line).
fn period_s(inputs: &Inputs, source: Source) -> Option<f64> {
    let asking_s = inputs.asking_s() + inputs.delay_down_s;
    let answer_s = |period_s: f64| {
        source.expect(period_s, |k| {
            line::busy_s(answer_bytes(inputs, k), inputs.bandwidth_down_bit_s)
        })
    };
    let every_s = inputs.poll_every_s;
    match inputs.discipline {
        PollDiscipline::Timer => (asking_s + answer_s(every_s) < every_s).then_some(every_s),
        PollDiscipline::Sleep => {
            let mut period_s = every_s + asking_s;
            for _ in 0..line::FIXED_POINT_STEPS {
                period_s = every_s + asking_s + answer_s(period_s);
            }
            Some(period_s)
        }
    }
}

/// Bytes of the answer when `events` were born since the last one.
pub fn answer_bytes(inputs: &Inputs, events: f64) -> f64 {
    if events < 1.0 {
        return inputs.empty_head_bytes;
    }
    let carried = if inputs.latest { 1.0 } else { events };
    inputs.answer_head_bytes + carried * inputs.event_bytes()
}

/// Question, answer and the client's acknowledgement: three segments if each fits one.
fn poll_bytes(inputs: &Inputs, source: Source, period_s: f64) -> f64 {
    line::answered_bytes(inputs.request_head_bytes)
        + source.expect(period_s, |k| {
            line::unanswered_bytes(answer_bytes(inputs, k))
        })
}

/// An event waits for the next look at the feed, which is uniform on [0, T] because the phase of the
/// client is random, and then takes the transit D of the answer that carries it: delay down, plus
/// serialisation of the head and of its whole batch (its company of 1 + rate x T events included).
///
/// * Latency uniform on [D, D + T], mean D + T/2. With `latest` an event that a newer one replaced is seen when
///   that is, so only the transit differs: the answer carries one event.
/// * Longest: a whole interval and the largest answer. Over a line that takes time a Poisson source has none, as any number
///   of events may share an answer; of a fixed one it is the smallest whole number from rate x T on.
/// * Age: newest event's own age + T/2 + D. Looking at intervals adds T/2 at any rate.
/// * Not stale: no event since the look whose answer came last, that is within the last D + U(0, T); for
///   a Poisson source e^(-rate D) (1 - e^(-rate T)) / (rate T).
pub fn sight(inputs: &Inputs, source: Source, period_s: f64) -> Option<Sight> {
    let batch_bytes = answer_bytes(inputs, source.company(period_s));
    if !inputs.line_is_clear(batch_bytes) {
        return None;
    }
    let transit_s = inputs.transit_down_s(batch_bytes);
    let waits = Spread::Uniform {
        from_s: transit_s,
        to_s: transit_s + period_s,
    };
    let longest_s = |events: f64| {
        let answer_s = inputs.transit_down_s(answer_bytes(inputs, events));
        longest_period_s(inputs, period_s, events) + answer_s
    };
    let latency = Latency::new(vec![(1.0, waits)]);
    let latency = match source.spacing {
        _ if inputs.latest => latency.with_max(longest_s(1.0)),
        Spacing::Poisson => {
            // The quickest event is alone in its answer, if that happens often enough to be seen.
            let alone_s = inputs.transit_down_s(answer_bytes(inputs, 1.0));
            latency
                .with_min((source.none_within(period_s) >= RARE).then_some(alone_s))
                .varying(inputs.event_busy_s())
        }
        Spacing::Fixed => latency.with_max(longest_s(ceil(source.rate_per_s * period_s))),
    };
    Some(Sight {
        latency,
        age_s: source.age_s() + 0.5 * period_s + transit_s,
        stale_share: 1.0 - source.none_within_random(transit_s, period_s),
    })
}

/// The longest time between two looks, if an answer carries at most so many events.
fn longest_period_s(inputs: &Inputs, period_s: f64, events: f64) -> f64 {
    match inputs.discipline {
        PollDiscipline::Timer => period_s,
        PollDiscipline::Sleep => {
            let asking_s = inputs.asking_s() + inputs.delay_down_s;
            let answer_bytes = answer_bytes(inputs, events);
            inputs.poll_every_s + asking_s + line::busy_s(answer_bytes, inputs.bandwidth_down_bit_s)
        }
    }
}
