//! How many samples a percentile rests on. Clients on one feed see the same events, so events are counted, not
//! deliveries.

use super::figures;
use super::format::count;
use crate::measure::{ClassFigures, Results};

/// A percentile with fewer events than this beyond it is marked as rough.
const BEYOND: f64 = 10.0;

/// The highest percentile, as a share, that so many events bear out.
pub fn borne_out(events: u64) -> f64 {
    (1.0 - BEYOND / events as f64).max(0.0)
}

/// A percentile in words, with an asterisk where too few events lie beyond it; a dash if there was none at all.
pub fn marked(value: String, share: f64, events: u64) -> String {
    if events == 0 {
        return "-".into();
    }
    // A hair of tolerance: the tenth of 100 events is 10 of them.
    if share > borne_out(events) + 1e-9 {
        value + "*"
    } else {
        value
    }
}

/// What the asterisk means, if a 99th percentile of these results has one.
pub fn note(results: &Results) -> Option<String> {
    let events = results
        .transports
        .iter()
        .filter_map(figures)
        .map(|f| f.latency_events)
        .min()?;
    is_rough(events).then(|| {
        format!(
            "* Rough: fewer than 10 of the {} measured events lie beyond this percentile.",
            count(events)
        )
    })
}

/// The same for a table of several things, each with a number of its own: `(what they are, how many)`.
pub fn note_of(counted: impl Iterator<Item = (String, u64)>) -> Option<String> {
    let mut rough: Vec<(String, [u64; 2])> = vec![];
    for (what, n) in counted.filter(|(_, n)| *n > 0 && is_rough(*n)) {
        match rough.iter_mut().find(|(known, _)| *known == what) {
            Some((_, ends)) => *ends = [ends[0].min(n), ends[1].max(n)],
            None => rough.push((what, [n; 2])),
        }
    }
    let each = rough
        .iter()
        .map(|(what, [least, most])| match least == most {
            true => format!("{} {what}", count(*least)),
            false => format!("{} to {} {what}", count(*least), count(*most)),
        });
    let each: Vec<_> = each.collect();
    (!each.is_empty()).then(|| {
        format!(
            "* Rough: fewer than 10 lie beyond this percentile (of {}).",
            each.join(", ")
        )
    })
}

/// What [`note_of`] counts of a kind of message.
pub fn events(kind: &ClassFigures) -> (String, u64) {
    (format!("events of kind {}", kind.class), kind.events)
}

/// Whether a 99th percentile of so many events has an asterisk.
fn is_rough(events: u64) -> bool {
    borne_out(events) + 1e-9 < 0.99
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_events_must_lie_beyond() {
        let marked = |share, events| marked("1 s".into(), share, events);
        assert_eq!(marked(0.99, 1_000), "1 s");
        assert_eq!(marked(0.99, 999), "1 s*");
        assert_eq!(marked(0.9, 100), "1 s");
        assert_eq!(marked(0.5, 19), "1 s*");
        assert_eq!(marked(0.5, 0), "-");
        assert_eq!(borne_out(0), 0.0);
    }

    #[test]
    fn a_note_names_the_numbers_of_its_own_table() {
        let note = |counts: &[(&'static str, u64)]| {
            note_of(counts.iter().map(|&(what, n)| (what.into(), n)))
        };
        assert_eq!(note(&[("bid events", 1_000), ("price events", 0)]), None);
        let counts = [("bid events", 60), ("price events", 12), ("bid events", 90)];
        assert_eq!(
            note(&counts).as_deref(),
            Some(
                "* Rough: fewer than 10 lie beyond this percentile (of 60 to 90 bid events, 12 price events)."
            )
        );
    }
}
