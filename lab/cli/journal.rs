//! The file of a sweep: its head on the first line, then one trial per line, added as each one ends. A sweep that was
//! stopped goes on from what is there. What is finished is never emptied unless somebody says so: who measures it again
//! writes into a second file beside it, until the report that is made of that one takes the place of both.

mod check;
mod lines;

pub use lines::text;

use super::Failure;
use crate::measure::sweep::{SweepResults, Trial};
use crate::sweep::Plan;
use lines::{MEASURE_AGAIN, damaged, difference, parse};
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// Its name in a report folder.
pub const NAME: &str = "sweep.jsonl";
/// The name of what is measured again beside a finished one.
pub const AGAIN: &str = "sweep-again.jsonl";
/// Longest file that is read, in bytes.
const LARGEST: u64 = 200 << 20;
/// How the file begins.
const HEAD: &str = "{\"schema\":\"pushlab/sweep\"";

/// What becomes of the trials that are there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opening {
    /// They count, and what is missing is measured.
    GoOn,
    /// They are thrown away.
    Discard,
    /// The same as [`Opening::GoOn`] for an unfinished sweep; a finished one is kept and measured again beside.
    Repeat,
}

impl Opening {
    /// What to do about a file that cannot be used.
    fn remedy(self) -> &'static str {
        match self {
            Self::GoOn | Self::Discard => MEASURE_AGAIN,
            Self::Repeat => "delete it, or choose another place with --out FOLDER",
        }
    }
}

/// The open file of a sweep that is being run.
pub struct Journal {
    path: PathBuf,
    file: File,
    opening: Opening,
}

impl Journal {
    /// Opens or begins the file in `folder` for this plan, and returns the trials that count. It is locked: two
    /// sweeps cannot write one file. What is no part of this plan's sweep is refused and stays as it is.
    pub fn open(
        folder: &Path,
        plan: &Plan,
        opening: Opening,
    ) -> Result<(Self, Vec<Trial>), Failure> {
        let beside = opening == Opening::Repeat && is_finished(folder, plan);
        let path = folder.join(if beside { AGAIN } else { NAME });
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
        let mut journal = Self {
            path,
            file,
            opening,
        };
        if opening == Opening::Discard {
            forget_again(folder)?;
            journal.shorten(0)?;
        }
        let (text, whole) = journal.whole_lines()?;
        if text.is_empty() {
            journal.may_begin()?;
            journal.shorten(0)?;
            journal.line(&plan.head)?;
            return Ok((journal, Vec::new()));
        }
        let mut known = journal.trials_of(plan, &text)?;
        // What this machine could not run it may be able to run now.
        known.retain(|trial| trial.not_run.is_none());
        // What a kill left half written is written again.
        journal.shorten(whole)?;
        Ok((journal, known))
    }

    /// Whether it stands beside a finished one, which stays until this one is finished, too.
    pub fn is_beside(&self) -> bool {
        self.path.ends_with(AGAIN)
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

    fn shorten(&mut self, length: u64) -> Result<(), Failure> {
        let shortened = self.file.set_len(length);
        shortened.map_err(|error| cannot_write(&self.path, error))
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
            String::from_utf8(bytes).map_err(|_| self.damaged("it is not UTF-8 text".into()))?;
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
            false => Err(self.damaged("line 1 is no head of a sweep".into())),
        }
    }

    /// The trials, if they are of this plan's sweep and of this machine.
    fn trials_of(&self, plan: &Plan, text: &str) -> Result<Vec<Trial>, Failure> {
        let (head, known) = parse(text, &self.path, self.opening.remedy())?;
        if let Some(differs) = difference(&head, &plan.head) {
            let what = match differs.starts_with("machine") {
                true => "was measured on another machine",
                false => "holds another sweep",
            };
            return Err(Failure::Usage(format!(
                "{} {what} ({differs} differs): choose another place with --out FOLDER, or {}",
                self.path.display(),
                match self.opening {
                    Opening::Repeat => "delete it",
                    Opening::GoOn | Opening::Discard => "discard it with --fresh",
                }
            )));
        }
        match plan.stranger(&known) {
            Some(at) => Err(self.damaged(format!(
                "line {}: the trial has a seed or a length that is not this sweep's",
                at + 2
            ))),
            None => Ok(known),
        }
    }

    fn damaged(&self, what: String) -> Failure {
        damaged(&self.path, &what, self.opening.remedy())
    }
}

/// Whether `folder` holds the whole of this plan's sweep.
fn is_finished(folder: &Path, plan: &Plan) -> bool {
    let Ok(there) = read(&folder.join(NAME)) else {
        return false;
    };
    difference(&there.head, &plan.head).is_none()
        && plan.stranger(&there.trials).is_none()
        && plan.is_done(&there.trials)
}

/// Removes what was measured again beside a finished sweep, once it has taken that one's place or is not wanted.
pub fn forget_again(folder: &Path) -> Result<(), Failure> {
    let path = folder.join(AGAIN);
    match fs::remove_file(&path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(cannot_write(&path, error)),
        _ => Ok(()),
    }
}

/// Refuses while a sweep is being written in this folder: what replaces the folder would lose its trials.
pub fn not_in_use(folder: &Path) -> Result<(), Failure> {
    for name in [NAME, AGAIN] {
        let path = folder.join(name);
        let Ok(file) = File::open(&path) else {
            continue;
        };
        if let Err(TryLockError::WouldBlock) = file.try_lock_shared() {
            return Err(in_use(&path));
        }
    }
    Ok(())
}

fn in_use(path: &Path) -> Failure {
    Failure::Usage(format!(
        "{} is being written by another pushlab: wait for it, or end it early with Ctrl-C, which keeps what is there; \
         or choose another place with --out FOLDER",
        path.display()
    ))
}

/// Reads the file of a sweep, finished or not.
pub fn read(path: &Path) -> Result<SweepResults, Failure> {
    let file = File::open(path).map_err(|error| Failure::file(path.display(), error))?;
    let mut text = String::new();
    file.take(LARGEST)
        .read_to_string(&mut text)
        .map_err(|error| damaged(path, &error.to_string(), MEASURE_AGAIN))?;
    // A sweep that is being run may be in the middle of a line.
    let whole = text.rfind('\n').map_or(0, |at| at + 1);
    let (head, trials) = parse(&text[..whole], path, MEASURE_AGAIN)?;
    Ok(SweepResults::new(head, trials))
}

fn cannot_write(path: &Path, error: io::Error) -> Failure {
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
