//! `pushlab check` against our own server, and against servers that break one rule each.

mod command;
mod faulty;
mod socket;
mod talkative;

use faulty::{Fault, Faulty};
use pushlab::check::{Finding, Target, Verdict, check};
use pushlab::clock::{self, MS};
use pushlab::feed::{Event, Feed};
use pushlab::hub::{Charter, Hub};
use pushlab::net::{Buffers, Listener};
use pushlab::scenario;
use pushlab::transport::server::{Door, Server};
use pushlab::transport::{self};
use std::net::Ipv4Addr;
use std::sync::Arc;
use tokio::net::TcpListener;

/// Events that are there before the check begins; it looks back ten of them.
const OLD_EVENTS: u64 = 20;
const BETWEEN_NS: u64 = 20 * MS;
const FOR_NS: u64 = 600 * MS;

fn event(seq: u64) -> Arc<Event> {
    Arc::new(Event {
        seq,
        topic: String::from("ACME"),
        born_ns: 0,
        payload: format!(r#"{{"seq":{seq},"t":0}}"#).into(),
        from: None,
    })
}

/// Checks a server on a port of its own whose door at `path` has this fault.
fn findings(path: &str, fault: Option<Fault>, kept: usize) -> Vec<Finding> {
    findings_of(Hub::of, path, fault, kept)
}

/// The same for a server with another hub before its feed.
fn findings_of(
    hub: impl FnOnce(Feed) -> Hub,
    path: &str,
    fault: Option<Fault>,
    kept: usize,
) -> Vec<Finding> {
    let scenario = scenario::shipped("ticker").expect("the ticker is shipped");
    let door = |entry: &transport::Entry| {
        let door = Door::new(entry.descriptor, (entry.build)(&scenario));
        match fault {
            Some(fault) if door.path == path => Door {
                transport: Faulty::around(door.transport, fault),
                ..door
            },
            _ => door,
        }
    };
    let feed = Feed::new(kept);
    (1..=OLD_EVENTS).for_each(|seq| feed.publish(event(seq)));
    let server = Server {
        doors: transport::ALL.iter().map(door).collect(),
        hub: hub(feed.clone()),
        buffers: Buffers::for_scenario(&scenario),
        connections: 1_000,
        head_timeout: None,
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    runtime.expect("a runtime").block_on(async {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await;
        let listener = listener.expect("a free port");
        let address = listener.local_addr().expect("its address");
        tokio::spawn(server.run(Listener::Tcp(listener)));
        tokio::spawn(async move {
            for seq in OLD_EVENTS + 1.. {
                clock::sleep(BETWEEN_NS).await;
                feed.publish(event(seq));
            }
        });
        let target: Target = format!("http://{address}").parse().expect("a target");
        check(&target, FOR_NS).await.expect("the server answers")
    })
}

fn clauses(findings: &[Finding], verdict: Verdict) -> Vec<&'static str> {
    let these = findings.iter().filter(|finding| finding.verdict == verdict);
    these.map(|finding| finding.clause).collect()
}

fn faults(findings: &[Finding]) -> String {
    let failed = findings
        .iter()
        .filter(|finding| finding.verdict == Verdict::Failed);
    failed
        .map(|finding| format!("\n{} {}", finding.clause, finding.seen))
        .collect()
}

/// A server with this fault fails exactly these clauses.
fn assert_fails(path: &str, fault: Fault, expected: &[&str]) {
    let findings = findings(path, Some(fault), 100_000);
    let failed = clauses(&findings, Verdict::Failed);
    let seen = faults(&findings);
    assert_eq!(failed, expected, "{path} with {fault:?}: {seen}");
}

#[test]
fn our_own_server_keeps_every_clause() {
    let findings = findings("", None, 100_000);
    assert_eq!(
        clauses(&findings, Verdict::Failed),
        [""; 0],
        "{}",
        faults(&findings)
    );
    // It forgets nothing and is never silent for so long, nobody publishes, and there are no topics.
    let people = [
        "C63", "C64", "C81", "C83", "C84", "C85", "C86", "C87", "C90", "C91", "C92",
    ];
    let skipped = [&["C6", "C16", "C17", "C47", "C58"][..], &people].concat();
    assert_eq!(clauses(&findings, Verdict::Skipped), skipped);
}

/// Who follows a ticker may ask for some of its symbols, although nobody publishes.
#[test]
fn topics_are_checked_where_there_are_any() {
    let ticker = scenario::shipped("ticker").expect("the ticker is shipped");
    let hub = |feed| Hub::reading(feed, Charter::new(&ticker, 0));
    let findings = findings_of(hub, "", None, 100_000);
    let passed = clauses(&findings, Verdict::Passed);
    for clause in ["C16", "C63", "C64"] {
        assert!(passed.contains(&clause), "{clause}: {}", faults(&findings));
    }
    let skipped = clauses(&findings, Verdict::Skipped);
    assert!(
        skipped.contains(&"C17") && skipped.contains(&"C81"),
        "{skipped:?}"
    );
}

#[test]
fn our_own_server_tells_what_it_has_forgotten() {
    let findings = findings("", None, 30);
    assert_eq!(
        clauses(&findings, Verdict::Failed),
        [""; 0],
        "{}",
        faults(&findings)
    );
    assert!(clauses(&findings, Verdict::Passed).contains(&"C6"));
}

#[test]
fn an_event_is_dropped() {
    assert_fails("/poll", Fault::Drop, &["C20"]);
    assert_fails("/long-poll", Fault::Drop, &["C30"]);
    assert_fails("/events", Fault::Drop, &["C40"]);
    assert_fails("/ws", Fault::Drop, &["C50"]);
}

#[test]
fn an_event_is_repeated() {
    assert_fails("/poll", Fault::Repeat, &["C20"]);
    assert_fails("/long-poll", Fault::Repeat, &["C30"]);
    assert_fails("/events", Fault::Repeat, &["C40"]);
    assert_fails("/ws", Fault::Repeat, &["C50"]);
}

#[test]
fn an_event_is_altered() {
    for path in ["/poll", "/long-poll", "/events", "/ws"] {
        assert_fails(path, Fault::Alter, &["C3"]);
    }
}

#[test]
fn the_cursor_is_ignored() {
    assert_fails("/poll", Fault::IgnoreCursor, &["C5", "C21", "C24"]);
    assert_fails("/long-poll", Fault::IgnoreCursor, &["C31", "C33", "C35"]);
    assert_fails("/events", Fault::IgnoreCursor, &["C5", "C41", "C42"]);
    assert_fails("/ws", Fault::IgnoreCursor, &["C5", "C51"]);
}

#[test]
fn a_bad_request_is_answered_with_200() {
    for path in ["/poll", "/long-poll", "/events"] {
        assert_fails(path, Fault::Lenient, &["C7"]);
    }
    assert_fails("/ws", Fault::Lenient, &["C56"]);
}

#[test]
fn a_question_is_not_held() {
    assert_fails("/long-poll", Fault::Impatient, &["C33"]);
}
