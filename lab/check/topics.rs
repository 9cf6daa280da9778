//! Topics, which a server may have whether or not clients publish there.

use super::Findings;
use super::target::{Target, within};
use super::try_out::topics;
use crate::clock::S;
use futures_util::{SinkExt, StreamExt};
use serde_json::Value;
use tokio::net::TcpStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;

const PATIENCE_NS: u64 = 5 * S;
/// The clauses that only a server with topics has to keep.
pub const CLAUSES: [&str; 3] = ["C16", "C63", "C64"];
pub const NOWHERE: &str = "no-such-topic";

pub type Socket = WebSocketStream<TcpStream>;

/// Checks what can be checked of topics where nobody publishes.
pub async fn check_alone(target: &Target, findings: &mut Findings) {
    // Who has none need not know what is asked for.
    let asked = target.get(&format!("/poll?since=0&topics={NOWHERE}")).await;
    let topic = match asked.is_ok_and(|answer| answer.status == 404) {
        true => topics(target).await.into_iter().next(),
        false => None,
    };
    let Some(topic) = topic else {
        for clause in CLAUSES {
            findings.skipped(clause, "no topics were found here");
        }
        return;
    };
    unknown(target, findings).await;
    findings.note("C64", change(target, &topic).await);
}

/// Names of topics that do not exist.
pub async fn unknown(target: &Target, findings: &mut Findings) {
    refused(target, "C16", &format!("topics={NOWHERE}"), 404, findings).await;
    let hello = format!(r#"{{"since":0,"topics":["{NOWHERE}"]}}"#);
    let refused = async {
        let mut socket = open(target, hello).await?;
        match socket.next().await {
            Some(Ok(Message::Close(Some(close)))) if u16::from(close.code) == 1008 => Ok(()),
            other => Err(format!("{other:?} instead of a close with 1008")),
        }
    };
    let refused = within(PATIENCE_NS, refused)
        .await
        .and_then(|outcome| outcome);
    findings.note("C63", refused);
}

/// Asks at each door for what is to be refused with this status.
pub async fn refused(
    target: &Target,
    clause: &'static str,
    wish: &str,
    status: u16,
    findings: &mut Findings,
) {
    for door in ["/poll?", "/long-poll?hold=1&", "/events?"] {
        let path = format!("{door}since=0&{wish}");
        let answer = target.open("GET", &path, &[], "").await;
        let outcome = answer.and_then(|answer| match answer.status().as_u16() {
            seen if seen == status => Ok(()),
            seen => Err(format!("{path}: {seen} instead of {status}")),
        });
        findings.note(clause, outcome);
    }
}

pub async fn open(target: &Target, hello: String) -> Result<Socket, String> {
    let opened = target.websocket(&[]).await;
    let mut socket = opened.map_err(|error| format!("/ws does not open: {error}"))?;
    let sent = socket.send(Message::text(hello)).await;
    sent.map_err(|error| error.to_string())?;
    Ok(socket)
}

/// Sends a text; the first text that is no event.
pub async fn say(socket: &mut Socket, text: String) -> Result<String, String> {
    let sent = socket.send(Message::text(text)).await;
    sent.map_err(|error| error.to_string())?;
    loop {
        match socket.next().await {
            Some(Ok(Message::Text(text))) if text.starts_with("{\"seq\"") => {}
            Some(Ok(Message::Text(text))) => return Ok(text.to_string()),
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
            other => return Err(format!("/ws: {other:?} instead of an answer")),
        }
    }
}

/// Other topics in the middle of a stream.
pub async fn change(target: &Target, topic: &str) -> Result<(), String> {
    let talk = async {
        let mut socket = open(target, String::from(r#"{"since":9000000000000000}"#)).await?;
        let told = say(&mut socket, format!(r#"{{"follow":["{topic}"]}}"#)).await?;
        let said: Value = serde_json::from_str(&told).unwrap_or_default();
        let right = said["following"] == serde_json::json!([topic]) && said["since"].is_u64();
        right.then_some(()).ok_or(told)
    };
    within(PATIENCE_NS, talk).await?
}
