//! Flags that override a scenario's fields. A flag, its field and its place in a report folder's
//! name are one word.

mod clients;
mod numbers;
mod people;

pub use numbers::whole;

use super::Failure;
use crate::scenario::{
    self, Arrivals, Bandwidth, Connection, Delivery, Discipline, HeaderProfile, Payload,
    PerDirection, Percent, Rate, Scenario, Span, Stall,
};
use clap::{Args, ValueEnum};
use clients::Clients;
use numbers::factor;
use people::People;
use std::fmt::Write;

/// The flags of `run` and `serve` that change the scenario.
#[derive(Debug, Default, Args)]
pub struct Overrides {
    /// One-way delay, for example 25ms, or 25ms,40ms for down,up
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    pub delay: Option<PerDirection<Span>>,
    /// How many clients follow the feed; `run` takes a rising list such as 100,1000,5000 and finds out how many each transport bears
    #[arg(long, value_name = "N", allow_hyphen_values = true)]
    pub clients: Option<Clients>,
    /// Mean rate of events, for example 2/s or 10/min
    #[arg(long, value_name = "RATE", allow_hyphen_values = true)]
    pub rate: Option<Rate>,
    /// Interval of short polling, for example 1s
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    pub poll_every: Option<Span>,
    /// Length of the measured window, for example 60s
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    pub duration: Option<Span>,
    /// Seed of every random choice
    #[arg(long, value_name = "N", allow_hyphen_values = true, value_parser = whole::<u64>)]
    pub seed: Option<u64>,
    /// HTTP headers of the clients
    #[arg(long, value_name = "PROFILE")]
    pub headers: Option<Profile>,
    /// Replay a CSV or JSON Lines file instead of the synthetic source
    #[arg(long, value_name = "FILE")]
    pub replay: Option<String>,
    /// Replay this many times faster than recorded
    #[arg(long, value_name = "X", allow_hyphen_values = true, value_parser = factor)]
    pub speed: Option<f64>,
    /// Time before the measured window, for example 5s
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    pub warm_up: Option<Span>,
    /// How the events are spaced
    #[arg(long, value_name = "HOW")]
    pub arrivals: Option<Arrivals>,
    /// Form of an event: tick, compact, or a size such as 500B
    #[arg(long, value_name = "FORM")]
    pub payload: Option<Payload>,
    /// Rate of the link, for example 20Mbit/s, or 20Mbit/s,5Mbit/s for down,up
    #[arg(long, value_name = "RATE", allow_hyphen_values = true)]
    pub bandwidth: Option<PerDirection<Bandwidth>>,
    /// Most extra delay of a packet, for example 5ms
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    pub jitter: Option<PerDirection<Span>>,
    /// Share of packets that vanish, for example 1%
    #[arg(long, value_name = "SHARE", allow_hyphen_values = true)]
    pub loss: Option<PerDirection<Percent>>,
    /// What the interval of short polling is measured from
    #[arg(long, value_name = "HOW")]
    pub poll_discipline: Option<Discipline>,
    /// Which events short polling wants
    #[arg(long, value_name = "WHICH")]
    pub poll_delivery: Option<Delivery>,
    /// How long pollers keep a connection
    #[arg(long, value_name = "HOW")]
    pub poll_connection: Option<Connection>,
    /// How long a long poll is held, for example 25s
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    pub hold: Option<Span>,
    /// SSE and WebSocket: send what is new together, at most this often; off for at once
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    pub batch_every: Option<Span>,
    /// Which events SSE and WebSocket send
    #[arg(long, value_name = "WHICH")]
    pub push_delivery: Option<Delivery>,
    /// The server publishes nothing for a while, for example 30s,5s for when,how long; may be given several times
    #[arg(long, value_name = "AT,FOR", allow_hyphen_values = true)]
    pub stall: Vec<Stall>,
    #[command(flatten)]
    pub people: People,
}

/// The named header profiles.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum Profile {
    /// What a small API client sends
    Lean,
    /// What Chromium sends
    Browser,
}

impl Overrides {
    /// Loads a scenario and applies the flags.
    pub fn apply(&self, name_or_path: &str) -> Result<Scenario, Failure> {
        let mut scenario = scenario::load(name_or_path)?;
        self.apply_to(&mut scenario)?;
        Ok(scenario)
    }

    /// The list of --clients as the values of an axis, if it is one.
    pub fn list_of_clients(&self) -> Option<String> {
        let clients = self.clients.as_ref();
        clients
            .filter(|list| list.is_list())
            .map(Clients::to_string)
    }

    /// Applies the flags.
    pub fn apply_to(&self, scenario: &mut Scenario) -> Result<(), Failure> {
        let clients = self.clients.as_ref().map(Clients::only).transpose()?;
        self.apply_with(clients, scenario)
    }

    /// Applies all flags but --clients, whose place `clients` takes.
    pub fn apply_with(&self, clients: Option<u32>, scenario: &mut Scenario) -> Result<(), Failure> {
        self.people.before(scenario)?;
        self.last(scenario);
        self.people.apply_to(scenario);
        set(&mut scenario.delay, self.delay);
        set(&mut scenario.clients, clients);
        set(&mut scenario.rate, self.rate);
        set(&mut scenario.poll_every, self.poll_every);
        set(&mut scenario.seed, self.seed);
        set(&mut scenario.speed, self.speed);
        set(&mut scenario.arrivals, self.arrivals);
        set(&mut scenario.payload, self.payload);
        set(&mut scenario.bandwidth, self.bandwidth);
        set(&mut scenario.jitter, self.jitter);
        set(&mut scenario.loss, self.loss);
        set(&mut scenario.poll_discipline, self.poll_discipline);
        set(&mut scenario.poll_delivery, self.poll_delivery);
        set(&mut scenario.poll_connection, self.poll_connection);
        set(&mut scenario.hold, self.hold);
        set(&mut scenario.batch_every, self.batch_every);
        set(&mut scenario.push_delivery, self.push_delivery);
        if let Some(profile) = self.headers {
            scenario.headers = match profile {
                Profile::Lean => HeaderProfile::Lean,
                Profile::Browser => HeaderProfile::Browser,
            };
        }
        if !self.stall.is_empty() {
            scenario.stalls = self.stall.clone();
        }
        if let Some(file) = &self.replay {
            scenario.replay = Some(file.clone());
        }
        Ok(scenario.validate()?)
    }

    /// Makes the run as long as asked for. What an application plans at an instant keeps its place, and is said to.
    fn last(&self, scenario: &mut Scenario) {
        let mut lasting = scenario.clone();
        if let Some(warm_up) = self.warm_up {
            lasting = lasting.warming_up(warm_up);
        }
        if let Some(duration) = self.duration {
            lasting = lasting.lasting(duration);
        }
        let only_longer = Scenario {
            duration: lasting.duration,
            warm_up: lasting.warm_up,
            ..scenario.clone()
        };
        if lasting != only_longer {
            anstream::eprintln!(
                "what {} plans for an instant of its window of {} keeps its place in one of {}",
                scenario.name,
                scenario.duration,
                lasting.duration
            );
        }
        *scenario = lasting;
    }

    /// The flags that were given, as `(name, value)` in a fixed order.
    pub fn given(&self) -> Vec<(&'static str, String)> {
        let mut given = Vec::new();
        let mut note = |name, value: Option<String>| given.extend(value.map(|value| (name, value)));
        note("delay", self.delay.map(|value| value.to_string()));
        note("clients", self.clients.as_ref().map(Clients::to_string));
        note("rate", self.rate.map(|value| value.to_string()));
        note("poll-every", self.poll_every.map(|value| value.to_string()));
        note("duration", self.duration.map(|value| value.to_string()));
        note("seed", self.seed.map(|value| value.to_string()));
        note(
            "headers",
            self.headers
                .map(|value| format!("{value:?}").to_lowercase()),
        );
        note("replay", self.replay.clone());
        note("speed", self.speed.map(|value| value.to_string()));
        note("warm-up", self.warm_up.map(|value| value.to_string()));
        note("arrivals", self.arrivals.as_ref().and_then(name));
        note("payload", self.payload.map(|value| value.to_string()));
        note("bandwidth", self.bandwidth.map(|value| value.to_string()));
        note("jitter", self.jitter.map(|value| value.to_string()));
        note("loss", self.loss.map(|value| value.to_string()));
        note(
            "poll-discipline",
            self.poll_discipline.as_ref().and_then(name),
        );
        note("poll-delivery", self.poll_delivery.as_ref().and_then(name));
        note(
            "poll-connection",
            self.poll_connection.as_ref().and_then(name),
        );
        note("hold", self.hold.map(|value| value.to_string()));
        note(
            "batch-every",
            self.batch_every.map(|value| value.to_string()),
        );
        note("push-delivery", self.push_delivery.as_ref().and_then(name));
        given.extend(self.stall.iter().map(|stall| ("stall", stall.to_string())));
        given.extend(self.people.given());
        given
    }
}

/// The command line that the given flags make.
pub fn command(start: &str, flags: &[(&'static str, String)]) -> String {
    let mut command = start.to_owned();
    for (name, value) in flags {
        // A switch has no value.
        if value.is_empty() {
            let _ = write!(command, " --{name}");
            continue;
        }
        // Quoted where a shell would split it.
        let quote = if value.contains(|c: char| c.is_whitespace() || "'\"$`\\&|;<>()*?".contains(c))
        {
            "'"
        } else {
            ""
        };
        let _ = write!(command, " --{name} {quote}{value}{quote}");
    }
    command
}

/// A value as it is written on the command line and in a file.
fn name<T: ValueEnum>(value: &T) -> Option<String> {
    Some(value.to_possible_value()?.get_name().to_owned())
}

fn set<T>(field: &mut T, value: Option<T>) {
    if let Some(value) = value {
        *field = value;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Program {
        #[command(flatten)]
        overrides: Overrides,
    }

    /// Each flag, given a value: it changes the field with its name, and is noted as it was given.
    #[test]
    fn a_flag_changes_the_field_with_its_name() {
        for (flag, value) in [
            ("delay", "1ms"),
            ("clients", "3"),
            ("rate", "3/s"),
            ("poll-every", "2s"),
            ("duration", "7s"),
            ("seed", "9"),
            ("headers", "browser"),
            ("warm-up", "1s"),
            ("arrivals", "bursty"),
            ("payload", "500B"),
            ("payload", "compact"),
            ("bandwidth", "1Mbit/s,2Mbit/s"),
            ("jitter", "5ms"),
            ("loss", "1%,0.5%"),
            ("poll-discipline", "sleep"),
            ("poll-delivery", "latest"),
            ("poll-connection", "close"),
            ("hold", "3s"),
            ("batch-every", "200ms"),
            ("push-delivery", "latest"),
            ("budget", "2s"),
            ("follow", "3"),
            ("late-at", "20s"),
            ("history", "50"),
            ("hold-delivery", "latest"),
            ("upstream", "walkie-talkie"),
        ] {
            let arguments = ["program".to_owned(), format!("--{flag}"), value.to_owned()];
            let overrides = Program::parse_from(arguments).overrides;
            assert_eq!(overrides.given(), [(flag, value.to_owned())]);
            let fields = |scenario: Option<Scenario>| {
                let fields = serde_json::to_value(scenario);
                fields
                    .unwrap_or_default()
                    .as_object()
                    .cloned()
                    .unwrap_or_default()
            };
            let usual = fields(scenario::shipped("ticker"));
            let changed = fields(overrides.apply("ticker").ok());
            let differ: Vec<_> = changed
                .iter()
                .filter(|(name, value)| usual.get(*name) != Some(value))
                .map(|(name, _)| name.replace('_', "-"))
                .collect();
            assert_eq!(differ, [flag], "--{flag} {value}");
        }
    }
}
