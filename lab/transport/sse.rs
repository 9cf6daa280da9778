//! # Server-Sent Events: an answer that never ends
//!
//! ```text
//! client                                        server
//!   | GET /events HTTP/1.1              ------>   |   once
//!   | Accept: text/event-stream                   |
//!   | Last-Event-ID: 41                           |   only on return
//!   |                                             |
//!   |   <------   HTTP/1.1 200 OK                 |
//!   |             Content-Type: text/event-stream |
//!   |             retry: 1000                     |
//!   |                                             |
//!   |   <------   id: 42                          |   each event as it is born, as a chunk
//!   |             data: {"seq":    42,...}        |   of the same answer
//!   |                                             |
//!   |   <------   :                               |   a comment when nothing happened for a while
//! ```
//!
//! *Cost*: about 20 bytes of fields and chunk framing per event.
//! *May* gather events for a while (`batch_every`) and send them as one chunk, or only the newest
//! (`push_delivery`).
//! *Resumes* as the browser's `EventSource` does: after the pause that `retry` asks for, with the last
//! `id` it saw.
//! *Hurts*: one way only (upward traffic needs requests of its own), and chunks are not messages:
//! a proxy may cut or hold them, so the client parses lines, never chunks.

use super::client::Lost;
use super::event_stream::{Parser, Piece};
use super::heads::Heads;
use super::http::{Asker, Query, Turns, plain};
use super::pace::{News, Pacing, Silence};
use super::{Answer, Client, Costs, Descriptor, Entry, Events, Task, Transport, http, post};
use crate::clock;
use crate::feed::Batch;
use crate::hub::Hub;
use crate::measure::Marker;
use crate::scenario::{Scenario, Span, Upstream, spaced};
use crate::theory::Law;
use bytes::Bytes;
use http_body_util::{BodyExt, Either, StreamBody};
use hyper::body::{Frame, Incoming};
use hyper::header::{ACCEPT, CACHE_CONTROL, CONTENT_TYPE, DATE, HeaderValue};
use hyper::{Request, Response, StatusCode};
use std::sync::{Arc, Mutex, PoisonError};

pub const DESCRIPTOR: Descriptor = Descriptor {
    id: "sse",
    label: "Server-Sent Events",
    path: "/events",
    color: "#0072B2",
    marker: Marker::Diamond,
    law: Law::Push,
    fields: &["heartbeat", "batch_every", "push_delivery"],
};

pub const ENTRY: Entry = Entry {
    descriptor: &DESCRIPTOR,
    build: |scenario| Arc::new(Sse::new(scenario)),
};

/// What the server suggests as pause before a return.
const RETRY: &str = "retry: 1000\n\n";
/// Longest pause that a client lets a server talk it into.
const LONGEST_RETRY_MS: u64 = 60_000;
/// A comment: keeps the connection from looking dead (WHATWG HTML 9.2.7).
const HEARTBEAT: &str = ":\n\n";
/// How long opening may take; also the grace on top of two heartbeats before a silent stream is lost.
const PATIENCE_NS: u64 = 10 * clock::S;

/// Its settings in one run.
pub struct Sse {
    /// How often a silent stream shows that it lives; zero for never.
    heartbeat: Span,
    pacing: Pacing,
    heads: Arc<Heads>,
    /// What was written last, whoever it was for.
    last: Arc<Mutex<Piece>>,
}

impl Sse {
    fn new(scenario: &Scenario) -> Self {
        Self {
            heartbeat: scenario.heartbeat,
            pacing: Pacing::new(scenario),
            heads: Arc::new(Heads::new(&scenario.headers)),
            last: Arc::default(),
        }
    }
}

impl Transport for Sse {
    fn serve(self: Arc<Self>, request: Request<Incoming>, hub: Hub) -> Task<Answer> {
        Box::pin(async move {
            let query = Query::of(&request);
            let last_id = request
                .headers()
                .get("last-event-id")
                .map(HeaderValue::as_bytes);
            let cursor = match last_id.map(http::whole) {
                Some(Some(cursor)) => cursor,
                // A newcomer follows from the query's cursor, or from the beginning.
                None => match query.since() {
                    Ok(since) => since.unwrap_or(0),
                    Err(refusal) => return *refusal,
                },
                Some(None) => {
                    let text = "Last-Event-ID is not a whole number: send back an id as received\n";
                    return plain(StatusCode::BAD_REQUEST, text);
                }
            };
            let feed = match query.reader(&hub) {
                Ok(feed) => feed,
                Err(refusal) => return *refusal,
            };
            if let Err(gone) = feed.since(cursor) {
                return http::forgotten(gone.oldest_cursor);
            }
            let stream = Stream {
                news: self.pacing.open(feed),
                cursor,
                silence: Silence::new(self.heartbeat.as_nanos()),
                opened: false,
                last: self.last.clone(),
            };
            let body = StreamBody::new(futures_util::stream::unfold(stream, |mut stream| async {
                let text = stream.next().await?;
                Some((Ok(Frame::data(text)), stream))
            }));
            let mut answer = Response::new(Either::Right(body.boxed_unsync()));
            let headers = answer.headers_mut();
            let kind = HeaderValue::from_static("text/event-stream");
            headers.insert(CONTENT_TYPE, kind);
            headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
            headers.insert(DATE, http::date());
            answer
        })
    }

    fn follow(self: Arc<Self>, mut client: Client) -> Task<()> {
        Box::pin(async move {
            // The stream is for reading: whatever else there is to ask or say goes over a connection beside it.
            let beside = Asker::turns(client.line(), self.heads.clone());
            let _publishing = post::beside(&client, &self.heads, Upstream::WalkieTalkie, &beside);
            clock::sleep_until(client.start_ns()).await;
            while !client.over() {
                if self.stream(&mut client, &beside).await.is_err() {
                    client.back_off().await;
                }
            }
        })
    }

    fn settings(&self) -> String {
        let pacing = self.pacing.settings();
        match self.heartbeat {
            Span::ZERO => format!("no heartbeat{pacing}"),
            every => format!("heartbeat {}{pacing}", spaced(&every.to_string())),
        }
    }

    fn costs(&self, events: &Events) -> Costs {
        let fields = "id: \ndata: \n\n".len() as f64 + events.seq_digits;
        // Each send is a chunk: its size in hexadecimal and two line ends (RFC 9112, 7.1).
        let chunk = |bytes: f64| f64::from((bytes.max(1.0) as u32).ilog(16) + 1) + 4.0;
        let heartbeat = HEARTBEAT.len() as f64;
        Costs {
            event_framing: fields + chunk(fields + events.payload_bytes),
            send_framing: chunk(fields + events.payload_bytes),
            heartbeat_down: if self.heartbeat == Span::ZERO {
                0.0
            } else {
                heartbeat + chunk(heartbeat)
            },
            ..Costs::default()
        }
    }
}

/// The server's side of one open stream.
struct Stream {
    news: News,
    cursor: u64,
    silence: Silence,
    opened: bool,
    last: Arc<Mutex<Piece>>,
}

impl Stream {
    /// The next piece of text: the opening, events as they are born, or a sign of life.
    async fn next(&mut self) -> Option<Bytes> {
        if !self.opened {
            self.opened = true;
            return Some(Bytes::from_static(RETRY.as_bytes()));
        }
        self.silence.restart();
        tokio::select! {
            biased;
            // A reader so slow that the log has forgotten its cursor is cut off; it returns and is told.
            news = self.news.after(self.cursor) => news.ok().map(|events| self.write(&events)),
            () = self.silence.long_enough() => Some(Bytes::from_static(HEARTBEAT.as_bytes())),
        }
    }

    /// The first of the events as text; the cursor says how far that went. Who follows the same gets the same bytes: they
    /// are written for the first and handed to all.
    fn write(&mut self, events: &Batch) -> Bytes {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if !last.begins(events) {
            *last = Piece::of(events);
        }
        self.cursor = last.cursor().unwrap_or(self.cursor);
        last.text()
    }
}

impl Sse {
    /// Opens the stream and reads it until the run is over or the client wants other topics.
    async fn stream(&self, client: &mut Client, beside: &Turns) -> Result<(), Lost> {
        if client.needs_snapshot() {
            post::catch_up(client, beside).await?;
        }
        let Some(body) = client.read(PATIENCE_NS, self.open(client)).await? else {
            return Ok(());
        };
        let mut body = match body? {
            Opened::Stream(body) => body,
            Opened::Forgotten => {
                client.forgotten();
                return Err(Lost);
            }
        };
        let mut parser = Parser::default();
        let heartbeat_ns = self.heartbeat.as_nanos();
        let patience_ns = if heartbeat_ns == 0 {
            0
        } else {
            2 * heartbeat_ns + PATIENCE_NS
        };
        loop {
            let next = async {
                tokio::select! {
                    biased;
                    frame = body.frame() => Some(frame),
                    () = client.restless() => None,
                }
            };
            let Some(frame) = client.read(patience_ns, next).await? else {
                return Ok(());
            };
            let Some(frame) = frame else {
                // A stream cannot be told to change: it ends here and is opened anew.
                client.turn();
                return Ok(());
            };
            let Some(Ok(frame)) = frame else {
                return Err(Lost);
            };
            if let Some(text) = frame.data_ref() {
                parser.feed(text, |data| {
                    client.saw(data);
                });
                if let Some(retry_ms) = parser.retry_ms() {
                    client.pause_for(retry_ms.min(LONGEST_RETRY_MS) * clock::MS);
                }
                if client.needs_snapshot() {
                    return Err(Lost);
                }
            }
        }
    }

    /// Asks for the stream.
    async fn open(&self, client: &Client) -> Result<Opened, Lost> {
        let mut sender = http::connect(&client.line()).await?; // ends with the body
        let path = match client.wishes() {
            wishes if wishes.is_empty() => DESCRIPTOR.path.to_owned(),
            wishes => format!("{}?{}", DESCRIPTOR.path, &wishes[1..]),
        };
        let mut request = self.heads.get(&path);
        let headers = request.headers_mut();
        headers.insert(ACCEPT, HeaderValue::from_static("text/event-stream"));
        if client.cursor() > 0 {
            headers.insert("last-event-id", HeaderValue::from(client.cursor()));
        }
        client.requested();
        let answer = sender.send_request(request).await.map_err(|_| Lost)?;
        match answer.status() {
            StatusCode::OK => Ok(Opened::Stream(answer.into_body())),
            StatusCode::GONE => Ok(Opened::Forgotten),
            _ => Err(Lost),
        }
    }
}

/// How a server answers who asks for the stream.
enum Opened {
    Stream(Incoming),
    /// It has forgotten what comes next.
    Forgotten,
}
