//! The answer in one sentence.

use super::rank::{Ranked, TAIL, least_tail, names, p99};
use crate::chart::format;

/// Who is both fast and cheap, or what speed was paid with.
pub fn verdict(speed: &[Vec<Ranked>], cost: &[Vec<Ranked>]) -> String {
    let (fastest, cheapest) = (&speed[0], &cost[0]);
    let is_cheap = |fast: &&Ranked| cheapest.iter().any(|cheap| cheap.1.0.id == fast.1.0.id);
    let both: Vec<Ranked> = fastest.iter().filter(is_cheap).copied().collect();
    let tail = least_tail(fastest) * TAIL;
    let steady: Vec<Ranked> = both
        .iter()
        .filter(|entry| p99(entry) <= tail)
        .copied()
        .collect();
    let one_group = speed.len() == 1 && cost.len() == 1;
    if one_group && fastest.len() == 1 {
        return format!("{} was measured alone.", names(fastest));
    }
    if one_group && steady.len() == fastest.len() {
        return format!(
            "it made no difference to speed or bytes which was used: {} tied.",
            names(fastest)
        );
    }
    if !steady.is_empty() {
        return format!(
            "{}nothing beat {}, neither in speed nor in bytes.",
            lead(&steady, speed),
            names(&steady)
        );
    }
    if !both.is_empty() {
        return format!(
            "{} cost fewest bytes and tied for speed at the median, but not among the slowest events.",
            names(&both)
        );
    }
    // The best of each group at what the other group is best at: the fairest price of speed.
    let cost_of = |entry: &Ranked| entry.1.1.bytes_per_event;
    let delay_of = |entry: &Ranked| entry.1.1.latency_us.p50;
    let fast = fastest
        .iter()
        .min_by(|a, b| cost_of(a).total_cmp(&cost_of(b)))
        .unwrap_or(&fastest[0]);
    let cheap = cheapest
        .iter()
        .min_by(|a, b| delay_of(a).total_cmp(&delay_of(b)))
        .unwrap_or(&cheapest[0]);
    format!(
        "speed had a price: {} showed events {} sooner than {}, for {} the bytes.",
        fast.1.0.label,
        format::ratio(delay_of(cheap) / delay_of(fast)),
        cheap.1.0.label,
        format::ratio(cost_of(fast) / cost_of(cheap))
    )
}

/// How far ahead of the slowest the winners are, and for which share of its bytes.
fn lead(winners: &[Ranked], speed: &[Vec<Ranked>]) -> String {
    let Some((slow_us, (slowest, figures))) = speed[1..].last().and_then(|group| group.last())
    else {
        return String::new();
    };
    let fast_us = winners
        .iter()
        .map(|(_, (_, winner))| winner.latency_us.p50)
        .fold(0.0, f64::max);
    let bytes = winners
        .iter()
        .map(|(_, (_, winner))| winner.bytes_per_event)
        .fold(0.0, f64::max);
    format!(
        "{} showed events {} sooner than {} ({}), for {} of its bytes: ",
        names(winners),
        format::ratio(slow_us / fast_us),
        slowest.label,
        slowest.settings,
        format::percent(bytes / figures.bytes_per_event)
    )
}
