//! How long from birth to screen? The share of deliveries at or below each latency: polling is a ramp, push a cliff.

use super::canvas::{Align, Canvas, Point};
use super::curve::{coincide, path, quantile, range};
use super::evidence::marked;
use super::format::{TimeUnit, count, time};
use super::labels::{Area, place};
use super::plot::Plot;
use super::style::{INK, LABEL, MARGIN, MARKER, PLOT_BOTTOM, SOFT, STROKE, TEXT, WHITE, WIDTH};
use super::style::{color, leading, text_width, wrap};
use super::{Chart, Sheet, Table, figures, not_verified};
use crate::measure::{Figures, Results, Series, TransportResult};

const SHEET: Sheet = Sheet {
    id: "latency-cdf",
    title: "How long until an event is on the screen?",
    reading: "Each line: share of deliveries seen within that time. Solid is measured, dashed is predicted.",
};
/// The same where no law predicts it.
const UNPREDICTED: Sheet = Sheet {
    reading: "Each line: share of deliveries seen within that time.",
    ..SHEET
};

/// The chart.
pub fn chart(results: &Results) -> Chart {
    let alt = alt(results);
    let predicted = drawable(results)
        .iter()
        .any(|(_, _, series)| !series.theory_cdf.is_empty());
    let sheet = if predicted { &SHEET } else { &UNPREDICTED };
    sheet.chart(results, alt, table(results), |canvas| draw(canvas, results))
}

type Drawn<'a> = (&'a TransportResult, &'a Figures, &'a Series);

/// Transports that have something to draw, with their figures and series.
fn drawable(results: &Results) -> Vec<Drawn<'_>> {
    let mut drawable = vec![];
    for transport in &results.transports {
        if let (Some(figures), Some(series)) = (figures(transport), &transport.series)
            && !series.latency_cdf.is_empty()
        {
            drawable.push((transport, figures, series));
        }
    }
    drawable
}

fn draw(canvas: &Canvas, results: &Results) {
    let drawn = drawable(results);
    let missing = results
        .transports
        .iter()
        .filter(|t| !drawn.iter().any(|(d, _, _)| d.id == t.id));
    let notes: Vec<String> = missing
        .map(|t| match figures(t) {
            Some(_) => format!("{}: no series in this file", t.label),
            None => format!("{}: {}", t.label, not_verified(t)),
        })
        .collect();
    if !notes.is_empty() {
        let note = format!("Not drawn: {}", notes.join("; "));
        for line in wrap(&note, TEXT, false, WIDTH - 280 - MARGIN, 1) {
            canvas.text((280, 86), TEXT, Align::Left, INK, &line);
        }
    }
    let figures_drawn: Vec<&Figures> = drawn.iter().map(|drawn| drawn.1).collect();
    let (x_max, slowest) = range(&figures_drawn);
    let plot = Plot {
        left: 80,
        top: 116,
        right: WIDTH - 30,
        bottom: PLOT_BOTTOM,
        x_max,
        y_max: 1.0,
    };
    let unit = TimeUnit::for_max(x_max);
    let title = match slowest {
        Some(us) => format!(
            "latency, from birth to screen ({}); axis cut, the slowest took {}",
            unit.name,
            time(us)
        ),
        None => format!("latency, from birth to screen ({})", unit.name),
    };
    canvas.text(
        (MARGIN, 86),
        TEXT,
        Align::Left,
        SOFT,
        "share of deliveries (%)",
    );
    plot.x_axis(canvas, 8, unit.us, &title);
    plot.y_axis(canvas, 5, 0.01);
    let paths: Vec<Vec<Point>> = drawn
        .iter()
        .map(|(_, _, series)| path(&plot, &series.latency_cdf))
        .collect();
    for (transport, _, series) in &drawn {
        canvas.dashed(
            &path(&plot, &series.theory_cdf),
            color(&transport.style.color),
            STROKE - 1,
        );
    }
    for (i, (transport, _, _)) in drawn.iter().enumerate() {
        // Lines on the same spot are drawn ever thinner, so that each stays visible beside the next.
        let later = paths[i + 1..]
            .iter()
            .filter(|other| coincide(&plot, &paths[i], other))
            .count()
            .min(3);
        canvas.line(
            paths[i].clone(),
            color(&transport.style.color),
            STROKE + 2 + 4 * later as u32,
        );
    }
    // Where prediction and measurement agree, white dashes show on the measured line.
    for (_, _, series) in &drawn {
        canvas.dashed(&path(&plot, &series.theory_cdf), WHITE, 2);
    }
    plot.axes(canvas);
    let anchors = label(canvas, &plot, &drawn, &paths);
    for (i, (transport, _, series)) in drawn.iter().enumerate() {
        // Each line at heights of its own, so that the markers of lines on one spot show side by side.
        for share in [0.2, 0.45, 0.7, 0.95].map(|share| share - 0.05 * (i % 4) as f64) {
            let Some(us) = quantile(&series.latency_cdf, share).filter(|us| *us <= x_max) else {
                continue;
            };
            let at = plot.at(us, share);
            let near = |anchor: &Point| {
                (anchor.1 - at.1).abs() < 3 * MARKER && (anchor.0 - at.0).abs() < 3 * MARKER
            };
            if !anchors.iter().any(near) {
                canvas.marker(at, transport.style.marker, color(&transport.style.color));
            }
        }
    }
    if drawn.is_empty() {
        canvas.bold(
            (WIDTH / 2, 320),
            LABEL,
            Align::Middle,
            INK,
            "Nothing to draw: no verified latencies.",
        );
    }
}

/// Names and two percentiles beside each line; returns the marked points that they belong to.
fn label(canvas: &Canvas, plot: &Plot, drawn: &[Drawn], paths: &[Vec<Point>]) -> Vec<Point> {
    let texts: Vec<(Vec<String>, String)> = drawn
        .iter()
        .map(|(transport, figures, _)| {
            let values = format!(
                "p50 {}, p99 {}",
                time(figures.latency_us.p50),
                marked(time(figures.latency_us.p99), 0.99, figures.latency_events)
            );
            (wrap(&transport.label, LABEL, true, 420, 1), values)
        })
        .collect();
    let sizes = |with_values: bool| -> Vec<(i32, i32)> {
        let size = |(names, values): &(Vec<String>, String)| {
            let name = names
                .first()
                .map_or(0, |name| text_width(name, LABEL, true));
            match with_values {
                true => (
                    name.max(text_width(values, TEXT, false)),
                    leading(LABEL) + leading(TEXT),
                ),
                false => (name, leading(LABEL)),
            }
        };
        texts.iter().map(size).collect()
    };
    let mut lines = paths.to_vec();
    lines.extend(
        drawn
            .iter()
            .map(|(_, _, series)| path(plot, &series.theory_cdf)),
    );
    let room = Area {
        left: plot.left + 8,
        top: plot.top + 8,
        right: plot.right - 4,
        bottom: plot.bottom - 8,
    };
    let mut places = place(room, &sizes(true), &lines);
    let with_values = places.iter().all(Option::is_some);
    if !with_values {
        // Too many lines for two rows of text each: the names matter more, and the table has the values.
        places = place(room, &sizes(false), &lines);
    }
    for ((placed, (names, values)), (transport, _, _)) in places.iter().zip(&texts).zip(drawn) {
        let Some(placed) = placed else { continue };
        let Area {
            left, top, right, ..
        } = placed.area;
        let ink = color(&transport.style.color);
        let (edge, end, align) = match placed.anchor.0 < left {
            true => (left, left - 6, Align::Left),
            false => (right, right + 6, Align::Right),
        };
        canvas.line(vec![placed.anchor, (end, placed.anchor.1)], ink, 2);
        canvas.marker(placed.anchor, transport.style.marker, ink);
        for name in names {
            canvas.bold((edge, top), LABEL, align, INK, name);
        }
        if with_values {
            canvas.text((edge, top + leading(LABEL)), TEXT, align, INK, values);
        }
    }
    places
        .iter()
        .flatten()
        .map(|placed| placed.anchor)
        .collect()
}

fn alt(results: &Results) -> String {
    let mut drawn = drawable(results);
    drawn.sort_by(|a, b| a.1.latency_us.p50.total_cmp(&b.1.latency_us.p50));
    let (Some((first, f, _)), Some((last, l, _))) = (drawn.first(), drawn.last()) else {
        return "Line chart of latency distributions. It is empty: no transport was verified."
            .into();
    };
    let within = |f: &Figures| {
        format!(
            "{} (99 % within {})",
            time(f.latency_us.p50),
            time(f.latency_us.p99)
        )
    };
    let mut alt = format!(
        "Line chart, one line per transport: the share of deliveries seen within a given time. {} shows half of them \
         within {}",
        first.label,
        within(f)
    );
    if first.id != last.id {
        alt.push_str(&format!(", {} within {}", last.label, within(l)));
    }
    alt + "."
}

fn table(results: &Results) -> Table {
    let head = [
        "Transport",
        "Fastest",
        "Mean",
        "p50",
        "p90",
        "p99",
        "p99.9",
        "Slowest",
        "Deliveries",
        "Events",
    ];
    let mut table = Table::new(
        "Latency from birth to screen (*: fewer than 10 events beyond)",
        &head,
    );
    for transport in &results.transports {
        let Some(f) = figures(transport) else {
            table.row([transport.label.clone(), not_verified(transport)]);
            continue;
        };
        let p = f.latency_us;
        let percentile = |(us, share)| marked(time(us), share, f.latency_events);
        let percentiles = [(p.p50, 0.5), (p.p90, 0.9), (p.p99, 0.99), (p.p999, 0.999)];
        let counts = [f.latency_samples, f.latency_events].map(count);
        table.row(
            [transport.label.clone()]
                .into_iter()
                .chain([p.min, p.mean].map(time))
                .chain(percentiles.map(percentile))
                .chain([time(p.max)])
                .chain(counts),
        );
    }
    table
}
