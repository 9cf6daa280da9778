//! Two hundred clients that publish nonsense, or never read what they are told, change nothing for those who behave.

use super::upstream::{UPGRADE, masked, post};
use super::{World, dial, say};
use pushlab::clock::{self, MS, S};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

const NEIGHBOURS: u32 = 200;
const MESSAGES: u64 = 30;
const KIND: &str = "Content-Type: application/json\r\n";

/// What one of the crowd does over and over; nothing of it is a message that the chat takes.
async fn misbehave(client: u32) {
    let name = format!("bad-{client}");
    let hello = format!(r#"{{"since":0,"client":"{name}"}}"#);
    let open = [UPGRADE.as_bytes(), &masked(0x81, hello.as_bytes())].concat();
    let speechless = br#"{"n":1,"topic":"room-1","text":"I never joined"}"#;
    loop {
        match client % 8 {
            0 => garbage(client, post(&name, KIND, "{\"n\":").as_bytes()).await,
            1 => garbage(client, post(&name, "", "hello").as_bytes()).await,
            2 => {
                garbage(
                    client,
                    post("", KIND, r#"{"n":1,"topic":"room-1"}"#).as_bytes(),
                )
                .await
            }
            3 => {
                // Half a body.
                let head = format!(
                    "POST /publish?client={name} HTTP/1.1\r\nHost: x\r\n{KIND}Content-Length: 9\r\n\r\n{{"
                );
                garbage(client, head.as_bytes()).await;
            }
            4 => {
                let deep = format!("{{\"x\":{}", "[".repeat(2_000));
                let frame = masked(0x81, deep.as_bytes());
                garbage(client, &[&open[..], &frame].concat()).await;
            }
            5 => {
                let frame = masked(0x81, br#"{"n":99999,"topic":"nowhere","class":"none"}"#);
                garbage(client, &[&open[..], &frame.repeat(20)].concat()).await;
            }
            6 => {
                // Asks for answers without end and reads none.
                let mut wire = say(client, &open).await;
                let many = masked(0x81, speechless).repeat(100);
                let _ = wire.write_all(&many).await;
                clock::sleep(20 * S).await;
            }
            _ => garbage(client, &[&open[..], b"\x81\xfe\x7f\xff\0\0\0\0"].concat()).await,
        }
        clock::sleep(S).await;
    }
}

async fn garbage(client: u32, bytes: &[u8]) {
    let mut wire = dial(client).await;
    let _ = wire.write_all(bytes).await; // the server may hang up on it
    let _ = wire.read(&mut [0; 1024]).await;
}

/// Somebody talks over a WebSocket.
async fn talk() {
    let mut wire = say(1, UPGRADE.as_bytes()).await;
    let mut listening = [0; 4096];
    let hello = masked(0x81, br#"{"since":99999,"client":"friend"}"#);
    wire.write_all(&hello).await.expect("the server is there");
    for n in 1..=MESSAGES {
        let text = match n {
            1 => String::from(r#"{"n":1,"topic":"room-1","class":"join"}"#),
            _ => format!(r#"{{"n":{n},"topic":"room-1","text":"word {n}"}}"#),
        };
        let frame = masked(0x81, text.as_bytes());
        wire.write_all(&frame).await.expect("the server is there");
        let told = wire.read(&mut listening).await;
        assert_ne!(told.expect("the server is there"), 0);
        clock::sleep_until((n + 1) * 100 * MS).await;
    }
}

/// What somebody hears who follows, each piece with its instant, with or without a crowd.
fn heard(neighbours: u32, bytes: &'static [u8]) -> Vec<(u64, Vec<u8>)> {
    let world = World {
        clients: 2 + neighbours,
        app: Some("chat"),
        ..World::default()
    };
    world.run(|feed| async move {
        let mut others = tokio::task::JoinSet::new();
        for client in 2..2 + neighbours {
            others.spawn(misbehave(client));
        }
        others.spawn(talk());
        let mut wire = say(0, bytes).await;
        let mut pieces = Vec::new();
        loop {
            let mut piece = vec![0; 4096];
            let read = tokio::select! {
                biased;
                read = wire.read(&mut piece) => read.expect("the stream goes on"),
                // Shorter than between two heartbeats.
                () = clock::sleep(8 * S) => break,
            };
            assert_ne!(read, 0, "the stream goes on");
            piece.truncate(read);
            pieces.push((clock::now_ns(), piece));
        }
        assert_eq!(feed.head(), MESSAGES);
        others.shutdown().await;
        pieces
    })
}

fn assert_undisturbed(bytes: &'static [u8]) {
    let alone = heard(0, bytes);
    let crowded = heard(NEIGHBOURS, bytes);
    for (one, other) in alone.iter().zip(&crowded) {
        let shown = |(at_ns, piece): &(u64, Vec<u8>)| (*at_ns, piece.escape_ascii().to_string());
        assert_eq!(shown(one), shown(other));
    }
    assert_eq!(alone.len(), crowded.len());
    let text: Vec<u8> = alone.into_iter().flat_map(|(_, piece)| piece).collect();
    let last = format!("\"text\":\"word {MESSAGES}\"");
    assert!(String::from_utf8_lossy(&text).contains(&last));
}

#[test]
fn nonsense_changes_nothing_on_a_stream() {
    assert_undisturbed(b"GET /events HTTP/1.1\r\nHost: lab.example\r\n\r\n");
}

#[test]
fn nonsense_changes_nothing_on_a_websocket() {
    assert_undisturbed(
        b"GET /ws HTTP/1.1\r\nHost: lab.example\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
          Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n\
          \x81\x8b\0\0\0\0{\"since\":0}",
    );
}

#[test]
fn nonsense_changes_nothing_on_polls() {
    assert_undisturbed(b"GET /long-poll?since=29&hold=60000 HTTP/1.1\r\nHost: lab.example\r\n\r\n");
}

#[test]
fn who_never_reads_his_confirmations_is_cut_off() {
    let world = World {
        app: Some("chat"),
        ..World::default()
    };
    let closed_ns = world.run(|_| async {
        let hello = masked(0x81, br#"{"since":0,"client":"deaf"}"#);
        let mut wire = say(0, &[UPGRADE.as_bytes(), &hello].concat()).await;
        let many = masked(0x81, br#"{"n":1,"topic":"room-1","class":"join"}"#).repeat(100);
        // Soon the server takes no more, because nobody takes its answers.
        while wire.write_all(&many).await.is_ok() {}
        clock::now_ns()
    });
    assert!((30 * S..33 * S).contains(&closed_ns), "{closed_ns}");
}
