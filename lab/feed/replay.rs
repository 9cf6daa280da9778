//! Replay of a recorded file: CSV with a header row, or JSON Lines. Each row is one event; a column
//! `timestamp` (or `time`, `t`, `ts`) says when, and the other columns become its payload.

mod columns;
mod csv_rows;
mod json_lines;

use super::timestamp::{FORMS, Timestamps};
use super::{Event, payload};
use std::fmt;
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// Largest file, in bytes.
const MAX_FILE: u64 = 256_000_000;
/// Longest row, in bytes: an event is a message, not a document.
const MAX_ROW: usize = 4_000;
/// Most rows; the sequence number has six columns.
const MAX_ROWS: usize = 900_000;
/// A replay that lasts longer than this (100 years) has a mistaken unit, and its times would outgrow their columns.
const MAX_BORN_NS: u64 = 100 * 366 * 86_400 * 1_000_000_000;

/// Why a file cannot be replayed: the file, the line and what would be right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReplayError {
    file: String,
    line: Option<u64>,
    problem: String,
}

impl fmt::Display for ReplayError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.file)?;
        if let Some(line) = self.line {
            write!(f, "line {line}: ")?;
        }
        f.write_str(&self.problem)
    }
}

impl std::error::Error for ReplayError {}

/// Reads a whole file into events. A row `speed` times faster than recorded is born at
/// (its time - the first time) / `speed`.
pub(super) fn read(path: &Path, speed: f64, epoch_us: u64) -> Result<Vec<Event>, ReplayError> {
    let fail = |line, problem: String| {
        let file = path
            .file_name()
            .unwrap_or(path.as_os_str())
            .to_string_lossy()
            .into_owned();
        ReplayError {
            file,
            line,
            problem,
        }
    };
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| file.take(MAX_FILE + 1).read_to_end(&mut bytes))
        .map_err(|e| fail(None, format!("cannot be read from {}: {e}", path.display())))?;
    if bytes.len() as u64 > MAX_FILE {
        return Err(fail(
            None,
            "is larger than 256 MB: cut it to the part to replay".into(),
        ));
    }
    parse(&bytes, path, speed, epoch_us).map_err(|(line, problem)| fail(line, problem))
}

/// A problem and the line it is in.
type Problem = (Option<u64>, String);

/// Turns the bytes of a file into events; of `path` only the name counts.
pub fn parse(bytes: &[u8], path: &Path, speed: f64, epoch_us: u64) -> Result<Vec<Event>, Problem> {
    let text = std::str::from_utf8(bytes).map_err(|e| {
        let line = 1 + bytes[..e.valid_up_to()]
            .iter()
            .filter(|b| **b == b'\n')
            .count();
        (
            Some(line as u64),
            "is not UTF-8 text: save the file as UTF-8".to_owned(),
        )
    })?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let empty = || (None, "has no rows: there is nothing to replay".to_owned());
    if text.trim().is_empty() {
        return Err(empty());
    }
    let topic = path
        .file_stem()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    let mut rows = Rows {
        topic,
        speed,
        epoch_us,
        timestamps: Timestamps::default(),
        first_and_last: None,
        events: Vec::new(),
    };
    let extension = path
        .extension()
        .unwrap_or_default()
        .to_string_lossy()
        .to_ascii_lowercase();
    match extension.as_str() {
        "csv" => rows.csv(text)?,
        "jsonl" | "ndjson" => rows.json_lines(text)?,
        _ if text.trim_start().starts_with('{') => rows.json_lines(text)?,
        _ => rows.csv(text)?,
    }
    if rows.events.is_empty() {
        return Err(empty());
    }
    Ok(rows.events)
}

/// The rows of a file on their way to events.
struct Rows {
    /// For rows without one of their own.
    topic: String,
    speed: f64,
    epoch_us: u64,
    timestamps: Timestamps,
    first_and_last: Option<(i128, i128)>,
    events: Vec<Event>,
}

impl Rows {
    fn push(&mut self, time: &str, topic: Option<String>, fields: &str) -> Result<(), String> {
        if self.events.len() == MAX_ROWS {
            return Err("is one row too many: a replay has at most 900000 rows".into());
        }
        let shown: String = time.chars().take(40).collect();
        let Some(at) = self.timestamps.parse(time) else {
            return Err(format!("timestamp {shown:?} is not a time: write {FORMS}"));
        };
        let (first, last) = self.first_and_last.unwrap_or((at, at));
        if at < last {
            return Err(format!(
                "timestamp {shown:?} is before the row above: sort the rows by time"
            ));
        }
        self.first_and_last = Some((first, at));
        // Too large a quotient, or none at all, becomes the largest number and is refused here.
        let born = (at - first) as f64 / self.speed;
        let exact = if self.speed == 1.0 {
            u64::try_from(at - first).ok()
        } else {
            None
        };
        let born_ns = exact.unwrap_or(born.round() as u64);
        if born_ns > MAX_BORN_NS {
            return Err(format!(
                "timestamp {shown:?} is more than 100 years after the first: check its unit"
            ));
        }
        let seq = self.events.len() as u64 + 1;
        let payload = payload::replayed(seq, self.epoch_us.saturating_add(born_ns / 1_000), fields);
        let topic = topic.unwrap_or_else(|| self.topic.clone());
        if topic.contains(char::is_control) {
            return Err("its topic contains a control character: write it on one line".into());
        }
        self.events.push(Event {
            seq,
            topic,
            born_ns,
            payload,
            from: None,
        });
        Ok(())
    }
}

fn check_length(bytes: usize) -> Result<(), String> {
    if bytes <= MAX_ROW {
        Ok(())
    } else {
        Err(format!("has {bytes} bytes: a row has at most 4 kB"))
    }
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

#[cfg(test)]
mod tests;
