//! One scenario on both networks: what `run --network both` saves. The difference between the two is
//! the error of the model, and of the machine.

use super::{Figures, Results, TransportResult};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The value of [`Both::schema`].
pub const BOTH_SCHEMA: &str = "pushlab/both";
/// The value of [`Both::version`]; raised whenever a field changes its meaning.
pub const BOTH_VERSION: u32 = 1;

/// The same events, over the simulated network and over kernel sockets behind a delay line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Both {
    /// Always [`BOTH_SCHEMA`].
    pub schema: String,
    /// Always [`BOTH_VERSION`].
    pub version: u32,
    /// Version of the program that measured.
    pub pushlab: String,
    /// The command that measures this again.
    pub command: String,
    pub simulated: Results,
    pub loopback: Results,
}

impl Both {
    /// Puts two results of one command together.
    pub fn new(simulated: Results, loopback: Results) -> Self {
        Self {
            schema: BOTH_SCHEMA.into(),
            version: BOTH_VERSION,
            pushlab: loopback.pushlab.clone(),
            command: loopback.command.clone(),
            simulated,
            loopback,
        }
    }

    /// The transports that were run on both, in the order of the simulated ones.
    pub fn pairs(&self) -> Vec<(&TransportResult, &TransportResult)> {
        let on_loopback = |id: &str| self.loopback.transports.iter().find(|t| t.id == id);
        self.simulated
            .transports
            .iter()
            .filter_map(|simulated| Some((simulated, on_loopback(&simulated.id)?)))
            .collect()
    }

    /// Whether every transport was verified on both networks.
    pub fn verified(&self) -> bool {
        let of = |results: &Results| results.transports.iter().all(|t| t.verified);
        of(&self.simulated) && of(&self.loopback)
    }
}

/// Header bytes of a segment: IPv4 20, TCP 20, timestamps 12. The two SYNs have 8 more each.
const HEADER: u64 = 52;
const SYNS_EXTRA: u64 = 16;

impl Figures {
    /// CPU time of the thread that serves, for each delivery of the measured window, microseconds. That of the server's
    /// process is more: its publisher is in it, and behind a delay line the thread that holds the bytes, and while these
    /// work no delivery waits for them.
    pub fn serving_us_per_delivery(&self, window_us: u64) -> Option<f64> {
        let deliveries = (self.latency_samples > 0).then_some(self.latency_samples as f64)?;
        Some(self.server_cpu_share? * window_us as f64 / deliveries)
    }

    /// What the programs wrote for the events, set-up left out: payload, framing and HTTP headers.
    pub fn application_bytes(&self) -> u64 {
        self.bytes.payload + self.bytes.framing + self.bytes.http_headers
    }

    /// All that the programs wrote, the heads that open a stream included: the IP bytes less the
    /// headers of their packets. Exact where nothing was sent twice; none where the system did not
    /// tell the segments.
    pub fn stream_bytes(&self) -> Option<u64> {
        let headers = self.packets * HEADER + self.connections * SYNS_EXTRA;
        (self.packets > 0)
            .then(|| self.bytes.total.checked_sub(headers))
            .flatten()
    }
}
