//! The ranges of a scenario's fields, and why each range is what it is.

mod people;
mod waits;

pub use waits::GRACE;

use super::{HeaderProfile, Payload, PerDirection, Scenario, ScenarioError, Size, Span};

const SECOND_NS: u64 = 1_000_000_000;
/// Longest time for which events may gather: the last ones have to arrive soon after the end of a run.
const LONGEST_BATCH: Span = Span::from_nanos(30 * SECOND_NS);
/// Longest warm-up and longest measured window, one day.
const DAY: Span = Span::from_nanos(86_400 * SECOND_NS);
/// Expected events of a run. The sequence number has six columns; a tenth is left for chance.
const MAX_EVENTS: f64 = 900_000.0;
/// Expected events with the compact payload, whose sequence number has five columns.
const MAX_COMPACT_EVENTS: f64 = 90_000.0;
/// Longest run with the compact payload, whose milliseconds have seven columns.
const MAX_COMPACT_NS: u64 = 9_999 * SECOND_NS;
/// Largest event, well below what clients accept in one message.
const MAX_PAYLOAD: Size = Size::from_bytes(100_000);
/// Expected text of all events: they are kept in memory, as are those of a replay, up to the same limit.
const MAX_TEXT: f64 = 256e6;
/// Events per second beyond which gaps shrink to the grain of the clock.
const MAX_RATE: f64 = 1_000_000.0;
/// Bytes of one full packet on the link; a smaller queue would drop every one of them.
const PACKET: u64 = 1_500;

impl Scenario {
    /// Checks every field; the error names the field and what would be right.
    pub fn validate(&self) -> Result<(), ScenarioError> {
        self.validate_identity()?;
        self.validate_windows()?;
        self.validate_events()?;
        self.validate_link()?;
        self.validate_waits()?;
        self.validate_people()?;
        if let HeaderProfile::Literal(heads) = &self.headers {
            heads
                .validate()
                .map_err(|(part, problem)| ScenarioError::field(part, problem))?;
        }
        check(self.batch_every <= LONGEST_BATCH, "batch_every", || {
            format!("{} is too long: write at most \"30s\"", self.batch_every)
        })?;
        at_least(
            "hold",
            self.hold,
            "a server that does not hold is short polling",
        )
    }

    fn validate_identity(&self) -> Result<(), ScenarioError> {
        let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        check(
            !self.name.is_empty() && self.name.chars().all(allowed),
            "name",
            || {
                format!(
                    "{:?} has to be lower-case letters, digits and hyphens, such as \"my-ticker\"",
                    self.name
                )
            },
        )?;
        check((1..=100_000).contains(&self.clients), "clients", || {
            format!("{} is out of range: write 1 to 100000", self.clients)
        })
    }

    fn validate_windows(&self) -> Result<(), ScenarioError> {
        at_least("duration", self.duration, "nothing would be measured")?;
        for (field, span) in [("duration", self.duration), ("warm_up", self.warm_up)] {
            check(span <= DAY, field, || {
                format!("{span} is longer than a day: write at most \"24h\"")
            })?;
        }
        Ok(())
    }

    fn validate_events(&self) -> Result<(), ScenarioError> {
        check((1..=10).contains(&self.symbols), "symbols", || {
            format!("{} is out of range: write 1 to 10", self.symbols)
        })?;
        check(self.speed.is_finite() && self.speed > 0.0, "speed", || {
            format!(
                "{} has to be more than 0: write 1 for as recorded, 10 for ten times faster",
                self.speed
            )
        })?;
        check(self.speed == 1.0 || self.replay.is_some(), "speed", || {
            format!(
                "{} means nothing without a recorded file to replay: name one as \"replay\", or leave it out and \
                     write another \"rate\"",
                self.speed
            )
        })?;
        let rate = self.rate.as_per_second();
        check(rate > 0.0 && rate <= MAX_RATE, "rate", || {
            format!(
                "{} has to be more than 0 and at most 1000000/s, such as \"2/s\"",
                self.rate
            )
        })?;
        if let Some(file) = &self.replay {
            // The file decides how many events there are, and in which form.
            return check(!file.is_empty(), "replay", || {
                "is empty: name a .csv or .jsonl file".into()
            });
        }
        let run_ns = self.run_ns();
        let events = self.expected_messages();
        let payload = self.payload;
        if let Payload::Sized(size) = payload {
            check(
                (Payload::COMPACT..=MAX_PAYLOAD).contains(&size),
                "payload",
                || format!("{size} is out of range: write \"20B\" to \"{MAX_PAYLOAD}\""),
            )?;
        }
        let most = match payload {
            Payload::Tick => MAX_EVENTS,
            Payload::Compact | Payload::Sized(_) => MAX_COMPACT_EVENTS,
        };
        check(events <= most, "rate", || {
            format!(
                "{} over warm-up and duration makes {events:.0} events, and the payload \"{payload}\" numbers at most {most}: lower the rate or the duration",
                self.rate
            )
        })?;
        check(
            events * payload.bytes() as f64 <= MAX_TEXT,
            "payload",
            || {
                format!(
                    "{events:.0} events of \"{payload}\" are more than 256 MB: lower the rate, the duration or the payload"
                )
            },
        )?;
        check(
            payload == Payload::Tick || run_ns <= MAX_COMPACT_NS,
            "duration",
            || {
                format!(
                    "with the payload \"{payload}\" warm-up and duration are at most \"9999s\" together"
                )
            },
        )
    }

    fn validate_link(&self) -> Result<(), ScenarioError> {
        each_way(
            "bandwidth",
            self.bandwidth,
            |b| b.as_bits_per_second() > 0,
            |b| format!("{b} carries nothing: write more than 0, such as \"20Mbit/s\""),
        )?;
        each_way(
            "queue",
            self.queue,
            |q| q.as_bytes() >= PACKET,
            |q| format!("{q} does not hold one packet: write at least \"1500B\""),
        )?;
        each_way(
            "loss",
            self.loss,
            |l| l.as_ppm() < 1_000_000,
            |l| format!("{l} loses everything: write less than \"100%\""),
        )
    }
}

fn check(holds: bool, field: &str, problem: impl FnOnce() -> String) -> Result<(), ScenarioError> {
    if holds {
        Ok(())
    } else {
        Err(ScenarioError::field(field, problem()))
    }
}

/// A span that zero makes senseless.
fn at_least(field: &str, span: Span, why: &str) -> Result<(), ScenarioError> {
    check(span > Span::ZERO, field, || {
        format!("has to be more than 0: {why}")
    })
}

fn each_way<T: Copy>(
    field: &str,
    value: PerDirection<T>,
    holds: impl Fn(T) -> bool,
    problem: impl Fn(T) -> String,
) -> Result<(), ScenarioError> {
    check(holds(value.down), field, || problem(value.down))?;
    check(holds(value.up), field, || problem(value.up))
}

#[cfg(test)]
mod tests;
