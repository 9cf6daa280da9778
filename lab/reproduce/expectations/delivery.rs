//! What arrives, what is lost and what is made up for: E7, E12.

use super::{Expectation, expect};
use crate::measure::literature::Tolerance::{Exact, Percent, Points};
use crate::measure::plot::Quantity::{Count, Ratio, Share, Time};
use crate::reproduce::drops::{RATE, RETRY_S, ROUND_TRIP_S, STREAMS, TIMEOUT_S, VARIANTS, of};
use crate::reproduce::long_poll_semantics::{BLIND_S, RATES, STEADY_RATES, at, lost_share};
use crate::transport::WEBSOCKET;

/// E7. Losses within 1 point and means within 3 %: the experiment's design.
pub fn long_polling() -> Vec<Expectation> {
    let mut table = Vec::new();
    for rate in RATES {
        table.push(expect(
            at("lost", rate),
            format!("events lost without a queue, {rate}/s"),
            lost_share(f64::from(rate)),
            Share,
            Points(1.0),
            "rho / (1 + rho): after each answer the server is blind for R",
        ));
    }
    for rate in RATES {
        table.push(expect(
            at("cursor", rate),
            format!("events lost with a cursor, {rate}/s"),
            0.0,
            Share,
            Exact,
            "RFC 6202, 2.2: what waits leaves together in the next answer",
        ));
    }
    for rate in STEADY_RATES {
        let rho = f64::from(rate) * BLIND_S;
        let wait_s = rho * BLIND_S / (2.0 * (1.0 - rho));
        table.push(expect(
            at("one", rate),
            format!("mean latency with one event per response, {rate}/s"),
            1e6 * (BLIND_S / 2.0 + wait_s),
            Time,
            Percent(3.0),
            "M/D/1 with service time R: d + rho R / (2 (1 - rho))",
        ));
    }
    table.push(expect(
        at("growth", 10),
        "one event per response, 10/s: mean latency of a run 4 times as long, against the shorter",
        2.0,
        Ratio,
        Percent(30.0),
        "rho = 1: the queue is a random walk and grows with the root of time, so no mean exists",
    ));
    table.push(expect(
        at("growth", 100),
        "one event per response, 100/s: mean latency of a run twice as long, against the shorter",
        2.0,
        Ratio,
        Percent(5.0),
        "rho = 10: the queue grows by 90 events a second, and latency with it",
    ));
    table
}

/// E12. "About" in the experiment's design is 5 % for the gap, which is arithmetic, and 10 % for counts of events and of
/// drops, which chance moves; nothing lost is nothing.
pub fn drops() -> Vec<Expectation> {
    let gap_s = RETRY_S + 2.0 * ROUND_TRIP_S;
    let born = RATE * gap_s;
    let mut table = Vec::new();
    for (id, resumes, entry) in VARIANTS {
        let label = entry.descriptor.label;
        table.push(expect(
            of("gap", id),
            format!("gap from the cut to the first byte, {label}"),
            1e6 * gap_s,
            Time,
            Percent(5.0),
            "retry + 2R: the pause, a handshake, a question",
        ));
        if resumes {
            table.push(expect(
                of("replayed", id),
                format!("events replayed per cut, {label}"),
                born,
                Count,
                Percent(10.0),
                "lambda (retry + 2R)",
            ));
        }
        let (lost, tolerance, source) = match resumes {
            true => (
                0.0,
                Exact,
                "WHATWG HTML, 9.2: the cursor says where the client was",
            ),
            false => (
                born,
                Percent(10.0),
                "lambda (retry + 2R): nobody knows where the client was",
            ),
        };
        table.push(expect(
            of("lost", id),
            format!("events lost per cut, {label}"),
            lost,
            Count,
            tolerance,
            source,
        ));
    }
    for stream in STREAMS {
        let descriptor = stream.descriptor;
        // A WebSocket that counts its silence from the pong is a round trip late with every ping.
        let (lives_s, source) = match descriptor.id == WEBSOCKET.descriptor.id {
            true => (
                TIMEOUT_S,
                "the silence counts from the pong: each ping comes a round trip too late (Mattermost, issue 8929)",
            ),
            false => (
                2.0 * TIMEOUT_S,
                "a race, lost at random: 2 heartbeats are awaited on average (Mattermost, issue 8929)",
            ),
        };
        table.push(expect(
            of("2s", descriptor.id),
            format!("drops per hour, heartbeat = timeout, {}", descriptor.label),
            3_600.0 / (lives_s + gap_s),
            Count,
            Percent(10.0),
            source,
        ));
        table.push(expect(
            of("1s", descriptor.id),
            format!(
                "drops per hour, heartbeat = half the timeout, {}",
                descriptor.label
            ),
            0.0,
            Count,
            Exact,
            "the second heartbeat would have to be late as well",
        ));
    }
    table
}
