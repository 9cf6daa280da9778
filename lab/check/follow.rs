//! Follows the feed through all four doors at once.

use super::Findings;
use super::journal::{Journal, Rules};
use super::judge::{judge, silence};
use super::target::{Target, has, hello};
use crate::clock::{self, MS, S};
use futures_util::{SinkExt, StreamExt};
use http_body_util::BodyExt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;
use tokio_tungstenite::tungstenite::Message;

const POLL: Rules = Rules {
    door: "/poll",
    order: "C20",
    cursor: "C21",
    prompt: None,
};
const LONG_POLL: Rules = Rules {
    door: "/long-poll",
    order: "C30",
    cursor: "C31",
    prompt: Some("C34"),
};
const EVENTS: Rules = Rules {
    door: "/events",
    order: "C40",
    cursor: "C42",
    prompt: Some("C46"),
};
const WS: Rules = Rules {
    door: "/ws",
    order: "C50",
    cursor: "C51",
    prompt: Some("C55"),
};

/// Time between two polls.
const EVERY_NS: u64 = 100 * MS;
/// What a held question asks for.
const HOLD_MS: u64 = 2_000;
/// How long the doors may take to catch up with the fastest one.
const GRACE_NS: u64 = 3 * S;
/// How many old events are followed, so that something is seen of a slow feed too.
const BACKLOG: u64 = 10;
/// A cursor that no feed has reached, and that every JSON library reads exactly.
pub const FAR: u64 = 9_000_000_000_000_000;

/// A journal that its follower writes and the check reads.
#[derive(Clone)]
struct Track {
    journal: Arc<Mutex<Journal>>,
    grown: Arc<Notify>,
}

impl Track {
    fn new(rules: Rules, cursor: u64, grown: &Arc<Notify>) -> Self {
        Self {
            journal: Arc::new(Mutex::new(Journal::new(rules, cursor))),
            grown: grown.clone(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Journal> {
        self.journal.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn cursor(&self) -> u64 {
        self.lock().cursor
    }

    fn take(&self, text: &[u8], begins: bool) {
        self.lock().take(text, begins);
        self.grown.notify_waiters();
    }

    fn note(&self, clause: &'static str, outcome: Result<(), String>) {
        self.lock().note(clause, outcome);
    }

    /// Notes why a door can be followed no longer.
    fn ended(&self, why: String) {
        let order = self.lock().rules.order;
        self.note(order, Err(why));
        self.grown.notify_waiters();
    }
}

/// Follows for `for_ns`, then until every door has caught up; what each door showed.
pub async fn follow(target: &Target, for_ns: u64, findings: &mut Findings) -> Vec<Journal> {
    let base = begin(target).await;
    let grown = Arc::new(Notify::new());
    let tracks = [POLL, LONG_POLL, EVENTS, WS].map(|rules| Track::new(rules, base, &grown));
    // These two wait beyond the newest event, where only heartbeats come by.
    let quiet = [EVENTS, WS].map(|rules| Track::new(rules, FAR, &grown));
    let mut followers = tokio::task::JoinSet::new();
    let [poll, long_poll, stream, socket] = tracks.clone();
    followers.spawn(ask(target.clone(), poll, None));
    followers.spawn(ask(target.clone(), long_poll, Some(HOLD_MS)));
    for track in [stream, quiet[0].clone()] {
        followers.spawn(listen(target.clone(), track));
    }
    for track in [socket, quiet[1].clone()] {
        followers.spawn(talk(target.clone(), track));
    }
    clock::sleep(for_ns).await;
    let goal = tracks.iter().map(Track::cursor).max().unwrap_or(base);
    tokio::select! {
        biased;
        () = caught_up(&tracks, &grown, goal) => {}
        () = clock::sleep(GRACE_NS) => {}
    }
    followers.shutdown().await;
    for (track, clause) in quiet.iter().zip(["C47", "C58"]) {
        silence(&track.lock(), clause, for_ns, findings);
    }
    let journals = tracks.map(|track| {
        let rules = track.lock().rules;
        std::mem::replace(&mut *track.lock(), Journal::new(rules, base))
    });
    judge(&journals, goal, findings);
    journals.into()
}

/// A cursor a little before the newest event that the server still knows.
async fn begin(target: &Target) -> u64 {
    let Ok(newest) = target.get("/poll").await else {
        return 0;
    };
    let newest = super::journal::seq(newest.body.trim_ascii_end()).unwrap_or(0);
    let base = newest.saturating_sub(BACKLOG);
    match target.get(&format!("/poll?since={base}")).await {
        Ok(answer) if answer.status == 410 => newest,
        _ => base,
    }
}

async fn caught_up(tracks: &[Track], grown: &Notify, goal: u64) {
    loop {
        let mut more = std::pin::pin!(grown.notified());
        more.as_mut().enable();
        if tracks.iter().all(|track| track.cursor() >= goal) {
            return;
        }
        more.await;
    }
}

/// Polls, or asks and waits.
async fn ask(target: Target, track: Track, hold_ms: Option<u64>) {
    let (typed, held) = match hold_ms {
        None => ("C22", 0),
        Some(hold_ms) => ("C32", hold_ms * MS),
    };
    loop {
        let cursor = track.cursor();
        let path = match hold_ms {
            None => format!("/poll?since={cursor}"),
            Some(hold_ms) => format!("/long-poll?since={cursor}&hold={hold_ms}"),
        };
        let answer = match target.ask("GET", &path, &[], "", held + 5 * S).await {
            Ok(answer) => answer,
            Err(why) => return track.ended(why),
        };
        match answer.status.as_u16() {
            200 => {
                let lines = answer.body.strip_suffix(b"\n");
                track.note(typed, answer.has("content-type", "application/x-ndjson"));
                track.note(typed, answer.has("cache-control", "no-store"));
                let unended = || format!("{path}: the last line does not end");
                track.note(typed, lines.map(drop).ok_or_else(unended));
                let lines = lines.unwrap_or(&answer.body).split(|&byte| byte == b'\n');
                for (index, line) in lines.enumerate() {
                    track.take(line, index == 0);
                }
                if track.cursor() == cursor {
                    clock::sleep(EVERY_NS).await; // a server that tells old news is not hurried
                }
            }
            204 if hold_ms.is_some() && answer.took_ns < held => {
                let early = format!("204 after {} ms of {} ms", answer.took_ns / MS, held / MS);
                track.note("C33", Err(early));
                clock::sleep(EVERY_NS).await;
            }
            204 => {}
            other => return track.ended(format!("{path} is answered with {other}")),
        }
        if hold_ms.is_none() {
            clock::sleep(EVERY_NS).await;
        }
    }
}

/// Listens to the event stream.
async fn listen(target: Target, track: Track) {
    let mut cursor = track.cursor();
    let path = format!("/events?since={cursor}");
    let opened = target.open("GET", &path, &[("accept", "text/event-stream")], "");
    let mut answer = match opened.await {
        Ok(answer) if answer.status() == 200 => answer,
        Ok(answer) => return track.ended(format!("{path} is answered with {}", answer.status())),
        Err(why) => return track.ended(why),
    };
    track.note(
        "C43",
        has(answer.headers(), "content-type", "text/event-stream"),
    );
    track.note("C43", has(answer.headers(), "cache-control", "no-store"));
    let mut text = Vec::new();
    let mut begins = true;
    while let Some(Ok(frame)) = answer.frame().await {
        text.extend_from_slice(frame.data_ref().map_or(&[][..], |data| data));
        while let Some(end) = text.windows(2).position(|end| end == b"\n\n") {
            let block: Vec<u8> = text.drain(..end + 2).collect();
            let block = String::from_utf8_lossy(&block[..end]).into_owned();
            if block.starts_with("retry:") {
                track.note("C45", Ok(()));
            } else if block.starts_with(':') {
                track.note("C47", Ok(()));
            } else {
                show(&track, &block, begins);
                begins = false;
                cursor = track.cursor();
            }
        }
    }
    track.ended(format!("the stream ends after event {cursor}"));
}

/// One event of the stream.
fn show(track: &Track, block: &str, begins: bool) {
    if !track.lock().kept.contains(&"C45") {
        track.note("C45", Err(String::from("an event before retry")));
    }
    let field = |name: &str| {
        let lines = block.lines().filter_map(|line| line.split_once(": "));
        lines
            .filter(|(key, _)| *key == name)
            .map(|(_, value)| value)
            .next()
    };
    let (Some(id), Some(data)) = (field("id"), field("data")) else {
        let seen = format!("an event without id or data: {block:?}");
        return track.note("C44", Err(seen));
    };
    let seq = super::journal::seq(data.as_bytes());
    let same = seq.is_ok_and(|seq| seq.to_string() == id);
    let differs = || format!("id {id} for {data}");
    track.note("C44", same.then_some(()).ok_or_else(differs));
    track.take(data.as_bytes(), begins);
}

/// Says hello over a WebSocket and listens.
async fn talk(target: Target, track: Track) {
    let cursor = track.cursor();
    let mut socket = match target.websocket(&[]).await {
        Ok(socket) => socket,
        Err(error) => {
            track.note("C52", Err(error.to_string()));
            return track.ended(String::from("it does not open"));
        }
    };
    track.note("C52", Ok(()));
    if let Err(error) = socket.send(hello(cursor)).await {
        return track.ended(error.to_string());
    }
    let mut begins = true;
    loop {
        match socket.next().await {
            Some(Ok(Message::Text(text))) => {
                track.note("C54", Ok(()));
                track.take(text.as_bytes(), begins);
                begins = false;
            }
            Some(Ok(Message::Ping(_))) => track.note("C58", Ok(())),
            Some(Ok(Message::Binary(_))) => {
                track.note("C54", Err(String::from("a binary message")));
            }
            Some(Ok(Message::Close(frame))) => {
                return track.ended(format!("closed with {frame:?}"));
            }
            Some(Ok(_)) => {}
            Some(Err(error)) => return track.ended(error.to_string()),
            None => return track.ended(String::from("the connection ends")),
        }
    }
}
