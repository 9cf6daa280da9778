//! Axes: a rectangle on the sheet in which values find their place.

use super::canvas::{Align, Canvas, Point};
use super::style::{GRID, INK, STROKE, TEXT, text_width, ticks};

/// A rectangle in which values from 0 to a maximum are drawn along both axes.
#[derive(Clone)]
pub struct Plot {
    pub left: i32,
    pub top: i32,
    pub right: i32,
    pub bottom: i32,
    pub x_max: f64,
    pub y_max: f64,
}

impl Plot {
    /// Where a value lies.
    pub fn at(&self, x: f64, y: f64) -> Point {
        // Clamped so that no value from a damaged file can leave the range of pixels.
        let part = |value: f64, max: f64, pixels: i32| {
            ((value / max).clamp(-1.0, 2.0) * f64::from(pixels)).round() as i32
        };
        let (width, height) = (self.right - self.left, self.bottom - self.top);
        (
            self.left + part(x, self.x_max, width),
            self.bottom - part(y, self.y_max, height),
        )
    }

    /// Vertical grid lines alone, for a plot above another one with the same axis.
    pub fn x_grid(&self, canvas: &Canvas, wanted: usize, unit: f64) {
        for (x, _) in self.x_ticks(wanted, unit) {
            canvas.line(vec![(x, self.top), (x, self.bottom)], GRID, 1);
        }
    }

    /// Vertical grid lines, the numbers below them and the title of the axis, in units of `unit`.
    pub fn x_axis(&self, canvas: &Canvas, wanted: usize, unit: f64, title: &str) {
        self.x_grid(canvas, wanted, unit);
        for (x, number) in self.x_ticks(wanted, unit) {
            canvas.text((x, self.bottom + 13), TEXT, Align::Middle, INK, &number);
        }
        canvas.text(
            (self.right, self.bottom + 35),
            TEXT,
            Align::Right,
            INK,
            title,
        );
    }

    /// Places and numbers along the x axis: as many as wanted, or as few as leave room for long numbers.
    fn x_ticks(&self, mut wanted: usize, unit: f64) -> Vec<(i32, String)> {
        loop {
            let (values, decimals) = ticks(self.x_max / unit, wanted);
            let tick = |value: f64| (self.at(value * unit, 0.0).0, format!("{value:.decimals$}"));
            let ticks: Vec<_> = values
                .into_iter()
                .filter(|v| v * unit <= self.x_max * 1.0001)
                .map(tick)
                .collect();
            let widest = ticks
                .iter()
                .map(|(_, number)| text_width(number, TEXT, false))
                .max()
                .unwrap_or(0);
            if wanted <= 1
                || ticks
                    .windows(2)
                    .all(|pair| pair[1].0 - pair[0].0 > widest + 12)
            {
                return ticks;
            }
            wanted /= 2;
        }
    }

    /// Horizontal grid lines and the numbers beside them, in units of `unit`.
    pub fn y_axis(&self, canvas: &Canvas, wanted: usize, unit: f64) {
        let (values, decimals) = ticks(self.y_max / unit, wanted);
        for value in values
            .into_iter()
            .filter(|value| value * unit <= self.y_max * 1.0001)
        {
            let (_, y) = self.at(0.0, value * unit);
            canvas.line(vec![(self.left, y), (self.right, y)], GRID, 1);
            let number = format!("{value:.decimals$}");
            canvas.text(
                (self.left - 10, y - TEXT * 2 / 5),
                TEXT,
                Align::Right,
                INK,
                &number,
            );
        }
    }

    /// The two axes themselves; drawn after the data so that nothing covers zero.
    pub fn axes(&self, canvas: &Canvas) {
        canvas.line(
            vec![
                (self.left, self.top),
                (self.left, self.bottom),
                (self.right, self.bottom),
            ],
            INK,
            STROKE / 2,
        );
    }
}
