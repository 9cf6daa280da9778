//! What kernel and machine decide: E10, E11. These rows report and are never off.

use super::{Expectation, expect};
use crate::measure::literature::Tolerance::Report;
use crate::measure::plot::Quantity::{PerSecond, Ratio, Time};
use crate::reproduce::fan_out::{self, STREAMS};
use crate::reproduce::split_writes::{self, MODES, PATTERNS};

/// E10. Expected is what one Linux 6.18 measured on its loopback.
pub fn split_writes() -> Vec<Expectation> {
    let mut table = Vec::new();
    for (pattern, words) in PATTERNS {
        for (mode, nodelay) in MODES {
            let (expected_us, source) = match (pattern, nodelay) {
                ("answer", false) => (
                    43_900.0,
                    "Linux: delayed ACK of 40 ms at least (35 to 60 ms)",
                ),
                ("push-2-talks", false) => (
                    41_800.0,
                    "Linux: delayed ACK of 40 ms at least (35 to 60 ms)",
                ),
                ("answer", true) => (30.0, "no waiting: under 0.1 ms"),
                ("push-2-silent", false) => (140.0, "a silent reader acknowledges at once"),
                ("push-2-silent", true) => (130.0, "no waiting"),
                ("push-2-talks", true) => (140.0, "no waiting"),
                (_, false) => (80.0, "Nagle lets a lone message go at once"),
                (_, true) => (80.0, "no waiting"),
            };
            let algorithm = if nodelay { "TCP_NODELAY" } else { "Nagle" };
            table.push(expect(
                split_writes::of(pattern, mode),
                format!("{words}, {algorithm}"),
                expected_us,
                Time,
                Report,
                source,
            ));
        }
    }
    table
}

/// E11.
pub fn fan_out() -> Vec<Expectation> {
    let mut table = Vec::new();
    for entry in &STREAMS {
        let label = entry.descriptor.label;
        for (figure, words, expected, unit, source) in [
            (
                "r2",
                "spread linear in N, R squared",
                1.0,
                Ratio,
                "last minus first = N c (at least 0.98)",
            ),
            (
                "slope",
                "delay per further client",
                3.6,
                Time,
                "Hashrocket: 145 ms for 10,000 clients and 4 broadcasts; 160 µs in Van de Vyvere et al. 2020",
            ),
            (
                "half",
                "median against 99th percentile of latency, largest N",
                0.5,
                Ratio,
                "d + N c / 2 against d + N c",
            ),
        ] {
            table.push(expect(
                fan_out::of(figure, entry),
                format!("{words}, {label}"),
                expected,
                unit,
                Report,
                source,
            ));
        }
    }
    table.push(expect(
        "polls",
        "polls answered per second",
        2_520.0,
        PerSecond,
        Report,
        "Van de Vyvere et al. 2020, Node.js",
    ));
    table.push(expect(
        "mal",
        "tolerable delay from which polling carries as many clients as SSE, an event every 5 s",
        10e6,
        Time,
        Report,
        "Van de Vyvere et al. 2020: r_max x MAL = clients served by SSE",
    ));
    table
}
