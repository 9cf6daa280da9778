//! Publishing, topics and snapshots, where there are any.

use super::Findings;
use super::journal::{seq, shown};
use super::target::{Target, within};
use super::topics::{self, NOWHERE, open, say};
use super::try_out::{Voice, Way, confirmed, find, post};
use crate::clock::S;
use futures_util::StreamExt;
use serde_json::Value;
use tokio_tungstenite::tungstenite::Message;

const PATIENCE_NS: u64 = 5 * S;
/// The clauses that only a server has to keep where clients publish.
const CLAUSES: [&str; 10] = [
    "C17", "C81", "C83", "C84", "C85", "C86", "C87", "C90", "C91", "C92",
];

/// Checks all of it; returns whether clients publish here.
pub async fn check(target: &Target, findings: &mut Findings) -> bool {
    let way = find(target).await;
    let way = match way {
        Ok(Some(way)) => way,
        Ok(None) => {
            for clause in CLAUSES {
                findings.skipped(clause, "nobody publishes here");
            }
            topics::check_alone(target, findings).await;
            return false;
        }
        Err(why) => {
            unknown(target, findings).await;
            for clause in topics::CLAUSES.iter().chain(&CLAUSES) {
                findings.skipped(clause, why.clone());
            }
            return true;
        }
    };
    unknown(target, findings).await;
    let path = format!("/poll?since=0&topics={}", way.topic);
    let known = target.get(&path).await;
    findings.note("C16", known.and_then(|answer| answer.is(200)));
    errors(target, &way, findings).await;
    let told = confirmations(target, &way, findings).await;
    findings.note("C81", told);
    let own = own_messages(target, &way).await;
    findings.note("C17", own);
    findings.note("C64", topics::change(target, &way.topic).await);
    findings.note("C86", socket_errors(target, &way).await);
    snapshots(target, &way, findings).await;
    true
}

/// Names of topics and of clients that do not exist.
async fn unknown(target: &Target, findings: &mut Findings) {
    topics::unknown(target, findings).await;
    topics::refused(target, "C17", "client=a/b", 400, findings).await;
}

/// What over HTTP is no message.
async fn errors(target: &Target, way: &Way, findings: &mut Findings) {
    let name = Voice::new().name;
    let topic = &way.topic;
    for (text, status) in [
        (String::from("hello"), 400),
        (String::from("{}"), 400),
        (format!(r#"{{"n":-1,"topic":"{topic}"}}"#), 400),
        (format!(r#"{{"n":1.5,"topic":"{topic}"}}"#), 400),
        (String::from(r#"{"n":1}"#), 400),
        (
            format!(r#"{{"n":1,"topic":"{topic}","class":"no-such-class"}}"#),
            400,
        ),
        (format!(r#"{{"n":1,"topic":"{NOWHERE}"}}"#), 404),
        (format!(r#"{{"n":20000,"topic":"{topic}"}}"#), 409),
        (" ".repeat(16_385), 413),
    ] {
        let shown: String = text.chars().take(40).collect();
        let outcome = post(target, &name, text)
            .await
            .and_then(|answer| answer.is(status));
        findings.note("C85", outcome.map_err(|seen| format!("{shown}: {seen}")));
    }
    let plain = [("content-type", "text/plain")];
    let path = format!("/publish?client={name}");
    let answer = target.ask("POST", &path, &plain, "{}", PATIENCE_NS).await;
    findings.note("C85", answer.and_then(|answer| answer.is(415)));
    let nobody = post(target, "", String::from("{}")).await;
    findings.note("C85", nobody.and_then(|answer| answer.is(400)));
    let asked = target.ask("GET", &path, &[], "", PATIENCE_NS).await;
    let outcome = asked.and_then(|answer| {
        answer.is(405)?;
        answer.has("allow", "POST")
    });
    findings.note(
        "C9",
        outcome.map_err(|seen| format!("GET /publish: {seen}")),
    );
    let page = [
        ("origin", "http://foreign.example"),
        ("access-control-request-method", "POST"),
        ("access-control-request-headers", "content-type"),
    ];
    let asked = target.ask("OPTIONS", &path, &page, "", PATIENCE_NS).await;
    let outcome = asked.and_then(|answer| {
        answer.is(405)?;
        let allowed = answer.has("access-control-allow-origin", "");
        allowed
            .err()
            .map(drop)
            .ok_or_else(|| String::from("a foreign page may publish"))
    });
    findings.note("C87", outcome);
}

/// A message over each of the two ways, and each of them again over the other.
async fn confirmations(target: &Target, way: &Way, findings: &mut Findings) -> Result<(), String> {
    let mut voice = way.begin(target).await?;
    let first = way.message(&mut voice);
    let answer = post(target, &voice.name, first.clone()).await?;
    answer.has("content-type", "application/json")?;
    let event = confirmed(&answer)?;
    acknowledges(&answer.body, voice.n)?;
    findings.note("C83", in_the_feed(target, event).await);
    let again = post(target, &voice.name, first.clone()).await?;
    findings.note("C84", same(&again.body, &answer.body));
    let talk = async {
        let hello = format!(r#"{{"since":9000000000000000,"client":"{}"}}"#, voice.name);
        let mut socket = open(target, hello).await?;
        let other = say(&mut socket, first).await?;
        findings.note("C84", same(other.as_bytes(), &answer.body));
        let second = way.message(&mut voice);
        let told = say(&mut socket, second.clone()).await?;
        acknowledges(told.as_bytes(), voice.n)?;
        let again = post(target, &voice.name, second).await?;
        findings.note("C84", same(&again.body, told.as_bytes()));
        Ok::<_, String>(())
    };
    within(PATIENCE_NS, talk).await??;
    findings.note("C84", once(target, event).await);
    Ok(())
}

fn acknowledges(text: &[u8], n: u64) -> Result<(), String> {
    let said: Value = serde_json::from_slice(text).unwrap_or_default();
    if said["ack"].as_u64() == Some(n) && said["ok"].is_boolean() {
        return Ok(());
    }
    Err(format!("{} to message {n}", shown(text)))
}

fn same(text: &[u8], before: &[u8]) -> Result<(), String> {
    if text == before {
        return Ok(());
    }
    Err(format!("{} after {}", shown(text), shown(before)))
}

/// The events from this one on.
async fn from(target: &Target, event: u64, wish: &str) -> Result<Vec<Value>, String> {
    let path = format!("/poll?since={}{wish}", event.saturating_sub(1));
    let answer = target.get(&path).await?;
    let lines = answer.body.split(|&byte| byte == b'\n');
    Ok(lines
        .filter_map(|line| serde_json::from_slice(line).ok())
        .collect())
}

async fn in_the_feed(target: &Target, event: u64) -> Result<(), String> {
    let events = from(target, event, "").await?;
    match events.first().and_then(|first| first["seq"].as_u64()) {
        Some(seq) if seq == event => Ok(()),
        other => Err(format!("{other:?} where event {event} was confirmed")),
    }
}

/// Nothing with the same members as this event comes again.
async fn once(target: &Target, event: u64) -> Result<(), String> {
    let mut events = from(target, event, "").await?;
    for members in events.iter_mut().filter_map(Value::as_object_mut) {
        members.remove("seq");
        members.remove("t");
    }
    let count = events
        .iter()
        .filter(|other| Some(*other) == events.first())
        .count();
    if count == 1 {
        return Ok(());
    }
    Err(format!("event {event} is there {count} times"))
}

/// Whether one's own messages come back is the server's to say, but on all doors it says the same.
async fn own_messages(target: &Target, way: &Way) -> Result<(), String> {
    let mut voice = way.begin(target).await?;
    let text = way.message(&mut voice);
    let event = confirmed(&post(target, &voice.name, text).await?)?;
    let Voice { name, .. } = &voice;
    let since = event.saturating_sub(1);
    let wish = format!("&client={name}");
    let shows = |events: &[Value]| events.iter().any(|own| own["seq"].as_u64() == Some(event));
    let poll = shows(&from(target, event, &wish).await?);
    let path = format!("/long-poll?since={since}&hold=200{wish}");
    let held = target.get(&path).await?;
    let lines = held.body.split(|&byte| byte == b'\n');
    let lines: Vec<Value> = lines
        .filter_map(|line| serde_json::from_slice(line).ok())
        .collect();
    let hello = format!(r#"{{"since":{since},"client":"{name}"}}"#);
    let mut socket = open(target, hello).await?;
    let first = async {
        loop {
            match socket.next().await {
                Some(Ok(Message::Text(text))) => break seq(text.as_bytes()) == Ok(event),
                Some(Ok(_)) => {}
                _ => break false,
            }
        }
    };
    let pushed = within(S / 5, first).await.unwrap_or(false);
    for (door, seen) in [("/long-poll", shows(&lines)), ("/ws", pushed)] {
        if seen != poll {
            let not = |seen| if seen { "shows" } else { "does not show" };
            let (this, other) = (not(seen), not(poll));
            return Err(format!(
                "{door} {this} what {name} published, /poll {other} it"
            ));
        }
    }
    Ok(())
}

/// What over a WebSocket is no message, and that the connection goes on.
async fn socket_errors(target: &Target, way: &Way) -> Result<(), String> {
    let mut voice = way.begin(target).await?;
    let talk = async {
        let hello = format!(r#"{{"since":9000000000000000,"client":"{}"}}"#, voice.name);
        let mut socket = open(target, hello).await?;
        let nowhere = format!(r#"{{"n":7,"topic":"{NOWHERE}"}}"#);
        for (text, ack) in [
            ("hello", Value::Null),
            ("{}", Value::Null),
            (&nowhere, 7.into()),
        ] {
            let told = say(&mut socket, text.to_owned()).await?;
            let said: Value = serde_json::from_str(&told).unwrap_or_default();
            if !said["error"].is_string() || said["ack"] != ack {
                return Err(format!("{told} after {text}"));
            }
        }
        let text = way.message(&mut voice);
        let told = say(&mut socket, text).await?;
        acknowledges(told.as_bytes(), voice.n)
    };
    within(PATIENCE_NS, talk).await?
}

/// Snapshots are as new as what was confirmed before.
async fn snapshots(target: &Target, way: &Way, findings: &mut Findings) {
    let path = format!("/snapshot?topics={}", way.topic);
    match target.get(&path).await {
        Ok(answer) if answer.status == 404 => {
            findings.passed("C92");
            for clause in ["C90", "C91"] {
                findings.skipped(clause, "there are no snapshots here");
            }
            return;
        }
        _ => findings.skipped("C92", "there are snapshots here"),
    }
    let nowhere = target.get(&format!("/snapshot?topics={NOWHERE}")).await;
    findings.note("C90", nowhere.and_then(|answer| answer.is(404)));
    let fresh = async {
        let mut voice = way.begin(target).await?;
        let text = way.message(&mut voice);
        let event = confirmed(&post(target, &voice.name, text).await?)?;
        let answer = target.get(&path).await?;
        answer.is(200)?;
        answer.has("content-type", "application/json")?;
        stands_for(&answer.body, event, &way.topic)?;
        Ok::<_, String>(event)
    };
    let event = match fresh.await {
        Ok(event) => event,
        Err(why) => return findings.failed("C90", why),
    };
    findings.passed("C90");
    let joined = async {
        let hello = format!(r#"{{"join":true,"topics":["{}"]}}"#, way.topic);
        let mut socket = open(target, hello).await?;
        match socket.next().await {
            Some(Ok(Message::Text(text))) => stands_for(text.as_bytes(), event, &way.topic),
            other => Err(format!("{other:?} instead of a snapshot")),
        }
    };
    let joined = within(PATIENCE_NS, joined)
        .await
        .and_then(|outcome| outcome);
    findings.note("C91", joined);
}

fn stands_for(text: &[u8], event: u64, topic: &str) -> Result<(), String> {
    let said: Value = serde_json::from_slice(text).unwrap_or_default();
    match said["seq"].as_u64() {
        Some(seq) if seq >= event && said["topics"][topic].is_object() => Ok(()),
        _ => Err(format!("{} after event {event}", shown(text))),
    }
}
