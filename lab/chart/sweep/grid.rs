//! Who wins where: the grid of a sweep over two axes, cell by cell, and the line on which two transports break even.

use super::crossover::{crossings, median};
use super::view;
use crate::measure::sweep::{Figure, Party, SweepResults};

/// A margin below this is too close to call.
const CLOSE: f64 = 1.02;

/// One cell of the grid.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// Who has the least, as indices of parties: more than one where it is too close to call, the least first.
    /// `margin` is how many times as much the next one has; none if there is nobody else.
    Won {
        winners: Vec<usize>,
        margin: Option<f64>,
    },
    /// A transport was not verified here, or not measured: why.
    Blank(String),
}

/// All cells for a figure of which less is better.
#[derive(Debug, Clone, PartialEq)]
pub struct Grid {
    /// How many values each axis has.
    pub columns: usize,
    pub rows: usize,
    /// Row by row, the first value of the second axis first.
    pub cells: Vec<Cell>,
}

impl Grid {
    /// The grid of a sweep over two axes; nothing for another one.
    pub fn new(results: &SweepResults, figure: &Figure) -> Option<Self> {
        let [columns, rows] = results.head.sweep.shape()[..] else {
            return None;
        };
        let cells = (0..rows)
            .flat_map(|row| (0..columns).map(move |column| [column, row]))
            .map(|at| cell(results, figure, &at))
            .collect();
        Some(Self {
            columns,
            rows,
            cells,
        })
    }

    pub fn cell(&self, column: usize, row: usize) -> &Cell {
        &self.cells[row * self.columns + column]
    }

    /// In how many cells a transport wins alone.
    pub fn won(&self, party: usize) -> usize {
        let alone = |cell: &&Cell| matches!(cell, Cell::Won { winners, .. } if *winners == [party]);
        self.cells.iter().filter(alone).count()
    }

    /// In how many cells it ties for the first place.
    pub fn tied(&self, party: usize) -> usize {
        let tied = |cell: &&Cell| matches!(cell, Cell::Won { winners, .. } if winners.len() > 1 && winners.contains(&party));
        self.cells.iter().filter(tied).count()
    }

    /// In how many cells it was too close to call.
    pub fn close(&self) -> usize {
        let close = |cell: &&Cell| matches!(cell, Cell::Won { winners, .. } if winners.len() > 1);
        self.cells.iter().filter(close).count()
    }

    /// How many cells are empty.
    pub fn blank(&self) -> usize {
        let blank = |cell: &&Cell| matches!(cell, Cell::Blank(_));
        self.cells.iter().filter(blank).count()
    }
}

/// Who wins each cell; nobody where it is blank.
pub fn winners(results: &SweepResults, figure: &Figure) -> Vec<Vec<usize>> {
    let cells = Grid::new(results, figure).map_or(vec![], |grid| grid.cells);
    let of = |cell| match cell {
        Cell::Won { mut winners, .. } => {
            winners.sort_unstable();
            winners
        }
        Cell::Blank(_) => vec![],
    };
    cells.into_iter().map(of).collect()
}

fn cell(results: &SweepResults, figure: &Figure, at: &[usize]) -> Cell {
    let parties = &results.head.parties;
    let mut ranked = vec![];
    for (i, party) in parties.iter().enumerate() {
        match results.estimate(party, at, figure) {
            Some(estimate) => ranked.push((i, estimate.value)),
            None => {
                let why = view::why_not(results, party, at);
                let why = why.unwrap_or_else(|| format!("no {}", figure.label));
                return Cell::Blank(format!("{}: {why}", party.label));
            }
        }
    }
    ranked.sort_by(|a, b| a.1.total_cmp(&b.1));
    let Some(&(best, least)) = ranked.first() else {
        return Cell::Blank("no transport takes part".into());
    };
    let close = |&&(other, value): &&(usize, f64)| {
        let ratio = results.compare(&parties[other], &parties[best], at, figure);
        let by_chance = ratio
            .and_then(|ratio| ratio.interval)
            .is_some_and(|[low, _]| low <= 1.0);
        other == best || value <= least * CLOSE || by_chance
    };
    let winners: Vec<usize> = ranked.iter().take_while(close).map(|(i, _)| *i).collect();
    let next = ranked.get(winners.len()).map(|(_, value)| value / least);
    Cell::Won {
        winners,
        margin: next.filter(|margin| margin.is_finite()),
    }
}

/// Where a transport breaks even with another: on each row of the grid and on each column.
#[derive(Debug, Clone, PartialEq)]
pub struct BreakEven {
    /// Row, and where along the first axis.
    pub rows: Vec<(usize, f64)>,
    /// Column, and where along the second axis.
    pub columns: Vec<(usize, f64)>,
    /// The line as pieces, in cells from the centre of the first one.
    pub pieces: Vec<[[f64; 2]; 2]>,
}

/// The break-even line of a figure, in logarithms between the centres of cells; nothing if it does not cross the grid.
pub fn break_even(
    results: &SweepResults,
    party: &Party,
    with: &Party,
    figure: &Figure,
) -> Option<BreakEven> {
    let [first, second] = &results.head.sweep.vary[..] else {
        return None;
    };
    let (columns, rows) = (first.values.len(), second.values.len());
    let ratio = |column: usize, row: usize| {
        let ratio = results.compare(party, with, &[column, row], figure);
        ratio.map_or(f64::NAN, |ratio| ratio.ratio)
    };
    let ratios: Vec<Vec<f64>> = (0..rows)
        .map(|row| (0..columns).map(|column| ratio(column, row)).collect())
        .collect();
    let along_row = |row: usize| {
        let points: Vec<[f64; 2]> = (0..columns)
            .map(|column| [view::place(first, column), ratios[row][column]])
            .collect();
        crossings(&points).into_iter().map(move |c| (row, c.x))
    };
    let along_column = |column: usize| {
        let points: Vec<[f64; 2]> = (0..rows)
            .map(|row| [view::place(second, row), ratios[row][column]])
            .collect();
        crossings(&points).into_iter().map(move |c| (column, c.x))
    };
    let found = BreakEven {
        rows: (0..rows).flat_map(along_row).collect(),
        columns: (0..columns).flat_map(along_column).collect(),
        pieces: contour(&ratios),
    };
    (!found.rows.is_empty() || !found.columns.is_empty()).then_some(found)
}

/// The line on which a grid of ratios passes 1, square by square between four centres.
fn contour(ratios: &[Vec<f64>]) -> Vec<[[f64; 2]; 2]> {
    let mut pieces = vec![];
    for (y, pair) in ratios.windows(2).enumerate() {
        for x in 0..pair[0].len().saturating_sub(1) {
            let corners = [
                ([0.0, 0.0], pair[0][x]),
                ([1.0, 0.0], pair[0][x + 1]),
                ([1.0, 1.0], pair[1][x + 1]),
                ([0.0, 1.0], pair[1][x]),
            ];
            let edge = |i: usize| {
                let ((a, ra), (b, rb)) = (corners[i], corners[(i + 1) % 4]);
                let crossed = crossings(&[[0.0, ra], [1.0, rb]]);
                let part = crossed.first()?.x;
                Some([
                    x as f64 + a[0] + (b[0] - a[0]) * part,
                    y as f64 + a[1] + (b[1] - a[1]) * part,
                ])
            };
            let met: Vec<[f64; 2]> = (0..4).filter_map(edge).collect();
            pieces.extend(met.chunks_exact(2).map(|pair| [pair[0], pair[1]]));
        }
    }
    pieces
}

/// Events that are born between two polls, where the two break even, if the axes are the rate and the poll interval:
/// median, smallest and largest over the rows and columns that the line crosses, and how many those are.
pub fn events_per_poll(results: &SweepResults, line: &BreakEven) -> Option<([f64; 3], usize)> {
    let axes = &results.head.sweep.vary;
    let (first, second) = (axes.first()?, axes.get(1)?);
    match (first.key.as_str(), second.key.as_str()) {
        ("rate", "poll_every") | ("poll_every", "rate") => {}
        _ => return None,
    }
    // Microseconds times events per second.
    let rows = line
        .rows
        .iter()
        .map(|(row, x)| x * view::place(second, *row) / 1e6);
    let columns = line
        .columns
        .iter()
        .map(|(column, y)| y * view::place(first, *column) / 1e6);
    let all: Vec<f64> = rows.chain(columns).collect();
    Some((median(&all)?, all.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_contour_of_a_slope_is_a_straight_line() {
        // The ratio is 2^(x + y - 3): it passes 1 where x + y = 3.
        let ratio = |x: i32, y: i32| libm::pow(2.0, f64::from(x + y - 3));
        let ratios: Vec<Vec<f64>> = (0..4)
            .map(|y| (0..4).map(|x| ratio(x, y) * 1.0001).collect())
            .collect();
        let pieces = contour(&ratios);
        assert!(pieces.len() >= 3);
        for [x, y] in pieces.into_iter().flatten() {
            assert!((x + y - 3.0).abs() < 1e-3, "{x} {y}");
        }
        assert!(contour(&[vec![f64::NAN; 3], vec![f64::NAN; 3]]).is_empty());
        assert!(contour(&[]).is_empty());
    }
}
