//! What does one delivered event cost on the wire? IP bytes per event, split by layer, one bar per transport.

use super::canvas::Canvas;
use super::ends::ends;
use super::format::{bytes, ratio};
use super::layers::{layers, per_event, to_baseline};
use super::stack::{self, Bar, Share};
use super::{Chart, Sheet, Table, figures, not_verified};
use crate::measure::{Results, TransportResult};

const SHEET: Sheet = Sheet {
    id: "byte-ledger",
    title: "What does one delivered event cost on the wire?",
    reading: "IP bytes per delivered event, both directions, by layer. Empty answers count too.",
};

/// The chart.
pub fn chart(results: &Results) -> Chart {
    let alt = alt(results);
    SHEET.chart(results, alt, table(results), |canvas| draw(canvas, results))
}

fn draw(canvas: &Canvas, results: &Results) {
    let baseline = results
        .transports
        .iter()
        .find(|t| t.id == results.baseline)
        .filter(|t| per_event(t).is_some());
    let factors = baseline.map_or(String::new(), |t| {
        format!("; x: times as many as {}", t.label)
    });
    let bars: Vec<Bar> = results
        .transports
        .iter()
        .map(|transport| Bar {
            transport,
            bytes: share(transport),
            note: per_event(transport)
                .and_then(|bytes| to_baseline(results, bytes))
                .map_or(String::new(), |factor| format!(", {}", ratio(factor))),
        })
        .collect();
    let title = format!("bytes per delivered event ({{unit}}){factors}");
    stack::draw(canvas, &layers(results), &bars, &title);
}

/// What an event costs with a transport, or why nobody knows.
fn share(transport: &TransportResult) -> Result<Share, String> {
    match figures(transport) {
        None => Err(not_verified(transport)),
        Some(_) if transport.kept_up() == 0 => Err("nothing was delivered".into()),
        Some(figures) => Ok(Share {
            bytes: figures.bytes,
            among: transport.kept_up() as f64,
        }),
    }
}

fn alt(results: &Results) -> String {
    let mut bars: Vec<(&TransportResult, f64)> = results
        .transports
        .iter()
        .filter_map(|t| per_event(t).map(|bytes| (t, bytes)))
        .collect();
    bars.sort_by(|a, b| a.1.total_cmp(&b.1));
    let mut alt =
        "Stacked bar chart of IP bytes per delivered event by layer, one bar per transport"
            .to_owned();
    let payload = |t: &TransportResult| {
        figures(t).map_or(0.0, |f| f.bytes.payload as f64 / t.kept_up() as f64)
    };
    let costs = bars
        .iter()
        .map(|(t, cost)| (t.label.as_str(), bytes(*cost)));
    let costs: Vec<_> = costs.collect();
    let payload = bars.first().map_or(0.0, |(t, _)| payload(t));
    match &ends(&costs)[..] {
        [(cheap, least), (dear, most)] => alt.push_str(&format!(
            ". An event costs least with {cheap}, {least}, and most with {dear}, {most}; the payload is {}.",
            bytes(payload)
        )),
        [(all, same)] => alt.push_str(&format!(
            ". With {all} an event costs {same}, of which {} are payload.",
            bytes(payload)
        )),
        _ => alt.push_str(". It is empty: no transport was verified."),
    }
    alt
}

/// The layers of each bar as text.
pub fn table(results: &Results) -> Table {
    let layers = layers(results);
    let mut head = vec!["Transport"];
    head.extend(layers.iter().map(|layer| layer.name));
    head.extend(["total", "x baseline"]);
    let mut table = Table::new("IP bytes per delivered event, by layer", &head);
    for transport in &results.transports {
        let label = [transport.label.clone()].into_iter();
        match share(transport) {
            Err(why) => table.row(label.chain([why])),
            Ok(share) => {
                let values = layers.iter().map(|layer| bytes(share.of(layer)));
                let factor = to_baseline(results, share.total()).map_or("-".into(), ratio);
                table.row(label.chain(values).chain([bytes(share.total()), factor]));
            }
        }
    }
    table
}
