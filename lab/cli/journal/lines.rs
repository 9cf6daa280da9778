//! What stands in the file of a sweep, and whether two files are of one sweep.

use super::Failure;
use super::check::check;
use crate::measure::sweep::{SWEEP_SCHEMA, SWEEP_VERSION, SweepHead, SweepResults, Trial};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;

/// What to do about a file that cannot be used.
pub const MEASURE_AGAIN: &str =
    "measure again with `pushlab sweep ... --fresh`, or into another place with --out FOLDER";

/// The head and the trials as they stand there, in the order in which they ended; an error ends with the `remedy`.
pub fn parse(text: &str, path: &Path, remedy: &str) -> Result<(SweepHead, Vec<Trial>), Failure> {
    let damaged = |what: &str| damaged(path, what, remedy);
    if text.is_empty() {
        return Err(damaged("has no whole line"));
    }
    let mut lines = text.lines();
    let head: Value = lines
        .next()
        .and_then(|line| serde_json::from_str(line).ok())
        .ok_or_else(|| damaged("line 1 is no head of a sweep"))?;
    if head["schema"] != SWEEP_SCHEMA || head["version"] != SWEEP_VERSION {
        return Err(Failure::Usage(format!(
            "{}: written as {} version {}, this program reads {SWEEP_SCHEMA} version {SWEEP_VERSION}: {remedy}",
            path.display(),
            head["schema"],
            head["version"]
        )));
    }
    let head: SweepHead = serde_json::from_value(head)
        .map_err(|error| damaged(&format!("line 1 is no head of a sweep ({error})")))?;
    let trial = |(at, line): (usize, &str)| -> Result<Trial, Failure> {
        serde_json::from_str(line)
            .map_err(|error| damaged(&format!("line {} is no trial ({error})", at + 2)))
    };
    let mut trials: Vec<Trial> = lines.enumerate().map(trial).collect::<Result<_, _>>()?;
    only_last_attempts(&mut trials);
    check(&head, &trials).map_err(|problem| damaged(&problem))?;
    Ok((head, trials))
}

/// A trial that could not be run is tried again by the same command: only what came of it last counts.
fn only_last_attempts(trials: &mut Vec<Trial>) {
    if trials.iter().all(|trial| trial.not_run.is_none()) {
        return;
    }
    let last: BTreeMap<_, _> = trials
        .iter()
        .zip(0..)
        .map(|(t, at)| (t.key(), at))
        .collect();
    let keep: Vec<bool> = trials
        .iter()
        .zip(0..)
        .map(|(trial, at)| trial.not_run.is_none() || last[&trial.key()] == at)
        .collect();
    let mut keep = keep.into_iter();
    trials.retain(|_| keep.next().unwrap_or(true));
}

/// The whole file of a sweep.
pub fn text(results: &SweepResults) -> Result<String, Failure> {
    let line = |value: serde_json::Result<String>| {
        value.map_err(|error| Failure::Internal(error.to_string()))
    };
    let mut text = line(serde_json::to_string(&results.head))? + "\n";
    for trial in &results.trials {
        text.push_str(&line(serde_json::to_string(trial))?);
        text.push('\n');
    }
    Ok(text)
}

/// A file that is not as it was written.
pub fn damaged(path: &Path, what: &str, remedy: &str) -> Failure {
    Failure::Usage(format!(
        "{}: {what}: the file is damaged; {remedy}",
        path.display()
    ))
}

/// The name of the first thing that differs between two sweeps; how they were asked for does not matter.
pub fn difference(one: &SweepHead, other: &SweepHead) -> Option<String> {
    let json = |head: &SweepHead| serde_json::to_value(head).unwrap_or_default();
    first_difference("", &json(one), &json(other)).map(|path| path[1..].to_owned())
}

fn first_difference(path: &str, one: &Value, other: &Value) -> Option<String> {
    match (one, other) {
        (Value::Object(one), Value::Object(other)) => {
            let keys = one.keys().chain(other.keys());
            keys.filter(|key| *key != "command").find_map(|key| {
                let value = |object: &serde_json::Map<String, Value>| {
                    object.get(key).cloned().unwrap_or_default()
                };
                first_difference(&format!("{path}.{key}"), &value(one), &value(other))
            })
        }
        (one, other) => (one != other).then(|| path.to_owned()),
    }
}
