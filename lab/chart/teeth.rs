//! What a screen showed over time, as the teeth of a sawtooth.

use super::figures;
use super::outages_watched;
use crate::measure::{Results, SCREEN_POINTS, SCREEN_US, TransportResult};

/// What is shown, and what is shown instead where updates are rare.
pub const WINDOW_US: u64 = 10_000_000;
const LONG_WINDOW_US: u64 = 30_000_000;
/// What is shown around an outage.
const BEFORE_US: u64 = 3_000_000;
const AFTER_US: u64 = 12_000_000;
/// Fewer drops than this make no sawtooth.
const FEW: usize = 4;

/// One transport and what one of its clients saw; no teeth where nothing is known.
pub struct Strip<'a> {
    pub transport: &'a TransportResult,
    pub teeth: Vec<Tooth>,
}

/// A stretch of time in which the screen shows the same event; microseconds from the start of what is shown.
pub struct Tooth {
    pub from: u64,
    pub to: u64,
    pub age_at_from: u64,
}

impl Tooth {
    /// Age grows by one second per second.
    pub fn age_at_to(&self) -> u64 {
        self.age_at_from.saturating_add(self.to - self.from)
    }
}

impl Strip<'_> {
    /// The highest age.
    pub fn oldest(&self) -> f64 {
        self.teeth.iter().map(Tooth::age_at_to).max().unwrap_or(0) as f64
    }

    /// The mean age over the teeth.
    pub fn mean(&self) -> Option<f64> {
        let time: u64 = self.teeth.iter().map(|tooth| tooth.to - tooth.from).sum();
        let area = |t: &Tooth| {
            (t.to - t.from) as f64 * (t.age_at_from as f64 + t.age_at_to() as f64) / 2.0
        };
        (time > 0).then(|| self.teeth.iter().map(area).sum::<f64>() / time as f64)
    }

    /// The mean over all clients and the whole window, which these few seconds only illustrate.
    pub fn mean_of_run(&self) -> Option<f64> {
        figures(self.transport)?.mean_age_us()
    }
}

/// A stretch of the measured window, in microseconds after the start of the run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stretch {
    pub from: u64,
    pub to: u64,
}

impl Stretch {
    /// At most so long, no longer than screens were kept.
    fn new(results: &Results, from: u64, length: u64) -> Self {
        let windows = &results.windows;
        let end = windows
            .measured_to_us
            .min(windows.measured_from_us.saturating_add(SCREEN_US));
        Self {
            from,
            to: from.saturating_add(length).min(end).max(from),
        }
    }

    /// The first outage whose way in and out is on the kept screens, with some time around it.
    fn around_outage(results: &Results) -> Option<Self> {
        if results.network == "loopback" {
            return None; // there is no line to cut
        }
        let start = results.windows.measured_from_us;
        outages_watched(results).find_map(|outage| {
            let [at, lasts] = [outage.at, outage.lasts].map(|span| span.as_nanos() / 1_000);
            let from = at.saturating_sub(BEFORE_US).max(start);
            let length = (at - from.min(at)).saturating_add(lasts.saturating_add(AFTER_US));
            let stretch = Self::new(results, from, length);
            (at >= start && stretch.to >= at.saturating_add(lasts)).then_some(stretch)
        })
    }
}

/// A strip for every transport, over a stretch in which something happens: an outage if there is one, else the
/// beginning.
pub fn strips(results: &Results) -> (Stretch, Vec<Strip<'_>>) {
    let strips = |stretch: Stretch| -> (Stretch, Vec<Strip>) {
        let strip = |transport| Strip {
            transport,
            teeth: teeth(transport, stretch),
        };
        (stretch, results.transports.iter().map(strip).collect())
    };
    if let Some(stretch) = Stretch::around_outage(results) {
        return strips(stretch);
    }
    let start = results.windows.measured_from_us;
    let (stretch, short) = strips(Stretch::new(results, start, WINDOW_US));
    let most = short
        .iter()
        .map(|strip| strip.teeth.len())
        .max()
        .unwrap_or(0);
    if most <= FEW {
        strips(Stretch::new(results, start, LONG_WINDOW_US))
    } else {
        (stretch, short)
    }
}

/// The teeth of one transport within a stretch.
fn teeth(transport: &TransportResult, stretch: Stretch) -> Vec<Tooth> {
    let Some(series) = figures(transport).and(transport.series.as_ref()) else {
        return vec![];
    };
    let mut teeth = vec![];
    // Of a very fast feed only the beginning was kept: what follows is not one long tooth.
    let full = series.screen.len() >= SCREEN_POINTS;
    for (i, &[seen, born]) in series.screen.iter().enumerate() {
        let after = if full { seen } else { u64::MAX };
        let next = series.screen.get(i + 1).map_or(after, |next| next[0]);
        let (start, end) = (seen.max(stretch.from), next.min(stretch.to));
        if start < end {
            teeth.push(Tooth {
                from: start - stretch.from,
                to: end - stretch.from,
                age_at_from: start.saturating_sub(born),
            });
        }
    }
    teeth
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::age_sawtooth;
    use crate::report::fixture;
    use crate::scenario::{Outage, Span};

    #[test]
    fn the_sawtooth_shows_the_outage() {
        let outage = |at: u64| Outage {
            at: Span::from_millis(at),
            lasts: Span::from_millis(5_000),
            client: None,
        };
        let mut results = fixture::ticker();
        let stretch = |results: &Results| {
            let stretch = strips(results).0;
            (stretch.from / 1_000, stretch.to / 1_000)
        };
        assert_eq!(stretch(&results), (5_000, 15_000));
        results.scenario.outages = vec![outage(2_000), outage(30_000)];
        assert_eq!(stretch(&results), (27_000, 47_000));
        let svg = age_sawtooth::chart(&results).svg;
        assert!(svg.contains("outage") && svg.contains("time since 22 s after measuring began"));
        // One that the kept screens do not show to its end, and one on a network that has no line.
        results.scenario.outages = vec![outage(62_000)];
        assert_eq!(stretch(&results), (5_000, 15_000));
        // One of a line whose screen is not kept.
        let another = Outage {
            client: Some(results.scenario.clients / 2 + 1),
            ..outage(30_000)
        };
        results.scenario.outages = vec![another];
        assert_eq!(stretch(&results), (5_000, 15_000));
        results.scenario.outages = vec![outage(30_000)];
        results.network = "loopback".into();
        assert_eq!(stretch(&results), (5_000, 15_000));
    }
}
