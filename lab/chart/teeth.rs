//! What a screen showed over time, as the teeth of a sawtooth.

use super::figures;
use crate::measure::{Results, TransportResult};

/// What is shown, and what is shown instead where updates are rare.
pub const WINDOW_US: u64 = 10_000_000;
const LONG_WINDOW_US: u64 = 30_000_000;
/// Fewer drops than this make no sawtooth.
const FEW: usize = 4;

/// One transport and what one of its clients saw; no teeth where nothing is known.
pub struct Strip<'a> {
    pub transport: &'a TransportResult,
    pub teeth: Vec<Tooth>,
}

/// A stretch of time in which the screen shows the same event; microseconds from the start of the measured window.
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
        figures(self.transport).map(|figures| figures.age_us.mean)
    }
}

/// A strip for every transport, over a window in which something happens.
pub fn strips(results: &Results) -> Vec<Strip<'_>> {
    let from = results.windows.measured_from_us;
    let measured = results.windows.measured_to_us.saturating_sub(from);
    let strips = |window: u64| -> Vec<Strip> {
        let window = window.min(measured);
        results
            .transports
            .iter()
            .map(|transport| Strip {
                transport,
                teeth: teeth(transport, from, window),
            })
            .collect()
    };
    let short = strips(WINDOW_US);
    let most = short
        .iter()
        .map(|strip| strip.teeth.len())
        .max()
        .unwrap_or(0);
    if most <= FEW {
        strips(LONG_WINDOW_US)
    } else {
        short
    }
}

/// The teeth of one transport within `window` microseconds from `from`.
fn teeth(transport: &TransportResult, from: u64, window: u64) -> Vec<Tooth> {
    let Some(series) = figures(transport).and(transport.series.as_ref()) else {
        return vec![];
    };
    let mut teeth = vec![];
    for (i, &[seen, born]) in series.screen.iter().enumerate() {
        let next = series.screen.get(i + 1).map_or(u64::MAX, |next| next[0]);
        let (start, end) = (seen.max(from), next.min(from.saturating_add(window)));
        if start < end {
            teeth.push(Tooth {
                from: start - from,
                to: end - from,
                age_at_from: start.saturating_sub(born),
            });
        }
    }
    teeth
}
