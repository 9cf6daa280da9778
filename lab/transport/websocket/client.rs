//! The client's half of an open WebSocket: reads, speaks and thinks at once.

use super::{DESCRIPTOR, FORGOTTEN, LARGEST_EVENT, PATIENCE_NS, WebSocket, config};
use crate::clock;
use crate::transport::client::{Client, Lost};
use crate::transport::counted::Counted;
use crate::transport::hello::following;
use crate::transport::person::{Outgoing, Person};
use crate::transport::upgrade;
use futures_util::{SinkExt, StreamExt};
use std::future::poll_fn;
use std::task::Poll;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{WebSocketStream, tungstenite};

impl WebSocket {
    /// Client half: opens, says hello, and listens until the run is over.
    pub(super) async fn listen(&self, client: &mut Client) -> Result<(), Lost> {
        // In a box, or its memory would be held as long as the connection.
        let open = Box::pin(async {
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
        });
        let Some(socket) = client.read(PATIENCE_NS, open).await? else {
            return Ok(());
        };
        let mut socket: WebSocketStream<Counted> = socket?;
        // Other topics may have been asked for over a connection that is gone: the hello names them.
        client.follows(client.cursor());
        let hello = Message::text(client.hello());
        socket.send(hello).await.map_err(|_| Lost)?;
        let heartbeat_ns = self.heartbeat.as_nanos();
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
                    next = heard_or_flushed(&mut socket, unflushed) => next,
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
                    let text = Message::Text(super::text(&text));
                    socket.feed(text).await.map_err(|_| Lost)?;
                    unflushed = true;
                }
                Some(Next::Turn) => {
                    client.choose();
                    asked = true;
                    let names = client.topics().join("\",\"");
                    let text = format!("{{\"follow\":[\"{names}\"]}}");
                    socket.feed(Message::text(text)).await.map_err(|_| Lost)?;
                    unflushed = true;
                }
                None => break,
            }
        }
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

/// Reads, and flushes if there is something to flush. Polled together, so that the socket need not be split into two
/// halves with a lock between them.
async fn heard_or_flushed(socket: &mut WebSocketStream<Counted>, unflushed: bool) -> Next {
    poll_fn(|cx| match socket.poll_next_unpin(cx) {
        Poll::Ready(frame) => Poll::Ready(Next::Heard(frame)),
        Poll::Pending if unflushed => socket.poll_flush_unpin(cx).map(Next::Flushed),
        Poll::Pending => Poll::Pending,
    })
    .await
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
