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

/// The largest value of a group: what holds for all of it.
pub fn most(group: &[Ranked]) -> f64 {
    group.iter().map(|item| item.0).fold(0.0, f64::max)
}

/// One value for a whole group in words: `at most` where its members would not all print it.
pub fn for_all(group: &[Ranked], text: impl Fn(f64) -> String) -> String {
    let most = text(most(group));
    match group.iter().all(|item| text(item.0) == most) {
        true => most,
        false => format!("at most {most}"),
    }
}

/// `A`, `A and B`, `A, B and C`.
pub fn names(group: &[Ranked]) -> String {
    let labels: Vec<&str> = group
        .iter()
        .map(|(_, (transport, _))| transport.label.as_str())
        .collect();
    format::listed(&labels)
}

/// The 99th percentile of an entry, whatever it is ranked by.
pub fn p99(ranked: &Ranked) -> f64 {
    ranked.1.1.latency_us.p99
}

/// The smallest 99th percentile of a group.
pub fn least_tail(group: &[Ranked]) -> f64 {
    group.iter().map(p99).fold(f64::INFINITY, f64::min)
}

/// ` (21x)`: how many times as much as another value.
pub fn times(value: f64, other: f64) -> String {
    if other > 0.0 {
        format!(" ({})", format::ratio(value / other))
    } else {
        String::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::figures;
    use crate::report::fixture;

    #[test]
    fn what_is_said_of_a_group_holds_for_all_of_it() {
        let results = fixture::ticker();
        let entries = results.transports.iter();
        let entries: Vec<Entry> = entries.filter_map(|t| Some((t, figures(t)?))).collect();
        let value = |us: f64| [(us, entries[0]), (1.04 * us, entries[1])];
        assert_eq!(most(&value(30_800.0)), 32_032.0);
        assert_eq!(for_all(&value(30_800.0), format::time), "at most 32.0 ms");
        assert_eq!(for_all(&value(30_800.0)[..1], format::time), "30.8 ms");
        assert_eq!(for_all(&value(0.0), format::time), "0 µs");
    }
}
