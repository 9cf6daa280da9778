//! Charts of sweeps: along one axis lines and the frontier of freshness against bytes, over two axes maps of who wins.

pub mod crossover;
pub mod grid;
mod lines;
mod map;
pub mod pareto;
#[cfg(test)]
mod tests;
pub mod view;

use super::{Chart, Table};
use crate::measure::sweep::scale::CLIENTS;
use crate::measure::sweep::{
    AGE_MEAN, BYTES_PER_EVENT, BYTES_PER_SECOND, BYTES_UP_PER_PUBLISH, CLIENT_SHARE, Figure,
    IN_TIME, IN_TIME_MAIN, LAST_RECEIVER_P99, LATENCY_MEAN, LATENCY_P50, LATENCY_P99, Party,
    REFUSED_STALE, REQUESTS_PER_EVENT, SERVER_CPU, SERVER_MEMORY, SERVER_SHARE, SweepResults,
    UP_P50,
};
use crate::scenario::sweep::{Axis, RTT};

/// What is worth a line along an axis, the most telling first.
fn along(key: &str) -> Vec<Figure> {
    if key == CLIENTS {
        let load = [SERVER_CPU, SERVER_MEMORY, LATENCY_P50, LAST_RECEIVER_P99];
        return load
            .into_iter()
            .chain([SERVER_SHARE, CLIENT_SHARE])
            .collect();
    }
    let figures = match key {
        "poll_every" => [
            LATENCY_MEAN,
            BYTES_PER_SECOND,
            REQUESTS_PER_EVENT,
            LATENCY_P99,
        ],
        "delay" | RTT => [
            LATENCY_MEAN,
            LATENCY_P99,
            REQUESTS_PER_EVENT,
            BYTES_PER_EVENT,
        ],
        "rate" => [
            REQUESTS_PER_EVENT,
            BYTES_PER_EVENT,
            BYTES_PER_SECOND,
            LATENCY_MEAN,
        ],
        "payload" => [BYTES_PER_EVENT, BYTES_PER_SECOND, LATENCY_MEAN, LATENCY_P99],
        _ => [
            LATENCY_MEAN,
            LATENCY_P99,
            BYTES_PER_EVENT,
            REQUESTS_PER_EVENT,
        ],
    };
    figures.to_vec()
}

/// What is worth a line of an application, whatever the axis; before the others, because it is what people notice.
const OF_PEOPLE: [Figure; 3] = [IN_TIME, IN_TIME_MAIN, UP_P50];

/// What an application shows along an axis. A sender's rate is how much it gathers into one message: what that costs
/// and how old the others' screens are belong together.
fn of_people(results: &SweepResults, key: &str) -> Vec<Figure> {
    let mut figures = OF_PEOPLE.to_vec();
    // Where the main kind is the one that is worst off, one chart shows both.
    let both = |trial| [IN_TIME, IN_TIME_MAIN].map(|figure| figure.measured(trial));
    if results
        .trials
        .iter()
        .map(both)
        .all(|[worst, main]| worst == main)
    {
        figures.retain(|figure| figure.id != IN_TIME_MAIN.id);
    }
    if results.head.sweep.scenario.publishers > 0 && key == "rate" {
        figures.extend([AGE_MEAN, BYTES_UP_PER_PUBLISH]);
    }
    figures
}

/// What is worth a map.
const MAPS: [Figure; 3] = [BYTES_PER_SECOND, AGE_MEAN, LATENCY_P50];

/// All charts of a sweep's report, in the order in which they are read. What does not vary, or was not measured, has
/// no chart.
pub fn all(results: &SweepResults) -> Vec<Chart> {
    match &results.head.sweep.vary[..] {
        [axis] => {
            let pareto = pareto::chart(results);
            let own = of_people(results, &axis.key).into_iter();
            let lines = own
                .chain(along(&axis.key))
                .filter_map(|figure| lines::chart(results, &figure));
            // Where something was refused, that is the answer; otherwise the price of freshness comes first.
            let refused = lines::chart(results, &REFUSED_STALE);
            refused.into_iter().chain(pareto).chain(lines).collect()
        }
        [_, _] => {
            // Where two figures have the same winners everywhere, one map shows it.
            let winners: Vec<_> = MAPS
                .iter()
                .map(|figure| grid::winners(results, figure))
                .collect();
            let shown = |i: &usize| !winners[..*i].contains(&winners[*i]);
            let maps = (0..MAPS.len()).filter(shown);
            maps.filter_map(|i| map::chart(results, &MAPS[i])).collect()
        }
        _ => vec![],
    }
}

/// Where transports break even with the baseline on the grid: the index of each, and its line.
pub fn break_even_lines(results: &SweepResults, figure: &Figure) -> Vec<(usize, grid::BreakEven)> {
    map::lines(results, figure)
}

/// How steep the line of each transport is over an axis that is a distance, in round trips; none for a bent line.
/// Empty for other axes and figures.
pub fn slopes<'a>(
    results: &'a SweepResults,
    axis: &Axis,
    figure: &Figure,
) -> Vec<(&'a Party, Option<String>)> {
    lines::slopes(results, axis, figure)
}
