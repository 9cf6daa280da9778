//! What every server of the benches publishes: 100 bytes with the instant they were planned for.

use bytes::Bytes;
use std::io::Write;

/// Its size, bytes.
pub const BYTES: usize = 100;
/// The byte that it holds once, as its last; nothing else that a server sends holds it.
pub const MARK: u8 = b'}';
/// Columns of the instant, right before the mark.
pub const BORN: usize = 20;
/// The number of the last message that has these 100 bytes.
pub const LAST: u64 = 999_999;

/// Message `seq` (from 1), planned for `born_ns` on the clock of [`now_ns`].
pub fn message(seq: u64, born_ns: u64) -> Bytes {
    let mut text = Vec::with_capacity(BYTES);
    let fill = "..................................................";
    write!(
        text,
        r#"{{"seq":{seq:>6},"fill":"{fill}","ns":{born_ns:>20}}}"#
    )
    .expect("memory takes what is written");
    text.into()
}

/// The instant that stands in the columns before the mark.
pub fn born_ns(columns: &[u8]) -> u64 {
    let digits = columns.iter().filter(|byte| byte.is_ascii_digit());
    digits.fold(0, |number, digit| {
        number
            .wrapping_mul(10)
            .wrapping_add(u64::from(digit - b'0'))
    })
}

/// Now on the system's one monotonic clock, nanoseconds: the same in all processes of the machine.
#[cfg(unix)]
pub fn now_ns() -> u64 {
    let mut now = libc::timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    // SAFETY: the pointer is to a struct of ours that outlives the call.
    let status = unsafe { libc::clock_gettime(libc::CLOCK_MONOTONIC, &raw mut now) };
    assert_eq!(status, 0, "every system has a monotonic clock");
    now.tv_sec as u64 * 1_000_000_000 + now.tv_nsec as u64
}

/// Elsewhere the same in all threads of a process.
#[cfg(not(unix))]
pub fn now_ns() -> u64 {
    static ORIGIN: std::sync::OnceLock<std::time::Instant> = std::sync::OnceLock::new();
    let origin = ORIGIN.get_or_init(std::time::Instant::now);
    origin.elapsed().as_nanos() as u64
}
