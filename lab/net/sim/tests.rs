//! Whatever the line does, streams arrive whole and in order, and afterwards all is quiet.

use super::{LinkConfig, SimConfig, SimWire, SocketBuffers, accept, dial, run, with};
use crate::clock::{self, MS, S};
use proptest::prelude::*;
use std::io;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

fn link(delay_ms: u64, loss_percent: u64) -> LinkConfig {
    LinkConfig {
        delay_ns: delay_ms * MS,
        jitter_ns: 0,
        bits_per_second: 20_000_000,
        queue_bytes: 100_000,
        loss_ppm: loss_percent * 10_000,
        outages_ns: vec![],
    }
}

fn config(up: LinkConfig, down: LinkConfig, seed: u64, buffer: usize) -> SimConfig {
    SimConfig {
        outages_of: vec![],
        clients: 1,
        down,
        up,
        seed,
        buffers: SocketBuffers {
            down: buffer,
            up: buffer,
        },
        first_port: 40_000,
        taps: Vec::new(),
    }
}

/// Byte `at` of a stream; 251 is prime, so that no shift by a segment goes unnoticed.
fn byte(at: usize) -> u8 {
    (at % 251) as u8
}

/// Writes `total` bytes in pieces, a pause before each, and ends the stream.
async fn write(
    mut wire: tokio::io::WriteHalf<SimWire>,
    total: usize,
    piece: usize,
    pause_ns: u64,
) -> io::Result<()> {
    let stream: Vec<u8> = (0..total).map(byte).collect();
    for piece in stream.chunks(piece) {
        clock::sleep(pause_ns).await;
        wire.write_all(piece).await?;
    }
    wire.shutdown().await
}

/// Reads to the end, a pause after each read; returns how many bytes there were, all of them right.
async fn read(mut wire: tokio::io::ReadHalf<SimWire>, pause_ns: u64) -> io::Result<usize> {
    let mut total = 0;
    let mut buffer = [0; 3_000];
    loop {
        let read = wire.read(&mut buffer).await?;
        if read == 0 {
            return Ok(total);
        }
        for (k, &got) in buffer[..read].iter().enumerate() {
            assert_eq!(got, byte(total + k), "byte {} is wrong", total + k);
        }
        total += read;
        clock::sleep(pause_ns).await;
    }
}

/// Dials until it succeeds: on a bad line a connection may take several attempts.
async fn connect() -> SimWire {
    loop {
        if let Ok(wire) = dial(0).await {
            return wire;
        }
    }
}

fn packets() -> u64 {
    with(|network| {
        let ledger = network.ledger();
        ledger.packets_up + ledger.packets_down
    })
    .0
}

/// What each side sends: total, bytes per write, pause before each, pause of the reader.
#[derive(Debug, Clone)]
struct Talk {
    total: usize,
    piece: usize,
    pause_ns: u64,
    reader_ns: u64,
}

fn talk() -> impl Strategy<Value = Talk> {
    let pauses = || prop_oneof![Just(0), 0..60 * MS];
    (0..40_000_usize, 20..6_000_usize, pauses(), pauses()).prop_map(
        |(total, piece, pause_ns, reader_ns)| Talk {
            total,
            piece,
            pause_ns,
            reader_ns,
        },
    )
}

/// Both sides talk at once and close; how long that took, and that silence follows.
fn converse(config: SimConfig, up: &Talk, down: &Talk) -> u64 {
    let main = async {
        let client = async {
            let (reader, writer) = tokio::io::split(connect().await);
            tokio::join!(
                write(writer, up.total, up.piece, up.pause_ns),
                read(reader, down.reader_ns)
            )
        };
        let server = async {
            let (reader, writer) = tokio::io::split(accept().await);
            tokio::join!(
                write(writer, down.total, down.piece, down.pause_ns),
                read(reader, up.reader_ns)
            )
        };
        let (client, server) = tokio::join!(client, server);
        let ended_ns = clock::now_ns();
        assert!(
            matches!(client, (Ok(()), Ok(n)) if n == down.total),
            "{client:?}"
        );
        assert!(
            matches!(server, (Ok(()), Ok(n)) if n == up.total),
            "{server:?}"
        );
        // The last FIN may have to be repeated, every two minutes in the end, but not for ever.
        clock::sleep(3_000 * S).await;
        let before = packets();
        clock::sleep(3_600 * S).await;
        assert_eq!(packets(), before, "something is still being sent");
        ended_ns
    };
    let report = run(config, main).unwrap();
    assert_eq!(report.tasks_left, 0);
    report.output
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn streams_arrive_whole_whatever_is_lost(
        up in talk(),
        down in talk(),
        delay_ms in 1..150_u64,
        jitter_ms in prop_oneof![Just(0), 1..40_u64],
        (loss_up, loss_down) in (0..=30_u64, 0..=30_u64),
        queue_bytes in prop_oneof![Just(1_000_000), 3_000..20_000_u64],
        buffer in prop_oneof![Just(4_096_usize), Just(65_536), 2_000..100_000_usize],
        outage in prop::option::of((0..5 * S, 1..3 * S)),
        seed in any::<u64>(),
    ) {
        let [up_link, down_link] = [loss_up, loss_down].map(|loss| LinkConfig {
            jitter_ns: jitter_ms * MS,
            queue_bytes,
            outages_ns: outage.iter().map(|&(from, lasts)| (from, from + lasts)).collect(),
            ..link(delay_ms, loss)
        });
        converse(config(up_link, down_link, seed, buffer), &up, &down);
    }
}

/// Sequence numbers are random and wrap; timestamps in microseconds wrap after 71 minutes.
#[test]
fn the_timestamp_may_wrap_while_packets_are_lost() {
    let down = Talk {
        total: 300_000,
        piece: 100,
        pause_ns: 2 * S,
        reader_ns: 0,
    };
    let up = Talk { total: 0, ..down };
    let ended_ns = converse(config(link(25, 5), link(25, 5), 3, 65_536), &up, &down);
    assert!(ended_ns / S >= 6_000 && ended_ns / S < 6_020, "{ended_ns}");
}

/// The reader takes a pause of 20 minutes with a full buffer, and the window update that ends it is
/// lost: probes have kept the connection alive and find the window open.
#[test]
fn a_full_window_stays_alive_and_reopens() {
    let pause_ns = 1_200 * S;
    let mut up = link(25, 0);
    up.outages_ns = vec![(pause_ns, pause_ns + 2 * S)];
    let main = async {
        let server = async {
            let mut wire = accept().await;
            wire.write_all(&vec![7; 100_000]).await.unwrap();
            wire
        };
        let client = async {
            let mut wire = connect().await;
            clock::sleep_until(pause_ns).await;
            let mut stream = vec![0; 100_000];
            wire.read_exact(&mut stream).await.unwrap();
            (wire, clock::now_ns())
        };
        let ((wire, at_ns), server) = tokio::join!(client, server);
        drop((wire, server));
        at_ns
    };
    let report = run(config(up, link(25, 0), 1, 16_384), main).unwrap();
    // The longest pause between two probes is two minutes.
    assert!(report.output <= pause_ns + 125 * S, "{}", report.output);
}

/// The other side is cut off for ever: the connection is given up, and nothing is sent any more.
#[test]
fn a_dead_peer_is_given_up() {
    let cut_ns = 5 * S;
    let mut dead = link(25, 0);
    dead.outages_ns = vec![(cut_ns, u64::MAX)];
    let main = async {
        let server = async {
            let mut wire = accept().await;
            clock::sleep_until(cut_ns + S).await;
            wire.write_all(&[7; 100]).await.unwrap();
            let mut end = [0];
            let error = wire.read(&mut end).await.unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::ConnectionReset);
        };
        let client = async {
            let wire = connect().await;
            clock::sleep_until(cut_ns + 10_000 * S).await;
            drop(wire);
            // And nobody can be reached: 7 SYNs in two minutes, as Linux.
            let from_ns = clock::now_ns();
            let error = dial(0).await.unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::ConnectionRefused);
            (clock::now_ns() - from_ns) / S
        };
        let (seconds, ()) = tokio::join!(client, server);
        assert!((100..=130).contains(&seconds), "{seconds} s");
        clock::sleep(10_000 * S).await;
        let before = packets();
        clock::sleep(10_000 * S).await;
        assert_eq!(packets(), before);
    };
    run(config(dead.clone(), dead, 1, 16_384), main).unwrap();
}

/// What is repeated must not carry an old acknowledgement, or smoltcp drops it: both sides talk all
/// the time, so that every lost packet's acknowledgement is out of date when it is sent again.
#[test]
fn two_way_streams_survive_loss_without_long_stalls() {
    let talk = Talk {
        total: 60_000,
        piece: 100,
        pause_ns: 10 * MS,
        reader_ns: 0,
    };
    for seed in 0..5 {
        let ended_ns = converse(config(link(25, 3), link(25, 3), seed, 65_536), &talk, &talk);
        assert!(ended_ns < 8 * S, "6 s of talk took {} ms", ended_ns / MS);
    }
}
