//! A sweep as charts and reports see it: axes with titles and places, and what is missing.

use super::super::format::{counted, machine, spaced};
use super::super::style::{MARGIN, SMALL, WIDTH, wrap};
use super::super::{directions, value};
use crate::measure::plot::{PlotAxis, Quantity};
use crate::measure::sweep::scale::CLIENTS;
use crate::measure::sweep::{Party, SweepResults};
use crate::scenario::sweep::{Axis, Kind, RTT};

/// What a key of a scenario is called on an axis; other keys are words enough.
const TITLES: [(&str, &str); 12] = [
    ("poll_every", "poll interval"),
    (RTT, "round trip"),
    ("delay", "delay each way"),
    ("rate", "event rate"),
    ("clients", "clients"),
    ("payload", "payload"),
    ("loss", "packet loss"),
    ("hold", "longest hold"),
    ("headers", "header profile"),
    ("jitter", "jitter"),
    ("poll_discipline", "poll discipline"),
    ("poll_delivery", "what a poll brings"),
];

/// The title of an axis.
pub fn title(axis: &Axis) -> String {
    let known = TITLES.iter().find(|(key, _)| *key == axis.key);
    known.map_or_else(|| axis.key.replace('_', " "), |(_, title)| (*title).into())
}

/// The same as part of a sentence.
pub fn the(axis: &Axis) -> String {
    match axis.key.as_str() {
        CLIENTS => "the number of clients".into(),
        "poll_delivery" => title(axis),
        _ => format!("the {}", title(axis)),
    }
}

/// The quantity of an axis, and how many of its units one number of a scenario's axis is.
fn quantity(axis: &Axis) -> (Quantity, f64) {
    match axis.kind {
        Kind::Span => (Quantity::Time, 1e-3),
        Kind::Rate => (Quantity::PerSecond, 1.0),
        Kind::Size => (Quantity::Bytes, 1.0),
        Kind::Percent => (Quantity::Share, 1e-6),
        Kind::Bandwidth => (Quantity::BitsPerSecond, 1.0),
        Kind::Number | Kind::Word => (Quantity::Count, 1.0),
    }
}

/// The axis of a drawing.
pub fn plot_axis(axis: &Axis) -> PlotAxis {
    let words = axis.kind == Kind::Word || axis.numbers.len() < axis.values.len();
    PlotAxis {
        title: title(axis),
        quantity: quantity(axis).0,
        log: (axis.log || is_scale(axis)) && !words,
        names: match words {
            true => axis.values.iter().map(|value| spaced(value)).collect(),
            false => vec![],
        },
    }
}

/// Whether an axis counts clients over a wide range: these grow by factors.
fn is_scale(axis: &Axis) -> bool {
    let (first, last) = (axis.numbers.first(), axis.numbers.last());
    axis.key == CLIENTS
        && first
            .zip(last)
            .is_some_and(|(first, last)| *first > 0.0 && *last >= 4.0 * first)
}

/// Where a value lies on such an axis: microseconds, bytes, and so on; its index for words.
pub fn place(axis: &Axis, index: usize) -> f64 {
    match axis.numbers.get(index) {
        Some(number) if axis.numbers.len() == axis.values.len() => number * quantity(axis).1,
        _ => index as f64,
    }
}

/// A place on an axis in words.
pub fn spoken(axis: &Axis, place: f64) -> String {
    value(quantity(axis).0, place)
}

/// Value number `index` in words.
pub fn name(axis: &Axis, index: usize) -> String {
    axis.values
        .get(index)
        .map_or_else(String::new, |v| spaced(v))
}

/// `poll interval 100 ms, event rate 2/s`.
pub fn point(results: &SweepResults, at: &[usize]) -> String {
    let axes = results.head.sweep.vary.iter().zip(at);
    let parts = axes.map(|(axis, &i)| format!("{} {}", title(axis), name(axis, i)));
    parts.collect::<Vec<_>>().join(", ")
}

/// How many trials the sweep needs.
pub fn planned(results: &SweepResults) -> usize {
    let sweep = &results.head.sweep;
    let of = |party: &Party| {
        let axes = sweep.shape().into_iter().zip(&party.affected);
        axes.map(|(n, affected)| if *affected { n } else { 1 })
            .product::<usize>()
    };
    let points: usize = results.head.parties.iter().map(of).sum();
    points * sweep.repeats as usize
}

/// Why a transport has no figures at a point, if it has none.
pub fn why_not(results: &SweepResults, party: &Party, at: &[usize]) -> Option<String> {
    let trials = results.trials_at(party, at);
    if let Some(why) = trials.iter().find_map(|trial| trial.not_run.as_ref()) {
        return Some(format!("could not be run: {why}"));
    }
    let broken = trials.iter().find(|trial| trial.figures.is_none());
    if let Some(trial) = broken {
        let counts = format!("not verified: {} of {}", trial.delivered, trial.expected);
        return Some(match &trial.problem {
            Some(problem) => format!("{counts} deliveries; {problem}"),
            None => format!("{counts} deliveries"),
        });
    }
    (trials.len() < results.head.sweep.repeats as usize).then(|| "not measured yet".into())
}

/// The baseline, if it takes part.
pub fn baseline(results: &SweepResults) -> Option<&Party> {
    let head = &results.head;
    head.parties.iter().find(|party| party.id == head.baseline)
}

/// Where a drawing comes from.
pub fn footer(results: &SweepResults) -> Vec<String> {
    let (head, sweep) = (&results.head, &results.head.sweep);
    let scenario = &sweep.scenario;
    let axes: Vec<_> = sweep.vary.iter().map(ToString::to_string).collect();
    let varies = |key: &str| sweep.vary.iter().any(|axis| axis.key == key);
    let mut fixed = vec![head.network.clone()];
    fixed.extend(head.machine.as_ref().map(machine));
    if head.network != "loopback" && !varies("delay") && !varies(RTT) {
        fixed.push(directions(&scenario.delay, "each way"));
    }
    if !varies("rate") && scenario.replay.is_none() {
        fixed.push(scenario.rate.to_string());
    }
    if !varies("poll_every") {
        fixed.push(format!(
            "polls every {}",
            spaced(&scenario.poll_every.to_string())
        ));
    }
    if !varies("clients") {
        fixed.push(counted(scenario.clients.into(), "client"));
    }
    let partial = match planned(results) {
        all if all > results.trials.len() => format!(" of {all}, unfinished"),
        _ => String::new(),
    };
    let lines = [
        (
            format!(
                "Sweep of {} over {}: {} trial{}{partial}, {} each, seeds from {} - pushlab {}",
                scenario.name,
                axes.join(" and "),
                results.trials.len(),
                if results.trials.len() == 1 { "" } else { "s" },
                counted(sweep.repeats.into(), "repeat"),
                scenario.seed,
                head.pushlab
            ),
            2,
        ),
        (format!("Fixed: {}", fixed.join(", ")), 1),
        (format!("$ {}", head.command), 1),
    ];
    let width = WIDTH - 2 * MARGIN;
    lines
        .iter()
        .flat_map(|(text, lines)| wrap(text, SMALL, false, width, *lines))
        .collect()
}
