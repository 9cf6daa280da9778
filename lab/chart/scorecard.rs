//! Scenarios and transports: who meets which budget.
//!
//! A sign for each: a tick, a cross, or a dash for what cannot be judged; the colours only repeat them.

use super::canvas::{Align, Canvas, Point};
use super::evidence::marked;
use super::format::{self, percent, time};
use super::style::{
    FOOTER_TOP, GRID, INK, LABEL, MARGIN, MARKER, SHADE, SMALL, SOFT, STROKE, TEXT, WIDTH,
};
use super::style::{color, leading, text_width, wrap};
use super::{Chart, Sheet, Table};
use crate::measure::{Candidate, Card, ClassFigures, MET_SHARE, Scorecard, Style};
use crate::scenario::{Scenario, Span};
use plotters::style::RGBColor;

const TITLE: &str = "Who meets the budget?";
/// What the asterisk means; the numbers differ from scenario to scenario.
const ROUGH: &str = "*: fewer than 10 events beyond";
const TOP: i32 = 100;
/// Room for a name in two lines.
const HEAD: i32 = 58;
const BOTTOM: i32 = FOOTER_TOP - 16;
/// Where the names of the scenarios end.
const LEFT: i32 = 292;
/// Rows of one sheet: more would be too small to read.
const MOST_ROWS: usize = 8;
const MET: RGBColor = RGBColor(0x00, 0x5a, 0x8f);
const NOT_MET: RGBColor = RGBColor(0xb3, 0x47, 0x00);
const MET_SHADE: RGBColor = RGBColor(0xe4, 0xf0, 0xf8);
const NOT_MET_SHADE: RGBColor = RGBColor(0xfd, 0xed, 0xe2);

/// The charts: one sheet, or several where there are many scenarios.
pub fn scorecard(scorecard: &Scorecard) -> Vec<Chart> {
    let parties = parties(&scorecard.cards);
    // As many on each, rather than one alone on the last.
    let rows = scorecard.cards.len();
    let rows = rows.div_ceil(rows.div_ceil(MOST_ROWS).max(1)).max(1);
    let sheets = scorecard.cards.chunks(rows);
    let count = sheets.len();
    let sheet = |(index, cards): (usize, &[Card])| {
        let n = index + 1;
        let (id, part) = match count {
            1 => ("scorecard".into(), String::new()),
            _ => (format!("scorecard-{n}"), format!(" ({n} of {count})")),
        };
        let title = format!("{TITLE}{part}");
        let reading = format!(
            "How late {0} of the deliveries are at most: in time for {0} is a budget met. Of several kinds, the worst off.",
            percent(MET_SHARE)
        );
        let labels: [&str; 3] = [&id, &title, &reading];
        let (alt, table) = (alt(cards, &parties), table(cards, &parties, &part));
        Sheet::plain(labels, &alt, table, &footer(scorecard), |canvas| {
            draw(canvas, cards, &parties);
        })
    };
    sheets.enumerate().map(sheet).collect()
}

/// A column: a transport.
struct Column<'a> {
    id: &'a str,
    label: &'a str,
    style: &'a Style,
}

/// The transports in the order in which they first come.
fn parties(cards: &[Card]) -> Vec<Column<'_>> {
    let mut columns: Vec<Column> = vec![];
    for candidate in cards.iter().flat_map(|card| &card.candidates) {
        if columns.iter().all(|column| column.id != candidate.id) {
            columns.push(Column {
                id: &candidate.id,
                label: &candidate.label,
                style: &candidate.style,
            });
        }
    }
    columns
}

/// A transport at the scenario's own setting.
fn own<'a>(card: &'a Card, column: &Column) -> Option<&'a Candidate> {
    let mut own = card.candidates.iter().filter(|c| c.with.is_empty());
    own.find(|candidate| candidate.id == column.id)
}

/// The kind of message that is furthest beyond its budget, or closest to it.
pub fn worst(candidate: &Candidate) -> Option<&ClassFigures> {
    let strain = |class: &ClassFigures| Some(class.latency_us.p99 / class.budget_us?);
    let judged = candidate.classes.iter().filter(|class| class.met.is_some());
    judged.max_by(|a, b| {
        strain(a)
            .unwrap_or(0.0)
            .total_cmp(&strain(b).unwrap_or(0.0))
    })
}

/// The budgets of a scenario by kind, the scenario's own first.
pub fn budgets(scenario: &Scenario) -> Vec<(&str, Span)> {
    let own = (scenario.app.main_class(), scenario.budget);
    let others = scenario
        .also
        .iter()
        .map(|also| (also.class.as_str(), also.budget));
    let given = |(_, budget): &(&str, Span)| *budget > Span::ZERO;
    [own].into_iter().chain(others).filter(given).collect()
}

/// `30 s`, or `bid 200 ms, price 200 ms` where there are several kinds.
pub fn budget(scenario: &Scenario) -> String {
    let text = |span: Span| format::spaced(&span.to_string());
    match &budgets(scenario)[..] {
        [(_, budget)] if scenario.also.is_empty() => text(*budget),
        several => {
            let several = several.iter();
            let named: Vec<_> = several
                .map(|(class, b)| format!("{class} {}", text(*b)))
                .collect();
            named.join(", ")
        }
    }
}

/// What a cell says: the value, and what else has to be known of it.
struct Verdict {
    met: Option<bool>,
    value: String,
    detail: String,
}

impl Verdict {
    fn of(card: &Card, candidate: Option<&Candidate>) -> Self {
        let unjudged = |value: &str, detail: String| Self {
            met: None,
            value: value.into(),
            detail,
        };
        let Some(candidate) = candidate else {
            return unjudged("not run", String::new());
        };
        if !candidate.verified {
            return unjudged(
                "not verified",
                candidate.problem.clone().unwrap_or_default(),
            );
        }
        let (Some(met), Some(class)) = (candidate.met, worst(candidate)) else {
            return unjudged("no budget", String::new());
        };
        let share = class
            .within_budget
            .map(|share| format!("{} in time", percent(share)));
        let several = budgets(&card.scenario).len() > 1;
        let name = several.then(|| class.class.clone());
        let parts = [name, share.filter(|_| !met)];
        Self {
            met: Some(met),
            value: marked(time(class.latency_us.p99), MET_SHARE, class.events),
            detail: parts.into_iter().flatten().collect::<Vec<_>>().join(", "),
        }
    }

    /// For tables and for those who cannot see the sign.
    fn words(&self) -> String {
        let mut words = match self.met {
            Some(true) => format!("met, {}", self.value),
            Some(false) => format!("NOT met, {}", self.value),
            None => self.value.clone(),
        };
        if !self.detail.is_empty() {
            words += &format!(" ({})", self.detail);
        }
        words
    }
}

fn draw(canvas: &Canvas, cards: &[Card], columns: &[Column]) {
    if cards.is_empty() || columns.is_empty() {
        let words = "Nothing to draw: no scenario with a budget was run.";
        canvas.bold((WIDTH / 2, 320), LABEL, Align::Middle, INK, words);
        return;
    }
    let width = (WIDTH - MARGIN - LEFT) / columns.len() as i32;
    let pitch = ((BOTTOM - TOP - HEAD) / cards.len() as i32).min(84);
    for (i, column) in columns.iter().enumerate() {
        let at = (LEFT + i as i32 * width + 8, TOP);
        let ink = color(&column.style.color);
        canvas.name(at, column.label, column.style.marker, ink, width - 12, 2);
    }
    for (row, card) in cards.iter().enumerate() {
        let top = TOP + HEAD + row as i32 * pitch;
        let middle = top + pitch / 2;
        canvas.line(vec![(MARGIN, top), (WIDTH - MARGIN, top)], GRID, 1);
        let room = LEFT - MARGIN - 16;
        let mut budget = budget(&card.scenario);
        if budgets(&card.scenario).len() == 1 {
            budget = format!("budget {budget}");
        }
        let lines = wrap(&budget, SMALL, false, room, 2);
        let high = LABEL + 2 + lines.len() as i32 * leading(SMALL);
        let y = middle - high / 2 + 2;
        for line in wrap(&card.scenario.name, LABEL, true, room, 1) {
            canvas.bold((MARGIN, y), LABEL, Align::Left, INK, &line);
        }
        for (i, line) in lines.iter().enumerate() {
            let y = y + LABEL + 2 + i as i32 * leading(SMALL);
            canvas.text((MARGIN, y), SMALL, Align::Left, SOFT, line);
        }
        for (i, column) in columns.iter().enumerate() {
            let left = LEFT + i as i32 * width;
            let verdict = Verdict::of(card, own(card, column));
            cell(canvas, &verdict, (left, top), (width, pitch));
        }
    }
}

fn cell(canvas: &Canvas, verdict: &Verdict, (left, top): Point, (width, height): Point) {
    let (ink, shade) = match verdict.met {
        Some(true) => (MET, MET_SHADE),
        Some(false) => (NOT_MET, NOT_MET_SHADE),
        None => (SOFT, SHADE),
    };
    canvas.rect(
        (left + 3, top + 3),
        (left + width - 3, top + height - 3),
        shade,
    );
    let middle = top + height / 2;
    sign(canvas, (left + 8 + 2 * MARKER, middle), verdict.met, ink);
    let x = left + 8 + 4 * MARKER + 6;
    let room = left + width - 8 - x;
    let size = if text_width(&verdict.value, LABEL, true) <= room {
        LABEL
    } else {
        TEXT
    };
    let y = match verdict.detail.is_empty() {
        true => middle - size / 2,
        false => middle - size - 2,
    };
    for line in wrap(&verdict.value, size, true, room, 1) {
        canvas.bold((x, y), size, Align::Left, INK, &line);
    }
    // Two lines where there is room for them.
    let lines = if height >= 3 * leading(SMALL) + leading(size) {
        2
    } else {
        1
    };
    // The line above the grid says what the share is of.
    let detail = match lines == 1 && text_width(&verdict.detail, SMALL, false) > room {
        true => verdict.detail.replace(" in time", ""),
        false => verdict.detail.clone(),
    };
    for (i, line) in wrap(&detail, SMALL, false, room, lines).iter().enumerate() {
        let y = middle + 4 + i as i32 * leading(SMALL);
        canvas.text((x, y), SMALL, Align::Left, INK, line);
    }
}

/// A tick, a cross or a dash, as shapes: no font has to have them.
fn sign(canvas: &Canvas, (x, y): Point, met: Option<bool>, ink: RGBColor) {
    let stroke = STROKE + 1;
    match met {
        Some(true) => canvas.line(
            vec![(x - 11, y), (x - 4, y + 9), (x + 11, y - 10)],
            ink,
            stroke,
        ),
        Some(false) => {
            canvas.line(vec![(x - 9, y - 9), (x + 9, y + 9)], ink, stroke);
            canvas.line(vec![(x - 9, y + 9), (x + 9, y - 9)], ink, stroke);
        }
        None => canvas.line(vec![(x - 9, y), (x + 9, y)], ink, stroke),
    }
}

fn alt(cards: &[Card], columns: &[Column]) -> String {
    let mut parts = vec![];
    for card in cards {
        let verdicts: Vec<_> = columns
            .iter()
            .map(|column| (column.label, Verdict::of(card, own(card, column))))
            .collect();
        let all = |met| verdicts.iter().all(|(_, verdict)| verdict.met == Some(met));
        let words = match () {
            () if all(true) => "met by all".into(),
            () if all(false) => "met by none".into(),
            () => {
                let each = verdicts.iter();
                let each = each.map(|(label, verdict)| format!("{label} {}", verdict.words()));
                each.collect::<Vec<_>>().join("; ")
            }
        };
        parts.push(format!(
            "{} (budget {}): {words}.",
            card.scenario.name,
            budget(&card.scenario)
        ));
    }
    let chart = "A grid of scenarios and transports with a tick where the budget is met, a cross where it is not.";
    match parts.is_empty() || columns.is_empty() {
        true => format!("{chart} It is empty: no scenario with a budget was run."),
        false => format!("{chart} {}", parts.join(" ")),
    }
}

fn table(cards: &[Card], columns: &[Column], part: &str) -> Table {
    let head: Vec<_> = ["Scenario", "Budget"]
        .into_iter()
        .chain(columns.iter().map(|column| column.label))
        .collect();
    let caption = format!(
        "Who meets the budget, and how late 99 % of the deliveries are at most ({ROUGH}){part}"
    );
    let mut table = Table::new(&caption, &head);
    for card in cards {
        let own = columns
            .iter()
            .map(|column| Verdict::of(card, own(card, column)).words());
        let start = [card.scenario.name.clone(), budget(&card.scenario)];
        table.row(start.into_iter().chain(own));
    }
    table
}

fn footer(scorecard: &Scorecard) -> Vec<String> {
    let early = if scorecard.partial {
        " - ended early"
    } else {
        ""
    };
    let stress = if scorecard.stress {
        ", at their stress settings"
    } else {
        ""
    };
    let origin = format!(
        "{}{stress}, each transport as the scenario has it; {} network{early} - pushlab {}",
        format::counted(scorecard.cards.len() as u64, "scenario"),
        scorecard.network,
        scorecard.pushlab
    );
    let width = WIDTH - 2 * MARGIN;
    [
        (origin, 1),
        (ROUGH.into(), 1),
        (format!("$ {}", scorecard.command), 2),
    ]
    .iter()
    .flat_map(|(text, lines)| wrap(text, SMALL, false, width, *lines))
    .collect()
}

#[cfg(test)]
mod tests;
