//! A WebSocket door that breaks one rule: an upgrade takes the connection away, so it cannot be
//! wrapped as the others are.

use super::faulty::Fault;
use futures_util::{SinkExt, StreamExt};
use hyper::body::Incoming;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use pushlab::feed::Feed;
use pushlab::transport::{Answer, Body};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, Role, WebSocketConfig};
use tokio_tungstenite::tungstenite::{Error, Message};

type Socket = WebSocketStream<TokioIo<hyper::upgrade::Upgraded>>;

/// Accepts what the lab's own door would accept.
pub fn serve(mut request: Request<Incoming>, feed: Feed, fault: Fault) -> Answer {
    let header = |name| {
        request
            .headers()
            .get(name)
            .map_or(&b""[..], |value| value.as_bytes())
    };
    let (version, key) = (
        header("sec-websocket-version"),
        header("sec-websocket-key").to_owned(),
    );
    let refused = match (version, key.len()) {
        (b"13", 24) => None,
        (b"13", _) => Some(StatusCode::BAD_REQUEST),
        _ => Some(StatusCode::UPGRADE_REQUIRED),
    };
    let mut answer = Response::new(Body::Left(Default::default()));
    if let Some(status) = refused {
        *answer.status_mut() = status;
        let headers = answer.headers_mut();
        headers.insert("sec-websocket-version", "13".parse().expect("a value"));
        return answer;
    }
    let wire = hyper::upgrade::on(&mut request);
    tokio::spawn(async move {
        let Ok(wire) = wire.await else { return };
        let config = WebSocketConfig::default()
            .max_message_size(Some(4_096))
            .max_frame_size(Some(4_096));
        let wire = TokioIo::new(wire);
        let mut socket = WebSocketStream::from_raw_socket(wire, Role::Server, Some(config)).await;
        if let Some(code) = talk(&mut socket, feed, fault).await {
            let reason = "".into();
            let _ = socket.close(Some(CloseFrame { code, reason })).await;
        }
    });
    *answer.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
    let headers = answer.headers_mut();
    headers.insert("connection", "Upgrade".parse().expect("a value"));
    headers.insert("upgrade", "websocket".parse().expect("a value"));
    headers.insert(
        "sec-websocket-accept",
        derive_accept_key(&key).parse().expect("a value"),
    );
    answer
}

/// Hello, then events with the fault in them; the code to close with.
async fn talk(socket: &mut Socket, feed: Feed, fault: Fault) -> Option<CloseCode> {
    let mut cursor = loop {
        match socket.next().await? {
            Ok(Message::Ping(_)) => {}
            Ok(Message::Text(text)) => match text
                .strip_prefix("{\"since\":")
                .and_then(|rest| rest.strip_suffix('}')?.parse().ok())
            {
                Some(_) if fault == Fault::IgnoreCursor => break 0,
                Some(cursor) => break cursor,
                None if fault == Fault::Lenient => break 0,
                None => return Some(CloseCode::Policy),
            },
            Ok(_) => return Some(CloseCode::Policy),
            Err(error) => return code(&error),
        }
    };
    loop {
        tokio::select! {
            biased;
            events = feed.after(cursor) => for event in events.ok()? {
                cursor = event.seq;
                // A line, so that it is doubled as one.
                let line = format!("{}\n", String::from_utf8_lossy(&event.payload));
                for text in fault.applied(&line).lines() {
                    socket.send(Message::text(text)).await.ok()?;
                }
            },
            message = socket.next() => match message? {
                Ok(Message::Close(_)) => {
                    let _ = socket.flush().await; // the answer to it
                    return None;
                }
                Ok(_) => {}
                Err(error) => return code(&error),
            },
        }
    }
}

fn code(error: &Error) -> Option<CloseCode> {
    match error {
        Error::Capacity(_) => Some(CloseCode::Size),
        Error::Utf8(_) => Some(CloseCode::Invalid),
        Error::Protocol(_) => Some(CloseCode::Protocol),
        _ => None,
    }
}
