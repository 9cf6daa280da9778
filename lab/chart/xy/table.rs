//! The numbers of a plot as a table.

use super::super::Table;
use super::scale::cell;
use crate::measure::plot::{Plot, PlotSeries};

/// One row per point.
pub fn table(plot: &Plot) -> Table {
    let points = || plot.series.iter().flat_map(|series| &series.points);
    let named = plot
        .series
        .iter()
        .any(|series| series.names.iter().any(|name| !name.is_empty()));
    let intervals = points().any(|point| point.interval.is_some());
    let theory = plot.series.iter().any(|series| !series.theory.is_empty());
    let mut head = vec!["Series"];
    head.extend(named.then_some("Point"));
    head.extend([plot.x.title.as_str(), plot.y.title.as_str()]);
    head.extend(intervals.then_some("95 % interval"));
    head.extend(theory.then_some("Predicted"));
    let mut table = Table::new(plot.title.as_str(), &head);
    let dash = || "-".to_owned();
    for series in &plot.series {
        for (i, point) in series.points.iter().enumerate() {
            let mut row = vec![series.label.clone()];
            if named {
                row.push(series.names.get(i).cloned().unwrap_or_default());
            }
            row.extend([cell(&plot.x, point.x), cell(&plot.y, point.y)]);
            if intervals {
                let ends = |[low, high]: [f64; 2]| {
                    format!("{} to {}", cell(&plot.y, low), cell(&plot.y, high))
                };
                row.push(point.interval.map_or_else(dash, ends));
            }
            if theory {
                let predicted = predicted(series, point.x);
                row.push(predicted.map_or_else(dash, |y| cell(&plot.y, y)));
            }
            table.row(row);
        }
        if series.points.is_empty() && series.theory.is_empty() {
            table.row([series.label.clone(), "nothing was measured".into()]);
        }
        // A prediction without any measurement beside it is data too.
        if series.points.is_empty() {
            for [x, y] in &series.theory {
                let mut row = vec![series.label.clone()];
                row.extend(named.then(String::new));
                row.extend([cell(&plot.x, *x), dash()]);
                row.extend(intervals.then(dash));
                row.push(cell(&plot.y, *y));
                table.row(row);
            }
        }
    }
    for mark in &plot.marks {
        let at = match (mark.x, mark.y) {
            (Some(x), _) => format!("at {} {}", plot.x.title, cell(&plot.x, x)),
            (None, Some(y)) => format!("at {} {}", plot.y.title, cell(&plot.y, y)),
            (None, None) => continue,
        };
        table.row([mark.label.clone(), at]);
    }
    table
}

/// What theory says at a place, on a straight line between its neighbours where it has no point there.
fn predicted(series: &PlotSeries, x: f64) -> Option<f64> {
    let exact = series.theory.iter().find(|at| at[0] == x);
    let between = || {
        let pair = series.theory.windows(2).find(|pair| {
            let (a, b) = (pair[0][0].min(pair[1][0]), pair[0][0].max(pair[1][0]));
            a < x && x < b
        })?;
        let part = (x - pair[0][0]) / (pair[1][0] - pair[0][0]);
        Some(pair[0][1] + (pair[1][1] - pair[0][1]) * part)
    };
    exact.map(|at| at[1]).or_else(between)
}
