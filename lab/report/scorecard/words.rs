//! What the choosing page says. Every sentence is made from the cards.

use super::choice::{CLOSE, Cost, Pick, meeting, nearest, pick, polls};
use crate::chart::format::{bytes, counted, percent, significant, spaced, time};
use crate::chart::scorecard::{budget, worst};
use crate::measure::{Candidate, Card};

/// A setting by its name: `Short polling every 5 s`, `WebSocket`.
pub fn name(card: &Card, candidate: &Candidate) -> String {
    let mut name = candidate.label.clone();
    let polled = polls(card)
        .into_iter()
        .find(|(_, one)| std::ptr::eq(*one, candidate));
    if let Some((interval, _)) = polled {
        name += &format!(" every {}", spaced(&interval.to_string()));
    }
    for (field, value) in candidate
        .with
        .iter()
        .filter(|(field, _)| *field != "poll_every")
    {
        let value = spaced(value);
        match field.as_str() {
            "batch_every" => name += &format!(" gathering for {value}"),
            _ => name += &format!(" with {field} {value}"),
        }
    }
    name
}

/// What is wanted little of, as the reader would put it.
pub fn wanted(cost: Cost) -> &'static str {
    match cost {
        Cost::Bytes => "bytes",
        Cost::Requests => "requests",
        Cost::Connections => "open connections",
        Cost::Cpu => "server CPU time",
    }
}

/// A price with its unit.
pub fn price(cost: Cost, value: f64) -> String {
    match cost {
        Cost::Bytes => bytes(value),
        Cost::Requests | Cost::Connections => significant(value),
        Cost::Cpu => time(value),
    }
}

/// What every picked setting costs: `at most` where they would not all print it.
pub fn price_of_all(pick: &Pick) -> String {
    let [least, within] = [pick.least, pick.within].map(|value| price(pick.cost, value));
    match least == within {
        true => within,
        false => format!("at most {within}"),
    }
}

/// `1.2 kB per client and minute`.
fn full_price(pick: &Pick) -> String {
    let (number, cost, value) = (price_of_all(pick), pick.cost, pick.within);
    match cost {
        Cost::Bytes => format!("{number} per client and minute"),
        Cost::Requests if number == "1" => "1 request per client and minute".into(),
        Cost::Requests if value == 0.0 => "none once connected".into(),
        Cost::Requests => format!("{number} requests per client and minute"),
        Cost::Connections => format!("{number} per client"),
        Cost::Cpu => format!("{number} of server CPU per client and minute"),
    }
}

/// `a, b and c`.
pub fn listed(names: &[String], word: &str) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} {word} {last}", first.join(", ")),
    }
}

/// A list that stays short.
fn cut(mut names: Vec<String>) -> Vec<String> {
    const SHOWN: usize = 4;
    if names.len() > SHOWN {
        let others = names.len() + 1 - SHOWN;
        names.truncate(SHOWN - 1);
        names.push(format!("{others} others"));
    }
    names
}

/// The picked settings in a few words; a long list of equals is cut.
pub fn picked(card: &Card, pick: &Pick) -> String {
    let names: Vec<_> = pick.tied.iter().map(|one| name(card, one)).collect();
    if pick.next.is_none() && names.len() > 1 {
        return format!("any of the {} that meet the budget", names.len());
    }
    listed(&cut(names), "or")
}

/// How two prices compare: `17 % more`, `4.2x as much`.
fn more(value: f64, least: f64) -> String {
    match value / least {
        ratio if !ratio.is_finite() => String::new(),
        ratio if ratio < 2.0 => format!(", {} more", percent(ratio - 1.0)),
        ratio => format!(", {} times as much", significant(ratio)),
    }
}

/// What is cheapest in one cost, and by how much.
pub fn cheapest(card: &Card, pick: &Pick) -> String {
    let what = wanted(pick.cost);
    let least = full_price(pick);
    let who = picked(card, pick);
    if meeting(card).len() == 1 {
        return format!("For {what} there is no choice: only {who} meets the budget ({least}).");
    }
    let Some((next, value)) = pick.next else {
        let same = pick.within == pick.least;
        let close = match same {
            true => "cost the same".to_owned(),
            false => format!("are within {} of each other", percent(CLOSE)),
        };
        return format!(
            "For {what} it is not worth a decision: all {} settings {close} ({least}).",
            pick.tied.len()
        );
    };
    let mut said = format!("Fewest {what}: {who}, {least}");
    if pick.cost == Cost::Cpu {
        said = format!("Least {what}: {who}, {least}");
    }
    if pick.tied.len() > 1 && pick.least > 0.0 {
        said += &format!(
            " (within {} of each other: not worth a decision)",
            percent(CLOSE)
        );
    }
    format!(
        "{said}. Next comes {} with {}{}.",
        name(card, next),
        price(pick.cost, value),
        more(value, pick.within)
    )
}

/// Whether polling is enough, and why, in numbers.
pub fn polling(card: &Card) -> Option<String> {
    let polls = polls(card);
    let label = &polls.first()?.1.label;
    let budget = budget(&card.scenario);
    let judged = polls.iter().filter(|(_, one)| one.verified);
    let judged: Vec<_> = judged
        .filter_map(|(every, one)| Some((every, one, worst(one)?)))
        .collect();
    let slowest = judged.iter().rfind(|(_, one, _)| one.met == Some(true));
    let text = |span: &crate::scenario::Span| spaced(&span.to_string());
    let Some((every, one, class)) = slowest else {
        let (every, _, class) = judged.first()?;
        let share = class
            .within_budget
            .map(|share| format!(", {} in time", percent(share)));
        return Some(format!(
            "{label} does not meet it ({budget}) at any interval that was run: every {}, the shortest, 99 % are there \
             within {}{}.",
            text(every),
            time(class.latency_us.p99),
            share.unwrap_or_default()
        ));
    };
    let mut said = format!(
        "{label} is enough: asking every {}, 99 % are there within {}, and {} may pass",
        text(every),
        time(class.latency_us.p99),
        class.budget_us.map_or_else(String::new, time)
    );
    let costs = one.costs.as_ref()?;
    said += &format!(
        "; that is {} and {} per client and minute.",
        match significant(costs.requests_per_client_minute) {
            one if one == "1" => "1 request".into(),
            more => format!("{more} requests"),
        },
        bytes(costs.bytes_per_client_minute)
    );
    let longer = judged
        .iter()
        .find(|(longer, one, _)| longer > every && one.met == Some(false));
    if let Some((longer, _, class)) = longer {
        let share = class
            .within_budget
            .map(|share| format!(" ({} in time)", percent(share)));
        said += &format!(
            " Every {} is too seldom: {}{}.",
            text(longer),
            time(class.latency_us.p99),
            share.unwrap_or_default()
        );
    }
    Some(said)
}

/// How many messages were refused because their sender decided on what was old, transport by transport.
pub fn stale(card: &Card) -> Option<String> {
    let own = card
        .candidates
        .iter()
        .filter(|c| c.with.is_empty() && c.verified);
    let shares = own.filter_map(|c| Some((c, c.stale_share?)));
    let shares: Vec<_> = shares.collect();
    if shares.iter().all(|(_, share)| *share == 0.0) {
        return None;
    }
    let each = shares
        .iter()
        .map(|(c, share)| format!("{} {}", name(card, c), percent(*share)));
    Some(format!(
        "Refused because the sender had not seen the latest ({}s): {}.",
        card.scenario.app.main_class(),
        each.collect::<Vec<_>>().join(", ")
    ))
}

/// How many settings meet the budget, and what comes nearest if none does.
pub fn summary(card: &Card) -> String {
    let (met, all) = (meeting(card).len(), card.candidates.len());
    let budget = budget(&card.scenario);
    if met > 0 {
        return format!(
            "{met} of {} meet the budget ({budget}).",
            counted(all as u64, "setting")
        );
    }
    let near = nearest(card).and_then(|one| Some((one, worst(one)?)));
    match near {
        None => format!(
            "None of {} was verified: nothing can be said.",
            counted(all as u64, "setting")
        ),
        Some((one, class)) => format!(
            "None of {} meets the budget ({budget}): {} comes nearest, with 99 % of {} within {}.",
            counted(all as u64, "setting"),
            name(card, one),
            class.class,
            time(class.latency_us.p99)
        ),
    }
}

/// One line of the decision list.
pub fn decision(card: &Card) -> String {
    let scenario = &card.scenario;
    let start = format!(
        "If your budget is that of {} ({})",
        scenario.name,
        budget(scenario)
    );
    let mut parts = vec![];
    for cost in Cost::ALL {
        let Some(pick) = pick(card, cost) else {
            continue;
        };
        // What is the same for all decides nothing.
        if pick.next.is_none() && meeting(card).len() > 1 {
            continue;
        }
        let verb = if cost == Cost::Cpu {
            "matters"
        } else {
            "matter"
        };
        parts.push(format!(
            "if {} {verb}: {} ({})",
            wanted(cost),
            picked(card, &pick),
            full_price(&pick)
        ));
    }
    match (meeting(card).len(), parts.is_empty()) {
        (0, _) => format!("{start}: nothing that was run meets it."),
        (1, _) => format!("{start}: only {} meets it.", name(card, meeting(card)[0])),
        (_, true) => {
            let names: Vec<_> = meeting(card).iter().map(|one| name(card, one)).collect();
            let either = listed(&cut(names), "or");
            format!(
                "{start}: {either}; no cost differs by more than {}.",
                percent(CLOSE)
            )
        }
        _ => format!("{start}, and {}.", parts.join("; ")),
    }
}
