//! A recording reduced to figures.

use super::ledger::Ledger;
use super::people_of;
use super::recorder::{self, Book, Expectation};
use super::results::{Figures, Mean, Percentiles};
use super::series::{SCREEN_POINTS, SCREEN_US, Series};

/// Points of the latency distribution that are kept.
const CDF_POINTS: usize = 400;
/// Ten steps to each tenfold of 1/(1-p). Renard's round numbers, so that p = 50, 90, 99 % are among them.
const SPECTRUM_STEPS: [f64; 10] = [1.0, 1.25, 1.6, 2.0, 2.5, 3.15, 4.0, 5.0, 6.3, 8.0];
/// The last 1/(1-p): 99.99 %.
const SPECTRUM_END: f64 = 1e4;

/// Counts over all clients.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counts {
    pub expected: u64,
    pub delivered: u64,
    pub superseded: u64,
    /// What snapshots stood for.
    pub in_snapshots: u64,
    pub duplicated: u64,
    pub out_of_order: u64,
    pub altered: u64,
}

impl Counts {
    /// Adds up what the clients saw.
    pub fn of(book: &Book) -> Self {
        let mut sum = Self::default();
        for client in &book.clients {
            sum.expected += client.expected;
            sum.delivered += client.delivered;
            sum.superseded += client.superseded;
            sum.in_snapshots += client.in_snapshots;
            sum.duplicated += client.duplicated;
            sum.out_of_order += client.out_of_order;
            sum.altered += client.altered;
        }
        sum
    }

    /// Whether every client saw exactly what it should: each event once, in order, unaltered (or
    /// superseded, for `latest`, or part of a snapshot).
    pub fn verified(&self) -> bool {
        self.delivered + self.superseded + self.in_snapshots == self.expected
            && self.duplicated + self.out_of_order + self.altered == 0
    }
}

/// What the run asked of the machine, by side, where the system tells.
#[derive(Debug, Clone, Copy, Default)]
pub struct Load {
    pub server: Side,
    pub clients: Side,
    /// Resident memory that the server's process gained with its connections, per connection, bytes.
    pub server_memory_bytes_per_connection: Option<f64>,
}

/// CPU time of one side.
#[derive(Debug, Clone, Copy, Default)]
pub struct Side {
    /// Of all its threads, from beginning to end.
    pub cpu_ns: Option<u64>,
    /// Of the thread that serves or follows, in the measured window, as a share of one core: 1 is a core that never
    /// rests.
    pub share: Option<f64>,
}

/// Whether there is anything to average: events of the measured window that were seen, or messages that people published.
/// Without them bytes per no event would look like a figure.
pub fn measured(book: &Book) -> bool {
    !book.latency_ns.is_empty() || book.upward.published > 0
}

/// The figures of a verified run.
pub fn figures(
    book: &Book,
    counts: &Counts,
    expectation: &Expectation,
    ledger: &Ledger,
    load: Load,
) -> Figures {
    let kept_up = (counts.delivered + counts.superseded).max(1) as f64;
    let bytes = ledger.to_bytes();
    let samples = book.latency_ns.len();
    let per_delivery = |ns: Option<u64>| ns.map(|ns| rounded(ns as f64 / 1e3 / kept_up));
    let (mut age_ns2, mut observed_ns, mut stale_ns) = (0, 0, 0);
    let mut first_ns = Vec::with_capacity(book.clients.len());
    for client in &book.clients {
        let (age, observed, stale) = client.screens();
        age_ns2 += age;
        observed_ns += observed;
        stale_ns += stale;
        if let (Some(dialled), Some(first)) = (client.dialled_ns, client.first_event_ns) {
            first_ns.push(first.saturating_sub(dialled));
        }
    }
    let shown_ns = (observed_ns > 0).then_some(observed_ns as f64);
    let first_sum: u64 = first_ns.iter().sum();
    Figures {
        latency_us: percentiles(book),
        latency_samples: samples,
        latency_events: book.events.seen(),
        age_us: shown_ns.map(|ns| Mean {
            mean: us(age_ns2 as f64 / ns),
        }),
        stale_share: shown_ns.map(|ns| rounded(stale_ns as f64 / ns)),
        first_event_us: Mean {
            mean: us(first_sum as f64 / first_ns.len().max(1) as f64),
        },
        requests: book.requests,
        empty_answers: book.empty_answers,
        connections: book.connections,
        packets: ledger.packets_up + ledger.packets_down,
        bytes,
        bytes_per_event: rounded(bytes.total as f64 / kept_up),
        server_cpu_us_per_delivery: per_delivery(load.server.cpu_ns),
        client_cpu_us_per_delivery: per_delivery(load.clients.cpu_ns),
        server_cpu_share: load.server.share.map(rounded),
        client_cpu_share: load.clients.share.map(rounded),
        server_memory_bytes_per_connection: load.server_memory_bytes_per_connection.map(rounded),
        last_receiver_us: book.events.last_receiver_us(),
        fan_out_spread_us: book.events.fan_out_spread_us(),
        intervals: book.events.intervals(),
        people: people_of::people(book, counts, expectation),
    }
}

/// The bounded series that charts are drawn from.
pub fn series(book: &Book, expectation: &Expectation, theory_cdf: Vec<[f64; 2]>) -> Series {
    let (from, to) = screen_window_ns(expectation);
    let first = book
        .watched_screen
        .iter()
        .rposition(|&(seen, _)| seen <= from)
        .unwrap_or(0);
    let screen = book.watched_screen[first..]
        .iter()
        .take_while(|&&(seen, _)| seen <= to)
        .take(SCREEN_POINTS)
        .map(|&(seen, born)| [seen / 1_000, born / 1_000])
        .collect();
    let said = book.upward.said_ns(expectation.watched());
    let said = said
        .filter(|(planned, _)| (from..to).contains(planned))
        .take(SCREEN_POINTS)
        .map(|(planned, judged)| [planned / 1_000, judged / 1_000])
        .collect();
    Series {
        said,
        latency_cdf: latency_cdf(book),
        theory_cdf,
        latency_spectrum: latency_spectrum(book),
        screen,
        packets: Vec::new(),
    }
}

/// The part of the measured window in which screens are kept.
fn screen_window_ns(expectation: &Expectation) -> (u64, u64) {
    let (from_ns, to_ns) = (expectation.from_ns, expectation.to_ns);
    (from_ns, to_ns.min(from_ns + SCREEN_US * 1_000))
}

/// What the events of a tape said while screens are kept, from the one before on.
pub fn feed_labels(
    expectation: &Expectation,
    label: impl Fn(&[u8]) -> String,
) -> Vec<(u64, String)> {
    // Where a client sees a part of the events, or nobody knows them beforehand, there is no one story to tell.
    if expectation.by_topic || expectation.open {
        return Vec::new();
    }
    let (from, to) = screen_window_ns(expectation);
    let events = &expectation.events;
    let first = events
        .iter()
        .rposition(|event| event.born_ns <= from)
        .unwrap_or(0);
    events[first..]
        .iter()
        .take_while(|event| event.born_ns <= to)
        .take(SCREEN_POINTS)
        .map(|event| (event.born_ns / 1_000, label(&event.payload)))
        .collect()
}

/// The measured distribution in at most `CDF_POINTS` rising steps, in one pass over the histogram.
fn latency_cdf(book: &Book) -> Vec<[f64; 2]> {
    let samples = book.latency_ns.len();
    if samples == 0 {
        return Vec::new();
    }
    let mut points = vec![[us(book.latency_min_ns as f64), 0.0]];
    let step = samples.div_ceil(CDF_POINTS as u64);
    let (mut below, mut next) = (0, step);
    for (value_ns, count) in recorder::recorded(&book.latency_ns) {
        below += count;
        if below >= next || below == samples {
            let value_ns = value_ns.clamp(book.latency_min_ns, book.latency_max_ns);
            points.push([us(value_ns as f64), rounded(below as f64 / samples as f64)]);
            next = below + step;
        }
    }
    points
}

/// The distribution at evenly spaced log 1/(1-p), as far as at least one delivery lies beyond.
fn latency_spectrum(book: &Book) -> Vec<[f64; 2]> {
    let end = SPECTRUM_END.min(book.latency_ns.len() as f64);
    let decades = [1.0, 1e1, 1e2, 1e3, 1e4];
    let shares: Vec<f64> = decades
        .iter()
        .flat_map(|decade| SPECTRUM_STEPS.map(|step| step * decade))
        .take_while(|&one_in| one_in <= end)
        .map(|one_in| 1.0 - 1.0 / one_in)
        .collect();
    let values_ns = recorder::quantiles(&book.latency_ns, &shares);
    // The buckets are 128 ns wide at 25 ms; the exact extremes bound what they round to.
    values_ns
        .iter()
        .zip(&shares)
        .map(|(&value_ns, &share)| {
            let value_ns = match share {
                0.0 => book.latency_min_ns,
                _ => value_ns.clamp(book.latency_min_ns, book.latency_max_ns),
            };
            [us(value_ns as f64), rounded(share)]
        })
        .collect()
}

/// The latencies of all deliveries in the window.
pub(super) fn percentiles(book: &Book) -> Percentiles {
    recorder::percentiles(
        &book.latency_ns,
        book.latency_min_ns,
        book.latency_max_ns,
        book.latency_sum_ns,
    )
}

/// Nanoseconds to microseconds, rounded to a tenth.
pub(super) fn us(ns: f64) -> f64 {
    (ns / 100.0).round() / 10.0
}

/// Fixed rounding, to six decimals, before anything is stored: figures are the same text everywhere.
pub fn rounded(value: f64) -> f64 {
    (value * 1e6).round() / 1e6
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::recorder::{Expected, Recorder};

    #[test]
    fn the_spectrum_ends_where_the_deliveries_do() {
        // A thousand events, the n-th seen after n milliseconds.
        const MS: u64 = 1_000_000;
        let events = (0..1_000).map(|n| Expected::tick(n * MS, bytes::Bytes::from_static(b"x")));
        let recorder = Recorder::new(Expectation::tape(events, 1));
        for n in 1..=1_000 {
            recorder.saw(0, Some(n), b"x", (n - 1) * MS + n * MS);
        }
        let spectrum = latency_spectrum(&recorder.close());
        assert_eq!(spectrum.len(), 31);
        assert_eq!(spectrum[0], [1_000.0, 0.0]);
        assert_eq!(spectrum[30][1], 0.999);
        for [us, share] in spectrum {
            let exact = (share * 1_000.0).max(1.0) * 1_000.0;
            assert!((us - exact).abs() <= 1_001.0, "{share}: {us}");
        }
    }

    #[test]
    fn labels_cover_what_screens_show() {
        const S: u64 = 1_000_000_000;
        let events = (0..200).map(|s: u64| Expected::tick(s * S, s.to_string().into()));
        let expectation = Expectation::tape(events, 1).measured(5 * S + 1, 100 * S);
        let labels = feed_labels(&expectation, |text| String::from_utf8_lossy(text).into());
        // From the one on show when the window opens, for a minute.
        assert_eq!(labels[0], (5_000_000, "5".into()));
        assert_eq!(labels.last(), Some(&(65_000_000, "65".into())));
    }
}
