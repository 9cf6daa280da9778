//! What the transports cost the processor, each figure with its floor: `cargo bench`.
//!
//! A file for each group; what is in its time, and what its floor does, is said in its `about`. All loop over
//! `transport::ALL`, and none names a transport. In the end `closing` makes one table and one page of what
//! criterion saved. METHODOLOGY.md, "What cargo bench measures", has the limits.

mod bare_hyper;
#[allow(dead_code, reason = "the example peers uses the rest")]
mod capture;
mod closing;
mod connect;
mod delivery;
mod descriptors;
mod fanout;
#[allow(dead_code, reason = "the example peers uses the rest")]
mod floor;
#[allow(dead_code, reason = "the example peers uses the rest")]
mod lab_server;
#[allow(dead_code, reason = "the example peers uses the rest")]
mod message;
mod poll;
#[allow(dead_code, reason = "the example peers uses the rest")]
mod reader;
mod report;
mod saved;
mod simulate;
mod tape;
mod ticker;
mod wire;
mod world;

use criterion::{Criterion, criterion_group};
use std::time::{Duration, SystemTime};

/// Short, so that all of it takes less than four minutes: enough to see a tenth more or less, not a hundredth.
fn config() -> Criterion {
    Criterion::default()
        .without_plots()
        .sample_size(10)
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(1))
        .nresamples(10_000)
}

criterion_group! {
    name = benches;
    config = config();
    targets = delivery::bench, fanout::bench, connect::bench, poll::bench, wire::bench, simulate::bench,
        report::bench, ticker::bench
}

fn main() {
    let started = SystemTime::now();
    benches();
    // In the order of the table; the scenario with its latencies and bytes comes last.
    let groups = vec![
        delivery::about(),
        fanout::about(),
        connect::about(),
        poll::about(),
        wire::about(),
        simulate::about(),
        report::about(),
        ticker::about(),
    ];
    closing::close(groups, started);
}

/// A runtime for both sides of a benchmark on the calling thread.
fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("the machine can run tokio")
}
