//! # WebSocket: one connection, both ways, whenever either side likes
//!
//! ```text
//! client                                        server
//!   | GET /ws HTTP/1.1                  ------>   |   once, as HTTP
//!   | Upgrade: websocket                          |
//!   | Sec-WebSocket-Key: ...                      |
//!   |   <------   HTTP/1.1 101 Switching Protocols|   from here on frames (RFC 6455)
//!   |             Sec-WebSocket-Accept: ...       |
//!   |                                             |
//!   | {"since":41}                      ------>   |   hello: where the client was
//!   |                                             |
//!   |   <------   {"seq":    42,...}              |   one text frame per event as it is born
//!   |                                             |
//!   |   <------   ping                            |   when nothing happened for a while
//!   | pong                              ------>   |
//! ```
//!
//! *Cost*: two bytes of framing per small event.
//! *May* gather events for a while (`batch_every`) and write their frames at once, or only the newest
//! (`push_delivery`).
//! *Resumes* only because the hello carries a cursor; the protocol itself has nothing for it.
//! *Hurts*: it leaves HTTP: proxies, caches, authentication and reconnection are yours to solve.

use super::client::Lost;
use super::close::{fail, refuse};
use super::counted::Counted;
use super::heads::Heads;
use super::hello::{change, following, hello};
use super::pace::{News, Pacing};
use super::person::{Outgoing, Person};
use super::server::Slot;
use super::{Answer, Client, Costs, Descriptor, Entry, Events, Task, Transport, upgrade};
use crate::clock;
use crate::hub::{Hub, LARGEST_MESSAGE, Reply};
use crate::measure::Marker;
use crate::net::Buffers;
use crate::scenario::{Scenario, Span, spaced};
use crate::theory::Law;
use futures_util::{SinkExt, StreamExt};
use hyper::Request;
use hyper::body::Incoming;
use hyper_util::rt::TokioIo;
use std::sync::Arc;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};
use tokio_tungstenite::tungstenite::{Bytes, Message, Utf8Bytes};
use tokio_tungstenite::{WebSocketStream, tungstenite};

pub const DESCRIPTOR: Descriptor = Descriptor {
    id: "websocket",
    label: "WebSocket",
    path: "/ws",
    color: "#000000",
    marker: Marker::Circle,
    law: Law::Push,
    fields: &["heartbeat", "batch_every", "push_delivery"],
};

pub const ENTRY: Entry = Entry {
    descriptor: &DESCRIPTOR,
    build: |scenario| Arc::new(WebSocket::new(scenario)),
};

/// How long opening, the hello and closing may take; also the grace on top of two heartbeats.
const PATIENCE_NS: u64 = 10 * clock::S;
/// Largest message that a client accepts, and largest that a server does: a hello is short.
const LARGEST_EVENT: usize = 1 << 20;
const LARGEST_HELLO: usize = 4 << 10;
/// Frames that are gathered before they are written in any case, bytes.
const GATHERED: usize = 64 << 10;
/// The lab's own close code: the cursor is older than the log (4000-4999 are private use, RFC 6455 7.4.2).
const FORGOTTEN: CloseCode = CloseCode::Library(4410);

/// Its settings in one run.
pub struct WebSocket {
    /// How often a silent connection shows that it lives; zero for never.
    heartbeat: Span,
    pacing: Pacing,
    heads: Heads,
}

impl WebSocket {
    fn new(scenario: &Scenario) -> Self {
        Self {
            heartbeat: scenario.heartbeat,
            pacing: Pacing::new(scenario),
            heads: Heads::new(&scenario.headers),
        }
    }
}

impl Transport for WebSocket {
    fn serve(self: Arc<Self>, mut request: Request<Incoming>, hub: Hub) -> Task<Answer> {
        Box::pin(async move {
            let answer = match upgrade::accept(&request) {
                Ok(answer) => answer,
                Err(refusal) => return *refusal,
            };
            // hyper hands the connection over once the 101 has left.
            let wire = hyper::upgrade::on(&mut request);
            let slot = request.extensions_mut().remove::<Slot>();
            tokio::spawn(async move {
                // Held until the connection ends.
                let largest = largest(&hub);
                let limits =
                    slot.as_ref()
                        .map(|slot| config(slot.buffers, largest))
                        .map(|limits| {
                            if self.pacing.gathers() {
                                gathering(limits)
                            } else {
                                limits
                            }
                        });
                if let Ok(wire) = wire.await {
                    let socket =
                        WebSocketStream::from_raw_socket(TokioIo::new(wire), Role::Server, limits)
                            .await;
                    // A client that is gone is no error of the server.
                    let _ = push(socket, hub, self.pacing, self.heartbeat.as_nanos()).await;
                }
            });
            answer
        })
    }

    fn follow(self: Arc<Self>, mut client: Client) -> Task<()> {
        Box::pin(async move {
            clock::sleep_until(client.start_ns()).await;
            while !client.over() {
                // Ends well only when the run is over.
                match self.listen(&mut client).await {
                    Ok(()) => return,
                    Err(_) => {
                        if let Some(person) = client.person() {
                            person.lost();
                        }
                        client.back_off().await;
                    }
                }
            }
        })
    }

    fn settings(&self) -> String {
        let pacing = self.pacing.settings();
        match self.heartbeat {
            Span::ZERO => format!("no heartbeat{pacing}"),
            every => format!("ping {}{pacing}", spaced(&every.to_string())),
        }
    }

    fn costs(&self, events: &Events) -> Costs {
        // RFC 6455, 5.2: 2 bytes up to 125 bytes of payload, 4 up to 65,535; a client adds 4 of mask.
        let header = |bytes: f64| match bytes {
            ..=125.0 => 2.0,
            ..=65_535.0 => 4.0,
            _ => 10.0,
        };
        let heartbeat = f64::from(u8::from(self.heartbeat != Span::ZERO));
        Costs {
            event_framing: header(events.payload_bytes),
            heartbeat_down: 2.0 * heartbeat,
            heartbeat_up: 6.0 * heartbeat,
            ..Costs::default()
        }
    }
}

/// Server half after the upgrade: hello, then events as they are born, and the client's messages as they come.
async fn push<W>(
    mut socket: WebSocketStream<W>,
    hub: Hub,
    pacing: Pacing,
    heartbeat_ns: u64,
) -> Result<(), Lost>
where
    W: AsyncRead + AsyncWrite + Unpin,
{
    let hello = tokio::select! {
        biased;
        hello = hello(&mut socket) => hello,
        () = clock::sleep(PATIENCE_NS) => Ok(None),
    };
    let hello = match hello {
        Ok(Some(hello)) => hello,
        Ok(None) => return refuse(socket, CloseCode::Policy, "begin with {\"since\":N}").await,
        Err(error) => return fail(socket, &error, largest(&hub)).await,
    };
    let client = hello.client.unwrap_or_default();
    let feed = match hub.reader(hello.topics.clone(), Some(&client)) {
        Ok(feed) => feed,
        Err(problem) => return refuse(socket, CloseCode::Policy, &problem.to_string()).await,
    };
    let mut cursor = hello.since.unwrap_or(0);
    if hello.join {
        match hub.snapshot(hello.topics.as_deref()) {
            Ok((seq, snapshot)) => {
                cursor = seq;
                socket
                    .send(Message::text(snapshot))
                    .await
                    .map_err(|_| Lost)?;
            }
            Err(problem) => return refuse(socket, CloseCode::Policy, &problem.to_string()).await,
        }
    }
    let mut news = pacing.open(feed);
    let silence_ns = if heartbeat_ns == 0 {
        u64::MAX / 2
    } else {
        heartbeat_ns
    };
    // Two halves: what the client says is heard even while what it is told waits for the line.
    let (mut sink, mut stream) = socket.split();
    let mut unflushed = false;
    let end = loop {
        tokio::select! {
            biased;
            flushed = sink.flush(), if unflushed => {
                flushed.map_err(|_| Lost)?;
                unflushed = false;
            }
            news = news.after(cursor), if !unflushed => match news {
                // All that is new, then one flush: a backlog leaves in few segments.
                Ok(events) => {
                    for event in events {
                        cursor = event.seq;
                        sink.feed(Message::Text(text(&event.payload))).await.map_err(|_| Lost)?;
                    }
                    unflushed = true;
                }
                Err(_) => break End::Forgotten,
            },
            // Reading answers pings; the answer to a close waits to be flushed (RFC 6455, 5.5.1).
            message = stream.next() => match message {
                Some(Ok(Message::Close(_))) => {
                    let _ = sink.flush().await; // ends with "closed" or with a lost connection
                    return Ok(());
                }
                None => return Ok(()),
                Some(Ok(Message::Text(text))) => {
                    if let Some(reply) = heard(&hub, &client, &text, &mut news) {
                        sink.feed(Message::text(reply)).await.map_err(|_| Lost)?;
                        unflushed = true;
                    }
                }
                Some(Ok(_)) => {}
                Some(Err(error)) => break End::Broken(error),
            },
            () = clock::sleep(silence_ns) => {
                sink.feed(Message::Ping(Bytes::new())).await.map_err(|_| Lost)?;
                unflushed = true;
            }
        }
    };
    let socket = sink.reunite(stream).map_err(|_| Lost)?;
    match end {
        End::Forgotten => refuse(socket, FORGOTTEN, "events after this cursor are gone").await,
        End::Broken(error) => fail(socket, &error, largest(&hub)).await,
    }
}

/// Why a server ends a connection.
enum End {
    Forgotten,
    Broken(tungstenite::Error),
}

/// What a client said, and the answer: other topics, or a message for the hub.
fn heard(hub: &Hub, client: &str, text: &str, news: &mut News) -> Option<String> {
    let Some(topics) = change(text) else {
        return hub.receive(client, text.as_bytes(), clock::now_ns()).text();
    };
    let names = serde_json::to_string(&topics).unwrap_or_default();
    match hub.reader(Some(topics), Some(client)) {
        Ok(feed) => {
            // Up to here the client has been told, or will be in a moment, of what it followed before.
            let since = news.head();
            news.change(feed);
            Some(format!("{{\"following\":{names},\"since\":{since}}}"))
        }
        Err(problem) => Some(Reply::Bad { n: None, problem }.text()?),
    }
}

/// The largest message that a server takes: a hello is short where nobody publishes.
fn largest(hub: &Hub) -> usize {
    if hub.takes_messages() {
        LARGEST_MESSAGE
    } else {
        LARGEST_HELLO
    }
}

/// Payloads are text by construction; anything else would be shown as such.
fn text(payload: &bytes::Bytes) -> Utf8Bytes {
    Utf8Bytes::try_from(payload.clone()).unwrap_or_else(|_| Utf8Bytes::from("\u{fffd}"))
}

impl WebSocket {
    /// Client half: opens, says hello, and listens until the run is over.
    async fn listen(&self, client: &mut Client) -> Result<(), Lost> {
        let open = async {
            let wire = client.dial().await?;
            client.requested();
            let upgrade = upgrade::ask(DESCRIPTOR.path, &self.heads, client.start_ns());
            let (socket, _) = tokio_tungstenite::client_async_with_config(
                upgrade,
                wire,
                Some(config(client.buffers(), LARGEST_EVENT)),
            )
            .await
            .map_err(|_| Lost)?;
            Ok::<_, Lost>(socket)
        };
        let Some(socket) = client.read(PATIENCE_NS, open).await? else {
            return Ok(());
        };
        let mut socket: WebSocketStream<Counted> = socket?;
        let hello = Message::text(client.hello());
        socket.send(hello).await.map_err(|_| Lost)?;
        let heartbeat_ns = self.heartbeat.as_nanos();
        let (mut sink, mut stream) = socket.split();
        let person = client.person().cloned();
        let (mut unflushed, mut asked) = (false, false);
        let mut heard_ns = clock::now_ns();
        loop {
            let patience_ns = match heartbeat_ns {
                0 => 0,
                _ => (heard_ns + 2 * heartbeat_ns + PATIENCE_NS)
                    .saturating_sub(clock::now_ns())
                    .max(1),
            };
            // Reading, writing and thinking go on at once: that is what full-duplex means.
            let next = async {
                tokio::select! {
                    biased;
                    frame = stream.next() => Next::Heard(frame),
                    flushed = sink.flush(), if unflushed => Next::Flushed(flushed),
                    message = say(person.as_ref()), if !unflushed => Next::Say(message.text),
                    () = client.restless(), if !asked => Next::Turn,
                }
            };
            match client.read(patience_ns, next).await? {
                Some(Next::Heard(Some(Ok(frame)))) => {
                    heard_ns = clock::now_ns();
                    match frame {
                        Message::Text(text) => asked &= !show(client, person.as_ref(), &text)?,
                        Message::Close(Some(close)) if close.code == FORGOTTEN => {
                            client.forgotten()
                        }
                        _ => {} // pings are answered by the library
                    }
                }
                Some(Next::Heard(Some(Err(_)) | None)) => return Err(Lost),
                Some(Next::Flushed(flushed)) => {
                    flushed.map_err(|_| Lost)?;
                    unflushed = false;
                }
                Some(Next::Say(text)) => {
                    let text = Message::Text(self::text(&text));
                    sink.feed(text).await.map_err(|_| Lost)?;
                    unflushed = true;
                }
                Some(Next::Turn) => {
                    client.choose();
                    asked = true;
                    let names = client.topics().join("\",\"");
                    let text = format!("{{\"follow\":[\"{names}\"]}}");
                    sink.feed(Message::text(text)).await.map_err(|_| Lost)?;
                    unflushed = true;
                }
                None => break,
            }
        }
        let socket = sink.reunite(stream).map_err(|_| Lost)?;
        self.close(socket).await;
        Ok(())
    }

    /// The closing handshake: our close frame, theirs, then the TCP connection (RFC 6455, 7.1.1).
    async fn close(&self, mut socket: WebSocketStream<Counted>) {
        let handshake = async {
            if socket.close(None).await.is_ok() {
                while let Some(Ok(_)) = socket.next().await {}
            }
        };
        tokio::select! {
            biased;
            () = handshake => {}
            () = clock::sleep(PATIENCE_NS) => {} // a peer that never answers is left alone
        }
    }
}

/// What a client does next.
enum Next {
    Heard(Option<Result<Message, tungstenite::Error>>),
    Flushed(Result<(), tungstenite::Error>),
    Say(bytes::Bytes),
    Turn,
}

/// Waits for something to say.
async fn say(person: Option<&Person>) -> Outgoing {
    if let Some(person) = person
        && let Some(message) = person.next().await
    {
        return message;
    }
    std::future::pending().await
}

/// Shows a text. Returns whether it was the server's word that other topics are followed now.
fn show(client: &mut Client, person: Option<&Person>, text: &str) -> Result<bool, Lost> {
    // Who joins is told first how things stand.
    if client.needs_snapshot() {
        return if client.load(text.as_bytes()) {
            Ok(false)
        } else {
            Err(Lost)
        };
    }
    if text.starts_with("{\"ack\"") {
        if let Some(person) = person {
            person.answered(text.as_bytes());
        }
        return Ok(false);
    }
    if let Some(since) = following(text) {
        client.follows(since);
        return Ok(true);
    }
    client.saw(text.as_bytes());
    // It found out that it had missed something: it comes again and asks for a snapshot.
    if client.needs_snapshot() {
        Err(Lost)
    } else {
        Ok(false)
    }
}

/// Small buffers: the library's default read buffer of 128 KiB is zeroed on every read.
fn config(buffers: Buffers, largest: usize) -> WebSocketConfig {
    WebSocketConfig::default()
        .read_buffer_size(buffers.websocket)
        .write_buffer_size(0)
        .max_write_buffer_size(LARGEST_EVENT + buffers.websocket)
        .max_message_size(Some(largest))
        .max_frame_size(Some(largest))
}

/// Frames wait for the flush, so that those of one send leave in one write.
fn gathering(limits: WebSocketConfig) -> WebSocketConfig {
    limits
        .write_buffer_size(GATHERED)
        .max_write_buffer_size(LARGEST_EVENT + 2 * GATHERED)
}
