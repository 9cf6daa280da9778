//! How many samples a percentile rests on. Clients on one feed see the same events, so events are counted, not
//! deliveries.

use super::figures;
use super::format::count;
use crate::measure::Results;

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
    (borne_out(events) + 1e-9 < 0.99).then(|| {
        format!(
            "* Rough: fewer than 10 of the {} measured events lie beyond this percentile.",
            count(events)
        )
    })
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
}
