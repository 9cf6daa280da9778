//! One axis of a sweep, as text: `poll_every=100ms,1s,10s` or `poll_every=100ms..10s:12log`.

use super::super::ScenarioError;
use super::number::{Kind, read, three_digits, write};
use super::vary;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

/// Most values of one axis.
const MOST_VALUES: usize = 100;
const EXAMPLE: &str = "write KEY=a,b,c or KEY=from..to:steps, with \"log\" behind the steps for equal ratios, \
                       such as poll_every=100ms..10s:12log";

/// A setting and the values it takes, in the order given.
#[derive(Debug, Clone, PartialEq)]
pub struct Axis {
    /// A scenario field, or `rtt`.
    pub key: String,
    /// As in a scenario file; at least one, all different, all of one kind.
    pub values: Vec<String>,
    /// What the values are.
    pub kind: Kind,
    /// The values as numbers in the unit of `kind`; empty for words.
    pub numbers: Vec<f64>,
    /// Whether the values keep a ratio rather than a distance.
    pub log: bool,
    /// What was written.
    text: String,
}

impl FromStr for Axis {
    type Err = ScenarioError;

    fn from_str(text: &str) -> Result<Self, ScenarioError> {
        let text = text.trim();
        let about = |problem: String| ScenarioError::new(format!("{:?} {problem}", short(text)));
        let Some((key, values)) = text.split_once('=') else {
            return Err(about(format!("is not an axis: {EXAMPLE}")));
        };
        // A flag is written with a hyphen, its field with an underscore: both are meant.
        let key = key.trim().trim_start_matches("--").replace('-', "_");
        vary::known(&key)?;
        let (values, stepped_log) = match values.split_once("..") {
            Some((from, rest)) => range(from.trim(), rest).map_err(about)?,
            None => (list(values).map_err(about)?, false),
        };
        let read: Vec<_> = values.iter().map(|value| read(value)).collect();
        let kind = read[0].0;
        if let Some(at) = read.iter().position(|(other, _)| *other != kind) {
            let (one, other) = (short(&values[0]), short(&values[at]));
            let words = kind == Kind::Word || read[at].0 == Kind::Word;
            let off = |at: usize| values[at] == "off";
            return Err(about(match words {
                // Of the times that can be off, this one is then as short as can be; the others never come.
                true if key == "batch_every" && (off(0) || off(at)) => {
                    String::from("mixes a word with numbers: write \"0ms\" for \"off\"")
                }
                true => format!(
                    "mixes {one:?} and {other:?}, of which one is no number: write all numbers or all words"
                ),
                false => format!("mixes kinds: {one:?} and {other:?} have different units"),
            }));
        }
        let numbers: Vec<f64> = read.iter().filter_map(|(_, number)| *number).collect();
        for (at, number) in numbers.iter().enumerate() {
            if let Some(same) = numbers[..at].iter().position(|earlier| earlier == number) {
                return Err(about(format!(
                    "has {:?} and {:?}, which are the same: write each value once",
                    values[same], values[at]
                )));
            }
        }
        Ok(Self {
            key,
            log: stepped_log || is_even_in_ratio(&numbers),
            values,
            kind,
            numbers,
            text: text.to_owned(),
        })
    }
}

/// The beginning of a long text: a message has to be read.
fn short(text: &str) -> String {
    match text.char_indices().nth(80) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text.to_owned(),
    }
}

fn list(values: &str) -> Result<Vec<String>, String> {
    let values: Vec<String> = values
        .split(',')
        .map(|value| value.trim().to_owned())
        .collect();
    if values.iter().any(String::is_empty) {
        return Err(format!("has an empty value: {EXAMPLE}"));
    }
    if let Some(twice) = values
        .iter()
        .enumerate()
        .find(|(i, value)| values[..*i].contains(value))
    {
        return Err(format!("has {:?} twice: write each value once", twice.1));
    }
    if values.len() > MOST_VALUES {
        return Err(format!(
            "has {} values: at most {MOST_VALUES} are run",
            values.len()
        ));
    }
    Ok(values)
}

/// `100ms`, `10s:12log`: the values, and whether they keep a ratio.
fn range(from: &str, rest: &str) -> Result<(Vec<String>, bool), String> {
    let (to, steps) = rest
        .split_once(':')
        .ok_or(format!("does not say how many steps: {EXAMPLE}"))?;
    let (digits, log) = match steps.trim().strip_suffix("log") {
        Some(digits) => (digits.trim(), true),
        None => (steps.trim(), false),
    };
    let count: usize = digits
        .parse()
        .ok()
        .filter(|count| (2..=MOST_VALUES).contains(count))
        .ok_or(format!("has {digits:?} steps: write 2 to {MOST_VALUES}"))?;
    let ((kind, low), (other, high)) = (read(from), read(to.trim()));
    let (Some(low), Some(high)) = (low, high) else {
        return Err(format!("does not go from one number to another: {EXAMPLE}"));
    };
    if kind != other {
        return Err(format!(
            "goes from {from:?} to {:?}, which are different kinds",
            to.trim()
        ));
    }
    if high <= low {
        return Err(format!(
            "has to rise: {from:?} is not less than {:?}",
            to.trim()
        ));
    }
    if log && low <= 0.0 {
        return Err("cannot start at 0 in equal ratios: start above, or leave out \"log\"".into());
    }
    let part = |step: usize| step as f64 / (count - 1) as f64;
    let between = |step: usize| match log {
        true => low * libm::pow(high / low, part(step)),
        false => low + (high - low) * part(step),
    };
    // What is counted in whole numbers stays whole, also between the ends.
    let whole = kind == Kind::Number && libm::trunc(low) == low && libm::trunc(high) == high;
    let mut values: Vec<String> = Vec::with_capacity(count);
    for step in 0..count {
        let value = match step {
            0 => from.to_owned(),
            last if last == count - 1 => to.trim().to_owned(),
            _ if whole => write(kind, libm::round(three_digits(between(step)))),
            _ => write(kind, three_digits(between(step))),
        };
        if values.contains(&value) {
            return Err(format!("has too many steps: {value} would come twice"));
        }
        values.push(value);
    }
    Ok((values, log))
}

/// Whether three numbers or more spread over a factor of ten or more with growing distances: these are read better
/// on a logarithmic axis.
fn is_even_in_ratio(numbers: &[f64]) -> bool {
    let growing = |w: &[f64]| w[2] - w[1] > w[1] - w[0] && w[1] > w[0];
    match (numbers.first(), numbers.last()) {
        (Some(&first), Some(&last)) => {
            first > 0.0
                && last >= 10.0 * first
                && numbers.len() > 2
                && numbers.windows(3).all(growing)
        }
        _ => false,
    }
}

impl fmt::Display for Axis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Serialize for Axis {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Axis {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<str>::deserialize(deserializer)?;
        text.parse().map_err(de::Error::custom)
    }
}

impl JsonSchema for Axis {
    fn schema_name() -> Cow<'static, str> {
        "Axis".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "pattern": "^[a-z_-]+=.+$",
            "examples": ["poll_every=100ms..10s:12log", "headers=lean,browser"],
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn values(text: &str) -> Vec<String> {
        text.parse::<Axis>().unwrap().values
    }

    fn message(text: &str) -> String {
        text.parse::<Axis>().unwrap_err().to_string()
    }

    #[test]
    fn lists_and_ranges() {
        assert_eq!(values("poll_every=100ms, 1s,10s"), ["100ms", "1s", "10s"]);
        assert_eq!(values("rtt=0ms..100ms:3"), ["0ms", "50ms", "100ms"]);
        assert_eq!(values("poll-every=100ms..10s:3log"), ["100ms", "1s", "10s"]);
        assert_eq!(values("clients=1..100:3log"), ["1", "10", "100"]);
        assert_eq!(values("rate=1/s..2/s:3log"), ["1/s", "1.41/s", "2/s"]);
        assert_eq!(values("headers=lean,browser"), ["lean", "browser"]);
        let axis: Axis = "poll_every=100ms..10s:12log".parse().unwrap();
        assert_eq!(
            (axis.values.len(), axis.kind, axis.log),
            (12, Kind::Span, true)
        );
        assert_eq!(
            (axis.values[1].as_str(), axis.numbers[1]),
            ("152ms", 1.52e8)
        );
        assert!("rate=1/s,4/s,10/s,100/s".parse::<Axis>().unwrap().log);
        assert!(!"delay=10ms,50ms,100ms,150ms".parse::<Axis>().unwrap().log);
    }

    #[test]
    fn messages_say_what_would_be_right() {
        for (text, part) in [
            ("poll_every", "is not an axis: write KEY=a,b,c"),
            ("pol_every=1s,2s", "did you mean \"poll_every\"?"),
            ("name=a,b", "there is no setting \"name\""),
            (
                "duration=1s,60s",
                "duration cannot vary: each trial is made as long",
            ),
            (
                "seed=1,2",
                "seed cannot vary: each point is run with several",
            ),
            ("rate=1/s,,2/s", "has an empty value"),
            ("rate=1/s,1/s", "has \"1/s\" twice"),
            ("rate=1/s,2s", "different units"),
            (
                "rate=1/s,60/min",
                "\"1/s\" and \"60/min\", which are the same",
            ),
            ("batch_every=off,1s", "write \"0ms\" for \"off\""),
            ("hold=1s,off", "write all numbers or all words"),
            ("rate=1e400/s,2/s", "of which one is no number"),
            ("rate=1/s..2/s", "how many steps"),
            ("rate=1/s..2/s:1", "write 2 to 100"),
            ("rate=1/s..2/s:x", "write 2 to 100"),
            ("rate=2/s..1/s:3", "has to rise"),
            ("rate=1/s..2s:3", "different kinds"),
            ("delay=0ms..1s:3log", "cannot start at 0"),
            ("headers=lean..browser:3", "from one number to another"),
            ("clients=1..3:9", "too many steps"),
        ] {
            assert!(message(text).contains(part), "{text}: {}", message(text));
        }
    }

    #[test]
    fn long_texts_are_cut_in_messages() {
        let long = message(&format!("rate={}", "\u{e9}/s,".repeat(500)));
        assert!(long.chars().count() < 250, "{long}");
    }

    proptest! {
        #[test]
        fn nothing_panics_and_what_is_read_is_written_the_same(text in "(rate|rtt|clients|headers)=.{0,20}") {
            if let Ok(axis) = text.parse::<Axis>() {
                prop_assert!(!axis.values.is_empty());
                prop_assert_eq!(axis.to_string().parse::<Axis>(), Ok(axis));
            }
        }
    }
}
