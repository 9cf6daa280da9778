//! What people do with the feed beside reading it: applications, topics, and messages of their own.

use super::{Arrivals, Rate, Span};
use clap::ValueEnum;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

/// The members of a sample message, in the order in which they are written.
pub type Sample = serde_json::Map<String, serde_json::Value>;

/// Who makes the events, and by which rules.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema, ValueEnum,
)]
#[serde(rename_all = "kebab-case")]
pub enum App {
    /// The server trades stocks; nobody publishes.
    #[default]
    Ticker,
    /// What is published is passed on as it is.
    Topics,
    /// Rooms in which everybody reads everybody, and joining is announced.
    Chat,
    /// Cars that say where they are, and dispatchers' rare urgent word.
    Ride,
    /// A lot, its price, bids that are accepted or not, and an end that moves.
    Auction,
    /// A board that many draw on; whoever comes late is given the picture.
    Whiteboard,
    /// A text that many write; it has versions, and whoever misses one is given the whole.
    Document,
}

impl App {
    /// The class of the messages that a scenario's own fields describe.
    pub fn main_class(self) -> &'static str {
        match self {
            App::Ticker => "tick",
            App::Topics => "event",
            App::Chat => "message",
            App::Ride => "position",
            App::Auction => "bid",
            App::Whiteboard => "patch",
            App::Document => "op",
        }
    }
}

/// Whose rate a rate is.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema, ValueEnum,
)]
#[serde(rename_all = "kebab-case")]
pub enum RatePer {
    /// Everybody together.
    #[default]
    All,
    /// Each topic.
    Topic,
    /// Each client that publishes.
    Publisher,
}

/// Who publishes messages of a kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Speaker {
    /// The server.
    #[default]
    Server,
    /// Those clients that publish.
    Clients,
}

/// A second kind of message, beside the one that the scenario's own fields describe.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Also {
    /// What it is called: a short word.
    pub class: String,
    /// Who publishes it.
    #[serde(default)]
    pub from: Speaker,
    /// Mean number per second, of each publisher if clients publish it, else of each topic; without it the
    /// application's own rules say when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rate: Option<Rate>,
    /// How its instants are spaced.
    #[serde(default)]
    pub arrivals: Arrivals,
    /// How late it may be; `"off"` if nobody minds.
    #[serde(default = "off", skip_serializing_if = "Span::is_zero")]
    pub budget: Span,
    /// Whether the server confirms each one, and a lost one is sent again.
    #[serde(default = "yes")]
    pub acknowledge: bool,
    /// A sample: each number in it is drawn anew for each message, with as many digits.
    #[serde(default, skip_serializing_if = "Sample::is_empty")]
    pub message: Sample,
}

/// A time in which those who publish do so more often.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Rush {
    /// When it begins, counted from the start of the run.
    pub at: Span,
    /// How long it lasts.
    #[serde(rename = "for")]
    pub lasts: Span,
    /// How many times the usual rate.
    pub times: f64,
}

/// Over which connection a client of an HTTP transport publishes.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema, ValueEnum,
)]
#[serde(rename_all = "kebab-case")]
pub enum Upstream {
    /// One of its own, beside the one that it reads from.
    #[default]
    SecondConnection,
    /// Polls and publishes take turns on one connection, as on a walkie-talkie.
    WalkieTalkie,
}

/// What a client follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Follow {
    /// The whole feed.
    #[default]
    All,
    /// So many topics, its own first.
    Topics(u32),
}

impl FromStr for Follow {
    type Err = FollowError;

    fn from_str(text: &str) -> Result<Self, FollowError> {
        match text.trim() {
            "all" => Ok(Follow::All),
            number => number.parse().map(Follow::Topics).map_err(|_| FollowError),
        }
    }
}

impl fmt::Display for Follow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Follow::All => f.pad("all"),
            Follow::Topics(count) => count.fmt(f),
        }
    }
}

/// A text is neither `all` nor a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FollowError;

impl fmt::Display for FollowError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("write \"all\", or how many topics a client follows, such as 1")
    }
}

impl std::error::Error for FollowError {}

impl Serialize for Follow {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Follow::All => serializer.serialize_str("all"),
            Follow::Topics(count) => serializer.serialize_u32(*count),
        }
    }
}

impl<'de> Deserialize<'de> for Follow {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Either {
            Word(String),
            Number(u32),
        }
        match Either::deserialize(deserializer) {
            Ok(Either::Number(count)) => Ok(Follow::Topics(count)),
            Ok(Either::Word(word)) => word.parse().map_err(serde::de::Error::custom),
            Err(_) => Err(serde::de::Error::custom(FollowError)),
        }
    }
}

impl JsonSchema for Follow {
    fn schema_name() -> Cow<'static, str> {
        "Follow".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "anyOf": [
                { "const": "all" },
                { "type": "integer", "minimum": 1, "maximum": 10000 },
            ],
        })
    }
}

fn off() -> Span {
    Span::ZERO
}

fn yes() -> bool {
    true
}
