//! What the transports cost the processor. Latency and bytes are not criterion's business: they come
//! from `pushlab run`, which verifies them.
//!
//! * `delivery`: publish one event, wait until one client has seen it.
//! * `fanout`: publish one event, wait until 100 clients have seen it.
//! * `simulate`: the simulator's cost per delivery of a small scenario.
//!
//! The first two run over kernel sockets on 127.0.0.1 with the server and its clients on one thread:
//! the time is the work of both sides and of the kernel, without wake-ups of other threads.
//! Connections stay open; opening and closing them is not timed. A short poller asks again as soon as
//! it has its answer, so its figures are for one poll that brings the event, and not for the interval
//! that one would choose.

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use pushlab::feed::{self, Event, Feed};
use pushlab::hub::Hub;
use pushlab::measure::recorder::{Expectation, Expected, Recorder};
use pushlab::net::loopback::Meter;
use pushlab::net::{Buffers, Dialer, Listener, Network};
use pushlab::run::Prepared;
use pushlab::scenario::{self, Scenario};
use pushlab::transport::server::{Door, Server};
use pushlab::transport::{self, Client, ClientSetup, Entry, Part};
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

/// A feed that never runs dry, a poller that never pauses, nothing that interrupts.
const BUSY: &str = r#"{ "name": "busy", "poll_every": "1ns", "heartbeat": "off" }"#;
/// 20 clients and about 100 events: 2,000 deliveries.
const SMALL: &str =
    r#"{ "name": "small", "clients": 20, "rate": "10/s", "warm_up": "0s", "duration": "10s" }"#;

const CROWD: u32 = 100;

fn delivery(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("delivery");
    for entry in transport::ALL {
        group.bench_function(entry.descriptor.id, |bencher| {
            bencher.iter_custom(|events| deliver(entry, 1, events));
        });
    }
    group.finish();
}

fn fanout(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("fanout");
    group.throughput(Throughput::Elements(CROWD.into()));
    for entry in transport::ALL {
        group.bench_function(BenchmarkId::new(entry.descriptor.id, CROWD), |bencher| {
            bencher.iter_custom(|events| deliver(entry, CROWD, events));
        });
    }
    group.finish();
}

fn simulate(criterion: &mut Criterion) {
    let prepared = Prepared::new(scenario(SMALL)).expect("a synthetic source needs no file");
    let deliveries = prepared.events.len() as u64 * u64::from(prepared.scenario.clients);
    let mut group = criterion.benchmark_group("simulate");
    group.throughput(Throughput::Elements(deliveries));
    for entry in transport::ALL {
        group.bench_function(entry.descriptor.id, |bencher| {
            bencher.iter(|| {
                let outcome = prepared.run(entry, Network::Simulated);
                let result = outcome.expect("a simulation needs nothing").result;
                assert!(result.verified, "{:?}", result.problem);
            });
        });
    }
    group.finish();
}

/// Delivers events to clients over kernel sockets, each once the one before has been seen by all.
/// Returns the time from publishing the first to seeing the last.
fn deliver(entry: &Entry, clients: u32, events: u64) -> Duration {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("the machine can run tokio");
    runtime.block_on(async {
        // One event more: that it was seen shows that every connection stands.
        let mut world = World::open(entry, clients, events + 1).await;
        world.publish_next().await;
        let start = Instant::now();
        for _ in 0..events {
            world.publish_next().await;
        }
        let took = start.elapsed();
        world.close().await;
        took
    })
}

/// A server with one door, and the clients behind it.
struct World {
    feed: Feed,
    recorder: Recorder,
    events: std::vec::IntoIter<Arc<Event>>,
    clients: u32,
    tasks: JoinSet<()>,
}

impl World {
    async fn open(entry: &Entry, clients: u32, events: u64) -> Self {
        let scenario = scenario(BUSY);
        let events: Vec<_> = feed::source(&scenario, 0)
            .expect("a synthetic source needs no file")
            .take(events as usize)
            .map(Arc::new)
            .collect();
        let recorder = recorder(&events, clients);
        let feed = Feed::new(events.len());
        let buffers = Buffers::for_scenario(&scenario);
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
            .await
            .expect("a free port");
        let address = listener.local_addr().expect("a bound socket");
        let server = Server {
            doors: [Door::new(entry.descriptor, (entry.build)(&scenario))].into(),
            hub: Hub::of(feed.clone()),
            buffers,
            connections: clients as usize,
            head_timeout: None,
        };
        tokio::spawn(server.run(Listener::Tcp(listener)));
        let transport = (entry.build)(&scenario);
        let meter = Meter::default();
        let mut tasks = JoinSet::new();
        for number in 0..clients {
            let dialer = Dialer::Tcp {
                server: address,
                meter: meter.clone(),
            };
            let client = Client::new(ClientSetup {
                number,
                dialer,
                recorder: recorder.clone(),
                buffers,
                start_ns: 0,
                phase_ns: 0,
                until_ns: 0, // leaves once it has seen everything
                seed: 1,
                part: Part::default(),
            });
            tasks.spawn(transport.clone().follow(client));
        }
        Self {
            feed,
            recorder,
            events: events.into_iter(),
            clients,
            tasks,
        }
    }

    /// Publishes one event and waits until every client has seen it.
    async fn publish_next(&mut self) {
        let event = self.events.next().expect("as many events as asked for");
        let seq = event.seq;
        self.feed.publish(event);
        for client in 0..self.clients {
            while self.recorder.cursor(client) < seq {
                tokio::task::yield_now().await;
            }
        }
    }

    /// Lets the clients leave and checks that nothing went wrong.
    async fn close(mut self) {
        while let Some(ended) = self.tasks.join_next().await {
            ended.expect("no client panics");
        }
        assert_eq!(self.recorder.close().problem, None);
    }
}

/// Expects every event, and counts none of them for latency.
fn recorder(events: &[Arc<Event>], clients: u32) -> Recorder {
    let expected = |event: &Arc<Event>| Expected::tick(event.born_ns, event.payload.clone());
    Recorder::new(Expectation::tape(events.iter().map(expected), clients).measured(0, 0))
}

fn scenario(text: &str) -> Scenario {
    scenario::parse(text, "bench").expect("a valid scenario")
}

/// Short, so that all of it takes about a minute: enough to see a fifth more or less, not a hundredth.
fn config() -> Criterion {
    Criterion::default()
        .sample_size(10)
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(2))
}

criterion_group! {
    name = benches;
    config = config();
    targets = delivery, fanout, simulate
}
criterion_main!(benches);
