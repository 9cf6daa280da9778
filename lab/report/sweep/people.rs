//! What a sweep of an application found along one axis: who was refused for an old screen, where the budget was met,
//! and what a sender's pace costs.

use crate::chart::sweep::view;
use crate::chart::value;
use crate::measure::MET_SHARE;
use crate::measure::plot::Quantity;
use crate::measure::sweep::{
    AGE_MEAN, BYTES_PER_SECOND, Estimate, Figure, IN_TIME, Party, REFUSED_STALE, SweepResults,
    UP_P50,
};
use crate::scenario::sweep::Axis;

/// A median this many times the one before is a queue.
const JUMP: f64 = 5.0;

/// All sentences that the trials bear out; none for a sweep without people.
pub fn sentences(results: &SweepResults, axis: &Axis) -> Vec<String> {
    [
        refused(results, axis),
        in_time(results, axis),
        pace(results, axis),
        queue(results, axis),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// A figure at each value of the axis; nothing unless it is known at all of them. One where the axis does not matter.
fn along(
    results: &SweepResults,
    axis: &Axis,
    party: &Party,
    figure: &Figure,
) -> Option<Vec<Estimate>> {
    let values = if party.affected[0] {
        axis.values.len()
    } else {
        1
    };
    (0..values)
        .map(|index| results.estimate(party, &[index], figure))
        .collect()
}

fn percent(estimate: &Estimate) -> String {
    value(Quantity::Share, estimate.value)
}

/// How an estimate changes from the first value to the last.
#[derive(Debug, PartialEq, Eq)]
enum Trend {
    /// The intervals of first and last are apart, and no step goes the other way beyond its intervals.
    Up,
    Down,
    Unclear,
}

fn trend(found: &[Estimate]) -> Trend {
    let ends = |estimate: &Estimate| estimate.interval.unwrap_or([estimate.value; 2]);
    let above = |a: &Estimate, b: &Estimate| ends(a)[0] > ends(b)[1];
    let (Some(first), Some(last)) = (found.first(), found.last()) else {
        return Trend::Unclear;
    };
    let falls = found.windows(2).any(|pair| above(&pair[0], &pair[1]));
    let rises = found.windows(2).any(|pair| above(&pair[1], &pair[0]));
    match (above(last, first), above(first, last)) {
        (true, _) if !falls => Trend::Up,
        (_, true) if !rises => Trend::Down,
        _ => Trend::Unclear,
    }
}

/// `Refused because the sender's screen was out of date: 6 % with WebSocket; with Short polling 9 % at poll interval
/// 100 ms and 48 % at 5 s, growing with the poll interval.`
fn refused(results: &SweepResults, axis: &Axis) -> Option<String> {
    let parties = results.head.parties.iter();
    let known: Vec<(&Party, Vec<Estimate>)> = parties
        .filter_map(|party| Some((party, along(results, axis, party, &REFUSED_STALE)?)))
        .collect();
    if known
        .iter()
        .flat_map(|(_, all)| all)
        .all(|e| e.value == 0.0)
    {
        return None;
    }
    let last = axis.values.len().saturating_sub(1);
    let said = known.iter().map(|(party, found)| match &found[..] {
        [only] => format!("{} with {}", percent(only), party.label),
        all => {
            let way = match trend(all) {
                Trend::Up => "growing",
                Trend::Down => "falling",
                Trend::Unclear => "without a clear trend",
            };
            let (first, end) = (&all[0], &all[all.len() - 1]);
            format!(
                "with {} {} at {} {} and {} at {}, {way} with it",
                party.label,
                percent(first),
                view::title(axis),
                view::name(axis, 0),
                percent(end),
                view::name(axis, last),
            )
        }
    });
    let said: Vec<String> = said.collect();
    Some(format!(
        "Refused because the sender's screen was out of date: {}.",
        said.join("; ")
    ))
}

/// Up to where the budget is met.
fn in_time(results: &SweepResults, axis: &Axis) -> Option<String> {
    let parties = results.head.parties.iter();
    let said: Vec<String> = parties
        .filter_map(|party| {
            let found = along(results, axis, party, &IN_TIME)?;
            Some(format!("{}: {}", party.label, met(axis, &found)))
        })
        .collect();
    let budget = value(Quantity::Share, MET_SHARE);
    (!said.is_empty()).then(|| {
        format!(
            "In time (a budget is met if {budget} are, of each kind of message): {}.",
            said.join("; ")
        )
    })
}

fn met(axis: &Axis, found: &[Estimate]) -> String {
    let meets = |estimate: &&Estimate| estimate.value >= MET_SHARE;
    let count = found.iter().filter(meets).count();
    let first = found.iter().take_while(meets).count();
    let spread = || {
        let by = |a: &&Estimate, b: &&Estimate| a.value.total_cmp(&b.value);
        let ends = [found.iter().min_by(by), found.iter().max_by(by)];
        let [least, most] = ends.map(|end| end.map_or_else(String::new, percent));
        match least == most {
            true => least,
            false => format!("{least} to {most}"),
        }
    };
    match (first, count) {
        (_, 0) => format!("met nowhere ({})", spread()),
        (_, all) if all == found.len() => match found.len() {
            1 => format!("met ({})", spread()),
            _ => format!("met everywhere ({})", spread()),
        },
        (some, all) if some == all => format!(
            "met up to {} {} ({}), not at {} ({})",
            view::title(axis),
            view::name(axis, some - 1),
            percent(&found[some - 1]),
            view::name(axis, some),
            percent(&found[some]),
        ),
        (0, all) if found[found.len() - all..].iter().all(|e| meets(&e)) => {
            let from = found.len() - all;
            format!(
                "met from {} {} ({}), not at {} ({})",
                view::title(axis),
                view::name(axis, from),
                percent(&found[from]),
                view::name(axis, from - 1),
                percent(&found[from - 1]),
            )
        }
        _ => format!("met at {count} of {} values", found.len()),
    }
}

/// Where messages begin to wait for each other on their way to the server.
fn queue(results: &SweepResults, axis: &Axis) -> Option<String> {
    let parties = results.head.parties.iter();
    let said: Vec<String> = parties
        .filter_map(|party| {
            let found = along(results, axis, party, &UP_P50)?;
            let values: Vec<f64> = found.iter().map(|e| e.value).collect();
            let jump = values.windows(2).position(|w| w[1] > JUMP * w[0])?;
            let text = |index: usize| value(UP_P50.quantity, values[index]);
            Some(format!(
                "{} ({} at {}, {} at {})",
                party.label,
                text(jump),
                view::name(axis, jump),
                text(jump + 1),
                view::name(axis, jump + 1),
            ))
        })
        .collect();
    (!said.is_empty()).then(|| {
        format!(
            "Messages pile up on their way to the server with {}: beyond that {} the median message waits for those before it.",
            said.join(", "),
            view::title(axis)
        )
    })
}

/// What it costs that people publish more often, and what it brings.
fn pace(results: &SweepResults, axis: &Axis) -> Option<String> {
    if axis.key != "rate" || results.head.sweep.scenario.publishers == 0 {
        return None;
    }
    let last = axis.values.len().checked_sub(1).filter(|last| *last > 0)?;
    let said: Vec<String> = results
        .head
        .parties
        .iter()
        .filter_map(|party| {
            let ends = |figure: &Figure| {
                let found = along(results, axis, party, figure)?;
                let text = |e: &Estimate| value(figure.quantity, e.value);
                Some([text(found.first()?), text(found.last()?)])
            };
            let ([age, fresh], [few, many]) = (ends(&AGE_MEAN)?, ends(&BYTES_PER_SECOND)?);
            let label = &party.label;
            Some(format!("{label} {few} and {age}, then {many} and {fresh}"))
        })
        .collect();
    (!said.is_empty()).then(|| {
        format!(
            "Bytes per client and mean age from {} {} to {}: {}.",
            view::title(axis),
            view::name(axis, 0),
            view::name(axis, last),
            said.join("; ")
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn estimates(values: &[[f64; 2]]) -> Vec<Estimate> {
        let estimate = |ends: &[f64; 2]| Estimate {
            value: (ends[0] + ends[1]) / 2.0,
            interval: Some(*ends),
            predicted: None,
        };
        values.iter().map(estimate).collect()
    }

    #[test]
    fn a_trend_is_what_intervals_bear_out() {
        let up = estimates(&[[0.1, 0.2], [0.15, 0.3], [0.12, 0.28], [0.4, 0.5]]);
        assert_eq!(trend(&up), Trend::Up);
        let down: Vec<_> = up.iter().rev().copied().collect();
        assert_eq!(trend(&down), Trend::Down);
        // It ends higher, but falls on the way.
        let hill = estimates(&[[0.1, 0.2], [0.6, 0.7], [0.4, 0.5]]);
        assert_eq!(trend(&hill), Trend::Unclear);
        assert_eq!(trend(&estimates(&[[0.1, 0.3], [0.2, 0.4]])), Trend::Unclear);
    }

    #[test]
    fn where_a_budget_is_met_is_said_with_its_border() {
        let axis: Axis = "poll_every=1s,2s,4s".parse().expect("an axis");
        let said = |values: [f64; 3]| met(&axis, &estimates(&values.map(|v| [v, v])));
        assert_eq!(
            said([1.0, 0.99, 0.5]),
            "met up to poll interval 2 s (99 %), not at 4 s (50 %)"
        );
        assert_eq!(said([0.2, 0.1, 0.1]), "met nowhere (10 % to 20 %)");
        assert_eq!(said([1.0, 1.0, 1.0]), "met everywhere (100 %)");
        assert_eq!(
            said([0.5, 0.9, 1.0]),
            "met from poll interval 4 s (100 %), not at 2 s (90 %)"
        );
        assert_eq!(said([1.0, 0.9, 1.0]), "met at 2 of 3 values");
    }
}
