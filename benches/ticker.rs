//! The default scenario itself, on the simulator.

use crate::saved;
use criterion::{Criterion, Throughput};
use pushlab::measure::bench::{Beside, Group};
use pushlab::net::Network;
use pushlab::run::Prepared;
use pushlab::scenario;
use pushlab::transport;
use std::cell::Cell;

pub fn about() -> Group {
    Group {
        id: "ticker".into(),
        title: "What does the default scenario show?".into(),
        beside: "latency and IP bytes, both ways, of the run in virtual time; the time itself is real, and what \
                 simulating it took".into(),
        each: "delivery".into(),
        parameter: String::new(),
        about: "The scenario ticker as it is shipped, whole, on the simulated network. The time is what simulating it costs, \
                connecting included, for each delivery. Latency and bytes are those of the verified run: they are in \
                virtual time and the same on every machine. Bytes are IP bytes, both ways."
            .into(),
        floor: String::new(),
    }
}

pub fn bench(criterion: &mut Criterion) {
    let ticker = scenario::shipped("ticker").expect("the default scenario is shipped");
    let prepared = Prepared::new(ticker).expect("a synthetic source needs no file");
    let deliveries = prepared.events.len() as u64 * u64::from(prepared.scenario.clients);
    let mut group = criterion.benchmark_group("ticker");
    group.throughput(Throughput::Elements(deliveries));
    for entry in transport::ALL {
        let id = entry.descriptor.id;
        group.bench_function(id, |bencher| {
            let figures = Cell::new(Beside::default());
            bencher.iter(|| {
                let outcome = prepared.run(entry, Network::Simulated);
                let result = outcome.expect("a simulation needs nothing").result;
                let own = result
                    .figures
                    .unwrap_or_else(|| panic!("{id}: {:?}", result.problem));
                figures.set(Beside {
                    latency_p50_us: Some(own.latency_us.p50),
                    latency_p99_us: Some(own.latency_us.p99),
                    latency_events: Some(own.latency_events),
                    bytes_per_event: Some(own.bytes_per_event),
                });
            });
            saved::write(&["ticker", id], &figures.get());
        });
    }
    group.finish();
}
