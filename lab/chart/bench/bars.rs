//! Panels of bars with the same rows: the floor and the transports.

use super::super::canvas::{Align, Canvas};
use super::super::format::{bytes, significant, time};
use super::super::style::{
    INK, LABEL, MARGIN, MARKER, PLOT_BOTTOM, SMALL, SOFT, TEXT, WIDTH, color, leading, text_width,
    wrap,
};
use super::super::{Chart, Sheet, Table};
use super::{latency_of, times_of};
use crate::measure::bench::{Figure, Group, Row};

const TOP: i32 = 134;
const NAMES: i32 = 256;
/// Between the end of a bar's longest text and the next panel.
const GAP: i32 = 24;
/// Panels on one sheet: more would be too small to read.
const MOST_PANELS: usize = 4;

/// Something that each row has a value of.
struct Panel<'a> {
    title: String,
    figure: &'a Figure<'a>,
    value: fn(&Row) -> Option<f64>,
    write: fn(&Row, f64) -> String,
    /// What stands below the value.
    below: fn(&Row) -> Option<String>,
}

/// The charts, on as many sheets as they need.
pub fn charts(group: &Group, figures: &[&Figure], footer: &[String]) -> Vec<Chart> {
    let panels = panels(group, figures);
    let sheets = panels.chunks(MOST_PANELS);
    let sheet = |(number, panels): (usize, &[Panel])| {
        let named = figures
            .iter()
            .any(|figure| figure.number().is_none() && figure.parameter.is_some());
        let own = if named { "bench-named" } else { "bench-bars" };
        let id = match number {
            0 => format!("{own}-{}", group.id),
            _ => format!("{own}-{}-{}", group.id, number + 1),
        };
        Sheet::plain(
            [&id, &group.title, &reading(panels)],
            &alt(panels),
            table(group, panels),
            footer,
            |canvas| draw(canvas, panels),
        )
    };
    sheets.enumerate().map(sheet).collect()
}

/// How to read these panels, and nothing of what is not on them.
fn reading(panels: &[Panel]) -> String {
    let any = |has: fn(&Panel, &Row) -> bool| {
        let mut all = panels.iter();
        all.any(|panel| panel.figure.rows.iter().any(|row| has(panel, row)))
    };
    let mut reading = "Each panel has a scale of its own, from zero.".to_owned();
    if any(|panel, row| (panel.below)(row).is_some()) {
        reading += " Below a time: how many times the floor it is.";
    }
    if any(|panel, row| (panel.value)(row).is_some_and(|v| (panel.write)(row, v).ends_with('*'))) {
        reading += " * Rough: fewer than 10 measured events lie beyond it.";
    }
    reading
}

fn panels<'a>(group: &Group, figures: &[&'a Figure<'a>]) -> Vec<Panel<'a>> {
    let mut panels: Vec<Panel> = vec![];
    for figure in figures {
        let of = figure
            .parameter
            .map_or(String::new(), |parameter| format!("{parameter}: "));
        panels.push(Panel {
            title: format!("{of}time per {}", group.each),
            figure,
            value: |row| Some(row.measured.each_ns / 1e3),
            write: |_, us| time_of(us),
            below: |row| Some(format!("{} floor", times_of(row.to_floor?))),
        });
    }
    let mut beside = |title: &str,
                      value: fn(&Row) -> Option<f64>,
                      write: fn(&Row, f64) -> String,
                      below: fn(&Row) -> Option<String>| {
        // Where it does not depend on the parameter, once is enough.
        let figure = figures
            .iter()
            .find(|figure| figure.rows.iter().any(|row| value(row).is_some()));
        let alone = figures.len() == 1 || title.starts_with("bytes");
        if let Some(figure) = figure.filter(|_| alone) {
            panels.push(Panel {
                title: title.to_owned(),
                figure,
                value,
                write,
                below,
            });
        }
    };
    beside(
        "latency, half within",
        |row| row.measured.beside.latency_p50_us,
        |row, us| latency_of(row, 0.5, us),
        |_| None,
    );
    beside(
        "latency, 99 % within",
        |row| row.measured.beside.latency_p99_us,
        |row, us| latency_of(row, 0.99, us),
        |_| None,
    );
    beside(
        "bytes per event",
        |row| row.measured.beside.bytes_per_event,
        |_, number| bytes(number),
        |_| None,
    );
    panels
}

/// A time in microseconds; below one in nanoseconds, which only benchmarks have.
pub fn time_of(us: f64) -> String {
    match us < 0.9995 {
        true => format!("{} ns", significant(us * 1e3)),
        false => time(us),
    }
}

/// The rows of all panels, in the order of the first that has each.
fn rows<'a>(panels: &[Panel<'a>]) -> Vec<&'a Row<'a>> {
    let mut rows: Vec<&Row> = vec![];
    for row in panels.iter().flat_map(|panel| &panel.figure.rows) {
        if rows
            .iter()
            .all(|known| known.measured.function != row.measured.function)
        {
            rows.push(row);
        }
    }
    rows
}

/// The same row in a panel.
fn within<'a>(panel: &'a Panel, row: &Row) -> Option<&'a Row<'a>> {
    let mut rows = panel.figure.rows.iter();
    rows.find(|own| own.measured.function == row.measured.function)
}

fn draw(canvas: &Canvas, panels: &[Panel]) {
    let rows = rows(panels);
    let pitch = (PLOT_BOTTOM - TOP) / rows.len().max(1) as i32;
    let middle = |row: usize| TOP + row as i32 * pitch + pitch / 2;
    let room = NAMES - MARGIN - 16;
    for (i, row) in rows.iter().enumerate() {
        let lines = wrap(row.label(), LABEL, true, room - 3 * MARKER, 2);
        let y = middle(i) - lines.len() as i32 * leading(LABEL) / 2 + 4;
        match row.party {
            Some(party) => {
                let ink = color(&party.style.color);
                canvas.name((MARGIN, y), &party.label, party.style.marker, ink, room, 2);
            }
            None => {
                for (line, number) in lines.iter().zip(0..) {
                    let at = (MARGIN + 3 * MARKER, y + number * leading(LABEL));
                    canvas.bold(at, LABEL, Align::Left, INK, line);
                }
            }
        }
    }
    let width = (WIDTH - MARGIN - NAMES) / panels.len().max(1) as i32;
    for (panel, number) in panels.iter().zip(0..) {
        let left = NAMES + number * width;
        for (line, i) in wrap(&panel.title, TEXT, false, width - GAP, 2)
            .iter()
            .zip(0..)
        {
            canvas.text((left, 86 + i * leading(TEXT)), TEXT, Align::Left, INK, line);
        }
        let own: Vec<_> = rows.iter().map(|row| within(panel, row)).collect();
        let there = || own.iter().flatten();
        let values = || there().filter_map(|row| Some((row, (panel.value)(row)?)));
        let longest =
            values().map(|(row, value)| text_width(&(panel.write)(row, value), LABEL, true));
        let text = longest
            .max()
            .unwrap_or(0)
            .max(text_width("99.9x floor", SMALL, false));
        let largest = values().map(|(_, value)| value).fold(0.0, f64::max);
        for (row, i) in own.iter().zip(0..) {
            let at = middle(i);
            match row.and_then(|row| Some((row, (panel.value)(row)?))) {
                Some((row, value)) => {
                    let share = if largest > 0.0 { value / largest } else { 0.0 };
                    let length =
                        f64::from((width - GAP - text - 10).max(20)) * share.clamp(0.0, 1.0);
                    let end = left + length.round() as i32;
                    bar(
                        canvas,
                        panel,
                        row,
                        value,
                        [left, end, at, (pitch * 6 / 10).min(56)],
                    );
                }
                None => canvas.text((left + 10, at - TEXT / 2), TEXT, Align::Left, SOFT, "-"),
            }
        }
        canvas.line(vec![(left, TOP), (left, PLOT_BOTTOM)], INK, 2);
    }
}

fn bar(canvas: &Canvas, panel: &Panel, row: &Row, value: f64, place: [i32; 4]) {
    let [left, end, middle, height] = place;
    let (top, bottom) = (middle - height / 2, middle + height / 2);
    canvas.rect((left, top), (end, bottom), color(super::color(row)));
    canvas.frame((left, top), (end, bottom), INK);
    let text = (panel.write)(row, value);
    let below = (panel.below)(row);
    let y = match below {
        None => middle - LABEL / 2 + 2,
        Some(_) => middle - LABEL,
    };
    canvas.bold((end + 10, y), LABEL, Align::Left, INK, &text);
    if let Some(below) = below {
        canvas.text((end + 10, middle + 5), SMALL, Align::Left, INK, &below);
    }
}

fn alt(panels: &[Panel]) -> String {
    let said = panels.iter().map(|panel| {
        let values = panel.figure.rows.iter().filter_map(|row| {
            let value = (panel.write)(row, (panel.value)(row)?);
            Some(format!("{} {value}", row.label()))
        });
        format!(
            "{}: {}.",
            panel.title,
            values.collect::<Vec<_>>().join(", ")
        )
    });
    format!(
        "Bars, a row for each transport. {}",
        said.collect::<Vec<_>>().join(" ")
    )
}

fn table(group: &Group, panels: &[Panel]) -> Table {
    let titles = panels.iter().map(|panel| panel.title.as_str());
    let head: Vec<&str> = ["Transport"].into_iter().chain(titles).collect();
    let mut table = Table::new(&group.title, &head);
    for row in rows(panels) {
        let value = |panel: &Panel| {
            let row = within(panel, row)?;
            let text = (panel.write)(row, (panel.value)(row)?);
            Some(match (panel.below)(row) {
                Some(below) => format!("{text} ({below})"),
                None => text,
            })
        };
        let cells = panels
            .iter()
            .map(|panel| value(panel).unwrap_or_else(|| "-".into()));
        table.row([row.label().to_owned()].into_iter().chain(cells));
    }
    table
}
