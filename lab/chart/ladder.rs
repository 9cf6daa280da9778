//! Who speaks first? A ladder diagram: time runs down, the client stands left and the server right, an arrow is a
//! packet that carried something, slanted by its real flight time. One ladder per transport, the same seconds for all.

use super::canvas::{Align, Canvas, Point};
use super::exchange::{Exchange, Stretch, exchanges};
use super::format::{counted, time};
use super::style::{GRID, INK, LABEL, MARGIN, PLOT_BOTTOM, SOFT, TEXT, WIDTH};
use super::style::{color, leading, text_width, ticks, wrap};
use super::{Chart, Sheet, Table, figures, not_verified};
use crate::measure::Results;
use plotters::style::RGBColor;

const SHEET: Sheet = Sheet {
    id: "ladder",
    title: "Who speaks first?",
    reading: "Time runs down. Thick: news. Thin: a question. Grey: nothing new. Bar: news waits. \
                       Shaded: a question is held.",
};
/// Top of the ladders, below the names.
const TOP: i32 = 158;
/// Left end of the first ladder, right of the seconds.
const LEFT: i32 = 84;
/// Empty space between two ladders.
const GAP: i32 = 50;
/// How wide bars and bands at the server are.
const BAR: i32 = 9;
/// Questions that found nothing, and what is lost.
const GREY: RGBColor = RGBColor(0x8c, 0x8c, 0x8c);

/// The same where people publish.
const BOTH_WAYS: Sheet = Sheet {
    reading: "Time runs down. Thick: news, messages. Thin: questions, confirmations. Bar: it waits. Shaded: a question is held.",
    ..SHEET
};
/// The same as the drawing of an experiment.
const DUPLEX: Sheet = Sheet {
    id: "both-at-once",
    title: "Who may speak while the other does?",
    ..BOTH_WAYS
};

/// The chart; none where no packets were recorded.
pub fn chart(results: &Results) -> Option<Chart> {
    let said = |exchange: &Exchange| !exchange.said.is_empty();
    match exchanges(results).iter().any(said) {
        true => on(&BOTH_WAYS, results),
        false => on(&SHEET, results),
    }
}

/// The chart of an experiment in which both sides speak.
pub fn duplex(results: &Results) -> Option<Chart> {
    on(&DUPLEX, results)
}

fn on(sheet: &Sheet, results: &Results) -> Option<Chart> {
    let exchanges = exchanges(results);
    if exchanges.iter().all(|exchange| exchange.arrows.is_empty()) {
        return None;
    }
    let alt = alt(&exchanges);
    Some(sheet.chart(results, alt, table(&exchanges), |canvas| {
        draw(canvas, &exchanges)
    }))
}

/// Where an instant lies, microseconds from the start of the stretch.
struct Scale {
    span_us: u64,
}

impl Scale {
    fn y(&self, us: u64) -> i32 {
        let part = us.min(self.span_us) as f64 / self.span_us.max(1) as f64;
        TOP + (part * f64::from(PLOT_BOTTOM + 30 - TOP)).round() as i32
    }
}

fn draw(canvas: &Canvas, exchanges: &[Exchange]) {
    let scale = Scale {
        span_us: exchanges.iter().map(|e| e.span_us).max().unwrap_or(0),
    };
    let pitch = (WIDTH - MARGIN - LEFT + GAP) / exchanges.len().max(1) as i32;
    seconds(canvas, &scale);
    for (i, exchange) in exchanges.iter().enumerate() {
        let left = LEFT + i as i32 * pitch;
        let right = left + pitch - GAP - 2 * BAR;
        draw_ladder(canvas, exchange, &scale, left, right);
    }
}

/// Horizontal lines with the time beside them.
fn seconds(canvas: &Canvas, scale: &Scale) {
    let (values, decimals) = ticks(scale.span_us as f64 / 1e6, 6);
    for value in values {
        let us = (value * 1e6) as u64;
        if us > scale.span_us {
            continue;
        }
        let y = scale.y(us);
        canvas.line(vec![(LEFT - 8, y), (WIDTH - MARGIN, y)], GRID, 1);
        let text = format!("{value:.decimals$} s");
        canvas.text(
            (LEFT - 16, y - TEXT * 2 / 5),
            TEXT,
            Align::Right,
            INK,
            &text,
        );
    }
}

fn draw_ladder(canvas: &Canvas, exchange: &Exchange, scale: &Scale, left: i32, right: i32) {
    let style = &exchange.transport.style;
    let ink = color(&style.color);
    let width = right - left + GAP - 2 * BAR;
    canvas.name(
        (left, 88),
        &exchange.transport.label,
        style.marker,
        ink,
        width,
        1,
    );
    let ends = 88 + leading(LABEL) + 14;
    let server = right + 2 * BAR;
    if text_width("client  server", TEXT, false) < server - left {
        canvas.text((left, ends), TEXT, Align::Left, SOFT, "client");
        canvas.text((server, ends), TEXT, Align::Right, SOFT, "server");
    }
    if let Some(why) = exchange.missing() {
        let parts = why.splitn(2, ": ");
        let lines = parts.flat_map(|part| wrap(part, TEXT, false, width - GAP, 6));
        for (i, line) in lines.enumerate() {
            let y = TOP + 20 + i as i32 * leading(TEXT);
            canvas.text((left, y), TEXT, Align::Left, INK, &line);
        }
        return;
    }
    for held in &exchange.held {
        let (left, top) = (right, scale.y(held.from_us));
        let (right, bottom) = (right + BAR, scale.y(held.to_us));
        canvas.shade(
            vec![(left, top), (right, top), (right, bottom), (left, bottom)],
            ink,
        );
        canvas.frame((left, top), (right, bottom), ink);
    }
    let at_server = (right + BAR + 1, right + 2 * BAR);
    let at_client = (left - BAR, left - 1);
    for (waits, (from_x, to_x)) in [(&exchange.waits, at_server), (&exchange.said, at_client)] {
        for wait in waits {
            let (from, to) = (scale.y(wait.from_us), scale.y(wait.to_us));
            // What left at once, or too soon for the scale, did not wait: a bar would say that it did.
            if from < to {
                canvas.rect((from_x, from), (to_x, to), INK);
            }
        }
    }
    let bottom = scale.y(scale.span_us);
    for x in [left, right] {
        canvas.line(vec![(x, TOP), (x, bottom)], INK, 2);
    }
    for arrow in &exchange.arrows {
        let (from_x, to_x) = if arrow.up {
            (left, right)
        } else {
            (right, left)
        };
        let from = (from_x, scale.y(arrow.from_us));
        let (shade, stroke) = match (
            arrow.carries_news,
            arrow.up || arrow.opens || arrow.confirms,
        ) {
            (true, _) => (ink, 4),
            (false, true) => (ink, 2),
            (false, false) => (GREY, 2),
        };
        match arrow.to_us {
            Some(to_us) => draw_arrow(canvas, from, (to_x, scale.y(to_us)), shade, stroke),
            None => draw_lost(canvas, from, (from_x + to_x) / 2),
        }
    }
}

fn draw_arrow(canvas: &Canvas, from: Point, to: Point, shade: RGBColor, stroke: u32) {
    let back = if to.0 > from.0 { -1 } else { 1 };
    let size = 5 + stroke as i32;
    canvas.line(vec![from, to], shade, stroke);
    for side in [-1, 1] {
        canvas.line(
            vec![(to.0 + back * size, to.1 + side * size / 2), to],
            shade,
            stroke,
        );
    }
}

/// A packet that never arrived: half an arrow and a cross.
fn draw_lost(canvas: &Canvas, from: Point, x: i32) {
    canvas.line(vec![from, (x, from.1)], GREY, 2);
    for side in [-1, 1] {
        canvas.line(
            vec![(x - 6, from.1 - side * 6), (x + 6, from.1 + side * 6)],
            INK,
            3,
        );
    }
}

fn alt(exchanges: &[Exchange]) -> String {
    let mut alt =
        "Ladder diagrams, one per transport: who sends what when, over the same seconds".to_owned();
    let told: Vec<String> = exchanges
        .iter()
        .filter(|exchange| exchange.missing().is_none())
        .map(|exchange| {
            let label = &exchange.transport.label;
            let (questions, news) = (exchange.questions(), exchange.news());
            let told = match questions {
                0 => format!(
                    "with {label} the server spoke {} unasked",
                    counted(news, "time")
                ),
                _ => format!(
                    "with {label} the client asked {}, {} brought nothing new",
                    counted(questions, "time"),
                    counted(exchange.empty(), "answer")
                ),
            };
            match exchange.said.is_empty() {
                true => told,
                false => format!(
                    "{told}, {} waited up to {} to leave",
                    counted(exchange.said.len() as u64, "message"),
                    time(longest(&exchange.said) as f64)
                ),
            }
        })
        .collect();
    alt.push_str(&format!(": {}.", told.join("; ")));
    alt
}

fn table(exchanges: &[Exchange]) -> Table {
    let two_way = exchanges.iter().any(|exchange| !exchange.said.is_empty());
    let mut head = vec![
        "Transport",
        "Stretch",
        "Questions",
        "Answers or pushes with news",
        "Empty answers",
        "Mean wait at the server",
        "Longest wait at the server",
    ];
    if two_way {
        head.extend(["Messages", "Longest wait at the client"]);
    }
    let mut table = Table::new("What was said in these seconds", &head);
    for exchange in exchanges {
        let label = exchange.transport.label.clone();
        if figures(exchange.transport).is_none() {
            table.row([label, not_verified(exchange.transport)]);
            continue;
        }
        if let Some(why) = exchange.missing() {
            table.row([label, why]);
            continue;
        }
        let waits = exchange.waits.iter().map(|wait| wait.to_us - wait.from_us);
        let mean = waits.sum::<u64>() as f64 / exchange.waits.len().max(1) as f64;
        let mut row = vec![
            label,
            time(exchange.span_us as f64),
            exchange.questions().to_string(),
            exchange.news().to_string(),
            exchange.empty().to_string(),
            time(mean),
            time(longest(&exchange.waits) as f64),
        ];
        if two_way {
            row.push(exchange.messages().to_string());
            row.push(time(longest(&exchange.said) as f64));
        }
        table.row(row);
    }
    table
}

fn longest(waits: &[Stretch]) -> u64 {
    let waits = waits.iter().map(|wait| wait.to_us - wait.from_us);
    waits.max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::fixture;

    #[test]
    fn what_left_at_once_has_no_bar() {
        let results = fixture::ticker();
        let drawn = |waits: &[[u64; 2]]| {
            let mut all = exchanges(&results);
            let wait = |&[from_us, to_us]: &[u64; 2]| Stretch { from_us, to_us };
            all.iter_mut().for_each(|exchange| exchange.waits.clear());
            all[0].waits = waits.iter().map(wait).collect();
            Canvas::sheet("a", "b", "c", None, "d", &[], |canvas| draw(canvas, &all))
        };
        assert_eq!(drawn(&[[500_000, 500_000]]), drawn(&[]));
        assert_eq!(drawn(&[[500_000, 500_001]]), drawn(&[]));
        assert_ne!(drawn(&[[500_000, 700_000]]), drawn(&[]));
    }
}
