//! The same moments on every screen: what each showed, beside what was true at the server.

use super::canvas::{Align, Canvas};
use super::film::{Film, Frame, Label};
use super::format::{count, counted, time};
use super::stack::row_name;
use super::style::{FOOTER_TOP, INK, LABEL, MARGIN, SMALL, SOFT, TEXT, WHITE, WIDTH, wrap};
use super::{Chart, Sheet, Table, figures, not_verified};
use crate::measure::{Results, TransportResult};
use plotters::style::RGBColor;

const SHEET: Sheet = Sheet {
    id: "filmstrip",
    title: "What did each screen show at the same moment?",
    reading: "The newest event on one client's screen. Thick frame: the server had something newer.",
};
const TOP: i32 = 124;
const LEFT: i32 = 236;
const BOTTOM: i32 = FOOTER_TOP - 18;
/// Behind a value that is no longer true.
const OLD: RGBColor = RGBColor(0xff, 0xe3, 0xb8);
/// Distance of the lines in a cell, and of cells.
const LINE: i32 = 21;
const GAP: i32 = 8;

/// The chart, where the events' texts were kept.
pub fn chart(results: &Results) -> Option<Chart> {
    let film = Film::new(results)?;
    let alt = alt(results, &film);
    Some(SHEET.chart(results, alt, table(results, &film), |canvas| {
        draw(canvas, results, &film)
    }))
}

/// An instant as it is counted everywhere else: from the start of the measured window.
fn since_start(results: &Results, instant: u64) -> String {
    let us = instant.saturating_sub(results.windows.measured_from_us);
    format!("{:.1} s", us as f64 / 1e6)
}

/// A cell's place on the sheet.
struct Cell {
    left: i32,
    top: i32,
    right: i32,
    bottom: i32,
}

impl Cell {
    fn new(row: usize, rows: usize, column: usize, columns: usize) -> Self {
        let width = (WIDTH - MARGIN - LEFT) / columns.max(1) as i32;
        let height = (BOTTOM - TOP) / rows.max(1) as i32;
        let (left, top) = (LEFT + column as i32 * width, TOP + row as i32 * height);
        Self {
            left,
            top,
            right: left + width - GAP,
            bottom: top + height - GAP,
        }
    }

    fn middle(&self) -> (i32, i32) {
        ((self.left + self.right) / 2, (self.top + self.bottom) / 2)
    }

    /// How many lines of text find room.
    fn lines(&self) -> usize {
        ((self.bottom - self.top - 4) / LINE).max(1) as usize
    }

    /// Writes lines of text around the middle; the value is bold.
    fn write(&self, canvas: &Canvas, lines: &[(String, bool)], ink: RGBColor) {
        let (x, y) = self.middle();
        let top = y - lines.len() as i32 * LINE / 2 + 2;
        for (i, (line, is_value)) in lines.iter().enumerate() {
            let at = (x, top + i as i32 * LINE);
            match is_value {
                true => canvas.bold(at, TEXT, Align::Middle, ink, line),
                false => canvas.text(at, SMALL, Align::Middle, ink, line),
            }
        }
    }

    /// A label in at most `lines` lines: its last word is the value, what comes before it its name.
    fn words(&self, label: Option<Label>, lines: usize) -> Vec<(String, bool)> {
        let width = self.right - self.left - 12;
        let Some(label) = label else {
            return vec![("nothing".into(), false)];
        };
        let (name, value) = label.text.rsplit_once(' ').unwrap_or(("", label.text));
        let name = wrap(name, SMALL, false, width, 1)
            .into_iter()
            .map(|line| (line, false));
        let value = wrap(value, TEXT, true, width, 1)
            .into_iter()
            .map(|line| (line, true));
        let mut words: Vec<_> = name.chain(value).collect();
        words.drain(..words.len().saturating_sub(lines.max(1)));
        words
    }
}

fn draw(canvas: &Canvas, results: &Results, film: &Film) {
    let (rows, columns) = (film.screens.len() + 1, film.instants.len());
    let head = "since measuring began";
    canvas.text((MARGIN, TOP - 30), SMALL, Align::Left, SOFT, head);
    for (i, &instant) in film.instants.iter().enumerate() {
        let x = Cell::new(0, rows, i, columns).middle().0;
        let text = since_start(results, instant);
        canvas.bold((x, TOP - 30), TEXT, Align::Middle, INK, &text);
    }
    let truth = |i| Cell::new(0, rows, i, columns);
    let name = (MARGIN, truth(0).middle().1 - LABEL / 2);
    canvas.bold(name, LABEL, Align::Left, INK, "Server (the truth)");
    for (i, label) in film.truth.iter().enumerate() {
        let cell = truth(i);
        canvas.rect((cell.left, cell.top), (cell.right, cell.bottom), INK);
        cell.write(canvas, &cell.words(*label, cell.lines()), WHITE);
    }
    for (row, (transport, frames)) in film.screens.iter().enumerate() {
        let cell = |i| Cell::new(row + 1, rows, i, columns);
        row_name(canvas, transport, cell(0).middle().1, LEFT - MARGIN - 12);
        let Some(frames) = frames else {
            let at = (LEFT, cell(0).middle().1 - TEXT / 2);
            for line in wrap(&missing(transport), TEXT, false, WIDTH - MARGIN - LEFT, 1) {
                canvas.text(at, TEXT, Align::Left, INK, &line);
            }
            continue;
        };
        for (i, frame) in frames.iter().enumerate() {
            draw_frame(canvas, &cell(i), frame);
        }
    }
}

fn draw_frame(canvas: &Canvas, cell: &Cell, frame: &Frame) {
    let (from, to) = ((cell.left, cell.top), (cell.right, cell.bottom));
    if frame.behind == 0 {
        canvas.frame(from, to, SOFT);
        cell.write(canvas, &cell.words(frame.shown, cell.lines()), INK);
        return;
    }
    canvas.rect(from, to, INK);
    canvas.rect((from.0 + 5, from.1 + 5), (to.0 - 5, to.1 - 5), OLD);
    let behind = format!("{} behind", count(frame.behind as u64));
    let lines = cell.lines();
    let mut words = match lines {
        1 => vec![],
        _ => cell.words(frame.shown, lines - 1),
    };
    words.push((behind, false));
    cell.write(canvas, &words, INK);
}

fn missing(transport: &TransportResult) -> String {
    match figures(transport) {
        Some(_) => "no series in this file".into(),
        None => not_verified(transport),
    }
}

/// A value, and how far it is behind.
fn words(frame: &Frame) -> String {
    let shown = frame.shown.map_or("nothing", |label| label.text);
    match frame.behind {
        0 => shown.into(),
        behind => format!("{shown} ({} behind)", count(behind as u64)),
    }
}

fn alt(results: &Results, film: &Film) -> String {
    let spacing = film
        .instants
        .windows(2)
        .next()
        .map_or(0, |pair| pair[1] - pair[0]);
    let mut alt = format!(
        "Table of screens, one row per transport: the newest value shown at {}, {} apart",
        counted(film.instants.len() as u64, "instant"),
        time(spacing as f64)
    );
    let wrong = |frames: &[Frame]| frames.iter().filter(|frame| frame.behind > 0).count();
    let mut screens: Vec<(&TransportResult, &Vec<Frame>)> = film
        .screens
        .iter()
        .filter_map(|(transport, frames)| Some((*transport, frames.as_ref()?)))
        .collect();
    // The table's order among equals.
    screens.sort_by_key(|(_, frames)| wrong(frames));
    let (Some((best, right)), Some((worst, frames))) = (screens.first(), screens.last()) else {
        return alt + ". It is empty: there are no verified screens to show.";
    };
    let of = film.instants.len();
    alt.push_str(&format!(
        ". {} showed an old value {} of {of} times",
        worst.label,
        wrong(frames)
    ));
    if best.id != worst.id {
        alt.push_str(&format!(", {} {} of {of} times", best.label, wrong(right)));
    }
    let last_wrong = frames.iter().rposition(|frame| frame.behind > 0);
    let at = last_wrong.unwrap_or(frames.len().saturating_sub(1));
    let instant = film
        .instants
        .get(at)
        .map_or(String::new(), |&at| since_start(results, at));
    if let (Some(frame), Some(Some(truth))) = (frames.get(at), film.truth.get(at)) {
        alt.push_str(&format!(
            ": at {instant} the server had {}, and {} showed {}",
            truth.text,
            worst.label,
            words(frame)
        ));
    }
    alt + "."
}

fn table(results: &Results, film: &Film) -> Table {
    let instants = film
        .instants
        .iter()
        .map(|&instant| since_start(results, instant));
    let mut table = Table {
        caption: "The newest event on one client's screen, and at the server".into(),
        head: ["Screen".to_owned()].into_iter().chain(instants).collect(),
        rows: vec![],
    };
    let truth = film
        .truth
        .iter()
        .map(|label| label.map_or("nothing", |label| label.text).to_owned());
    table.row(["Server (the truth)".to_owned()].into_iter().chain(truth));
    for (transport, frames) in &film.screens {
        let label = [transport.label.clone()].into_iter();
        match frames {
            Some(frames) => table.row(label.chain(frames.iter().map(words))),
            None => table.row(label.chain([missing(transport)])),
        }
    }
    table
}
