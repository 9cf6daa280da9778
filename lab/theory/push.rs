//! Push: the server sends each event as it is born over a connection that stays open (SSE, WebSocket).

use super::latency::{Latency, Spread};
use super::line::{self, HEADER_BYTES};
use super::source::Source;
use super::{Inputs, Prediction, Sight, Spacing};
use libm::{ceil, expm1};

pub fn predict(inputs: &Inputs, source: Source) -> Prediction {
    Prediction {
        sight: sight(inputs, source),
        // The upgrade, or the request that opens the stream.
        requests: 1.0,
        empty_answers: 0.0,
        bytes_per_event: line::unanswered_bytes(inputs.event_bytes())
            + heartbeats_per_event(inputs, source) * heartbeat_bytes(inputs),
    }
}

/// Latency is the transit d + s: the delay, and the time s that the event's packet takes on the line.
///
/// Two events of a Poisson source closer than s queue: M/D/1 with a small load rho = rate x s. To first
/// order a share rho of the events waits, uniformly up to s; longer queues are rarer than rho²/2. Their
/// longest wait has no bound, so there is no maximum.
///
/// Age is the newest event's own age plus the transit; the screen is stale while an event is in transit:
/// not stale if none was born within the last d + s (1 - e^(-rate (d + s)) for a Poisson source).
fn sight(inputs: &Inputs, source: Source) -> Option<Sight> {
    if !inputs.line_is_clear(inputs.event_bytes()) {
        return None;
    }
    let busy_s = line::busy_s(inputs.event_bytes(), inputs.bandwidth_down_bit_s);
    let transit_s = inputs.transit_down_s(inputs.event_bytes());
    let load = inputs.load();
    let latency = match source.spacing {
        Spacing::Fixed => Latency::new(vec![(1.0, Spread::At(transit_s))]),
        Spacing::Poisson => {
            let queued = Spread::Uniform {
                from_s: transit_s,
                to_s: transit_s + busy_s,
            };
            Latency::new(vec![(1.0 - load, Spread::At(transit_s)), (load, queued)]).unbounded()
        }
    };
    Some(Sight {
        age_s: source.age_s() + latency.mean_s(),
        stale_share: 1.0 - source.none_within(latency.mean_s()),
        latency,
    })
}

/// A gap X between two events holds a heartbeat for every full `heartbeat_s` of silence.
///
/// Poisson: sum over k of P(X > k h) = sum of e^(-rate k h) = 1 / (e^(rate h) - 1). Fixed: the whole h in
/// the period, an event that is due at the same instant as a heartbeat going first.
fn heartbeats_per_event(inputs: &Inputs, source: Source) -> f64 {
    let silence_s = inputs.heartbeat_s;
    if silence_s <= 0.0 {
        return 0.0;
    }
    match source.spacing {
        Spacing::Poisson => 1.0 / expm1(source.rate_per_s * silence_s),
        Spacing::Fixed => (ceil(1.0 / (source.rate_per_s * silence_s)) - 1.0).max(0.0),
    }
}

/// A comment and its acknowledgement; or a ping, the pong that acknowledges it, and the pong's own
/// acknowledgement.
pub fn heartbeat_bytes(inputs: &Inputs) -> f64 {
    let (down, up) = (inputs.heartbeat_bytes_down, inputs.heartbeat_bytes_up);
    let segments = if up > 0.0 { 3.0 } else { 2.0 };
    down + up + segments * HEADER_BYTES
}
