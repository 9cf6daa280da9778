//! Horizontal bars of bytes, stacked by layer: one per transport, from 0, each layer labelled where it fits.

use super::canvas::{Align, Canvas};
use super::format::bytes;
use super::layers::Layer;
use super::plot::Plot;
use super::style::{INK, LABEL, MARGIN, MARKER, PLOT_BOTTOM, SMALL, TEXT, WIDTH};
use super::style::{color, leading, text_width, ticks, wrap};
use crate::measure::{Bytes, TransportResult};

const LEFT: i32 = 260;
/// The longest bar ends in this range, so that what follows it finds room.
const RIGHT: (i32, i32) = (700, 1040);
/// Between a bar and its total.
const GAP: i32 = 14;
const TOP: i32 = 134;

/// One row.
pub struct Bar<'a> {
    pub transport: &'a TransportResult,
    /// What the bar is made of, or why there is none.
    pub bytes: Result<Share, String>,
    /// Follows the total.
    pub note: String,
}

impl Bar<'_> {
    /// What stands at the end of the bar.
    fn total(&self) -> String {
        let total = |share: &Share| format!("{}{}", bytes(share.total()), self.note);
        self.bytes.as_ref().map_or(String::new(), total)
    }
}

/// Bytes shared out over a number of something.
#[derive(Clone, Copy)]
pub struct Share {
    pub bytes: Bytes,
    pub among: f64,
}

impl Share {
    /// One layer, for one of them.
    pub fn of(&self, layer: &Layer) -> f64 {
        (layer.of)(&self.bytes) as f64 / self.among
    }

    /// All layers, for one of them.
    pub fn total(&self) -> f64 {
        self.bytes.total as f64 / self.among
    }
}

/// Draws the bars with the title of their axis, in which `{unit}` stands for the unit.
pub fn draw(canvas: &Canvas, layers: &[&Layer], bars: &[Bar], title: &str) {
    let largest = bars
        .iter()
        .filter_map(|bar| bar.bytes.as_ref().ok())
        .map(Share::total)
        .fold(0.0, f64::max);
    let (unit, unit_name) = match largest {
        b if b < 10e3 => (1.0, "B"),
        b if b < 10e6 => (1e3, "kB of 1000 B"),
        b if b < 10e9 => (1e6, "MB of 1000 kB"),
        _ => (1e9, "GB of 1000 MB"),
    };
    // The axis ends with the longest bar, not with the next round number: the space is needed for totals.
    let x_max = if largest > 0.0 {
        largest
    } else {
        ticks(largest, 8).0.last().map_or(1.0, |last| *last)
    };
    let widest = bars
        .iter()
        .map(|bar| text_width(&bar.total(), LABEL, true))
        .max()
        .unwrap_or(0);
    let right = (WIDTH - MARGIN - GAP - widest).clamp(RIGHT.0, RIGHT.1);
    let plot = Plot {
        left: LEFT,
        top: TOP,
        right,
        bottom: PLOT_BOTTOM,
        x_max,
        y_max: 1.0,
    };
    let title = wrap(
        &title.replace("{unit}", unit_name),
        TEXT,
        false,
        right - MARGIN,
        1,
    );
    plot.x_axis(canvas, 8, unit, title.first().map_or("", String::as_str));
    draw_key(canvas, layers);
    let pitch = (PLOT_BOTTOM - TOP) / bars.len().max(1) as i32;
    for (i, bar) in bars.iter().enumerate() {
        let middle = TOP + i as i32 * pitch + pitch / 2;
        draw_row(canvas, layers, &plot, bar, middle, (pitch * 7 / 10).min(84));
    }
    plot.axes(canvas);
}

/// One key for all bars, in the order of the layers.
fn draw_key(canvas: &Canvas, layers: &[&Layer]) {
    let mut x = LEFT;
    for layer in layers {
        canvas.rect((x, 92), (x + 26, 114), layer.fill);
        canvas.frame((x, 92), (x + 26, 114), INK);
        canvas.text((x + 36, 96), TEXT, Align::Left, INK, layer.name);
        x += 36 + text_width(layer.name, TEXT, false) + 24;
    }
}

fn draw_row(canvas: &Canvas, layers: &[&Layer], plot: &Plot, bar: &Bar, middle: i32, height: i32) {
    let (top, bottom) = (middle - height / 2, middle + height / 2);
    row_name(canvas, bar.transport, middle, LEFT - MARGIN - 16);
    let share = match &bar.bytes {
        Ok(share) => share,
        Err(why) => {
            for text in wrap(why, TEXT, false, WIDTH - MARGIN - LEFT - 16, 1) {
                canvas.text(
                    (LEFT + 16, middle - TEXT / 2),
                    TEXT,
                    Align::Left,
                    INK,
                    &text,
                );
            }
            return;
        }
    };
    let (mut sum, mut left) = (0.0, plot.left);
    for layer in layers {
        sum += share.of(layer);
        let right = plot.at(sum, 0.0).0.min(plot.right);
        if right > left {
            canvas.rect((left, top), (right, bottom), layer.fill);
            // Grey print needs a border where two light layers meet.
            canvas.line(vec![(right, top), (right, bottom)], INK, 1);
            draw_in_bar(
                canvas,
                layer,
                &bytes(share.of(layer)),
                (left, right),
                middle,
                height,
            );
        }
        left = right;
    }
    canvas.frame((plot.left, top), (left, bottom), INK);
    canvas.bold(
        (left + GAP, middle - LABEL / 2 + 2),
        LABEL,
        Align::Left,
        INK,
        &bar.total(),
    );
}

/// A transport's name left of its row, in at most two lines around `middle`.
pub fn row_name(canvas: &Canvas, transport: &TransportResult, middle: i32, width: i32) {
    let lines = wrap(&transport.label, LABEL, true, width - 3 * MARKER, 2).len();
    canvas.name(
        (MARGIN, middle - lines as i32 * leading(LABEL) / 2 + 4),
        &transport.label,
        transport.style.marker,
        color(&transport.style.color),
        width,
        2,
    );
}

/// Name and value of a layer inside its part of the bar, as far as they fit.
fn draw_in_bar(
    canvas: &Canvas,
    layer: &Layer,
    value: &str,
    (left, right): (i32, i32),
    middle: i32,
    height: i32,
) {
    let fits = |text: &str| text_width(text, SMALL, false) + 10 <= right - left;
    let center = (left + right) / 2;
    if fits(layer.name) && fits(value) && height >= 52 {
        canvas.text(
            (center, middle - leading(SMALL)),
            SMALL,
            Align::Middle,
            layer.ink,
            layer.name,
        );
        canvas.text((center, middle + 4), SMALL, Align::Middle, layer.ink, value);
    } else if fits(value) {
        canvas.text(
            (center, middle - SMALL / 2),
            SMALL,
            Align::Middle,
            layer.ink,
            value,
        );
    }
}
