//! A client comes, and has its first event.

use crate::message::{BYTES, message};
use crate::world::{World, tasks, until_tasks};
use crate::{args, block_on};
use criterion::Criterion;
use pushlab::measure::bench::{FLOOR, Group};
use pushlab::transport::{self, Entry};
use std::net::Ipv4Addr;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

pub fn about() -> Group {
    Group {
        id: "connect".into(),
        title: "What does it take until a new client has its first event?".into(),
        beside: String::new(),
        each: "client".into(),
        parameter: String::new(),
        about: "From dialling until a client has seen an event that was there before it came: TCP, the opening of the \
                transport, one event. One client after another, both sides on one thread. Leaving is not timed: the next \
                one comes when both sides have closed."
            .into(),
        floor: "a TCP connect, and one round trip of 100 bytes each way, to a server that gives each connection a task \
                of its own."
            .into(),
    }
}

pub fn bench(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("connect");
    // Each client leaves its port waiting for a while: few enough that no system runs out of them.
    args::measure_for(&mut group, Duration::from_millis(400));
    args::warm_up_for(&mut group, Duration::from_millis(100));
    group.bench_function(FLOOR, |bencher| {
        bencher.iter_custom(|clients| block_on(clients, plainly(clients)));
    });
    for entry in transport::ALL {
        group.bench_function(entry.descriptor.id, |bencher| {
            bencher.iter_custom(|clients| block_on(clients, come(entry, clients)));
        });
    }
    group.finish();
}

async fn come(entry: &Entry, clients: u64) -> Duration {
    let clients = u32::try_from(clients).expect("fewer clients than a second has time for");
    let mut world = World::open(entry, clients, 1).await;
    world.publish();
    let alone = tasks();
    let mut took = Duration::ZERO;
    for number in 0..clients {
        let start = Instant::now();
        world.follow(number);
        world.seen_by(number).await;
        took += start.elapsed();
        world.left().await;
        until_tasks(alone).await;
    }
    world.close().await;
    took
}

async fn plainly(clients: u64) -> Duration {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .await
        .expect("a free port");
    let address = listener.local_addr().expect("a bound socket");
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(echo(stream));
        }
    });
    let (text, mut seen) = (message(1, 0), [0; BYTES]);
    let alone = tasks();
    let mut took = Duration::ZERO;
    for _ in 0..clients {
        let start = Instant::now();
        let mut stream = TcpStream::connect(address).await.expect("somebody listens");
        stream.set_nodelay(true).expect("a connected socket");
        stream.write_all(&text).await.expect("the server is there");
        stream
            .read_exact(&mut seen)
            .await
            .expect("the server answers");
        took += start.elapsed();
        drop(stream);
        until_tasks(alone).await;
    }
    took
}

async fn echo(mut stream: TcpStream) {
    let mut text = [0; BYTES];
    let _ = stream.set_nodelay(true);
    while stream.read_exact(&mut text).await.is_ok() {
        if stream.write_all(&text).await.is_err() {
            return;
        }
    }
}
