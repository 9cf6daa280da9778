//! Latency: E2, E5, E6.

use super::{Expectation, expect};
use crate::measure::literature::Tolerance::{Absolute, Between, Percent};
use crate::measure::plot::Quantity::{Count, PerSecond, Ratio, Time};
use crate::reproduce::short_poll_latency::{
    DISCIPLINES, INTERVALS_MS, ROUND_TRIPS_MS, SPREAD_MS, cell,
};
use crate::reproduce::{cliff, saturation};

/// E2. Within 3 %: the experiment's design.
pub fn short_polling() -> Vec<Expectation> {
    let mut table = Vec::new();
    let us = |ms: u32| f64::from(ms) * 1e3;
    for discipline in DISCIPLINES {
        for interval_ms in INTERVALS_MS {
            for round_trip_ms in ROUND_TRIPS_MS {
                let (interval, transit) = (us(interval_ms), us(round_trip_ms) / 2.0);
                // The timer's law needs R < T. Ours never has two questions at once: it skips a tick that
                // comes before the answer.
                let skips = discipline == "timer" && round_trip_ms >= interval_ms;
                let period = match discipline {
                    "timer" if skips => 2.0 * interval,
                    "timer" => interval,
                    _ => interval + 2.0 * transit,
                };
                let what = format!("{discipline}, T = {interval_ms} ms, R = {round_trip_ms} ms");
                let source = match (discipline, interval_ms, round_trip_ms) {
                    _ if skips => {
                        "T/2 + d needs R < T: with R = T every other tick finds a question open, the period is 2T"
                    }
                    ("timer", 1_000, 100) => {
                        "T/2 + d; Lubbers & Greco 2010 assume 150 ms for this poller"
                    }
                    ("timer", ..) => "T/2 + d: the wait is uniform on [0, T]",
                    _ => "(T + R)/2 + d: the period is T + R",
                };
                table.push(expect(
                    cell("mean", discipline, interval_ms, round_trip_ms),
                    format!("mean latency, {what}"),
                    period / 2.0 + transit,
                    Time,
                    Percent(3.0),
                    source,
                ));
                if round_trip_ms == SPREAD_MS {
                    table.push(expect(
                        cell("p95", discipline, interval_ms, round_trip_ms),
                        format!("95 % within, {what}"),
                        0.95 * period + transit,
                        Time,
                        Percent(3.0),
                        "0.95 of the period + d: latency is uniform",
                    ));
                }
            }
        }
    }
    table.push(expect(
        "push",
        format!("mean latency of push, R = {SPREAD_MS} ms"),
        us(SPREAD_MS) / 2.0,
        Time,
        Percent(3.0),
        "d; Lubbers & Greco 2010: 50 ms",
    ));
    table
}

/// E5. The published table; within 3 % as in E2.
pub fn saturation() -> Vec<Expectation> {
    let mut table = Vec::new();
    let (transit, blind) = (50e3, 0.1);
    for rate in saturation::RATES {
        let x = f64::from(rate) * blind;
        let batch = x + libm::exp(-x);
        let mut row = |figure: &str, label: &str, expected, unit, source: &str| {
            table.push(expect(
                format!("{figure}/{rate}"),
                format!("{label}, {rate}/s"),
                expected,
                unit,
                Percent(3.0),
                source,
            ));
        };
        let mean = match rate {
            1 => "d + (B/2) x / (x + exp(-x)); RFC 6202, section 2.2: close to one transit",
            _ => "d + (B/2) x / (x + exp(-x))",
        };
        row(
            "mean",
            "mean latency",
            transit + transit * x / batch,
            Time,
            mean,
        );
        row(
            "max",
            "longest latency",
            3.0 * transit,
            Time,
            "RFC 6202, section 2.2: three transits",
        );
        row(
            "requests",
            "requests per second",
            f64::from(rate) / batch,
            PerSecond,
            "lambda / (x + exp(-x)), at most 1/R",
        );
        row(
            "batch",
            "events per answer",
            batch,
            Count,
            "x + exp(-x); RFC 6202, section 2.2: batched under load",
        );
        row(
            "push",
            "mean latency of push",
            transit,
            Time,
            "d at any rate",
        );
    }
    table
}

/// E6. 1.00 to its second decimal and 1.9 to 2.1: the experiment's design; the rest within 3 % as in E2.
pub fn cliff() -> Vec<Expectation> {
    const PAPER: &str = "Pimentel & Nickerson 2012: equal while d < P/2 = 125 ms";
    let mut table = Vec::new();
    for delay_ms in cliff::DELAYS_MS {
        let near = delay_ms < cliff::CLIFF_MS;
        table.push(expect(
            format!("ratio/{delay_ms}"),
            format!("long polling over WebSocket, mean latency, {delay_ms} ms one way"),
            if near { 1.0 } else { 2.0 },
            Ratio,
            if near {
                Absolute(0.005)
            } else {
                Between([1.9, 2.1])
            },
            if near {
                PAPER
            } else {
                "about d + R/2 = 2d once R > P"
            },
        ));
    }
    for delay_ms in cliff::DELAYS_MS {
        let near = delay_ms < cliff::CLIFF_MS;
        let trips = 1e3 / (2.0 * f64::from(delay_ms));
        table.push(expect(
            format!("requests/{delay_ms}"),
            format!("long polls per second, {delay_ms} ms one way"),
            if near { 4.0 } else { trips },
            PerSecond,
            Percent(3.0),
            if near {
                "1/P: one for each reading"
            } else {
                "1/R: as fast as answers come back"
            },
        ));
    }
    for delay_ms in cliff::SLEEPERS_MS {
        let d = f64::from(delay_ms);
        table.push(expect(
            format!("sleeper/{delay_ms}"),
            format!("sleeping poller over WebSocket, mean latency, {delay_ms} ms one way"),
            (125.0 + 2.0 * d) / d,
            Ratio,
            Percent(3.0),
            "(P/2 + 2d) / d",
        ));
    }
    table
}
