//! Requests that a server refuses, and with which status.

use super::Findings;
use super::target::{Answer, Target};
use crate::clock::S;

const PATIENCE_NS: u64 = 5 * S;
const DOORS: [&str; 4] = ["/poll", "/long-poll", "/events", "/ws"];

/// Header lines of a request.
type Lines<'a> = &'a [(&'a str, &'a str)];

/// Sends each and looks at the status.
pub async fn check(target: &Target, findings: &mut Findings) {
    for door in DOORS {
        let opened = target.open("GET", door, &[], "").await;
        findings.note(
            "C1",
            match opened.map(|answer| answer.status()) {
                Ok(status) if status != 404 => Ok(()),
                Ok(status) => Err(format!("{door}: {status}")),
                Err(why) => Err(format!("{door}: {why}")),
            },
        );
    }
    numbers(target, findings).await;
    let nowhere = get(target, "/no-such-door", &[], 404).await;
    findings.note("C8", nowhere.map(drop));
    for door in DOORS {
        let posted = target.ask("POST", door, &[], "", PATIENCE_NS).await;
        let outcome = posted.and_then(|answer| {
            answer.is(405)?;
            answer.has("allow", "GET")
        });
        findings.note("C9", outcome.map_err(|seen| format!("POST {door}: {seen}")));
    }
    let body = target
        .ask("GET", "/poll?since=0", &[], "hello", PATIENCE_NS)
        .await;
    findings.note("C10", body.and_then(|answer| answer.is(413)));
    let target_too_long = format!("/poll?since={}", "0".repeat(5_000));
    findings.note(
        "C11",
        get(target, &target_too_long, &[], 414).await.map(drop),
    );
    let long = "x".repeat(17_000);
    findings.note(
        "C12",
        get(target, "/poll", &[("x-long", &long)], 431)
            .await
            .map(drop),
    );
    upgrades(target, findings).await;
}

async fn get(target: &Target, path: &str, lines: Lines<'_>, status: u16) -> Result<Answer, String> {
    let answer = target.open("GET", path, lines, "").await?;
    let answer = Answer {
        status: answer.status(),
        headers: answer.headers().clone(),
        body: Default::default(),
        took_ns: 0,
    };
    let shown: String = path.chars().take(40).collect();
    let outcome = answer.is(status);
    outcome.map_err(|seen| format!("{shown}: {seen}"))?;
    Ok(answer)
}

async fn numbers(target: &Target, findings: &mut Findings) {
    let polls = [
        "/poll?since=",
        "/poll?since=x",
        "/poll?since=-1",
        "/poll?since=+1",
        "/poll?since=1.5",
        "/poll?since=18446744073709551616",
        "/long-poll?since=x&hold=1",
        "/long-poll?since=0&hold=x",
        "/events?since=x",
    ];
    for path in polls {
        findings.note("C7", get(target, path, &[], 400).await.map(drop));
    }
    let id = get(target, "/events", &[("last-event-id", "x")], 400).await;
    findings.note("C7", id.map(drop));
}

async fn upgrades(target: &Target, findings: &mut Findings) {
    let plain = get(target, "/ws", &[], 426).await;
    let outcome = plain.and_then(|answer| answer.has("upgrade", "websocket"));
    findings.note("C53", outcome);
    let upgrade = |version, key| {
        [
            ("connection", "Upgrade"),
            ("upgrade", "WebSocket"),
            ("sec-websocket-version", version),
            ("sec-websocket-key", key),
        ]
    };
    const KEY: &str = "dGhlIHNhbXBsZSBub25jZQ==";
    let old = get(target, "/ws", &upgrade("8", KEY), 426).await;
    let outcome = old.and_then(|answer| answer.has("sec-websocket-version", "13"));
    findings.note("C53", outcome);
    findings.note(
        "C53",
        get(target, "/ws", &upgrade("13", "short"), 400)
            .await
            .map(drop),
    );
    let foreign = [
        &upgrade("13", KEY)[..],
        &[("origin", "http://foreign.example")],
    ]
    .concat();
    findings.note("C62", get(target, "/ws", &foreign, 403).await.map(drop));
}
