//! E11: how long a fan-out takes, how many polls a server answers, and when polling carries more clients.

use super::plots::{axis, series};
use super::{Context, Measured, Reading, Study};
use crate::measure::plot::{Plot, Quantity};
use crate::measure::{Figures, TransportResult};
use crate::net::Network;
use crate::os::ask_for_open_files;
use crate::run::{Prepared, RunError};
use crate::scenario;
use crate::transport::{Entry, SHORT_POLL, SSE, WEBSOCKET};
use serde_json::{Value, json};

pub const STUDY: Study = Study {
    id: "E11",
    title: "When do pollers outnumber push clients?",
    question: "How much later is the last of N clients than the first, and from which tolerable delay on does one server \
               carry more pollers than push clients?",
    claim: "Clients served by polling are requests per second times the maximum acceptable latency (MAL); polling \
            carries as many as SSE at a MAL of about 10 s (Van de Vyvere et al. 2020). A broadcast to 10,000 sockets \
            takes 3.6 us each (derived from Hashrocket).",
    set_up: "The lab's server and its clients on threads of their own, kernel sockets on 127.0.0.1. N clients up to \
             3,000, or 10,000 where enough files may be open; 12 events, 10 a second. Then 200 pollers that ask again \
             as soon as they can, for 2 s.",
    formula: "the client at place k is served k c after the event: last minus first is N c, the median half of it. Push \
              serves P / c clients with an event every P (5 s, as in the paper), polling r_max x MAL",
    folklore: &[],
    real_sockets: true,
    run,
};

/// Clients of the fan-outs.
const SIZES: [u32; 5] = [100, 300, 1_000, 3_000, 10_000];
/// The fan-outs that are measured.
pub const STREAMS: [Entry; 2] = [SSE, WEBSOCKET];
/// How many clients the poll rate is measured with, and for how long, seconds.
const POLLERS: u32 = 200;
const POLLING_S: f64 = 2.0;
/// The publish interval of the paper, microseconds.
const PUBLISH_US: f64 = 5e6;
/// Files that a run needs beside two per client.
const SPARE_FILES: u64 = 64;

/// The id of a figure of a stream.
pub fn of(figure: &str, entry: &Entry) -> String {
    format!("{figure}/{}", entry.descriptor.id)
}

/// A straight line through points.
struct Line {
    slope: f64,
    offset: f64,
    /// The share of the variation that the line explains.
    r2: f64,
}

/// The fan-outs of one stream.
struct FanOut<'a> {
    entry: &'a Entry,
    /// Clients and spread, microseconds.
    points: Vec<(f64, f64)>,
    line: Option<Line>,
}

fn run(_: &Context) -> Result<Measured, RunError> {
    let mut measured = Measured::default();
    // Asked for as a run does; a limit that may be raised is no obstacle.
    let most = 2 * u64::from(SIZES.into_iter().max().unwrap_or(0)) + SPARE_FILES;
    let allowed = ask_for_open_files(most).unwrap_or(u64::MAX);
    let (sizes, too_many): (Vec<_>, Vec<_>) = SIZES
        .into_iter()
        .partition(|&clients| 2 * u64::from(clients) + SPARE_FILES <= allowed);
    for clients in too_many {
        measured.notes.push(format!(
            "{clients} clients were left out: they need {} open files, this shell allows {allowed}.",
            2 * u64::from(clients) + SPARE_FILES
        ));
    }
    let mut lines = Vec::new();
    for entry in &STREAMS {
        let mut points = Vec::new();
        let mut largest = Err("no run".to_owned());
        for &clients in &sizes {
            let result = loopback(entry, fan_out(clients))?;
            match read(&result, |f| f.fan_out_spread_us.map_or(f64::NAN, |s| s.p50)) {
                Ok(spread_us) => points.push((f64::from(clients), spread_us)),
                Err(problem) => measured.notes.push(format!("{clients} clients: {problem}")),
            }
            largest = read(&result, |f| f.latency_us.p50 / f.latency_us.p99);
        }
        measured.put(of("half", entry), largest);
        let line = fit(&points).ok_or_else(|| "fewer than two fan-outs were verified".to_owned());
        measured.put(
            of("r2", entry),
            line.as_ref().map(|l| l.r2).map_err(String::clone),
        );
        measured.put(
            of("slope", entry),
            line.as_ref().map(|l| l.slope).map_err(String::clone),
        );
        lines.push(FanOut {
            entry,
            points,
            line: line.ok(),
        });
    }
    let polls = loopback(&SHORT_POLL, polling())?;
    measured.put("polls", read(&polls, |f| f.requests as f64 / POLLING_S));
    busy(&polls, &mut measured);
    let mal = match (measured.get("polls"), measured.get(&of("slope", &SSE))) {
        (Some(rate), Some(slope_us)) => Ok(1e6 * (PUBLISH_US / slope_us) / rate),
        _ => Err("the poll rate or the slope was not measured".to_owned()),
    };
    measured.put("mal", mal);
    measured.finding = finding(&measured);
    measured.plot = Some(plot(&measured, &lines));
    Ok(measured)
}

fn fan_out(clients: u32) -> Value {
    // Time to connect them all before the first event that counts.
    let warm_up_ms = 400 + clients / 2;
    json!({
        "clients": clients, "rate": "10/s", "arrivals": "fixed",
        "warm_up": format!("{warm_up_ms}ms"), "duration": "1200ms",
    })
}

fn polling() -> Value {
    json!({
        "clients": POLLERS, "rate": "1/s", "arrivals": "fixed", "poll_discipline": "sleep", "poll_every": "1us",
        "warm_up": "0s", "duration": format!("{POLLING_S}s"),
    })
}

fn loopback(entry: &Entry, mut fields: Value) -> Result<TransportResult, RunError> {
    fields["name"] = "reproduce".into();
    let scenario = scenario::parse(&fields.to_string(), "reproduce")
        .map_err(|error| RunError::Internal(error.to_string()))?;
    Ok(Prepared::new(scenario)?
        .run(entry, Network::Loopback)?
        .result)
}

fn read(result: &TransportResult, figure: impl FnOnce(&Figures) -> f64) -> Reading {
    let unverified = || Err(result.problem.clone().unwrap_or_default());
    result
        .figures
        .as_ref()
        .map_or_else(unverified, |figures| Ok(figure(figures)))
}

/// Which side's thread was the limit: a load generator that is out of breath looks like a slow server.
fn busy(polls: &TransportResult, measured: &mut Measured) {
    let share = |per_delivery_us: Option<f64>| {
        Some(per_delivery_us? * polls.delivered as f64 / 1e6 / POLLING_S)
    };
    let figures = polls.figures.as_ref();
    if let Some((server, client)) = figures.and_then(|figures| {
        let server = share(figures.server_cpu_us_per_delivery)?;
        Some((server, share(figures.client_cpu_us_per_delivery)?))
    }) {
        measured.notes.push(format!(
            "While polls were counted, the server's thread was busy {:.0} % of the time, the pollers' {:.0} %; where the \
             server's is not near 100 %, it could answer more than was asked.",
            100.0 * server,
            100.0 * client
        ));
    }
}

/// The line of least squares; nothing for fewer than two places.
fn fit(points: &[(f64, f64)]) -> Option<Line> {
    let count = points.len() as f64;
    let mean = |of: fn(&(f64, f64)) -> f64| points.iter().map(of).sum::<f64>() / count;
    let (mean_x, mean_y) = (mean(|p| p.0), mean(|p| p.1));
    let sum = |of: &dyn Fn(f64, f64) -> f64| -> f64 {
        points
            .iter()
            .map(|&(x, y)| of(x - mean_x, y - mean_y))
            .sum()
    };
    let (xx, xy, yy) = (sum(&|x, _| x * x), sum(&|x, y| x * y), sum(&|_, y| y * y));
    (points.len() > 1 && xx > 0.0 && yy > 0.0).then(|| Line {
        slope: xy / xx,
        offset: mean_y - xy / xx * mean_x,
        r2: xy * xy / (xx * yy),
    })
}

fn finding(measured: &Measured) -> String {
    let slope = |entry| measured.text(&of("slope", entry), Quantity::Time);
    let mut finding = format!(
        "Each further client makes the last one {} later with SSE and {} with WebSocket. The server answers {} polls.",
        slope(&SSE),
        slope(&WEBSOCKET),
        measured.text("polls", Quantity::PerSecond)
    );
    if measured.get("mal").is_some() {
        finding += &format!(
            " With an event every 5 s polling carries as many clients as SSE from a tolerable delay of {} on.",
            measured.text("mal", Quantity::Time)
        );
    }
    finding
}

fn plot(measured: &Measured, lines: &[FanOut]) -> Plot {
    let of_stream = |stream: &FanOut| {
        let points = &stream.points;
        let on_line = |line: &Line| {
            let at = |x: f64| [x, line.slope * x + line.offset];
            let ends = points.first().zip(points.last());
            ends.map_or_else(Vec::new, |(first, last)| vec![at(first.0), at(last.0)])
        };
        let law = stream.line.as_ref().map_or_else(Vec::new, on_line);
        let measured = points.iter().map(|&(x, y)| (x, Some(y)));
        series(stream.entry, stream.entry.descriptor.label, measured, law)
    };
    let alt = format!(
        "Line chart of the time from the first to the last client that sees an event, over the number of clients. {}",
        measured.finding
    );
    Plot {
        id: "e11".into(),
        title: "The last client waits for all the others".into(),
        reading: "Median time from the first to the last client by number of clients, kernel sockets; dashed: a line of \
                  least squares"
            .into(),
        alt,
        x: axis("clients", Quantity::Count, false),
        y: axis("first to last client", Quantity::Time, false),
        series: lines.iter().map(of_stream).collect(),
        marks: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::fit;

    #[test]
    fn a_line_is_found_and_judged() {
        let line = fit(&[(1.0, 5.0), (2.0, 7.0), (4.0, 11.0)]).expect("a line");
        assert!((line.slope - 2.0).abs() < 1e-12 && (line.offset - 3.0).abs() < 1e-12);
        assert!((line.r2 - 1.0).abs() < 1e-12);
        // xx = 2, xy = 0, yy = 2/3: no line explains a bump.
        let bump = fit(&[(0.0, 0.0), (1.0, 1.0), (2.0, 0.0)]).expect("a line");
        assert!(bump.r2.abs() < 1e-12);
        assert!(fit(&[(1.0, 1.0)]).is_none() && fit(&[]).is_none());
    }
}
