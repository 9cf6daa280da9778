//! One figure of every transport along the only axis of a sweep.

use super::super::{Chart, Table, value, xy};
use super::crossover::{Line, fit};
use super::view;
use crate::measure::MET_SHARE;
use crate::measure::plot::{Plot, PlotAxis, PlotMark, PlotPoint, PlotSeries, Quantity};
use crate::measure::sweep::{
    CLIENT_SHARE, Estimate, Figure, IN_TIME, IN_TIME_MAIN, LAST_RECEIVER_P99, Party, SERVER_SHARE,
    SweepResults, scale,
};
use crate::scenario::sweep::{Axis, RTT};

/// A figure that moves less than this has no chart of its own.
const STILL: f64 = 0.02;
/// A share that moves less than this has none; shares near one move little and say much.
const STILL_SHARE: f64 = 0.005;
/// A line is called straight if no point is further off than this share of its largest value.
const STRAIGHT: f64 = 0.05;
/// Values further apart than this are drawn on a logarithmic axis.
const FAR: f64 = 8.0;

/// The chart, unless there is nothing to see on it.
pub fn chart(results: &SweepResults, figure: &Figure) -> Option<Chart> {
    let plot = plot(results, figure)?;
    Some(Chart {
        table: table(results, figure),
        ..xy(&plot, &view::footer(results))
    })
}

/// What a transport has at each value of the axis.
pub fn estimates(results: &SweepResults, party: &Party, figure: &Figure) -> Vec<Option<Estimate>> {
    let values = results.head.sweep.shape()[0];
    (0..values)
        .map(|index| results.estimate(party, &[index], figure))
        .collect()
}

fn plot(results: &SweepResults, figure: &Figure) -> Option<Plot> {
    let axis = results.head.sweep.vary.first()?;
    let mut series = vec![];
    for party in &results.head.parties {
        let found: Vec<(f64, Estimate)> = estimates(results, party, figure)
            .into_iter()
            .enumerate()
            .filter_map(|(i, estimate)| Some((view::place(axis, i), estimate?)))
            .collect();
        if found.is_empty() {
            continue;
        }
        let point = |&(x, estimate): &(f64, Estimate)| PlotPoint {
            x,
            y: estimate.value,
            interval: estimate.interval,
        };
        series.push(PlotSeries {
            label: party.label.clone(),
            color: party.style.color.clone(),
            marker: party.style.marker,
            points: found.iter().map(point).collect(),
            theory: found
                .iter()
                .filter_map(|(x, estimate)| Some([*x, estimate.predicted?]))
                .collect(),
            names: vec![],
        });
    }
    let all = || series.iter().flat_map(|s| &s.points).map(|point| point.y);
    let (least, most) = (
        all().fold(f64::INFINITY, f64::min),
        all().fold(0.0, f64::max),
    );
    let still = match figure.quantity {
        Quantity::Share => most - least <= STILL_SHARE,
        _ => most <= least * (1.0 + STILL),
    };
    if still || series.is_empty() {
        return None;
    }
    // Time over distance: straight lines are to be seen as such.
    let distance = halves(axis).is_some() && figure.quantity == Quantity::Time;
    let alt = alt(results, axis, figure, &series);
    let slopes = slopes(results, axis, figure);
    for (party, slope) in &slopes {
        let slope = slope.as_deref().unwrap_or("not straight");
        // Held together: a line breaks before it or not at all.
        let slope = slope.replace(' ', "\u{a0}");
        let own = series
            .iter_mut()
            .filter(|series| series.label == party.label);
        own.for_each(|series| series.label = format!("{}: {slope}", series.label));
    }
    Some(Plot {
        id: figure.id.replace('_', "-"),
        title: format!("How does {} change the {}?", view::the(axis), figure.label),
        reading: reading(results, axis, !slopes.is_empty()),
        alt,
        x: view::plot_axis(axis),
        y: PlotAxis {
            title: figure.label.into(),
            quantity: figure.quantity,
            log: least > 0.0
                && most > FAR * least
                && !distance
                && figure.quantity != Quantity::Share,
            names: vec![],
        },
        series,
        marks: marks(results, figure, most),
    })
}

/// Where a budget counts as met, and where a side has no more to give.
fn marks(results: &SweepResults, figure: &Figure, most: f64) -> Vec<PlotMark> {
    let across = |y: f64, label: String| {
        // Far above all lines it would press them together.
        let near = most >= y / 3.0;
        let mark = PlotMark {
            x: None,
            y: Some(y),
            label,
        };
        near.then_some(mark).into_iter().collect()
    };
    if figure.id == LAST_RECEIVER_P99.id && scale::axis(results).is_some() {
        let budget = scale::budget(results).us;
        let on_top = match scale::waits_at_rest(results) {
            true => " (waits at rest on top)",
            false => "",
        };
        let us = value(Quantity::Time, budget);
        return across(budget, format!("budget {us}{on_top}"));
    }
    if [SERVER_SHARE.id, CLIENT_SHARE.id].contains(&figure.id) {
        return across(scale::FULL, "no more to give".into());
    }
    let line = PlotMark {
        x: None,
        y: Some(MET_SHARE),
        label: format!("{} is enough", value(Quantity::Share, MET_SHARE)),
    };
    match [IN_TIME.id, IN_TIME_MAIN.id].contains(&figure.id) {
        true => vec![line],
        false => vec![],
    }
}

fn reading(results: &SweepResults, axis: &Axis, slopes: bool) -> String {
    let flat: Vec<&str> = results
        .head
        .parties
        .iter()
        .filter(|party| !party.affected[0])
        .map(|party| party.label.as_str())
        .collect();
    let mut reading = match results.head.sweep.repeats {
        1 => "Each point is one run, so there are no intervals.".to_owned(),
        n => format!("Each point is the mean of {n} runs with different seeds."),
    };
    if !flat.is_empty() {
        reading.push_str(&format!(
            " The {} does not concern {}: a level line.",
            view::title(axis),
            flat.join(", ")
        ));
    }
    if slopes {
        reading.push_str(" Beside a name: how steep its line is.");
    }
    reading
}

/// How steep each drawn line is, for an axis that is a distance and a figure that is a time; none for a bent line.
pub fn slopes<'a>(
    results: &'a SweepResults,
    axis: &Axis,
    figure: &Figure,
) -> Vec<(&'a Party, Option<String>)> {
    let Some(halves) = halves(axis).filter(|_| figure.quantity == Quantity::Time) else {
        return vec![];
    };
    let slope = |line: Line| match line.off > STRAIGHT {
        true => None,
        false => Some(format!("{:.2} x RTT", line.slope / halves)),
    };
    let parties = results.head.parties.iter();
    parties
        .filter_map(|party| {
            let points: Vec<[f64; 2]> = estimates(results, party, figure)
                .into_iter()
                .enumerate()
                .filter_map(|(i, estimate)| Some([view::place(axis, i), estimate?.value]))
                .collect();
            Some((party, slope(fit(&points)?)))
        })
        .collect()
}

/// How many of the axis' values make one round trip, if it is a distance.
fn halves(axis: &Axis) -> Option<f64> {
    match axis.key.as_str() {
        RTT => Some(1.0),
        "delay" => Some(2.0),
        _ => None,
    }
}

/// Where each transport begins and ends.
fn alt(results: &SweepResults, axis: &Axis, figure: &Figure, series: &[PlotSeries]) -> String {
    let ends = series.iter().filter_map(|series| {
        let (first, last) = (series.points.first()?, series.points.last()?);
        let y = |point: &PlotPoint| value(figure.quantity, point.y);
        Some(match (last.y - first.y).abs() <= STILL * first.y.abs() {
            true => format!("{} stays at {}", series.label, y(last)),
            false => format!("{} goes from {} to {}", series.label, y(first), y(last)),
        })
    });
    let ends: Vec<_> = ends.collect();
    let last = axis.values.len().saturating_sub(1);
    let mut alt = format!(
        "Line chart of {} over {} from {} to {}: {}.",
        figure.label,
        view::title(axis),
        view::name(axis, 0),
        view::name(axis, last),
        ends.join("; ")
    );
    let missing = results
        .head
        .parties
        .iter()
        .flat_map(|party| estimates(results, party, figure))
        .filter(Option::is_none)
        .count();
    if missing > 0 {
        alt.push_str(&format!(
            " {missing} points are missing; the table says why."
        ));
    }
    alt
}

/// One row per value of the axis.
pub fn table(results: &SweepResults, figure: &Figure) -> Table {
    let Some(axis) = results.head.sweep.vary.first() else {
        return Table::default();
    };
    let parties: Vec<_> = results
        .head
        .parties
        .iter()
        .map(|party| (party, estimates(results, party, figure)))
        .collect();
    let predicted =
        |estimates: &[Option<Estimate>]| estimates.iter().flatten().any(|e| e.predicted.is_some());
    let mut table = Table {
        caption: format!("{} by {}, 95 % intervals", figure.label, view::title(axis)),
        head: vec![view::title(axis)],
        rows: vec![],
    };
    for (party, estimates) in &parties {
        table.head.push(party.label.clone());
        if predicted(estimates) {
            table.head.push(format!("{}, predicted", party.label));
        }
    }
    for index in 0..axis.values.len() {
        let mut row = vec![view::name(axis, index)];
        for (party, estimates) in &parties {
            let here = estimates[index];
            row.push(match here {
                Some(estimate) => cell(figure, &estimate),
                None => view::why_not(results, party, &[index]).unwrap_or_else(|| "-".into()),
            });
            if predicted(estimates) {
                let value = here
                    .and_then(|e| e.predicted)
                    .map(|p| value(figure.quantity, p));
                row.push(value.unwrap_or_else(|| "-".into()));
            }
        }
        table.row(row);
    }
    table
}

/// `25 ms (24.9 ms to 25.1 ms)`.
pub fn cell(figure: &Figure, estimate: &Estimate) -> String {
    let text = |number| value(figure.quantity, number);
    match estimate.interval.map(|ends| ends.map(text)) {
        Some([low, high]) if low != high => {
            format!("{} ({low} to {high})", text(estimate.value))
        }
        _ => text(estimate.value),
    }
}
