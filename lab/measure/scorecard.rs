//! Many scenarios over all transports, judged by their budgets: what the scorecard and the choosing page are made of.

use super::{ClassFigures, Machine, Style};
use crate::scenario::Scenario;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What the file says it is.
pub const SCORECARD_SCHEMA: &str = "pushlab/scorecard";
/// Version of its format.
pub const SCORECARD_VERSION: u32 = 1;

/// Scenarios and how each transport did, at its own setting and at others.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Scorecard {
    /// [`SCORECARD_SCHEMA`].
    pub schema: String,
    /// [`SCORECARD_VERSION`].
    pub version: u32,
    /// Version of the program.
    pub pushlab: String,
    /// The command that makes it again.
    pub command: String,
    /// `simulated` or `loopback`.
    pub network: String,
    /// Whether the scenarios ran at their stress setting.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub stress: bool,
    /// Whether it ended early: settings are missing.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub partial: bool,
    /// Why a run could not be made, if that is what ended it early.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<String>,
    /// Where real time was measured; absent on the simulated network, where the machine does not matter.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub machine: Option<Machine>,
    pub cards: Vec<Card>,
}

/// One scenario.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Card {
    pub scenario: Scenario,
    pub candidates: Vec<Candidate>,
    /// Settings that were left out because they would have been too many questions, such as `poll_every=100ms`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left_out: Vec<String>,
}

/// A transport at one setting.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Candidate {
    pub id: String,
    pub label: String,
    pub style: Style,
    /// The settings in words.
    pub settings: String,
    /// The scenario's fields that differ from the card's scenario; empty for the scenario as it is.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub with: BTreeMap<String, String>,
    pub verified: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
    /// The kinds of message, the scenario's own first; empty if not verified.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub classes: Vec<ClassFigures>,
    /// Whether every budget was met; absent if there is none, or if not verified.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub met: Option<bool>,
    /// Share of clients' messages that were refused because their sender had not seen the latest, 0 to 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stale_share: Option<f64>,
    /// What it costs; absent if not verified.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub costs: Option<CardCosts>,
}

/// What a setting costs, per client. Connecting is left out: how much of it a minute bears depends on the length of
/// the run.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
pub struct CardCosts {
    /// IP bytes per client and minute, both ways.
    pub bytes_per_client_minute: f64,
    /// HTTP requests per client and minute; of a push, without the one that opens each client's stream.
    pub requests_per_client_minute: f64,
    /// Connections that a client holds.
    pub connections_per_client: f64,
    /// CPU time of the server per client and minute; only on loopback.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server_cpu_us_per_client_minute: Option<f64>,
}
