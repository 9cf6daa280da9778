//! Why a poller breaks even where it does: what its bytes and the baseline's are made of there.

use crate::chart::format::significant;
use crate::measure::plot::Quantity;
use crate::measure::sweep::{BYTES_PER_SECOND, Party, SweepResults};

/// Texts that differ by less than this weigh the same on both sides.
const SAME: f64 = 0.05;
/// Nothing is explained unless the arithmetic meets the measured place this closely.
const CLOSE: f64 = 0.05;

/// IP bytes without connecting and closing, taken apart.
struct Load {
    /// Text of events, per event born.
    text: f64,
    /// All other bytes, per event born.
    rest: f64,
    /// All other bytes, per request.
    rest_of_request: f64,
}

/// The point of a line of points at which a transport's bytes are nearest to those of the baseline.
pub fn nearest(
    results: &SweepResults,
    party: &Party,
    baseline: &Party,
    points: impl Iterator<Item = Vec<usize>>,
) -> Option<Vec<usize>> {
    let off = |at: &[usize]| {
        let ratio = results.compare(party, baseline, at, &BYTES_PER_SECOND)?;
        Some(libm::log(ratio.ratio).abs())
    };
    points
        .filter_map(|at| Some((off(&at)?, at)))
        .min_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, at)| at)
}

/// What a question costs besides text, what a push does, and which texts they carry, at `points` beside the place where
/// the two cost equally much: `events` per poll.
pub fn why(
    results: &SweepResults,
    party: &Party,
    baseline: &Party,
    points: &[Vec<usize>],
    events: f64,
) -> Option<String> {
    let asking = load(results, party, points)?;
    let push = load(results, baseline, points)?;
    // Where little or nothing is known of texts there is nothing to explain.
    if push.text <= 0.0 || asking.text <= 0.0 {
        return None;
    }
    let same = (asking.text / push.text - 1.0).abs() < SAME;
    let saved = if same { 0.0 } else { push.text - asking.text };
    let law = asking.rest_of_request / (push.rest + saved);
    if (law / events - 1.0).abs() >= CLOSE {
        return None;
    }
    let bytes = |value| crate::chart::value(Quantity::Bytes, value);
    let mut said = format!(
        "Why there: besides texts, a question with its answer costs {} and an event by {} {}. For each event born {} \
         carries {} of text and {} {}",
        bytes(asking.rest_of_request),
        baseline.label,
        bytes(push.rest),
        party.label,
        bytes(asking.text),
        baseline.label,
        bytes(push.text),
    );
    said.push_str(match same {
        true => ": a poll brings all that it missed, and the texts weigh on both sides",
        false if asking.text < push.text => {
            ": a poll brings the newest alone, and the texts that it skips are saved as well"
        }
        false => "",
    });
    let whole = |value: f64| format!("{value:.0}");
    let under = match same {
        true => whole(push.rest),
        false => format!(
            "({} + {} - {})",
            whole(push.rest),
            whole(push.text),
            whole(asking.text)
        ),
    };
    Some(format!(
        "{said}: {} / {under} is {} events per poll.",
        whole(asking.rest_of_request),
        significant(law)
    ))
}

/// The mean over these points.
fn load(results: &SweepResults, party: &Party, points: &[Vec<usize>]) -> Option<Load> {
    let mut sum = Load {
        text: 0.0,
        rest: 0.0,
        rest_of_request: 0.0,
    };
    let mut runs = 0.0;
    for trial in points.iter().flat_map(|at| results.trials_at(party, at)) {
        let figures = trial.figures.as_ref()?;
        let bytes = &figures.bytes;
        let rest = bytes.total.checked_sub(bytes.setup + bytes.payload)? as f64;
        sum.text += bytes.payload as f64 / trial.expected.max(1) as f64;
        sum.rest += rest / trial.expected.max(1) as f64;
        sum.rest_of_request += rest / figures.requests.max(1) as f64;
        runs += 1.0;
    }
    (runs > 0.0).then_some(Load {
        text: sum.text / runs,
        rest: sum.rest / runs,
        rest_of_request: sum.rest_of_request / runs,
    })
}
