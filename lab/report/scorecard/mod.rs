//! Scenarios judged by their budgets: which transports meet them, and which setting to pick. It names budgets and costs,
//! never a winner. All words are made from the cards.

mod choice;
mod html;
#[cfg(test)]
mod tests;
mod text;
mod whole;
mod words;

pub use html::{html, html_beside_png};
pub use text::{markdown, terminal};
pub use whole::answer;

use crate::chart::Table;
use crate::chart::evidence::{self, marked};
use crate::chart::format::{percent, time};
use crate::chart::scorecard::{budget, worst};
use crate::measure::{Candidate, Card, ClassFigures, MET_SHARE, Scorecard};
use choice::{Cost, meeting, pick};

/// What the page is called.
pub const TITLE: &str = "Which one should I pick?";

/// What was found for a card, sentence by sentence.
fn sentences(card: &Card) -> Vec<String> {
    let mut said = vec![words::summary(card)];
    let picks = Cost::ALL.into_iter().filter_map(|cost| pick(card, cost));
    said.extend(picks.map(|pick| words::cheapest(card, &pick)));
    said.extend(words::polling(card));
    said.extend(words::stale(card));
    said
}

/// The costs that were measured at all.
fn priced(cards: &[Card]) -> Vec<Cost> {
    let has = |cost: &Cost| {
        let mut candidates = cards.iter().flat_map(|card| &card.candidates);
        candidates.any(|candidate| cost.of(candidate).is_some())
    };
    Cost::ALL.into_iter().filter(has).collect()
}

/// Who is cheapest in what, scenario by scenario.
fn decisions(scorecard: &Scorecard) -> Table {
    let costs = priced(&scorecard.cards);
    let titles: Vec<_> = costs
        .iter()
        .map(|cost| format!("Fewest {}", words::wanted(*cost)))
        .collect();
    let head: Vec<_> = ["Scenario", "Budget"]
        .into_iter()
        .chain(titles.iter().map(String::as_str))
        .collect();
    let mut table = Table::new(
        "What it costs per client and minute; connections per client",
        &head,
    );
    for card in &scorecard.cards {
        let start = [card.scenario.name.clone(), budget(&card.scenario)];
        if meeting(card).is_empty() {
            table.row(
                start
                    .into_iter()
                    .chain(["nothing that was run meets it".into()]),
            );
            continue;
        }
        let cell = |cost: &Cost| match pick(card, *cost) {
            Some(pick) => format!(
                "{}: {}",
                words::picked(card, &pick),
                words::price_of_all(&pick)
            ),
            None => "-".into(),
        };
        table.row(start.into_iter().chain(costs.iter().map(cell)));
    }
    table
}

/// The settings of each transport together, polls by their interval.
fn in_order(card: &Card) -> Vec<&Candidate> {
    let polls = choice::polls(card);
    let place = |one: &&Candidate| {
        let first = card.candidates.iter().position(|c| c.id == one.id);
        let poll = polls.iter().position(|(_, poll)| std::ptr::eq(*poll, *one));
        (first, poll)
    };
    let mut all: Vec<_> = card.candidates.iter().collect();
    all.sort_by_key(place);
    all
}

/// Everything that was run for a card.
fn settings(card: &Card) -> Table {
    let costs = priced(std::slice::from_ref(card));
    let stale = card.candidates.iter().any(|c| c.stale_share.is_some());
    let title = |cost: &Cost| match cost {
        Cost::Bytes => "Bytes per client and minute",
        Cost::Requests => "Requests per client and minute",
        Cost::Connections => "Connections per client",
        Cost::Cpu => "Server CPU per client and minute",
    };
    let in_time = |c: &Candidate| worst(c).is_some_and(|class| class.within_budget.is_some());
    let shared = card.candidates.iter().any(in_time);
    let mut head = vec!["Setting", "Budget", "99 % within"];
    if shared {
        head.push("In time");
    }
    head.extend(costs.iter().map(title));
    if stale {
        head.push("Refused as stale");
    }
    let mut table = Table::new(format!("{}: what was run", card.scenario.name), &head);
    for candidate in in_order(card) {
        let name = words::name(card, candidate);
        if !candidate.verified {
            let why = candidate
                .problem
                .as_deref()
                .unwrap_or("the counts are not what was expected");
            table.row([name, format!("not verified: {why}")]);
            continue;
        }
        let class = worst(candidate);
        let met = match candidate.met {
            Some(true) => "✓ met",
            Some(false) => "✗ NOT met",
            None => "-",
        };
        let p99 =
            |class: &ClassFigures| marked(time(class.latency_us.p99), MET_SHARE, class.events);
        let named = |class: &ClassFigures| match candidate.classes.len() {
            0 | 1 => p99(class),
            _ => format!("{} ({})", p99(class), class.class),
        };
        let share = |class: &ClassFigures| class.within_budget.map(percent);
        let dash = || "-".to_owned();
        let mut row = vec![name, met.into(), class.map_or_else(dash, named)];
        if shared {
            row.push(class.and_then(share).unwrap_or_else(dash));
        }
        let cell = |cost: &Cost| {
            cost.of(candidate)
                .map_or_else(dash, |value| words::price(*cost, value))
        };
        row.extend(costs.iter().map(cell));
        if stale {
            row.push(candidate.stale_share.map_or_else(dash, percent));
        }
        table.row(row);
    }
    table
}

/// What the asterisks in the table of settings mean, where there are any.
fn rough(card: &Card) -> Option<String> {
    let verified = card.candidates.iter().filter(|c| c.verified);
    evidence::note_of(verified.filter_map(worst).map(evidence::events))
}

/// The command that runs a card's scenario alone, with the whole report of each transport.
fn alone(scorecard: &Scorecard, card: &Card) -> String {
    let command = scorecard.command.replacen(" --scorecard", "", 1);
    match command.strip_prefix("pushlab run all") {
        Some(flags) => format!("pushlab run {}{flags}", card.scenario.name),
        None => command,
    }
}
