//! The one table: what each figure should be, how far it may be off, and who says so. Verdicts read nothing else.
//!
//! Where an expectation is a number, it was read in the source. Where it is arithmetic, it is the law that the source
//! leads to, written out. Tolerances are those of the experiment's design, fixed before anything was measured.

mod bytes;
mod delivery;
mod latency;
mod news;
mod sockets;

use crate::measure::literature::Tolerance;
use crate::measure::plot::Quantity;

/// What is expected of one figure.
#[derive(Debug, Clone, PartialEq)]
pub struct Expectation {
    /// As the experiment calls it.
    pub figure: String,
    /// For people.
    pub label: String,
    pub expected: f64,
    pub unit: Quantity,
    pub tolerance: Tolerance,
    pub source: String,
}

/// Everything that is expected of an experiment, in the order of its table; empty for an id that does not exist.
pub fn of(id: &str) -> Vec<Expectation> {
    match id {
        "E1" => bytes::ladder(),
        "E2" => latency::short_polling(),
        "E3" => news::redundancy(),
        "E4" => news::freshness(),
        "E5" => latency::saturation(),
        "E6" => latency::cliff(),
        "E7" => delivery::long_polling(),
        "E8" => bytes::streams(),
        "E9" => bytes::connections(),
        "E10" => sockets::split_writes(),
        "E11" => sockets::fan_out(),
        "E12" => delivery::drops(),
        _ => Vec::new(),
    }
}

/// A row of the table.
pub(super) fn expect(
    figure: impl Into<String>,
    label: impl Into<String>,
    expected: f64,
    unit: Quantity,
    tolerance: Tolerance,
    source: impl Into<String>,
) -> Expectation {
    Expectation {
        figure: figure.into(),
        label: label.into(),
        expected,
        unit,
        tolerance,
        source: source.into(),
    }
}
