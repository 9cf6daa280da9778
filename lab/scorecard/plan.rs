//! Which settings are tried for a scenario: every transport as the scenario has it, polls at other intervals, and
//! pushes that gather what is new.

use crate::net::Network;
use crate::scenario::sweep::with;
use crate::scenario::{App, Follow, Scenario, ScenarioError, Span};
use crate::theory::Law;
use crate::transport::Entry;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// The intervals at which polls are tried, rising.
pub const INTERVALS: [&str; 9] = [
    "100ms", "250ms", "500ms", "1s", "2s", "5s", "10s", "20s", "30s",
];
/// For how long pushes gather what is new, rising.
const BATCHES: [&str; 4] = ["100ms", "250ms", "1s", "5s"];
/// The field that sets how often a client asks on a timer.
const POLL_INTERVAL: &str = "poll_every";
/// The field that sets for how long a push gathers.
const BATCH: &str = "batch_every";
/// Each client asks at least so often, or its first question would weigh too much: here less than a fiftieth. In real
/// time it is a twentieth, and that is told.
const LEAST_POLLS: u64 = 60;
const LEAST_POLLS_IN_REAL_TIME: u64 = 20;
/// Questions of a run beyond which an interval is left out: the simulator would be busy for minutes.
const MOST_POLLS: f64 = 600_000.0;

/// One run.
#[derive(Clone)]
pub struct Job {
    /// Which of the plan's cards it is for.
    pub card: usize,
    pub entry: Entry,
    pub scenario: Scenario,
    /// The fields in which it differs from the card's scenario; its length left out.
    pub with: BTreeMap<String, String>,
    /// How long it takes, as far as one can tell: seconds in real time; simulated, about how many deliveries and
    /// questions there are.
    pub work: f64,
}

/// All runs of a scorecard.
pub struct Plan {
    pub network: Network,
    pub command: String,
    pub stress: bool,
    /// Each scenario, and the settings that were left out.
    pub cards: Vec<(Scenario, Vec<String>)>,
    /// In the order of cards, transports and settings.
    pub jobs: Vec<Job>,
    /// The program that is the server's process over kernel sockets; without one it is a thread.
    pub server_program: Option<PathBuf>,
}

impl Plan {
    /// Plans scenarios that are valid and have a budget over these transports.
    pub fn new(
        scenarios: Vec<Scenario>,
        entries: &[Entry],
        network: Network,
        command: String,
        stress: bool,
    ) -> Result<Self, ScenarioError> {
        let mut plan = Self {
            network,
            command,
            stress,
            cards: vec![],
            jobs: vec![],
            server_program: None,
        };
        for scenario in scenarios {
            plan.add(scenario, entries)?;
        }
        Ok(plan)
    }

    fn add(&mut self, scenario: Scenario, entries: &[Entry]) -> Result<(), ScenarioError> {
        let mut left_out = vec![];
        let first = self.jobs.len();
        let least_polls = match self.network {
            Network::Simulated => LEAST_POLLS,
            Network::Loopback => LEAST_POLLS_IN_REAL_TIME,
        };
        for entry in entries {
            self.job(entry, scenario.clone(), BTreeMap::new());
        }
        for entry in entries {
            for (key, value) in variants(&scenario, entry) {
                let changed = with(&scenario, key, value)?;
                let changed = match key {
                    POLL_INTERVAL => lengthened(changed, least_polls),
                    _ => changed,
                };
                changed.validate()?;
                let setting = format!("{key}={value}");
                if key == POLL_INTERVAL && polls(&changed) > MOST_POLLS {
                    left_out.push(setting);
                    continue;
                }
                self.job(entry, changed, BTreeMap::from([(key.into(), value.into())]));
            }
        }
        if self.network == Network::Simulated {
            self.align(first);
        }
        left_out.dedup();
        self.cards.push((scenario, left_out));
        Ok(())
    }

    /// Makes the runs of a card, from number `first` on, as long as the longest of them: what happens once in a run, such as
    /// closing, weighs the same in all. In real time that would be minutes of waiting for each.
    fn align(&mut self, first: usize) {
        let jobs = &mut self.jobs[first..];
        let longest = jobs.iter().map(|job| job.scenario.duration).max();
        for job in jobs {
            let scenario = Scenario {
                duration: longest.unwrap_or(job.scenario.duration),
                ..job.scenario.clone()
            };
            let asks = job.entry.descriptor.law == Law::ShortPoll;
            let too_many = asks && polls(&scenario) > MOST_POLLS;
            if !(too_many || is_timed(&scenario)) {
                job.work = work(&scenario, &job.entry, self.network);
                job.scenario = scenario;
            }
        }
    }

    fn job(&mut self, entry: &Entry, scenario: Scenario, with: BTreeMap<String, String>) {
        let work = work(&scenario, entry, self.network);
        self.jobs.push(Job {
            card: self.cards.len(),
            entry: *entry,
            scenario,
            with,
            work,
        });
    }
}

/// The other settings that are worth a try: those that may meet the budget, and one that cannot, to see it fail.
fn variants(scenario: &Scenario, entry: &Entry) -> Vec<(&'static str, &'static str)> {
    let names = |field| entry.descriptor.fields.contains(&field);
    let budget = tightest(scenario);
    let mut variants = vec![];
    if names(POLL_INTERVAL) {
        let other = |text: &&&str| span(text) != scenario.poll_every;
        // Beyond the first interval that is longer than the budget they can only be later.
        let shorter = INTERVALS.iter().filter(|text| span(text) <= budget).count();
        let tried = INTERVALS.iter().take(shorter + 1).filter(other);
        variants.extend(tried.map(|text| (POLL_INTERVAL, *text)));
    }
    if names(BATCH) {
        // Whoever gathers less than one event at a time only waits.
        let gathers = |text: &&&str| seconds(span(text)) * events_per_second(scenario) > 1.0;
        let in_time = |text: &&&str| span(text) < budget && span(text) != scenario.batch_every;
        let tried = BATCHES.iter().filter(gathers).filter(in_time);
        variants.extend(tried.map(|text| (BATCH, *text)));
    }
    variants
}

/// The shortest budget of all kinds of message.
fn tightest(scenario: &Scenario) -> Span {
    let others = scenario.also.iter().map(|also| also.budget);
    let given = others.chain([scenario.budget]).filter(|b| *b > Span::ZERO);
    given.min().unwrap_or(Span::ZERO)
}

/// About how many events a client sees in a second.
fn events_per_second(scenario: &Scenario) -> f64 {
    let share = match (scenario.app, scenario.follow) {
        (App::Ticker, _) | (_, Follow::All) => 1.0,
        (_, Follow::Topics(count)) => f64::from(count) / f64::from(scenario.topics),
    };
    scenario.messages_per_second() * share
}

/// The values of the tables above are spans.
fn span(text: &str) -> Span {
    text.parse().unwrap_or(Span::ZERO)
}

fn seconds(span: Span) -> f64 {
    span.as_nanos() as f64 / 1e9
}

/// Whether something happens at a given instant: that would weigh less in a longer run.
fn is_timed(scenario: &Scenario) -> bool {
    scenario.has_fixed_instants()
        || !scenario.outages.is_empty()
        || !scenario.stalls.is_empty()
        || scenario.replay.is_some()
}

/// Long enough for each client to ask so many times, unless something happens at a given instant.
fn lengthened(scenario: Scenario, least_polls: u64) -> Scenario {
    if is_timed(&scenario) {
        return scenario;
    }
    let least = Span::from_nanos(least_polls * scenario.poll_every.as_nanos());
    Scenario {
        duration: scenario.duration.max(least),
        ..scenario
    }
}

/// How many questions a run asks on a timer.
fn polls(scenario: &Scenario) -> f64 {
    f64::from(scenario.clients) * seconds(length(scenario)) / seconds(scenario.poll_every)
}

fn length(scenario: &Scenario) -> Span {
    Span::from_nanos(scenario.warm_up.as_nanos() + scenario.duration.as_nanos())
}

/// See [`Job::work`].
fn work(scenario: &Scenario, entry: &Entry, network: Network) -> f64 {
    let span_s = seconds(length(scenario));
    if network == Network::Loopback {
        return span_s;
    }
    let questions = match entry.descriptor.law {
        Law::ShortPoll => polls(scenario),
        Law::LongPoll | Law::Push => 0.0,
    };
    f64::from(scenario.clients) * span_s * events_per_second(scenario) + questions
}
