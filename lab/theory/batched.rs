//! Batched push: events wait for the next beat of a grid and leave together.

use super::source::Source;
use super::{Inputs, PollDiscipline, Prediction, Spacing, line, push, short_poll};
use libm::{floor, pow};

/// Beats of silence after which no heartbeat is looked for any more: what is left out weighs nothing.
const MOST_HEARTBEATS: u32 = 100_000;
const NEGLIGIBLE: f64 = 1e-12;

/// A beat every B seconds is a look at the feed, as a poller's every T, without question or head, and
/// without an answer if there is nothing. So the law of short polling holds with T = B, and an answer's
/// head is what one send costs once: latency is uniform on [D, D + B], the mean D + B/2.
///
/// `None` for a fixed feed slower than the grid: which beats stay empty depends on how both mesh.
pub fn predict(inputs: &Inputs, source: Source) -> Option<Prediction> {
    let every_s = inputs.batch_every_s;
    let poisson = source.spacing == Spacing::Poisson;
    let empty_share = source.none_within(every_s);
    if !poisson && empty_share > 0.0 {
        return None;
    }
    let looks = Inputs {
        answer_head_bytes: inputs.send_framing_bytes,
        event_framing_bytes: inputs.event_framing_bytes - inputs.send_framing_bytes,
        empty_head_bytes: 0.0,
        // Beats keep their grid.
        discipline: PollDiscipline::Timer,
        ..inputs.clone()
    };
    let beat_bytes = source.expect(every_s, |k| {
        if k < 1.0 {
            0.0
        } else {
            line::unanswered_bytes(short_poll::answer_bytes(&looks, k))
        }
    });
    let sends = 1.0 - empty_share;
    let heartbeats = sends * heartbeats_per_send(inputs, empty_share);
    let sight = || short_poll::sight(&looks, source, every_s);
    Some(Prediction {
        sight: poisson.then(sight).flatten(),
        requests: 1.0,
        empty_answers: 0.0,
        bytes_per_event: (beat_bytes + heartbeats * push::heartbeat_bytes(inputs))
            / (source.rate_per_s * every_s),
    })
}

/// From send to send it is n beats, n > k with probability q^k where q is the share of empty beats. The
/// j-th heartbeat in between needs n B > j h: q^floor(j h / B).
fn heartbeats_per_send(inputs: &Inputs, empty_share: f64) -> f64 {
    if inputs.heartbeat_s <= 0.0 {
        return 0.0;
    }
    let beats = inputs.heartbeat_s / inputs.batch_every_s;
    (1..MOST_HEARTBEATS)
        .map(|j| pow(empty_share, floor(f64::from(j) * beats)))
        .take_while(|share| *share > NEGLIGIBLE)
        .sum()
}
