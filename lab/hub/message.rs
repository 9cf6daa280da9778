//! The form of what clients publish, and of the answers.

use super::Charter;
use crate::app::{LONGEST_NAME, Message};
use serde_json::{Map, Value};

/// Largest message, bytes.
pub const LARGEST_MESSAGE: usize = 16 << 10;
/// Most topics that one question, hello or change may name.
pub const MOST_TOPICS: usize = 512;

/// What a client is told about its message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reply {
    /// It was taken; the last event that came of it has this number (0 if none did).
    Taken { n: u64, seq: u64 },
    /// The application refused it.
    Refused { n: u64, why: String },
    /// It wanted no answer.
    Silent,
    /// It was no message, or came at a bad time.
    Bad { n: Option<u64>, problem: Problem },
}

impl Reply {
    /// The answer as text; `None` if there is none.
    pub fn text(&self) -> Option<String> {
        Some(match self {
            Reply::Taken { n, seq } => format!(r#"{{"ack":{n},"ok":true,"seq":{seq}}}"#),
            Reply::Refused { n, why } => {
                format!(
                    r#"{{"ack":{n},"ok":false,"why":{}}}"#,
                    Value::from(why.as_str())
                )
            }
            Reply::Silent => return None,
            Reply::Bad { n, problem } => {
                let n = n.map_or_else(|| "null".to_owned(), |n| n.to_string());
                let error = Value::from(problem.to_string());
                format!(r#"{{"ack":{n},"error":{error}}}"#)
            }
        })
    }
}

/// What is wrong with a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Problem {
    /// Nobody publishes in this scenario.
    Nobody,
    /// It is not what a message has to be.
    Form(String),
    /// There is no such topic.
    Topic(String),
    /// More topics in one question than [`MOST_TOPICS`].
    Topics,
    /// Its number is wrong.
    Sequence(String),
    /// More than may be published in a second.
    TooFast,
    /// Longer than [`LARGEST_MESSAGE`].
    TooLarge,
    /// More clients than the hub remembers.
    TooMany,
    /// This application has none.
    NoSnapshot,
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Problem::Nobody => f.write_str("nobody publishes in this scenario: it is for reading"),
            Problem::Form(text) | Problem::Topic(text) | Problem::Sequence(text) => {
                f.write_str(text)
            }
            Problem::Topics => write!(
                f,
                "more than {MOST_TOPICS} topics: name fewer, or none for all"
            ),
            Problem::TooFast => f.write_str("too many messages: wait a second"),
            Problem::TooLarge => write!(f, "a message is longer than {LARGEST_MESSAGE} bytes"),
            Problem::TooMany => f.write_str("too many clients publish here: come back later"),
            Problem::NoSnapshot => {
                f.write_str("this scenario has no snapshots: read from the beginning with since=0")
            }
        }
    }
}

/// A message, well formed.
pub(super) struct Envelope {
    pub n: u64,
    pub t_us: Option<u64>,
    pub acknowledge: bool,
    topic: String,
    class: String,
    fields: Map<String, Value>,
}

impl Envelope {
    /// Reads a message of a client. An error comes with the message's number if that could be read.
    pub fn read(
        text: &[u8],
        client: &str,
        charter: &Charter,
    ) -> Result<Self, (Option<u64>, Problem)> {
        if text.len() > LARGEST_MESSAGE {
            return Err((None, Problem::TooLarge));
        }
        let form = |problem: &str| (None, Problem::Form(problem.to_owned()));
        check_name(client).map_err(|problem| (None, problem))?;
        let fields = object(text).map_err(|problem| (None, problem))?;
        let n = fields.get("n").and_then(Value::as_u64).filter(|n| *n > 0);
        let n = n.ok_or_else(|| {
            form("\"n\" has to be the message's number: 1 for the first, then 2, 3 ...")
        })?;
        let numbered = |problem| (Some(n), problem);
        let text = |name: &str| match fields.get(name) {
            None => Ok(None),
            Some(Value::String(text)) if text.len() <= LONGEST_NAME => Ok(Some(text.as_str())),
            Some(_) => Err(numbered(Problem::Form(format!(
                "{name:?} has to be a text of at most {LONGEST_NAME} bytes"
            )))),
        };
        let t_us = match fields.get("t") {
            None => None,
            Some(t) => Some(t.as_u64().ok_or_else(|| {
                let text = "\"t\" has to be microseconds since 1970, a whole number";
                numbered(Problem::Form(text.into()))
            })?),
        };
        let topic = text("topic")?.ok_or_else(|| {
            numbered(Problem::Form(
                "\"topic\" is missing: name where it belongs".into(),
            ))
        })?;
        charter.knows(topic).map_err(numbered)?;
        let (class, acknowledge) = charter.class(text("class")?).map_err(numbered)?;
        Ok(Self {
            n,
            t_us,
            acknowledge,
            topic: topic.to_owned(),
            class: class.to_owned(),
            fields,
        })
    }

    /// As the rules see it.
    pub fn message<'a>(&'a self, from: &'a str, now_ns: u64) -> Message<'a> {
        Message {
            from,
            topic: &self.topic,
            class: &self.class,
            fields: &self.fields,
            now_ns,
        }
    }
}

/// The members of a JSON object. The reader goes at most 128 levels deep.
fn object(text: &[u8]) -> Result<Map<String, Value>, Problem> {
    let why = match text.trim_ascii_start().first() {
        // Only of an object: of a text the reader's own words would repeat all of it.
        Some(b'{') => match serde_json::from_slice(text) {
            Ok(fields) => return Ok(fields),
            Err(error) => format!(": {error}"),
        },
        _ => String::new(),
    };
    Err(Problem::Form(format!(
        "a message is one JSON object, such as {{\"n\":1}}{why}"
    )))
}

/// A client's name is short and plain: it stands in events and in addresses.
pub(super) fn check_name(client: &str) -> Result<(), Problem> {
    let plain = |c: u8| c.is_ascii_alphanumeric() || matches!(c, b'-' | b'_' | b'.');
    if (1..=LONGEST_NAME).contains(&client.len()) && client.bytes().all(plain) {
        return Ok(());
    }
    Err(Problem::Form(format!(
        "say who you are: client=NAME, 1 to {LONGEST_NAME} letters, digits, '-', '_' or '.'"
    )))
}
