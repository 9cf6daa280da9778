//! Flags that override a scenario's fields. A flag, its field and its place in a report folder's
//! name are one word.

use super::Failure;
use crate::scenario::{self, HeaderProfile, PerDirection, Rate, Scenario, Span};
use clap::{Args, ValueEnum};
use std::fmt::Write;

/// The flags of `run` and `serve` that change the scenario.
#[derive(Debug, Default, Args)]
pub struct Overrides {
    /// One-way delay, for example 25ms, or 25ms,40ms for down,up
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    pub delay: Option<PerDirection<Span>>,
    /// How many clients follow the feed
    #[arg(long, value_name = "N", allow_hyphen_values = true)]
    pub clients: Option<u32>,
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
    #[arg(long, value_name = "N", allow_hyphen_values = true)]
    pub seed: Option<u64>,
    /// HTTP headers of the clients
    #[arg(long, value_name = "PROFILE")]
    pub headers: Option<Profile>,
    /// Replay a CSV or JSON Lines file instead of the synthetic source
    #[arg(long, value_name = "FILE")]
    pub replay: Option<String>,
    /// Replay this many times faster than recorded
    #[arg(long, value_name = "X", allow_hyphen_values = true)]
    pub speed: Option<f64>,
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

    /// Applies the flags.
    pub fn apply_to(&self, scenario: &mut Scenario) -> Result<(), Failure> {
        set(&mut scenario.delay, self.delay);
        set(&mut scenario.clients, self.clients);
        set(&mut scenario.rate, self.rate);
        set(&mut scenario.poll_every, self.poll_every);
        set(&mut scenario.duration, self.duration);
        set(&mut scenario.seed, self.seed);
        set(&mut scenario.speed, self.speed);
        if let Some(profile) = self.headers {
            scenario.headers = match profile {
                Profile::Lean => HeaderProfile::Lean,
                Profile::Browser => HeaderProfile::Browser,
            };
        }
        if let Some(file) = &self.replay {
            scenario.replay = Some(file.clone());
        }
        Ok(scenario.validate()?)
    }

    /// The flags that were given, as `(name, value)` in a fixed order.
    pub fn given(&self) -> Vec<(&'static str, String)> {
        let mut given = Vec::new();
        let mut note = |name, value: Option<String>| given.extend(value.map(|value| (name, value)));
        note("delay", self.delay.map(|value| value.to_string()));
        note("clients", self.clients.map(|value| value.to_string()));
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

fn set<T>(field: &mut T, value: Option<T>) {
    if let Some(value) = value {
        *field = value;
    }
}
