//! A drawing described by its data: points, what theory says about them, and where the eye should go. Sweeps and
//! experiments make plots; `chart` draws them all alike.

use super::results::Marker;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a number on an axis or in a table counts; decides its unit and its digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Quantity {
    /// Microseconds; shown as us, ms, s or min.
    Time,
    /// Bytes.
    Bytes,
    /// Bytes per second.
    BytesPerSecond,
    /// Bits per second.
    BitsPerSecond,
    /// Times per second.
    PerSecond,
    /// 0 to 1; shown in percent.
    Share,
    /// So many times as much.
    Ratio,
    /// A plain number.
    Count,
}

/// One axis.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PlotAxis {
    /// What it shows, without the unit: `mean age`, `poll interval`.
    pub title: String,
    pub quantity: Quantity,
    /// Logarithmic (all values are then above zero) or from zero in even steps.
    pub log: bool,
    /// Names instead of numbers: value 0 is the first. Empty for numbers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub names: Vec<String>,
}

/// One measured point.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PlotPoint {
    pub x: f64,
    pub y: f64,
    /// 95 % interval of `y`, where repeats give one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interval: Option<[f64; 2]>,
}

/// Points that belong together: a transport, a variant, a condition.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PlotSeries {
    pub label: String,
    /// `#rrggbb`.
    pub color: String,
    pub marker: Marker,
    /// In the order of the line that joins them.
    pub points: Vec<PlotPoint>,
    /// What the closed form says, `[x, y]` in order; drawn dashed. Empty where there is none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub theory: Vec<[f64; 2]>,
    /// A word beside a point of the same index, for example the setting behind it. Empty for none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub names: Vec<String>,
}

/// A straight line across the plot with a word on it, for example a published threshold.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PlotMark {
    /// A vertical line at this x.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub x: Option<f64>,
    /// Or a horizontal line at this y.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub y: Option<f64>,
    pub label: String,
}

/// Everything about one drawing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Plot {
    /// Short identifier, unique on its page.
    pub id: String,
    /// The question that the drawing answers.
    pub title: String,
    /// How to read it.
    pub reading: String,
    /// Type of the drawing and its finding with numbers, made from the data.
    pub alt: String,
    pub x: PlotAxis,
    pub y: PlotAxis,
    pub series: Vec<PlotSeries>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub marks: Vec<PlotMark>,
}
