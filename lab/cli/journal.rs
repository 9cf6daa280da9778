//! The file of a sweep: its head on the first line, then one trial per line, added as each one ends. A sweep that was
//! stopped goes on from what is there.

mod check;

use super::Failure;
use crate::measure::sweep::{SWEEP_SCHEMA, SWEEP_VERSION, SweepHead, SweepResults, Trial};
use crate::sweep::Plan;
use serde_json::Value;
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
        let known = parse(&text, &journal.path)?;
        journal.same_sweep(&known, plan)?;
        // What a kill left half written is written again.
        journal
            .file
            .set_len(whole)
            .map_err(|e| cannot_write(&journal.path, e))?;
        Ok((journal, known.trials))
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

    fn same_sweep(&self, known: &SweepResults, plan: &Plan) -> Result<(), Failure> {
        if let Some(differs) = difference(&known.head, &plan.head) {
            return Err(Failure::Usage(format!(
                "{} holds another sweep ({differs} differs): choose another place with --out FOLDER, \
                 or discard it with --fresh",
                self.path.display()
            )));
        }
        let planned = |trial: &Trial| {
            plan.jobs.iter().any(|job| {
                job.made(trial) && job.scenario.seed == trial.seed && job.span_us() == trial.span_us
            })
        };
        match known.trials.iter().find(|trial| !planned(trial)) {
            Some(trial) => Err(damaged(
                &self.path,
                &format!(
                    "the trial of {} at {:?}, repeat {}, has a seed or a length that is not this sweep's",
                    trial.transport, trial.at, trial.repeat
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
    parse(&text[..whole], path)
}

fn parse(text: &str, path: &Path) -> Result<SweepResults, Failure> {
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
    let trials = lines.enumerate().map(trial).collect::<Result<_, _>>()?;
    let mut results = SweepResults { head, trials };
    check::check(&results).map_err(|problem| damaged(path, &problem))?;
    // Trials stand there in the order in which they ended.
    results.head.sort(&mut results.trials);
    Ok(results)
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
mod tests {
    use super::*;
    use crate::net::Network;
    use crate::run::Interrupt;
    use crate::scenario::sweep::{Axis, Sweep};
    use crate::sweep;

    fn plan(axis: &str) -> Plan {
        let base = r#"{"name": "short", "clients": 1, "duration": "1s"}"#;
        let scenario = crate::scenario::parse(base, "").expect("a scenario");
        let axis: Axis = axis.parse().expect("an axis");
        let sweep = Sweep {
            repeats: 2,
            least_events: 1,
            least_polls: 1,
            ..Sweep::new(scenario, vec![axis])
        };
        Plan::new(sweep, Network::Simulated, "pushlab sweep".into()).expect("a plan")
    }

    /// Runs what is missing; returns how many trials that were.
    fn go_on(folder: &Path, plan: &Plan) -> Result<(SweepResults, usize), Failure> {
        let (mut journal, known) = Journal::open(folder, plan, false)?;
        let mut ran = 0;
        let trials = sweep::run(plan, known, 2, &Interrupt::default(), |_, trial| {
            ran += 1;
            journal.add(trial)
        })?;
        let results = SweepResults {
            head: plan.head.clone(),
            trials,
        };
        Ok((results, ran))
    }

    fn message(outcome: Result<(SweepResults, usize), Failure>) -> String {
        match outcome {
            Err(Failure::Usage(message)) => message,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_sweep_goes_on_where_it_was_killed_and_ends_the_same() {
        let parent = tempfile::tempdir().expect("a place for files");
        let plan = plan("poll_every=500ms,1s");
        let (whole, ran) = go_on(&parent.path().join("whole"), &plan).expect("a sweep");
        // Short polling at both values, the three others once; each twice.
        assert_eq!(ran, 2 * (2 + 3));

        let killed = parent.path().join("killed");
        fs::create_dir(&killed).expect("a folder");
        let text = text(&whole).expect("a text");
        let kept: usize = text.lines().take(4).map(|line| line.len() + 1).sum();
        fs::write(killed.join(NAME), &text[..kept + 30]).expect("a torn file");
        let (resumed, ran) = go_on(&killed, &plan).expect("the rest");
        assert_eq!(ran, 10 - 3);
        assert_eq!(resumed, whole);
        let file = read(&killed.join(NAME)).expect("a whole file");
        assert_eq!(file.trials.len(), 10);
        let (_, ran) = go_on(&killed, &plan).expect("nothing to do");
        assert_eq!(ran, 0);
    }

    #[test]
    fn what_is_not_this_sweep_is_refused_and_kept() {
        let parent = tempfile::tempdir().expect("a place for files");
        let folder = parent.path();
        let path = folder.join(NAME);
        let first = plan("poll_every=500ms,1s");
        go_on(folder, &first).expect("a sweep");
        let whole = fs::read_to_string(&path).expect("a file");
        let other = plan("poll_every=500ms,2s");
        let refused = message(go_on(folder, &other));
        assert!(
            refused.contains("another sweep (sweep.vary differs)"),
            "{refused}"
        );
        assert_eq!(fs::read_to_string(&path).expect("a file"), whole);

        for (from, to, part) in [
            (
                "\"version\":1",
                "\"version\":0",
                "version 0, this program reads",
            ),
            (
                "\"schema\":\"pushlab/sweep\"",
                "\"schema\":\"x\"",
                "written as \"x\"",
            ),
            ("\"repeat\":1", "\"repeat\":7", "the field \"repeat\" is 7"),
            ("\"transport\":", "\"transporter\":", "line 2 is no trial"),
        ] {
            fs::write(&path, whole.replacen(from, to, 1)).expect("a damaged file");
            let refused = message(go_on(folder, &first));
            assert!(
                refused.contains(part) && refused.contains(NAME),
                "{from}: {refused}"
            );
        }
        for text in ["no sweep at all\n", "notes without a line break"] {
            fs::write(&path, text).expect("another file");
            assert!(message(go_on(folder, &first)).contains("line 1 is no head"));
            assert_eq!(fs::read_to_string(&path).expect("a file"), text);
        }
        for torn in ["", "{\"sch", &whole[..100]] {
            fs::write(&path, torn).expect("a torn head");
            assert!(go_on(folder, &first).is_ok(), "{torn}");
        }
    }

    #[test]
    fn two_cannot_write_one_file() {
        let parent = tempfile::tempdir().expect("a place for files");
        let plan = plan("poll_every=500ms,1s");
        let held = Journal::open(parent.path(), &plan, false).expect("a file");
        let refused = message(go_on(parent.path(), &plan));
        assert!(refused.contains("another pushlab"), "{refused}");
        assert!(matches!(not_in_use(parent.path()), Err(Failure::Usage(_))));
        drop(held);
        assert!(not_in_use(parent.path()).is_ok());
        let mut file = OpenOptions::new()
            .append(true)
            .open(parent.path().join(NAME))
            .expect("the file");
        file.write_all(b"torn").expect("half a line");
        assert!(go_on(parent.path(), &plan).is_ok());
    }
}
