//! Stalls of the server: nothing is published in them, and what should have been born then comes at their end.

use super::{Scenario, Span, UnitError};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// A period in which the server publishes nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Stall {
    /// When it begins, counted from the start of the run.
    pub at: Span,
    /// How long it lasts.
    #[serde(rename = "for")]
    pub lasts: Span,
}

/// `30s,5s`: at, for.
impl FromStr for Stall {
    type Err = StallError;

    fn from_str(text: &str) -> Result<Self, StallError> {
        let (at, lasts) = text.split_once(',').ok_or(StallError::Form)?;
        let span = |text: &str| text.trim().parse().map_err(StallError::Unit);
        Ok(Self {
            at: span(at)?,
            lasts: span(lasts)?,
        })
    }
}

impl fmt::Display for Stall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{},{}", self.at, self.lasts)
    }
}

/// Why a text is not a stall.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StallError {
    /// There are not two times.
    Form,
    /// One of them is none.
    Unit(UnitError),
}

impl fmt::Display for StallError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            StallError::Form => f.write_str("write when it begins and how long it lasts: 30s,5s"),
            StallError::Unit(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for StallError {}

impl Scenario {
    /// When an event that is planned for `born_ns` is really published: at once, or at the end of the stall.
    pub fn published_ns(&self, born_ns: u64) -> u64 {
        let stalls = self.stalls.iter().map(|stall| {
            let at_ns = stall.at.as_nanos();
            at_ns..at_ns.saturating_add(stall.lasts.as_nanos())
        });
        let mut during = stalls.filter(|stall| stall.contains(&born_ns));
        during.next().map_or(born_ns, |stall| stall.end)
    }
}

#[cfg(test)]
mod tests {
    use crate::scenario::{Stall, parse};

    #[test]
    fn what_is_planned_in_a_stall_comes_at_its_end() {
        let text = r#"{"name": "x", "stalls": [{"at": "2ns", "for": "3ns"}, {"at": "7ns", "for": "1ns"}]}"#;
        let scenario = parse(text, "x").unwrap();
        let published: Vec<_> = (0..10).map(|born| scenario.published_ns(born)).collect();
        assert_eq!(published, [0, 1, 5, 5, 5, 5, 6, 8, 8, 9]);
    }

    #[test]
    fn a_stall_is_two_times() {
        let stall: Stall = "30s, 5s".parse().unwrap();
        assert_eq!(stall.to_string(), "30s,5s");
        assert!("30s".parse::<Stall>().is_err());
        assert!("30,5s".parse::<Stall>().is_err());
    }
}
