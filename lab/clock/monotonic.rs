//! The machine's monotonic clock as a number, which means the same in every process. An [`Instant`] keeps its number to
//! itself, so the two are compared at one moment. On Linux they are the same clock.

use std::time::{Duration, Instant};

/// Readings of both, of which the closest are used: a thread may be interrupted between any two.
const READINGS: usize = 16;

/// The number of an instant, nanoseconds.
pub(super) fn number(at: Instant) -> Option<u64> {
    let (now, number) = now()?;
    match at.checked_duration_since(now) {
        Some(ahead) => number.checked_add(ahead.as_nanos() as u64),
        None => number.checked_sub((now - at).as_nanos() as u64),
    }
}

/// The instant of a number.
pub(super) fn instant(at: u64) -> Option<Instant> {
    let (now, number) = now()?;
    match at.checked_sub(number) {
        Some(ahead) => now.checked_add(Duration::from_nanos(ahead)),
        None => now.checked_sub(Duration::from_nanos(number - at)),
    }
}

/// One moment on both clocks.
fn now() -> Option<(Instant, u64)> {
    let mut closest: Option<(u64, (Instant, u64))> = None;
    for _ in 0..READINGS {
        let before = read()?;
        let instant = Instant::now();
        let apart = read()?.saturating_sub(before);
        if closest.is_none_or(|(least, _)| apart < least) {
            closest = Some((apart, (instant, before + apart / 2)));
        }
    }
    closest.map(|(_, pair)| pair)
}

/// The clock behind `Instant`.
#[cfg(unix)]
fn read() -> Option<u64> {
    #[cfg(target_vendor = "apple")]
    const CLOCK: libc::clockid_t = libc::CLOCK_UPTIME_RAW;
    #[cfg(not(target_vendor = "apple"))]
    const CLOCK: libc::clockid_t = libc::CLOCK_MONOTONIC;
    let mut time = libc::timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    // SAFETY: the pointer is to a timespec of ours that outlives the call.
    let status = unsafe { libc::clock_gettime(CLOCK, &raw mut time) };
    (status == 0).then(|| time.tv_sec as u64 * 1_000_000_000 + time.tv_nsec as u64)
}

#[cfg(not(unix))]
fn read() -> Option<u64> {
    None
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn an_instant_survives_the_way_there_and_back() {
        let now = Instant::now();
        // What was before the machine started has no number.
        let before = [0, 1, 50_000_000].map(|ns| now - Duration::from_nanos(ns));
        let after = [1, 50_000_000, 3_600_000_000_000].map(|ns| now + Duration::from_nanos(ns));
        for at in before.into_iter().chain(after) {
            let told = number(at).and_then(instant).expect("a clock");
            let off = told.max(at) - told.min(at);
            // Far below what any latency is told in, and far above what a pair of readings takes.
            assert!(off < Duration::from_millis(1), "{off:?}");
        }
        assert!(number(now) < number(now + Duration::from_secs(1)));
    }
}
