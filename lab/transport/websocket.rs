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
//! *Publishes* by sending: no request, no second connection, and no waiting for a turn.
//! *Hurts*: it leaves HTTP: proxies, caches, authentication and reconnection are yours to solve.

mod client;
mod server;

use super::heads::Heads;
use super::pace::Pacing;
use super::server::Slot;
use super::{Answer, Client, Costs, Descriptor, Entry, Events, Task, Transport, upgrade};
use crate::clock;
use crate::hub::{Hub, LARGEST_MESSAGE};
use crate::measure::Marker;
use crate::net::Buffers;
use crate::scenario::{Scenario, Span, spaced};
use crate::theory::Law;
use hyper::Request;
use hyper::body::Incoming;
use hyper_util::rt::TokioIo;
use std::sync::Arc;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Utf8Bytes;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};

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
/// The same where nobody waits for others: what has come meanwhile leaves together. Each connection keeps what it needed
/// once, so it is less.
const BACKLOG: usize = 4 << 10;
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
                let gathered = if self.pacing.gathers() {
                    GATHERED
                } else {
                    BACKLOG
                };
                let limits = slot
                    .as_ref()
                    .map(|slot| gathering(config(slot.buffers, largest), gathered));
                if let Ok(wire) = wire.await {
                    let socket =
                        WebSocketStream::from_raw_socket(TokioIo::new(wire), Role::Server, limits)
                            .await;
                    // A client that is gone is no error of the server.
                    // In a box, so that while it opens a connection costs no more than it needs.
                    let push = server::push(socket, hub, self.pacing, self.heartbeat.as_nanos());
                    let _ = Box::pin(push).await;
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

/// Payloads are text by construction; anything else would be shown as such.
fn text(payload: &bytes::Bytes) -> Utf8Bytes {
    Utf8Bytes::try_from(payload.clone()).unwrap_or_else(|_| Utf8Bytes::from("\u{fffd}"))
}

/// The largest message that a server takes: a hello is short where nobody publishes.
fn largest(hub: &Hub) -> usize {
    if hub.takes_messages() {
        LARGEST_MESSAGE
    } else {
        LARGEST_HELLO
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
fn gathering(limits: WebSocketConfig, bytes: usize) -> WebSocketConfig {
    limits
        .write_buffer_size(bytes)
        .max_write_buffer_size(LARGEST_EVENT + 2 * GATHERED)
}
