//! Two sets of measurements side by side: what was set differently, and figure by figure how far apart they are, with
//! "not distinguishable" in words where the intervals overlap. Both sides are named points with figures and intervals;
//! a recording has one for each transport.

mod points;
mod terminal;
#[cfg(test)]
mod tests;

pub use points::{Measured, Point, Side};
pub use terminal::terminal;

use crate::measure::summary;
use serde::Serialize;

/// The value of [`Comparison::schema`].
const SCHEMA: &str = "pushlab/comparison";
/// The value of [`Comparison::version`].
const VERSION: u32 = 1;

/// The whole comparison: what `compare --json` prints.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Comparison {
    /// Always `pushlab/comparison`.
    pub schema: &'static str,
    pub version: u32,
    /// The commands that make both sides again.
    pub a: String,
    pub b: String,
    /// What a reader must know first: figures that lie on purpose.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
    /// What was set differently, field by field.
    pub settings: Vec<Setting>,
    /// The points of both sides, matched by their id, in the order of A.
    pub points: Vec<Pair>,
}

/// A setting that is not the same on both sides.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Setting {
    pub field: String,
    pub a: String,
    pub b: String,
}

/// One point on both sides.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Pair {
    pub id: String,
    pub label: String,
    /// Why there is nothing to compare, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
    pub figures: Vec<Difference>,
}

/// One figure on both sides.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Difference {
    /// Path of the figure, for example `latency_us.mean`.
    pub figure: String,
    pub a: f64,
    pub b: f64,
    /// B minus A.
    pub difference: f64,
    /// The same in percent of A; none where A is 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub percent: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interval_a: Option<[f64; 2]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interval_b: Option<[f64; 2]>,
    pub verdict: Verdict,
}

/// What a difference means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// The same number.
    Same,
    /// The 95 % intervals overlap.
    NotDistinguishable,
    /// They do not, and B is higher or lower.
    Higher,
    Lower,
    /// Counted exactly, for these two runs and no others.
    Counted,
    /// One run each, and no interval on at least one side.
    NoInterval,
}

impl Verdict {
    fn of(a: &Measured, b: &Measured) -> Self {
        match (a.interval, b.interval) {
            _ if a.value == b.value && a.interval == b.interval => Verdict::Same,
            (Some([_, high]), Some([low, _])) if high < low => Verdict::Higher,
            (Some([low, _]), Some([_, high])) if high < low => Verdict::Lower,
            (Some(_), Some(_)) => Verdict::NotDistinguishable,
            _ if a.exact && b.exact => Verdict::Counted,
            _ => Verdict::NoInterval,
        }
    }

    /// In words, about B.
    pub fn words(self) -> &'static str {
        match self {
            Verdict::Same => "the same",
            Verdict::NotDistinguishable => "not distinguishable",
            Verdict::Higher => "B is higher, intervals apart",
            Verdict::Lower => "B is lower, intervals apart",
            Verdict::Counted => "counts of these runs",
            Verdict::NoInterval => "one run each, no interval",
        }
    }
}

/// Compares B with A.
pub fn compare(a: &Side, b: &Side) -> Comparison {
    let both = a.points.iter().map(|point| {
        let other = b.points.iter().find(|other| other.id == point.id);
        other.map_or_else(|| alone(point, "A"), |other| pair(point, other))
    });
    let only_b = b
        .points
        .iter()
        .filter(|point| a.points.iter().all(|other| other.id != point.id))
        .map(|point| alone(point, "B"));
    Comparison {
        schema: SCHEMA,
        version: VERSION,
        a: a.command.clone(),
        b: b.command.clone(),
        warnings: [("A", a), ("B", b)]
            .into_iter()
            .filter_map(|(name, side)| Some(format!("{name} {}", side.lies.as_ref()?)))
            .collect(),
        settings: settings(a, b),
        points: both.chain(only_b).collect(),
    }
}

fn pair(a: &Point, b: &Point) -> Pair {
    let problems: Vec<_> = [("A", a), ("B", b)]
        .into_iter()
        .filter_map(|(side, point)| Some(format!("in {side} {}", point.problem.as_ref()?)))
        .collect();
    let difference = |a: &Measured| {
        let b = b.figures.iter().find(|b| b.figure == a.figure)?;
        let difference = b.value - a.value;
        Some(Difference {
            figure: a.figure.clone(),
            a: a.value,
            b: b.value,
            difference: summary::rounded(difference),
            percent: (a.value != 0.0).then(|| summary::rounded(difference / a.value.abs() * 100.0)),
            interval_a: a.interval,
            interval_b: b.interval,
            verdict: Verdict::of(a, b),
        })
    };
    Pair {
        id: a.id.clone(),
        label: a.label.clone(),
        figures: match problems.is_empty() {
            true => a.figures.iter().filter_map(difference).collect(),
            false => vec![],
        },
        problem: (!problems.is_empty()).then(|| problems.join("; ")),
    }
}

fn alone(point: &Point, side: &str) -> Pair {
    Pair {
        id: point.id.clone(),
        label: point.label.clone(),
        problem: Some(format!("only in {side}")),
        figures: vec![],
    }
}

/// What differs, in the order of A, then what only B has.
fn settings(a: &Side, b: &Side) -> Vec<Setting> {
    let value = |side: &Side, field: &str| {
        let found = side.settings.iter().find(|(name, _)| name == field);
        found.map_or_else(|| "not set".to_owned(), |(_, value)| value.clone())
    };
    let names = a.settings.iter().map(|(name, _)| name);
    let more = b.settings.iter().map(|(name, _)| name);
    let more = more.filter(|name| a.settings.iter().all(|(known, _)| known != *name));
    names
        .chain(more)
        .map(|field| Setting {
            field: field.clone(),
            a: value(a, field),
            b: value(b, field),
        })
        .filter(|setting| setting.a != setting.b)
        .collect()
}
