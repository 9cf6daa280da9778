//! Holds what the doors showed against the contract and against each other.

use super::Findings;
use super::follow::FAR;
use super::journal::{Journal, Rules, Seen};
use crate::clock::{MS, S};
use std::collections::BTreeMap;

/// How much later than on the fastest door an event may come.
const PROMPT_NS: u64 = S;
/// Longest silence that the contract allows.
const SILENCE_NS: u64 = 30 * S;

/// Whether a door without events showed that it lives.
pub fn silence(journal: &Journal, clause: &'static str, for_ns: u64, findings: &mut Findings) {
    let door = journal.rules.door;
    match journal.seen.first() {
        Some(seen) => findings.failed(
            "C5",
            format!("{door}: event {} after cursor {FAR}", seen.seq),
        ),
        None => match journal.faults.get(journal.rules.cursor) {
            Some(fault) => findings.failed("C5", format!("{door}: {fault}")),
            None if journal.kept.is_empty() => {} // it did not even open
            None => findings.passed("C5"),
        },
    }
    if journal.kept.contains(&clause) {
        findings.passed(clause);
    } else if for_ns > SILENCE_NS + S {
        findings.failed(clause, format!("silence for {} s", for_ns / S));
    } else {
        findings.skipped(clause, "none came so soon: --for 32s waits for one");
    }
}

/// Holds the journals against the contract; `goal` is how far each should have got.
pub fn judge(journals: &[Journal], goal: u64, findings: &mut Findings) {
    let mut first: BTreeMap<u64, &Seen> = BTreeMap::new();
    for seen in journals.iter().flat_map(|journal| &journal.seen) {
        let earliest = first.entry(seen.seq).or_insert(seen);
        if seen.at_ns < earliest.at_ns {
            *earliest = seen;
        }
    }
    for journal in journals {
        let Rules { door, order, .. } = journal.rules;
        for (clause, fault) in &journal.faults {
            findings.failed(clause, fault.clone());
        }
        if journal.cursor < goal {
            let seen = format!("got as far as event {} of {goal}", journal.cursor);
            findings.failed(order, seen);
        }
        for clause in &journal.kept {
            findings.passed(clause);
        }
        if journal.seen.is_empty() {
            if first.is_empty() {
                findings.skipped(order, "no event was born: follow --for longer");
            } else {
                findings.failed("C1", format!("{door} shows nothing"));
            }
            continue;
        }
        for clause in [order, "C2"] {
            findings.passed(clause);
        }
        for seen in &journal.seen {
            let Some(earliest) = first.get(&seen.seq) else {
                continue;
            };
            if earliest.text != seen.text {
                let seq = seen.seq;
                findings.failed(
                    "C3",
                    format!("event {seq} has another text on {door} than elsewhere"),
                );
            }
            let late_ns = seen.at_ns - earliest.at_ns;
            if let Some(prompt) = journal.rules.prompt
                && late_ns > PROMPT_NS
            {
                let seen = format!("event {} came {} ms late", seen.seq, late_ns / MS);
                findings.failed(prompt, seen);
            }
        }
        findings.passed("C3");
        if let Some(prompt) = journal.rules.prompt {
            findings.passed(prompt);
        }
    }
}
