//! Questions and answers over connections that stay open.

use crate::bare_hyper::{self, Fixed};
use crate::opening::Opening;
use crate::reader::Reader;
use crate::runtime::runtime;
use crate::{capture, lab_thread};
use criterion::{BenchmarkId, Criterion, Throughput};
use pushlab::measure::bench::{FLOOR, Group};
use pushlab::theory::Law;
use pushlab::transport;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::mpsc;
use std::time::{Duration, Instant};
use tokio::net::TcpListener;

/// Each has one question open at a time.
const CONNECTIONS: usize = 64;
const PATIENCE: Duration = Duration::from_secs(10);

pub fn about() -> Group {
    Group {
        id: "poll".into(),
        title: "What does one question take?".into(),
        beside: String::new(),
        each: "request".into(),
        parameter: "kind of answer".into(),
        about: "A request and its answer over one of 64 connections that stay open, each asking again once it is answered; \
                per second it is the requests that one server thread answers, if the reader on its own thread keeps up. \
                News: the answer brings one event of 100 bytes. Empty: it brings nothing; a transport that would hold \
                such a question is left out, and so are those that never ask."
            .into(),
        floor: "hyper alone, with one fixed answer of the same kind and size.".into(),
    }
}

pub fn bench(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("poll");
    group.throughput(Throughput::Elements(CONNECTIONS as u64));
    for (parameter, fixed) in [("news", Fixed::News), ("empty", Fixed::Empty)] {
        let asking = transport::ALL.iter().filter(|entry| match fixed {
            Fixed::News => entry.descriptor.law != Law::Push,
            Fixed::Empty => entry.descriptor.law == Law::ShortPoll,
        });
        // One event is there; whoever has it is told nothing.
        let cursor = match fixed {
            Fixed::News => 0,
            Fixed::Empty => 1,
        };
        let asking: Vec<_> = asking.collect();
        if let Some(any) = asking.first() {
            let mut kept = None;
            group.bench_function(BenchmarkId::new(FLOOR, parameter), |bencher| {
                let reader = kept.get_or_insert_with(|| {
                    let opening = capture::opening(any).always(cursor);
                    open(answer_always(fixed), &opening)
                });
                bencher.iter_custom(|rounds| ask(reader, rounds, fixed));
            });
        }
        for entry in asking {
            let id = entry.descriptor.id;
            // Criterion calls a benchmark for each sample: the server stands once, and only if it is asked for.
            let mut kept = None;
            group.bench_function(BenchmarkId::new(id, parameter), |bencher| {
                let (_server, reader) = kept.get_or_insert_with(|| {
                    let opening = capture::opening(entry).always(cursor);
                    let server = lab_thread::OnThread::start(entry, CONNECTIONS);
                    server.publish(1);
                    let reader = open(server.address, &opening);
                    (server, reader)
                });
                bencher.iter_custom(|rounds| ask(reader, rounds, fixed));
            });
        }
    }
    group.finish();
}

fn open(server: SocketAddr, opening: &Opening) -> Reader {
    Reader::open(server, opening, CONNECTIONS).expect("the server accepts")
}

/// As many answers as there are connections, so many times: all of them with news, or none.
fn ask(reader: &mut Reader, rounds: u64, kind: Fixed) -> Duration {
    let (answers, news) = (reader.answers, reader.news);
    let start = Instant::now();
    reader
        .read_answers(rounds * CONNECTIONS as u64, PATIENCE)
        .expect("the server answers");
    let took = start.elapsed();
    let due = match kind {
        Fixed::News => reader.answers - answers,
        Fixed::Empty => 0,
    };
    assert_eq!(reader.news - news, due, "answers with a message in them");
    took
}

/// hyper on a thread of its own, until the program ends.
fn answer_always(fixed: Fixed) -> SocketAddr {
    let (tell, told) = mpsc::channel();
    std::thread::spawn(move || {
        runtime().block_on(async {
            let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
                .await
                .expect("a free port");
            let address = listener.local_addr().expect("a bound socket");
            tell.send(address).expect("the caller waits for it");
            bare_hyper::serve(listener, fixed)
                .await
                .expect("a listening socket goes on listening");
        });
    });
    told.recv().expect("the server listens")
}
