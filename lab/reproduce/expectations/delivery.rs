//! What arrives, what is lost and what is made up for: E7, E12.

use super::{Expectation, expect};
use crate::measure::literature::Tolerance::{Exact, Percent, Points};
use crate::measure::plot::Quantity::{Count, Ratio, Share, Time};
use crate::reproduce::drops::{RATE, RETRY_S, ROUND_TRIP_S, STREAMS, TIMEOUT_S, VARIANTS, of};
use crate::reproduce::long_poll_semantics::{
    BLIND_S, RATES, RUSH_RATE, STEADY_RATES, WALK_RATE, WALKS, WALKS_S, at, lost_share,
};
use crate::transport::WEBSOCKET;

/// E7. Losses within 1 point and means within 3 %: the experiment's design, which says no more of rho >= 1 than that there is
/// no bound.
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
    for seconds in WALKS_S {
        table.push(expect(
            at("walk", seconds),
            format!(
                "mean latency with one event per response, {WALK_RATE}/s, first {seconds} s, {WALKS} runs"
            ),
            1e6 * (BLIND_S / 2.0 + walk_wait_s(WALK_RATE * seconds)),
            Time,
            Percent(three_errors(WALKS)),
            "rho = 1: d + the wait of a random walk from an empty queue (Spitzer); allowed are 3 standard errors",
        ));
        table.push(expect(
            at("recursion", seconds),
            format!("the same against a queue of these very events, first {seconds} s"),
            1.0,
            Ratio,
            Percent(1.0),
            "an answer leaves when its event is there and R has passed since the last one (Lindley)",
        ));
    }
    table.push(expect(
        at("growth", RUSH_RATE),
        format!(
            "one event per response, {RUSH_RATE}/s: mean latency of a run twice as long, against the shorter"
        ),
        2.0,
        Ratio,
        Percent(5.0),
        "rho = 10: the queue grows by 90 events a second, and latency with it",
    ));
    table
}

/// Mean wait of the first `events` events, seconds, where rho is 1 and the queue is empty at first.
///
/// Waits follow W(n) = max(0, W(n-1) + R - A) with A exponential of mean R (Lindley). Spitzer's identity gives the mean of
/// W(n) as the sum over k up to n of E[max(0, kR - G(k))] / k, with G(k) the sum of k such A: R k^k e^-k / k! each.
fn walk_wait_s(events: u32) -> f64 {
    let term = |k: f64| libm::exp(k * libm::log(k) - k - libm::lgamma(k + 1.0));
    let waits = (1..events).map(|k| f64::from(events - k) * term(f64::from(k)));
    BLIND_S * waits.sum::<f64>() / f64::from(events)
}

/// Three standard errors of the mean over so many such walks, percent. For a long walk the time average is that of a
/// reflected Brownian motion: mean (2/3) sqrt(2/pi), mean square 3/8, so one walk is off by 57 % (one standard deviation).
fn three_errors(walks: u64) -> f64 {
    let mean = 2.0 / 3.0 * (2.0 / std::f64::consts::PI).sqrt();
    let deviation = (0.375 - mean * mean).sqrt() / mean;
    (300.0 * deviation / (walks as f64).sqrt()).round()
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

#[cfg(test)]
mod tests {
    use super::*;

    /// The law against the recursion that it solves, over many walks with dice of their own.
    #[test]
    fn a_walk_waits_as_long_as_spitzer_says_and_is_as_uncertain() {
        use rand_chacha::ChaCha8Rng;
        use rand_chacha::rand_core::{Rng, SeedableRng};
        let mut dice = ChaCha8Rng::seed_from_u64(7);
        let mut walk = |events: u32| {
            let (mut wait, mut sum) = (0.0, 0.0);
            for _ in 0..events {
                sum += wait;
                let share = (dice.next_u64() >> 11) as f64 / (1u64 << 53) as f64;
                wait = f64::max(0.0, wait + 1.0 + libm::log(1.0 - share));
            }
            BLIND_S * sum / f64::from(events)
        };
        let walks: Vec<f64> = (0..1_000).map(|_| walk(1_000)).collect();
        let mean = walks.iter().sum::<f64>() / 1e3;
        let square = walks.iter().map(|one| (one - mean) * (one - mean));
        let deviation = (square.sum::<f64>() / 1e3).sqrt() / mean;
        // Four standard errors of 1,000 walks.
        assert!((mean / walk_wait_s(1_000) - 1.0).abs() < 0.073, "{mean}");
        assert!(
            (300.0 * deviation - three_errors(1)).abs() < 24.0,
            "{deviation}"
        );
    }
}
