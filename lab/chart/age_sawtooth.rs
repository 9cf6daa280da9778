//! How old is what you see? The age of the newest value on one client's screen over a few seconds: it grows by one
//! second per second and drops when an update arrives. One strip per transport, all on the same axes.

use super::canvas::{Align, Canvas};
use super::ends::ends;
use super::format::{TimeUnit, count, nothing, percent, time};
use super::plot::Plot;
use super::style::{INK, LABEL, MARGIN, PLOT_BOTTOM, SHADE, SOFT, STROKE, TEXT, WIDTH};
use super::style::{color, leading, text_width, ticks, wrap};
use super::teeth::{Stretch, Strip, WINDOW_US, strips};
use super::{Chart, Sheet, Table, figures, not_verified, outages_watched};
use crate::measure::Results;

const SHEET: Sheet = Sheet {
    id: "age-sawtooth",
    title: "How old is what the screen shows?",
    reading: "Age of the newest value on one client's screen. It drops when an update arrives.",
};
const TOP: i32 = 104;
/// Between strips: the highest number of one must not touch the lowest of the next.
const GAP: i32 = 26;
const LEFT: i32 = 80;
const RIGHT: i32 = 960;

/// The chart.
pub fn chart(results: &Results) -> Chart {
    let (stretch, strips) = strips(results);
    let alt = alt(&strips);
    SHEET.chart(results, alt, table(&strips), |canvas| {
        draw(canvas, results, stretch, &strips)
    })
}

fn draw(canvas: &Canvas, results: &Results, stretch: Stretch, strips: &[Strip]) {
    let oldest = strips.iter().map(Strip::oldest).fold(0.0, f64::max);
    let unit = TimeUnit::for_max(oldest);
    let y_max = ticks(oldest / unit.us, 2)
        .0
        .last()
        .map_or(1.0, |last| last * unit.us);
    let end = strips
        .iter()
        .flat_map(|strip| strip.teeth.last())
        .map(|tooth| tooth.to)
        .max();
    let x_max = end.unwrap_or(WINDOW_US) as f64;
    let x_unit = TimeUnit::for_max(x_max);
    canvas.text(
        (MARGIN, TOP - 20),
        TEXT,
        Align::Left,
        SOFT,
        &format!("age ({})", unit.name),
    );

    let pitch = (PLOT_BOTTOM - TOP) / strips.len().max(1) as i32;
    for (i, strip) in strips.iter().enumerate() {
        let top = TOP + i as i32 * pitch + if i > 0 { GAP } else { 8 };
        let bottom = TOP + (i as i32 + 1) * pitch;
        let plot = Plot {
            left: LEFT,
            top,
            right: RIGHT,
            bottom,
            x_max,
            y_max,
        };
        plot.y_axis(canvas, if pitch > 70 { 2 } else { 1 }, unit.us);
        if i + 1 == strips.len() {
            let client = if results.scenario.clients == 1 {
                "the client"
            } else {
                "one client"
            };
            let start = match stretch.from - results.windows.measured_from_us.min(stretch.from) {
                0 => "measuring began".into(),
                us => format!("{} after measuring began", time(us as f64)),
            };
            let title = format!("time since {start} ({}), screen of {client}", x_unit.name);
            plot.x_axis(canvas, 10, x_unit.us, &title);
        } else {
            plot.x_grid(canvas, 10, x_unit.us);
        }
        draw_outages(canvas, results, stretch, &plot, i == 0);
        draw_strip(canvas, &plot, strip);
        plot.axes(canvas);
        draw_label(canvas, strip, top, bottom);
    }
}

/// Shades the time in which the line was cut; the first strip has room for its name.
fn draw_outages(
    canvas: &Canvas,
    results: &Results,
    stretch: Stretch,
    plot: &Plot,
    with_name: bool,
) {
    for outage in outages_watched(results) {
        if results.network == "loopback" {
            break; // there is no line to cut
        }
        let [at, lasts] = [outage.at, outage.lasts].map(|span| span.as_nanos() / 1_000);
        let (from, to) = (
            at.max(stretch.from),
            at.saturating_add(lasts).min(stretch.to),
        );
        if from >= to {
            continue;
        }
        let x = |us: u64| plot.at((us - stretch.from) as f64, 0.0).0;
        canvas.rect((x(from), plot.top), (x(to), plot.bottom), SHADE);
        if with_name && x(to) - x(from) > text_width("outage", TEXT, false) + 8 {
            let middle = ((x(from) + x(to)) / 2, TOP - 20);
            canvas.text(middle, TEXT, Align::Middle, SOFT, "outage");
        }
    }
}

fn draw_strip(canvas: &Canvas, plot: &Plot, strip: &Strip) {
    let ink = color(&strip.transport.style.color);
    let mut line = vec![];
    for tooth in &strip.teeth {
        line.push(plot.at(tooth.from as f64, tooth.age_at_from as f64));
        line.push(plot.at(tooth.to as f64, tooth.age_at_to() as f64));
    }
    line.dedup();
    let (Some(&(first, _)), Some(&(last, _))) = (line.first(), line.last()) else {
        let why = match figures(strip.transport) {
            Some(_) => "no series in this file".into(),
            None => not_verified(strip.transport),
        };
        for text in wrap(&why, TEXT, false, RIGHT - LEFT - 40, 1) {
            canvas.text(
                (LEFT + 20, (plot.top + plot.bottom - TEXT) / 2),
                TEXT,
                Align::Left,
                INK,
                &text,
            );
        }
        return;
    };
    let area = [(first, plot.bottom)]
        .into_iter()
        .chain(line.iter().copied())
        .chain([(last, plot.bottom)])
        .collect();
    canvas.shade(area, ink);
    canvas.line(line, ink, STROKE - 1);
    if let Some(mean) = strip.mean() {
        canvas.dashed(
            &[plot.at(0.0, mean), plot.at(plot.x_max, mean)],
            INK,
            STROKE - 1,
        );
    }
}

/// Name and means, right of a strip, as many lines as its height has room for.
fn draw_label(canvas: &Canvas, strip: &Strip, top: i32, bottom: i32) {
    let left = RIGHT + 20;
    let width = WIDTH - MARGIN - left;
    let ink = color(&strip.transport.style.color);
    let names = if bottom - top >= 2 * leading(LABEL) + 2 * leading(TEXT) {
        2
    } else {
        1
    };
    let mut y = canvas.name(
        (left, top),
        &strip.transport.label,
        strip.transport.style.marker,
        ink,
        width,
        names,
    );
    let here = strip
        .mean()
        .map(|mean| format!("mean {} (dashed)", time(mean)));
    let run = strip
        .mean_of_run()
        .map(|mean| format!("run, all clients: {}", time(mean)));
    for text in [here, run].into_iter().flatten() {
        if y + TEXT <= bottom {
            canvas.text((left, y), TEXT, Align::Left, INK, &text);
            y += leading(TEXT);
        }
    }
}

fn alt(strips: &[Strip]) -> String {
    let mut shown: Vec<(&str, f64)> = strips
        .iter()
        .filter_map(|strip| Some((strip.transport.label.as_str(), strip.mean()?)))
        .collect();
    shown.sort_by(|a, b| a.1.total_cmp(&b.1));
    let mut alt = "Sawtooth area charts, one per transport: the age of the newest value on a screen over time".to_owned();
    let ages: Vec<_> = shown
        .iter()
        .map(|&(label, age)| (label, time(age)))
        .collect();
    match &ends(&ages)[..] {
        [(young, least), (old, most)] => alt.push_str(&format!(
            ". The mean age here is {least} with {young} and {most} with {old}."
        )),
        [(all, same)] => alt.push_str(&format!(
            ". The mean age here is {same} with {all}, the oldest value shown {} old.",
            time(strips.iter().map(Strip::oldest).fold(0.0, f64::max))
        )),
        _ => alt.push_str(". It is empty: there are no verified screens to show."),
    }
    alt
}

fn table(strips: &[Strip]) -> Table {
    let head = [
        "Transport",
        "Values shown here",
        "Mean age here",
        "Oldest here",
        "Mean age, all clients, whole window",
        "Time on a stale value",
    ];
    let mut table = Table::new("Age of what the screen shows", &head);
    for strip in strips {
        let label = strip.transport.label.clone();
        let Some(f) = figures(strip.transport) else {
            table.row([label, not_verified(strip.transport)]);
            continue;
        };
        let here = match strip.mean() {
            Some(mean) => [
                count(strip.teeth.len() as u64),
                time(mean),
                time(strip.oldest()),
            ],
            None => [(); 3].map(|()| nothing()),
        };
        table.row([label].into_iter().chain(here).chain([
            f.mean_age_us().map_or_else(nothing, time),
            f.stale_share.map_or_else(nothing, percent),
        ]));
    }
    table
}
