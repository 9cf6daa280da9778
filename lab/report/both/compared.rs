//! The figures that are compared, and how far apart they may be.

use super::{causes, people};
use crate::chart::{evidence, figures, format};
use crate::measure::{Both, Figures, TransportResult};
use std::borrow::Cow;

/// What a figure is measured in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Microseconds.
    Time,
    Bytes,
    Number,
    /// From 0 to 1.
    Share,
}

/// What kind of figure it is; decides what may explain a difference.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Kind {
    /// A percentile of the latency; its rank, 0 to 1.
    Percentile(f64),
    MeanLatency,
    /// A percentile of one kind of message.
    Class(f64),
    /// How long what people publish takes to the server, or there and back.
    Upward,
    Age,
    Stale,
    FirstEvent,
    Requests,
    Connections,
    ApplicationBytes,
    Packets,
    IpBytes,
}

/// A figure that both networks have. Two values agree if they are within `percent` of the simulated
/// one or within `absolute`, whichever allows more.
#[derive(Debug, Clone, Copy)]
pub struct Figure {
    pub name: &'static str,
    pub unit: Unit,
    pub kind: Kind,
    pub percent: f64,
    pub absolute: f64,
    pub(super) value: fn(&TransportResult, &Figures) -> Option<f64>,
}

const fn figure(
    name: &'static str,
    unit: Unit,
    kind: Kind,
    (percent, absolute): (f64, f64),
    value: fn(&TransportResult, &Figures) -> Option<f64>,
) -> Figure {
    Figure {
        name,
        unit,
        kind,
        percent,
        absolute,
        value,
    }
}

/// All of them. The limits of the median and of the application bytes are what the lab promises;
/// the others are as tight as a few seconds in real time on a busy machine allow. METHODOLOGY.md says
/// the same.
pub const FIGURES: [Figure; 10] = [
    figure(
        "latency p50",
        Unit::Time,
        Kind::Percentile(0.5),
        (5.0, 2_000.0),
        |_, f| Some(f.latency_us.p50),
    ),
    figure(
        "latency mean",
        Unit::Time,
        Kind::MeanLatency,
        (5.0, 2_000.0),
        |_, f| Some(f.latency_us.mean),
    ),
    figure(
        "latency p99",
        Unit::Time,
        Kind::Percentile(0.99),
        (10.0, 5_000.0),
        |_, f| Some(f.latency_us.p99),
    ),
    figure("mean age", Unit::Time, Kind::Age, (5.0, 2_000.0), |_, f| {
        f.mean_age_us()
    }),
    figure(
        "time stale",
        Unit::Share,
        Kind::Stale,
        (5.0, 0.01),
        |_, f| f.stale_share,
    ),
    figure(
        "first event after",
        Unit::Time,
        Kind::FirstEvent,
        (5.0, 2_000.0),
        |_, f| Some(f.first_event_us.mean),
    ),
    figure(
        "requests",
        Unit::Number,
        Kind::Requests,
        (1.0, 0.0),
        |_, f| Some(f.requests as f64),
    ),
    figure(
        "connections",
        Unit::Number,
        Kind::Connections,
        (0.0, 0.0),
        |_, f| Some(f.connections as f64),
    ),
    figure(
        "application bytes per event",
        Unit::Bytes,
        Kind::ApplicationBytes,
        (1.0, 0.0),
        |t, f| per_event(t, f.application_bytes() as f64),
    ),
    figure(
        "packets per event",
        Unit::Number,
        Kind::Packets,
        (5.0, 0.0),
        |t, f| per_event(t, segments(f)?),
    ),
];

/// The last figure: it follows from the application bytes and the packets.
pub const IP_BYTES: Figure = figure(
    "IP bytes per event",
    Unit::Bytes,
    Kind::IpBytes,
    (5.0, 0.0),
    |t, f| {
        segments(f)?;
        (t.delivered > 0).then_some(f.bytes_per_event)
    },
);

fn per_event(transport: &TransportResult, total: f64) -> Option<f64> {
    (transport.delivered > 0).then(|| total / transport.delivered as f64)
}

/// Packets, where the system told them.
fn segments(figures: &Figures) -> Option<f64> {
    (figures.packets > 0).then_some(figures.packets as f64)
}

/// One figure of one transport on both networks.
#[derive(Debug, Clone)]
pub struct Row {
    pub label: String,
    pub figure: Cow<'static, str>,
    pub unit: Unit,
    pub simulated: f64,
    pub loopback: f64,
    /// The most by which they may differ, in the figure's unit.
    pub allowed: f64,
    /// The limit in words.
    pub limit: String,
    /// Whether it is a percentile that too few events bear out.
    pub rough: bool,
    /// For a difference beyond the limit: what it comes from, and what remains unexplained.
    pub causes: Vec<String>,
}

impl Row {
    /// Loopback less simulated.
    pub fn difference(&self) -> f64 {
        self.loopback - self.simulated
    }

    /// The same in percent of the simulated value; none where that is zero.
    pub fn percent(&self) -> Option<f64> {
        (self.simulated != 0.0).then(|| self.difference() / self.simulated * 100.0)
    }

    /// Whether the two agree.
    pub fn agrees(&self) -> bool {
        self.difference().abs() <= self.allowed
    }

    /// Both values, their difference and the same in percent, as text.
    pub fn values(&self) -> [String; 4] {
        [
            quantity(self.unit, self.simulated),
            quantity(self.unit, self.loopback),
            signed(self.unit, self.difference()),
            self.percent().map_or("-".into(), format::deviation),
        ]
    }
}

/// A value in its unit.
pub fn quantity(unit: Unit, value: f64) -> String {
    match unit {
        Unit::Time => format::time(value),
        Unit::Bytes => format::bytes(value),
        Unit::Number => format::significant(value),
        Unit::Share => format::percent(value),
    }
}

/// A difference in its unit, with its sign.
pub fn signed(unit: Unit, value: f64) -> String {
    let (size, sign) = (value.abs(), if value < 0.0 { "-" } else { "+" });
    let text = match unit {
        Unit::Share => {
            let points = format::significant(size * 100.0);
            let plural = if points == "1" { "" } else { "s" };
            format!("{points} point{plural}")
        }
        Unit::Time if size < 0.05 => "0".into(),
        unit => quantity(unit, size),
    };
    if text.starts_with("0 ") || text == "0" {
        return "0".into();
    }
    format!("{sign}{text}")
}

/// Every figure of every transport that was verified on both networks, transport by transport.
pub fn rows(both: &Both) -> Vec<Row> {
    let mut rows = vec![];
    for (simulated, loopback) in both.pairs() {
        let (Some(s), Some(l)) = (figures(simulated), figures(loopback)) else {
            continue;
        };
        let pair = causes::Pair {
            both,
            simulated: (simulated, s),
            loopback: (loopback, l),
        };
        for figure in FIGURES.iter().chain([&IP_BYTES]) {
            if let (Some(s), Some(l)) = ((figure.value)(simulated, s), (figure.value)(loopback, l))
            {
                rows.push(row(&pair, figure, figure.name.into(), (s, l)));
            }
        }
        rows.extend(people::rows(&pair));
    }
    rows
}

/// A figure's two values, simulated and on loopback, and what makes them differ.
pub(super) fn row(
    pair: &causes::Pair,
    figure: &Figure,
    name: Cow<'static, str>,
    (simulated, loopback): (f64, f64),
) -> Row {
    let mut row = Row {
        label: pair.simulated.0.label.clone(),
        figure: name,
        unit: figure.unit,
        simulated,
        loopback,
        allowed: (simulated.abs() * figure.percent / 100.0).max(figure.absolute),
        limit: limit(figure),
        rough: matches!(figure.kind, Kind::Percentile(rank) if thin(pair.loopback.1, rank)),
        causes: vec![],
    };
    if !row.agrees() {
        row.causes = causes::causes(pair, figure, &row);
    }
    row
}

/// Whether fewer than ten events lie beyond a percentile.
pub fn thin(figures: &Figures, rank: f64) -> bool {
    evidence::borne_out(figures.latency_events) + 1e-9 < rank
}

fn limit(figure: &Figure) -> String {
    match (figure.percent, figure.absolute) {
        (0.0, 0.0) => "equal".into(),
        (percent, 0.0) => format!("{percent} %"),
        (percent, absolute) => {
            let absolute = signed(figure.unit, absolute);
            format!("{percent} % or {}", absolute.trim_start_matches('+'))
        }
    }
}
