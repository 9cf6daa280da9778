//! Every formula against a simulation of its own and against the figures of the literature.

mod agreement;
mod duplex;
mod literature;
mod simulation;

use super::{Inputs, Law, PollDiscipline, Spacing};

/// 50 ms each way over a line that takes no time, one Poisson event per second, nothing silent.
fn inputs(law: Law) -> Inputs {
    Inputs {
        law,
        spacing: Some(Spacing::Poisson),
        rate_per_s: 1.0,
        delay_down_s: 0.05,
        delay_up_s: 0.05,
        bandwidth_down_bit_s: f64::INFINITY,
        bandwidth_up_bit_s: f64::INFINITY,
        loss: false,
        clients: 1,
        span_s: 100_000.0,
        poll_every_s: 1.0,
        discipline: PollDiscipline::Timer,
        latest: false,
        connects: false,
        hold_s: f64::INFINITY,
        batch_every_s: 0.0,
        heartbeat_s: 0.0,
        payload_bytes: 100.0,
        event_framing_bytes: 2.0,
        send_framing_bytes: 0.0,
        request_head_bytes: 120.0,
        answer_head_bytes: 80.0,
        empty_head_bytes: 60.0,
        heartbeat_bytes_down: 0.0,
        heartbeat_bytes_up: 0.0,
    }
}
