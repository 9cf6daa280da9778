//! What the transports cost the processor, most figures with a floor: `cargo bench`.
//!
//! A file for each group; what is in its time, and what its floor does, is said in its `about`. All loop over
//! `transport::ALL`, and none names a transport. In the end `closing` makes one table and one page of what
//! criterion saved. METHODOLOGY.md, "What cargo bench measures", has the limits.

mod args;
mod bare_hyper;
mod capture;
mod closing;
mod connect;
mod delivery;
mod fanout;
mod floor;
mod lab_server;
mod lab_thread;
mod latency;
mod line;
mod message;
mod opening;
mod poll;
mod reader;
mod report;
mod runtime;
mod saved;
mod simulate;
mod tape;
mod ticker;
mod wire;
mod world;

use criterion::{Criterion, criterion_group};
use std::time::{Duration, SystemTime};

/// That of the lab's own program.
#[global_allocator]
static ALLOCATOR: pushlab::allocator::Allocator = pushlab::allocator::ALLOCATOR;

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

/// Runs both sides of a benchmark on the calling thread. So many things may take a millisecond each, and a minute all
/// together, before it is given up.
///
/// # Panics
/// If it takes longer: then a side waits for something that does not come.
fn block_on<T>(things: u64, work: impl Future<Output = T>) -> T {
    let patience = Duration::from_secs(60) + Duration::from_millis(things);
    let ended = runtime::runtime().block_on(async { tokio::time::timeout(patience, work).await });
    ended.unwrap_or_else(|_| panic!("{things} things are not done after {patience:?}"))
}
