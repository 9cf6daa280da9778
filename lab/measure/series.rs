//! What a recording keeps for the charts beside its figures: bounded series, so that a long run makes no large file.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How much of a screen is kept for the charts, from the start of the measured window.
pub const SCREEN_US: u64 = 60_000_000;
/// At most so many points of it.
pub const SCREEN_POINTS: usize = 2_000;

/// Bounded series for the charts.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Series {
    /// The latency distribution: `[latency_us, share of deliveries at or below it]`, at most 400 points, rising.
    pub latency_cdf: Vec<[f64; 2]>,
    /// The predicted distribution in the same form; empty where there is no closed form.
    pub theory_cdf: Vec<[f64; 2]>,
    /// The tail of the same distribution, evenly spaced in log 1/(1-p): `[latency_us, p]`, from p = 0 to
    /// at most 99.99 % and no further than the deliveries reach.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub latency_spectrum: Vec<[f64; 2]>,
    /// What one client's screen showed: `[seen_us, born_us]` of each newest event, for the first
    /// minute of the measured window (plus the last one before it), at most 2,000 points.
    pub screen: Vec<[u64; 2]>,
    /// What the same client published: `[planned_us, judged_us]` of each message planned in that minute, at most 2,000.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub said: Vec<[u64; 2]>,
    /// Every packet of the watched client in the first seconds of the measured window, as the tap saw
    /// it, at most 3,000. Empty on networks without a tap.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub packets: Vec<Packet>,
}

/// One packet as the tap saw it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Packet {
    /// When its sender put it on the line.
    pub sent_us: u64,
    /// When it arrived; absent if it was lost.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub arrived_us: Option<u64>,
    /// Client to server?
    pub up: bool,
    /// Its bytes by layer, as in `Bytes`.
    pub payload: u64,
    pub framing: u64,
    pub http_headers: u64,
    pub setup: u64,
    pub tcp_ip: u64,
}
