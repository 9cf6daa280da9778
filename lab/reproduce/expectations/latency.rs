//! Latency: E2, E5, E6.

use super::{Expectation, expect};
use crate::measure::literature::Tolerance::Percent;
use crate::measure::plot::Quantity::Time;
use crate::reproduce::short_poll_latency::{
    DISCIPLINES, INTERVALS_MS, ROUND_TRIPS_MS, SPREAD_MS, cell,
};

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
