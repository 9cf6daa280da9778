//! What `cargo bench` ends with: one table for the terminal and one page.

mod html;
mod terminal;
#[cfg(test)]
mod tests;

pub use html::html;
pub use terminal::terminal;

use super::format;
use crate::chart::bench::{is_rough, latency_of, time_of, times_of};
use crate::measure::bench::{Bench, Figure, Row};

/// What the cells of a row are, after the name of its figure.
fn columns(bench: &Bench) -> [String; 8] {
    let baseline = format!("x {}", baseline(bench));
    [
        "transport",
        "time each",
        "per second",
        "x floor",
        &baseline,
        "latency p50",
        "latency p99",
        "bytes per event",
    ]
    .map(str::to_owned)
}

fn cells(row: &Row, name: &str) -> Vec<String> {
    let or_dash = |text: Option<String>| text.unwrap_or_else(|| "-".into());
    let beside = row.measured.beside;
    let bytes = beside
        .bytes_per_event
        .map(|bytes| match row.bytes_to_baseline {
            Some(times) => format!("{} ({})", format::bytes(bytes), times_of(times)),
            None => format::bytes(bytes),
        });
    vec![
        name.to_owned(),
        time_of(row.measured.each_ns / 1e3),
        format::significant(1e9 / row.measured.each_ns),
        or_dash(row.to_floor.map(times_of)),
        or_dash(row.to_baseline.map(times_of)),
        or_dash(beside.latency_p50_us.map(|us| latency_of(row, 0.5, us))),
        or_dash(beside.latency_p99_us.map(|us| latency_of(row, 0.99, us))),
        or_dash(bytes),
    ]
}

/// The label of the transport that ratios are taken against.
fn baseline(bench: &Bench) -> &str {
    let party = bench
        .parties
        .iter()
        .find(|party| party.id == bench.baseline);
    party.map_or(&bench.baseline, |party| &party.label)
}

/// `2 min 51 s`.
fn took(bench: &Bench) -> String {
    let seconds = bench.took_s.max(0.0).round() as u64;
    match seconds / 60 {
        0 => format!("{seconds} s"),
        minutes => format!("{minutes} min {} s", seconds % 60),
    }
}

/// What must be known of the columns that are there: of a run in which nothing has a floor, nothing of floors.
fn legend(bench: &Bench) -> Vec<String> {
    let figures = bench.figures();
    let any = |has: fn(&Row) -> bool| figures.iter().flat_map(|figure| &figure.rows).any(has);
    let mut said = vec![];
    if any(|row| row.to_floor.is_some()) {
        said.push(
            "x floor: how many times the time of the floor beside it, which reaches the same end by \
             plain means and is no lower limit."
                .to_owned(),
        );
    }
    if any(|row| row.to_baseline.is_some()) {
        let baseline = baseline(bench);
        said.push(format!(
            "x {baseline}: how many times the time of {baseline}."
        ));
    }
    if any(|row| row.bytes_to_baseline.is_some()) {
        said.push(format!(
            "In brackets: how many times the bytes of {}.",
            baseline(bench)
        ));
    }
    if any(is_rough) {
        said.push(
            "* Rough: fewer than 10 of the measured events lie beyond this percentile.".to_owned(),
        );
    }
    said
}

/// What stands beside the times, group by group: `ticker: IP bytes, both ways`.
fn beside(bench: &Bench) -> Vec<String> {
    let mut said: Vec<String> = vec![];
    for figure in bench.figures().iter().filter(|figure| figure.has_more()) {
        let group = figure.group;
        let words = format!("{}: {}", group.id, group.beside);
        if !group.beside.is_empty() && !said.contains(&words) {
            said.push(words);
        }
    }
    said
}

/// Who is nearest to a figure's floor and who is furthest, of the transports.
fn extremes<'a>(figure: &'a Figure) -> Option<[(&'a str, f64); 2]> {
    let times = |row: &'a Row<'a>| Some((row.party?.label.as_str(), row.to_floor?));
    let rows = || figure.rows.iter().filter_map(times);
    let near = rows().min_by(|a, b| a.1.total_cmp(&b.1))?;
    let far = rows().max_by(|a, b| a.1.total_cmp(&b.1))?;
    Some([near, far])
}

/// What was found: a sentence for each figure with a floor.
fn sentences(bench: &Bench) -> Vec<String> {
    let figures = bench.figures();
    let said = figures.iter().filter_map(|figure| {
        let [near, far] = extremes(figure)?;
        let of = |(label, times): (&str, f64)| format!("{} with {label}", times_of(times));
        Some(match near.0 == far.0 {
            true => format!("{}: {} of the floor's time.", figure.name(), of(near)),
            false => format!(
                "{}: from {} to {} of the floor's time.",
                figure.name(),
                of(near),
                of(far)
            ),
        })
    });
    said.collect()
}

/// From how many on they are a crowd. With fewer the time is mostly threads that wake each other.
const CROWD: f64 = 100.0;

/// The finding in a sentence: what the largest crowd costs, which is where transports part, or else the first figure.
fn answer(bench: &Bench) -> String {
    let figures = bench.figures();
    let with_floor = || figures.iter().filter(|figure| extremes(figure).is_some());
    let crowds = with_floor().filter_map(|figure| Some((figure, figure.number()?)));
    let crowds = crowds.filter(|(_, crowd)| *crowd >= CROWD);
    if let Some((figure, crowd)) = crowds.max_by(|a, b| a.1.total_cmp(&b.1)) {
        let mut rows: Vec<(&str, f64)> = (figure.rows.iter())
            .filter_map(|row| Some((row.party?.label.as_str(), row.to_floor?)))
            .collect();
        rows.sort_by(|a, b| a.1.total_cmp(&b.1));
        let rows: Vec<String> = rows
            .into_iter()
            .map(|(label, times)| format!("{label} {}", times_of(times)))
            .collect();
        return format!(
            "With {} {} a {} takes, against the floor's time: {}.",
            format::count(crowd as u64),
            figure.group.parameter,
            figure.group.each,
            rows.join(", ")
        );
    }
    sentences(bench).into_iter().next().unwrap_or_else(|| {
        format!(
            "{} measured in {}.",
            format::counted(bench.measured.len() as u64, "benchmark"),
            took(bench)
        )
    })
}
