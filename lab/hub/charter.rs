//! What a hub knows of its scenario: topics, kinds of message, limits.

use super::Problem;
use crate::app::{self, Draft, LONGEST_NAME};
use crate::feed;
use crate::scenario::{App, Rate, Scenario, Speaker};
use bytes::Bytes;
use std::collections::{BTreeMap, BTreeSet};

/// Messages per second that any client may publish, however slow the scenario.
const LEAST_PER_SECOND: f64 = 100.0;
/// How many times the planned rate it may be: people come in bursts, and what waited out a cut comes at once.
const HEADROOM: f64 = 20.0;

/// The topics that exist, the kinds of message, and how fast anybody may publish.
#[derive(Debug, Clone)]
pub struct Charter {
    /// `None` if any topic may exist.
    topics: Option<BTreeSet<String>>,
    /// The member of an event's text that holds its topic.
    word: String,
    /// The class of a message that names none.
    main: &'static str,
    /// Whether a class is confirmed.
    classes: BTreeMap<String, bool>,
    /// Whether clients see their own messages.
    pub echo: bool,
    /// The start of the run, microseconds since 1970.
    epoch_us: u64,
    /// Messages per second that one client may publish.
    pub per_second: f64,
}

impl Default for Charter {
    /// Any topic, and nobody publishes.
    fn default() -> Self {
        Self {
            topics: None,
            word: "topic".into(),
            main: "event",
            classes: BTreeMap::new(),
            echo: true,
            epoch_us: 0,
            per_second: LEAST_PER_SECOND,
        }
    }
}

impl Charter {
    /// That of a scenario whose run starts at `epoch_us`.
    pub fn new(scenario: &Scenario, epoch_us: u64) -> Self {
        let main = app::main_class(scenario);
        // Without publishers it is the server that speaks.
        let own = (scenario.publishers > 0).then(|| (main.to_owned(), scenario.acknowledge));
        let also = scenario
            .also
            .iter()
            .filter(|also| also.from == Speaker::Clients)
            .map(|also| (also.class.clone(), also.acknowledge));
        let extra = app::own_classes(scenario)
            .iter()
            .map(|class| ((*class).to_owned(), true));
        let topics = match scenario.app {
            // A replayed file brings its own.
            App::Ticker if scenario.replay.is_some() => None,
            App::Ticker => Some(feed::symbols(scenario).map(str::to_owned).collect()),
            _ => Some(
                (0..scenario.topics)
                    .map(|index| app::topic_name(scenario, index))
                    .collect(),
            ),
        };
        // If it is the rate of several, one of them may do it all.
        let hurry = scenario.rush.map_or(1.0, |rush| rush.times.max(1.0));
        let planned = scenario.rate.as_per_second() * hurry;
        let others = scenario.also.iter().filter_map(|also| also.rate);
        let others = others.map(Rate::as_per_second);
        Self {
            topics,
            word: scenario.topic.clone(),
            main,
            classes: extra.chain(also).chain(own).collect(),
            echo: scenario.echo,
            epoch_us,
            per_second: (HEADROOM * (planned + others.sum::<f64>())).max(LEAST_PER_SECOND),
        }
    }

    /// Refuses a topic that does not exist.
    pub fn knows(&self, topic: &str) -> Result<(), Problem> {
        match &self.topics {
            Some(topics) if !topics.contains(topic) => {
                let known = topics
                    .iter()
                    .take(3)
                    .cloned()
                    .collect::<Vec<_>>()
                    .join(", ");
                let more = if topics.len() > 3 { ", ..." } else { "" };
                let cut = topic.floor_char_boundary(LONGEST_NAME.min(topic.len()));
                let (topic, left) = topic.split_at(cut);
                let left = if left.is_empty() { "" } else { "..." };
                Err(Problem::Topic(format!(
                    "there is no topic {topic:?}{left}: there are {known}{more}"
                )))
            }
            _ => Ok(()),
        }
    }

    /// Whether clients may publish anything.
    pub fn takes_messages(&self) -> bool {
        !self.classes.is_empty()
    }

    /// The topics in their order by name.
    pub fn topics(&self) -> impl Iterator<Item = &str> {
        self.topics.iter().flatten().map(String::as_str)
    }

    /// The class of a message, and whether it is confirmed.
    pub fn class<'a>(&'a self, named: Option<&'a str>) -> Result<(&'a str, bool), Problem> {
        let class = named.unwrap_or(self.main);
        match self.classes.get(class) {
            Some(acknowledge) => Ok((class, *acknowledge)),
            None => {
                let known: Vec<_> = self.classes.keys().cloned().collect();
                Err(Problem::Form(format!(
                    "there is no class {class:?}: there are {}",
                    known.join(", ")
                )))
            }
        }
    }

    /// The instant for which a message was planned, from the instant it names; never in the future.
    pub fn born_ns(&self, t_us: Option<u64>, now_ns: u64) -> u64 {
        t_us.map_or(now_ns, |t_us| {
            let since_start_ns = t_us.saturating_sub(self.epoch_us).saturating_mul(1_000);
            since_start_ns.min(now_ns)
        })
    }

    /// The text of an event.
    pub fn payload(&self, seq: u64, born_ns: u64, draft: &Draft) -> Bytes {
        let t_us = self.epoch_us.saturating_add(born_ns / 1_000);
        let Draft { topic, fields, .. } = draft;
        let word = &self.word;
        feed::json_payload(seq, t_us, &format!(",\"{word}\":\"{topic}\"{fields}"))
    }
}
