//! WebSocket as the first tutorial shows it: no word about where the client was, no heartbeat.

use super::{newest, witness};
use crate::clock;
use crate::feed::Feed;
use crate::hub::Hub;
use crate::scenario::Scenario;
use crate::transport::{
    Answer, Client, Costs, Descriptor, Entry, Events, Task, Transport, WEBSOCKET, accept_upgrade,
};
use futures_util::{SinkExt, StreamExt};
use hyper::Request;
use hyper::body::Incoming;
use hyper_util::rt::TokioIo;
use std::sync::Arc;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::protocol::Role;
use tokio_tungstenite::tungstenite::{Message, Utf8Bytes};

/// Whoever connects hears what is born from then on.
pub const NAIVE_SOCKET: Entry = Entry {
    descriptor: &Descriptor {
        id: "websocket-naive",
        label: "WebSocket without a cursor",
        ..*WEBSOCKET.descriptor
    },
    build: |scenario| Arc::new(NaiveSocket::new(scenario)),
};

/// How long opening may take.
const PATIENCE_NS: u64 = 10 * clock::S;

struct NaiveSocket {
    /// Says what the formats cost.
    real: Arc<dyn Transport>,
}

impl NaiveSocket {
    fn new(scenario: &Scenario) -> Self {
        Self {
            real: (WEBSOCKET.build)(scenario),
        }
    }
}

impl Transport for NaiveSocket {
    fn serve(self: Arc<Self>, mut request: Request<Incoming>, hub: Hub) -> Task<Answer> {
        Box::pin(async move {
            let answer = match accept_upgrade(&request) {
                Ok(answer) => answer,
                Err(refusal) => return *refusal,
            };
            let feed = hub.feed().clone();
            let now = newest(&feed);
            witness::note(&feed, now);
            let wire = hyper::upgrade::on(&mut request);
            tokio::spawn(async move {
                if let Ok(wire) = wire.await {
                    let wire = TokioIo::new(wire);
                    let socket = WebSocketStream::from_raw_socket(wire, Role::Server, None).await;
                    push(socket, feed, now).await;
                }
            });
            answer
        })
    }

    fn follow(self: Arc<Self>, mut client: Client) -> Task<()> {
        Box::pin(async move {
            clock::sleep_until(client.start_ns()).await;
            while !client.over() {
                match listen(&mut client).await {
                    Some(()) => return,
                    None => client.back_off().await,
                }
            }
        })
    }

    fn settings(&self) -> String {
        "no cursor, no heartbeat".into()
    }

    fn costs(&self, events: &Events) -> Costs {
        self.real.costs(events)
    }
}

/// Server half: everything born after `cursor`, until either side is gone.
async fn push<W>(mut socket: WebSocketStream<W>, feed: Feed, mut cursor: u64)
where
    W: AsyncRead + AsyncWrite + Unpin,
{
    loop {
        tokio::select! {
            biased;
            news = feed.after(cursor) => {
                let Ok(events) = news else { return };
                for event in events {
                    cursor = event.seq;
                    let text = String::from_utf8_lossy(&event.payload).into_owned();
                    if socket.send(Message::text(text)).await.is_err() {
                        return;
                    }
                }
            }
            message = socket.next() => match message {
                Some(Ok(message)) if !message.is_close() => {}
                _ => return,
            },
        }
    }
}

/// Client half: opens and listens. `None` when the connection is lost.
async fn listen(client: &mut Client) -> Option<()> {
    let open = async {
        let wire = client.dial().await.ok()?;
        client.requested();
        let target = format!("ws://lab.example{}", NAIVE_SOCKET.descriptor.path);
        // The library makes a key of its own; nobody looks at this run's bytes.
        let (socket, _) = tokio_tungstenite::client_async(target, wire).await.ok()?;
        Some(socket)
    };
    let Ok(opened) = client.read(PATIENCE_NS, open).await else {
        return None;
    };
    let Some(opened) = opened else {
        return Some(());
    };
    let mut socket = opened?;
    loop {
        match client.read(0, socket.next()).await {
            Ok(Some(Some(Ok(Message::Text(text))))) => {
                let text: Utf8Bytes = text;
                client.saw(text.as_bytes());
            }
            Ok(Some(Some(Ok(_)))) => {}
            Ok(Some(_)) | Err(_) => return None,
            Ok(None) => return Some(()),
        }
    }
}
