//! What a message costs on the line: IPv4 and TCP with timestamps, one connection that stays open.

use libm::{ceil, floor};

/// IPv4 header 20, TCP header 20, timestamps 12: what every segment costs on top of its data, bytes.
pub const HEADER_BYTES: f64 = 52.0;
/// Options that a SYN carries on top of that, bytes.
pub const SYN_OPTIONS_BYTES: f64 = 8.0;
/// Data in one segment: 1,500 bytes of Ethernet less [`HEADER_BYTES`].
pub const SEGMENT_BYTES: f64 = 1448.0;
/// How long both hosts wait for data that can carry an acknowledgement, seconds.
pub const ACK_DELAY_S: f64 = 0.000_1;
/// Segments a connection may send before the first acknowledgement (RFC 6928).
pub const FIRST_FLIGHT_SEGMENTS: f64 = 10.0;
/// Share of the line, 0 to 1, above which events queue for each other and latency has no closed form.
pub const CLEAR_LOAD: f64 = 0.03;
/// How often an answer's size and the time in which its events gather are derived from each other.
pub const FIXED_POINT_STEPS: u32 = 32;

/// Segments that carry a message of `bytes`.
pub fn segments(bytes: f64) -> f64 {
    ceil(bytes / SEGMENT_BYTES).max(1.0)
}

/// IP bytes of the segments that carry a message of `bytes`.
pub fn ip_bytes(bytes: f64) -> f64 {
    bytes + HEADER_BYTES * segments(bytes)
}

/// Seconds a line of `bit_s` is busy with a message of `bytes`.
pub fn busy_s(bytes: f64, bit_s: f64) -> f64 {
    8.0 * ip_bytes(bytes) / bit_s
}

/// IP bytes, both directions, of a message that its receiver answers within [`ACK_DELAY_S`]: every second
/// segment is acknowledged alone (RFC 9293 3.8.6.3), an odd last one by the answer.
pub fn answered_bytes(bytes: f64) -> f64 {
    ip_bytes(bytes) + HEADER_BYTES * floor(segments(bytes) / 2.0)
}

/// IP bytes, both directions, of a message after which its receiver stays silent: an odd last segment
/// needs an acknowledgement of its own too.
pub fn unanswered_bytes(bytes: f64) -> f64 {
    ip_bytes(bytes) + HEADER_BYTES * ceil(segments(bytes) / 2.0)
}
