//! How much work is it? Requests, packets and connections per client, in three panels with the same rows.

use super::canvas::{Align, Canvas};
use super::ends::ends;
use super::format::{percent, significant};
use super::plot::Plot;
use super::stack::row_name;
use super::style::{INK, LABEL, MARGIN, PLOT_BOTTOM, TEXT, WIDTH};
use super::style::{text_width, wrap};
use super::{Chart, Sheet, Table, figures, not_verified};
use crate::measure::{Figures, Results, TransportResult};
use plotters::style::RGBColor;

const SHEET: Sheet = Sheet {
    id: "requests",
    title: "How often is the server asked?",
    reading: "Per client. Requests and packets in a minute, TCP connections in the whole run.",
};
const TOP: i32 = 134;
const NAMES: i32 = 240;
/// Requests with an answer that brought something, and those in vain.
const USEFUL: RGBColor = RGBColor(0x10, 0x2a, 0x43);
const EMPTY: RGBColor = RGBColor(0xff, 0xd1, 0x4d);
const PLAIN: RGBColor = RGBColor(0x5f, 0x6f, 0xb5);

/// The chart.
pub fn chart(results: &Results) -> Chart {
    let alt = alt(results);
    SHEET.chart(results, alt, table(results), |canvas| draw(canvas, results))
}

/// What one client caused.
struct Work {
    /// In the whole run.
    requests: f64,
    requests_per_min: f64,
    /// Share of the requests.
    empty: f64,
    packets_per_min: f64,
    connections: f64,
}

impl Work {
    fn new(results: &Results, figures: &Figures) -> Self {
        let clients = f64::from(results.scenario.clients.max(1));
        let minutes = results.windows.measured_to_us as f64 / 60e6;
        let per_min = |n: u64| n as f64 / clients / if minutes > 0.0 { minutes } else { 1.0 };
        Self {
            requests: figures.requests as f64 / clients,
            requests_per_min: per_min(figures.requests),
            empty: (figures.empty_answers as f64 / figures.requests.max(1) as f64).min(1.0),
            packets_per_min: per_min(figures.packets),
            connections: figures.connections as f64 / clients,
        }
    }

    /// A stream asks once, when it is opened, however long the run is: a rate would depend on its length.
    fn asks_once(&self) -> bool {
        self.requests == 1.0
    }

    /// How often it asked: `60 per minute`.
    fn asked(&self) -> String {
        match self.asks_once() {
            true => "once in the whole run".into(),
            false => format!("{} per minute", significant(self.requests_per_min)),
        }
    }

    /// The same, with what was in vain.
    fn in_words(&self) -> String {
        match self.empty {
            0.0 => self.asked(),
            share => format!("{} ({} of the answers empty)", self.asked(), percent(share)),
        }
    }
}

/// One column of bars.
struct Panel {
    left: i32,
    right: i32,
    title: &'static str,
    value: fn(&Work) -> f64,
    /// Whether empty answers are told apart.
    split: bool,
}

const PANELS: [Panel; 3] = [
    Panel {
        left: NAMES,
        right: NAMES + 250,
        title: "requests per minute",
        value: |work| work.requests_per_min,
        split: true,
    },
    Panel {
        left: 690,
        right: 690 + 190,
        title: "IP packets per minute",
        value: |work| work.packets_per_min,
        split: false,
    },
    Panel {
        left: 1000,
        right: 1000 + 170,
        title: "TCP connections",
        value: |work| work.connections,
        split: false,
    },
];

fn draw(canvas: &Canvas, results: &Results) {
    let works: Vec<(&TransportResult, Option<Work>)> = results
        .transports
        .iter()
        .map(|t| (t, figures(t).map(|f| Work::new(results, f))))
        .collect();
    let pitch = (PLOT_BOTTOM - TOP) / works.len().max(1) as i32;
    let middle = |row: usize| TOP + row as i32 * pitch + pitch / 2;
    draw_key(canvas);
    for (row, (transport, work)) in works.iter().enumerate() {
        row_name(canvas, transport, middle(row), NAMES - MARGIN - 16);
        if work.is_none() {
            let width = WIDTH - MARGIN - NAMES - 16;
            for text in wrap(&not_verified(transport), TEXT, false, width, 1) {
                let at = (NAMES + 16, middle(row) - TEXT / 2);
                canvas.text(at, TEXT, Align::Left, INK, &text);
            }
        }
    }
    for panel in &PANELS {
        let largest = works
            .iter()
            .filter_map(|(_, work)| work.as_ref())
            .map(panel.value)
            .fold(0.0, f64::max);
        let plot = Plot {
            left: panel.left,
            top: TOP,
            right: panel.right,
            bottom: PLOT_BOTTOM,
            x_max: if largest > 0.0 { largest } else { 1.0 },
            y_max: 1.0,
        };
        let at = (panel.left, PLOT_BOTTOM + 14);
        canvas.text(at, TEXT, Align::Left, INK, panel.title);
        for (row, (_, work)) in works.iter().enumerate() {
            if let Some(work) = work {
                draw_bar(
                    canvas,
                    &plot,
                    panel,
                    work,
                    middle(row),
                    (pitch * 6 / 10).min(64),
                );
            }
        }
        canvas.line(vec![(panel.left, TOP), (panel.left, PLOT_BOTTOM)], INK, 2);
    }
}

/// What the two parts of a bar mean.
fn draw_key(canvas: &Canvas) {
    let mut x = NAMES;
    for (fill, name) in [(USEFUL, "brought something"), (EMPTY, "empty answer")] {
        canvas.rect((x, 92), (x + 26, 114), fill);
        canvas.frame((x, 92), (x + 26, 114), INK);
        canvas.text((x + 36, 96), TEXT, Align::Left, INK, name);
        x += 36 + text_width(name, TEXT, false) + 24;
    }
}

fn draw_bar(canvas: &Canvas, plot: &Plot, panel: &Panel, work: &Work, middle: i32, height: i32) {
    let (top, bottom) = (middle - height / 2, middle + height / 2);
    let value = (panel.value)(work);
    let end = plot.at(value, 0.0).0.clamp(plot.left, plot.right);
    let mut text = significant(value);
    if panel.split {
        if work.asks_once() {
            text = "once in the run".into();
        }
        let useful = plot
            .at(value * (1.0 - work.empty), 0.0)
            .0
            .clamp(plot.left, end);
        canvas.rect((plot.left, top), (useful, bottom), USEFUL);
        canvas.rect((useful, top), (end, bottom), EMPTY);
        if work.empty > 0.0 {
            text.push_str(&format!(", {} empty", percent(work.empty)));
        }
    } else {
        canvas.rect((plot.left, top), (end, bottom), PLAIN);
    }
    canvas.frame((plot.left, top), (end, bottom), INK);
    let at = (end + 10, middle - LABEL / 2 + 2);
    canvas.bold(at, LABEL, Align::Left, INK, &text);
}

fn alt(results: &Results) -> String {
    let mut works: Vec<(&str, Work)> = results
        .transports
        .iter()
        .filter_map(|t| Some((t.label.as_str(), Work::new(results, figures(t)?))))
        .collect();
    works.sort_by(|a, b| a.1.requests_per_min.total_cmp(&b.1.requests_per_min));
    let mut alt =
        "Bar charts of requests, packets and connections per client, one row per transport"
            .to_owned();
    let asked = works.iter().map(|(label, work)| (*label, work.in_words()));
    let asked: Vec<_> = asked.collect();
    match &ends(&asked)[..] {
        [(few, least), (many, most)] => alt.push_str(&format!(
            ". A client asks least often with {few}: {least}; and most often with {many}: {most}."
        )),
        [(all, same)] => alt.push_str(&format!(". A client asks {same} with {all}.")),
        _ => alt.push_str(". It is empty: no transport was verified."),
    }
    alt
}

fn table(results: &Results) -> Table {
    let head = [
        "Transport",
        "Requests",
        "of them empty",
        "IP packets",
        "Connections in the run",
    ];
    let mut table = Table::new("What one client causes", &head);
    for transport in &results.transports {
        let label = transport.label.clone();
        let Some(f) = figures(transport) else {
            table.row([label, not_verified(transport)]);
            continue;
        };
        let work = Work::new(results, f);
        table.row([
            label,
            work.asked(),
            percent(work.empty),
            format!("{} per minute", significant(work.packets_per_min)),
            significant(work.connections),
        ]);
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::fixture;

    #[test]
    fn streams_ask_once_and_are_named_together() {
        let chart = chart(&fixture::ticker());
        let words = "A client asks least often with SSE and WebSocket: once in the whole run; and most often with";
        assert!(chart.alt.contains(words), "{}", chart.alt);
        assert_eq!(chart.table.rows[3][1], "once in the whole run");
        assert!(chart.svg.contains("once in the run"));
    }
}
