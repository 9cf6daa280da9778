//! Publish one event, wait until one client has seen it.

use crate::message::message;
use crate::world::World;
use crate::{block_on, latency, saved};
use criterion::Criterion;
use hdrhistogram::Histogram;
use pushlab::measure::bench::{Beside, FLOOR, Group};
use pushlab::transport::{self, Entry};
use std::net::Ipv4Addr;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

pub fn about() -> Group {
    Group {
        id: "delivery".into(),
        title: "What does one delivery take?".into(),
        beside: String::new(),
        each: "delivery".into(),
        parameter: String::new(),
        about: "From publishing an event of 100 bytes until one client has seen and checked it. Server and client are \
                on one thread, over kernel sockets that stay open: the work of both sides and of the kernel, without \
                wake-ups between threads. A transport that asks has its question in the time; it asks again at once. \
                Latencies are the same times, one by one."
            .into(),
        floor: "the same 100 bytes, written and read on a plain TCP socket in the same kind of runtime.".into(),
    }
}

pub fn bench(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("delivery");
    let mut latencies = latency::histogram();
    group.bench_function(FLOOR, |bencher| {
        bencher.iter_custom(|events| block_on(events, pass(events, &mut latencies)));
        save(FLOOR, &latencies);
    });
    for entry in transport::ALL {
        let id = entry.descriptor.id;
        let mut latencies = latency::histogram();
        group.bench_function(id, |bencher| {
            bencher.iter_custom(|events| block_on(events, deliver(entry, events, &mut latencies)));
            save(id, &latencies);
        });
    }
    group.finish();
}

fn save(function: &str, latencies: &Histogram<u64>) {
    let figures = Beside {
        latency_p50_us: Some(latency::us(latencies, 0.5)),
        latency_p99_us: Some(latency::us(latencies, 0.99)),
        ..Beside::default()
    };
    saved::write(&["delivery", function], &figures);
}

/// The same for the floor and the transports: one look at the clock after each event.
struct Watch<'a> {
    start: Instant,
    last: Instant,
    latencies: &'a mut Histogram<u64>,
}

impl<'a> Watch<'a> {
    fn start(latencies: &'a mut Histogram<u64>) -> Self {
        let start = Instant::now();
        Self {
            start,
            last: start,
            latencies,
        }
    }

    fn seen(&mut self) {
        let now = Instant::now();
        let took_ns = (now - self.last).as_nanos() as u64;
        self.latencies.saturating_record(took_ns.max(1));
        self.last = now;
    }

    fn took(&self) -> Duration {
        self.last - self.start
    }
}

/// Each event once the one before has been seen.
async fn deliver(entry: &Entry, events: u64, latencies: &mut Histogram<u64>) -> Duration {
    // One event more: that it was seen shows that the connection stands.
    let mut world = World::open(entry, 1, events + 1).await;
    world.follow(0);
    world.publish();
    world.seen_by(0).await;
    let mut watch = Watch::start(latencies);
    for _ in 0..events {
        world.publish();
        world.seen_by(0).await;
        watch.seen();
    }
    let took = watch.took();
    world.close().await;
    took
}

async fn pass(events: u64, latencies: &mut Histogram<u64>) -> Duration {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .await
        .expect("a free port");
    let address = listener.local_addr().expect("a bound socket");
    let mut near = TcpStream::connect(address).await.expect("somebody listens");
    let (mut far, _) = listener.accept().await.expect("somebody connected");
    for stream in [&near, &far] {
        stream.set_nodelay(true).expect("a connected socket");
    }
    let text = message(1, 0);
    let mut seen = vec![0; text.len()];
    let mut watch = Watch::start(latencies);
    for _ in 0..events {
        far.write_all(&text).await.expect("the reader is there");
        near.read_exact(&mut seen)
            .await
            .expect("the writer is there");
        watch.seen();
    }
    watch.took()
}
