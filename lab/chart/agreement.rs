//! Do simulator and kernel agree? Per transport two bars from the median to the slowest percent, one per network, and
//! around the simulated median the room within which the other counts as equal.

use super::canvas::{Align, Canvas};
use super::evidence::marked;
use super::format::{TimeUnit, deviation, significant, time};
use super::log_scale::LogScale;
use super::stack::row_name;
use super::style::{GRID, INK, LABEL, MARGIN, PLOT_BOTTOM, SHADE, SMALL, SOFT, TEXT, WIDTH};
use super::style::{color, text_width, wrap};
use super::{Chart, Table, figures, footer, network, not_verified};
use crate::measure::{Both, Figures, TransportResult};

const ID: &str = "agreement";
const TITLE: &str = "Do simulator and kernel show the same latency?";
const READING: &str = "From the marked median to the slowest percent. Shaded: 5 % or 2 ms around the simulated median.";
const TOP: i32 = 112;
const LEFT: i32 = 240;
const RIGHT: i32 = 900;
/// What counts as equal: a share of the simulated median, or microseconds.
const SHARE: f64 = 0.05;
const ROOM_US: f64 = 2_000.0;
/// From the middle of a row to each of its two lines, where the rows are high enough.
const APART: i32 = 19;

/// The chart.
pub fn chart(both: &Both) -> Chart {
    let alt = alt(both);
    let networks = format!(
        "Networks: {}; and {}",
        network(&both.simulated),
        network(&both.loopback)
    );
    let lines = footer(&both.simulated, networks, &both.command);
    Chart {
        id: ID.into(),
        title: TITLE.into(),
        reading: READING.into(),
        svg: Canvas::sheet(ID, TITLE, READING, None, &alt, &lines, |canvas| {
            draw(canvas, both);
        }),
        alt,
        table: table(both),
    }
}

type Side<'a> = (&'a TransportResult, Option<&'a Figures>);

/// Each transport on both networks, with its figures where it was verified.
fn pairs(both: &Both) -> Vec<[Side<'_>; 2]> {
    let side = |t| (t, figures(t));
    both.pairs()
        .into_iter()
        .map(|(simulated, loopback)| [side(simulated), side(loopback)])
        .collect()
}

fn draw(canvas: &Canvas, both: &Both) {
    let pairs = pairs(both);
    let ends = pairs
        .iter()
        .flatten()
        .filter_map(|(_, figures)| *figures)
        .flat_map(|f| [f.latency_us.p50, f.latency_us.p99]);
    let (min, max) = ends.fold((f64::INFINITY, 0.0), |(min, max), us: f64| {
        (us.min(min), us.max(max))
    });
    let scale = LogScale::covering(min, max);
    let x = |us: f64| LEFT + (scale.part(us) * f64::from(RIGHT - LEFT)) as i32;
    let unit = TimeUnit::for_max(scale.end());
    let mut free_from = 0;
    for tick in scale.ticks(8) {
        canvas.line(vec![(x(tick), TOP), (x(tick), PLOT_BOTTOM)], GRID, 1);
        let number = significant(tick / unit.us);
        let half = text_width(&number, TEXT, false) / 2 + 4;
        if x(tick) - half >= free_from {
            let at = (x(tick), PLOT_BOTTOM + 13);
            canvas.text(at, TEXT, Align::Middle, INK, &number);
            free_from = x(tick) + half;
        }
    }
    let title = format!("latency, from birth to screen ({}), logarithmic", unit.name);
    canvas.text((RIGHT, PLOT_BOTTOM + 35), TEXT, Align::Right, INK, &title);
    let pitch = (PLOT_BOTTOM - TOP) / pairs.len().max(1) as i32;
    for (i, pair) in pairs.iter().enumerate() {
        let middle = TOP + i as i32 * pitch + pitch / 2;
        row_name(canvas, pair[0].0, middle, LEFT - MARGIN - 16);
        let apart = APART.min(pitch / 4);
        let room = pair[0].1.map(|f| f.latency_us.p50);
        if let Some(us) = room.filter(|_| pair[1].1.is_some()) {
            let by = (us * SHARE).max(ROOM_US);
            let high = middle - apart - 14;
            let low = middle + apart + 14;
            canvas.rect(
                (x(us - by), high),
                (x(us + by).max(x(us - by) + 1), low),
                SHADE,
            );
        }
        for (n, (side, name)) in pair.iter().zip(["simulated", "loopback"]).enumerate() {
            let y = if n == 0 {
                middle - apart
            } else {
                middle + apart
            };
            draw_side(canvas, *side, name, y, &x);
        }
        if let [(_, Some(s)), (_, Some(l))] = pair {
            let at = (WIDTH - MARGIN, middle - LABEL / 2 + 2);
            canvas.bold(at, LABEL, Align::Right, INK, &difference(s, l));
        }
    }
    canvas.line(
        vec![(LEFT, TOP), (LEFT, PLOT_BOTTOM), (RIGHT, PLOT_BOTTOM)],
        INK,
        2,
    );
    if pairs.is_empty() {
        let at = (WIDTH / 2, 320);
        canvas.bold(
            at,
            LABEL,
            Align::Middle,
            INK,
            "Nothing to draw: no transport ran on both networks.",
        );
    }
}

/// One network's line; the simulated one is thin, the real one thick.
fn draw_side(
    canvas: &Canvas,
    (transport, figures): Side,
    name: &str,
    y: i32,
    x: &impl Fn(f64) -> i32,
) {
    let ink = color(&transport.style.color);
    let Some(f) = figures else {
        let room = RIGHT - LEFT - 32;
        let why = format!("{name}: {}", not_verified(transport));
        for line in wrap(&why, TEXT, false, room, 1) {
            canvas.text((LEFT + 16, y - TEXT / 2), TEXT, Align::Left, INK, &line);
        }
        return;
    };
    let (from, to) = (x(f.latency_us.p50), x(f.latency_us.p99));
    let width = if name == "simulated" { 3 } else { 7 };
    canvas.line(vec![(from, y), (to, y)], ink, width);
    canvas.line(vec![(to, y - 8), (to, y + 8)], ink, 3);
    canvas.marker((from, y), transport.style.marker, ink);
    let text = format!("{name} {}", time(f.latency_us.p50));
    canvas.text((RIGHT + 12, y - SMALL / 2), SMALL, Align::Left, SOFT, &text);
}

/// How much later half of the events are there on loopback.
fn difference(simulated: &Figures, loopback: &Figures) -> String {
    let (s, l) = (simulated.latency_us.p50, loopback.latency_us.p50);
    match s > 0.0 {
        true => deviation((l / s - 1.0) * 100.0),
        false => "-".into(),
    }
}

fn alt(both: &Both) -> String {
    let mut parts = vec![];
    for [(transport, s), (_, l)] in pairs(both) {
        if let (Some(s), Some(l)) = (s, l) {
            parts.push(format!(
                "{} {} and {}",
                transport.label,
                time(s.latency_us.p50),
                time(l.latency_us.p50)
            ));
        }
    }
    let chart = "Two bars per transport on a logarithmic scale, its latency on both networks.";
    match parts.is_empty() {
        true => format!("{chart} It is empty: no transport was verified on both."),
        false => format!(
            "{chart} Medians, simulated and on loopback: {}.",
            parts.join("; ")
        ),
    }
}

fn table(both: &Both) -> Table {
    let head = [
        "Transport",
        "p50 simulated",
        "p50 loopback",
        "Difference",
        "p99 simulated",
        "p99 loopback",
        "Events",
    ];
    let mut table = Table::new(
        "Latency on both networks (*: fewer than 10 events beyond)",
        &head,
    );
    for [(simulated, s), (loopback, l)] in pairs(both) {
        let label = simulated.label.clone();
        let (Some(s), Some(l)) = (s, l) else {
            let why = if s.is_none() { simulated } else { loopback };
            table.row([label, not_verified(why)]);
            continue;
        };
        let p99 = |f: &Figures| marked(time(f.latency_us.p99), 0.99, f.latency_events);
        table.row([
            label,
            time(s.latency_us.p50),
            time(l.latency_us.p50),
            difference(s, l),
            p99(s),
            p99(l),
            super::format::count(l.latency_events),
        ]);
    }
    table
}
