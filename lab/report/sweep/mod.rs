//! Reports of sweeps. Every sentence is made from the trials; what they do not bear out is not said.

mod finding;
mod html;
mod map;
mod people;
mod scale;
#[cfg(test)]
mod tests;
mod text;
mod ties;
mod why;

pub use finding::finding;
pub use html::html;
pub use text::{markdown, terminal};

use crate::chart::format::{counted, significant, time};
use crate::chart::sweep::view;
use crate::measure::bootstrap::FEW;
use crate::measure::sweep::SweepResults;

/// How the figures came about: repeats, intervals, the length of the trials.
fn method(results: &SweepResults) -> Vec<String> {
    let sweep = &results.head.sweep;
    let mut said = vec![match sweep.repeats {
        1 => format!(
            "Each point was run once, with seed {}: there are no intervals, and small differences may be chance.",
            sweep.scenario.seed
        ),
        n => format!(
            "Each point was run {n} times, with seeds {} to {}. A value is the mean of these runs, and its interval is \
             the 95 % {} over the {n} seeds.",
            sweep.scenario.seed,
            sweep.scenario.seed.saturating_add(u64::from(n) - 1),
            match (n as usize) < FEW {
                true => "Student interval (too few runs for a bootstrap)",
                false => "bootstrap interval",
            }
        ),
    }];
    let spans = || results.trials.iter().map(|trial| trial.span_us as f64);
    if let (Some(least), Some(most)) = (
        spans().min_by(f64::total_cmp),
        spans().max_by(f64::total_cmp),
    ) {
        let lengths = match least == most {
            true => format!("each lasts {}", time(least)),
            false => format!("they last from {} to {}", time(least), time(most)),
        };
        said.push(match sweep.scenario.has_fixed_instants() {
            // As one run would be: nothing was asked for that would lengthen it.
            _ if sweep.least_events <= 1 && sweep.least_polls <= 1 => {
                format!("Trials are as long as the scenario says: {lengths}, warm-up included.")
            }
            true => format!(
                "Trials are not lengthened, because what happens at a fixed instant would weigh less in a longer run: \
                 {lengths}, warm-up included. More repeats make the intervals narrower, not longer runs."
            ),
            false => format!(
                "Trials are lengthened until at least {} are due and each polling client has asked at least {}: {lengths}, \
                 warm-up included. A poller asks at most once more or less than its interval calls for, which is up to {} % of \
                 its questions.",
                counted(sweep.least_events.into(), "event"),
                counted(sweep.least_polls.into(), "time"),
                significant(100.0 / f64::from(sweep.least_polls)),
            ),
        });
    }
    said.extend(scale::method(results));
    said.push("Bytes are IP bytes in both directions, connecting and closing left out.".into());
    said.push(
        "Transports are compared seed by seed: a ratio is taken between runs with the same seed."
            .into(),
    );
    if sweep.vary.len() == 2 {
        said.push(
            "A cell is too close to call for everybody within 2 % of the least, or whose interval of the ratio to it \
             includes 1. Two transports break even where their ratio passes 1, interpolated in logarithms between \
             neighbouring cells."
                .into(),
        );
    }
    let alone: Vec<String> = results
        .head
        .parties
        .iter()
        .filter(|party| party.affected.contains(&false))
        .map(|party| {
            let not = party.affected.iter().zip(&sweep.vary);
            let not: Vec<String> = not
                .filter(|(affected, _)| !**affected)
                .map(|(_, axis)| view::title(axis))
                .collect();
            format!("{} ({})", party.label, not.join(", "))
        })
        .collect();
    if !alone.is_empty() {
        said.push(format!(
            "What cannot be affected by an axis was run once for all its values: {}.",
            alone.join("; ")
        ));
    }
    said
}

/// How many trials there are, in words.
fn trials(results: &SweepResults) -> String {
    let (there, all) = (results.trials.len(), view::planned(results));
    match there < all {
        true => format!("{there} of {all} trials"),
        false => counted(there as u64, "trial"),
    }
}
