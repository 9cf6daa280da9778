//! Progress on stderr: a line that updates itself on a terminal, one plain line elsewhere.

use indicatif::{ProgressBar, ProgressStyle};
use std::io::IsTerminal;
use std::time::Duration;

/// Shows that a run of several transports goes on.
pub struct Progress(ProgressBar);

impl Progress {
    /// Says at once what is about to happen.
    pub fn start(what: &str, transports: usize) -> Self {
        Self::start_of(what, transports, "transports")
    }

    /// The same for other things than transports.
    pub fn start_of(what: &str, number: usize, things: &str) -> Self {
        if !std::io::stderr().is_terminal() {
            eprintln!("{what}");
            return Self(ProgressBar::hidden());
        }
        let bar = ProgressBar::new(number as u64);
        let template = format!("{{spinner}} {{msg}}  {{pos}} of {{len}} {things}  {{elapsed}}");
        // A template of ours: cannot fail.
        let style = ProgressStyle::with_template(&template)
            .unwrap_or_else(|_| ProgressStyle::default_bar());
        bar.set_style(style);
        bar.set_message(what.to_owned());
        bar.enable_steady_tick(Duration::from_millis(100));
        Self(bar)
    }

    /// The same for trials of very different length: `work` is what they are together, in the unit of
    /// [`Progress::trial`].
    pub fn of_trials(what: &str, trials: usize, work: f64) -> Self {
        let plural = if trials == 1 { "" } else { "s" };
        let what = format!("{what}, {trials} trial{plural} to run");
        if !std::io::stderr().is_terminal() {
            eprintln!("{what}");
            return Self(ProgressBar::hidden());
        }
        let bar = ProgressBar::new(work as u64);
        // A template of ours: cannot fail.
        let style = ProgressStyle::with_template(
            "{spinner} {msg}  {bar:20} {percent} %  {elapsed} gone, {eta} to go",
        )
        .unwrap_or_else(|_| ProgressStyle::default_bar());
        bar.set_style(style);
        bar.set_message(what);
        bar.enable_steady_tick(Duration::from_millis(100));
        Self(bar)
    }

    /// One more trial is done.
    pub fn trial(&self, work: f64) {
        self.0.inc(work as u64);
    }

    /// One more transport is done.
    pub fn step(&self) {
        self.0.inc(1);
    }

    /// Clears the line.
    pub fn finish(&self) {
        self.0.finish_and_clear();
    }
}
