//! The server as a process of its own: the same program, started with [`COMMAND`]. No client is in it, but its publisher
//! is, on a thread of its own, and so CPU time, memory and open files are those of server and publisher. Both processes
//! read the machine's one monotonic clock.
//!
//! Here is the run's side, in `child` the server's. They speak through the child's standard input and output, as in
//! `words`; what `failure` says of a server that is gone, the run says. The child ends when its input does, so it cannot
//! outlive the run, whatever ends that. It is in a process group of its own: Ctrl-C reaches the run only, which then ends
//! it in order.

mod child;
mod failure;
mod words;

pub use child::serve_parent;

use super::gauge::Used;
use super::loopback::{Host, LEAD_NS};
use super::{Prepared, RunError};
use crate::clock::{Origin, S};
use crate::measure::recorder::Recorder;
use crate::measure::summary::Side;
use crate::transport::Entry;
use failure::Failure;
use std::io::BufReader;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;
use tokio::sync::oneshot;
use words::{Answer, Fault, Heard, Order, Word, hear, say};

/// The program's argument that makes it a server process.
pub const COMMAND: &str = "server-process";
/// How long the process may take to make its events and to listen.
const READY: Duration = Duration::from_secs(60);
/// How long it may take to end once it is told to.
const ENDING: Duration = Duration::from_secs(10);
/// How often is looked whether it has.
const GLANCE: Duration = Duration::from_millis(2);

/// A server process that is up.
pub(super) struct Server {
    address: SocketAddr,
    origin: Origin,
    words: Mutex<ChildStdin>,
    news: Mutex<mpsc::Receiver<News>>,
    process: Process,
}

/// What comes of a server process.
enum News {
    Ready(SocketAddr),
    Ended(Used),
    Failed(Fault, String),
    Nonsense(String),
}

impl Server {
    /// Starts a process and waits until it listens; the other end of the channel is dropped when it is gone.
    pub fn start(
        program: &Path,
        prepared: &Prepared,
        entry: &Entry,
        recorder: &Recorder,
    ) -> Result<(Self, oneshot::Receiver<()>), RunError> {
        let (process, mut words, answers) = Process::start(program)?;
        let (send, news) = mpsc::channel();
        let (leaves, gone) = oneshot::channel();
        let listener = recorder.clone();
        thread::spawn(move || listen(answers, &listener, &send, leaves));
        let order = Order {
            scenario: (*prepared.scenario).clone(),
            transport: entry.descriptor.id.into(),
            delay_line: prepared.delay_line,
            buffer_factor: prepared.buffer_factor,
        };
        let _ = say(&mut words, &order); // a process that is gone says so by its end
        let address = match news.recv_timeout(READY) {
            Ok(News::Ready(address)) => address,
            other => return Err(process.failed(other, None)),
        };
        let origin = Origin::ahead(LEAD_NS);
        let origin_ns = origin.monotonic_ns().ok_or_else(|| {
            RunError::Internal("the clock cannot be told to another process".into())
        })?;
        let _ = say(&mut words, &Word::Start { origin_ns });
        let server = Self {
            address,
            origin,
            words: Mutex::new(words),
            news: Mutex::new(news),
            process,
        };
        Ok((server, gone))
    }

    fn say(&self, word: &Word) {
        let mut words = self.words.lock().unwrap_or_else(PoisonError::into_inner);
        let _ = say(&mut *words, word); // as above
    }
}

impl Host for Server {
    fn address(&self) -> SocketAddr {
        self.address
    }

    fn origin(&self) -> Origin {
        self.origin
    }

    fn cut(&self) {
        self.say(&Word::Cut {});
    }

    fn end(mut self) -> Result<Used, RunError> {
        self.say(&Word::Stop {});
        let news = self.news.into_inner();
        let news = news.unwrap_or_else(PoisonError::into_inner);
        match news.recv_timeout(ENDING) {
            Ok(News::Ended(used)) => {
                self.process.ended();
                Ok(used)
            }
            other => Err(self.process.failed(other, Some(self.origin))),
        }
    }
}

/// Hears what the process says until it says nothing more.
fn listen(
    answers: ChildStdout,
    recorder: &Recorder,
    send: &mpsc::Sender<News>,
    leaves: oneshot::Sender<()>,
) {
    let _leaves = leaves; // dropped at the end, which tells the clients
    let mut answers = BufReader::new(answers);
    loop {
        let news = match hear(&mut answers) {
            Heard::End => return,
            Heard::Said(Answer::Cut { published, at_ns }) => {
                recorder.cut(published, at_ns);
                continue;
            }
            Heard::Said(Answer::Ready { port }) => {
                News::Ready(SocketAddr::from((Ipv4Addr::LOCALHOST, port)))
            }
            Heard::Said(Answer::Ended {
                cpu_ns,
                cpu_share: share,
                memory_gained_bytes: memory_gained,
            }) => News::Ended(Used {
                side: Side { cpu_ns, share },
                memory_gained,
            }),
            Heard::Said(Answer::Failed { fault, message }) => News::Failed(fault, message),
            Heard::Nonsense(line) => News::Nonsense(line),
        };
        let last = !matches!(news, News::Ready(_));
        // Nobody listens any more once something has failed.
        if send.send(news).is_err() || last {
            return;
        }
    }
}

/// A process that never outlives this value.
struct Process(Child);

impl Process {
    fn start(program: &Path) -> Result<(Self, ChildStdin, ChildStdout), RunError> {
        let mut command = Command::new(program);
        command
            .arg(COMMAND)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let mut child = command.spawn().map_err(|error| {
            RunError::Environment(format!(
                "cannot start {} as the server's process: {error}; is the program still where it was, and are more \
                 processes allowed?",
                program.display()
            ))
        })?;
        let pipes = child.stdin.take().zip(child.stdout.take());
        let process = Self(child);
        let (words, answers) = pipes.ok_or_else(|| {
            RunError::Internal("the server process has no pipes to speak through".into())
        })?;
        Ok((process, words, answers))
    }

    /// Waits a while for its end; none if it goes on.
    fn ended(&mut self) -> Option<ExitStatus> {
        let mut waited = Duration::ZERO;
        while waited < ENDING {
            match self.0.try_wait() {
                Ok(Some(status)) => return Some(status),
                Ok(None) => thread::sleep(GLANCE),
                Err(_) => return None,
            }
            waited += GLANCE;
        }
        None
    }

    /// Why there is no server: `news` is not what was waited for. The run had begun at its `origin`, or had not.
    fn failed(mut self, news: Result<News, RecvTimeoutError>, origin: Option<Origin>) -> RunError {
        let into_run_s = origin.map(|origin| origin.elapsed_ns() as f64 / S as f64);
        let waited = if origin.is_some() { ENDING } else { READY };
        let failure = match news {
            Ok(News::Failed(fault, message)) => Failure::Told(fault, message),
            Ok(News::Nonsense(line)) => Failure::Nonsense(line),
            Ok(News::Ready(_) | News::Ended(_)) => Failure::OutOfTurn,
            Err(RecvTimeoutError::Timeout) => Failure::Silent(waited),
            Err(RecvTimeoutError::Disconnected) => Failure::Gone(self.ended()),
        };
        failure.error(into_run_s)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Both do nothing to a process that has ended.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
