//! What the maps of a sweep over two axes say.

use super::ties;
use super::why::{nearest, why};
use crate::chart::Table;
use crate::chart::format;
use crate::chart::sweep::grid::{BreakEven, Grid, events_per_poll};
use crate::chart::sweep::{break_even_lines, view};
use crate::measure::sweep::{AGE_MEAN, BYTES_PER_SECOND, Figure, SweepResults};

/// Who wins where, and where lines run.
pub fn sentences(results: &SweepResults) -> Vec<String> {
    let mut said = vec![];
    said.extend(shares(results, "cheapest", &BYTES_PER_SECOND));
    for (party, line) in break_even_lines(results, &BYTES_PER_SECOND) {
        said.extend(break_even(results, party, &line));
        said.extend(because(results, party, &line));
    }
    said.extend(shares(results, "freshest", &AGE_MEAN));
    said.extend(ties::borders(results, "fresh", &AGE_MEAN));
    said
}

/// `Short polling is cheapest in 61 of 144 cells, WebSocket in 80; 3 are too close to call.`
fn shares(results: &SweepResults, word: &str, figure: &Figure) -> Option<String> {
    let grid = Grid::new(results, figure)?;
    let all = grid.cells.len();
    if grid.blank() == all {
        return None;
    }
    let mut order: Vec<usize> = (0..results.head.parties.len()).collect();
    order.sort_by_key(|&i| std::cmp::Reverse(grid.won(i)));
    let label = |i: usize| results.head.parties[i].label.as_str();
    let won: Vec<String> = order
        .iter()
        .filter(|&&i| grid.won(i) > 0)
        .enumerate()
        .map(|(rank, &i)| match rank {
            0 => format!("{} is {word} in {} of {all} cells", label(i), grid.won(i)),
            _ => format!("{} in {}", label(i), grid.won(i)),
        })
        .collect();
    let mut parts = match won.is_empty() {
        true => vec![format!(
            "No transport is {word} alone in any of {all} cells"
        )],
        false => vec![won.join(", ")],
    };
    if grid.close() > 0 {
        let tied: Vec<String> = (0..results.head.parties.len())
            .filter(|&i| grid.tied(i) > 0)
            .map(|i| format!("{} in {}", label(i), grid.tied(i)))
            .collect();
        parts.push(format!(
            "{} {} too close to call ({})",
            grid.close(),
            if grid.close() == 1 { "is" } else { "are" },
            tied.join(", ")
        ));
    }
    if grid.blank() > 0 {
        let are = if grid.blank() == 1 { "has" } else { "have" };
        parts.push(format!("{} {are} no figures", grid.blank()));
    }
    Some(parts.join("; ") + ".")
}

/// Where a transport breaks even with the baseline, in events per poll or at both ends of the line.
fn break_even(results: &SweepResults, party: usize, line: &BreakEven) -> Option<String> {
    let label = &results.head.parties[party].label;
    let baseline = &view::baseline(results)?.label;
    let mut said = format!("{label} and {baseline} cost equally many bytes");
    if let Some(([middle, low, high], n)) = events_per_poll(results, line) {
        said.push_str(&format!(
            " at {} events per poll (median of the {n} rows and columns that the line crosses, {} to {})",
            format::significant(middle),
            format::significant(low),
            format::significant(high)
        ));
    }
    let [across, up] = &results.head.sweep.vary[..] else {
        return None;
    };
    let at = |(row, x): &(usize, f64)| {
        format!(
            "at {} {} where {} is {}",
            view::title(across),
            view::spoken(across, *x),
            view::title(up),
            view::name(up, *row)
        )
    };
    match &line.rows[..] {
        [] => {}
        [only] => said.push_str(&format!(": {}", at(only))),
        [first, .., last] => said.push_str(&format!(": {}, and {}", at(first), at(last))),
    }
    Some(said + ".")
}

/// What the bytes of both are made of beside the line, if it is one of events per poll.
fn because(results: &SweepResults, party: usize, line: &BreakEven) -> Option<String> {
    let ([events, ..], _) = events_per_poll(results, line)?;
    let (party, baseline) = (&results.head.parties[party], view::baseline(results)?);
    let columns = results.head.sweep.shape()[0];
    let beside: Vec<Vec<usize>> = line
        .rows
        .iter()
        .filter_map(|(row, _)| {
            let cells = (0..columns).map(|column| vec![column, *row]);
            nearest(results, party, baseline, cells)
        })
        .collect();
    why(results, party, baseline, &beside, events)
}

/// Each place on the break-even lines.
pub fn table(results: &SweepResults) -> Option<Table> {
    let [across, up] = &results.head.sweep.vary[..] else {
        return None;
    };
    let baseline = view::baseline(results)?;
    let (first, second) = (view::title(across), view::title(up));
    let mut table = Table::new(
        format!(
            "Where a transport costs as many bytes as {}",
            baseline.label
        ),
        &["Transport", "At", "Breaks even at"],
    );
    for (party, line) in break_even_lines(results, &BYTES_PER_SECOND) {
        let label = &results.head.parties[party].label;
        for (row, x) in &line.rows {
            table.row([
                label.clone(),
                format!("{second} {}", view::name(up, *row)),
                format!("{first} {}", view::spoken(across, *x)),
            ]);
        }
        for (column, y) in &line.columns {
            table.row([
                label.clone(),
                format!("{first} {}", view::name(across, *column)),
                format!("{second} {}", view::spoken(up, *y)),
            ]);
        }
    }
    (!table.rows.is_empty()).then_some(table)
}
