//! Two hundred bad neighbours change nothing for a client that behaves.

use super::{World, dial, event, say};
use pushlab::clock::{self, MS, S};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

const NEIGHBOURS: u32 = 200;
const EVENTS: u64 = 100;

/// Follows a door over a raw connection until the text of the last event; each piece with its instant.
async fn follow(request: &[u8], hello: &[u8]) -> Vec<(u64, Vec<u8>)> {
    let mut wire = say(0, request).await;
    wire.write_all(hello).await.expect("the server is there");
    let last = event(EVENTS).payload.clone();
    let (mut pieces, mut all) = (Vec::new(), Vec::new());
    while !all.windows(last.len()).any(|text| text == last) {
        let mut piece = vec![0; 4096];
        let read = wire.read(&mut piece).await.expect("the stream goes on");
        assert_ne!(read, 0, "the stream goes on");
        piece.truncate(read);
        all.extend_from_slice(&piece);
        pieces.push((clock::now_ns(), piece));
    }
    pieces
}

/// What one bad neighbour does, by its number, over and over.
async fn misbehave(client: u32) {
    loop {
        match client % 8 {
            0 => drop(dial(client).await), // comes and goes
            1 => {
                let _silent = dial(client).await;
                clock::sleep(20 * S).await;
            }
            2 => {
                // A byte at a time.
                let mut wire = dial(client).await;
                for byte in b"GET /poll?since=0 HTTP/1.1\r\n" {
                    let _ = wire.write_all(&[*byte]).await;
                    clock::sleep(300 * MS).await;
                }
            }
            3 => garbage(client, b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03").await,
            4 => garbage(client, &[b'x'; 20_000]).await,
            5 => {
                // Asks for everything and reads nothing.
                let _deaf = say(client, b"GET /events?since=0 HTTP/1.1\r\nHost: x\r\n\r\n").await;
                clock::sleep(20 * S).await;
            }
            6 => drop(
                say(
                    client,
                    b"GET /long-poll?since=999999&hold=120000 HTTP/1.1\r\n\r\n",
                )
                .await,
            ),
            _ => {
                let upgrade = b"GET /ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
                    Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n\xff\xff";
                garbage(client, upgrade).await;
            }
        }
        clock::sleep(100 * MS).await;
    }
}

async fn garbage(client: u32, bytes: &[u8]) {
    let mut wire = dial(client).await;
    let _ = wire.write_all(bytes).await; // the server may hang up on it
    let _ = wire.read(&mut [0; 1024]).await;
}

/// A well-behaved follower on each stream, with or without the crowd around it.
fn alone_or_not(
    neighbours: u32,
    request: &'static [u8],
    hello: &'static [u8],
) -> Vec<(u64, Vec<u8>)> {
    let world = World {
        clients: 1 + neighbours,
        ..World::default()
    };
    world.run(|feed| async move {
        let mut crowd = tokio::task::JoinSet::new();
        for client in 1..=neighbours {
            crowd.spawn(misbehave(client));
        }
        crowd.spawn(async move {
            for seq in 4..=EVENTS {
                clock::sleep_until(seq * 100 * MS).await;
                feed.publish(event(seq));
            }
            std::future::pending().await
        });
        let pieces = follow(request, hello).await;
        crowd.shutdown().await;
        pieces
    })
}

fn assert_undisturbed(request: &'static [u8], hello: &'static [u8]) {
    let alone = alone_or_not(0, request, hello);
    let crowded = alone_or_not(NEIGHBOURS, request, hello);
    // The same bytes at the same nanosecond.
    assert_eq!(alone, crowded);
    let text: Vec<u8> = crowded.into_iter().flat_map(|(_, piece)| piece).collect();
    let text = String::from_utf8_lossy(&text);
    let seqs: Vec<u64> = text
        .split("{\"seq\":")
        .skip(1)
        .filter_map(|rest| rest.split(',').next()?.parse().ok())
        .collect();
    assert_eq!(seqs, (1..=EVENTS).collect::<Vec<_>>());
}

#[test]
fn a_crowd_changes_nothing_on_a_stream() {
    assert_undisturbed(b"GET /events HTTP/1.1\r\nHost: lab.example\r\n\r\n", b"");
}

#[test]
fn a_crowd_changes_nothing_on_a_websocket() {
    assert_undisturbed(
        b"GET /ws HTTP/1.1\r\nHost: lab.example\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
          Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
        b"\x81\x8b\0\0\0\0{\"since\":0}",
    );
}
