//! The lab's only clock: `now_ns()` and `sleep_until()`. Everything else asks here and cannot tell
//! whether time is real or virtual.
//!
//! A thread is in virtual time while an [`agenda`] is installed on it (the simulated network does
//! that); otherwise time is the machine's monotonic clock, counted from an [`Origin`] that the
//! threads of a run share. Times are whole nanoseconds since the start of the run.

pub mod agenda;
mod alarm;
mod monotonic;
mod precise;

pub use alarm::Alarm;

use std::cell::Cell;
use std::future::Future;
use std::pin::Pin;
use std::sync::OnceLock;
use std::task::{Context, Poll};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Nanoseconds in a millisecond, a microsecond and a second.
pub const MS: u64 = 1_000_000;
/// Nanoseconds in a microsecond.
pub const US: u64 = 1_000;
/// Nanoseconds in a second.
pub const S: u64 = 1_000_000_000;

/// The wall-clock instant that simulated runs pretend to start at: 2025-01-01T00:00:00Z.
pub const EPOCH_US: u64 = 1_735_689_600_000_000;

/// The zero of real time for some threads: those of one run share it.
#[derive(Debug, Clone, Copy)]
pub struct Origin(Instant);

impl Origin {
    /// A zero that lies `lead_ns` ahead; until then [`now_ns`] stays 0.
    pub fn ahead(lead_ns: u64) -> Self {
        Self(Instant::now() + Duration::from_nanos(lead_ns))
    }

    /// The same instant on the system's monotonic clock, in nanoseconds: another process on this machine makes an
    /// [`Origin::at_monotonic_ns`] of it that is the same to some tens of nanoseconds. `None` where the system has no
    /// such number.
    pub fn monotonic_ns(self) -> Option<u64> {
        monotonic::number(self.0)
    }

    /// The zero that another process's [`Origin::monotonic_ns`] told. `None` where the system has no such number.
    pub fn at_monotonic_ns(number: u64) -> Option<Self> {
        monotonic::instant(number).map(Self)
    }

    /// Nanoseconds since then, 0 before; on any thread.
    pub fn elapsed_ns(self) -> u64 {
        self.0.elapsed().as_nanos() as u64
    }

    /// Makes it the zero of the calling thread.
    pub fn install(self) {
        ORIGIN.set(Some(self.0));
    }
}

thread_local! {
    static ORIGIN: Cell<Option<Instant>> = const { Cell::new(None) };
}

/// Where no run set one, real time is counted from the first question.
fn origin() -> Instant {
    static PROCESS: OnceLock<Instant> = OnceLock::new();
    ORIGIN
        .get()
        .unwrap_or_else(|| *PROCESS.get_or_init(Instant::now))
}

/// Now, in nanoseconds. Never goes backwards.
pub fn now_ns() -> u64 {
    agenda::now_ns().unwrap_or_else(|| {
        Instant::now()
            .saturating_duration_since(origin())
            .as_nanos() as u64
    })
}

/// The wall-clock time that belongs to the zero of [`now_ns`], microseconds since 1970.
/// In virtual time it is always [`EPOCH_US`], so that results do not depend on the day.
pub fn epoch_us() -> u64 {
    if agenda::now_ns().is_some() {
        return EPOCH_US;
    }
    (wall().as_micros() as u64).saturating_sub(origin().elapsed().as_micros() as u64)
}

/// The whole seconds since 1970 at this instant.
pub fn epoch_second() -> u64 {
    match agenda::now_ns() {
        Some(now_ns) => (EPOCH_US * US + now_ns) / S,
        None => wall().as_secs(),
    }
}

/// The system's wall clock.
fn wall() -> Duration {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.unwrap_or_default()
}

/// The value of an HTTP `Date` header for this second.
pub fn http_date(epoch_second: u64) -> String {
    httpdate::fmt_http_date(UNIX_EPOCH + Duration::from_secs(epoch_second))
}

/// Waits until [`now_ns`] has reached `deadline_ns`. In virtual time it wakes at exactly that
/// instant; in real time up to about a millisecond later (tokio's timer resolution). An instant that
/// has passed already is not waited for.
pub fn sleep_until(deadline_ns: u64) -> Sleep {
    Sleep(match agenda::now_ns() {
        Some(_) => Kind::Virtual(agenda::Timer::new(deadline_ns)),
        None => {
            let at = origin() + Duration::from_nanos(deadline_ns);
            Kind::Real(Box::pin(tokio::time::sleep_until(at.into())))
        }
    })
}

/// Waits for `span_ns` from now.
pub fn sleep(span_ns: u64) -> Sleep {
    sleep_until(now_ns().saturating_add(span_ns))
}

/// As [`sleep_until`], but in real time late by tens of microseconds only. It costs a wake-up between
/// threads: the delay line uses it, where a step of a millisecond would be an error of its own.
pub fn sleep_precisely_until(deadline_ns: u64) -> Sleep {
    Sleep(match agenda::now_ns() {
        Some(_) => Kind::Virtual(agenda::Timer::new(deadline_ns)),
        None => {
            let at = origin() + Duration::from_nanos(deadline_ns);
            Kind::Precise(precise::Timer::new(at))
        }
    })
}

/// Blocks the thread until `deadline_ns`, in real time only. Finer than [`sleep_until`] (tens of
/// microseconds): the publisher of a loopback run uses it so that no timer lateness of ours is
/// mistaken for a transport's latency.
pub fn block_until(deadline_ns: u64) {
    loop {
        let left = deadline_ns.saturating_sub(now_ns());
        if left == 0 {
            return;
        }
        std::thread::sleep(Duration::from_nanos(left));
    }
}

/// The future of [`sleep_until`].
#[derive(Debug)]
pub struct Sleep(Kind);

#[derive(Debug)]
enum Kind {
    Virtual(agenda::Timer),
    Real(Pin<Box<tokio::time::Sleep>>),
    Precise(precise::Timer),
}

impl Future for Sleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        match &mut self.0 {
            Kind::Virtual(timer) => timer.poll(cx),
            Kind::Precise(timer) => timer.poll(cx),
            // tokio rounds up to its next tick even what is over.
            Kind::Real(sleep) if sleep.deadline().into_std() <= Instant::now() => Poll::Ready(()),
            Kind::Real(sleep) => sleep.as_mut().poll(cx),
        }
    }
}

impl hyper::rt::Sleep for Sleep {}

/// hyper's timers on this clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct HyperTimer;

impl hyper::rt::Timer for HyperTimer {
    fn sleep(&self, duration: Duration) -> Pin<Box<dyn hyper::rt::Sleep>> {
        Box::pin(sleep(duration.as_nanos() as u64))
    }

    fn sleep_until(&self, deadline: Instant) -> Pin<Box<dyn hyper::rt::Sleep>> {
        // hyper makes its deadlines from `Timer::now`, below.
        let span = deadline.saturating_duration_since(origin());
        Box::pin(sleep_until(span.as_nanos() as u64))
    }

    fn now(&self) -> Instant {
        origin() + Duration::from_nanos(now_ns())
    }
}
