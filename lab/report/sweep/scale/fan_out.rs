//! Why the median receiver waits for half the others and the last one for all: an event goes to one client after another.

use super::super::view;
use crate::chart::evidence::marked;
use crate::chart::{Table, value};
use crate::measure::plot::Quantity;
use crate::measure::sweep::scale::{self, Load};
use crate::measure::sweep::{LAST_RECEIVER_P99, LATENCY_P50, Party, SweepResults};

/// Theory's median of an idle machine.
const AT_REST: &str = "latency_us.p50";
/// A measured time within this factor of the arithmetic is explained by it.
const CLOSE: f64 = 1.5;

/// What one transport's place in the order is worth, at its highest load in time.
struct Order {
    index: usize,
    clients: f64,
    cost_us: f64,
    median_us: f64,
    last_us: f64,
    /// Behind both.
    events: u64,
    /// Median wait on an idle machine, which no order explains.
    rest_us: f64,
}

impl Order {
    fn half_us(&self) -> f64 {
        self.clients / 2.0 * self.cost_us
    }

    fn whole_us(&self) -> f64 {
        self.clients * self.cost_us
    }
}

fn order(results: &SweepResults, party: &Party) -> Option<Order> {
    let axis = scale::axis(results)?;
    let index = scale::knee(results, party).last?;
    let figure = |figure| Some(results.estimate(party, &[index], figure)?.value);
    let Load::InTime(last_us) = scale::load(results, party, index) else {
        return None;
    };
    let trials = results.trials_at(party, &[index]).iter();
    let at_rest = trials.filter_map(|trial| trial.theory.get(AT_REST).copied());
    Some(Order {
        index,
        clients: axis.numbers[index],
        cost_us: scale::serving_us(results, party, index)?,
        median_us: figure(&LATENCY_P50)?,
        last_us,
        events: scale::events(results, party, index),
        rest_us: at_rest.fold(0.0, f64::max),
    })
}

/// The arithmetic beside what was measured; nothing where no cost is known.
pub fn table(results: &SweepResults) -> Option<Table> {
    let axis = scale::axis(results)?;
    let mut table = Table::new(
        "Place in the order: arithmetic beside measurement",
        &[
            "transport",
            "clients (N)",
            "serving one",
            "N/2 x cost",
            LATENCY_P50.label,
            "N x cost",
            LAST_RECEIVER_P99.label,
        ],
    );
    let time = |us| value(Quantity::Time, us);
    for party in &results.head.parties {
        let Some(order) = order(results, party) else {
            continue;
        };
        table.row([
            party.label.clone(),
            view::name(axis, order.index),
            time(order.cost_us),
            time(order.half_us()),
            marked(time(order.median_us), 0.5, order.events),
            time(order.whole_us()),
            marked(time(order.last_us), 0.99, order.events),
        ]);
    }
    (!table.rows.is_empty()).then_some(table)
}

/// The same in plain words; nothing where no cost is known.
pub fn explained(results: &SweepResults) -> Vec<String> {
    let parties = results.head.parties.iter();
    let found: Vec<String> = parties
        .filter_map(|party| Some(sentence(party, &order(results, party)?)))
        .collect();
    if found.is_empty() {
        return found;
    }
    let rule = "One server thread hands an event to its N clients one after another. Whoever is in the middle of that order \
                waits for N/2 deliveries, so the median latency is about N/2 times the cost of one, and the last waits for \
                all N. What the median leaves out is the place in the order, and that grows with every client.";
    [rule.to_owned()].into_iter().chain(found).collect()
}

fn sentence(party: &Party, order: &Order) -> String {
    let time = |us| value(Quantity::Time, us);
    let clients = value(Quantity::Count, order.clients);
    let arithmetic = format!(
        "{}: {clients} clients at {} each are {} for half of them, {} for all",
        party.label,
        time(order.cost_us),
        time(order.half_us()),
        time(order.whole_us())
    );
    let measured = format!(
        "measured are {} (median) and {} (last receiver, p99)",
        marked(time(order.median_us), 0.5, order.events),
        marked(time(order.last_us), 0.99, order.events)
    );
    if order.rest_us > order.half_us() {
        return format!(
            "{arithmetic}; {measured}. Its clients wait for something else first, {} in the median on an idle machine, so \
             the order explains little.",
            time(order.rest_us)
        );
    }
    let off = |measured: f64, law: f64| measured / law;
    let (median, last) = (
        off(order.median_us, order.half_us()),
        off(order.last_us, order.whole_us()),
    );
    let close = |ratio: f64| (1.0 / CLOSE..=CLOSE).contains(&ratio);
    let verdict = match (close(median), close(last)) {
        (true, true) => "The order explains both.",
        (true, false) if last > 1.0 => {
            "The order explains the median; the slowest events took longer than their deliveries."
        }
        (false, _) if median > 1.0 => {
            "That is more than the order explains: bytes also wait for the reader, and for the other side's share of the machine."
        }
        _ => {
            "That is less than the order explains: part of the cost falls outside the fan-out, such as connecting."
        }
    };
    format!("{arithmetic}; {measured}. {verdict}")
}
