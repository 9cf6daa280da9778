//! Does a server keep the contract (`docs/CONTRACT.md`)? Asks it over real sockets, as anybody's
//! client would, and knows nothing about how it is made.

mod clauses;
mod follow;
mod frames;
mod journal;
mod judge;
mod publish;
mod refusals;
mod resume;
mod target;
mod topics;
mod try_out;

pub use target::Target;

use clauses::CLAUSES;
use serde::Serialize;
use std::collections::BTreeMap;

/// What became of one clause.
#[derive(Debug, Clone, Serialize)]
pub struct Finding {
    pub clause: &'static str,
    pub what: &'static str,
    pub verdict: Verdict,
    /// What was seen instead, or why it was skipped.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub seen: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    Passed,
    Failed,
    Skipped,
}

/// Nothing answers at the target, or not as HTTP.
#[derive(Debug)]
pub struct Silent(pub String);

/// Collects what is seen; the first failure of a clause stays.
#[derive(Debug, Default)]
struct Findings(BTreeMap<&'static str, (Verdict, String)>);

impl Findings {
    fn passed(&mut self, clause: &'static str) {
        self.0
            .entry(clause)
            .or_insert((Verdict::Passed, String::new()));
    }

    fn failed(&mut self, clause: &'static str, seen: impl Into<String>) {
        let entry = self.0.entry(clause);
        let entry = entry.or_insert((Verdict::Passed, String::new()));
        if entry.0 != Verdict::Failed {
            *entry = (Verdict::Failed, seen.into());
        }
    }

    /// A check's outcome: `Err` says what was seen instead.
    fn note(&mut self, clause: &'static str, outcome: Result<(), String>) {
        match outcome {
            Ok(()) => self.passed(clause),
            Err(seen) => self.failed(clause, seen),
        }
    }

    fn skipped(&mut self, clause: &'static str, why: impl Into<String>) {
        let skipped = (Verdict::Skipped, why.into());
        self.0.entry(clause).or_insert(skipped);
    }

    /// All clauses in the contract's order; what nobody came to is skipped.
    fn close(mut self) -> Vec<Finding> {
        let finding = |&(clause, what)| {
            let never = || (Verdict::Skipped, String::from("nothing was seen of it"));
            let (verdict, seen) = self.0.remove(clause).unwrap_or_else(never);
            Finding {
                clause,
                what,
                verdict,
                seen,
            }
        };
        CLAUSES.iter().map(finding).collect()
    }
}

/// Checks every clause; follows the doors for `for_ns`.
pub async fn check(target: &Target, for_ns: u64) -> Result<Vec<Finding>, Silent> {
    let mut findings = Findings::default();
    // One question first, so that a wrong address is told at once and not clause by clause.
    target.get("/poll").await.map_err(Silent)?;
    // Before the doors are followed: where clients publish, this is what there is to see.
    let publishes = publish::check(target, &mut findings).await;
    let journals = follow::follow(target, for_ns, &mut findings).await;
    resume::check(target, &journals, &mut findings).await;
    refusals::check(target, &mut findings).await;
    frames::check(target, publishes, &mut findings).await;
    Ok(findings.close())
}
