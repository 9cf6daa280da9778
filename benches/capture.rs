//! What the lab's own client sends over each transport, caught once so that the plain reader can
//! repeat it: the reader knows no format, and no bench names a transport.

use crate::lab_server;
use crate::message::{MARK, message};
use crate::opening::{Asks, Opening};
use crate::runtime::runtime;
use bytes::Bytes;
use pushlab::measure::recorder::{Expectation, Expected, Recorder};
use pushlab::net::Dialer;
use pushlab::net::loopback::Meter;
use pushlab::theory::Law;
use pushlab::transport::{Client, ClientSetup, Entry, Part};
use std::io;
use std::net::Ipv4Addr;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// What a client sends until its first event is there.
///
/// The client follows a small server through a proxy that writes down who said what.
pub fn opening(entry: &Entry) -> Opening {
    let steps = runtime().block_on(async {
        tokio::time::timeout(Duration::from_secs(10), record(entry))
            .await
            .expect("a client has its first event within 10 s")
            .expect("sockets on 127.0.0.1 work")
    });
    Opening {
        steps,
        asks: match entry.descriptor.law {
            Law::Push => Asks::Never,
            Law::ShortPoll | Law::LongPoll => Asks::Onwards,
        },
    }
}

async fn record(entry: &Entry) -> io::Result<Vec<Vec<u8>>> {
    let (listener, mut publisher) = lab_server::bind(&[*entry], 16)?;
    let server = listener.address;
    publisher.publish(1, 0);
    let serving = tokio::spawn(listener.serve());
    let proxy = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let client = follow(entry, &proxy, message(1, 0))?;
    let (near, _) = proxy.accept().await?;
    let steps = between(near, TcpStream::connect(server).await?).await?;
    client.abort();
    serving.abort();
    Ok(steps)
}

/// The lab's own client, which leaves once it has seen one event.
fn follow(
    entry: &Entry,
    proxy: &TcpListener,
    payload: Bytes,
) -> io::Result<tokio::task::JoinHandle<()>> {
    let scenario = lab_server::scenario();
    let tape = Expectation::tape([Expected::tick(0, payload)], 1);
    let client = Client::new(ClientSetup {
        number: 0,
        dialer: Dialer::Tcp {
            server: proxy.local_addr()?,
            meter: Meter::default(),
        },
        recorder: Recorder::new(tape.measured(0, 0)),
        buffers: lab_server::buffers(&scenario),
        start_ns: 0,
        phase_ns: 0,
        until_ns: 0,
        seed: 1,
        part: Part::default(),
    });
    Ok(tokio::spawn((entry.build)(&scenario).follow(client)))
}

/// Carries bytes to and fro until an event comes down; what went up, by the answers between.
async fn between(mut near: TcpStream, mut far: TcpStream) -> io::Result<Vec<Vec<u8>>> {
    let (mut up, mut down) = (vec![0; 16 * 1024], vec![0; 16 * 1024]);
    let mut steps: Vec<Vec<u8>> = Vec::new();
    let mut answered = true;
    loop {
        tokio::select! {
            biased;
            count = near.read(&mut up) => {
                let said = &up[..some(count?, "client")?];
                if answered {
                    steps.push(Vec::new());
                    answered = false;
                }
                steps.last_mut().expect("one was just begun").extend_from_slice(said);
                far.write_all(said).await?;
            }
            count = far.read(&mut down) => {
                let told = &down[..some(count?, "server")?];
                if told.contains(&MARK) {
                    return Ok(steps);
                }
                answered = true;
                near.write_all(told).await?;
            }
        }
    }
}

/// Nobody leaves before the first event is there.
fn some(count: usize, whose: &str) -> io::Result<usize> {
    match count {
        0 => Err(io::Error::other(format!(
            "the {whose} closed without an event"
        ))),
        count => Ok(count),
    }
}
