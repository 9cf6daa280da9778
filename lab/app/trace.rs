//! Recorded typing: files in the format of the public editing traces (github.com/josephg/editing-traces), unpacked.
//!
//! `{"startContent":"","endContent":"...","txns":[{"time":"2020-01-01T00:00:00Z","patches":[[pos,del,"ins"]]},...]}`.
//! Positions count Unicode code points; the patches of a transaction are applied one after another. Times may be
//! missing; some files have the same one everywhere, which says as little.

use super::document::{LONGEST_INSERT, LONGEST_TEXT, Op, Text};
use serde::Deserialize;
use std::fmt;
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// Largest file, bytes.
const MAX_FILE: u64 = 32_000_000;
/// Most transactions: each is at least one event, and their number has six columns.
const MAX_TXNS: usize = 900_000;
/// A trace that lasts longer (100 years) has a mistaken time.
const MAX_NS: i128 = 100 * 366 * 86_400 * 1_000_000_000;

/// A recorded text, change by change. Applied in order to an empty text they make [`Trace::end_content`].
#[derive(Debug)]
pub struct Trace {
    start: String,
    pub txns: Vec<Txn>,
    /// The text at the end.
    pub end_content: String,
}

/// What was typed at one instant.
#[derive(Debug, PartialEq, Eq)]
pub struct Txn {
    /// Nanoseconds after the first.
    pub at_ns: u64,
    /// Each on top of the one before.
    pub ops: Vec<Op>,
}

/// Why a file cannot be replayed: the file, the transaction (from 1) and what would be right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TraceError {
    file: String,
    txn: Option<usize>,
    problem: String,
}

impl fmt::Display for TraceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.file)?;
        if let Some(txn) = self.txn {
            write!(f, "transaction {txn}: ")?;
        }
        f.write_str(&self.problem)
    }
}

impl std::error::Error for TraceError {}

/// A problem and the transaction it is in.
type Problem = (Option<usize>, String);

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Recorded {
    #[serde(default)]
    start_content: String,
    end_content: String,
    txns: Vec<RecordedTxn>,
}

#[derive(Deserialize)]
struct RecordedTxn {
    time: Option<String>,
    patches: Vec<(usize, usize, String)>,
}

impl Trace {
    /// Reads a file and checks that its changes make the text that it promises. Recorded distances are divided by
    /// `speed`; a file without times gets `gap_ns` between two transactions.
    pub fn read(path: &Path, speed: f64, gap_ns: u64) -> Result<Self, TraceError> {
        let fail = |(txn, problem)| TraceError {
            file: path
                .file_name()
                .unwrap_or(path.as_os_str())
                .to_string_lossy()
                .into_owned(),
            txn,
            problem,
        };
        let mut bytes = Vec::new();
        File::open(path)
            .and_then(|file| file.take(MAX_FILE + 1).read_to_end(&mut bytes))
            .map_err(|e| fail((None, format!("cannot be read from {}: {e}", path.display()))))?;
        if bytes.len() as u64 > MAX_FILE {
            let problem = "is larger than 32 MB: cut it, and correct its \"endContent\"";
            return Err(fail((None, problem.into())));
        }
        Self::parse(&bytes, speed, gap_ns).map_err(fail)
    }

    /// Turns the bytes of a file into a trace.
    pub fn parse(bytes: &[u8], speed: f64, gap_ns: u64) -> Result<Self, Problem> {
        if bytes.starts_with(&[0x1f, 0x8b]) {
            return Err((None, "is compressed: unpack it with gunzip first".into()));
        }
        let mut json = serde_json::Deserializer::from_slice(bytes);
        let recorded: Recorded = serde_path_to_error::deserialize(&mut json).map_err(|e| {
            let (path, reason) = (e.path().to_string(), e.inner().to_string());
            (
                None,
                format!(
                    "field {path:?}: {reason}: write {{\"endContent\":\"Hi\",\"txns\":[{{\"patches\":[[0,0,\"Hi\"]]}}]}}"
                ),
            )
        })?;
        if recorded.txns.is_empty() || recorded.txns.len() > MAX_TXNS {
            let count = recorded.txns.len();
            let problem = format!("has {count} transactions: it has to have 1 to {MAX_TXNS}");
            return Err((None, problem));
        }
        let instants = instants(&recorded.txns, speed, gap_ns)?;
        let mut text = Text::from(recorded.start_content.as_str());
        let mut txns = Vec::new();
        for (index, (txn, at_ns)) in recorded.txns.iter().zip(instants).enumerate() {
            let mut ops = Vec::new();
            for (pos, del, ins) in &txn.patches {
                for op in pieces(*pos, *del, ins) {
                    let length = text.len();
                    let wrong = |problem| Err((Some(index + 1), problem));
                    if length as i64 + op.grows() > LONGEST_TEXT as i64 {
                        return wrong(format!(
                            "the text is longer than {LONGEST_TEXT} characters: cut the trace before"
                        ));
                    }
                    if !text.apply(&op) {
                        return wrong(format!(
                            "patch [{pos},{del},..] is not within the text, which has {length} characters by then"
                        ));
                    }
                    ops.push(op);
                }
            }
            txns.push(Txn { at_ns, ops });
        }
        let text = text.to_string();
        if text != recorded.end_content {
            let same = text.chars().zip(recorded.end_content.chars());
            let same = same.take_while(|(is, should)| is == should).count();
            let problem = format!(
                "the transactions do not make \"endContent\": they differ at character {same}, counted from 0"
            );
            return Err((None, problem));
        }
        Ok(Self {
            start: recorded.start_content,
            txns,
            end_content: text,
        })
    }

    /// What makes the text that the recording began with.
    pub fn beginning(&self) -> Vec<Op> {
        let ops = pieces(0, 0, &self.start);
        ops.into_iter().filter(|op| op.puts() > 0).collect()
    }
}

/// A patch as ops that the server takes: a long insert in parts.
fn pieces(pos: usize, del: usize, ins: &str) -> Vec<Op> {
    let chars: Vec<char> = ins.chars().collect();
    let mut parts = chars.chunks(LONGEST_INSERT).map(String::from_iter);
    let mut ops = vec![Op::new(pos, del, &parts.next().unwrap_or_default())];
    ops.extend(
        (1..)
            .zip(parts)
            .map(|(part, ins)| Op::new(pos + part * LONGEST_INSERT, 0, &ins)),
    );
    ops
}

/// When each transaction is typed, nanoseconds after the first.
fn instants(txns: &[RecordedTxn], speed: f64, gap_ns: u64) -> Result<Vec<u64>, Problem> {
    let mut times: Vec<i128> = Vec::new();
    for (index, txn) in txns.iter().enumerate() {
        let wrong = |problem| Err((Some(index + 1), problem));
        match &txn.time {
            Some(time) => {
                let Ok(at) = time.parse::<jiff::Timestamp>() else {
                    let shown: String = time.chars().take(40).collect();
                    return wrong(format!(
                        "time {shown:?} is not a time: write 2020-01-01T00:00:00Z"
                    ));
                };
                if times.len() < index {
                    return wrong(
                        "has a time, and those before have none: give all, or none".into(),
                    );
                }
                times.push(at.as_nanosecond());
            }
            None if times.is_empty() => {}
            None => {
                return wrong("has no time, and those before have one: give all, or none".into());
            }
        }
        if let [.., before, last] = times[..]
            && last < before
        {
            return wrong("its time is before the one above: sort the transactions".into());
        }
    }
    let even = (0..txns.len() as u64).map(|index| index.saturating_mul(gap_ns));
    let (Some(first), Some(last)) = (times.first(), times.last()) else {
        return Ok(even.collect());
    };
    if first == last {
        return Ok(even.collect());
    }
    let scaled = |at: &i128| ((at - first) as f64 / speed).round();
    if scaled(last) > MAX_NS as f64 || !scaled(last).is_finite() {
        let problem = "lasts longer than 100 years: check its times, or raise the speed";
        return Err((None, problem.into()));
    }
    Ok(times.iter().map(|at| scaled(at) as u64).collect())
}

#[cfg(test)]
mod tests;
