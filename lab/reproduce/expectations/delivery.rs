//! What arrives, what is lost and what is made up for: E7, E12.

use super::{Expectation, expect};
use crate::measure::literature::Tolerance::{Exact, Percent, Points};
use crate::measure::plot::Quantity::{Ratio, Share, Time};
use crate::reproduce::long_poll_semantics::{BLIND_S, RATES, STEADY_RATES, at, lost_share};

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
