//! Reports of sweeps.

use crate::measure::sweep::SweepResults;

/// For the terminal.
pub fn terminal(results: &SweepResults, _width: u16, _color: bool) -> String {
    format!("{} trials", results.trials.len())
}

/// The page.
pub fn html(results: &SweepResults) -> String {
    terminal(results, 80, false)
}

/// The same as Markdown.
pub fn markdown(results: &SweepResults) -> String {
    terminal(results, 80, false)
}
