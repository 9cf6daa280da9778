//! Setting a field of a scenario by its name, as `--vary KEY=...` and a sweep's `with` do. Any field will do: the
//! scenario goes through JSON, so a value is read exactly as from a file.

use super::super::explain::{did_you_mean, explain};
use super::super::{Scenario, ScenarioError, Span};
use serde_json::{Map, Value};

/// The round trip, shared by both directions: a key beside the fields.
pub const RTT: &str = "rtt";
/// Fields that say what a scenario is called, not what it does, and lists that a text cannot hold.
const FIXED: [&str; 10] = [
    "name", "about", "proves", "outages", "stalls", "replay", "also", "message", "rush", "stress",
];
/// Fields along which a sweep has nothing to compare, and what does instead.
const NOT_AN_AXIS: [(&str, &str); 2] = [
    (
        "duration",
        "each trial is made as long as its events and questions need, so its values would not be run: vary another field, \
         and fix the shortest length with --duration, or \"duration\" in the scenario",
    ),
    (
        "seed",
        "each point is run with several seeds already: say with how many with --repeats, or \"repeats\" in the file",
    ),
];

/// The field behind a key; most are their own.
pub fn field(key: &str) -> &str {
    if key == RTT { "delay" } else { key }
}

/// The scenario with this field set to the value that `text` is in a file. Numbers may be bare.
pub fn with(scenario: &Scenario, key: &str, text: &str) -> Result<Scenario, ScenarioError> {
    known(key)?;
    let text = text.trim();
    if key == RTT {
        let rtt: Span = text.parse().map_err(|error: crate::scenario::UnitError| {
            ScenarioError::field(RTT, error.to_string())
        })?;
        let half = Span::from_nanos(rtt.as_nanos() / 2).to_string();
        return set(scenario, "delay", Value::String(half));
    }
    // Counts and factors are numbers in a file, everything else is a text. What is not written while it is at its
    // default says only by its own form what it is.
    let value = match (current(scenario)?.get(key), serde_json::from_str(text)) {
        (Some(Value::Number(_)) | None, Ok(number @ Value::Number(_))) => number,
        (Some(Value::Bool(_)) | None, Ok(word @ Value::Bool(_))) => word,
        _ => Value::String(text.to_owned()),
    };
    set(scenario, key, value)
}

/// The scenario with this field set to a JSON value.
pub(super) fn set(scenario: &Scenario, key: &str, value: Value) -> Result<Scenario, ScenarioError> {
    let mut fields = current(scenario)?;
    fields.insert(key.to_owned(), value);
    let mut changed: Scenario = serde_path_to_error::deserialize(Value::Object(fields))
        .map_err(|error| explain_value(key, error))?;
    // As on the command line: what is planned at an instant keeps its place.
    match key {
        "duration" => changed = scenario.clone().lasting(changed.duration),
        "warm_up" => changed = scenario.clone().warming_up(changed.warm_up),
        _ => {}
    }
    changed.validate()?;
    Ok(changed)
}

fn current(scenario: &Scenario) -> Result<Map<String, Value>, ScenarioError> {
    match serde_json::to_value(scenario) {
        Ok(Value::Object(fields)) => Ok(fields),
        _ => Err(ScenarioError::new("cannot be written as JSON")),
    }
}

/// All keys that can vary. From the schema, so that a field skipped at its default is among them.
pub(super) fn keys() -> Vec<String> {
    let schema = schemars::schema_for!(Scenario).to_value();
    let fields = schema["properties"].as_object();
    let names = fields.into_iter().flat_map(|fields| fields.keys().cloned());
    let mut keys: Vec<_> = names
        .filter(|name| !FIXED.contains(&name.as_str()) && instead(name).is_none())
        .collect();
    keys.push(RTT.to_owned());
    keys.sort();
    keys
}

/// What to do instead of varying this field, if it is one that a sweep cannot vary.
fn instead(key: &str) -> Option<&'static str> {
    let found = NOT_AN_AXIS.iter().find(|(name, _)| *name == key);
    found.map(|(_, instead)| *instead)
}

/// Checks that a key can vary.
pub(super) fn known(key: &str) -> Result<(), ScenarioError> {
    if let Some(instead) = instead(key) {
        return Err(ScenarioError::new(format!("{key} cannot vary: {instead}")));
    }
    let keys = keys();
    if keys.iter().any(|known| known == key) {
        return Ok(());
    }
    let names: Vec<&str> = keys.iter().map(String::as_str).collect();
    Err(ScenarioError::new(format!(
        "there is no setting {key:?} to vary{}; there are {}",
        did_you_mean(key, &names),
        names.join(", ")
    )))
}

/// A value that is not the field's kind: the field is already known by name.
fn explain_value(key: &str, error: serde_path_to_error::Error<serde_json::Error>) -> ScenarioError {
    match error.path().to_string().as_str() {
        "." | "" => ScenarioError::field(key, error.inner().to_string()),
        _ => explain(error),
    }
}
