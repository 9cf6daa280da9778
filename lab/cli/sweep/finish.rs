//! Runs a plan, keeps each trial as it ends, and shows what came of it.

use super::super::Failure;
use super::super::folder::Folder;
use super::super::journal::{self, Journal, Opening};
use super::super::output::Output;
use super::super::print;
use super::super::progress::Progress;
use super::super::recording::Recording;
use super::super::run::listen_for_ctrl_c;
use crate::measure::sweep::{SweepResults, Trial};
use crate::net::Network;
use crate::run::Interrupt;
use crate::sweep::{self, Plan};

/// Runs a plan and shows what came of it. On loopback `workers` is one: whoever else runs would be part of the
/// measurement.
pub fn finish(
    plan: &Plan,
    output: &Output,
    folder: Option<&Folder>,
    opening: Opening,
    workers: usize,
) -> Result<(), Failure> {
    let interrupt = Interrupt::default();
    listen_for_ctrl_c(&interrupt)?;
    let journal = folder.map(|folder| Journal::open(folder.path(), plan, opening));
    let journal = journal.transpose()?;
    let again = folder.filter(|_| journal.as_ref().is_some_and(|(file, _)| file.is_beside()));
    let results = measure(plan, journal, workers, &interrupt)?;
    let (there, done) = (results.trials.len(), plan.is_done(&results.trials));
    let not_run = results
        .trials
        .iter()
        .find_map(|trial| trial.not_run.clone());
    // Without a single measurement there is nothing to show but the reason.
    if let Some(why) = &not_run
        && results.trials.iter().all(|trial| trial.not_run.is_some())
    {
        return Err(Failure::Environment(why.clone()));
    }
    let recording = Recording::Sweep(Box::new(results));
    match again {
        None => output.finish(&recording, folder)?,
        Some(folder) if done => {
            let written = output.finish(&recording, Some(folder));
            // Unless it could not be written: then the trials are still there alone.
            if matches!(written, Ok(()) | Err(Failure::Check)) {
                journal::forget_again(folder.path())?;
            }
            written?;
        }
        Some(folder) => {
            let shown = output.finish(&recording, None);
            print::note(format_args!(
                "\n{} is the earlier report, which stays until all is measured again: the same command goes on",
                folder.page().display()
            ));
            shown?;
        }
    }
    // A script that goes on after a sweep relies on all of it.
    match not_run {
        _ if there < plan.jobs.len() => Err(Failure::Interrupted),
        Some(why) => Err(Failure::Environment(format!(
            "some of it could not be run here, and {}: {why}",
            match again {
                None => "the report shows the rest",
                Some(_) => "the rest is kept for the next time",
            }
        ))),
        None => Ok(()),
    }
}

/// Runs what is not known yet, and keeps each trial as soon as it ends.
fn measure(
    plan: &Plan,
    journal: Option<(Journal, Vec<Trial>)>,
    workers: usize,
    interrupt: &Interrupt,
) -> Result<SweepResults, Failure> {
    let (mut journal, known) = match journal {
        Some((journal, known)) => (Some(journal), known),
        None => (None, Vec::new()),
    };
    let head = &plan.head;
    let left = plan.left(&known);
    let mut what = format!(
        "sweeping {} on the {} network",
        head.sweep.scenario.name, head.network
    );
    if journal.as_ref().is_some_and(Journal::is_beside) {
        what.push_str(" again, beside the earlier report");
    }
    if !known.is_empty() {
        what.push_str(&format!(
            ", {} of {} trials are there",
            known.len(),
            plan.jobs.len()
        ));
    }
    let work: f64 = left.iter().map(|job| job.work).sum();
    if head.network == Network::Loopback.name() {
        what.push_str(&format!(", in real time, about {work:.0} s in all"));
    }
    let mut progress = Progress::of_trials(&what, left.len(), work);
    let results = sweep::run(plan, known, workers, interrupt, |job, trial| {
        if let Some(journal) = &mut journal {
            journal.add(trial)?;
        }
        progress.trial(job.work);
        Ok::<(), Failure>(())
    });
    progress.finish();
    results
}
