//! Servers at which people publish: ours, and ours with somebody on the way who breaks one rule of it.

use pushlab::check::{Finding, Target, Verdict, check};
use pushlab::clock::{self, MS};
use pushlab::net::{Buffers, Listener};
use pushlab::run::Live;
use pushlab::scenario;
use pushlab::transport::server::{Door, Server};
use pushlab::transport::{self};
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};

const FOR_NS: u64 = 300 * MS;

/// Changes what passes, without changing its length. It sees what one side sent at once.
type Change = fn(&mut Vec<u8>, &Mutex<Vec<u8>>);

/// Who breaks the rule.
#[derive(Clone)]
struct Liar {
    up: Change,
    down: Change,
    memory: Arc<Mutex<Vec<u8>>>,
}

fn honest(_: &mut Vec<u8>, _: &Mutex<Vec<u8>>) {}

fn replace(bytes: &mut [u8], from: &[u8], to: &[u8]) {
    assert_eq!(from.len(), to.len());
    let places: Vec<_> = (0..bytes.len())
        .filter(|&at| bytes[at..].starts_with(from))
        .collect();
    for at in places {
        bytes[at..at + to.len()].copy_from_slice(to);
    }
}

fn has(bytes: &[u8], text: &[u8]) -> bool {
    bytes.windows(text.len()).any(|part| part == text)
}

async fn pass(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    change: Change,
    memory: Arc<Mutex<Vec<u8>>>,
) {
    let mut bytes = Vec::with_capacity(1 << 16);
    loop {
        bytes.clear();
        if from.read_buf(&mut bytes).await.unwrap_or(0) == 0 {
            let _ = to.shutdown().await; // it may be gone already
            return;
        }
        change(&mut bytes, &memory);
        if to.write_all(&bytes).await.is_err() {
            return;
        }
    }
}

/// Stands before a server.
async fn stand_before(server: SocketAddr, liar: Liar) -> SocketAddr {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await;
    let listener = listener.expect("a free port");
    let address = listener.local_addr().expect("its address");
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            let Ok(server) = TcpStream::connect(server).await else {
                return;
            };
            let (client, server) = (client.into_split(), server.into_split());
            tokio::spawn(pass(client.0, server.1, liar.up, liar.memory.clone()));
            tokio::spawn(pass(server.0, client.1, liar.down, liar.memory.clone()));
        }
    });
    address
}

/// Checks an application with a liar before it.
fn findings(name: &str, up: Change, down: Change) -> Vec<Finding> {
    let scenario = scenario::shipped(name).expect("it is shipped");
    let door = |entry: &transport::Entry| Door::new(entry.descriptor, (entry.build)(&scenario));
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    runtime.expect("a runtime").block_on(async {
        let live = Live::new(scenario.clone(), 10_000);
        let server = Server {
            doors: transport::ALL.iter().map(door).collect(),
            hub: live.hub().clone(),
            buffers: Buffers::for_scenario(&scenario),
            connections: 1_000,
            head_timeout: None,
        };
        tokio::spawn(live.go_on());
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await;
        let listener = listener.expect("a free port");
        let address = listener.local_addr().expect("its address");
        tokio::spawn(server.run(Listener::Tcp(listener)));
        let memory = Arc::default();
        let address = stand_before(address, Liar { up, down, memory }).await;
        let target: Target = format!("http://{address}").parse().expect("a target");
        clock::sleep(10 * MS).await;
        check(&target, FOR_NS).await.expect("the server answers")
    })
}

fn clauses(findings: &[Finding], verdict: Verdict) -> Vec<&'static str> {
    let these = findings.iter().filter(|finding| finding.verdict == verdict);
    these.map(|finding| finding.clause).collect()
}

fn assert_fails(name: &str, up: Change, down: Change, expected: &[&str]) {
    let findings = findings(name, up, down);
    let seen = super::faults(&findings);
    assert_eq!(
        clauses(&findings, Verdict::Failed),
        expected,
        "{name}: {seen}"
    );
}

#[test]
fn our_own_applications_keep_every_clause() {
    for (name, skipped) in [
        ("chat", &["C90", "C91"][..]),
        ("whiteboard", &["C92"]),
        ("document", &["C92"]),
    ] {
        let findings = findings(name, honest, honest);
        let seen = super::faults(&findings);
        assert_eq!(
            clauses(&findings, Verdict::Failed),
            [""; 0],
            "{name}: {seen}"
        );
        let expected = [&["C6", "C47", "C58"], skipped].concat();
        assert_eq!(clauses(&findings, Verdict::Skipped), expected, "{name}");
    }
}

#[test]
fn a_confirmation_has_another_number() {
    let down: Change = |bytes, _| replace(bytes, b"{\"ack\":2,\"ok", b"{\"ack\":9,\"ok");
    assert_fails("chat", honest, down, &["C81", "C86"]);
}

#[test]
fn a_message_that_comes_again_is_taken_again() {
    // A message that is the same as the one before gets a number of its own, and its answer the old one.
    let up: Change = |bytes, before| {
        let Some(at) = bytes.windows(7).position(|part| part == b"{\"n\":2,") else {
            return;
        };
        let mut before = before.lock().expect("no panic");
        if *before == bytes[at..] {
            replace(bytes, b"{\"n\":2,", b"{\"n\":9,");
        } else {
            *before = bytes[at..].to_vec();
        }
    };
    let down: Change = |bytes, _| replace(bytes, b"{\"ack\":9", b"{\"ack\":2");
    let findings = findings("chat", up, down);
    let failed = clauses(&findings, Verdict::Failed);
    assert!(failed.contains(&"C84"), "{}", super::faults(&findings));
}

#[test]
fn topics_are_ignored() {
    let up: Change = |bytes, _| {
        replace(bytes, b"topics=", b"tropic=");
    };
    assert_fails("chat", up, honest, &["C16"]);
}

#[test]
fn a_snapshot_is_behind() {
    let down: Change = |bytes, _| {
        for digit in b"123456789" {
            let from = [&b"{\"seq\":"[..], &[*digit], b",\"topics\""].concat();
            replace(bytes, &from, b"{\"seq\":0,\"topics\"");
        }
    };
    assert_fails("whiteboard", honest, down, &["C90"]);
}

#[test]
fn one_door_echoes_and_the_others_do_not() {
    let up: Change = |bytes, _| {
        if bytes.starts_with(b"GET /long-poll?since") {
            replace(bytes, b"&client=check", b"&clyent=check");
        }
    };
    assert_fails("whiteboard", up, honest, &["C17"]);
}

#[test]
fn a_foreign_page_is_given_permission() {
    let down: Change = |bytes, _| {
        if has(bytes, b"405 Method Not Allowed") {
            // As long as the line it replaces.
            replace(
                bytes,
                b"Content-Type: text/plain; charset=utf-8",
                b"Access-Control-Allow-Origin:          *",
            );
        }
    };
    assert_fails("chat", honest, down, &["C87"]);
}

#[test]
fn mistakes_are_let_pass() {
    let down: Change =
        |bytes, _| replace(bytes, b"HTTP/1.1 409 Conflict", b"HTTP/1.1 200 Conflict");
    assert_fails("chat", honest, down, &["C85"]);
    let down: Change = |bytes, _| replace(bytes, b",\"error\":", b",\"arror\":");
    assert_fails("chat", honest, down, &["C86"]);
}
