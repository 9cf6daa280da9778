//! What does an idle minute cost? IP bytes per connected client, split by layer.

use super::canvas::Canvas;
use super::ends::ends;
use super::format::{bytes, counted, significant};
use super::layers::{Layer, occurring};
use super::stack::{self, Bar, Share};
use super::{Chart, Sheet, Table, figures, not_verified};
use crate::measure::{Idle, Results, TransportResult};

const SHEET: Sheet = Sheet {
    id: "idle-minute",
    title: "What does an idle minute cost?",
    reading: "IP bytes per client while nothing happens; connecting and leaving are left out.",
};

/// The chart, where silence was measured.
pub fn chart(results: &Results) -> Option<Chart> {
    results.transports.iter().find_map(idle)?;
    let alt = alt(results);
    Some(SHEET.chart(results, alt, table(results), |canvas| draw(canvas, results)))
}

/// What a verified transport costs when idle.
fn idle(transport: &TransportResult) -> Option<&Idle> {
    figures(transport)?;
    transport
        .idle
        .as_ref()
        .filter(|idle| idle.client_minutes > 0)
}

fn share(transport: &TransportResult) -> Result<Share, String> {
    match (figures(transport), idle(transport)) {
        (None, _) => Err(not_verified(transport)),
        (_, None) => Err("not measured without events".into()),
        (_, Some(idle)) => Ok(Share {
            bytes: idle.bytes,
            among: idle.client_minutes as f64,
        }),
    }
}

fn shown(results: &Results) -> Vec<&'static Layer> {
    let bytes: Vec<_> = results
        .transports
        .iter()
        .filter_map(|t| Some(idle(t)?.bytes))
        .collect();
    occurring(&bytes)
}

fn per_minute(idle: &Idle, n: u64) -> f64 {
    n as f64 / idle.client_minutes as f64
}

fn draw(canvas: &Canvas, results: &Results) {
    let note = |idle: &Idle| match per_minute(idle, idle.packets) {
        0.0 => ", no packet".into(),
        1.0 => ", 1 packet".into(),
        packets => format!(", {} packets", significant(packets)),
    };
    let bars: Vec<Bar> = results
        .transports
        .iter()
        .map(|transport| Bar {
            transport,
            bytes: share(transport),
            note: idle(transport).map_or(String::new(), note),
        })
        .collect();
    stack::draw(
        canvas,
        &shown(results),
        &bars,
        "bytes per client and idle minute ({unit})",
    );
}

fn alt(results: &Results) -> String {
    let mut costs: Vec<(&str, f64)> = results
        .transports
        .iter()
        .filter_map(|t| Some((t.label.as_str(), share(t).ok()?.total())))
        .collect();
    costs.sort_by(|a, b| a.1.total_cmp(&b.1));
    let mut alt =
        "Stacked bar chart of IP bytes per client in a minute without events, one bar per transport"
            .to_owned();
    let costs: Vec<_> = costs
        .iter()
        .map(|&(label, cost)| (label, bytes(cost)))
        .collect();
    match &ends(&costs)[..] {
        [(cheap, least), (dear, most)] => alt.push_str(&format!(
            ". An idle minute costs least with {cheap}, {least}, and most with {dear}, {most}."
        )),
        [(all, same)] => alt.push_str(&format!(". With {all} an idle minute costs {same}.")),
        _ => alt.push_str(". It is empty: no transport was verified."),
    }
    alt
}

fn table(results: &Results) -> Table {
    let layers = shown(results);
    let mut head = vec!["Transport"];
    head.extend(layers.iter().map(|layer| layer.name));
    head.extend([
        "total",
        "requests",
        "packets",
        "connecting and leaving, once",
    ]);
    let clients = f64::from(results.scenario.clients.max(1));
    let minutes = results
        .transports
        .iter()
        .find_map(idle)
        .map_or(0, |idle| idle.client_minutes);
    let caption = format!(
        "One client in one minute without events (mean of {})",
        counted(minutes, "client minute")
    );
    let mut table = Table::new(caption, &head);
    for transport in &results.transports {
        let label = [transport.label.clone()].into_iter();
        let (share, idle, figures) = match (share(transport), idle(transport), figures(transport)) {
            (Ok(share), Some(idle), Some(figures)) => (share, idle, figures),
            (share, _, _) => {
                table.row(label.chain(share.err()));
                continue;
            }
        };
        let values = layers.iter().map(|layer| bytes(share.of(layer)));
        let counts = [idle.requests, idle.packets].map(|n| significant(per_minute(idle, n)));
        table.row(
            label
                .chain(values)
                .chain([bytes(share.total())])
                .chain(counts)
                .chain([bytes(figures.bytes.setup as f64 / clients)]),
        );
    }
    table
}
