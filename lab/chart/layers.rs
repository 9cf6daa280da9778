//! The layers of the ledger: their names, their colours, and what an event costs.

use super::figures;
use super::style::INK;
use crate::measure::{Bytes, Results, TransportResult};
use plotters::style::{RGBColor, WHITE};

/// A layer of the ledger. Neighbours differ in lightness by so much that grey print keeps them apart.
pub struct Layer {
    pub name: &'static str,
    pub fill: RGBColor,
    pub ink: RGBColor,
    pub of: fn(&Bytes) -> u64,
}

const LAYERS: [Layer; 6] = [
    Layer {
        name: "payload",
        fill: RGBColor(0x10, 0x2a, 0x43),
        ink: WHITE,
        of: |b| b.payload,
    },
    Layer {
        name: "framing",
        fill: RGBColor(0xff, 0xd1, 0x4d),
        ink: INK,
        of: |b| b.framing,
    },
    Layer {
        name: "HTTP headers",
        fill: RGBColor(0x5f, 0x6f, 0xb5),
        ink: WHITE,
        of: |b| b.http_headers,
    },
    Layer {
        name: "set-up",
        fill: RGBColor(0xb3, 0x9d, 0xdb),
        ink: INK,
        of: |b| b.setup,
    },
    Layer {
        name: "TLS",
        fill: RGBColor(0x2f, 0x6f, 0x4f),
        ink: WHITE,
        of: |b| b.tls,
    },
    Layer {
        name: "TCP/IP",
        fill: RGBColor(0xdd, 0xe6, 0xee),
        ink: INK,
        of: |b| b.tcp_ip,
    },
];

/// The layers that occur at all: TLS is left out where nothing is encrypted.
pub fn layers(results: &Results) -> Vec<&'static Layer> {
    let occurs = |layer: &&Layer| {
        layer.name != "TLS"
            || results
                .transports
                .iter()
                .any(|t| figures(t).is_some_and(|f| (layer.of)(&f.bytes) > 0))
    };
    LAYERS.iter().filter(occurs).collect()
}

/// The layers of which there is anything at all.
pub fn occurring(bytes: &[Bytes]) -> Vec<&'static Layer> {
    let occurs = |layer: &&Layer| bytes.iter().any(|bytes| (layer.of)(bytes) > 0);
    LAYERS.iter().filter(occurs).collect()
}

/// Bytes per delivered event, in all; none where nothing is verified or nothing was delivered.
pub fn per_event(transport: &TransportResult) -> Option<f64> {
    figures(transport)
        .filter(|_| transport.kept_up() > 0)
        .map(|f| f.bytes.total as f64 / transport.kept_up() as f64)
}

/// Times as much as the baseline.
pub fn to_baseline(results: &Results, per_event_bytes: f64) -> Option<f64> {
    let baseline = results
        .transports
        .iter()
        .find(|t| t.id == results.baseline)?;
    per_event(baseline)
        .filter(|bytes| *bytes > 0.0)
        .map(|bytes| per_event_bytes / bytes)
}
