//! What a run and its server process say to each other: one JSON object on each line.

use crate::run::RunError;
use crate::scenario::Scenario;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::io::{self, BufRead, Read, Write};

/// Longest line that is read, bytes; an order holds a whole scenario.
const LONGEST_LINE: u64 = 4 << 20;

/// The first line to a server process: what it shall serve. It makes the same events of it as the run does.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Order {
    pub scenario: Scenario,
    /// The id of the transport whose door it has.
    pub transport: String,
    /// Whether each connection is held for the scenario's delay.
    pub delay_line: bool,
    pub buffer_factor: usize,
}

/// What the run says then. When it says nothing more, because it is done or dead, the server process ends.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum Word {
    /// Publish from this zero on: nanoseconds of the machine's monotonic clock.
    Start { origin_ns: u64 },
    /// Publish nothing more, and say how far you came.
    Cut {},
    /// End, and say what you used.
    Stop {},
}

/// What the server process says.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum Answer {
    /// It listens, and its events are made.
    Ready { port: u16 },
    /// It has published so many events, and none after this instant of the run.
    Cut { published: u64, at_ns: u64 },
    /// It has ended as it was told to, and used this.
    Ended {
        cpu_ns: Option<u64>,
        cpu_share: Option<f64>,
        memory_gained_bytes: Option<u64>,
    },
    /// It cannot go on.
    Failed { fault: Fault, message: String },
}

/// Whose fault it is that a server process cannot go on: the kinds of [`RunError`] that a run tells apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Fault {
    /// A file that it reads is no good.
    Input,
    /// The machine does not let it.
    Machine,
    /// A bug of ours.
    Lab,
}

impl Fault {
    /// Whose fault an error is.
    pub fn of(error: &RunError) -> Self {
        match error {
            RunError::Replay(_) | RunError::Trace(_) | RunError::Input(_) => Self::Input,
            RunError::TooLarge { .. } | RunError::Environment(_) => Self::Machine,
            RunError::Internal(_) => Self::Lab,
        }
    }

    /// The error of a run whose server had to give up.
    pub fn error(self, message: String) -> RunError {
        match self {
            Self::Input => RunError::Input(message),
            Self::Machine => RunError::Environment(message),
            Self::Lab => RunError::Internal(message),
        }
    }
}

/// Says one thing.
pub(super) fn say(to: &mut impl Write, what: &impl Serialize) -> io::Result<()> {
    let mut line = serde_json::to_vec(what)?;
    line.push(b'\n');
    to.write_all(&line)?;
    to.flush()
}

/// What was heard.
#[derive(Debug)]
pub(super) enum Heard<T> {
    Said(T),
    /// A line that is none of ours, or no line.
    Nonsense(String),
    /// Nothing more is said.
    End,
}

/// Waits for the next line.
pub(super) fn hear<T: DeserializeOwned>(from: &mut impl BufRead) -> Heard<T> {
    let mut line = Vec::new();
    match from.take(LONGEST_LINE).read_until(b'\n', &mut line) {
        Ok(0) | Err(_) => return Heard::End,
        Ok(_) => {}
    }
    // Of a line that its writer could not finish nothing can be made.
    if line.last() != Some(&b'\n') && (line.len() as u64) < LONGEST_LINE {
        return Heard::End;
    }
    match serde_json::from_slice(&line) {
        Ok(said) => Heard::Said(said),
        Err(_) => Heard::Nonsense(String::from_utf8_lossy(&line).trim().to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario;

    fn heard<T: DeserializeOwned>(line: &[u8]) -> Heard<T> {
        hear(&mut io::BufReader::new(line))
    }

    #[test]
    fn what_is_said_is_heard() {
        let mut line = Vec::new();
        let order = Order {
            scenario: scenario::load("ticker").expect("shipped"),
            transport: "any".into(),
            delay_line: true,
            buffer_factor: 2,
        };
        say(&mut line, &order).expect("room in memory");
        assert_eq!(line.iter().filter(|&&byte| byte == b'\n').count(), 1);
        let Heard::Said(told) = heard::<Order>(&line) else {
            panic!("{line:?}")
        };
        assert_eq!(told.scenario, order.scenario);
        assert_eq!((told.delay_line, told.buffer_factor), (true, 2));
        let line = b"{\"start\":{\"origin_ns\":18446744073709551615}}\n";
        let said = heard::<Word>(line);
        assert!(matches!(
            said,
            Heard::Said(Word::Start {
                origin_ns: u64::MAX
            })
        ));
    }

    #[test]
    fn nonsense_is_told_and_half_a_line_is_an_end() {
        assert!(matches!(heard::<Word>(b"hello\n"), Heard::Nonsense(line) if line == "hello"));
        assert!(matches!(heard::<Word>(b"{\"stop\":{}"), Heard::End));
        assert!(matches!(heard::<Word>(b""), Heard::End));
        assert!(matches!(
            heard::<Word>(b"{\"stop\":{\"now\":1}}\n"),
            Heard::Nonsense(_)
        ));
    }
}
