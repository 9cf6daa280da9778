//! Where a number lies on an axis of a plot, and what stands beside it.

use super::super::format::significant;
use super::super::log_scale::LogScale;
use super::super::quantity::{number, unit, value};
use super::super::style::ticks;
use crate::measure::plot::{PlotAxis, Quantity};

/// Nothing smaller or larger has a place on a logarithmic axis.
const LEAST: f64 = 1e-12;
const MOST: f64 = 1e17;

/// One axis.
pub enum Scale {
    Log {
        scale: LogScale,
        quantity: Quantity,
    },
    /// From the first tick to the last one.
    Even {
        ticks: Vec<f64>,
        unit: (&'static str, f64),
        decimals: usize,
    },
    Names(Vec<String>),
}

impl Scale {
    /// An axis that holds all of these values, as far as it can.
    pub fn new(axis: &PlotAxis, values: impl Iterator<Item = f64>, wanted: usize) -> Self {
        if !axis.names.is_empty() {
            return Self::Names(axis.names.clone());
        }
        let (mut min, mut max) = (f64::INFINITY, f64::NEG_INFINITY);
        for value in values.filter(|value| has_place(axis.log, *value)) {
            (min, max) = (min.min(value), max.max(value));
        }
        if axis.log {
            let scale = match min <= max {
                true => LogScale::above(LEAST, min, max),
                false => LogScale::between(1.0, 10.0),
            };
            return Self::Log {
                scale,
                quantity: axis.quantity,
            };
        }
        let (min, max) = (min.min(0.0), max.max(0.0));
        let unit = unit(axis.quantity, max.max(-min));
        let (low, high) = (min / unit.1, max / unit.1);
        // Where all is nothing, any axis will do.
        let span = if high - low > 1e-9 { high - low } else { 1.0 };
        let (steps, decimals) = ticks(span, wanted);
        let step = steps[1];
        let first = (low / step + 1e-9).floor() as i64;
        let last = (((high / step) - 1e-9).ceil() as i64).max(first + 1);
        Self::Even {
            ticks: (first..=last).map(|i| i as f64 * step).collect(),
            unit,
            decimals,
        }
    }

    /// Where a value lies, 0 at the start and 1 at the end; nothing for what has no place.
    pub fn part(&self, value: f64) -> Option<f64> {
        match self {
            Self::Log { scale, .. } => has_place(true, value).then(|| scale.part(value)),
            Self::Even { ticks, unit, .. } => {
                let (first, last) = (ticks[0], ticks[ticks.len() - 1]);
                let part = (value / unit.1 - first) / (last - first);
                has_place(false, value).then(|| part.clamp(0.0, 1.0))
            }
            Self::Names(names) => {
                let whole = value.is_finite() && value >= 0.0 && value < names.len() as f64;
                whole.then(|| (value + 0.5) / names.len() as f64)
            }
        }
    }

    /// Places and texts, at most about `most`.
    pub fn ticks(&self, most: usize) -> Vec<(f64, String)> {
        match self {
            Self::Log { scale, quantity } => scale
                .ticks(most)
                .into_iter()
                .map(|tick| (scale.part(tick), value(*quantity, tick)))
                .collect(),
            Self::Even {
                ticks, decimals, ..
            } => ticks
                .iter()
                .zip(0..)
                .map(|(tick, i)| {
                    let part = f64::from(i) / (ticks.len() - 1) as f64;
                    (part, number(*tick, *decimals))
                })
                .collect(),
            Self::Names(names) => names
                .iter()
                .zip(0..)
                .map(|(name, i)| ((f64::from(i) + 0.5) / names.len() as f64, name.clone()))
                .collect(),
        }
    }

    /// The title with unit and kind.
    pub fn title(&self, title: &str) -> String {
        match self {
            Self::Log { .. } => format!("{title} (logarithmic)"),
            Self::Even { unit: ("", _), .. } | Self::Names(_) => title.to_owned(),
            Self::Even { unit, .. } if title.ends_with(unit.0) => title.to_owned(),
            Self::Even { unit, .. } => format!("{title} ({})", unit.0),
        }
    }

    /// How wide the place of one value is, as a share of the axis.
    pub fn slot(&self) -> f64 {
        match self {
            Self::Names(names) => 1.0 / names.len() as f64,
            _ => 0.0,
        }
    }
}

/// Whether an axis can show a value.
pub fn has_place(log: bool, value: f64) -> bool {
    match log {
        true => (LEAST..=MOST).contains(&value),
        false => value.abs() <= 1e12,
    }
}

/// A value for the table: named, or with its unit, or why it is not drawn.
pub fn cell(axis: &PlotAxis, number: f64) -> String {
    if !axis.names.is_empty() {
        let at = (number >= 0.0 && number.is_finite()).then_some(number as usize);
        let name = at.and_then(|at| axis.names.get(at)).cloned();
        return name.unwrap_or_else(|| significant(number));
    }
    match has_place(axis.log, number) {
        true => value(axis.quantity, number),
        false if !number.is_finite() => "none (not drawn)".into(),
        false if axis.log && number <= 0.0 => {
            format!(
                "{} (no place on a logarithmic axis)",
                value(axis.quantity, number)
            )
        }
        false => format!("{number:.1e} (outside the axis)"),
    }
}
