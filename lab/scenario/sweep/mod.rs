//! A sweep: one scenario run again and again while one or two of its fields vary.
//!
//! ```json
//! {
//!   "name": "break-even",
//!   "about": "Where polling costs fewer bytes than WebSocket.",
//!   "scenario": "ticker",
//!   "with": {"poll_delivery": "latest"},
//!   "vary": ["rate=0.5/s..50/s:12log", "poll_every=100ms..10s:12log"]
//! }
//! ```

mod axis;
mod file;
mod number;
mod vary;

pub use axis::Axis;
pub use file::{SHIPPED, load, parse, shipped, unknown_name};
pub use number::Kind;
pub use vary::{RTT, field, with};

use super::{Scenario, ScenarioError};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Most trials of one sweep, so that a slip of the pen does not run for days.
const MOST_TRIALS: usize = 20_000;
/// Fields of the synthetic source, which a replay takes the place of.
const SYNTHETIC: [&str; 4] = ["rate", "arrivals", "symbols", "payload"];
/// Most repeats of one trial.
const MOST_REPEATS: u32 = 100;

/// A sweep, ready to run: the scenario is in it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Sweep {
    /// Short identifier: lower-case letters, digits and hyphens.
    pub name: String,
    /// One sentence: what this sweep is about.
    #[serde(default)]
    pub about: String,
    /// What is run.
    pub scenario: Scenario,
    /// One or two axes, such as `poll_every=100ms..10s:12log`.
    pub vary: Vec<Axis>,
    /// Ids of the transports; empty for all.
    #[serde(default)]
    pub transports: Vec<String>,
    /// How often each trial is run, each time with the next seed; intervals need at least two.
    #[serde(default = "default_repeats")]
    pub repeats: u32,
    /// Each trial is lengthened until so many events are expected in its measured window.
    #[serde(default = "default_events")]
    pub least_events: u32,
    /// And until each client of a transport that polls on a timer has asked so often.
    #[serde(default = "default_polls")]
    pub least_polls: u32,
}

fn default_repeats() -> u32 {
    5
}

fn default_events() -> u32 {
    100
}

fn default_polls() -> u32 {
    20
}

impl Sweep {
    /// A sweep of `scenario` along these axes with the usual repeats.
    pub fn new(scenario: Scenario, vary: Vec<Axis>) -> Self {
        let axes: Vec<_> = vary.iter().map(|axis| axis.key.replace('_', "-")).collect();
        Self {
            name: format!("{}-by-{}", scenario.name, axes.join("-and-")),
            about: scenario.about.clone(),
            scenario,
            vary,
            transports: Vec::new(),
            repeats: default_repeats(),
            least_events: default_events(),
            least_polls: default_polls(),
        }
    }

    /// Checks everything that does not need the transports: every point has to be a valid scenario.
    pub fn validate(&self) -> Result<(), ScenarioError> {
        let check = |holds: bool, field: &str, problem: &str| match holds {
            true => Ok(()),
            false => Err(ScenarioError::field(field, problem)),
        };
        let named = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        check(
            !self.name.is_empty() && self.name.chars().all(named),
            "name",
            "has to be lower-case letters, digits and hyphens, such as \"my-sweep\"",
        )?;
        check(
            matches!(self.vary.len(), 1 | 2),
            "vary",
            "needs one or two axes, such as [\"poll_every=100ms..10s:12log\"]",
        )?;
        if let [one, other] = &self.vary[..] {
            check(
                field(&one.key) != field(&other.key),
                "vary",
                "both axes change the same field: vary another one",
            )?;
        }
        for axis in &self.vary {
            let (key, replayed) = (axis.key.as_str(), self.scenario.replay.is_some());
            check(
                !replayed || !SYNTHETIC.contains(&key),
                "vary",
                &format!(
                    "{key} does not change a replayed file: vary another field, such as speed"
                ),
            )?;
            check(
                replayed || key != "speed",
                "vary",
                "speed changes only a replayed file: name one with \"replay\", or vary rate",
            )?;
        }
        check(
            (1..=MOST_REPEATS).contains(&self.repeats),
            "repeats",
            "is out of range: write 1 to 100",
        )?;
        check(
            (1..=1_000_000).contains(&self.least_events),
            "least_events",
            "is out of range: write 1 to 1000000",
        )?;
        check(
            (1..=1_000_000).contains(&self.least_polls),
            "least_polls",
            "is out of range: write 1 to 1000000",
        )?;
        let trials = self.shape().iter().product::<usize>() * self.repeats as usize;
        check(
            trials <= MOST_TRIALS,
            "vary",
            "asks for more than 20000 trials of each transport: take fewer steps or repeats",
        )?;
        self.scenario.validate()?;
        for at in self.points() {
            self.at(&at)?;
        }
        Ok(())
    }

    /// How many values each axis has.
    pub fn shape(&self) -> Vec<usize> {
        self.vary.iter().map(|axis| axis.values.len()).collect()
    }

    /// Every point of the grid: an index into each axis, the last one running fastest.
    pub fn points(&self) -> Vec<Vec<usize>> {
        self.shape()
            .into_iter()
            .fold(vec![vec![]], |points, length| {
                let extended = |point: Vec<usize>| {
                    (0..length).map(move |index| [point.clone(), vec![index]].concat())
                };
                points.into_iter().flat_map(extended).collect()
            })
    }

    /// The scenario at a point of the grid.
    pub fn at(&self, point: &[usize]) -> Result<Scenario, ScenarioError> {
        self.vary
            .iter()
            .zip(point)
            .try_fold(self.scenario.clone(), |scenario, (axis, &index)| {
                with(&scenario, &axis.key, &axis.values[index])
            })
    }
}
