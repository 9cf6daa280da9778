//! Who is first, and who ties.

use crate::chart::format;
use crate::measure::{Figures, TransportResult};

/// Values this close (in relation to the smaller one) are a tie: less than a reader could act on.
pub const TIE: f64 = 0.05;
/// Slowest percent this much slower than another's is worth a sentence although the medians tie.
pub const TAIL: f64 = 1.25;

/// A verified transport that delivered something, with its figures.
pub type Entry<'a> = (&'a TransportResult, &'a Figures);
/// An entry and the value that it is ranked by.
pub type Ranked<'a> = (f64, Entry<'a>);

/// Groups of ties, the smallest values first.
pub fn ranked<'a>(entries: &[Entry<'a>], value: impl Fn(Entry) -> f64) -> Vec<Vec<Ranked<'a>>> {
    let mut sorted: Vec<Ranked> = entries.iter().map(|&entry| (value(entry), entry)).collect();
    sorted.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut groups: Vec<Vec<Ranked>> = vec![];
    for item in sorted {
        match groups.last_mut() {
            // The first of a group is its smallest as long as the group is being filled.
            Some(group) if item.0 <= group[0].0 * (1.0 + TIE) => group.push(item),
            _ => groups.push(vec![item]),
        }
    }
    // Who ties has no rank: their order is that of the tables.
    let place = |item: &Ranked| entries.iter().position(|(t, _)| t.id == item.1.0.id);
    for group in &mut groups {
        group.sort_by_key(place);
    }
    groups
}

/// The smallest value of a group.
pub fn least(group: &[Ranked]) -> f64 {
    group
        .iter()
        .map(|item| item.0)
        .fold(f64::INFINITY, f64::min)
}

/// `A`, `A and B`, `A, B and C`.
pub fn names(group: &[Ranked]) -> String {
    let labels: Vec<&str> = group
        .iter()
        .map(|(_, (transport, _))| transport.label.as_str())
        .collect();
    match labels.split_last() {
        Some((last, [])) => (*last).into(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
        None => String::new(),
    }
}

/// The 99th percentile of an entry, whatever it is ranked by.
pub fn p99(ranked: &Ranked) -> f64 {
    ranked.1.1.latency_us.p99
}

/// The smallest 99th percentile of a group.
pub fn least_tail(group: &[Ranked]) -> f64 {
    group.iter().map(p99).fold(f64::INFINITY, f64::min)
}

/// ` (21x)`: how many times as much.
pub fn times(value: f64, least: f64) -> String {
    if least > 0.0 {
        format!(" ({})", format::ratio(value / least))
    } else {
        String::new()
    }
}
