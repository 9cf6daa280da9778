//! What the simulator itself costs.

use criterion::{BenchmarkId, Criterion, Throughput};
use pushlab::measure::bench::Group;
use pushlab::net::Network;
use pushlab::run::Prepared;
use pushlab::scenario;
use pushlab::transport;
use std::time::Duration;

/// Clients, and how long the feed of two events a second lasts.
const CROWDS: [(u32, &str); 3] = [(100, "20s"), (1_000, "10s"), (10_000, "1s")];

pub fn about() -> Group {
    Group {
        id: "simulate".into(),
        title: "What does a simulated delivery take?".into(),
        each: "delivery".into(),
        parameter: "clients".into(),
        about: "A whole simulated run, divided by its deliveries: 20 s of the feed with 100 clients, 10 s with 1,000 and 1 s \
                with 10,000, at two events a second. Connecting, verifying and making figures are in it, and weigh the \
                more, the shorter the run. Polls are once a second, so an answer brings about two events."
            .into(),
        floor: String::new(),
    }
}

pub fn bench(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("simulate");
    group.warm_up_time(Duration::from_millis(100));
    for (clients, duration) in CROWDS {
        let text = format!(
            r#"{{ "name": "crowd", "clients": {clients}, "warm_up": "0s", "duration": "{duration}" }}"#
        );
        let scenario = scenario::parse(&text, "bench").expect("a valid scenario");
        let prepared = Prepared::new(scenario).expect("a synthetic source needs no file");
        group.throughput(Throughput::Elements(
            prepared.events.len() as u64 * u64::from(clients),
        ));
        for entry in transport::ALL {
            group.bench_function(BenchmarkId::new(entry.descriptor.id, clients), |bencher| {
                bencher.iter(|| {
                    let outcome = prepared.run(entry, Network::Simulated);
                    let result = outcome.expect("a simulation needs nothing").result;
                    assert!(result.verified, "{:?}", result.problem);
                });
            });
        }
    }
    group.finish();
}
