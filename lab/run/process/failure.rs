//! Why a run has no server, in words, and whose fault that is: of a file, of this machine, or of the lab.

use super::words::Fault;
use crate::run::RunError;
use std::process::ExitStatus;
use std::time::Duration;

/// The exit code of a Rust program that has panicked.
const PANICKED: i32 = 101;
/// How much of a line that nobody understands is shown.
const SHOWN_CHARACTERS: usize = 80;

/// What came of a server process instead of what was waited for.
#[derive(Debug)]
pub(super) enum Failure {
    /// It said so.
    Told(Fault, String),
    /// A line that is no answer.
    Nonsense(String),
    /// An answer, but to another question.
    OutOfTurn,
    /// Nothing for so long.
    Silent(Duration),
    /// It says nothing more. How it ended, or that it has not.
    Gone(Option<ExitStatus>),
}

impl Failure {
    /// As an error of the run, which began so many seconds ago, or had not begun. A process that has kept to the rules
    /// until the run began is our own: what it does wrong after that is the lab's fault. One that has not may be
    /// another program, or another version of this one.
    pub fn error(self, into_run_s: Option<f64>) -> RunError {
        let begun = into_run_s.is_some();
        let ours = if begun { Fault::Lab } else { Fault::Machine };
        let (fault, what) = match self {
            Self::Told(fault, message) => (fault, message),
            Self::Nonsense(line) => {
                let shown: String = line.chars().take(SHOWN_CHARACTERS).collect();
                let what = format!(
                    "it said {shown:?}, which is no answer: it should be the program that runs"
                );
                (ours, what)
            }
            Self::OutOfTurn => {
                let what =
                    "its answers came in the wrong order: it should be the program that runs";
                (ours, what.into())
            }
            Self::Silent(waited) => {
                let seconds = waited.as_secs();
                let what = format!(
                    "it said nothing for {seconds} s and was ended: the machine may be too busy"
                );
                (Fault::Machine, what)
            }
            Self::Gone(None) => (ours, "it fell silent and was ended".into()),
            Self::Gone(Some(status)) => {
                let when = match into_run_s {
                    Some(seconds) => format!("{seconds:.1} s into the run"),
                    None => "before the run began".to_owned(),
                };
                let (fault, why) = ended(status, ours);
                (fault, format!("{status}, {when}{why}"))
            }
        };
        fault.error(format!("the server's process failed: {what}"))
    }
}

/// Whose fault it is that a process ended so, and what to do. By itself it ends only once it is told to: if it does
/// before, `otherwise` is to blame.
fn ended(status: ExitStatus, otherwise: Fault) -> (Fault, &'static str) {
    #[cfg(unix)]
    if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&status) {
        return match signal {
            libc::SIGKILL => (
                Fault::Machine,
                "; somebody killed it, or the system did because memory ran out: try again, or with fewer --clients",
            ),
            libc::SIGABRT
            | libc::SIGBUS
            | libc::SIGFPE
            | libc::SIGILL
            | libc::SIGSEGV
            | libc::SIGSYS
            | libc::SIGTRAP => (Fault::Lab, "; it crashed"),
            _ => (Fault::Machine, "; somebody ended it: try again"),
        };
    }
    match status.code() {
        Some(PANICKED) => (Fault::Lab, "; it panicked"),
        _ => (otherwise, ""),
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::os::unix::process::ExitStatusExt;

    fn told(failure: Failure, into_run_s: Option<f64>) -> (&'static str, String) {
        let error = failure.error(into_run_s);
        let kind = match &error {
            RunError::Input(_) => "input",
            RunError::Environment(_) => "environment",
            RunError::Internal(_) => "internal",
            _ => "another",
        };
        (kind, error.to_string())
    }

    #[test]
    fn a_crash_is_the_labs_fault_and_a_kill_is_not() {
        let signal = |number| Failure::Gone(Some(ExitStatus::from_raw(number)));
        let code = |number: i32| Failure::Gone(Some(ExitStatus::from_raw(number << 8)));
        for into_run_s in [None, Some(1.25)] {
            for crash in [libc::SIGSEGV, libc::SIGABRT, libc::SIGBUS, libc::SIGILL] {
                assert_eq!(told(signal(crash), into_run_s).0, "internal");
            }
            for end in [libc::SIGKILL, libc::SIGTERM, libc::SIGHUP, libc::SIGXCPU] {
                assert_eq!(told(signal(end), into_run_s).0, "environment");
            }
            assert_eq!(told(code(101), into_run_s).0, "internal");
        }
        let (_, words) = told(code(101), Some(1.25));
        assert!(
            words.ends_with("exit status: 101, 1.2 s into the run; it panicked"),
            "{words}"
        );
        // What was started may be anything, until it has shown that it is a server.
        assert_eq!(told(code(1), None).0, "environment");
        assert_eq!(told(code(1), Some(0.0)).0, "internal");
    }

    #[test]
    fn what_is_no_answer_is_our_fault_once_the_run_has_begun() {
        let odd: [fn() -> Failure; 3] = [
            || Failure::Nonsense("hello".into()),
            || Failure::OutOfTurn,
            || Failure::Gone(None),
        ];
        for failure in odd {
            assert_eq!(told(failure(), None).0, "environment");
            assert_eq!(told(failure(), Some(0.0)).0, "internal");
        }
        let silent = Failure::Silent(Duration::from_secs(10));
        assert_eq!(told(silent, Some(0.0)).0, "environment");
        let long = Failure::Nonsense("x".repeat(100_000));
        assert!(told(long, None).1.len() < 200);
    }

    #[test]
    fn what_it_says_of_itself_keeps_its_kind() {
        for (fault, kind) in [
            (Fault::Input, "input"),
            (Fault::Machine, "environment"),
            (Fault::Lab, "internal"),
        ] {
            let expected = (kind, "the server's process failed: why".to_owned());
            assert_eq!(told(Failure::Told(fault, "why".into()), None), expected);
        }
    }
}
