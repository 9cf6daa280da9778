//! What a sweep found, in sentences: who is on the frontier, where lines cross, where they jump, how steep they are.

use super::why::{nearest, why};
use super::{map, people, scale};
use crate::chart::format;
use crate::chart::sweep::crossover::{cliff, crossings};
use crate::chart::sweep::pareto::{Choice, choices};
use crate::chart::sweep::{slopes, view};
use crate::measure::sweep::scale::CLIENTS;
use crate::measure::sweep::{
    AGE_MEAN, BYTES_PER_SECOND, Figure, LATENCY_MEAN, Party, REQUESTS_PER_SECOND, SweepResults,
};
use crate::report::Finding;
use crate::scenario::sweep::Axis;

/// A ratio this close to another one is the same.
const SAME: f64 = 0.05;
/// A latency this many times the baseline's is no longer next to it.
const CLIFF: f64 = 1.5;
/// A rise by this much from one value to the next is a cliff.
const STEEP: f64 = 1.5;
/// At most so many problems are listed one by one.
const PROBLEMS: usize = 5;

/// The finding of a sweep.
pub fn finding(results: &SweepResults) -> Finding {
    let mut sentences = match &results.head.sweep.vary[..] {
        // How many are borne is the question there, not who costs how many times as much.
        [axis] if axis.key == CLIENTS => {
            let mut said: Vec<String> = scale::answer(results).into_iter().collect();
            said.extend(people::sentences(results, axis));
            said.extend(scale::details(results));
            said
        }
        [axis] => line(results, axis),
        _ => map::sentences(results),
    };
    if sentences.is_empty() {
        sentences.push(match &results.head.parties[..] {
            [only] => format!(
                "{} ran alone, and so there is nobody to compare it with.",
                only.label
            ),
            _ => "There is nothing to compare yet: no two transports have figures at one point."
                .into(),
        });
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
        .filter(|trial| trial.figures.is_none() && trial.not_run.is_none())
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
    let not_run: Vec<_> = results
        .trials
        .iter()
        .filter_map(|trial| Some((trial, trial.not_run.as_ref()?)))
        .collect();
    if let Some((trial, why)) = not_run.first() {
        warnings.push(format!(
            "Warning: {} could not be run on this machine, the first of them {} at {}: {why}. Run the same command again \
             when that has changed: it measures what is missing.",
            format::counted(not_run.len() as u64, "trial"),
            trial.transport,
            view::point(results, &trial.at),
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
    let (mut said, mut rises_gently) = (people::sentences(results, axis), vec![]);
    said.extend(on_frontier(results, axis));
    let baseline = view::baseline(results);
    let others = || {
        let parties = results.head.parties.iter();
        parties.filter(|party| party.id != results.head.baseline)
    };
    if let Some(baseline) = baseline {
        // Where there is a cliff, that is what the sweep was made for; a gentle rise can wait.
        let rises = others().filter_map(|party| rise(results, axis, party, baseline));
        let (cliffs, rest): (Vec<_>, Vec<_>) = rises.partition(|(_, steep)| *steep);
        rises_gently = rest;
        said.extend(cliffs.into_iter().map(|(text, _)| text));
        said.extend(steepness(results, axis));
        said.extend(others().filter_map(|party| bytes(results, axis, party, baseline)));
        said.extend(
            others().filter_map(|party| ratios(results, axis, party, baseline, &LATENCY_MEAN)),
        );
    }
    said.extend(rises_gently.into_iter().map(|(text, _)| text));
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
    let all = choices.len();
    let mut text = match (order.len(), said.join("; then ")) {
        (1, only) => format!(
            "One of {all} choices costs the fewest bytes and is as fresh as any (within 2 %): {only}."
        ),
        (some, each) => format!(
            "{some} of {all} choices are not beaten in both bytes and age by any other, from the cheapest to the \
             freshest: {each}."
        ),
    };
    if !beaten.is_empty() && order.len() > 1 {
        text.push_str(&format!(
            " {} {} not among them: something as fresh (within 2 %) costs fewer bytes.",
            format::listed(&beaten),
            if beaten.len() == 1 { "is" } else { "are" }
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
    let (mut per_poll, mut because) = (String::new(), String::new());
    if let Some(events) = events_per_poll(results, axis, party, only.x) {
        per_poll = format!(", which is {} events per poll", format::significant(events));
        let points = (0..axis.values.len()).map(|index| vec![index]);
        let beside = nearest(results, party, baseline, points);
        because = why(results, party, baseline, beside.as_slice(), events)
            .map_or_else(String::new, |words| format!(" {words}"));
    }
    Some(format!(
        "{} costs {} bytes than {} above {} {}{per_poll}.{because}",
        party.label,
        if only.falls { "fewer" } else { "more" },
        baseline.label,
        view::title(axis),
        view::spoken(axis, only.x)
    ))
}

/// Events between two polls where a line crosses another, for a transport that asks once per interval.
fn events_per_poll(results: &SweepResults, axis: &Axis, party: &Party, x: f64) -> Option<f64> {
    let scenario = &results.head.sweep.scenario;
    if scenario.replay.is_some() {
        return None;
    }
    let interval_s = scenario.poll_every.as_nanos() as f64 / 1e9;
    let asks = |index: usize| {
        let asked = results
            .estimate(party, &[index], &REQUESTS_PER_SECOND)?
            .value;
        Some((asked * interval_s - 1.0).abs() < 0.1)
    };
    match axis.key.as_str() {
        "poll_every" if party.affected[0] => Some(x / 1e6 * scenario.rate.as_per_second()),
        "rate" if asks(0)? && asks(axis.values.len() - 1)? => Some(x * interval_s),
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
    let verb = match figure.id == BYTES_PER_SECOND.id {
        true => "costs",
        false => "has",
    };
    let (label, other) = (&party.label, &baseline.label);
    let what = match figure.id == BYTES_PER_SECOND.id {
        true => "bytes",
        false => figure.label,
    };
    let flat = known
        .iter()
        .all(|(_, ratio)| (ratio / first - 1.0).abs() <= SAME);
    Some(match flat {
        true if (first - 1.0).abs() <= SAME => {
            format!("{label} {verb} the same {what} as {other} (within 5 %).")
        }
        true => format!(
            "{label} {verb} {} the {what} of {other}.",
            format::ratio(first)
        ),
        false => format!(
            "{label} {verb} {} the {what} of {other} at {} {}, {} at {}.",
            format::ratio(first),
            view::title(axis),
            view::name(axis, a),
            format::ratio(last),
            view::name(axis, b)
        ),
    })
}

/// Where a transport's latency leaves the baseline's behind, and whether it does so at once.
fn rise(
    results: &SweepResults,
    axis: &Axis,
    party: &Party,
    baseline: &Party,
) -> Option<(String, bool)> {
    let found = along(results, axis, party, baseline, &LATENCY_MEAN);
    let [before, after] = cliff(&found, CLIFF)?;
    let (low, high) = (found[before]?, found[after]?);
    let steep = high > low * STEEP;
    let there = format!(
        "When {} goes from {} to {}, the mean latency of {}",
        view::the(axis),
        view::name(axis, before),
        view::name(axis, after),
        party.label
    );
    let (low, high) = (format::significant(low), format::significant(high));
    let other = &baseline.label;
    let text = match steep {
        true => format!("{there} rises from {low} to {high} times that of {other}."),
        // It has risen before and goes on.
        false => format!("{there} passes {CLIFF} times that of {other} ({low}, then {high})."),
    };
    Some((text, steep))
}

/// What a round trip costs each transport.
fn steepness(results: &SweepResults, axis: &Axis) -> Option<String> {
    let (mut straight, mut bent): (Vec<(String, Vec<&str>)>, Vec<&str>) = (vec![], vec![]);
    for (party, slope) in slopes(results, axis, &LATENCY_MEAN) {
        let label = party.label.as_str();
        let Some(slope) = slope else {
            bent.push(label);
            continue;
        };
        match straight.iter_mut().find(|(same, _)| *same == slope) {
            Some((_, labels)) => labels.push(label),
            None => straight.push((slope, vec![label])),
        }
    }
    let each = straight
        .iter()
        .map(|(slope, labels)| format!("{slope} with {}", format::listed(labels)));
    let each = each.collect::<Vec<_>>().join(", ");
    let bent = (!bent.is_empty()).then(|| format::listed(&bent));
    match (each.is_empty(), bent) {
        (true, None) => None,
        (true, Some(bent)) => Some(format!(
            "With {bent} the mean latency does not grow in a straight line."
        )),
        (false, None) => Some(format!("Mean latency grows by {each}.")),
        (false, Some(bent)) => Some(format!(
            "Mean latency grows by {each}; with {bent} it does not grow in a straight line."
        )),
    }
}
