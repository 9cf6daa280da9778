//! The file of a sweep: its head on the first line, then one trial per line, added as each one ends. A sweep that was
//! stopped goes on from what is there.

mod check;

use super::Failure;
use crate::measure::sweep::{SWEEP_SCHEMA, SWEEP_VERSION, SweepHead, SweepResults, Trial};
use crate::sweep::Plan;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// Its name in a report folder.
pub const NAME: &str = "sweep.jsonl";
/// Longest file that is read, in bytes.
const LARGEST: u64 = 200 << 20;
/// How the file begins.
const HEAD: &str = "{\"schema\":\"pushlab/sweep\"";

/// The open file of a sweep that is being run.
pub struct Journal {
    path: PathBuf,
    file: File,
}

impl Journal {
    /// Opens or begins the file in `folder` for this plan, and returns the trials that are there. It is locked: two
    /// sweeps cannot write one file.
    pub fn open(folder: &Path, plan: &Plan, fresh: bool) -> Result<(Self, Vec<Trial>), Failure> {
        let path = folder.join(NAME);
        let failed = |error| cannot_write(&path, error);
        fs::create_dir_all(folder).map_err(failed)?;
        let file = OpenOptions::new()
            .read(true)
            .append(true)
            .create(true)
            .open(&path)
            .map_err(failed)?;
        match file.try_lock() {
            Err(TryLockError::WouldBlock) => return Err(in_use(&path)),
            // A file system without locks: go on without.
            Ok(()) | Err(TryLockError::Error(_)) => {}
        }
        let mut journal = Self { path, file };
        if fresh {
            journal
                .file
                .set_len(0)
                .map_err(|e| cannot_write(&journal.path, e))?;
        }
        let (text, whole) = journal.whole_lines()?;
        if text.is_empty() && !fresh {
            journal.may_begin()?;
        }
        if text.is_empty() {
            journal
                .file
                .set_len(0)
                .map_err(|e| cannot_write(&journal.path, e))?;
            journal.line(&plan.head)?;
            return Ok((journal, Vec::new()));
        }
        let (head, mut known) = parse(&text, &journal.path)?;
        journal.same_sweep(&head, &known, plan)?;
        // What this machine could not run it may be able to run now.
        known.retain(|trial| trial.not_run.is_none());
        // What a kill left half written is written again.
        journal
            .file
            .set_len(whole)
            .map_err(|e| cannot_write(&journal.path, e))?;
        Ok((journal, known))
    }

    /// Adds a trial.
    pub fn add(&mut self, trial: &Trial) -> Result<(), Failure> {
        self.line(trial)
    }

    fn line(&mut self, value: &impl serde::Serialize) -> Result<(), Failure> {
        let mut line =
            serde_json::to_string(value).map_err(|e| Failure::Internal(e.to_string()))?;
        line.push('\n');
        self.file
            .write_all(line.as_bytes())
            .map_err(|error| cannot_write(&self.path, error))
    }

    /// The text up to the last line break, and its length.
    fn whole_lines(&mut self) -> Result<(String, u64), Failure> {
        let path = self.path.clone();
        let unreadable = |error| Failure::file(path.display(), error);
        self.file.seek(SeekFrom::Start(0)).map_err(unreadable)?;
        let mut bytes = Vec::new();
        (&mut self.file)
            .take(LARGEST)
            .read_to_end(&mut bytes)
            .map_err(unreadable)?;
        let whole = bytes
            .iter()
            .rposition(|&byte| byte == b'\n')
            .map_or(0, |at| at + 1);
        bytes.truncate(whole);
        let text =
            String::from_utf8(bytes).map_err(|_| damaged(&self.path, "it is not UTF-8 text"))?;
        Ok((text, whole as u64))
    }

    /// A file without a whole line may be emptied if it is empty or the torn head of a sweep.
    fn may_begin(&mut self) -> Result<(), Failure> {
        let unreadable = |error| Failure::file(self.path.display(), error);
        let mut start = vec![0; HEAD.len()];
        (&self.file).seek(SeekFrom::Start(0)).map_err(unreadable)?;
        let length = (&self.file).read(&mut start).map_err(unreadable)?;
        match HEAD.as_bytes().starts_with(&start[..length]) {
            true => Ok(()),
            false => Err(damaged(&self.path, "line 1 is no head of a sweep")),
        }
    }

    fn same_sweep(&self, head: &SweepHead, known: &[Trial], plan: &Plan) -> Result<(), Failure> {
        if let Some(differs) = difference(head, &plan.head) {
            return Err(Failure::Usage(format!(
                "{} holds another sweep ({differs} differs): choose another place with --out FOLDER, \
                 or discard it with --fresh",
                self.path.display()
            )));
        }
        match plan.stranger(known) {
            Some(at) => Err(damaged(
                &self.path,
                &format!(
                    "line {}: the trial has a seed or a length that is not this sweep's",
                    at + 2
                ),
            )),
            None => Ok(()),
        }
    }
}

/// Refuses while a sweep is being written in this folder: what replaces the folder would lose its trials.
pub fn not_in_use(folder: &Path) -> Result<(), Failure> {
    let path = folder.join(NAME);
    let Ok(file) = File::open(&path) else {
        return Ok(());
    };
    match file.try_lock_shared() {
        Err(TryLockError::WouldBlock) => Err(in_use(&path)),
        Ok(()) | Err(TryLockError::Error(_)) => Ok(()),
    }
}

fn in_use(path: &Path) -> Failure {
    Failure::Usage(format!(
        "{} is being written by another pushlab: wait for it, or end it early with Ctrl-C, which draws what is there; \
         or choose another place with --out FOLDER",
        path.display()
    ))
}

/// The name of the first thing that differs between two sweeps; how they were asked for does not matter.
fn difference(one: &SweepHead, other: &SweepHead) -> Option<String> {
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

/// Reads the file of a sweep, finished or not.
pub fn read(path: &Path) -> Result<SweepResults, Failure> {
    let file = File::open(path).map_err(|error| Failure::file(path.display(), error))?;
    let mut text = String::new();
    file.take(LARGEST)
        .read_to_string(&mut text)
        .map_err(|error| damaged(path, &error.to_string()))?;
    // A sweep that is being run may be in the middle of a line.
    let whole = text.rfind('\n').map_or(0, |at| at + 1);
    let (head, trials) = parse(&text[..whole], path)?;
    Ok(SweepResults::new(head, trials))
}

/// The head and the trials as they stand there, in the order in which they ended.
fn parse(text: &str, path: &Path) -> Result<(SweepHead, Vec<Trial>), Failure> {
    if text.is_empty() {
        return Err(damaged(path, "has no whole line"));
    }
    let mut lines = text.lines();
    let head: Value = lines
        .next()
        .and_then(|line| serde_json::from_str(line).ok())
        .ok_or_else(|| damaged(path, "line 1 is no head of a sweep"))?;
    if head["schema"] != SWEEP_SCHEMA || head["version"] != SWEEP_VERSION {
        return Err(Failure::Usage(format!(
            "{}: written as {} version {}, this program reads {SWEEP_SCHEMA} version {SWEEP_VERSION}: \
             measure again with `pushlab sweep ... --fresh`, or into another place with --out FOLDER",
            path.display(),
            head["schema"],
            head["version"]
        )));
    }
    let head: SweepHead = serde_json::from_value(head)
        .map_err(|error| damaged(path, &format!("line 1 is no head of a sweep ({error})")))?;
    let trial = |(at, line): (usize, &str)| -> Result<Trial, Failure> {
        serde_json::from_str(line)
            .map_err(|error| damaged(path, &format!("line {} is no trial ({error})", at + 2)))
    };
    let mut trials: Vec<Trial> = lines.enumerate().map(trial).collect::<Result<_, _>>()?;
    only_last_attempts(&mut trials);
    check::check(&head, &trials).map_err(|problem| damaged(path, &problem))?;
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

/// Whether `folder` holds a part of this plan's sweep, so that it can go on.
pub fn unfinished(folder: &Path, plan: &Plan) -> bool {
    let Ok(there) = read(&folder.join(NAME)) else {
        return false;
    };
    let known: Vec<Trial> = there.trials;
    difference(&there.head, &plan.head).is_none()
        && plan.stranger(&known).is_none()
        && (!plan.left(&known).is_empty() || known.iter().any(|trial| trial.not_run.is_some()))
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

fn damaged(path: &Path, what: &str) -> Failure {
    Failure::Usage(format!(
        "{}: {what}: the file is damaged; measure again with `pushlab sweep ... --fresh`, or into another place with --out FOLDER",
        path.display()
    ))
}

fn cannot_write(path: &Path, error: std::io::Error) -> Failure {
    Failure::file(
        format!(
            "cannot write {}: choose another place with --out FOLDER",
            path.display()
        ),
        error,
    )
}

#[cfg(test)]
mod tests;
