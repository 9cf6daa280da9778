//! What does one delivered event cost on the wire? IP bytes per event, split by layer, one bar per transport.

use super::canvas::{Align, Canvas};
use super::format::{bytes, ratio};
use super::layers::{Layer, layers, per_event, to_baseline};
use super::plot::Plot;
use super::style::{INK, LABEL, MARGIN, MARKER, PLOT_BOTTOM, SMALL, TEXT, WIDTH};
use super::style::{color, leading, text_width, ticks, wrap};
use super::{Chart, Table, figures, footer, not_verified};
use crate::measure::{Results, TransportResult};

const ID: &str = "byte-ledger";
const TITLE: &str = "What does one delivered event cost on the wire?";
const READING: &str =
    "IP bytes per delivered event, both directions, by layer. Empty answers count too.";
const LEFT: i32 = 260;
/// The longest bar ends here at the latest; its total follows.
const RIGHT: i32 = 1040;
const TOP: i32 = 134;

/// The chart.
pub fn chart(results: &Results) -> Chart {
    let alt = alt(results);
    let svg = Canvas::sheet(ID, TITLE, READING, &alt, &footer(results), |canvas| {
        draw(canvas, results)
    });
    Chart {
        id: ID,
        title: TITLE,
        reading: READING,
        alt,
        svg,
        table: table(results),
    }
}

fn draw(canvas: &Canvas, results: &Results) {
    let largest = results
        .transports
        .iter()
        .filter_map(per_event)
        .fold(0.0, f64::max);
    let (unit, unit_name) = match largest {
        b if b < 10e3 => (1.0, "B"),
        b if b < 10e6 => (1e3, "kB of 1000 B"),
        b if b < 10e9 => (1e6, "MB of 1000 kB"),
        _ => (1e9, "GB of 1000 MB"),
    };
    let (values, _) = ticks(largest / unit, 8);
    // The axis ends with the longest bar, not with the next round number: the space is needed for totals.
    let x_max = if largest > 0.0 {
        largest
    } else {
        values.last().map_or(1.0, |last| last * unit)
    };
    let plot = Plot {
        left: LEFT,
        top: TOP,
        right: RIGHT,
        bottom: PLOT_BOTTOM,
        x_max,
        y_max: 1.0,
    };
    let baseline = results
        .transports
        .iter()
        .find(|t| t.id == results.baseline)
        .filter(|t| per_event(t).is_some());
    let factors = baseline.map_or(String::new(), |t| {
        format!("; x: times as many as {}", t.label)
    });
    let title = format!("bytes per delivered event ({unit_name}){factors}");
    plot.x_axis(
        canvas,
        8,
        unit,
        wrap(&title, TEXT, false, RIGHT - MARGIN, 1)
            .first()
            .map_or("", String::as_str),
    );
    draw_key(canvas, &layers(results));
    let pitch = (PLOT_BOTTOM - TOP) / results.transports.len().max(1) as i32;
    for (i, transport) in results.transports.iter().enumerate() {
        let middle = TOP + i as i32 * pitch + pitch / 2;
        draw_row(
            canvas,
            results,
            &plot,
            transport,
            middle,
            (pitch * 7 / 10).min(84),
        );
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

fn draw_row(
    canvas: &Canvas,
    results: &Results,
    plot: &Plot,
    transport: &TransportResult,
    middle: i32,
    height: i32,
) {
    let (top, bottom) = (middle - height / 2, middle + height / 2);
    let ink = color(&transport.style.color);
    let width = LEFT - MARGIN - 16;
    let lines = wrap(&transport.label, LABEL, true, width - 3 * MARKER, 2).len();
    let name_top = middle - lines as i32 * leading(LABEL) / 2 + 4;
    canvas.name(
        (MARGIN, name_top),
        &transport.label,
        transport.style.marker,
        ink,
        width,
        2,
    );

    let (Some(figures), Some(total)) = (figures(transport), per_event(transport)) else {
        let why = if transport.verified {
            "nothing was delivered".into()
        } else {
            not_verified(transport)
        };
        for text in wrap(&why, TEXT, false, WIDTH - MARGIN - LEFT - 16, 1) {
            canvas.text(
                (LEFT + 16, middle - TEXT / 2),
                TEXT,
                Align::Left,
                INK,
                &text,
            );
        }
        return;
    };
    let (mut sum, mut left) = (0.0, plot.left);
    for layer in layers(results) {
        let layer_bytes = (layer.of)(&figures.bytes);
        sum += layer_bytes as f64;
        let right = plot
            .at(sum / transport.delivered as f64, 0.0)
            .0
            .min(plot.right);
        if right > left {
            canvas.rect((left, top), (right, bottom), layer.fill);
            // Grey print needs a border where two light layers meet.
            canvas.line(vec![(right, top), (right, bottom)], INK, 1);
            let value = bytes(layer_bytes as f64 / transport.delivered as f64);
            draw_in_bar(canvas, layer, &value, (left, right), middle, height);
        }
        left = right;
    }
    canvas.frame((plot.left, top), (left, bottom), INK);
    let factor =
        to_baseline(results, total).map_or(String::new(), |factor| format!(", {}", ratio(factor)));
    canvas.bold(
        (left + 14, middle - LABEL / 2 + 2),
        LABEL,
        Align::Left,
        INK,
        &format!("{}{factor}", bytes(total)),
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

fn alt(results: &Results) -> String {
    let mut bars: Vec<(&TransportResult, f64)> = results
        .transports
        .iter()
        .filter_map(|t| per_event(t).map(|bytes| (t, bytes)))
        .collect();
    bars.sort_by(|a, b| a.1.total_cmp(&b.1));
    let mut alt =
        "Stacked bar chart of IP bytes per delivered event by layer, one bar per transport"
            .to_owned();
    let payload = |t: &TransportResult| {
        figures(t).map_or(0.0, |f| f.bytes.payload as f64 / t.delivered as f64)
    };
    match (bars.first(), bars.last()) {
        (Some(least), Some(most)) if bars.len() > 1 => alt.push_str(&format!(
            ". {} costs least with {}, {} most with {}; the payload is {}.",
            least.0.label,
            bytes(least.1),
            most.0.label,
            bytes(most.1),
            bytes(payload(least.0))
        )),
        (Some(only), _) => alt.push_str(&format!(
            ". {} costs {}, of which {} are payload.",
            only.0.label,
            bytes(only.1),
            bytes(payload(only.0))
        )),
        _ => alt.push_str(". It is empty: no transport was verified."),
    }
    alt
}

pub fn table(results: &Results) -> Table {
    let layers = layers(results);
    let mut head = vec!["Transport"];
    head.extend(layers.iter().map(|layer| layer.name));
    head.extend(["total", "x baseline"]);
    let mut table = Table::new("IP bytes per delivered event, by layer", &head);
    for transport in &results.transports {
        let (Some(figures), Some(total)) = (figures(transport), per_event(transport)) else {
            let why = if transport.verified {
                "nothing was delivered".into()
            } else {
                not_verified(transport)
            };
            table.row([transport.label.clone(), why]);
            continue;
        };
        let values = layers
            .iter()
            .map(|layer| bytes((layer.of)(&figures.bytes) as f64 / transport.delivered as f64));
        let factor = to_baseline(results, total).map_or("-".into(), ratio);
        table.row(
            [transport.label.clone()]
                .into_iter()
                .chain(values)
                .chain([bytes(total), factor]),
        );
    }
    table
}
