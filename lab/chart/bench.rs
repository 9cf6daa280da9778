//! What `cargo bench` measured, as drawings: lines where a parameter is a number, bars elsewhere.

mod bars;
#[cfg(test)]
mod tests;

pub use bars::time_of;

use super::evidence::marked;

use super::style::{MARGIN, SMALL, WIDTH, wrap};
use super::{Chart, format, xy};
use crate::measure::Marker;
use crate::measure::bench::{Bench, FLOOR, Figure, Group, Row};
use crate::measure::plot::{Plot, PlotAxis, PlotPoint, PlotSeries, Quantity};

/// The floor has no colour of its own.
const GREY: &str = "#555555";

/// How many times as much, to two significant digits: benchmarks tell 0.18 from 0.23.
pub fn times_of(ratio: f64) -> String {
    match ratio {
        r if !r.is_finite() => "-".into(),
        r if r < 0.0995 => format!("{r:.3}x"),
        r if r < 0.995 => format!("{r:.2}x"),
        r => format::ratio(r),
    }
}

/// A percentile of a row's latencies, given as a share: marked where too few events bear it out.
pub fn latency_of(row: &Row, share: f64, us: f64) -> String {
    let time = format::time(us);
    match row.measured.beside.latency_events {
        Some(events) => marked(time, share, events),
        None => time,
    }
}

/// Whether a percentile of a row is marked.
pub fn is_rough(row: &Row) -> bool {
    let beside = row.measured.beside;
    let percentiles = [(0.5, beside.latency_p50_us), (0.99, beside.latency_p99_us)];
    percentiles
        .into_iter()
        .any(|(share, us)| us.is_some_and(|us| latency_of(row, share, us).ends_with('*')))
}

/// The charts of a group: none if nothing of it was measured.
pub fn charts(bench: &Bench, group: &Group) -> Vec<Chart> {
    let all = bench.figures();
    let figures: Vec<&Figure> = all
        .iter()
        .filter(|figure| figure.group.id == group.id)
        .collect();
    let footer = footer(bench, group);
    let (numbered, named): (Vec<&Figure>, Vec<&Figure>) = figures
        .into_iter()
        .partition(|figure| figure.number().is_some());
    // A line needs two points; fewer are bars.
    let (lines, bars) = match numbered.len() {
        0 | 1 => (vec![], numbered.into_iter().chain(named).collect()),
        _ => (numbered, named),
    };
    let lines = (!lines.is_empty()).then(|| xy(&plot(group, &lines), &footer));
    lines
        .into_iter()
        .chain(bars::charts(group, &bars, &footer))
        .collect()
}

/// Time over the parameter, a line for the floor and each transport.
fn plot(group: &Group, figures: &[&Figure]) -> Plot {
    let mut series: Vec<PlotSeries> = vec![];
    for (figure, x) in figures
        .iter()
        .filter_map(|figure| Some((figure, figure.number()?)))
    {
        for row in &figure.rows {
            let point = PlotPoint {
                x,
                y: row.measured.each_ns / 1e3,
                interval: Some(row.measured.interval_ns.map(|ns| ns / 1e3)),
            };
            match series.iter_mut().find(|series| series.label == row.label()) {
                Some(series) => series.points.push(point),
                None => series.push(PlotSeries {
                    label: row.label().to_owned(),
                    color: color(row).to_owned(),
                    marker: row.party.map_or(Marker::Circle, |party| party.style.marker),
                    points: vec![point],
                    theory: vec![],
                    names: vec![],
                }),
            }
        }
    }
    let ends = |series: &PlotSeries| {
        let at = |point: Option<&PlotPoint>| point.map_or(f64::NAN, |point| point.y);
        format!(
            "{} {} to {}",
            series.label,
            format::time(at(series.points.first())),
            format::time(at(series.points.last()))
        )
    };
    let told: Vec<String> = series.iter().map(ends).collect();
    let axis = |title: String, quantity| PlotAxis {
        title,
        quantity,
        log: true,
        names: vec![],
    };
    Plot {
        id: format!("bench-{}", group.id),
        title: group.title.clone(),
        reading: format!(
            "Time per {}, over the number of {}. Both axes are logarithmic.",
            group.each, group.parameter
        ),
        alt: format!(
            "Lines of the time per {} over the number of {}, from the fewest to the most: {}.",
            group.each,
            group.parameter,
            told.join("; ")
        ),
        x: axis(group.parameter.clone(), Quantity::Count),
        y: axis(format!("time per {}", group.each), Quantity::Time),
        series,
        marks: vec![],
    }
}

fn color<'a>(row: &'a Row) -> &'a str {
    row.party.map_or(GREY, |party| &party.style.color)
}

fn footer(bench: &Bench, group: &Group) -> Vec<String> {
    let measured = bench.measured.iter();
    let mut floors = measured.filter(|one| one.group == group.id && one.function == FLOOR);
    let floor = match floors.next().is_some() && !group.floor.is_empty() {
        true => format!("Floor: {}", group.floor),
        false => String::new(),
    };
    let origin = format!(
        "{} - pushlab {}",
        format::machine(&bench.machine),
        bench.pushlab
    );
    [(floor, 1), (origin, 1), (format!("$ {}", bench.command), 1)]
        .iter()
        .filter(|(text, _)| !text.is_empty())
        .flat_map(|(text, lines)| wrap(text, SMALL, false, WIDTH - 2 * MARGIN, *lines))
        .collect()
}
