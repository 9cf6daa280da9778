//! Figures of applications: kinds of message and their budgets, what clients published, what joining costs.

use super::{Mean, Percentiles};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A budget is met if at least this share of the deliveries is within it.
pub const MET_SHARE: f64 = 0.99;

/// What is measured of an application beside the figures of every feed.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
pub struct People {
    /// The kinds of message, the scenario's own first.
    pub classes: Vec<ClassFigures>,
    /// Whether every kind that has a budget met it; absent if none has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub met: Option<bool>,
    /// What clients published; absent if nobody did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub upward: Option<Upward>,
    /// Most TCP connections that were open at once, over the clients.
    pub connections_per_participant: f64,
    /// What joining cost those who came late; absent if nobody did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub joins: Option<Joins>,
    /// Times a client found out that it had missed something, and times a snapshot or a replay made it whole again.
    pub gaps_detected: u64,
    pub gaps_repaired: u64,
    /// Deliveries that came as part of a snapshot, not as events.
    pub in_snapshots: u64,
    /// Topics whose state was compared at the end, over all clients and the server, and how many differed.
    pub states_compared: u64,
    pub states_different: u64,
}

/// One kind of message.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
pub struct ClassFigures {
    pub class: String,
    /// Events born in the measured window, and their deliveries.
    pub events: u64,
    pub deliveries: u64,
    /// Born -> seen, from the instant for which the sender planned it.
    pub latency_us: Percentiles,
    /// How late it may be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub budget_us: Option<f64>,
    /// Share of the deliveries within the budget, 0 to 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub within_budget: Option<f64>,
    /// Whether that is at least [`MET_SHARE`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub met: Option<bool>,
}

/// What clients published, over the whole run.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Upward {
    /// Messages that were planned and left, or were to leave.
    pub published: u64,
    /// Of these, such as the server has to confirm, and confirmations that came.
    pub to_acknowledge: u64,
    pub acknowledged: u64,
    /// How the server judged them: taken, or refused by the application.
    pub accepted: u64,
    pub refused: u64,
    /// Of the refused ones, those whose sender had not seen the latest.
    pub refused_stale: u64,
    /// Sent again because no confirmation came, and arrivals that the server had taken before and did not take twice.
    pub sent_again: u64,
    pub repeats_ignored: u64,
    /// Without confirmation, and never arrived.
    pub dropped: u64,
    /// Planned -> judged by the server; of the messages planned in the measured window.
    pub up_us: Percentiles,
    /// Planned -> confirmation seen by the sender; of the same messages.
    pub ack_us: Percentiles,
    /// HTTP requests that carried them; 0 where they are messages on an open connection.
    pub requests: u64,
    /// Deliveries of what clients published, over the messages that were taken.
    pub deliveries_per_publish: f64,
}

/// What joining late costs, averaged over those who did.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Joins {
    pub clients: u64,
    /// From dialling to being current.
    pub current_us: Mean,
    /// IP bytes on the line until then; only where packets are seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bytes: Option<f64>,
}
