//! How bad is the tail? Latency by percentile, the axis stretched towards 100 %: each tenfold of 1/(1-p) takes the
//! same room, so one event in a thousand is as visible as one in ten.

use super::canvas::{Align, Canvas, Point};
use super::evidence::{borne_out, marked};
use super::format::{count, percent, time};
use super::labels::spread;
use super::style::{
    INK, LABEL, MARGIN, MARKER, PLOT_BOTTOM, SHADE, STROKE, TEXT, WIDTH, color, leading, wrap,
};
use super::tail::{Axes, LEFT, RIGHT, TOP, Tail, coincide, cut, tails};
use super::{Chart, Sheet, Table, figures, not_verified};
use crate::measure::Results;

const SHEET: Sheet = Sheet {
    id: "percentile-spectrum",
    title: "How late are the latest?",
    reading: "Latency that a given share of deliveries stays within. The axis stretches the last per cent.",
};
/// The chart.
pub fn chart(results: &Results) -> Chart {
    let alt = alt(results);
    SHEET.chart(results, alt, table(results), |canvas| draw(canvas, results))
}

fn draw(canvas: &Canvas, results: &Results) {
    let tails = tails(results);
    not_drawn(canvas, results, &tails);
    if tails.is_empty() {
        let nothing = "Nothing to draw: no verified latencies.";
        canvas.bold((WIDTH / 2, 320), LABEL, Align::Middle, INK, nothing);
        return;
    }
    let axes = Axes::new(&tails);
    draw_evidence(canvas, &axes, &tails);
    axes.draw(canvas);
    let paths: Vec<Vec<Point>> = tails
        .iter()
        .map(|tail| tail.points.iter().map(|&point| axes.at(point)).collect())
        .collect();
    for (i, tail) in tails.iter().enumerate() {
        let ink = color(&tail.transport.style.color);
        // Lines on the same spot are drawn ever thinner, so that each stays visible beside the next.
        let later = paths[i + 1..]
            .iter()
            .filter(|other| coincide(&paths[i], other))
            .count()
            .min(3);
        let limit = axes.borne_out(tail.figures.latency_events);
        let (sure, rough) = cut(&paths[i], limit);
        canvas.line(rough, ink, 2 + 3 * later as u32);
        canvas.line(sure, ink, STROKE + 2 + 4 * later as u32);
    }
    canvas.line(
        vec![(LEFT, TOP), (LEFT, PLOT_BOTTOM), (RIGHT, PLOT_BOTTOM)],
        INK,
        STROKE / 2,
    );
    draw_labels(canvas, &tails, &paths);
}

/// Shades the percentiles that too few events bear out, and says so.
fn draw_evidence(canvas: &Canvas, axes: &Axes, tails: &[Tail]) {
    let Some(events) = tails.iter().map(|tail| tail.figures.latency_events).min() else {
        return;
    };
    let limit = axes.borne_out(events);
    if limit >= RIGHT {
        return;
    }
    canvas.rect((limit, TOP), (RIGHT, PLOT_BOTTOM), SHADE);
    let note = format!(
        "shaded, thin lines: fewer than 10 of {} events lie beyond",
        count(events)
    );
    canvas.text((RIGHT, TOP - 26), TEXT, Align::Right, INK, &note);
}

/// Who is missing, and why.
fn not_drawn(canvas: &Canvas, results: &Results, tails: &[Tail]) {
    let missing = results
        .transports
        .iter()
        .filter(|t| !tails.iter().any(|tail| tail.transport.id == t.id));
    let notes: Vec<String> = missing
        .map(|t| match figures(t) {
            Some(_) => format!("{}: no series in this file", t.label),
            None => format!("{}: {}", t.label, not_verified(t)),
        })
        .collect();
    if !notes.is_empty() {
        let note = format!("Not drawn: {}", notes.join("; "));
        for line in wrap(&note, TEXT, false, WIDTH - 520 - MARGIN, 1) {
            canvas.text((520, 86), TEXT, Align::Left, INK, &line);
        }
    }
}

/// Names and two values right of the ends of the lines.
fn draw_labels(canvas: &Canvas, tails: &[Tail], paths: &[Vec<Point>]) {
    let left = RIGHT + 36;
    let width = WIDTH - MARGIN - left;
    let pitch = (PLOT_BOTTOM - TOP) / tails.len() as i32;
    let with_values = pitch >= leading(LABEL) + leading(TEXT) + 6;
    let height = leading(LABEL) + if with_values { leading(TEXT) } else { 0 };
    let ends: Vec<i32> = paths
        .iter()
        .filter_map(|path| path.last().map(|end| end.1))
        .collect();
    let tops = spread(&ends, height + 6, (TOP, PLOT_BOTTOM));
    for ((tail, path), top) in tails.iter().zip(paths).zip(tops) {
        let ink = color(&tail.transport.style.color);
        if let Some(&end) = path.last() {
            let at = (left - 6, top + LABEL * 2 / 5);
            canvas.line(vec![end, at], ink, 2);
        }
        let style = &tail.transport.style;
        canvas.name(
            (left, top),
            &tail.transport.label,
            style.marker,
            ink,
            width,
            1,
        );
        if with_values {
            let latency = &tail.figures.latency_us;
            let p99 = marked(time(latency.p99), 0.99, tail.figures.latency_events);
            let text = format!("p99 {p99}, max {}", time(latency.max));
            for line in wrap(&text, TEXT, false, width, 1) {
                canvas.text((left, top + leading(LABEL)), TEXT, Align::Left, INK, &line);
            }
        }
    }
    // Markers at the percentiles of the axis, at heights of their own where lines cover each other.
    for (i, (tail, path)) in tails.iter().zip(paths).enumerate() {
        for &at in path.iter().skip(2 + 2 * (i % 4)).step_by(10) {
            if at.0 + 2 * MARKER < RIGHT {
                canvas.marker(
                    at,
                    tail.transport.style.marker,
                    color(&tail.transport.style.color),
                );
            }
        }
    }
}

fn alt(results: &Results) -> String {
    let mut tails = tails(results);
    tails.sort_by(|a, b| {
        a.figures
            .latency_us
            .max
            .total_cmp(&b.figures.latency_us.max)
    });
    let mut alt = "Line chart of latency by percentile, the tail stretched".to_owned();
    let words = |tail: &Tail| {
        let latency = &tail.figures.latency_us;
        format!(
            "with {} half of the deliveries took at most {} and the slowest {}",
            tail.transport.label,
            time(latency.p50),
            time(latency.max)
        )
    };
    match (tails.first(), tails.last()) {
        (Some(first), Some(last)) if tails.len() > 1 => {
            alt.push_str(&format!(": {}, {}.", words(first), words(last)));
        }
        (Some(only), _) => alt.push_str(&format!(": {}.", words(only))),
        _ => alt.push_str(". It is empty: no transport was verified."),
    }
    alt
}

fn table(results: &Results) -> Table {
    let head = [
        "Transport",
        "p50",
        "p90",
        "p99",
        "p99.9",
        "Slowest",
        "Events",
        "Deliveries",
        "Borne out up to",
    ];
    let caption = "Latency by percentile (*: fewer than 10 events beyond)";
    let mut table = Table::new(caption, &head);
    for transport in &results.transports {
        let label = transport.label.clone();
        let Some(f) = figures(transport) else {
            table.row([label, not_verified(transport)]);
            continue;
        };
        let p = f.latency_us;
        let cell = |(us, share)| marked(time(us), share, f.latency_events);
        let cells = [(p.p50, 0.5), (p.p90, 0.9), (p.p99, 0.99), (p.p999, 0.999)].map(cell);
        table.row([label].into_iter().chain(cells).chain([
            time(p.max),
            count(f.latency_events),
            count(f.latency_samples),
            percent(borne_out(f.latency_events)),
        ]));
    }
    table
}
