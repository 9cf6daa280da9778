//! Progress on stderr: a line that updates itself on a terminal, one plain line elsewhere.

use super::print;
use indicatif::{ProgressBar, ProgressState, ProgressStyle};
use std::fmt::Write;
use std::io::IsTerminal;
use std::time::{Duration, Instant};

/// Elsewhere than on a terminal, how long nothing is said.
const QUIET: Duration = Duration::from_secs(30);

/// Shows that a run of several transports goes on.
pub struct Progress {
    bar: ProgressBar,
    log: Option<Log>,
}

/// For a file that somebody watches, such as the log of a build: a line now and then.
struct Log {
    began: Instant,
    said: Instant,
    done: f64,
    work: f64,
}

impl Log {
    /// What to say after this much more work, if it is time for it.
    fn more(&mut self, work: f64, now: Instant) -> Option<String> {
        self.done += work;
        if now - self.said < QUIET || self.done >= self.work {
            return None;
        }
        self.said = now;
        let gone = (now - self.began).as_secs_f64();
        let share = self.done / self.work;
        Some(format!(
            "{:.0} %, {gone:.0} s gone, about {:.0} s to go",
            100.0 * share,
            gone / share - gone
        ))
    }
}

/// The time that is left; unknown until something is done.
fn to_go(state: &ProgressState, out: &mut dyn Write) {
    let _ = match state.pos() {
        0 => write!(out, "?"),
        _ => write!(out, "{:#}", indicatif::HumanDuration(state.eta())),
    };
}

impl Progress {
    /// Says at once what is about to happen.
    pub fn start(what: &str, transports: usize) -> Self {
        Self::start_of(what, transports, "transports")
    }

    /// The same for other things than transports.
    pub fn start_of(what: &str, number: usize, things: &str) -> Self {
        if !std::io::stderr().is_terminal() {
            print::note(what);
            return Self {
                bar: ProgressBar::hidden(),
                log: None,
            };
        }
        let bar = ProgressBar::new(number as u64);
        let template = format!("{{spinner}} {{msg}}  {{pos}} of {{len}} {things}  {{elapsed}}");
        // A template of ours: cannot fail.
        let style = ProgressStyle::with_template(&template)
            .unwrap_or_else(|_| ProgressStyle::default_bar());
        bar.set_style(style);
        bar.set_message(what.to_owned());
        bar.enable_steady_tick(Duration::from_millis(100));
        Self { bar, log: None }
    }

    /// The same for trials of very different length: `work` is what they are together, in the unit of
    /// [`Progress::trial`].
    pub fn of_trials(what: &str, trials: usize, work: f64) -> Self {
        let plural = if trials == 1 { "" } else { "s" };
        let what = format!("{what}, {trials} trial{plural} to run");
        if !std::io::stderr().is_terminal() {
            print::note(what);
            let now = Instant::now();
            return Self {
                bar: ProgressBar::hidden(),
                log: Some(Log {
                    began: now,
                    said: now,
                    done: 0.0,
                    work,
                }),
            };
        }
        let bar = ProgressBar::new(work as u64);
        // A template of ours: cannot fail.
        let style = ProgressStyle::with_template(
            "{spinner} {msg}  {bar:20} {percent} %  {elapsed} gone, {to_go} to go",
        )
        .unwrap_or_else(|_| ProgressStyle::default_bar())
        .with_key("to_go", to_go);
        bar.set_style(style);
        bar.set_message(what);
        bar.enable_steady_tick(Duration::from_millis(100));
        Self { bar, log: None }
    }

    /// One more trial is done.
    pub fn trial(&mut self, work: f64) {
        self.bar.inc(work as u64);
        if let Some(line) = self
            .log
            .as_mut()
            .and_then(|log| log.more(work, Instant::now()))
        {
            print::note(line);
        }
    }

    /// One more transport is done.
    pub fn step(&self) {
        self.bar.inc(1);
    }

    /// Clears the line.
    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_has_a_line_now_and_then() {
        let began = Instant::now();
        let at = |s: u64| began + Duration::from_secs(s);
        let mut log = Log {
            began,
            said: began,
            done: 0.0,
            work: 100.0,
        };
        assert_eq!(log.more(10.0, at(29)), None);
        assert_eq!(
            log.more(10.0, at(40)).as_deref(),
            Some("20 %, 40 s gone, about 160 s to go")
        );
        assert_eq!(log.more(10.0, at(69)), None);
        assert!(log.more(10.0, at(70)).is_some());
        assert_eq!(log.more(60.0, at(200)), None);
    }
}
