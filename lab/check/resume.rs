//! Where each door goes on after a cursor, and what it says when there is nothing new.

use super::Findings;
use super::follow::FAR;
use super::journal::{Journal, seq, shown};
use super::target::{Answer, Target, hello, within};
use crate::clock::{MS, S};
use futures_util::{SinkExt, StreamExt};
use http_body_util::BodyExt;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;

/// What counts as at once, on a machine that is busy.
const AT_ONCE_NS: u64 = 2 * S;
/// How long a question about nothing is held.
const HOLD_MS: u64 = 300;

/// Checks resumption and empty answers on each door.
pub async fn check(target: &Target, journals: &[Journal], findings: &mut Findings) {
    let seen = journals.iter().flat_map(|journal| &journal.seen);
    let mut known: Vec<u64> = seen.map(|seen| seen.seq).collect();
    known.sort_unstable();
    known.dedup();
    // From the newest but one: it exists, its successor exists, and no server has forgotten it.
    match known[..] {
        [oldest, .., cursor, _] => resume(target, oldest, cursor, findings).await,
        _ => {
            for clause in ["C21", "C23", "C31", "C41", "C42", "C51"] {
                findings.skipped(clause, "too few events: follow --for longer");
            }
        }
    }
    newest(target, findings).await;
    empty(target, findings).await;
    forgotten(target, findings).await;
}

/// Asks each door for what comes after `cursor`; `older` is a cursor that must not matter.
async fn resume(target: &Target, older: u64, cursor: u64, findings: &mut Findings) {
    let polled = target.get(&format!("/poll?since={cursor}")).await;
    findings.note("C21", begins(&polled, cursor));
    findings.note("C23", at_once(&polled));
    let polled = target
        .get(&format!("/long-poll?since={cursor}&hold=5000"))
        .await;
    findings.note("C31", begins(&polled, cursor));
    findings.note("C34", at_once(&polled));
    let since = format!("/events?since={cursor}");
    findings.note("C42", stream_begins(target, &since, None, cursor).await);
    let since = format!("/events?since={}", older.saturating_sub(1));
    let returned = stream_begins(target, &since, Some(cursor), cursor).await;
    findings.note("C41", returned);
    findings.note("C51", socket_begins(target, cursor).await);
}

/// Passes if these bytes are the event right after the cursor.
fn follows(text: &[u8], cursor: u64) -> Result<(), String> {
    match seq(text) {
        Ok(seq) if seq == cursor + 1 => Ok(()),
        Ok(seq) => Err(format!("begins with event {seq} after cursor {cursor}")),
        Err(why) => Err(format!("{why}: {}", shown(text))),
    }
}

fn begins(answer: &Result<Answer, String>, cursor: u64) -> Result<(), String> {
    let answer = answer.as_ref().map_err(String::clone)?;
    answer.is(200)?;
    let line = answer.body.split(|&byte| byte == b'\n').next();
    follows(line.unwrap_or_default(), cursor)
}

fn at_once(answer: &Result<Answer, String>) -> Result<(), String> {
    let took_ns = answer.as_ref().map_err(String::clone)?.took_ns;
    if took_ns < AT_ONCE_NS {
        return Ok(());
    }
    Err(format!("old news took {} ms", took_ns / MS))
}

async fn stream_begins(
    target: &Target,
    path: &str,
    last_id: Option<u64>,
    cursor: u64,
) -> Result<(), String> {
    let id = last_id.map(|id| id.to_string());
    let lines: Vec<_> = id.iter().map(|id| ("last-event-id", id.as_str())).collect();
    let first = async {
        let mut answer = target.open("GET", path, &lines, "").await?;
        if answer.status() != 200 {
            return Err(format!("answered with {}", answer.status()));
        }
        let mut text = Vec::new();
        while let Some(Ok(frame)) = answer.frame().await {
            text.extend_from_slice(frame.data_ref().map_or(&[][..], |data| data));
            let mut lines = text.split_inclusive(|&byte| byte == b'\n');
            let data = lines.find_map(|line| line.strip_prefix(b"data: ")?.strip_suffix(b"\n"));
            if let Some(data) = data {
                return follows(data, cursor);
            }
        }
        Err(String::from("the stream ends"))
    };
    within(AT_ONCE_NS, first).await?
}

async fn socket_begins(target: &Target, cursor: u64) -> Result<(), String> {
    let first = async {
        let opened = target.websocket(&[]).await;
        let mut socket = opened.map_err(|error| error.to_string())?;
        let sent = socket.send(hello(cursor)).await;
        sent.map_err(|error| error.to_string())?;
        loop {
            match socket.next().await {
                Some(Ok(Message::Text(text))) => return follows(text.as_bytes(), cursor),
                Some(Ok(Message::Ping(_))) => {}
                other => return Err(format!("not an event: {other:?}")),
            }
        }
    };
    within(AT_ONCE_NS, first).await?
}

/// What polls say when there is nothing new.
async fn empty(target: &Target, findings: &mut Findings) {
    let nothing = |answer: &Answer| {
        answer.is(204)?;
        if answer.body.is_empty() {
            return Ok(());
        }
        Err(format!("204 with {}", shown(&answer.body)))
    };
    match target.get(&format!("/poll?since={FAR}")).await {
        Ok(answer) => {
            findings.note("C24", nothing(&answer));
            if answer.status == 200 {
                findings.failed("C5", format!("/poll: events after cursor {FAR}"));
            }
        }
        Err(why) => findings.failed("C24", why),
    }
    match target
        .get(&format!("/long-poll?since={FAR}&hold={HOLD_MS}"))
        .await
    {
        Ok(answer) => {
            findings.note("C35", nothing(&answer));
            let took_ms = answer.took_ns / MS;
            let seen = format!("answered after {took_ms} ms of {HOLD_MS} ms");
            findings.note(
                "C33",
                if took_ms < HOLD_MS {
                    Err(seen.clone())
                } else {
                    Ok(())
                },
            );
            findings.note(
                "C35",
                if answer.took_ns > AT_ONCE_NS {
                    Err(seen)
                } else {
                    Ok(())
                },
            );
        }
        Err(why) => findings.failed("C35", why),
    }
}

/// A poll without a cursor.
async fn newest(target: &Target, findings: &mut Findings) {
    let outcome = match target.get("/poll").await {
        Ok(answer) if answer.status == 204 => Ok(()),
        Ok(answer) => answer.is(200).and_then(|()| {
            let lines = answer.body.trim_ascii_end().split(|&byte| byte == b'\n');
            match lines.count() {
                1 => Ok(()),
                lines => Err(format!("{lines} events")),
            }
        }),
        Err(why) => Err(why),
    };
    findings.note("C25", outcome);
}

/// What each door says to a cursor that is too old, if the server has forgotten anything.
async fn forgotten(target: &Target, findings: &mut Findings) {
    match target.get("/poll?since=0").await {
        Ok(answer) if answer.status == 410 => {}
        Ok(answer) if answer.status.is_success() => {
            return findings.skipped("C6", "the server still has its first event");
        }
        Ok(answer) => return findings.note("C6", answer.is(410)),
        Err(why) => return findings.failed("C6", why),
    }
    for path in ["/long-poll?since=0&hold=1000", "/events?since=0"] {
        let answer = target
            .open("GET", path, &[], "")
            .await
            .map(|answer| answer.status());
        let outcome = match answer {
            Ok(status) if status == 410 => Ok(()),
            Ok(status) => Err(format!("{path}: {status} instead of 410")),
            Err(why) => Err(why),
        };
        findings.note("C6", outcome);
    }
    let closed = async {
        let mut socket = target
            .websocket(&[])
            .await
            .map_err(|error| error.to_string())?;
        let sent = socket.send(hello(0)).await;
        sent.map_err(|error| error.to_string())?;
        match socket.next().await {
            Some(Ok(Message::Close(Some(CloseFrame { code, .. })))) if u16::from(code) == 4410 => {
                Ok(())
            }
            other => Err(format!("/ws: {other:?} instead of a close with 4410")),
        }
    };
    let outcome = within(AT_ONCE_NS, closed).await.and_then(|outcome| outcome);
    findings.note("C6", outcome);
}
