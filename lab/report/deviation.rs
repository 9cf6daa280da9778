//! Theory against measurement: for each prediction the measured value of the same figure, and how far apart they are.

use crate::chart::{figures, format};
use crate::measure::TransportResult;

/// One predicted figure and its measurement.
#[derive(Debug, Clone, PartialEq)]
pub struct Deviation {
    /// Path of the figure, as in `latency_us.mean`.
    pub figure: String,
    pub predicted: f64,
    pub measured: f64,
    /// How much more was measured than predicted, in percent of the prediction; none where nothing was predicted.
    pub percent: Option<f64>,
}

/// The figure that the ledger gives only indirectly: what an event costs once a connection stands.
const WITHOUT_SETUP: &str = "bytes_per_event_without_setup";

/// Figures that only whole numbers can be.
const COUNTS: [&str; 2] = ["requests", "empty_answers"];

/// All predictions of a transport that can be compared; none for an unverified one.
pub fn deviations(transport: &TransportResult) -> Vec<Deviation> {
    let Some(figures) = figures(transport) else {
        return vec![];
    };
    let Ok(tree) = serde_json::to_value(figures) else {
        return vec![];
    };
    let measured = |path: &str| {
        if path == WITHOUT_SETUP {
            let running = figures.bytes.total.saturating_sub(figures.bytes.setup);
            return (transport.kept_up() > 0).then(|| running as f64 / transport.kept_up() as f64);
        }
        path.split('.')
            .try_fold(&tree, |node, key| node.get(key))?
            .as_f64()
    };
    let compare = |(figure, &predicted): (&String, &f64)| {
        let measured = measured(figure)?;
        // Of a count that is less than one, all that can be seen is whether it is none.
        let predicted = if COUNTS.contains(&figure.as_str()) && predicted < 0.5 {
            0.0
        } else {
            predicted
        };
        let percent = match predicted {
            0.0 => (measured == 0.0).then_some(0.0),
            _ => Some((measured - predicted) / predicted * 100.0),
        };
        Some(Deviation {
            figure: figure.clone(),
            predicted,
            measured,
            percent,
        })
    };
    transport.theory.iter().filter_map(compare).collect()
}

impl Deviation {
    /// The figure in words.
    pub fn name(&self) -> String {
        figure_name(&self.figure)
    }

    /// Predicted and measured value in the figure's unit.
    pub fn values(&self) -> [String; 2] {
        [self.predicted, self.measured].map(|value| figure_value(&self.figure, value))
    }
}

/// Where figures of applications are.
const PEOPLE: &str = "people";

/// The figure with this path in words.
pub fn figure_name(figure: &str) -> String {
    let (first, rest) = figure.split_once('.').unwrap_or((figure, ""));
    if first == PEOPLE {
        let words = rest.replace("_us", "").replace(['.', '_'], " ");
        return match words.strip_prefix("classes ") {
            Some(kind) => format!("kind {kind}"),
            None => words,
        };
    }
    let what = match first {
        "latency_us" => "latency",
        "age_us" => "age",
        "first_event_us" => "time to the first event",
        "last_receiver_us" => "last receiver",
        "fan_out_spread_us" => "spread of the fan-out",
        "stale_share" => "time on a stale value",
        "bytes" => "bytes",
        "bytes_per_event" => "bytes per event",
        WITHOUT_SETUP => "bytes per event, set-up left out",
        other => &other.replace('_', " "),
    };
    if rest.is_empty() {
        what.into()
    } else {
        format!("{what}, {}", rest.replace(['.', '_'], " "))
    }
}

/// How far two values of the figure with this path are apart, in its unit; shares in points, since a difference in
/// percent could be taken for a share of one of them.
pub fn figure_difference(figure: &str, difference: f64) -> String {
    match is_share(figure) {
        true => format!("{:.2} points", 100.0 * difference),
        false => figure_value(figure, difference),
    }
}

fn is_share(figure: &str) -> bool {
    figure.ends_with(".within_budget") || figure.ends_with("_share")
}

/// A value of the figure with this path, in its unit.
pub fn figure_value(figure: &str, value: f64) -> String {
    if is_share(figure) {
        return format::percent(value);
    }
    let people = figure.strip_prefix(PEOPLE);
    match people.or(figure.split('.').next()) {
        Some(path) if people.is_some() && path.contains("_us") => format::time(value),
        Some(path) if people.is_some() && path.ends_with(".bytes") => format::bytes(value),
        Some(_) if people.is_some() => format::significant(value),
        Some(key) if key.ends_with("_us") || key.contains("_us_per_") => format::time(value),
        Some(key) if key.starts_with("bytes") => format::bytes(value),
        _ => format::significant(value),
    }
}
