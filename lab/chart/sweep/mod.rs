//! Charts of sweeps.

use super::Chart;
use crate::measure::sweep::SweepResults;

/// All charts of a sweep's report, in the order in which they are read.
pub fn all(_results: &SweepResults) -> Vec<Chart> {
    vec![]
}
