//! The ranges of what people do: topics, publishers, further kinds of message, budgets, coming late.

use super::{DAY, MAX_RATE, MAX_TEXT, SECOND_NS, at_least, check};
use crate::scenario::{
    Also, App, Follow, Rate, RatePer, Sample, Scenario, ScenarioError, Span, Speaker,
};

/// Most topics of a run.
const MOST_TOPICS: u32 = 10_000;
/// Most further kinds of message: each is a row of every table.
const MOST_KINDS: usize = 8;
/// Longest name of a kind or of a topic, letters.
const LONGEST_WORD: usize = 20;
/// Shortest budget: below it there is nothing that anybody could see.
const SHORTEST_BUDGET: Span = Span::from_millis(1);
/// Longest budget: who waits longer does not watch.
const LONGEST_BUDGET: Span = Span::from_nanos(3_600 * SECOND_NS);
/// How often a client may change its topic: more often than that nobody reads.
const SHORTEST_STAY: Span = Span::from_millis(100);
/// How many times the usual rate a rush may be.
const STRONGEST_RUSH: f64 = 1_000.0;
/// Largest sample of a message as JSON, bytes.
const LARGEST_SAMPLE: usize = 10_000;
/// What is put around a sample: number, instant, topic, sender; bytes, rounded up.
const ENVELOPE_BYTES: f64 = 100.0;
/// Members that every message has.
const ENVELOPE: [&str; 7] = ["seq", "t", "n", "topic", "class", "from", "type"];

impl Scenario {
    pub(super) fn validate_people(&self) -> Result<(), ScenarioError> {
        self.validate_topics()?;
        self.validate_publishers()?;
        self.validate_kinds()?;
        self.validate_times()?;
        self.validate_stress()
    }

    /// Warm-up and measured window, nanoseconds.
    pub(super) fn run_ns(&self) -> u64 {
        self.warm_up
            .as_nanos()
            .saturating_add(self.duration.as_nanos())
    }

    /// How many topics there are to follow: the ticker's are its symbols.
    fn followable(&self) -> u32 {
        match self.app {
            App::Ticker => self.symbols,
            _ => self.topics,
        }
    }

    /// How many clients publish, over all topics.
    fn publishing(&self) -> u32 {
        let topics = self.topics.max(1);
        let (each, more) = (self.clients / topics, self.clients % topics);
        let [larger, smaller] = [each + 1, each].map(|clients| clients.min(self.publishers));
        more * larger + (topics - more) * smaller
    }

    /// How many messages a run is expected to have, all kinds together.
    pub(super) fn expected_messages(&self) -> f64 {
        let run_s = self.run_ns() as f64 / SECOND_NS as f64;
        let rush_s = self.rush.map_or(0.0, |rush| {
            rush.lasts.as_nanos() as f64 / SECOND_NS as f64 * (rush.times - 1.0)
        });
        self.messages_per_second() * (run_s + rush_s).max(0.0)
    }

    /// The mean number of messages per second over all topics and kinds, a rush left out.
    pub fn messages_per_second(&self) -> f64 {
        if self.app == App::Ticker {
            return self.rate.as_per_second();
        }
        let (topics, publishing) = (f64::from(self.topics), f64::from(self.publishing()));
        let main = self.rate.as_per_second()
            * match self.rate_per {
                RatePer::All => 1.0,
                RatePer::Topic => topics,
                RatePer::Publisher => publishing,
            };
        let others = self.also.iter().map(|also| {
            also.rate.map_or(0.0, Rate::as_per_second)
                * match also.from {
                    Speaker::Server => topics,
                    Speaker::Clients => publishing,
                }
        });
        main + others.sum::<f64>()
    }

    fn validate_topics(&self) -> Result<(), ScenarioError> {
        check((1..=MOST_TOPICS).contains(&self.topics), "topics", || {
            format!("{} is out of range: write 1 to {MOST_TOPICS}", self.topics)
        })?;
        let of_people = |holds: bool, field: &str, instead: &str| {
            check(holds || self.app != App::Ticker, field, || {
                format!("means nothing to the ticker, where the server trades: {instead}")
            })
        };
        let other = "write \"app\": \"topics\", or another application";
        of_people(
            self.topics == 1,
            "topics",
            "its topics are its \"symbols\", or write another \"app\"",
        )?;
        of_people(self.publishers == 0, "publishers", other)?;
        of_people(self.also.is_empty(), "also", other)?;
        of_people(self.message.is_empty(), "message", other)?;
        of_people(self.rush.is_none(), "rush", other)?;
        of_people(self.rate_per == RatePer::All, "rate_per", other)?;
        word("topic", &self.topic, "room")?;
        let topics = self.followable();
        if let Follow::Topics(count) = self.follow {
            check((1..=topics).contains(&count), "follow", || {
                format!("there are {topics} topics: write 1 to {topics}, or \"all\"")
            })?;
        }
        if self.switch_every > Span::ZERO {
            check(self.switch_every >= SHORTEST_STAY, "switch_every", || {
                format!(
                    "{} is too short: write at least \"{SHORTEST_STAY}\", or \"off\"",
                    self.switch_every
                )
            })?;
            let some = matches!(self.follow, Follow::Topics(count) if count < topics);
            check(some, "switch_every", || {
                format!(
                    "who follows all {topics} topics cannot leave one for another: write \"follow\": 1 and more topics, or \"off\""
                )
            })?;
        }
        Ok(())
    }

    fn validate_publishers(&self) -> Result<(), ScenarioError> {
        let most = self.clients / self.topics;
        check(self.publishers <= most, "publishers", || {
            format!(
                "{} is more than the {most} clients that each of the {} topics has: write at most {most}, or more clients",
                self.publishers, self.topics
            )
        })?;
        check(
            self.rate_per != RatePer::Publisher || self.publishers > 0,
            "rate_per",
            || {
                "nobody publishes: write \"publishers\": 1 or more, or \"rate_per\": \"topic\""
                    .into()
            },
        )?;
        let silent = self
            .also
            .iter()
            .position(|also| also.from == Speaker::Clients);
        match silent.filter(|_| self.publishers == 0) {
            None => Ok(()),
            Some(index) => Err(ScenarioError::field(
                format!("also[{index}].from"),
                "no client publishes: write \"publishers\": 1 or more, or \"from\": \"server\"",
            )),
        }
    }

    fn validate_kinds(&self) -> Result<(), ScenarioError> {
        check(self.also.len() <= MOST_KINDS, "also", || {
            format!(
                "{} further kinds of message are too many: write at most {MOST_KINDS}",
                self.also.len()
            )
        })?;
        budget("budget", self.budget)?;
        self.sample("message", &self.message)?;
        let own = self.app.main_class();
        for (index, also) in self.also.iter().enumerate() {
            let field = |name| format!("also[{index}].{name}");
            let Also { class, rate, .. } = also;
            word(&field("class"), class, "typing")?;
            check(class != own, &field("class"), || {
                format!(
                    "{class:?} is what the scenario's own messages are called: choose another word"
                )
            })?;
            let before = self.also[..index].iter().any(|other| other.class == *class);
            check(!before, &field("class"), || {
                format!("{class:?} is there twice: choose another word")
            })?;
            let per_second = rate.map(Rate::as_per_second);
            check(
                per_second.is_none_or(|rate| rate > 0.0 && rate <= MAX_RATE),
                &field("rate"),
                || String::from("has to be more than 0 and at most 1000000/s, such as \"1/min\""),
            )?;
            check(
                rate.is_some() || also.from == Speaker::Clients,
                &field("rate"),
                || String::from("is missing: say how often the server publishes it"),
            )?;
            budget(&field("budget"), also.budget)?;
            self.sample(&field("message"), &also.message)?;
        }
        let samples = self
            .also
            .iter()
            .map(|also| &also.message)
            .chain([&self.message]);
        let largest = samples.map(json_bytes).max().unwrap_or(0) as f64 + ENVELOPE_BYTES;
        let text = self.expected_messages() * largest;
        check(
            self.app == App::Ticker || text <= MAX_TEXT,
            "message",
            || {
                format!(
                    "{:.0} messages of up to {largest} bytes are more than 256 MB: lower the rate, the duration or the sample",
                    self.expected_messages()
                )
            },
        )
    }

    fn sample(&self, field: &str, sample: &Sample) -> Result<(), ScenarioError> {
        let bytes = json_bytes(sample);
        check(bytes <= LARGEST_SAMPLE, field, || {
            format!("has {bytes} bytes as JSON: write at most {LARGEST_SAMPLE}")
        })?;
        let taken = |name: &&String| ENVELOPE.contains(&name.as_str()) || **name == self.topic;
        match sample.keys().find(taken) {
            None => Ok(()),
            Some(name) => Err(ScenarioError::field(
                field,
                format!(
                    "every message has a {name:?} already: leave it out, or call it something else"
                ),
            )),
        }
    }

    fn validate_times(&self) -> Result<(), ScenarioError> {
        let run = Span::from_nanos(self.run_ns());
        if let Some(rush) = self.rush {
            at_least("rush.for", rush.lasts, "a rush has a length")?;
            let end = rush.at.as_nanos().saturating_add(rush.lasts.as_nanos());
            check(end <= self.run_ns(), "rush.at", || {
                format!(
                    "the rush ends after the run, which lasts {run}: begin earlier, or make it shorter"
                )
            })?;
            let fine = (0.0..=STRONGEST_RUSH).contains(&rush.times);
            check(fine, "rush.times", || {
                format!(
                    "{} is out of range: write 0 to {STRONGEST_RUSH}",
                    rush.times
                )
            })?;
        }
        check(self.late < self.clients, "late", || {
            format!(
                "{} of {} clients cannot be late: somebody has to be there before them",
                self.late, self.clients
            )
        })?;
        check(
            self.late == 0 || self.late_at > Span::ZERO,
            "late_at",
            || {
                format!(
                    "{} clients come late: say when, such as \"late_at\": \"20s\"",
                    self.late
                )
            },
        )?;
        check(
            self.late_at < run || self.late_at == Span::ZERO,
            "late_at",
            || format!("{} is not within the run, which lasts {run}", self.late_at),
        )?;
        check(self.switch_every <= DAY, "switch_every", || {
            format!(
                "{} is longer than a day: write \"off\" for never",
                self.switch_every
            )
        })
    }

    /// `stress` names fields that exist, and makes a scenario that can run.
    fn validate_stress(&self) -> Result<(), ScenarioError> {
        if self.stress.is_empty() {
            return Ok(());
        }
        let stressed = self.with_stress().and_then(|stressed| stressed.validate());
        stressed.map_err(|error| {
            ScenarioError::field("stress", format!("makes no valid scenario: {error}"))
        })
    }
}

fn json_bytes(sample: &Sample) -> usize {
    serde_json::to_string(sample).map_or(usize::MAX, |text| text.len())
}

fn budget(field: &str, budget: Span) -> Result<(), ScenarioError> {
    check(budget <= LONGEST_BUDGET, field, || {
        format!("{budget} is too long: write at most \"3600s\", or \"off\"")
    })?;
    check(budget.is_zero() || budget >= SHORTEST_BUDGET, field, || {
        format!("{budget} is too short: write at least \"{SHORTEST_BUDGET}\", or \"off\"")
    })
}

fn word(field: &str, text: &str, example: &str) -> Result<(), ScenarioError> {
    let fine = !text.is_empty()
        && text.len() <= LONGEST_WORD
        && text.bytes().all(|c| c.is_ascii_lowercase());
    check(fine, field, || {
        format!(
            "{text:?} has to be one word of at most {LONGEST_WORD} lower-case letters, such as {example:?}"
        )
    })
}

#[cfg(test)]
mod tests;
