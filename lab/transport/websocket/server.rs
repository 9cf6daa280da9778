//! The server's half of an open WebSocket: tells what is new, and hears what the client has to say.

use super::{FORGOTTEN, PATIENCE_NS, largest, text};
use crate::clock;
use crate::hub::{Hub, Reply};
use crate::transport::client::Lost;
use crate::transport::close::{fail, refuse};
use crate::transport::hello::{change, hello};
use crate::transport::pace::{News, Pacing, Silence};
use futures_util::{SinkExt, StreamExt};
use std::future::poll_fn;
use std::task::Poll;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::{Bytes, Message, Utf8Bytes};
use tokio_tungstenite::{WebSocketStream, tungstenite};

/// Server half after the upgrade: hello, then events as they are born, and the client's messages as they come.
pub(super) async fn push<W>(
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
    let feed = match hub.reader(hello.topics.clone(), hello.client.as_deref()) {
        Ok(feed) => feed,
        Err(problem) => return refuse(socket, CloseCode::Policy, &problem.to_string()).await,
    };
    let client = hello.client.unwrap_or_default();
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
    let mut silence = Silence::new(heartbeat_ns);
    let mut unflushed = false;
    let end = loop {
        silence.restart();
        tokio::select! {
            biased;
            news = news.after(cursor), if !unflushed => match news {
                // All that is new, then one flush: a backlog leaves in few segments.
                Ok(events) => {
                    for event in events {
                        cursor = event.seq;
                        socket.feed(Message::Text(text(&event.payload))).await.map_err(|_| Lost)?;
                    }
                    unflushed = true;
                }
                Err(_) => break End::Forgotten,
            },
            // What the client says is heard even while what it is told waits for the line.
            next = flushed_or_heard(&mut socket, unflushed) => match next {
                Next::Flushed(flushed) => {
                    flushed.map_err(|_| Lost)?;
                    unflushed = false;
                }
                // Reading answers pings; the answer to a close waits to be flushed (RFC 6455, 5.5.1).
                Next::Heard(Some(Ok(Message::Close(_)))) => {
                    let _ = socket.flush().await; // ends with "closed" or with a lost connection
                    return Ok(());
                }
                Next::Heard(None) => return Ok(()),
                Next::Heard(Some(Ok(Message::Text(said)))) => {
                    let Some(answers) = heard(&hub, &client, &said, &mut news, &mut cursor) else {
                        break End::Forgotten;
                    };
                    for answer in answers {
                        socket.feed(Message::Text(answer)).await.map_err(|_| Lost)?;
                        unflushed = true;
                    }
                }
                Next::Heard(Some(Ok(Message::Binary(_)))) if hub.takes_messages() => {
                    let text = r#"{"ack":null,"error":"a message is text, not binary"}"#;
                    socket.feed(Message::text(text)).await.map_err(|_| Lost)?;
                    unflushed = true;
                }
                Next::Heard(Some(Ok(_))) => {}
                Next::Heard(Some(Err(error))) => break End::Broken(error),
            },
            () = silence.long_enough() => {
                socket.feed(Message::Ping(Bytes::new())).await.map_err(|_| Lost)?;
                unflushed = true;
            }
        }
    };
    match end {
        End::Forgotten => refuse(socket, FORGOTTEN, "events after this cursor are gone").await,
        End::Broken(error) => fail(socket, &error, largest(&hub)).await,
    }
}

/// What an open socket does next.
enum Next {
    Flushed(Result<(), tungstenite::Error>),
    Heard(Option<Result<Message, tungstenite::Error>>),
}

/// Flushes if there is something to flush, and reads. Polled together, so that the socket need not be split into two
/// halves with a lock between them.
async fn flushed_or_heard<W>(socket: &mut WebSocketStream<W>, unflushed: bool) -> Next
where
    W: AsyncRead + AsyncWrite + Unpin,
{
    poll_fn(|cx| {
        if unflushed && let Poll::Ready(flushed) = socket.poll_flush_unpin(cx) {
            return Poll::Ready(Next::Flushed(flushed));
        }
        socket.poll_next_unpin(cx).map(Next::Heard)
    })
    .await
}

/// Why a server ends a connection.
enum End {
    Forgotten,
    Broken(tungstenite::Error),
}

/// What a client said, and what it is told: other topics, or a message for the hub. `None` if the log has forgotten what
/// it is still to be told of its topics until now.
fn heard(
    hub: &Hub,
    client: &str,
    said: &str,
    news: &mut News,
    cursor: &mut u64,
) -> Option<Vec<Utf8Bytes>> {
    let Some(topics) = change(said) else {
        if !hub.takes_messages() {
            return Some(Vec::new());
        }
        let reply = hub.receive(client, said.as_bytes(), clock::now_ns());
        return Some(reply.text().map(Utf8Bytes::from).into_iter().collect());
    };
    let names = serde_json::to_string(&topics).unwrap_or_default();
    let client = Some(client).filter(|client| !client.is_empty());
    let feed = match hub.reader(Some(topics), client) {
        Ok(feed) => feed,
        Err(problem) => {
            let reply = Reply::Bad { n: None, problem };
            return Some(reply.text().map(Utf8Bytes::from).into_iter().collect());
        }
    };
    // First all that it followed until now, then from where on the new counts.
    let (left, since) = news.change(feed, *cursor).ok()?;
    *cursor = since;
    let following = format!("{{\"following\":{names},\"since\":{since}}}");
    let left = left.iter().map(|event| text(&event.payload));
    Some(left.chain([Utf8Bytes::from(following)]).collect())
}
