//! Virtual time: one agenda of things to come drives everything on a current-thread runtime.
//!
//! When the runtime has nothing left to do it calls `turn` (its `on_thread_park` hook). That takes
//! the next entry, moves `now` to it and wakes whoever waited, until some task can run again. Ties
//! are broken by the order of entry, so a run is the same every time.
//!
//! If nothing is left on the agenda while the main future still waits, nothing can ever happen
//! again: [`run`] then returns [`Stalled`] instead of hanging.

mod queue;
mod timer;

pub use timer::Timer;

use queue::Queue;
use std::cell::RefCell;
use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};

/// Handles an entry that the network put on the agenda; returns whether it woke a task.
pub type NetworkHandler = fn(token: u64) -> bool;

/// Nothing can happen any more, but the main future is not done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stalled {
    /// The virtual instant at which the agenda ran out.
    pub at_ns: u64,
    /// Who waits for what, as far as the network knows.
    pub waiting: Vec<String>,
}

impl std::fmt::Display for Stalled {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        const SHOWN: usize = 8;
        write!(
            f,
            "the simulation stalled at {:.3} s: nothing can happen any more, but ",
            self.at_ns as f64 / 1e9
        )?;
        match self.waiting.len() {
            0 => write!(
                f,
                "the run still waits for an event that nobody will publish"
            ),
            n if n <= SHOWN => write!(f, "{}", self.waiting.join("; ")),
            n => write!(
                f,
                "{}; and {} more",
                self.waiting[..SHOWN].join("; "),
                n - SHOWN
            ),
        }
    }
}

impl std::error::Error for Stalled {}

struct Agenda {
    now_ns: u64,
    entries: u64,
    queue: Queue<Entry>,
    /// Timers that someone waits for; `Entry::What::Timer` points here.
    timers: slab::Slab<Waiting>,
    /// Entries in the queue whose timer was dropped.
    cancelled: usize,
    handler: NetworkHandler,
    root: Option<Waker>,
    stalled: bool,
}

#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Entry {
    at_ns: u64,
    order: u64,
    what: What,
}

#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum What {
    Timer(usize),
    Network(u64),
}

struct Waiting {
    order: u64,
    waker: Waker,
}

thread_local! {
    static AGENDA: RefCell<Option<Agenda>> = const { RefCell::new(None) };
}

fn with<R>(f: impl FnOnce(&mut Agenda) -> R) -> Option<R> {
    AGENDA.with(|agenda| agenda.borrow_mut().as_mut().map(f))
}

/// Virtual now, or `None` when this thread lives in real time.
pub fn now_ns() -> Option<u64> {
    with(|agenda| agenda.now_ns)
}

/// Puts an entry for the network on the agenda. Times in the past count as now.
pub fn schedule(at_ns: u64, token: u64) {
    with(|agenda| agenda.push(at_ns, What::Network(token)));
}

/// Runs `main` in virtual time on this thread: installs an agenda and a current-thread runtime.
/// Panics when called inside another such run, which would be a bug of ours.
/// `waiting` tells who waits for what, should the run stall.
pub fn run<F: Future>(
    handler: NetworkHandler,
    waiting: fn() -> Vec<String>,
    main: F,
) -> Result<F::Output, Stalled> {
    struct Installed;
    impl Drop for Installed {
        fn drop(&mut self) {
            AGENDA.with(|agenda| agenda.borrow_mut().take());
        }
    }
    AGENDA.with(|agenda| {
        let previous = agenda.borrow_mut().replace(Agenda::new(handler));
        assert!(previous.is_none(), "a virtual run inside a virtual run");
    });
    let runtime = tokio::runtime::Builder::new_current_thread()
        .on_thread_park(turn)
        .build()
        .expect("a runtime without drivers always builds");
    // Dropped after the runtime's tasks, whose timers deregister themselves.
    let _installed = Installed;
    let outcome = runtime.block_on(async {
        let mut main = std::pin::pin!(main);
        let mut main_waker: Option<Arc<MainWaker>> = None;
        std::future::poll_fn(|cx| {
            let main_waker = main_waker.get_or_insert_with(|| {
                with(|agenda| agenda.root = Some(cx.waker().clone()));
                Arc::new(MainWaker {
                    woken: AtomicBool::new(true),
                    root: cx.waker().clone(),
                })
            });
            // Every turn wakes this; the main future itself is only polled when it asked for it.
            if main_waker.woken.swap(false, Ordering::Relaxed)
                && let Poll::Ready(output) = main
                    .as_mut()
                    .poll(&mut Context::from_waker(&main_waker.clone().into()))
            {
                return Poll::Ready(Ok(output));
            }
            match with(|agenda| agenda.stalled.then_some(agenda.now_ns)).flatten() {
                Some(at_ns) => Poll::Ready(Err(Stalled {
                    at_ns,
                    waiting: waiting(),
                })),
                None => Poll::Pending,
            }
        })
        .await
    });
    drop(runtime);
    outcome
}

/// Wakes the root of the runtime and remembers that it was the main future who asked.
struct MainWaker {
    woken: AtomicBool,
    root: Waker,
}

impl Wake for MainWaker {
    fn wake(self: Arc<Self>) {
        self.woken.store(true, Ordering::Relaxed);
        self.root.wake_by_ref();
    }
}

/// Takes entries until one wakes somebody. Who was woken may have ended long ago, and the runtime
/// would then sleep for ever: the root is always woken too, so that it comes back here.
fn turn() {
    loop {
        let next = with(|agenda| agenda.next());
        let woke = match next {
            None => return, // real time: nothing to do
            Some(Next::Wake(waker)) => {
                waker.wake();
                true
            }
            Some(Next::Network(handler, token)) => handler(token),
            Some(Next::Cancelled) => false,
            Some(Next::Stalled) => true,
        };
        if woke {
            if let Some(root) = with(|agenda| agenda.root.clone()).flatten() {
                root.wake();
            }
            return;
        }
    }
}

/// What the next entry asks for; done outside the agenda's borrow, since waking and handling may
/// come back here.
enum Next {
    Wake(Waker),
    Network(NetworkHandler, u64),
    Cancelled,
    Stalled,
}

impl Agenda {
    fn new(handler: NetworkHandler) -> Self {
        Self {
            now_ns: 0,
            entries: 0,
            queue: Queue::new(),
            timers: slab::Slab::new(),
            cancelled: 0,
            handler,
            root: None,
            stalled: false,
        }
    }

    fn push(&mut self, at_ns: u64, what: What) -> u64 {
        self.entries += 1;
        let order = self.entries;
        let at_ns = at_ns.max(self.now_ns);
        self.queue.push(at_ns, Entry { at_ns, order, what });
        order
    }

    fn next(&mut self) -> Next {
        let Some(entry) = self.queue.pop() else {
            self.stalled = true;
            return Next::Stalled;
        };
        match entry.what {
            What::Network(token) => {
                self.now_ns = entry.at_ns;
                Next::Network(self.handler, token)
            }
            What::Timer(key) => match self.timers.get(key) {
                Some(waiting) if waiting.order == entry.order => {
                    self.now_ns = entry.at_ns;
                    Next::Wake(self.timers.remove(key).waker)
                }
                _ => {
                    self.cancelled -= 1;
                    Next::Cancelled
                }
            },
        }
    }

    /// Forgets the entries of dropped timers once they are the larger part.
    fn compact(&mut self) {
        if self.cancelled > 1_000 && self.cancelled > self.queue.len() / 2 {
            let timers = &self.timers;
            self.queue.retain(|entry| match entry.what {
                What::Network(_) => true,
                What::Timer(key) => timers.get(key).is_some_and(|w| w.order == entry.order),
            });
            self.cancelled = 0;
        }
    }
}
