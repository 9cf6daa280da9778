//! The strokes of a plot, from the back to the front: grid, marks, theory, lines, intervals, markers, words.

use super::super::canvas::{Align, Canvas, Point};
use super::super::labels::{Area, dotted, spread};
use super::super::nearby::Room;
use super::super::style::{
    GRID, INK, LABEL, MARGIN, MARKER, PLOT_BOTTOM, SOFT, STROKE, TEXT, WHITE, WIDTH,
};
use super::super::style::{color, leading, text_width, wrap};
use super::{Layout, NAMES, wide};
use crate::measure::plot::{Plot, PlotSeries};
use plotters::style::RGBColor;

/// Half the width of an interval's ends.
const CAP: i32 = 7;
/// What theory says is a broad pale band, so that a line on top of it hides nothing.
const BAND: u32 = 11;
/// The frontier.
const PATH: RGBColor = RGBColor(0xbb, 0xbb, 0xbb);
/// Words inside the plot may hide so many dots of lines.
const HIDDEN: usize = 2;

/// An explanation.
pub fn soft(canvas: &Canvas, at: Point, text: &str) {
    canvas.text(at, TEXT, Align::Left, SOFT, text);
}

/// A colour mixed with white: `share` of it is left.
pub(super) fn tint(RGBColor(r, g, b): RGBColor, share: f64) -> RGBColor {
    let mixed = |c: u8| (255.0 - (255.0 - f64::from(c)) * share).round() as u8;
    RGBColor(mixed(r), mixed(g), mixed(b))
}

impl Layout {
    pub(super) fn draw(&self, canvas: &Canvas, plot: &Plot, path: &[[f64; 2]]) {
        self.axes(canvas, plot);
        let mut room = Room {
            bounds: Area {
                left: self.left + 6,
                top: self.top - 8,
                right: self.right,
                bottom: PLOT_BOTTOM - 4,
            },
            taken: vec![],
            dots: vec![],
            markers: vec![],
        };
        self.marks(canvas, plot, &mut room);
        for piece in self.pieces(path.iter().map(|at| self.at(at[0], at[1]))) {
            room.dots.extend(dotted(&piece));
            canvas.line(piece, PATH, BAND);
        }
        for series in &plot.series {
            self.theory(canvas, series);
        }
        for (i, series) in plot.series.iter().enumerate() {
            // Lines on the same spot are drawn ever thinner, so that each stays visible beside the next.
            let later = plot.series[i + 1..].iter();
            let hiding = later.filter(|other| self.coincide(series, other)).count();
            let stroke = STROKE - 1 + 4 * hiding.min(3) as u32;
            self.lines(canvas, series, stroke, &mut room);
        }
        for series in &plot.series {
            self.points(canvas, series, &mut room);
        }
        self.axis_lines(canvas);
        if !path.is_empty() {
            self.better(canvas, &mut room);
        }
        self.names(canvas, plot, &mut room);
        self.words(canvas, plot, &mut room);
    }

    fn axes(&self, canvas: &Canvas, plot: &Plot) {
        let row = self.top - 34;
        let mut free = i32::MAX;
        for (part, text) in self.y.ticks(12) {
            let pad = self.pad_y();
            let height = f64::from(PLOT_BOTTOM - self.top - 2 * pad);
            let y = PLOT_BOTTOM - pad - (part * height).round() as i32;
            canvas.line(vec![(self.left, y), (self.right, y)], GRID, 1);
            let top = y - TEXT * 2 / 5;
            if top + TEXT + 2 <= free {
                let text = wrap(&text, TEXT, false, self.left - 10 - MARGIN, 1).join("");
                canvas.text((self.left - 10, top), TEXT, Align::Right, INK, &text);
                free = top;
            }
        }
        let ticks = self.x.ticks(12);
        let slot = (self.right - self.left) / ticks.len().max(1) as i32 - 10;
        let mut free = self.left - 60;
        for (part, text) in ticks {
            let pad = self.pad_x();
            let width = f64::from(self.right - self.left - 2 * pad);
            let x = self.left + pad + (part * width).round() as i32;
            let text = match &self.x {
                super::Scale::Names(_) => wrap(&text, TEXT, false, slot.max(60), 1).join(""),
                _ => text,
            };
            let half = wide(&text) / 2 + 1;
            canvas.line(vec![(x, self.top), (x, PLOT_BOTTOM)], GRID, 1);
            if x - half >= free && x + half <= WIDTH - MARGIN {
                canvas.text((x, PLOT_BOTTOM + 13), TEXT, Align::Middle, INK, &text);
                free = x + half + 12;
            }
        }
        let title = self.x.title(&plot.x.title);
        let title = wrap(&title, TEXT, false, self.right - MARGIN, 1).join("");
        let at = (self.right, PLOT_BOTTOM + 35);
        canvas.text(at, TEXT, Align::Right, INK, &title);
        let key = self.key(plot);
        let space = WIDTH - 2 * MARGIN - wide(&key) - 20;
        let title = wrap(&self.y.title(&plot.y.title), TEXT, false, space, 1).join("");
        canvas.text((MARGIN, row), TEXT, Align::Left, INK, &title);
        let at = (WIDTH - MARGIN, row);
        canvas.text(at, TEXT, Align::Right, SOFT, &key);
    }

    /// What bands and bars mean, where there are any.
    fn key(&self, plot: &Plot) -> String {
        let theory = plot.series.iter().any(|series| series.theory.len() > 1);
        let bars = plot
            .series
            .iter()
            .flat_map(|series| &series.points)
            .any(|point| point.interval.is_some());
        let words = [
            theory.then_some("pale dashes: predicted"),
            bars.then_some("bars: 95 % intervals"),
        ];
        words.into_iter().flatten().collect::<Vec<_>>().join("; ")
    }

    /// An arrow into the lower left corner, if that is empty.
    fn better(&self, canvas: &Canvas, room: &mut Room) {
        let tip = (self.left + 26, PLOT_BOTTOM - 24);
        let tail = (tip.0 + 56, tip.1 - 42);
        let width = text_width("better", LABEL, true);
        let area = Area {
            left: tip.0,
            top: tail.1 - leading(LABEL),
            right: tail.0 + width,
            bottom: tip.1,
        };
        if !room.is_empty(area) {
            return;
        }
        room.taken.push(area);
        canvas.line(vec![tail, tip], INK, STROKE - 1);
        canvas.line(
            vec![(tip.0 + 4, tip.1 - 15), tip, (tip.0 + 17, tip.1 - 1)],
            INK,
            STROKE - 1,
        );
        let at = (tail.0 + 4, tail.1 - LABEL + 4);
        canvas.bold(at, LABEL, Align::Left, INK, "better");
    }

    fn axis_lines(&self, canvas: &Canvas) {
        let corner = vec![
            (self.left, self.top),
            (self.left, PLOT_BOTTOM),
            (self.right, PLOT_BOTTOM),
        ];
        canvas.line(corner, INK, STROKE / 2);
    }

    fn marks(&self, canvas: &Canvas, plot: &Plot, room: &mut Room) {
        for mark in &plot.marks {
            let upright = mark.x.and_then(|x| self.x_at(x));
            let level = mark.y.and_then(|y| self.y_at(y));
            let line = match (upright, level) {
                (Some(x), _) => [(x, self.top), (x, PLOT_BOTTOM)],
                (None, Some(y)) => [(self.left, y), (self.right, y)],
                (None, None) => continue,
            };
            canvas.dashed(&line, INK, 2);
            room.dots.extend(dotted(&line));
        }
    }

    fn x_at(&self, x: f64) -> Option<i32> {
        let pad = self.pad_x();
        let width = f64::from(self.right - self.left - 2 * pad);
        Some(self.left + pad + (self.x.part(x)? * width).round() as i32)
    }

    fn y_at(&self, y: f64) -> Option<i32> {
        let pad = self.pad_y();
        let height = f64::from(PLOT_BOTTOM - self.top - 2 * pad);
        Some(PLOT_BOTTOM - pad - (self.y.part(y)? * height).round() as i32)
    }

    fn theory(&self, canvas: &Canvas, series: &PlotSeries) {
        let pale = tint(color(&series.color), 0.4);
        for piece in self.pieces(series.theory.iter().map(|at| self.at(at[0], at[1]))) {
            canvas.dashed(&piece, pale, BAND);
        }
    }

    /// Whether a line would hide another one most of the way.
    fn coincide(&self, one: &PlotSeries, other: &PlotSeries) -> bool {
        let ends = |series: &PlotSeries| -> Vec<Point> {
            let points = series.points.iter();
            points.filter_map(|point| self.point(point)).collect()
        };
        let (one, other) = (ends(one), ends(other));
        let near = |(x, y): &&Point| {
            let mut there = other.iter();
            there.any(|at| at.0 == *x && (at.1 - y).abs() < STROKE as i32)
        };
        2 * one.iter().filter(near).count() > one.len()
    }

    fn lines(&self, canvas: &Canvas, series: &PlotSeries, stroke: u32, room: &mut Room) {
        let named = matches!(self.x, super::Scale::Names(_));
        // Where a law is drawn finer than what was measured, it says what lies between; straight lines would deny it.
        if series.theory.len() > 2 * series.points.len() {
            let law = series.theory.iter().map(|at| self.at(at[0], at[1]));
            for piece in self.pieces(law) {
                room.dots.extend(dotted(&piece));
            }
            return;
        }
        for piece in self.pieces(series.points.iter().map(|point| self.point(point))) {
            // Between names there is nothing that a line could mean.
            if !named && piece.len() > 1 {
                room.dots.extend(dotted(&piece));
                canvas.line(piece, color(&series.color), stroke);
            }
        }
    }

    fn points(&self, canvas: &Canvas, series: &PlotSeries, room: &mut Room) {
        let ink = color(&series.color);
        for point in &series.points {
            let Some((x, y)) = self.point(point) else {
                continue;
            };
            let ends = point.interval.map(|ends| ends.map(|end| self.y_at(end)));
            if let Some([low, high]) = ends {
                // An end that has no place lies beyond the axis.
                let (low, high) = (low.unwrap_or(PLOT_BOTTOM), high.unwrap_or(y));
                if (low - high).abs() > 2 * MARKER {
                    canvas.line(vec![(x, low), (x, high)], ink, 2);
                    for end in [low, high] {
                        canvas.line(vec![(x - CAP, end), (x + CAP, end)], ink, 2);
                    }
                }
                room.dots.extend(dotted(&[(x, low), (x, high)]));
            }
            canvas.marker((x, y), series.marker, ink);
            room.dots.extend([(x, y); 2]);
            room.markers.push((x, y));
        }
    }

    /// The names of the series, beside the plot or beside their last point.
    fn names(&self, canvas: &Canvas, plot: &Plot, room: &mut Room) {
        let (mut beside, mut inside) = (vec![], vec![]);
        for series in &plot.series {
            match self.end(series) {
                Some(end) if self.is_beside(series) => beside.push((series, end)),
                Some(end) => inside.push((series, end)),
                None => {}
            }
        }
        for (series, end) in inside {
            let width = text_width(&series.label, LABEL, true);
            if let Some(area) = room.near(end, (width, leading(LABEL)), HIDDEN) {
                leader(canvas, end, area);
                // Without its marker, which would look like one more point.
                let (at, align) = hung(end, area);
                canvas.bold(at, LABEL, align, INK, &series.label);
            } else {
                beside.push((series, end));
            }
        }
        self.names_beside(canvas, &beside);
    }

    fn names_beside(&self, canvas: &Canvas, beside: &[(&PlotSeries, Point)]) {
        let left = self.right + 20;
        let width = (WIDTH - MARGIN - left).min(NAMES);
        if width < NAMES {
            return; // no column of names: the table has them
        }
        let broken = |lines: usize| {
            let wrapped = beside.iter().map(|(series, _)| {
                wrap(&series.label, LABEL, true, width - 3 * MARKER, lines).len() as i32
            });
            wrapped.max().unwrap_or(1).max(1) * leading(LABEL)
        };
        let space = PLOT_BOTTOM + 8 - (self.top - 10);
        let count = beside.len() as i32;
        let lines = if count * broken(2) <= space { 2 } else { 1 };
        let height = broken(lines);
        let fit = (space / height) as usize;
        let shown = &beside[..beside.len().min(fit)];
        let wanted: Vec<i32> = shown.iter().map(|(_, (_, y))| *y).collect();
        let tops = spread(&wanted, height, (self.top - 10, PLOT_BOTTOM + 8));
        for ((series, end), top) in shown.iter().zip(tops) {
            let from = (end.0 + MARKER + 3, end.1);
            let to = (left - 4, top + leading(LABEL) / 2 - 3);
            if (from.1 - to.1).abs() > 6 || to.0 - from.0 > 24 {
                canvas.line(vec![from, to], SOFT, 1);
            }
            let ink = color(&series.color);
            canvas.name((left, top), &series.label, series.marker, ink, width, lines);
        }
    }

    /// Marks and single points in words, as far as there is room.
    fn words(&self, canvas: &Canvas, plot: &Plot, room: &mut Room) {
        for mark in &plot.marks {
            let anchor = match (mark.x.and_then(|x| self.x_at(x)), mark.y) {
                (Some(x), _) => Some((x, self.top + 6)),
                (None, Some(y)) => self.y_at(y).map(|y| (self.right - 20, y)),
                _ => None,
            };
            if let Some(anchor) = anchor {
                self.word(canvas, room, anchor, &mark.label, HIDDEN);
            }
        }
        for series in &plot.series {
            for (point, name) in series.points.iter().zip(&series.names) {
                let anchor = self.point(point).filter(|_| !name.is_empty());
                if let Some(anchor) = anchor {
                    self.word(canvas, room, anchor, name, HIDDEN);
                }
            }
        }
    }

    fn word(&self, canvas: &Canvas, room: &mut Room, at: Point, text: &str, hidden: usize) {
        if let Some(area) = room.near(at, (wide(text), TEXT + 2), hidden) {
            leader(canvas, at, area);
            let (corner, align) = hung(at, area);
            canvas.text(corner, TEXT, align, INK, text);
        }
    }
}

/// Where words hang in their place: at the side of their point, because they are narrower than estimated.
fn hung((x, _): Point, area: Area) -> (Point, Align) {
    match area.right <= x {
        true => ((area.right, area.top), Align::Right),
        false => ((area.left, area.top), Align::Left),
    }
}

/// A thin line from the edge of a point's marker to its words, where they stand apart.
fn leader(canvas: &Canvas, (x, y): Point, area: Area) {
    let near = (
        x.clamp(area.left, area.right),
        y.clamp(area.top, area.bottom),
    );
    let (dx, dy) = (near.0 - x, near.1 - y);
    let far = dx.abs().max(dy.abs());
    if far > 16 {
        let from = (x + dx * (MARKER + 3) / far, y + dy * (MARKER + 3) / far);
        canvas.line(vec![from, near], WHITE, 3);
        canvas.line(vec![from, near], SOFT, 1);
    }
}
