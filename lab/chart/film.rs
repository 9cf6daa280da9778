//! What every screen showed at the same few instants, beside what was true at the server.

use super::figures;
use super::teeth::{Stretch, strips};
use crate::measure::{Results, SCREEN_POINTS, Series, TransportResult};

/// Instants that are looked at.
const FRAMES: usize = 8;
/// Distances between them, in microseconds: the least that lets something happen from one to the next. None is a
/// multiple of a usual interval of events or polls: frames in step with either would all show the same phase of it.
const SPACINGS_US: [u64; 2] = [200_000, 700_000];
const LONGEST_US: u64 = 1_700_000;
/// Beginnings that are tried.
const STEP_US: u64 = 100_000;

/// Some instants, and what was on show at each.
pub struct Film<'a> {
    /// Microseconds after the start of the run.
    pub instants: Vec<u64>,
    /// The newest event that existed.
    pub truth: Vec<Option<Label<'a>>>,
    /// What one client of each transport showed; nothing where that is not known.
    pub screens: Vec<(&'a TransportResult, Option<Vec<Frame<'a>>>)>,
}

/// An event as a screen shows it.
#[derive(Clone, Copy)]
pub struct Label<'a> {
    number: usize,
    pub text: &'a str,
}

/// One screen at one instant.
pub struct Frame<'a> {
    pub shown: Option<Label<'a>>,
    /// How many events newer than the one shown exist; 0 where the screen shows what is true.
    pub behind: usize,
}

impl<'a> Film<'a> {
    /// The film of a typical stretch; none where the events' texts were not kept.
    ///
    /// Typical means: each screen is wrong about as often as over the whole window and all clients. Where several
    /// stretches are, the one with most events is taken, and of these the first.
    pub fn new(results: &'a Results) -> Option<Self> {
        let labels = &results.feed_labels;
        let (first, last) = (labels.first()?.0, labels.last()?.0);
        let gap = last.saturating_sub(first) / labels.len() as u64;
        let spacing = SPACINGS_US
            .into_iter()
            .find(|spacing| *spacing >= gap / 10 * 7)
            .unwrap_or(LONGEST_US);
        // Within the seconds that the sawtooth shows, so that one can be read beside the other.
        let (Stretch { from, mut to }, _) = strips(results);
        if labels.len() >= SCREEN_POINTS {
            to = to.min(last);
        }
        let from = from.max(first).max(Self::all_known(results));
        let length = spacing * (FRAMES as u64 - 1);
        let last_start = to.saturating_sub(length).max(from);
        let instants =
            |start: u64| (0..FRAMES as u64).map(move |i| start.saturating_add(i * spacing));
        (from..=last_start)
            .step_by(STEP_US as usize)
            .map(|start| Self::at(results, instants(start)))
            .enumerate()
            .min_by_key(|(i, film)| (film.oddity(), usize::MAX - film.events(), *i))
            .map(|(_, film)| film)
    }

    /// From when on every screen shows an event whose text was kept: what it showed before may be older.
    fn all_known(results: &Results) -> u64 {
        let first = results.feed_labels.first().map_or(0, |label| label.0);
        let known = |transport: &TransportResult| {
            let screen = &figures(transport).and(transport.series.as_ref())?.screen;
            let [seen, _] = screen.iter().find(|[_, born]| *born >= first)?;
            Some(*seen)
        };
        results
            .transports
            .iter()
            .filter_map(known)
            .max()
            .unwrap_or(0)
    }

    fn at(results: &'a Results, instants: impl Iterator<Item = u64>) -> Self {
        let instants: Vec<u64> = instants.collect();
        let truth: Vec<_> = instants
            .iter()
            .map(|&now| newest(&results.feed_labels, now))
            .collect();
        let screen = |transport: &'a TransportResult| {
            let series = figures(transport).and(transport.series.as_ref())?;
            (!series.screen.is_empty()).then_some(())?;
            let frames = instants
                .iter()
                .zip(&truth)
                .map(|(&now, truth)| Frame::new(shown(results, series, now), *truth));
            Some(frames.collect())
        };
        Self {
            screens: results.transports.iter().map(|t| (t, screen(t))).collect(),
            instants,
            truth,
        }
    }

    /// How far the film is from the run: wrong frames too many or too few, in hundredths.
    fn oddity(&self) -> u64 {
        let odd = |(transport, frames): &(&TransportResult, Option<Vec<Frame>>)| {
            let (figures, frames) = (figures(transport)?, frames.as_ref()?);
            let wrong = frames.iter().filter(|frame| frame.behind > 0).count() as f64;
            let stale = figures.stale_share? * FRAMES as f64;
            Some((100.0 * (wrong - stale).abs()) as u64)
        };
        self.screens.iter().filter_map(odd).sum()
    }

    /// Changes of the truth.
    fn events(&self) -> usize {
        let number = |label: &Option<Label>| label.map(|label| label.number);
        self.truth
            .windows(2)
            .filter(|pair| number(&pair[0]) != number(&pair[1]))
            .count()
    }
}

impl<'a> Frame<'a> {
    fn new(shown: Option<Label<'a>>, truth: Option<Label<'a>>) -> Self {
        let behind = match (shown, truth) {
            (_, None) => 0,
            (None, Some(truth)) => truth.number + 1,
            // The same text is right, even if it comes from an older event.
            (Some(shown), Some(truth)) if shown.text == truth.text => 0,
            (Some(shown), Some(truth)) => truth.number.saturating_sub(shown.number),
        };
        Self { shown, behind }
    }
}

/// The newest event at an instant.
fn newest(labels: &[(u64, String)], now: u64) -> Option<Label<'_>> {
    let number = labels
        .partition_point(|(born, _)| *born <= now)
        .checked_sub(1)?;
    Some(Label {
        number,
        text: &labels[number].1,
    })
}

/// What a screen shows at an instant.
fn shown<'a>(results: &'a Results, series: &Series, now: u64) -> Option<Label<'a>> {
    let at = series.screen.partition_point(|[seen, _]| *seen <= now);
    newest(&results.feed_labels, series.screen[at.checked_sub(1)?][1])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::fixture;

    #[test]
    fn frames_are_as_old_as_the_run_is() {
        let results = fixture::ticker();
        let film = Film::new(&results).unwrap();
        for (transport, frames) in &film.screens {
            let wrong = frames.as_ref().unwrap().iter().filter(|f| f.behind > 0);
            let stale = figures(transport).unwrap().stale_share.unwrap() * FRAMES as f64;
            assert!(
                (wrong.count() as f64 - stale).abs() <= 1.0,
                "{}",
                transport.id
            );
        }
    }

    #[test]
    fn a_screen_lags_by_the_events_it_has_not_seen() {
        let mut results = fixture::ticker();
        results.transports.truncate(1);
        // Born every second and seen 2.5 s later: from the third on a screen is two or three events behind.
        results.feed_labels = (0..40).map(|s| (s * 1_000_000, s.to_string())).collect();
        let series = results.transports[0].series.as_mut().unwrap();
        series.screen = (0..36)
            .map(|s| [s * 1_000_000 + 2_500_000, s * 1_000_000])
            .collect();
        let film = Film::new(&results).unwrap();
        for frame in film.screens[0].1.as_ref().unwrap() {
            assert!((2..=3).contains(&frame.behind), "{}", frame.behind);
        }
        // The same text is right, however old.
        results
            .feed_labels
            .iter_mut()
            .for_each(|label| label.1 = "1".into());
        let film = Film::new(&results).unwrap();
        let frames = film.screens[0].1.as_ref().unwrap();
        assert!(frames.iter().all(|frame| frame.behind == 0));
    }

    #[test]
    fn broken_files_break_nothing() {
        let mut results = fixture::damaged();
        results.feed_labels = vec![(u64::MAX, "x".into()), (0, String::new())];
        results.windows.measured_from_us = u64::MAX;
        assert!(Film::new(&results).is_some());
        results.feed_labels.clear();
        assert!(Film::new(&results).is_none());
    }
}
