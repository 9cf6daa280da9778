//! What every server of the benches publishes: 100 bytes with the instant they were planned for.

use bytes::Bytes;
use pushlab::clock::Origin;
use std::io::Write;
use std::sync::OnceLock;

/// Its size, bytes.
pub const BYTES: usize = 100;
/// The byte that it holds once, as its last; nothing else that a server sends holds it.
pub const MARK: u8 = b'}';
/// Columns of the instant, right before the mark.
pub const BORN: usize = 20;
/// Numbers that have six digits. Then they begin anew, so that every message has these 100 bytes.
const NUMBERS: u64 = 1_000_000;

/// Message `seq` (from 1), planned for `born_ns` on the clock of [`now_ns`].
pub fn message(seq: u64, born_ns: u64) -> Bytes {
    let mut text = Vec::with_capacity(BYTES);
    let number = seq % NUMBERS;
    let fill = "..................................................";
    write!(
        text,
        r#"{{"seq":{number:>6},"fill":"{fill}","ns":{born_ns:>20}}}"#
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

/// Now on the machine's monotonic clock, nanoseconds: the same in all its processes where the system has such a number,
/// and elsewhere in all threads of this one.
pub fn now_ns() -> u64 {
    static START: OnceLock<(Origin, u64)> = OnceLock::new();
    let (origin, number) = START.get_or_init(|| {
        let origin = Origin::ahead(0);
        (origin, origin.monotonic_ns().unwrap_or(0))
    });
    number + origin.elapsed_ns()
}
