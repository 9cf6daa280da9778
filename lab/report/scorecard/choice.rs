//! Which settings meet a budget, and which of these is cheapest in what: arithmetic without words.

use crate::chart::scorecard::worst;
use crate::measure::{Candidate, Card, CardCosts};
use crate::scenario::Span;

/// Costs that are closer than this share to the least are not worth a decision.
pub const CLOSE: f64 = 0.05;

/// Something that one may want little of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cost {
    Bytes,
    Requests,
    Connections,
    Cpu,
}

impl Cost {
    pub const ALL: [Cost; 4] = [Cost::Bytes, Cost::Requests, Cost::Connections, Cost::Cpu];

    /// What a setting costs, where it was measured.
    pub fn of(self, candidate: &Candidate) -> Option<f64> {
        let costs: &CardCosts = candidate.costs.as_ref().filter(|_| candidate.verified)?;
        match self {
            Cost::Bytes => Some(costs.bytes_per_client_minute),
            Cost::Requests => Some(costs.requests_per_client_minute),
            Cost::Connections => Some(costs.connections_per_client),
            Cost::Cpu => costs.server_cpu_us_per_client_minute,
        }
    }
}

/// The settings that meet every budget, in the order of the card.
pub fn meeting(card: &Card) -> Vec<&Candidate> {
    let meets = |c: &&Candidate| c.verified && c.met == Some(true) && c.costs.is_some();
    card.candidates.iter().filter(meets).collect()
}

/// The cheapest of the settings that meet the budget, in one cost.
#[derive(Debug)]
pub struct Pick<'a> {
    pub cost: Cost,
    /// The cheapest one first, then those that are too close to it for a decision.
    pub tied: Vec<&'a Candidate>,
    pub least: f64,
    /// What the dearest of these costs: what holds for all of them.
    pub within: f64,
    /// The cheapest of all others that meet the budget.
    pub next: Option<(&'a Candidate, f64)>,
}

/// The pick for a cost; nothing if no setting meets the budget, or the cost was not measured.
pub fn pick(card: &Card, cost: Cost) -> Option<Pick<'_>> {
    let priced = meeting(card).into_iter();
    let mut priced: Vec<_> = priced
        .filter_map(|one| Some((one, cost.of(one)?)))
        .collect();
    // Stable: among equals the order of the card decides, and they are all named.
    priced.sort_by(|a, b| a.1.total_cmp(&b.1));
    let (_, least) = *priced.first()?;
    let close = |price: f64| price <= least * (1.0 + CLOSE);
    let next = priced.iter().find(|(_, price)| !close(*price)).copied();
    let tied: Vec<_> = priced
        .into_iter()
        .filter(|(_, price)| close(*price))
        .collect();
    Some(Pick {
        cost,
        within: tied.last().map_or(least, |(_, price)| *price),
        tied: tied.into_iter().map(|(candidate, _)| candidate).collect(),
        least,
        next,
    })
}

/// Polls of one transport at all intervals that were run, rising.
pub fn polls<'a>(card: &'a Card) -> Vec<(Span, &'a Candidate)> {
    let interval = |candidate: &Candidate| candidate.with.get("poll_every")?.parse().ok();
    // Whoever was run at other intervals asks on a timer, at the scenario's own interval too.
    let asks = |id: &str| {
        card.candidates
            .iter()
            .any(|c| c.id == id && interval(c).is_some())
    };
    let mut polls: Vec<(Span, &'a Candidate)> = card
        .candidates
        .iter()
        .filter(|candidate| asks(&candidate.id))
        .map(|candidate| {
            (
                interval(candidate).unwrap_or(card.scenario.poll_every),
                candidate,
            )
        })
        .collect();
    polls.sort_by_key(|(interval, _)| *interval);
    polls
}

/// The setting that comes closest to its budget, where none meets it.
pub fn nearest(card: &Card) -> Option<&Candidate> {
    let strain = |candidate: &Candidate| {
        let class = worst(candidate)?;
        Some(class.latency_us.p99 / class.budget_us?)
    };
    let judged = card.candidates.iter().filter(|c| c.verified);
    judged
        .filter_map(|candidate| Some((candidate, strain(candidate)?)))
        .min_by(|a, b| a.1.total_cmp(&b.1))
        .map(|(candidate, _)| candidate)
}
