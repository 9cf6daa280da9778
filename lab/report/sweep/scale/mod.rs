//! What a sweep over the number of clients found: how many each transport bears, which side gave out first, what a
//! delivery and a connection cost, and why the last receiver waits longest.

mod fan_out;
#[cfg(test)]
mod tests;
mod words;

pub use fan_out::{explained, table as fan_out};
pub use words::{answer, details};

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

fn told(results: &SweepResults, party: &Party, index: usize, figure: &Figure) -> String {
    match results.estimate(party, &[index], figure) {
        Some(estimate) => value(figure.quantity, estimate.value),
        None => NOT_TOLD.into(),
    }
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
    said.push(format!(
        "A side that used more than {} of a core in the measured window had no more to give.",
        value(Quantity::Share, scale::FULL)
    ));
    said
}
