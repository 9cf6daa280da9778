//! The two halves of a transport alone, in memory: events into bytes, bytes into events.

use crate::message::message;
use crate::tape::{self, EVENTS, Tape};
use crate::{args, block_on, saved, world};
use criterion::{BenchmarkId, Criterion};
use pushlab::measure::bench::{Beside, FLOOR, Group};
use pushlab::transport::{self, Entry};
use std::cell::OnceCell;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};

pub fn about() -> Group {
    Group {
        id: "wire".into(),
        title: "What does an event take on its way into bytes and out of them?".into(),
        beside: "bytes of the stream, both ways".into(),
        each: "event".into(),
        parameter: "half".into(),
        about: "Pure CPU time: all in the memory of one thread, no kernel. Encode: the lab's server half alone, from \
                publishing an event of 100 bytes until its last byte was read; what a client says is played from a tape. \
                Decode: the lab's client half alone, from the first byte until the event was seen and checked; the \
                server is played from the tape. Of a transport that asks, reading the question is part of the server's \
                half and writing it of the client's. Bytes are those of the stream, both ways, without TCP/IP and without \
                the opening."
            .into(),
        floor: "the same 100 bytes through the same kind of pipe, from one task to another.".into(),
    }
}

pub fn bench(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("wire");
    args::measure_for(&mut group, Duration::from_millis(500));
    let tapes: Vec<OnceCell<Tape>> = transport::ALL.iter().map(|_| OnceCell::new()).collect();
    for (parameter, encodes) in [("encode", true), ("decode", false)] {
        group.bench_function(BenchmarkId::new(FLOOR, parameter), |bencher| {
            bencher.iter_custom(|events| block_on(events, pass(events)));
        });
        for (entry, tape) in transport::ALL.iter().zip(&tapes) {
            let id = entry.descriptor.id;
            group.bench_function(BenchmarkId::new(id, parameter), |bencher| {
                let tape = tape.get_or_init(|| block_on(EVENTS, tape::record(entry)));
                bencher.iter_custom(|events| {
                    let (mut left, mut took) = (events, Duration::ZERO);
                    while left > 0 {
                        let now = left.min(EVENTS - 1);
                        took += block_on(now, async {
                            match encodes {
                                true => encode(entry, tape, now).await,
                                false => decode(entry, tape, now).await,
                            }
                        });
                        left -= now;
                    }
                    took
                });
                let figures = Beside {
                    bytes_per_event: Some(tape.bytes_per_event()),
                    ..Beside::default()
                };
                saved::write(&["wire", id, parameter], &figures);
            });
        }
    }
    group.finish();
}

/// The server's half.
async fn encode(entry: &Entry, tape: &Tape, events: u64) -> Duration {
    let (feed, dialer) = tape::server(entry);
    let mut wire = dialer.dial().expect("the server listens");
    let mut heard = vec![0; 64 * 1024];
    world::publish(&feed, 1);
    for step in &tape.opening {
        write(&mut wire, &step.up).await;
        read(&mut wire, &mut heard[..step.down.len()]).await;
    }
    let start = Instant::now();
    for (round, seq) in tape.rounds.iter().zip(2..2 + events) {
        world::publish(&feed, seq);
        write(&mut wire, &round.up).await;
        read(&mut wire, &mut heard[..round.down.len()]).await;
    }
    start.elapsed()
}

/// The client's half.
async fn decode(entry: &Entry, tape: &Tape, events: u64) -> Duration {
    let (recorder, listener, task) = tape::client(entry);
    let mut wire = listener.accept().await.expect("the client dials");
    let mut heard = vec![0; 64 * 1024];
    for step in &tape.opening {
        read(&mut wire, &mut heard[..step.up.len()]).await;
        write(&mut wire, &step.down).await;
    }
    tape::seen(&recorder, 1).await;
    let start = Instant::now();
    for (round, seq) in tape.rounds.iter().zip(2..2 + events) {
        read(&mut wire, &mut heard[..round.up.len()]).await;
        write(&mut wire, &round.down).await;
        tape::seen(&recorder, seq).await;
    }
    let took = start.elapsed();
    task.abort();
    took
}

async fn pass(events: u64) -> Duration {
    let (mut near, mut far) = duplex(64 * 1024);
    let text = message(1, 0);
    let (send, mut told) = tokio::sync::mpsc::unbounded_channel();
    tokio::spawn(async move {
        while told.recv().await.is_some() {
            write(&mut far, &text).await;
        }
    });
    let mut heard = [0; 100];
    let start = Instant::now();
    for _ in 0..events {
        send.send(()).expect("the writer is there");
        read(&mut near, &mut heard).await;
    }
    start.elapsed()
}

async fn write(wire: &mut DuplexStream, bytes: &[u8]) {
    wire.write_all(bytes)
        .await
        .expect("the other half is there");
}

async fn read(wire: &mut DuplexStream, bytes: &mut [u8]) {
    wire.read_exact(bytes)
        .await
        .expect("the other half is there");
}
