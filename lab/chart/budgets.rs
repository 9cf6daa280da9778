//! Does each kind of message come in time? A range from the median to the 99th percentile for each transport, kind by
//! kind, and the kind's budget as a line.

use super::canvas::{Align, Canvas};
use super::evidence::marked;
use super::format::{count, percent, time};
use super::log_scale::LogScale;
use super::style::{GRID, INK, LABEL, MARGIN, PLOT_BOTTOM, SMALL, SOFT, STROKE, TEXT, WIDTH};
use super::style::{color, text_width, wrap};
use super::{Chart, Sheet, Table, figures, not_verified};
use crate::measure::{ClassFigures, Results, TransportResult};
use plotters::style::RGBColor;

const SHEET: Sheet = Sheet {
    id: "budgets",
    title: "Does each kind of message come in time?",
    reading: "From sender to screen: marker for half of the deliveries, bar up to 99 %. Upright line: the budget; below 99 % in time it is not met.",
};
const CAPTION: &str = "From sender to screen, by kind of message (*: fewer than 10 events beyond)";
const TOP: i32 = 92;
const LEFT: i32 = 260;
const RIGHT: i32 = 820;
/// Less is too little for a row of text.
const LEAST_PITCH: i32 = 23;
const BUDGET: RGBColor = RGBColor(0xb3, 0x47, 0x00);

/// The chart, where a kind of message has a budget.
pub fn chart(results: &Results) -> Option<Chart> {
    let kinds = kinds(results);
    if kinds.iter().all(|kind| budget(results, kind).is_none()) {
        return None;
    }
    let alt = alt(results, &kinds);
    Some(SHEET.chart(results, alt, table(results), |canvas| {
        draw(canvas, results, &kinds);
    }))
}

/// The kinds of which something was delivered, in the order of the scenario.
fn kinds(results: &Results) -> Vec<&str> {
    let mut kinds: Vec<&str> = vec![];
    for class in results.transports.iter().flat_map(classes) {
        if class.deliveries > 0 && !kinds.contains(&class.class.as_str()) {
            kinds.push(&class.class);
        }
    }
    kinds
}

fn classes(transport: &TransportResult) -> &[ClassFigures] {
    let people = figures(transport).and_then(|f| f.people.as_ref());
    people.map_or(&[], |people| &people.classes)
}

fn of<'a>(transport: &'a TransportResult, kind: &str) -> Option<&'a ClassFigures> {
    let mut classes = classes(transport).iter();
    classes.find(|class| class.class == kind && class.deliveries > 0)
}

/// How late a kind may be; the same for all transports.
fn budget(results: &Results, kind: &str) -> Option<f64> {
    let mut found = results.transports.iter().filter_map(|t| of(t, kind));
    found.find_map(|class| class.budget_us)
}

/// `met`, `NOT met` or `no budget`: never a colour alone.
fn verdict(class: &ClassFigures) -> &'static str {
    match class.met {
        Some(true) => "\u{2713} met",
        Some(false) => "\u{2717} NOT met",
        None => "no budget",
    }
}

fn draw(canvas: &Canvas, results: &Results, kinds: &[&str]) {
    let rows = results.transports.len() as i32 + 1;
    let room = ((PLOT_BOTTOM - TOP) / (rows * LEAST_PITCH)).max(1) as usize;
    let shown = &kinds[..kinds.len().min(room)];
    let pitch = ((PLOT_BOTTOM - TOP) / (rows * shown.len() as i32)).clamp(1, 44);
    let scale = scale(results, shown);
    let bottom = TOP + pitch * rows * shown.len() as i32;
    let x = |us: f64| LEFT + (scale.part(us) * f64::from(RIGHT - LEFT)).round() as i32;
    let mut free = 0;
    for us in scale.ticks(9) {
        let (at, text) = (x(us), time(us));
        canvas.line(vec![(at, TOP), (at, bottom)], GRID, 1);
        let half = text_width(&text, TEXT, false) / 2;
        if at - half > free {
            canvas.text((at, bottom + 10), TEXT, Align::Middle, INK, &text);
            free = at + half + 12;
        }
    }
    let title = "from the sender's plan to the screen, logarithmic";
    canvas.text((RIGHT, bottom + 34), TEXT, Align::Right, INK, title);
    if shown.len() < kinds.len() {
        let more = format!("In the table only: {}", kinds[shown.len()..].join(", "));
        for line in wrap(&more, TEXT, false, RIGHT - LEFT, 1) {
            canvas.text((MARGIN, bottom + 34), TEXT, Align::Left, INK, &line);
        }
    }
    for (i, kind) in shown.iter().enumerate() {
        let top = TOP + i as i32 * pitch * rows;
        let budget = budget(results, kind);
        let words = match budget {
            Some(us) => format!("{kind}, within {}", time(us)),
            None => format!("{kind}, no budget"),
        };
        if i > 0 {
            canvas.line(vec![(MARGIN, top + 2), (WIDTH - MARGIN, top + 2)], SOFT, 1);
        }
        let y = top + (pitch - LABEL) / 2 + 2;
        canvas.bold((MARGIN, y), LABEL, Align::Left, INK, &words);
        if let Some(us) = budget {
            let line = vec![(x(us), top + 5), (x(us), top + pitch * rows - 2)];
            canvas.line(line, BUDGET, STROKE - 1);
            let text = format!("budget {}", time(us));
            // On the side where there is room.
            let left = match x(us) > (LEFT + RIGHT) / 2 {
                true => x(us) - 8 - text_width(&text, SMALL, false),
                false => x(us) + 8,
            };
            if left > MARGIN + text_width(&words, LABEL, true) + 12 {
                canvas.text((left, y + 2), SMALL, Align::Left, BUDGET, &text);
            }
        }
        for (n, transport) in results.transports.iter().enumerate() {
            let middle = top + pitch * (n as i32 + 1) + pitch / 2;
            draw_row(canvas, transport, kind, middle, &x);
        }
    }
    canvas.line(
        vec![(LEFT, TOP), (LEFT, bottom), (RIGHT, bottom)],
        INK,
        STROKE / 2,
    );
}

/// One transport's range with its values.
fn draw_row(
    canvas: &Canvas,
    transport: &TransportResult,
    kind: &str,
    middle: i32,
    x: &impl Fn(f64) -> i32,
) {
    let ink = color(&transport.style.color);
    let y = middle - TEXT / 2 + 2;
    for line in wrap(&transport.label, TEXT, false, LEFT - MARGIN - 30, 1) {
        canvas.text((MARGIN + 14, y), TEXT, Align::Left, INK, &line);
    }
    let values = RIGHT + 20;
    let Some(class) = of(transport, kind) else {
        let why = match figures(transport) {
            None => not_verified(transport),
            Some(_) => "nothing of this kind".into(),
        };
        for line in wrap(&why, TEXT, false, WIDTH - MARGIN - values, 1) {
            canvas.text((values, y), TEXT, Align::Left, INK, &line);
        }
        return;
    };
    let (half, most) = (x(class.latency_us.p50), x(class.latency_us.p99));
    canvas.rect((half, middle - 4), (most.max(half + 2), middle + 4), ink);
    canvas.line(vec![(most, middle - 9), (most, middle + 9)], ink, STROKE);
    canvas.marker((half, middle), transport.style.marker, ink);
    let p99 = marked(time(class.latency_us.p99), 0.99, class.events);
    let mut text = format!("{} to {p99}", time(class.latency_us.p50));
    canvas.text((values, y), TEXT, Align::Left, INK, &text);
    text.clear();
    if class.met.is_some() {
        text.push_str(verdict(class));
    }
    if let (Some(false), Some(share)) = (class.met, class.within_budget) {
        text.push_str(&format!(", {}", percent(share)));
    }
    let at = values + 208;
    for line in wrap(&text, TEXT, true, WIDTH - 8 - at, 1) {
        canvas.bold((at, y), TEXT, Align::Left, INK, &line);
    }
}

/// From the fastest median to the last percentile or budget.
fn scale(results: &Results, kinds: &[&str]) -> LogScale {
    let shown = || {
        let each = results.transports.iter();
        each.flat_map(|t| kinds.iter().filter_map(|kind| of(t, kind)))
    };
    let least = shown().map(|class| {
        class
            .latency_us
            .p50
            .min(class.budget_us.unwrap_or(f64::MAX))
    });
    let most = shown().map(|class| class.latency_us.p99.max(class.budget_us.unwrap_or(0.0)));
    // Some room on the left: a marker on the axis would look like part of it.
    let least = least.fold(f64::INFINITY, f64::min) * 0.85;
    LogScale::covering(least, most.fold(0.0, f64::max))
}

fn alt(results: &Results, kinds: &[&str]) -> String {
    let mut alt =
        "Ranges from the median to the 99th percentile of the latency, kind of message by kind and transport by transport, beside the budget"
            .to_owned();
    for kind in kinds {
        let Some(us) = budget(results, kind) else {
            alt.push_str(&format!(". For {kind} there is no budget"));
            continue;
        };
        let judged: Vec<_> = results
            .transports
            .iter()
            .filter_map(|t| Some((t.label.as_str(), of(t, kind)?)))
            .collect();
        let missed: Vec<_> = judged
            .iter()
            .filter(|(_, class)| class.met == Some(false))
            .map(|(label, class)| {
                let share = percent(class.within_budget.unwrap_or(0.0));
                format!("{label} ({share} in time)")
            })
            .collect();
        let words = match missed.is_empty() {
            true => "is met by all".to_owned(),
            false => format!("is NOT met by {}", missed.join(", ")),
        };
        alt.push_str(&format!(". The budget of {kind}, {}, {words}", time(us)));
    }
    alt + "."
}

/// Each kind and transport: how late, and whether that is in time.
pub fn table(results: &Results) -> Table {
    let head = [
        "Transport",
        "Kind",
        "Events",
        "Deliveries",
        "p50",
        "p99",
        "Budget",
        "In time",
        "Budget met",
    ];
    let mut table = Table::new(CAPTION, &head);
    let kinds = kinds(results);
    if kinds.is_empty() {
        return table;
    }
    for transport in &results.transports {
        if figures(transport).is_none() {
            table.row([transport.label.clone(), not_verified(transport)]);
        }
        for class in kinds.iter().filter_map(|kind| of(transport, kind)) {
            let latency = &class.latency_us;
            table.row([
                transport.label.clone(),
                class.class.clone(),
                count(class.events),
                count(class.deliveries),
                marked(time(latency.p50), 0.5, class.events),
                marked(time(latency.p99), 0.99, class.events),
                class.budget_us.map_or("-".into(), time),
                class.within_budget.map_or("-".into(), percent),
                verdict(class).to_owned(),
            ]);
        }
    }
    table
}
