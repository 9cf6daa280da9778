//! Random loss both ways: mean push latency within a tenth of Linux.

use super::{figures, within};
use pushlab::measure::Figures;

/// Each client has a line of its own and so its own losses: eight samples of `seconds`. The warm-up
/// leaves time to open the connection: a lost SYN costs a second, on Linux, too.
fn lossy(delay: &str, loss: &str, arrivals: &str, rate: u32, seconds: u32) -> Figures {
    let fields = format!(
        r#""clients": 8, "arrivals": "{arrivals}", "rate": "{rate}/s", "delay": "{delay}",
           "bandwidth": "20Mbit/s", "loss": "{loss}", "warm_up": "10s", "duration": "{seconds}s""#
    );
    figures(&fields, "websocket")
}

#[test]
fn the_mean_latency_of_push_under_loss_is_that_of_linux() {
    let linux = [
        ("25ms", "1%", 26.9),
        ("25ms", "5%", 38.0),
        ("100ms", "1%", 108.3),
        ("100ms", "5%", 151.4),
    ];
    for (delay, loss, mean_ms) in linux {
        let figures = lossy(delay, loss, "fixed", 20, 120);
        assert_eq!(figures.latency_samples, 8 * 2_400);
        let latency = figures.latency_us;
        println!(
            "p90 {} p99 {} max {}",
            latency.p90, latency.p99, latency.max
        );
        within(
            &format!("{loss} loss at {delay}, mean ms"),
            latency.mean / 1e3,
            mean_ms,
            0.1,
        );
    }
}

/// Linux: 240 events, twelve losses of 250 or 400 ms and more. The standard error of its means is
/// about 5 ms at 25 ms and 9 ms at 100 ms; what is tested is three of these.
#[test]
fn sparse_events_under_loss() {
    for (delay, mean_ms, error_ms) in [("25ms", 37.9, 5.0), ("100ms", 125.7, 9.0)] {
        let figures = lossy(delay, "5%", "poisson", 2, 1_200);
        let what = format!("sparse, 5 % loss at {delay}, mean ms");
        within(
            &what,
            figures.latency_us.mean / 1e3,
            mean_ms,
            3.0 * error_ms / mean_ms,
        );
    }
}
