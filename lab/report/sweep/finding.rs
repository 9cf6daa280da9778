//! What a sweep found, in sentences: who is on the frontier, where lines cross, where they jump, how steep they are.

use super::map;
use crate::chart::format;
use crate::chart::sweep::crossover::{cliff, crossings};
use crate::chart::sweep::pareto::{Choice, choices};
use crate::chart::sweep::{slopes, view};
use crate::measure::sweep::{
    AGE_MEAN, BYTES_PER_SECOND, Figure, LATENCY_MEAN, Party, SweepResults,
};
use crate::report::Finding;
use crate::scenario::sweep::Axis;

/// A ratio this close to another one is the same.
const SAME: f64 = 0.05;
/// A latency this many times the baseline's is no longer next to it.
const CLIFF: f64 = 1.5;
/// At most so many problems are listed one by one.
const PROBLEMS: usize = 5;

/// The finding of a sweep.
pub fn finding(results: &SweepResults) -> Finding {
    let mut sentences = match &results.head.sweep.vary[..] {
        [axis] => line(results, axis),
        _ => map::sentences(results),
    };
    if sentences.is_empty() {
        sentences.push(
            "There is nothing to compare yet: no two transports have figures at one point.".into(),
        );
    }
    let first = sentences.remove(0);
    Finding {
        warnings: warnings(results),
        sentences: vec![first],
        details: sentences,
    }
}

/// What a reader must know first: trials that were not verified, and those that are missing.
fn warnings(results: &SweepResults) -> Vec<String> {
    let broken: Vec<_> = results
        .trials
        .iter()
        .filter(|trial| trial.figures.is_none())
        .collect();
    let mut warnings: Vec<String> = broken
        .iter()
        .take(PROBLEMS)
        .map(|trial| {
            let party = results
                .head
                .parties
                .iter()
                .find(|p| p.id == trial.transport);
            format!(
                "Warning: {} at {} (seed {}) was not verified: {} of {} deliveries{}.",
                party.map_or(trial.transport.as_str(), |party| &party.label),
                view::point(results, &trial.at),
                trial.seed,
                format::count(trial.delivered),
                format::count(trial.expected),
                match &trial.problem {
                    Some(problem) => format!("; {problem}"),
                    None => String::new(),
                }
            )
        })
        .collect();
    if broken.len() > PROBLEMS {
        warnings.push(format!(
            "Warning: {} more trials were not verified.",
            broken.len() - PROBLEMS
        ));
    }
    if view::planned(results) > results.trials.len() {
        warnings.push(format!(
            "Warning: this sweep is unfinished, {} are there. Run the same command again: it goes on from here.",
            super::trials(results)
        ));
    }
    warnings
}

fn line(results: &SweepResults, axis: &Axis) -> Vec<String> {
    let mut said = vec![];
    said.extend(on_frontier(results, axis));
    let baseline = view::baseline(results);
    let others = || {
        let parties = results.head.parties.iter();
        parties.filter(|party| party.id != results.head.baseline)
    };
    if let Some(baseline) = baseline {
        // Where there is a jump, that is what the sweep was made for.
        let cliffs = others().filter_map(|party| jump(results, axis, party, baseline));
        said.extend(cliffs);
        said.extend(others().filter_map(|party| bytes(results, axis, party, baseline)));
        said.extend(
            others().filter_map(|party| ratios(results, axis, party, baseline, &LATENCY_MEAN)),
        );
    }
    said.extend(steepness(results, axis));
    said
}

/// The choices that nothing beats, and those that something does.
fn on_frontier(results: &SweepResults, axis: &Axis) -> Option<String> {
    let (choices, order) = choices(results);
    if choices.len() < 2 {
        return None;
    }
    let mut runs: Vec<Vec<&Choice>> = vec![];
    for &i in &order {
        match runs.last_mut() {
            Some(run) if run[0].party.id == choices[i].party.id => run.push(&choices[i]),
            _ => runs.push(vec![&choices[i]]),
        }
    }
    let said: Vec<String> = runs.iter().map(|run| spoken(axis, run)).collect();
    let beaten: Vec<&str> = results
        .head
        .parties
        .iter()
        .filter(|party| choices.iter().any(|c| c.party.id == party.id))
        .filter(|party| {
            !choices
                .iter()
                .any(|c| c.party.id == party.id && c.on_frontier)
        })
        .map(|party| party.label.as_str())
        .collect();
    let mut text = format!(
        "Of {} choices nothing beats {}, from the cheapest to the freshest: {}.",
        choices.len(),
        order.len(),
        said.join("; then ")
    );
    if !beaten.is_empty() {
        text.push_str(&format!(
            " {}: always something as fresh for fewer bytes.",
            listed(&beaten)
        ));
    }
    Some(text)
}

/// A stretch of the frontier that belongs to one transport.
fn spoken(axis: &Axis, run: &[&Choice]) -> String {
    let (Some(first), Some(last)) = (run.first(), run.last()) else {
        return String::new();
    };
    let range = |figure: &Figure, a: f64, b: f64| {
        let (a, b) = (
            crate::chart::value(figure.quantity, a),
            crate::chart::value(figure.quantity, b),
        );
        if a == b { a } else { format!("{a} to {b}") }
    };
    let setting = match (first.index, last.index) {
        (Some(a), Some(b)) if a == b => {
            format!(" with {} {}", view::title(axis), view::name(axis, a))
        }
        (Some(a), Some(b)) => format!(
            " with {} {} to {}",
            view::title(axis),
            view::name(axis, a),
            view::name(axis, b)
        ),
        _ => String::new(),
    };
    format!(
        "{}{setting} ({}, mean age {})",
        first.party.label,
        range(&BYTES_PER_SECOND, first.bytes.value, last.bytes.value),
        range(&AGE_MEAN, first.age.value, last.age.value)
    )
}

/// The ratio of a figure to the baseline's at each value of the axis.
fn along(
    results: &SweepResults,
    axis: &Axis,
    party: &Party,
    baseline: &Party,
    figure: &Figure,
) -> Vec<Option<f64>> {
    (0..axis.values.len())
        .map(|i| {
            results
                .compare(party, baseline, &[i], figure)
                .map(|c| c.ratio)
        })
        .collect()
}

/// Where a transport becomes cheaper or dearer than the baseline, or how much dearer it is.
fn bytes(results: &SweepResults, axis: &Axis, party: &Party, baseline: &Party) -> Option<String> {
    let found = along(results, axis, party, baseline, &BYTES_PER_SECOND);
    let points: Vec<[f64; 2]> = found
        .iter()
        .enumerate()
        .map(|(i, ratio)| [view::place(axis, i), ratio.unwrap_or(f64::NAN)])
        .collect();
    let crossed = match axis.numbers.is_empty() {
        true => vec![],
        false => crossings(&points),
    };
    let [only] = crossed[..] else {
        return ratios(results, axis, party, baseline, &BYTES_PER_SECOND);
    };
    let per_poll = events_per_poll(results, axis, party, only.x)
        .map_or_else(String::new, |events| {
            format!(", which is {} events per poll", format::significant(events))
        });
    Some(format!(
        "{} costs {} bytes than {} above {} {}{per_poll}.",
        party.label,
        if only.falls { "fewer" } else { "more" },
        baseline.label,
        view::title(axis),
        view::spoken(axis, only.x)
    ))
}

/// Events between two polls where a line crosses another, for a transport that polls on a timer.
fn events_per_poll(results: &SweepResults, axis: &Axis, party: &Party, x: f64) -> Option<f64> {
    let scenario = &results.head.sweep.scenario;
    // Microseconds times events per second. Only who cares about the interval polls.
    let polls = |interval_us: f64, rate: f64| interval_us * rate / 1e6;
    match axis.key.as_str() {
        "poll_every" if party.affected[0] && scenario.replay.is_none() => {
            Some(polls(x, scenario.rate.as_per_second()))
        }
        _ => None,
    }
}

/// How many times the baseline's a figure is, at both ends.
fn ratios(
    results: &SweepResults,
    axis: &Axis,
    party: &Party,
    baseline: &Party,
    figure: &Figure,
) -> Option<String> {
    let known: Vec<(usize, f64)> = along(results, axis, party, baseline, figure)
        .into_iter()
        .enumerate()
        .filter_map(|(i, ratio)| Some((i, ratio?)))
        .collect();
    let (&(a, first), &(b, last)) = (known.first()?, known.last()?);
    let what = format!("{} of {}", capital(figure.label), party.label);
    let flat = known
        .iter()
        .all(|(_, ratio)| (ratio / first - 1.0).abs() <= SAME);
    Some(match flat {
        true if (first - 1.0).abs() <= SAME => {
            format!("{what}: the same as with {} (within 5 %).", baseline.label)
        }
        true => format!(
            "{what}: {} that of {}.",
            format::ratio(first),
            baseline.label
        ),
        false => format!(
            "{what}: {} that of {} at {} {}, {} at {}.",
            format::ratio(first),
            baseline.label,
            view::title(axis),
            view::name(axis, a),
            format::ratio(last),
            view::name(axis, b)
        ),
    })
}

/// Where a transport's latency jumps away from the baseline's.
fn jump(results: &SweepResults, axis: &Axis, party: &Party, baseline: &Party) -> Option<String> {
    let found = along(results, axis, party, baseline, &LATENCY_MEAN);
    let [before, after] = cliff(&found, CLIFF)?;
    Some(format!(
        "The mean latency of {} is {} that of {} at {} {}, and {} at {}: it leaves between these two.",
        party.label,
        format::ratio(found[before]?),
        baseline.label,
        view::title(axis),
        view::name(axis, before),
        format::ratio(found[after]?),
        view::name(axis, after)
    ))
}

/// What a round trip costs each transport.
fn steepness(results: &SweepResults, axis: &Axis) -> Option<String> {
    let said: Vec<String> = slopes(results, axis, &LATENCY_MEAN)
        .into_iter()
        .map(|(party, slope)| match slope {
            Some(slope) => format!("{slope} with {}", party.label),
            None => format!("no straight line with {}", party.label),
        })
        .collect();
    (!said.is_empty()).then(|| format!("Mean latency grows by {}.", said.join(", ")))
}

/// `A`, `A and B`, `A, B and C`.
pub fn listed(names: &[&str]) -> String {
    match names.split_last() {
        Some((last, [])) => (*last).into(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
        None => String::new(),
    }
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}
