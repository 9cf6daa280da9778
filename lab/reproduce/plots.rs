//! The parts that the experiments' charts are made of.

use crate::measure::Marker;
use crate::measure::plot::{PlotAxis, PlotPoint, PlotSeries, Quantity};
use crate::transport::Entry;

/// An axis of numbers.
pub fn axis(title: &str, quantity: Quantity, log: bool) -> PlotAxis {
    PlotAxis {
        title: title.into(),
        quantity,
        log,
        names: Vec::new(),
    }
}

/// An axis of names.
pub fn names(title: &str, names: impl IntoIterator<Item = impl Into<String>>) -> PlotAxis {
    PlotAxis {
        names: names.into_iter().map(Into::into).collect(),
        ..axis(title, Quantity::Count, false)
    }
}

/// Points that belong together, in the colour and with the marker of a transport; those without a measurement are
/// left out. `theory` is drawn dashed.
pub fn series(
    entry: &Entry,
    label: &str,
    points: impl IntoIterator<Item = (f64, Option<f64>)>,
    theory: Vec<[f64; 2]>,
) -> PlotSeries {
    let style = entry.descriptor;
    variant(label, style.color, style.marker, points, theory)
}

/// The same for what is not a transport as it comes.
pub fn variant(
    label: &str,
    color: &str,
    marker: Marker,
    points: impl IntoIterator<Item = (f64, Option<f64>)>,
    theory: Vec<[f64; 2]>,
) -> PlotSeries {
    let point = |(x, y): (f64, Option<f64>)| {
        y.map(|y| PlotPoint {
            x,
            y,
            interval: None,
        })
    };
    PlotSeries {
        label: label.into(),
        color: color.into(),
        marker,
        points: points.into_iter().filter_map(point).collect(),
        theory,
        names: Vec::new(),
    }
}
