//! Published claims beside our own measurements: what `pushlab reproduce` writes and its page is drawn from.

use super::plot::{Plot, Quantity};
use super::{Machine, Results};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The value of [`Literature::schema`].
pub const LITERATURE_SCHEMA: &str = "pushlab/literature";
/// The value of [`Literature::version`]; raised whenever a field changes its meaning.
pub const LITERATURE_VERSION: u32 = 1;

/// All experiments that were asked for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Literature {
    /// Always [`LITERATURE_SCHEMA`].
    pub schema: String,
    /// Always [`LITERATURE_VERSION`].
    pub version: u32,
    /// Version of the program that measured.
    pub pushlab: String,
    /// The command that makes these results again.
    pub command: String,
    /// Where real sockets were used; absent if everything was simulated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub machine: Option<Machine>,
    /// In the order of their numbers.
    pub experiments: Vec<Experiment>,
    /// What the experiments cite, in alphabetical order.
    pub sources: Vec<Source>,
}

/// Something that was published.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Source {
    /// As it is cited: `RFC 6202`.
    pub name: String,
    /// What it is, where it is, and how much of it we could read.
    pub text: String,
}

/// One claim, put to the test.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Experiment {
    /// `E` and its number.
    pub id: String,
    pub title: String,
    /// What it asks.
    pub question: String,
    /// What the literature or the folklore says, with its source.
    pub claim: String,
    /// The parameters in words.
    pub set_up: String,
    /// The law behind the predictions.
    pub formula: String,
    /// Whose the tolerances are.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub tolerances: String,
    /// Whether kernel sockets were used: its rows depend on kernel and machine, they report and never fail.
    pub real_sockets: bool,
    /// Why it did not run, and how it would; it has no rows then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub skipped: Option<String>,
    /// Predicted beside measured, in the order of the table of expectations.
    pub rows: Vec<Row>,
    /// What was found, in sentences made from the data.
    pub finding: String,
    /// Popular claims that it corrects.
    pub folklore: Vec<Folklore>,
    /// Its chart.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plot: Option<Plot>,
    /// A run whose first seconds it draws packet by packet; of its series only what that needs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ladder: Option<Box<Results>>,
    /// What a reader must know beside it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

/// A popular claim and what is right instead.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Folklore {
    pub claim: String,
    pub correction: String,
}

/// One figure: what it should be and what it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Row {
    /// What is compared, for people.
    pub figure: String,
    pub predicted: f64,
    /// Absent if the run behind it was not verified or did not happen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub measured: Option<f64>,
    pub unit: Quantity,
    pub tolerance: Tolerance,
    pub verdict: Verdict,
    /// Where the prediction comes from.
    pub source: String,
    /// Why there is no measurement.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
}

/// How far a measurement may be from its prediction.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Tolerance {
    /// Not at all.
    Exact,
    /// So many percent of the prediction.
    Percent(f64),
    /// So many percentage points, for shares.
    Points(f64),
    /// So much, in the row's unit (microseconds for times).
    Absolute(f64),
    /// The measurement lies between these, whatever the prediction.
    Between([f64; 2]),
    /// It depends on kernel or machine: shown and not judged.
    Report,
}

/// What became of a prediction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Within its tolerance.
    Agrees,
    /// Outside.
    Off,
    /// Shown and not judged.
    Reported,
    /// There is nothing to judge, and that is a failure.
    NotMeasured,
}

impl Verdict {
    /// Whether the experiment failed because of it.
    pub fn is_off(self) -> bool {
        matches!(self, Verdict::Off | Verdict::NotMeasured)
    }
}

impl Tolerance {
    /// The one place where a verdict is made.
    pub fn verdict(self, predicted: f64, measured: Option<f64>) -> Verdict {
        if self == Tolerance::Report {
            return Verdict::Reported;
        }
        let Some(measured) = measured.filter(|value| value.is_finite()) else {
            return Verdict::NotMeasured;
        };
        // A hair for binary fractions, far below what any table shows.
        let within = |most: f64| (measured - predicted).abs() <= most + 1e-9 * predicted.abs();
        let agrees = match self {
            Tolerance::Exact => within(0.0),
            Tolerance::Percent(percent) => within(predicted.abs() * percent / 100.0),
            Tolerance::Points(points) => within(points / 100.0),
            Tolerance::Absolute(most) => within(most),
            Tolerance::Between([least, most]) => (least..=most).contains(&measured),
            Tolerance::Report => true,
        };
        if agrees {
            Verdict::Agrees
        } else {
            Verdict::Off
        }
    }
}

impl Literature {
    /// All rows of all experiments.
    pub fn rows(&self) -> impl Iterator<Item = &Row> {
        self.experiments.iter().flat_map(|one| &one.rows)
    }

    /// Whether any verdict is off.
    pub fn off(&self) -> bool {
        self.rows().any(|row| row.verdict.is_off())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_verdict_follows_from_its_tolerance() {
        use Tolerance::*;
        for (tolerance, predicted, measured, verdict) in [
            (Exact, 871.0, Some(871.0), Verdict::Agrees),
            (Exact, 871.0, Some(870.0), Verdict::Off),
            (Percent(3.0), 100.0, Some(103.0), Verdict::Agrees),
            (Percent(3.0), 100.0, Some(96.9), Verdict::Off),
            (Percent(3.0), -100.0, Some(-97.0), Verdict::Agrees),
            (Points(1.0), 0.5, Some(0.51), Verdict::Agrees),
            (Points(1.0), 0.5, Some(0.511), Verdict::Off),
            (Absolute(50.0), 0.0, Some(50.0), Verdict::Agrees),
            (Absolute(50.0), 0.0, Some(-50.1), Verdict::Off),
            (Between([1.9, 2.1]), 2.0, Some(1.9), Verdict::Agrees),
            (Between([1.9, 2.1]), 2.0, Some(2.11), Verdict::Off),
            (Report, 44.0, Some(1.0), Verdict::Reported),
            (Report, 44.0, None, Verdict::Reported),
            (Percent(3.0), 100.0, None, Verdict::NotMeasured),
            (Percent(3.0), 100.0, Some(f64::NAN), Verdict::NotMeasured),
        ] {
            assert_eq!(
                tolerance.verdict(predicted, measured),
                verdict,
                "{tolerance:?} {predicted} {measured:?}"
            );
        }
        assert!(Verdict::NotMeasured.is_off() && Verdict::Off.is_off());
        assert!(!Verdict::Reported.is_off() && !Verdict::Agrees.is_off());
    }
}
