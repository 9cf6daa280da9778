//! Where on a map a transport stops being as good as the baseline: the border of a tie.

use crate::chart::sweep::grid::{Cell, Grid};
use crate::chart::sweep::view;
use crate::measure::sweep::{Figure, SweepResults};

/// How far up a column the tie goes.
enum Column {
    /// Everywhere, or nowhere.
    Whole,
    /// Up to this row, and no further.
    UpTo(usize),
    /// It comes and goes.
    Ragged,
}

/// `Long polling is as fresh as WebSocket only up to some delay each way: 120 ms (and not 130 ms) at event rate 4/s, ...`,
/// for each transport whose tie with the baseline ends somewhere along the second axis.
pub fn borders(results: &SweepResults, word: &str, figure: &Figure) -> Vec<String> {
    let parties = &results.head.parties;
    let (Some(grid), Some(baseline)) = (Grid::new(results, figure), view::baseline(results)) else {
        return vec![];
    };
    let Some(base) = parties.iter().position(|party| party.id == baseline.id) else {
        return vec![];
    };
    (0..parties.len())
        .filter(|&party| party != base)
        .filter_map(|party| border(results, &grid, word, party, base))
        .collect()
}

fn border(
    results: &SweepResults,
    grid: &Grid,
    word: &str,
    party: usize,
    base: usize,
) -> Option<String> {
    let [across, up] = &results.head.sweep.vary[..] else {
        return None;
    };
    let mut said = vec![];
    for column in 0..grid.columns {
        match along(grid, column, party, base) {
            Column::Whole => {}
            Column::Ragged => return None,
            Column::UpTo(row) => said.push(format!(
                "{} (and not {}) at {} {}",
                view::name(up, row),
                view::name(up, row + 1),
                view::title(across),
                view::name(across, column)
            )),
        }
    }
    if said.is_empty() {
        return None;
    }
    let parties = &results.head.parties;
    Some(format!(
        "{} is as {word} as {} only up to some {}: {}.",
        parties[party].label,
        parties[base].label,
        view::title(up),
        said.join(", ")
    ))
}

fn along(grid: &Grid, column: usize, party: usize, base: usize) -> Column {
    let tied = |row: usize| match grid.cell(column, row) {
        Cell::Won { winners, .. } => winners.contains(&party) && winners.contains(&base),
        Cell::Blank(_) => false,
    };
    let ties: Vec<bool> = (0..grid.rows).map(tied).collect();
    let first = ties.iter().take_while(|tied| **tied).count();
    match first {
        0 if ties.contains(&true) => Column::Ragged,
        0 => Column::Whole,
        all if all == ties.len() => Column::Whole,
        some if ties[some..].contains(&true) => Column::Ragged,
        some => Column::UpTo(some - 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::Mean;
    use crate::measure::sweep::AGE_MEAN;
    use crate::report::fixture::sweeps::sweep;

    #[test]
    fn the_border_of_a_tie_is_where_the_figures_part() {
        let mut results = sweep(&["rate=1/s,4/s", "delay=10ms,100ms,200ms"]);
        let baseline = results.head.baseline.clone();
        let other = results.head.parties[1].clone();
        results
            .head
            .parties
            .retain(|party| party.id == other.id || party.id == baseline);
        results
            .trials
            .retain(|trial| trial.transport == other.id || trial.transport == baseline);
        // At the second rate the other one is twice as old from the third delay on.
        for trial in &mut results.trials {
            let parts = trial.transport == other.id && trial.at == [1, 2];
            if let Some(figures) = &mut trial.figures {
                figures.age_us = Some(Mean {
                    mean: if parts { 2e6 } else { 1e6 },
                });
            }
        }
        let said = borders(&results, "fresh", &AGE_MEAN);
        assert_eq!(said.len(), 1, "{said:?}");
        let expected = format!("{} is as fresh as", other.label);
        assert!(said[0].starts_with(&expected), "{said:?}");
        let border = ": 100 ms (and not 200 ms) at event rate 4/s.";
        assert!(said[0].ends_with(border), "{said:?}");
    }
}
