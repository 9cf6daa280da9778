//! Published claims, put to the test: the experiments of `pushlab reproduce`.
//!
//! One file per experiment says what is claimed, runs its trials and returns what it measured, by figure. What each
//! figure should be, how far it may be off and who says so stands in [`expectations`], and nowhere else. [`run`] joins
//! the two. Claims are about transports, so this module names them: it is the only one outside `transport` that does.
//!
//! A new experiment is a file with a [`Study`], its line in [`ALL`], and its rows in [`expectations`].

mod byte_ladder;
mod cliff;
mod connection_reuse;
mod context;
mod drops;
mod duplex;
pub mod expectations;
mod fan_out;
mod freshness;
mod join;
mod long_poll_semantics;
mod measured;
mod plots;
mod redundancy;
mod saturation;
mod short_poll_latency;
mod sources;
mod split_writes;
mod sse_websocket;
#[cfg(test)]
mod tests;
pub mod variants;

pub use context::{Context, Trial};
pub use measured::{Measured, Reading};

use crate::measure::literature::{
    Experiment, Folklore, LITERATURE_SCHEMA, LITERATURE_VERSION, Literature,
};
use crate::run::{RunError, machine};

/// One experiment: a published claim and how it is tested.
pub struct Study {
    /// `E` and its number.
    pub id: &'static str,
    pub title: &'static str,
    /// What it asks.
    pub question: &'static str,
    /// What the literature or the folklore says, with its source.
    pub claim: &'static str,
    /// The parameters in words.
    pub set_up: &'static str,
    /// The law behind the predictions.
    pub formula: &'static str,
    /// Popular claims that it corrects, each with what is right instead.
    pub folklore: &'static [(&'static str, &'static str)],
    /// Needs kernel sockets and real time: runs alone, after the others, and its rows only report.
    pub real_sockets: bool,
    /// Runs the trials.
    pub run: fn(&Context) -> Result<Measured, RunError>,
}

/// All experiments, in the order of their numbers.
pub const ALL: &[Study] = &[
    byte_ladder::STUDY,
    short_poll_latency::STUDY,
    redundancy::STUDY,
    freshness::STUDY,
    saturation::STUDY,
    cliff::STUDY,
    long_poll_semantics::STUDY,
    sse_websocket::STUDY,
    connection_reuse::STUDY,
    split_writes::STUDY,
    fan_out::STUDY,
    drops::STUDY,
    duplex::STUDY,
];

/// Runs experiments: the simulated ones side by side on `cores` processors, then those on real sockets one by one.
/// Calls `done` after each. An experiment that cannot run has rows without measurements, and the others still stand.
///
/// # Errors
///
/// A measurement that no expectation is about, or an expectation twice: a bug of ours.
pub fn run(
    studies: &[&Study],
    simulated_only: bool,
    cores: usize,
    command: String,
    done: impl Fn(&Study) + Sync,
) -> Result<Literature, RunError> {
    let context = Context::new(cores);
    let attempt = |study: &Study| {
        let outcome = (study.run)(&context);
        done(study);
        outcome.unwrap_or_else(|error| Measured::failed(error.to_string()))
    };
    // Each has a thread; the context lets as many trials run at a time as there are processors.
    let mut measured: Vec<Option<Measured>> = std::thread::scope(|scope| {
        let started: Vec<_> = studies
            .iter()
            .map(|study| (!study.real_sockets).then(|| scope.spawn(|| attempt(study))))
            .collect();
        let ended = |thread: std::thread::ScopedJoinHandle<Measured>| {
            let crashed = |_| Measured::failed("the experiment crashed".into());
            thread.join().unwrap_or_else(crashed)
        };
        started
            .into_iter()
            .map(|thread| thread.map(ended))
            .collect()
    });
    for (study, measured) in studies.iter().zip(&mut measured) {
        if study.real_sockets && !simulated_only {
            *measured = Some(attempt(study));
        }
    }
    let experiments: Result<Vec<_>, _> = studies
        .iter()
        .zip(measured)
        .map(|(study, measured)| experiment(study, measured))
        .collect();
    let experiments = experiments?;
    let used_sockets = !simulated_only && studies.iter().any(|study| study.real_sockets);
    Ok(Literature {
        schema: LITERATURE_SCHEMA.into(),
        version: LITERATURE_VERSION,
        pushlab: env!("CARGO_PKG_VERSION").into(),
        command,
        machine: used_sockets.then(machine),
        sources: sources::cited(&experiments),
        experiments,
    })
}

/// The experiment as it is published; `None` if it was left out.
fn experiment(study: &Study, measured: Option<Measured>) -> Result<Experiment, RunError> {
    let skipped = measured
        .is_none()
        .then(|| format!("needs real sockets: run `pushlab reproduce {}`", study.id));
    let measured = measured.unwrap_or_default();
    let rows = match skipped {
        Some(_) => Vec::new(),
        None => join::rows(&expectations::of(study.id), &measured)
            .map_err(|bug| RunError::Internal(format!("{}: {bug}", study.id)))?,
    };
    let folklore = |(claim, correction): &(&str, &str)| Folklore {
        claim: (*claim).into(),
        correction: (*correction).into(),
    };
    Ok(Experiment {
        id: study.id.into(),
        title: study.title.into(),
        question: study.question.into(),
        claim: study.claim.into(),
        set_up: study.set_up.into(),
        formula: study.formula.into(),
        tolerances: expectations::tolerances(study.id).into(),
        real_sockets: study.real_sockets,
        skipped,
        rows,
        finding: measured.finding,
        folklore: study.folklore.iter().map(folklore).collect(),
        plot: measured.plot.map(join::rounded_plot),
        ladder: measured.ladder,
        notes: measured.notes,
    })
}
