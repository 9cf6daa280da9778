//! What fresher screens cost: mean age against bytes per client and second, and which choices nothing beats.

use super::super::xy::xy_over;
use super::super::{Chart, value};
use super::crossover::frontier;
use super::lines::cell;
use super::{Table, view};
use crate::measure::plot::{Plot, PlotAxis, PlotPoint, PlotSeries, Quantity};
use crate::measure::sweep::{AGE_MEAN, BYTES_PER_SECOND, Estimate, Party, SweepResults};

/// Less of a gain in freshness does not bring a point onto the frontier.
const LEAST_GAIN: f64 = 0.02;
/// At most so many values are named along a curve.
const NAMED: usize = 6;

/// One choice: a transport, at a value of the axis if that concerns it.
pub struct Choice<'a> {
    pub party: &'a Party,
    /// `Short polling, poll interval 1 s`.
    pub name: String,
    /// Index on the axis, for a transport that it concerns.
    pub index: Option<usize>,
    pub bytes: Estimate,
    pub age: Estimate,
    /// Whether nothing cheaper is as fresh.
    pub on_frontier: bool,
}

/// All choices of a sweep over one axis that some transports do not care about; empty for other sweeps. The frontier
/// has its order of rising bytes in the second list.
pub fn choices(results: &SweepResults) -> (Vec<Choice<'_>>, Vec<usize>) {
    let [axis] = &results.head.sweep.vary[..] else {
        return (vec![], vec![]);
    };
    if results.head.parties.iter().all(|party| party.affected[0]) {
        return (vec![], vec![]);
    }
    let mut choices = vec![];
    for party in &results.head.parties {
        let values = if party.affected[0] {
            axis.values.len()
        } else {
            1
        };
        for index in 0..values {
            let figure = |figure| results.estimate(party, &[index], figure);
            let (Some(bytes), Some(age)) = (figure(&BYTES_PER_SECOND), figure(&AGE_MEAN)) else {
                continue;
            };
            let index = party.affected[0].then_some(index);
            choices.push(Choice {
                party,
                name: match index {
                    Some(i) => format!(
                        "{}, {} {}",
                        party.label,
                        view::title(axis),
                        view::name(axis, i)
                    ),
                    None => party.label.clone(),
                },
                index,
                bytes,
                age,
                on_frontier: false,
            });
        }
    }
    let points: Vec<[f64; 2]> = choices
        .iter()
        .map(|choice| [choice.bytes.value, choice.age.value])
        .collect();
    let order = frontier(&points, LEAST_GAIN);
    for &i in &order {
        choices[i].on_frontier = true;
    }
    (choices, order)
}

/// The chart, for an axis that only some transports care about.
pub fn chart(results: &SweepResults) -> Option<Chart> {
    let axis = results.head.sweep.vary.first()?;
    let (choices, order) = choices(results);
    if choices.len() < 2 {
        return None;
    }
    let point = |choice: &Choice| PlotPoint {
        x: choice.bytes.value,
        y: choice.age.value,
        interval: choice.age.interval,
    };
    let mut series = vec![];
    for party in &results.head.parties {
        let own: Vec<&Choice> = choices.iter().filter(|c| c.party == party).collect();
        if own.is_empty() {
            continue;
        }
        let every = own.len().div_ceil(NAMED).max(1);
        let named = |(i, choice): (usize, &&Choice)| match choice.index {
            Some(index) if i.is_multiple_of(every) || i + 1 == own.len() => view::name(axis, index),
            _ => String::new(),
        };
        series.push(PlotSeries {
            label: party.label.clone(),
            color: party.style.color.clone(),
            marker: party.style.marker,
            points: own.iter().map(|choice| point(choice)).collect(),
            theory: predicted(&own),
            names: own.iter().enumerate().map(named).collect(),
        });
    }
    let plot = Plot {
        id: "freshness-bytes".into(),
        title: "What does a fresher screen cost?".into(),
        reading: "Better is to the lower left: fresher for fewer bytes. The grey steps join the choices that nothing \
                  cheaper equals (a gain under 2 % does not count)."
            .into(),
        alt: alt(&choices, &order),
        x: axis_of(BYTES_PER_SECOND.label, Quantity::BytesPerSecond),
        y: axis_of(AGE_MEAN.label, Quantity::Time),
        series,
        marks: vec![],
    };
    Some(Chart {
        table: table(&choices),
        ..xy_over(&plot, &view::footer(results), &steps(&choices, &order))
    })
}

fn axis_of(title: &str, quantity: Quantity) -> PlotAxis {
    PlotAxis {
        title: title.into(),
        quantity,
        log: true,
        names: vec![],
    }
}

/// The frontier as stairs: until the next choice is paid for, the last one is the best.
fn steps(choices: &[Choice], order: &[usize]) -> Vec<[f64; 2]> {
    let mut points: Vec<[f64; 2]> = vec![];
    for &i in order {
        let [x, y] = [choices[i].bytes.value, choices[i].age.value];
        points.extend(points.last().map(|last| [x, last[1]]));
        points.push([x, y]);
    }
    points
}

/// What theory says about both, where it says something.
fn predicted(own: &[&Choice]) -> Vec<[f64; 2]> {
    let both = own
        .iter()
        .filter_map(|choice| Some([choice.bytes.predicted?, choice.age.predicted?]));
    match own.len() {
        0 | 1 => vec![],
        _ => both.collect(),
    }
}

fn alt(choices: &[Choice], order: &[usize]) -> String {
    let text = |&i: &usize| {
        let choice = &choices[i];
        format!(
            "{} ({}, {})",
            choice.name,
            value(Quantity::BytesPerSecond, choice.bytes.value),
            value(Quantity::Time, choice.age.value)
        )
    };
    let on: Vec<_> = order.iter().map(text).collect();
    format!(
        "Scatter chart of mean age over bytes per client and second, both logarithmic. On the frontier, from the \
         cheapest to the freshest: {}. {} of {} choices are beaten by a cheaper one.",
        on.join("; "),
        choices.len() - order.len(),
        choices.len()
    )
}

fn table(choices: &[Choice]) -> Table {
    let head = [
        "Choice",
        BYTES_PER_SECOND.label,
        "predicted",
        AGE_MEAN.label,
        "predicted",
        "On the frontier",
    ];
    let mut table = Table::new("Freshness against bytes, 95 % intervals", &head);
    for choice in choices {
        let predicted = |quantity, estimate: &Estimate| {
            let text = estimate.predicted.map(|number| value(quantity, number));
            text.unwrap_or_else(|| "-".into())
        };
        table.row([
            choice.name.clone(),
            cell(&BYTES_PER_SECOND, &choice.bytes),
            predicted(Quantity::BytesPerSecond, &choice.bytes),
            cell(&AGE_MEAN, &choice.age),
            predicted(Quantity::Time, &choice.age),
            if choice.on_frontier { "yes" } else { "no" }.into(),
        ]);
    }
    table
}
