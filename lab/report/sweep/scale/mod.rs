//! What a sweep over the number of clients found: how many each transport bears, which side gave out first, what a
//! delivery and a connection cost, and why the last receiver waits longest.

mod fan_out;
#[cfg(test)]
mod tests;
mod words;

pub use fan_out::{explained, table as fan_out};
pub use words::{answer, details};

use crate::chart::evidence::{borne_out, marked};
use crate::chart::format::count;
use crate::chart::sweep::view;
use crate::chart::{Table, value};
use crate::measure::plot::Quantity;
use crate::measure::sweep::scale::{self, Load};
use crate::measure::sweep::{
    CLIENT_SHARE, Figure, LAST_RECEIVER_P99, LATENCY_P50, Party, SERVER_CPU, SERVER_MEMORY,
    SERVER_SHARE, SweepResults,
};

/// What stands in the table, in its order.
const FIGURES: [Figure; 6] = [
    SERVER_CPU,
    SERVER_MEMORY,
    LATENCY_P50,
    LAST_RECEIVER_P99,
    SERVER_SHARE,
    CLIENT_SHARE,
];
/// What the system or the network does not tell.
const NOT_TOLD: &str = "not told";

/// All figures of all loads, one row each; nothing for a sweep over something else.
pub fn table(results: &SweepResults) -> Option<Table> {
    let axis = scale::axis(results)?;
    let mut table = Table::new(
        format!("Each transport by {}", view::title(axis)),
        &[
            "transport",
            "clients",
            "server CPU per delivery",
            "server memory per connection",
            "median latency",
            "p99 of the last receiver",
            "server's share of a core",
            "load generator's share",
            "in time",
        ],
    );
    for party in &results.head.parties {
        for index in 0..axis.values.len() {
            let mut row = vec![party.label.clone(), view::name(axis, index)];
            match view::why_not(results, party, &[index]) {
                Some(why) => row.push(why),
                None => {
                    row.extend(FIGURES.map(|figure| told(results, party, index, &figure)));
                    row.push(match scale::load(results, party, index) {
                        Load::InTime(_) => "yes".into(),
                        Load::Late(_) => "no".into(),
                        _ => NOT_TOLD.into(),
                    });
                }
            }
            table.row(row);
        }
    }
    Some(table)
}

/// Percentiles of the table, as shares: few events bear out few of them.
const PERCENTILES: [(&str, f64); 2] = [(LATENCY_P50.id, 0.5), (LAST_RECEIVER_P99.id, TAIL)];
/// The percentile by which a load is in time or not.
const TAIL: f64 = 0.99;

fn told(results: &SweepResults, party: &Party, index: usize, figure: &Figure) -> String {
    let Some(estimate) = results.estimate(party, &[index], figure) else {
        return NOT_TOLD.into();
    };
    let text = value(figure.quantity, estimate.value);
    let percentile = PERCENTILES.iter().find(|(id, _)| *id == figure.id);
    match percentile {
        Some((_, share)) => marked(text, *share, scale::events(results, party, index)),
        None => text,
    }
}

/// What the asterisk means, if the last receiver of a load has one.
fn rough(results: &SweepResults) -> Option<String> {
    let loads = 0..results.head.sweep.shape()[0];
    let parties = results.head.parties.iter();
    let events = parties.flat_map(|party| {
        let loads = loads.clone();
        loads.map(move |index| scale::events(results, party, index))
    });
    let fewest = events.filter(|events| *events > 0).min()?;
    (borne_out(fewest) + 1e-9 < TAIL).then(|| {
        format!(
            "* Rough: fewer than 10 of the measured events (as few as {}) lie beyond this percentile, so a single slow one \
             may place the knee. A longer --duration or a higher --rate has more of them.",
            count(fewest)
        )
    })
}

/// How the budget came about and how the knee is defined, for the method.
pub fn method(results: &SweepResults) -> Vec<String> {
    if scale::axis(results).is_none() {
        return vec![];
    }
    let budget = scale::budget(results);
    let time = value(Quantity::Time, budget.us);
    let mut said = vec![match budget.own {
        true => format!("The budget is {time}, the scenario's own."),
        false => format!(
            "The budget is {time}, because the scenario has none of its own (--budget sets one). On top of it comes what \
             theory gives a transport on an idle machine as the 99th percentile, such as a poll's wait for its turn: it \
             is there at any load."
        ),
    }];
    said.push(
        "The knee is the highest measured load whose last receiver was within the budget: 99 of 100 events had reached \
         their last client by then. It lies between two measured loads, and more of them place it better."
            .into(),
    );
    said.extend(rough(results));
    said.push("The load generator is what runs the clients, all of them on one thread.".into());
    said.push(format!(
        "A side that used more than {} of a core in the measured window had no more to give.",
        value(Quantity::Share, scale::FULL)
    ));
    said
}
