//! Charts as SVG text: [`all`] turns results into drawings, each with a sentence that says what it shows and a
//! table of the same numbers. One file per chart; nothing here knows which transports exist.

mod age_sawtooth;
mod agreement;
pub mod bench;
mod budgets;
mod byte_ledger;
mod canvas;
mod cast;
mod curve;
mod ends;
pub mod evidence;
mod exchange;
mod film;
mod filmstrip;
pub mod format;
mod idle_minute;
mod labels;
mod ladder;
mod latency_cdf;
mod layers;
mod lies;
mod log_scale;
mod nearby;
mod percentile_spectrum;
mod plot;
mod png;
mod precise;
mod quantity;
mod requests;
pub mod scorecard;
mod stack;
mod style;
pub mod sweep;
mod tail;
mod teeth;
#[cfg(test)]
mod tests;
mod xy;

pub use budgets::table as budgets;
pub use cast::cast;
pub use layers::to_baseline;
pub use lies::labelled;
pub use png::png;
pub use precise::precise;
pub use quantity::value;
pub use xy::xy;

use crate::measure::{Both, Figures, Marker, Results, Style, TransportResult};
use crate::scenario::{Outage, PerDirection, Percent, Scenario, Span};
use canvas::Canvas;
use std::borrow::Cow;
use std::fmt::Display;

/// One drawing and what is needed to show it.
#[derive(Debug, Clone, PartialEq)]
pub struct Chart {
    /// Short identifier, unique among the charts of a report; all ids inside the SVG begin with it.
    pub id: Cow<'static, str>,
    /// The question that the chart answers.
    pub title: Cow<'static, str>,
    /// How to read it.
    pub reading: Cow<'static, str>,
    /// Type of the chart and its finding in a sentence, from the data.
    pub alt: String,
    /// The drawing: `<svg ...>`.
    pub svg: String,
    /// The same numbers as text.
    pub table: Table,
}

/// What is the same about a chart whatever it shows.
struct Sheet {
    id: &'static str,
    title: &'static str,
    reading: &'static str,
}

impl Sheet {
    /// Draws on the sheet and binds the drawing together with its words and numbers.
    fn chart(&self, results: &Results, alt: String, table: Table, draw: impl Fn(&Canvas)) -> Chart {
        let alt = lies::told(results, alt);
        let table = labelled(results, table);
        let svg = Canvas::sheet(
            self.id,
            self.title,
            self.reading,
            lies::stamp(results).as_deref(),
            &alt,
            &footer(results, networks(results), &results.command),
            draw,
        );
        Chart {
            id: self.id.into(),
            title: self.title.into(),
            reading: self.reading.into(),
            alt,
            svg,
            table,
        }
    }
}

impl Sheet {
    /// A chart that is not of one run: id, title and reading, and its own footer.
    fn plain(
        [id, title, reading]: [&str; 3],
        alt: &str,
        table: Table,
        footer: &[String],
        draw: impl Fn(&Canvas),
    ) -> Chart {
        let svg = Canvas::sheet(id, title, reading, None, alt, footer, draw);
        Chart {
            id: id.to_owned().into(),
            title: title.to_owned().into(),
            reading: reading.to_owned().into(),
            alt: alt.to_owned(),
            svg,
            table,
        }
    }
}

/// A table: the first column names the row.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Table {
    pub caption: String,
    pub head: Vec<String>,
    pub rows: Vec<Vec<String>>,
}

impl Table {
    /// A table without rows.
    pub fn new(caption: impl Into<String>, head: &[&str]) -> Self {
        Self {
            caption: caption.into(),
            head: head.iter().map(|&cell| cell.to_owned()).collect(),
            rows: vec![],
        }
    }

    /// Adds a row; a row that ends early says why in its last cell, which then spans the rest.
    pub fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.rows.push(cells.into_iter().collect());
    }

    /// The table as CSV, its caption left out. Rows that end early stay short.
    pub fn csv(&self) -> String {
        let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(vec![]);
        for row in [&self.head].into_iter().chain(&self.rows) {
            writer
                .write_record(row)
                .expect("writing into memory cannot fail");
        }
        let text = writer
            .into_inner()
            .expect("writing into memory cannot fail");
        String::from_utf8_lossy(&text).into_owned()
    }

    /// How many columns the last cell of a row covers: one, unless the row ends early.
    pub fn span(&self, row: &[String]) -> usize {
        (self.head.len() + 1).saturating_sub(row.len()).max(1)
    }
}

/// The table behind the chart of bytes, for reports without drawings.
pub fn byte_ledger(results: &Results) -> Table {
    labelled(results, byte_ledger::table(results))
}

/// The chart of a scenario on both networks.
pub fn agreement(both: &Both) -> Chart {
    agreement::chart(both)
}

/// The ladder of an experiment in which both sides speak; `None` without packets.
pub fn duplex(results: &Results) -> Option<Chart> {
    ladder::duplex(results)
}

/// All charts of a report, in the order in which they teach. A chart whose data an older file does not hold is left out.
pub fn all(results: &Results) -> Vec<Chart> {
    let charts = [
        budgets::chart(results),
        ladder::chart(results),
        Some(age_sawtooth::chart(results)),
        filmstrip::chart(results),
        Some(latency_cdf::chart(results)),
        Some(percentile_spectrum::chart(results)),
        Some(byte_ledger::chart(results)),
        idle_minute::chart(results),
        Some(requests::chart(results)),
    ];
    charts.into_iter().flatten().collect()
}

/// The figures of a transport that was verified. Anything else has none, whatever its file says.
pub fn figures(transport: &TransportResult) -> Option<&Figures> {
    transport.figures.as_ref().filter(|_| transport.verified)
}

/// What stands in the place of figures that do not exist.
pub fn not_verified(transport: &TransportResult) -> String {
    let counts = format!(
        "not verified: {} of {} deliveries",
        format::count(transport.delivered),
        format::count(transport.expected)
    );
    match &transport.problem {
        Some(problem) => format!("{counts}; {problem}"),
        None => counts,
    }
}

/// The network in a few words: `simulated, 25 ms each way, 20 Mbit/s down, 5 Mbit/s up`.
pub fn network(results: &Results) -> String {
    let scenario = &results.scenario;
    if results.delay_line {
        return format!(
            "{} with a delay line of {}",
            results.network,
            directions(&scenario.delay, "each way")
        );
    }
    if results.network == "loopback" {
        return "loopback (kernel sockets on one machine)".into();
    }
    let mut parts = vec![
        results.network.clone(),
        directions(&scenario.delay, "each way"),
        directions(&scenario.bandwidth, "each way"),
    ];
    if [scenario.jitter.down, scenario.jitter.up] != [Span::ZERO; 2] {
        parts.push(format!(
            "jitter {}",
            directions(&scenario.jitter, "each way")
        ));
    }
    if [scenario.loss.down, scenario.loss.up] != [Percent::ZERO; 2] {
        parts.push(format!(
            "packet loss {}",
            directions(&scenario.loss, "each way")
        ));
    }
    parts.extend(outages(scenario));
    parts.join(", ")
}

/// How often lines were cut, in words: all of them, or single ones.
pub fn outages(scenario: &Scenario) -> Vec<String> {
    let said = |alone: bool, of: &str| {
        let outages = scenario.outages.iter();
        let count = outages.filter(|one| one.client.is_some() == alone).count();
        (count > 0).then(|| format::counted(count as u64, "outage") + of)
    };
    [said(false, ""), said(true, " of one line")]
        .into_iter()
        .flatten()
        .collect()
}

/// The outages of the line of the client whose screen and packets are kept.
fn outages_watched(results: &Results) -> impl Iterator<Item = &Outage> {
    let watched = results.scenario.clients / 2;
    let outages = results.scenario.outages.iter();
    outages.filter(move |outage| outage.client.is_none_or(|client| client == watched))
}

/// How often something happens, in words.
pub fn rate(results: &Results) -> String {
    let rate: String = match &results.scenario.replay {
        Some(_) => "replayed events".into(),
        None => cast::rate(&results.scenario),
    };
    match results.scenario.stalls.len() as u64 {
        0 => rate,
        stalls => format!("{rate} and {}", format::counted(stalls, "server stall")),
    }
}

/// A value that may differ by direction, in words.
pub fn directions<T: Display + PartialEq + Copy>(value: &PerDirection<T>, both: &str) -> String {
    let text = |value: T| format::spaced(&value.to_string());
    if value.down == value.up {
        format!("{} {both}", text(value.down))
    } else {
        format!("{} down, {} up", text(value.down), text(value.up))
    }
}

fn networks(results: &Results) -> String {
    format!("Network: {}", network(results))
}

/// Every drawing says where it comes from: scenario, seed, network, version, and the command that makes it again.
fn footer(results: &Results, networks: String, command: &str) -> Vec<String> {
    let scenario = &results.scenario;
    let early = if results.partial {
        " - ended early"
    } else {
        ""
    };
    let run = format!(
        "Scenario {}: {}, {}, {} measured, seed {}{early} - pushlab {}",
        scenario.name,
        format::counted(scenario.clients.into(), "client"),
        rate(results),
        format::spaced(&scenario.duration.to_string()),
        results.seed,
        results.pushlab,
    );
    let width = style::WIDTH - 2 * style::MARGIN;
    let lines = [(run, 1), (networks, 1), (format!("$ {command}"), 2)];
    lines
        .iter()
        .flat_map(|(text, lines)| style::wrap(text, style::SMALL, false, width, *lines))
        .collect()
}

/// A transport's colour as `#rrggbb`, and its marker as a character, for text beside the charts.
pub fn swatch(style: &Style) -> (String, char) {
    let plotters::style::RGBColor(r, g, b) = style::color(&style.color);
    let marker = match style.marker {
        Marker::Circle => '●',
        Marker::Square => '■',
        Marker::Triangle => '▲',
        Marker::Diamond => '◆',
    };
    (format!("#{r:02x}{g:02x}{b:02x}"), marker)
}
