//! Sweep files: `scenarios/sweeps/*.json`.

use super::super::explain::{did_you_mean, explain, not_json};
use super::super::load::read;
use super::{Sweep, vary};
use crate::scenario::{self, ScenarioError};
use serde::Deserialize;
use serde_json::{Map, Value};

/// The sweeps that come with the program, which are the files of `scenarios/sweeps/`: name and text, by name.
pub const SHIPPED: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/sweeps.rs"));

/// What is only in a file: the scenario by its name, and what differs from it.
#[derive(Deserialize)]
struct Named {
    scenario: String,
    #[serde(default)]
    with: Map<String, Value>,
}

/// Loads a shipped sweep by its name, or a file by its path; `None` if it is neither, so that it may be a scenario.
pub fn load(name_or_path: &str) -> Result<Option<Sweep>, ScenarioError> {
    if let Some((name, text)) = SHIPPED.iter().find(|(name, _)| *name == name_or_path) {
        return parse(text, name).map(Some);
    }
    if !name_or_path.contains(['/', '\\']) && !name_or_path.ends_with(".json") {
        return Ok(None);
    }
    let text = read(name_or_path)?;
    let json: Value = serde_json::from_str(text.trim_start_matches('\u{feff}'))
        .map_err(|error| not_json(&error).in_file(name_or_path))?;
    // A scenario has neither of them.
    let is_sweep = json.get("vary").or(json.get("scenario")).is_some();
    is_sweep.then(|| parse(&text, name_or_path)).transpose()
}

/// The shipped sweep of this name.
pub fn shipped(name: &str) -> Option<Sweep> {
    let (name, text) = SHIPPED.iter().find(|(shipped, _)| *shipped == name)?;
    parse(text, name).ok()
}

/// Reads and validates the text of a sweep file; `origin` is what messages call it.
pub fn parse(text: &str, origin: &str) -> Result<Sweep, ScenarioError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    sweep(text).map_err(|error| error.in_file(origin))
}

fn sweep(text: &str) -> Result<Sweep, ScenarioError> {
    let mut json: Value = serde_json::from_str(text).map_err(|error| not_json(&error))?;
    let Some(fields) = json.as_object_mut() else {
        return Err(ScenarioError::new("is not a sweep: write one JSON object"));
    };
    if fields.get("scenario").is_some_and(Value::is_string) {
        let named = Value::Object(fields.clone());
        let named: Named = serde_path_to_error::deserialize(named).map_err(explain)?;
        let base = scenario::load(&named.scenario)?;
        let changed = named
            .with
            .into_iter()
            .try_fold(base, |base, (key, value)| vary::set(&base, &key, value))?;
        let changed =
            serde_json::to_value(changed).map_err(|error| ScenarioError::new(error.to_string()))?;
        fields.insert("scenario".into(), changed);
        fields.remove("with");
    }
    let sweep: Sweep = serde_path_to_error::deserialize(json).map_err(explain)?;
    sweep.validate()?;
    Ok(sweep)
}

/// A name that is neither a sweep nor a scenario.
pub fn unknown_name(name: &str) -> ScenarioError {
    let sweeps = SHIPPED.iter().map(|(name, _)| *name);
    let names: Vec<_> = sweeps
        .chain(scenario::SHIPPED.iter().map(|(name, _)| *name))
        .collect();
    ScenarioError::new(format!(
        "there is no sweep or scenario {name:?}{}; shipped are {}",
        did_you_mean(name, &names),
        names.join(", ")
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shipped_sweep_is_valid_under_its_own_name() {
        for (name, _) in SHIPPED {
            let sweep = load(name).unwrap().unwrap();
            assert_eq!(sweep.name, *name);
            assert!(
                sweep.about.ends_with('.'),
                "{name} lacks a sentence about it"
            );
            assert_eq!(shipped(name), Some(sweep.clone()));
            let json = serde_json::to_string(&sweep).unwrap();
            assert_eq!(
                parse(&json, name),
                Ok(sweep),
                "{name} changes on its way through JSON"
            );
            assert!(
                scenario::shipped(name).is_none(),
                "{name} is a scenario, too"
            );
        }
    }

    #[test]
    fn a_file_names_a_scenario_and_what_differs() {
        let text = r#"{"name": "mine", "scenario": "ticker", "with": {"rate": "4/s"}, "vary": ["clients=1,2"]}"#;
        let sweep = parse(text, "mine.json").unwrap();
        assert_eq!(sweep.scenario.rate.as_per_second(), 4.0);
        assert_eq!(sweep.points(), [[0], [1]]);
        assert_eq!(sweep.at(&[1]).unwrap().clients, 2);
    }

    #[test]
    fn messages_name_the_field() {
        let message = |fields: &str| {
            let text = format!("{{\"name\": \"mine\", \"scenario\": \"ticker\"{fields}}}");
            parse(&text, "mine.json").unwrap_err().to_string()
        };
        for (fields, part) in [
            ("", "the field \"vary\" is missing"),
            (
                r#", "vary": ["speed=1,2"]"#,
                "field \"vary\": speed changes only a replayed file",
            ),
            (
                r#", "with": {"replay": "x.csv"}, "vary": ["rate=1/s,2/s"]"#,
                "field \"vary\": rate does not change a replayed file",
            ),
            (r#", "vary": []"#, "field \"vary\": needs one or two axes"),
            (
                r#", "vary": ["rate=1/s,2/s"], "repeats": 0"#,
                "field \"repeats\"",
            ),
            (
                r#", "vary": ["rate=1/s,2/s"], "with": {"rat": "1/s"}"#,
                "did you mean \"rate\"?",
            ),
            (
                r#", "vary": ["rtt=1s,2s", "delay=1s,2s"]"#,
                "both axes change the same field",
            ),
            (r#", "vary": ["rate=1/s,0/s"]"#, "field \"rate\""),
            (r#", "vary": ["rat=1/s,2/s"]"#, "did you mean \"rate\"?"),
            (r#", "vary": ["rate=1/s,2/s"], "trials": 3"#, "\"trials\""),
            (
                r#", "vary": ["clients=1..100:100", "rate=1/s..100/s:100"], "repeats": 3"#,
                "20000 trials",
            ),
        ] {
            let message = message(fields);
            assert!(message.starts_with("mine.json: "), "{message}");
            assert!(message.contains(part), "{fields}: {message}");
        }
    }
}
