//! What the simulator itself costs.

use crate::args;
use criterion::{BenchmarkId, Criterion, Throughput};
use pushlab::measure::bench::Group;
use pushlab::net::Network;
use pushlab::run::Prepared;
use pushlab::scenario;
use pushlab::transport;
use std::time::Duration;

/// Clients: few, many, and more than the processor's caches hold. The fewer, the longer the run, seconds: connecting is
/// not to weigh more than the deliveries.
const CROWDS: [(u32, u32); 3] = [(100, 50), (1_000, 5), (10_000, 2)];

pub fn about() -> Group {
    Group {
        id: "simulate".into(),
        title: "What does a simulated delivery take?".into(),
        beside: String::new(),
        each: "delivery".into(),
        parameter: "clients".into(),
        about: "A whole simulated run at ten events a second, divided by its deliveries. Connecting and making figures are \
                in it. With 100 clients it lasts 50 simulated seconds, with 1,000 five and with 10,000 two: twenty \
                deliveries to a client, so that connecting weighs more there than in a longer run. Polls are ten a second: \
                most answers bring one event."
            .into(),
        floor: String::new(),
    }
}

pub fn bench(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("simulate");
    args::warm_up_for(&mut group, Duration::from_millis(100));
    for (clients, seconds) in CROWDS {
        let text = format!(
            r#"{{ "name": "crowd", "clients": {clients}, "rate": "10/s", "poll_every": "100ms",
                 "warm_up": "0s", "duration": "{seconds}s" }}"#
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
