//! TCP without loss: the set-up, and large messages that must wait for the congestion window.

use super::raw::{line, ms, push};
use pushlab::clock::S;

/// Linux: 7 packets, 366 bytes up and 293 down, for a request of 150 bytes and an answer of 129.
#[test]
fn a_connection_is_set_up_with_seven_packets() {
    for delay_ms in [1, 25, 100] {
        let ledger = push(line(delay_ms), &[]).ledger;
        assert_eq!((ledger.packets_up, ledger.packets_down), (4, 3));
        assert_eq!((ledger.up.total(), ledger.down.total()), (366, 293));
    }
}

/// 100 kB are 70 segments: 10, 20 and 40 in three flights, as Linux sends them with cubic: 150.0 and
/// 525.0 ms on the same line. Ten seconds later the window starts from 10 again.
#[test]
fn a_large_message_takes_the_flights_that_linux_takes() {
    for (delay_ms, linux_ms) in [(25, 150.0), (100, 525.0)] {
        let messages = [(S, 100_000), (11 * S, 100_000), (21 * S, 100_000)];
        let pushed = push(line(delay_ms), &messages);
        for latency_ns in pushed.latency_ns {
            let measured_ms = ms(latency_ns);
            println!("100 kB at {delay_ms} ms: Linux {linux_ms} ms, measured {measured_ms:.2}");
            assert!((measured_ms - linux_ms).abs() <= 1.0, "{measured_ms} ms");
        }
        assert_eq!(pushed.ledger.packets_down, 3 + 3 * 70);
    }
}

/// A message within the first flight does not wait.
#[test]
fn ten_segments_leave_at_once() {
    let bytes = 10 * 1_448;
    let pushed = push(line(25), &[(S, bytes)]);
    let line_ns = (bytes as u64 + 10 * 52) * 8 * 50;
    assert_eq!(pushed.latency_ns, [25_000_000 + line_ns]);
}
