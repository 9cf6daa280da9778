//! A map of who has the least: two axes, one cell per point, in the colour and with the marker of the winner.

use super::super::canvas::{Align, Canvas, Point};
use super::super::style::{
    GRID, HEIGHT, INK, MARGIN, MARKER, PLOT_BOTTOM, SMALL, SOFT, STROKE, TEXT, WHITE, WIDTH,
};
use super::super::style::{color, leading, text_width, wrap};
use super::super::{Chart, Sheet, Table, format, value};
use super::grid::{BreakEven, Cell, Grid, break_even, events_per_poll};
use super::view;
use crate::measure::sweep::{BYTES_PER_SECOND, Figure, SweepResults};
use plotters::style::RGBColor;

const TOP: i32 = 120;
const RIGHT: i32 = 930;
/// Share of a transport's colour that is left on its cells.
const TINT: f64 = 0.28;

/// The map of a figure of which less is better; nothing if there is no cell to colour.
pub fn chart(results: &SweepResults, figure: &Figure) -> Option<Chart> {
    let grid = Grid::new(results, figure)?;
    if grid.blank() == grid.cells.len() {
        return None;
    }
    let lines = lines(results, figure);
    let (title, id) = match figure.id {
        id if id == BYTES_PER_SECOND.id => ("Which transport is cheapest?".to_owned(), "map-bytes"),
        "age_mean" => (
            "Which transport shows the freshest values?".to_owned(),
            "map-age",
        ),
        _ => (
            "Which transport is fastest, by the median latency?".to_owned(),
            "map-latency",
        ),
    };
    let reading = "Colour and marker: who has the least. Number: how many times as much the next one has. \
                   Striped: too close to call.";
    let alt = alt(results, figure, &grid, &lines);
    Some(Sheet::plain(
        [id, &title, reading],
        &alt,
        table(results, figure, &grid),
        &view::footer(results),
        |canvas| draw(canvas, results, &grid, &lines),
    ))
}

/// Each transport that breaks even with the baseline somewhere on the grid.
pub fn lines(results: &SweepResults, figure: &Figure) -> Vec<(usize, BreakEven)> {
    let Some(baseline) = view::baseline(results) else {
        return vec![];
    };
    let parties = results.head.parties.iter().enumerate();
    parties
        .filter(|(_, party)| party.id != baseline.id)
        .filter_map(|(i, party)| Some((i, break_even(results, party, baseline, figure)?)))
        .filter(|(i, line)| clear(results, figure, *i, line))
        .collect()
}

/// Transports that are the same within the margin everywhere cross each other by chance: that is no line.
fn clear(results: &SweepResults, figure: &Figure, party: usize, line: &BreakEven) -> bool {
    let Some(baseline) = view::baseline(results) else {
        return false;
    };
    let party = &results.head.parties[party];
    let ratios: Vec<f64> = results
        .head
        .sweep
        .points()
        .iter()
        .filter_map(|at| results.compare(party, baseline, at, figure))
        .map(|ratio| ratio.ratio)
        .collect();
    let most = ratios.iter().copied().fold(0.0, f64::max);
    let least = ratios.iter().copied().fold(f64::INFINITY, f64::min);
    !line.pieces.is_empty() && most > 1.05 && least < 0.95
}

/// Places of cells on the sheet.
struct Place {
    left: i32,
    columns: i32,
    rows: i32,
}

impl Place {
    fn x(&self, column: f64) -> i32 {
        let width = f64::from(RIGHT - self.left) / f64::from(self.columns);
        self.left + (column * width).round() as i32
    }

    fn y(&self, row: f64) -> i32 {
        let height = f64::from(PLOT_BOTTOM - TOP) / f64::from(self.rows);
        PLOT_BOTTOM - (row * height).round() as i32
    }

    /// Upper left and lower right corner of a cell.
    fn cell(&self, column: usize, row: usize) -> [Point; 2] {
        let (x, y) = (column as f64, row as f64);
        [(self.x(x), self.y(y + 1.0)), (self.x(x + 1.0), self.y(y))]
    }
}

fn draw(canvas: &Canvas, results: &SweepResults, grid: &Grid, lines: &[(usize, BreakEven)]) {
    let [across, up] = &results.head.sweep.vary[..] else {
        return;
    };
    let names = |axis, n| -> Vec<String> { (0..n).map(|i| view::name(axis, i)).collect() };
    let (xs, ys) = (names(across, grid.columns), names(up, grid.rows));
    let widest = ys.iter().map(|name| text_width(name, TEXT, false)).max();
    let place = Place {
        left: MARGIN + widest.unwrap_or(0).clamp(40, 200) + 12,
        columns: grid.columns as i32,
        rows: grid.rows as i32,
    };
    for row in 0..grid.rows {
        for column in 0..grid.columns {
            let corners = place.cell(column, row);
            draw_ground(canvas, results, grid.cell(column, row), corners);
        }
    }
    for (_, line) in lines {
        for [from, to] in &line.pieces {
            let at = |[x, y]: &[f64; 2]| (place.x(x + 0.5), place.y(y + 0.5));
            canvas.line(vec![at(from), at(to)], WHITE, STROKE + 4);
        }
        for [from, to] in &line.pieces {
            let at = |[x, y]: &[f64; 2]| (place.x(x + 0.5), place.y(y + 0.5));
            canvas.line(vec![at(from), at(to)], INK, STROKE);
        }
    }
    for row in 0..grid.rows {
        for column in 0..grid.columns {
            let corners = place.cell(column, row);
            draw_winners(canvas, results, grid.cell(column, row), corners);
        }
    }
    let title = wrap(&view::title(up), TEXT, false, 600, 1).join("");
    canvas.text((MARGIN, TOP - 32), TEXT, Align::Left, INK, &title);
    let mut free = HEIGHT;
    for (i, name) in ys.iter().enumerate() {
        let top = place.y(i as f64 + 0.5) - TEXT * 2 / 5;
        if top + TEXT <= free {
            let name = wrap(name, TEXT, false, place.left - 10 - MARGIN, 1).join("");
            canvas.text((place.left - 10, top), TEXT, Align::Right, INK, &name);
            free = top - 2;
        }
    }
    let mut free = MARGIN;
    for (i, name) in xs.iter().enumerate() {
        let (x, half) = (
            place.x(i as f64 + 0.5),
            text_width(name, TEXT, false) / 2 + 1,
        );
        if x - half >= free && x + half <= RIGHT + 20 {
            canvas.text((x, PLOT_BOTTOM + 10), TEXT, Align::Middle, INK, name);
            free = x + half + 6;
        }
    }
    let title = wrap(&view::title(across), TEXT, false, 600, 1).join("");
    canvas.text((RIGHT, PLOT_BOTTOM + 33), TEXT, Align::Right, INK, &title);
    draw_key(canvas, results, grid, lines);
}

fn draw_ground(canvas: &Canvas, results: &SweepResults, cell: &Cell, [from, to]: [Point; 2]) {
    let (Cell::Won { winners, .. }, parties) = (cell, &results.head.parties) else {
        canvas.rect(from, to, WHITE);
        canvas.frame(from, to, GRID);
        canvas.line(vec![from, to], GRID, 1);
        return;
    };
    let tints: Vec<RGBColor> = winners
        .iter()
        .map(|&i| tint(color(&parties[i].style.color)))
        .collect();
    canvas.rect(from, to, tints[0]);
    if tints.len() > 1 {
        stripes(canvas, from, to, &tints[1..]);
    }
    canvas.line(vec![(from.0, to.1), to, (to.0, from.1)], WHITE, 1);
}

/// Markers and margin, on top of the break-even line.
fn draw_winners(canvas: &Canvas, results: &SweepResults, cell: &Cell, [from, to]: [Point; 2]) {
    let (Cell::Won { winners, margin }, parties) = (cell, &results.head.parties) else {
        return;
    };
    // Markers as close as they must be, the margin only where it fits.
    let (width, height) = (to.0 - from.0, to.1 - from.1);
    let count = winners.len() as i32;
    if width < 2 * MARKER + 2 || height < 2 * MARKER + 4 {
        return;
    }
    let text = margin.map_or_else(String::new, format::ratio);
    let text_size = text_width(&text, SMALL, false);
    let fits = count * (2 * MARKER + 1) + text_size + 4 <= width && !text.is_empty();
    let pitch = match count {
        1 => 0,
        _ => (2 * MARKER + 1).min((width - 2 * MARKER - 4) / (count - 1)),
    };
    let used = 2 * MARKER + pitch * (count - 1) + if fits { text_size + 2 } else { 0 };
    let (left, middle) = (from.0 + (width - used) / 2, (from.1 + to.1) / 2);
    for (i, &winner) in winners.iter().enumerate() {
        let style = &parties[winner].style;
        let at = (left + MARKER + pitch * i as i32, middle);
        canvas.marker(at, style.marker, color(&style.color));
    }
    if fits {
        let x = left + 2 * MARKER + pitch * (count - 1) + 3;
        // The line must not run through the number.
        let ground = tint(color(&parties[winners[0]].style.color));
        let corner = (x + text_size - 3, middle + SMALL * 3 / 5);
        canvas.rect((x, middle - SMALL * 3 / 5), corner, ground);
        canvas.text((x, middle - SMALL * 2 / 5), SMALL, Align::Left, INK, &text);
    }
}

fn tint(RGBColor(r, g, b): RGBColor) -> RGBColor {
    let mixed = |c: u8| (255.0 - (255.0 - f64::from(c)) * TINT).round() as u8;
    RGBColor(mixed(r), mixed(g), mixed(b))
}

/// Slanted stripes in the colours of those who tie, cut at the cell's edge.
fn stripes(canvas: &Canvas, from: Point, to: Point, colors: &[RGBColor]) {
    const PITCH: i32 = 12;
    let (width, height) = (to.0 - from.0, to.1 - from.1);
    for (i, at) in (0..width + height).step_by(PITCH as usize).enumerate() {
        // The line x + y = at inside the cell, thickened downwards.
        let ink = colors[i % colors.len()];
        let corner = |sum: i32| {
            [
                (from.0 + (sum - height).max(0), from.1 + sum.min(height)),
                (from.0 + sum.min(width), from.1 + (sum - width).max(0)),
            ]
        };
        let ([a, b], [c, d]) = (corner(at), corner((at + PITCH / 2).min(width + height)));
        canvas.fill(vec![a, b, d, c], ink);
    }
}

/// Who is who, how many cells each has, and what lines and stripes mean.
fn draw_key(canvas: &Canvas, results: &SweepResults, grid: &Grid, lines: &[(usize, BreakEven)]) {
    let left = RIGHT + 34;
    let width = WIDTH - MARGIN - left;
    let all = grid.cells.len();
    let mut y = TOP - 6;
    let wrapped = |text: &str, y: &mut i32| {
        for line in wrap(text, TEXT, false, width, 3) {
            if *y + TEXT <= PLOT_BOTTOM {
                canvas.text((left, *y), TEXT, Align::Left, SOFT, &line);
            }
            *y += leading(TEXT);
        }
    };
    for (i, party) in results.head.parties.iter().enumerate() {
        if y + 70 > PLOT_BOTTOM {
            break;
        }
        let ink = color(&party.style.color);
        canvas.rect((left - 4, y - 5), (left + 24, y + 21), tint(ink));
        y = canvas.name((left, y), &party.label, party.style.marker, ink, width, 2);
        let tied = match grid.tied(i) {
            0 => String::new(),
            n => format!(", ties in {n}"),
        };
        wrapped(&format!("{} of {all} cells{tied}", grid.won(i)), &mut y);
        y += 12;
    }
    if grid.close() > 0 {
        wrapped(
            &format!(
                "Striped: {} too close to call",
                format::counted(grid.close() as u64, "cell")
            ),
            &mut y,
        );
        y += 8;
    }
    if grid.blank() > 0 {
        wrapped(
            &format!("Crossed out: {} cells without figures", grid.blank()),
            &mut y,
        );
        y += 8;
    }
    for (i, line) in lines {
        let label = &results.head.parties[*i].label;
        let mut text = format!(
            "Black line: {label} breaks even with {}",
            name_of_baseline(results)
        );
        if let Some(([middle, ..], _)) = events_per_poll(results, line) {
            text.push_str(&format!(
                ", at {} events per poll",
                format::significant(middle)
            ));
        }
        for line in wrap(&text, TEXT, false, width, 4) {
            if y + TEXT <= PLOT_BOTTOM + 30 {
                canvas.text((left, y), TEXT, Align::Left, INK, &line);
            }
            y += leading(TEXT);
        }
    }
}

fn name_of_baseline(results: &SweepResults) -> &str {
    view::baseline(results).map_or("", |party| party.label.as_str())
}

fn alt(
    results: &SweepResults,
    figure: &Figure,
    grid: &Grid,
    lines: &[(usize, BreakEven)],
) -> String {
    let axes = &results.head.sweep.vary;
    let all = grid.cells.len();
    let parts = results.head.parties.iter().enumerate().map(|(i, party)| {
        let tied = match grid.tied(i) {
            0 => String::new(),
            n => format!(" and ties in {n}"),
        };
        format!("{} in {}{tied}", party.label, grid.won(i))
    });
    let mut alt = format!(
        "Map of the least {} over {} (across) and {} (up), {all} cells: {}.",
        figure.label,
        view::title(&axes[0]),
        view::title(&axes[1]),
        parts.collect::<Vec<_>>().join(", ")
    );
    for (i, line) in lines {
        let label = &results.head.parties[*i].label;
        let baseline = name_of_baseline(results);
        alt.push_str(&match events_per_poll(results, line) {
            Some(([middle, low, high], n)) => format!(
                " {label} breaks even with {baseline} at {} events per poll (median of {n} rows and columns, {} to {}).",
                format::significant(middle),
                format::significant(low),
                format::significant(high)
            ),
            None => format!(" {label} breaks even with {baseline} along a line."),
        });
    }
    alt
}

/// One row per cell.
fn table(results: &SweepResults, figure: &Figure, grid: &Grid) -> Table {
    let [across, up] = &results.head.sweep.vary[..] else {
        return Table::default();
    };
    let (first, second) = (view::title(across), view::title(up));
    let mut head = vec![first.as_str(), second.as_str(), "Least", "Next has"];
    head.extend(
        results
            .head
            .parties
            .iter()
            .map(|party| party.label.as_str()),
    );
    let mut table = Table::new(format!("{} in each cell", figure.label), &head);
    for row in 0..grid.rows {
        for column in 0..grid.columns {
            let mut cells = vec![view::name(across, column), view::name(up, row)];
            match grid.cell(column, row) {
                Cell::Blank(why) => cells.push(why.clone()),
                Cell::Won { winners, margin } => {
                    let names: Vec<&str> = winners
                        .iter()
                        .map(|&i| results.head.parties[i].label.as_str())
                        .collect();
                    cells.push(names.join(", "));
                    cells.push(margin.map_or_else(|| "-".into(), format::ratio));
                    let figures = results.head.parties.iter().map(|party| {
                        let estimate = results.estimate(party, &[column, row], figure);
                        estimate.map_or("-".into(), |e| value(figure.quantity, e.value))
                    });
                    cells.extend(figures);
                }
            }
            table.row(cells);
        }
    }
    table
}
