//! Publish, wait until all subscribers have it.

use crate::message::now_ns;
use crate::opening::Opening;
use crate::reader::Reader;
use crate::{capture, floor, lab_thread, latency, saved};
use criterion::{BenchmarkId, Criterion, Throughput};
use pushlab::measure::bench::{Beside, FLOOR, Group};
use pushlab::{os, transport};
use std::net::{Ipv4Addr, SocketAddr};
use std::time::{Duration, Instant};

const PATIENCE: Duration = Duration::from_secs(10);
/// Subscribers, and messages that are published together.
const CROWDS: [(usize, u64); 5] = [(1, 1), (10, 1), (100, 1), (1_000, 1), (1_000, 8)];

pub fn about() -> Group {
    Group {
        id: "fanout".into(),
        title: "What does each delivery to a crowd take?".into(),
        beside: "latency from publishing to reading, in a closed loop; bytes that the readers got".into(),
        each: "delivery".into(),
        parameter: "subscribers".into(),
        about: "From publishing an event of 100 bytes until each subscriber has it, divided by the subscribers. The server \
                with its publisher is on one thread, a plain reader that only counts on another: the same reader for the \
                lab and for the floor. One event at a time; \"backlog 8\": eight are published at once. Who asks \
                asks again at once and never pauses, so nearly every answer brings news; polling as it is used waits for \
                its next turn instead. With few subscribers the time is mostly two threads waking each other, and ratios \
                are a matter of that. Bytes are those that come down."
            .into(),
        floor: "one plain non-blocking write per subscriber and event. A server that puts a backlog into one write \
                can be faster than that."
            .into(),
    }
}

pub fn bench(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("fanout");
    let openings: Vec<_> = transport::ALL
        .iter()
        .map(|_| std::cell::OnceCell::new())
        .collect();
    for (subscribers, backlog) in CROWDS {
        let parameter = match backlog {
            1 => subscribers.to_string(),
            _ => format!("{subscribers} backlog {backlog}"),
        };
        allow_files(2 * subscribers as u64 + 100);
        group.throughput(Throughput::Elements(subscribers as u64 * backlog));
        // Criterion calls a benchmark for each sample: the crowd stands once, and only if it is asked for.
        let mut kept = None;
        group.bench_function(BenchmarkId::new(FLOOR, &parameter), |bencher| {
            let (server, crowd) = kept.get_or_insert_with(|| {
                let server = floor::OnThread::start((Ipv4Addr::LOCALHOST, 0).into())
                    .expect("a free port on 127.0.0.1");
                let crowd = Crowd::open(server.address, &Opening::plain(), subscribers, backlog);
                (server, crowd)
            });
            let publish = |events| server.orders().publish(events, now_ns());
            bencher.iter_custom(|rounds| crowd.rounds(rounds, publish));
            crowd.save(FLOOR, &parameter);
        });
        drop(kept);
        for (entry, opening) in transport::ALL.iter().zip(&openings) {
            let id = entry.descriptor.id;
            let mut kept = None;
            group.bench_function(BenchmarkId::new(id, &parameter), |bencher| {
                let (server, crowd) = kept.get_or_insert_with(|| {
                    let opening = opening.get_or_init(|| capture::opening(entry));
                    let server = lab_thread::OnThread::start(entry, subscribers);
                    let crowd = Crowd::open(server.address, opening, subscribers, backlog);
                    (server, crowd)
                });
                bencher.iter_custom(|rounds| crowd.rounds(rounds, |events| server.publish(events)));
                crowd.save(id, &parameter);
            });
        }
    }
    group.finish();
}

/// Both ends of a crowd's connections are in this process: more than many systems allow at first.
fn allow_files(needed: u64) {
    if let Some(allowed) = os::ask_for_open_files(needed)
        && allowed < needed
    {
        eprintln!(
            "pushlab: {needed} open files are needed, {allowed} allowed (ulimit -n {needed})"
        );
    }
}

/// The subscribers.
struct Crowd {
    reader: Reader,
    subscribers: usize,
    backlog: u64,
}

impl Crowd {
    fn open(server: SocketAddr, opening: &Opening, subscribers: usize, backlog: u64) -> Self {
        let mut reader = Reader::open(server, opening, subscribers).expect("the server accepts");
        reader.stand(PATIENCE).expect("the server answers");
        // What greets them is not for events.
        reader.reset();
        Self {
            reader,
            subscribers,
            backlog,
        }
    }

    fn rounds(&mut self, rounds: u64, publish: impl Fn(u64)) -> Duration {
        let start = Instant::now();
        for _ in 0..rounds {
            publish(self.backlog);
            self.reader.expect(self.backlog);
            self.reader
                .finish(PATIENCE)
                .expect("every subscriber gets every event");
        }
        start.elapsed()
    }

    fn save(&self, function: &str, parameter: &str) {
        let latencies = &self.reader.latency;
        let figures = Beside {
            latency_p50_us: Some(latency::us(latencies, 0.5)),
            latency_p99_us: Some(latency::us(latencies, 0.99)),
            latency_events: Some(self.reader.messages / self.subscribers as u64),
            bytes_per_event: Some(self.reader.bytes as f64 / self.reader.messages.max(1) as f64),
        };
        saved::write(&["fanout", function, parameter], &figures);
    }
}
