//! What is shown, how old it is, and what was asked for nothing: E3, E4.

use super::{Expectation, expect};
use crate::measure::literature::Tolerance::{Percent, Points};
use crate::measure::plot::Quantity::{BytesPerSecond, Count, Ratio, Share, Time};
use crate::reproduce::freshness::{PARTIES, RATES};
use crate::reproduce::redundancy::{AROUND, FAST, PUBLISH_S};

/// IP bytes of a poll with the published heads, and of a push of 20 B: see E1.
const POLL: f64 = 1_086.0;
const PUSH: f64 = 126.0;

/// E3. Shares within a point as in E7, bytes on the cable within 2 % as in E1.
pub fn redundancy() -> Vec<Expectation> {
    let mut table = Vec::new();
    for publish_s in PUBLISH_S {
        let source = match publish_s {
            50 => {
                "1 - T/P; Bozdag et al. 2009 report 96 %: their pollers asked every 2 s in effect"
            }
            _ => "1 - T/P",
        };
        table.push(expect(
            format!("empty/{publish_s}"),
            format!("polls for nothing, T = 1 s, P = {publish_s} s"),
            1.0 - 1.0 / f64::from(publish_s),
            Share,
            Points(1.0),
            source,
        ));
    }
    let mut row = |figure: String, label: String, expected, unit, tolerance, source: &str| {
        table.push(expect(figure, label, expected, unit, tolerance, source));
    };
    row(
        "missed".into(),
        "updates never shown, T = 5 s, P = 1 s".into(),
        0.8,
        Share,
        Points(1.0),
        "1 - P/T; Bozdag et al. 2007: pull loses updates",
    );
    row(
        "empty/poisson".into(),
        "polls for nothing, T = 1 s, 1/s at random".into(),
        libm::exp(-1.0),
        Share,
        Points(1.0),
        "exp(-lambda T)",
    );
    row(
        "missed/poisson".into(),
        "updates never shown, T = 1 s, 2/s at random".into(),
        1.0 - (1.0 - libm::exp(-2.0)) / 2.0,
        Share,
        Points(1.0),
        "1 - (1 - exp(-lambda T)) / (lambda T)",
    );
    row(
        "bytes/push".into(),
        format!("WebSocket, each of {FAST} updates a second"),
        f64::from(FAST) * PUSH,
        BytesPerSecond,
        Percent(2.0),
        "20 x 126 B",
    );
    row(
        "bytes/poll".into(),
        "a poll a second for the newest".into(),
        POLL,
        BytesPerSecond,
        Percent(2.0),
        "1,086 B, whatever the rate",
    );
    row(
        "bytes/conflated".into(),
        "WebSocket, the newest each second".into(),
        PUSH,
        BytesPerSecond,
        Percent(2.0),
        "126 B, whatever the rate",
    );
    row(
        "crossover".into(),
        "updates per poll from which push costs more".into(),
        POLL / PUSH,
        Count,
        Percent(2.0),
        "1,086 / 126 = 8.6",
    );
    for rate in AROUND {
        row(
            format!("over/{rate}"),
            format!("bytes of push over polling, {rate} updates per poll"),
            f64::from(rate) * PUSH / POLL,
            Ratio,
            Percent(2.0),
            "below 1 up to 8.6 updates per poll, above 1 from there on",
        );
    }
    table
}

/// E4. The difference in age within 3 %: the experiment's design; shares within a point as in E7.
pub fn freshness() -> Vec<Expectation> {
    let (d, t) = (0.05, 1.0);
    let mut table = Vec::new();
    for rate in RATES {
        for party in PARTIES {
            let current = libm::exp(-rate * d);
            let (expected, source) = match party {
                "push" => (1.0 - current, "1 - exp(-lambda d)"),
                _ => (
                    1.0 - current * (1.0 - libm::exp(-rate * t)) / (rate * t),
                    "1 - exp(-lambda d) (1 - exp(-lambda T)) / (lambda T)",
                ),
            };
            table.push(expect(
                format!("stale/{party}/{rate}"),
                format!("time stale, {party}, {rate}/s"),
                expected,
                Share,
                Points(1.0),
                source,
            ));
        }
        table.push(expect(
            format!("age/{rate}"),
            format!("how much older polling makes the screen, {rate}/s"),
            1e6 * t / 2.0,
            Time,
            Percent(3.0),
            "T/2 at any rate",
        ));
    }
    table
}
