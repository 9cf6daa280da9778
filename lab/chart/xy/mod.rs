//! Draws any plot that is described by its data: points joined by lines, 95 % intervals, what theory says behind
//! them, and the names of all of it beside it.

mod paint;
mod scale;
mod table;
#[cfg(test)]
mod tests;

use super::canvas::{Canvas, Point};
use super::style::{MARGIN, PLOT_BOTTOM, TEXT, TITLE, WIDTH, text_width, wrap};
use super::{Chart, Table};
use crate::measure::plot::{Plot, PlotPoint, PlotSeries};
use scale::Scale;

/// Where names stand that have their line's end beside them.
const NAMES: i32 = 276;
/// How far the outermost values of an axis stay away from its ends.
const PAD: i32 = 14;

/// The plot as a chart. `footer` says where the numbers come from, in at most four lines.
pub fn xy(plot: &Plot, footer: &[String]) -> Chart {
    xy_over(plot, footer, &[])
}

/// The same with a broad path behind everything, the frontier, and an arrow to where the better choices would be.
pub(super) fn xy_over(plot: &Plot, footer: &[String], path: &[[f64; 2]]) -> Chart {
    let sheet = Layout::new(plot);
    chart(plot, footer, table::table(plot), |canvas| {
        sheet.draw(canvas, plot, path);
    })
}

/// Binds a drawing together with its words and numbers.
fn chart(plot: &Plot, footer: &[String], table: Table, draw: impl Fn(&Canvas)) -> Chart {
    let id = identifier(&plot.id);
    let width = WIDTH - 2 * MARGIN;
    let title = wrap(&plot.title, TITLE, true, width, 1).join("");
    let reading = lines_of_reading(&plot.reading);
    let first = reading.first().map_or("", String::as_str);
    let svg = Canvas::sheet(&id, &title, first, None, &plot.alt, footer, |canvas| {
        for (line, i) in reading.iter().zip(0..).skip(1) {
            paint::soft(canvas, (MARGIN, 58 + i * 22), line);
        }
        draw(canvas);
    });
    Chart {
        id: id.into(),
        title: plot.title.clone().into(),
        reading: plot.reading.clone().into(),
        alt: plot.alt.clone(),
        svg,
        table,
    }
}

fn lines_of_reading(reading: &str) -> Vec<String> {
    wrap(reading, TEXT, false, WIDTH - 2 * MARGIN, 2)
}

/// What may stand in an id of HTML and in the name of a file.
fn identifier(id: &str) -> String {
    let plain = |c: char| match c.is_ascii_alphanumeric() {
        true => c.to_ascii_lowercase(),
        false => '-',
    };
    id.chars().map(plain).collect()
}

/// Axes on the sheet.
struct Layout {
    left: i32,
    top: i32,
    right: i32,
    x: Scale,
    y: Scale,
    /// Whether all lines end at one value: there is no room for all names at that place, wherever it lies.
    fans_out: bool,
}

impl Layout {
    fn new(plot: &Plot) -> Self {
        let points = || plot.series.iter().flat_map(|series| &series.points);
        let theory = || plot.series.iter().flat_map(|series| &series.theory);
        let xs = points()
            .map(|point| point.x)
            .chain(theory().map(|at| at[0]))
            .chain(plot.marks.iter().filter_map(|mark| mark.x));
        let ys = points()
            .flat_map(|point| point.interval.into_iter().flatten().chain([point.y]))
            .chain(theory().map(|at| at[1]))
            .chain(plot.marks.iter().filter_map(|mark| mark.y));
        let (x, y) = (Scale::new(&plot.x, xs, 8), Scale::new(&plot.y, ys, 6));
        let widest = y.ticks(12).iter().map(|(_, text)| wide(text)).max();
        let lines = lines_of_reading(&plot.reading).len().max(1) as i32;
        let layout = Self {
            left: MARGIN + widest.unwrap_or(0).clamp(40, 220) + 14,
            top: 98 + lines * 22,
            right: WIDTH - MARGIN - 20 - NAMES,
            x,
            y,
            fans_out: fans_out(plot),
        };
        // Without a name beside the plot it has the whole sheet.
        match plot.series.iter().any(|series| layout.is_beside(series)) {
            true => layout,
            false => Self {
                right: WIDTH - MARGIN - 16,
                ..layout
            },
        }
    }

    /// Where a value lies on the sheet; nothing for what the axes cannot show.
    fn at(&self, x: f64, y: f64) -> Option<Point> {
        let place = |scale: &Scale, value: f64, from: i32, to: i32| {
            let part = scale.part(value)?;
            Some(from + (part * f64::from(to - from)).round() as i32)
        };
        let (side, end) = (self.pad_x(), self.pad_y());
        let x = place(&self.x, x, self.left + side, self.right - side)?;
        let up = place(&self.y, y, end, PLOT_BOTTOM - self.top - end)?;
        Some((x, PLOT_BOTTOM - up))
    }

    /// Markers keep away from the axis on the left and from the right edge.
    fn pad_x(&self) -> i32 {
        match self.x {
            Scale::Names(_) => 0,
            _ => PAD,
        }
    }

    /// Below and above they do only where there is no zero to stand on.
    fn pad_y(&self) -> i32 {
        match self.y {
            Scale::Log { .. } => PAD,
            _ => 0,
        }
    }

    fn point(&self, point: &PlotPoint) -> Option<Point> {
        self.at(point.x, point.y)
    }

    /// The line through points, in pieces: what has no place interrupts it.
    fn pieces(&self, points: impl Iterator<Item = Option<Point>>) -> Vec<Vec<Point>> {
        let mut pieces = vec![vec![]];
        for point in points {
            match (point, pieces.last_mut()) {
                (Some(point), Some(piece)) => piece.push(point),
                _ => pieces.push(vec![]),
            }
        }
        pieces.retain(|piece: &Vec<Point>| !piece.is_empty());
        pieces
    }

    /// The point of a series that its name belongs to: the last measured one, or the last that theory has.
    fn end(&self, series: &PlotSeries) -> Option<Point> {
        let measured = series.points.iter().rev().find_map(|p| self.point(p));
        let predicted = || series.theory.iter().rev().find_map(|p| self.at(p[0], p[1]));
        measured.or_else(predicted)
    }

    /// Whether the line ends so near the right edge that its name stands beside the plot.
    fn is_beside(&self, series: &PlotSeries) -> bool {
        if self.fans_out {
            return true;
        }
        let width = f64::from(self.right - self.left);
        let near = (width * self.x.slot().max(0.125)) as i32;
        self.end(series).is_some_and(|(x, _)| x > self.right - near)
    }
}

/// Whether there are several lines and all end at the same value.
fn fans_out(plot: &Plot) -> bool {
    let lines = || plot.series.iter().filter(|series| series.points.len() > 1);
    let mut ends = lines().filter_map(|series| series.points.last().map(|point| point.x));
    let first = ends.next();
    lines().count() > 2 && lines().count() == plot.series.len() && ends.all(|x| Some(x) == first)
}

fn wide(text: &str) -> i32 {
    text_width(text, TEXT, false)
}
