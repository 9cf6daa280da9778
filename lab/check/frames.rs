//! What a server says to WebSocket clients that do something wrong, or something unusual.

use super::Findings;
use super::follow::FAR;
use super::target::{Target, hello, within};
use crate::clock::S;
use futures_util::{SinkExt, StreamExt};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::{Bytes, Message, Utf8Bytes};

const PATIENCE_NS: u64 = 5 * S;

type Socket = WebSocketStream<TcpStream>;

/// Checks the close codes, pings and the closing handshake.
pub async fn check(target: &Target, publishes: bool, findings: &mut Findings) {
    let most = if publishes { 16_384 } else { 4_096 };
    let long = frame(0x81, &vec![b' '; most + 1]);
    let cases: &[(&'static str, u16, &[u8])] = &[
        ("C56", 1008, &frame(0x81, b"hello")),
        ("C56", 1008, &frame(0x81, b"{\"since\":-1}")),
        ("C56", 1008, &frame(0x82, b"{\"since\":0}")),
        ("C59", 1002, b"\x81\x0b{\"since\":0}"), // no mask
        ("C59", 1002, &frame(0xc1, b"{\"since\":0}")), // a reserved bit
        ("C59", 1002, &frame(0x80, b"{\"since\":0}")), // goes on with nothing
        ("C60", 1007, &frame(0x81, b"{\"since\":\xff}")),
        ("C61", 1009, &long),
    ];
    for (clause, code, bytes) in cases {
        findings.note(clause, closed(target, bytes, *code).await);
    }
    findings.note("C57", unusual(target).await);
}

/// A frame with the mask zero.
fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
    let mut frame = vec![first];
    match payload.len() {
        short @ 0..126 => frame.push(0x80 | short as u8),
        long => {
            frame.push(0x80 | 126);
            frame.extend_from_slice(&(long as u16).to_be_bytes());
        }
    }
    frame.extend_from_slice(&[0; 4]);
    frame.extend_from_slice(payload);
    frame
}

async fn open(target: &Target) -> Result<Socket, String> {
    let opened = target.websocket(&[]).await;
    opened.map_err(|error| format!("it does not open: {error}"))
}

/// Passes if these bytes, sent first, are answered with a close of this code.
async fn closed(target: &Target, bytes: &[u8], code: u16) -> Result<(), String> {
    let shown = bytes[..bytes.len().min(24)].escape_ascii();
    let talk = async {
        let mut socket = open(target).await?;
        let sent = socket.get_mut().write_all(bytes).await;
        sent.map_err(|error| error.to_string())?;
        match socket.next().await {
            Some(Ok(Message::Close(Some(frame)))) if u16::from(frame.code) == code => Ok(()),
            Some(Ok(Message::Close(Some(frame)))) => Err(u16::from(frame.code).to_string()),
            Some(Ok(message)) => Err(format!("{message:?}")),
            Some(Err(error)) => Err(error.to_string()),
            None => Err(String::from("no close frame")),
        }
    };
    let outcome = within(PATIENCE_NS, talk).await.and_then(|outcome| outcome);
    outcome.map_err(|seen| format!("{seen} instead of {code} after {shown}"))
}

/// A ping before the hello, a message after it, and a close: all right, and all answered.
async fn unusual(target: &Target) -> Result<(), String> {
    let talk = async {
        let mut socket = open(target).await?;
        let reason = CloseFrame {
            code: CloseCode::Normal,
            reason: Utf8Bytes::from_static("done"),
        };
        let messages = [
            Message::Ping(Bytes::from_static(b"are you there")),
            hello(FAR),
            Message::text("whatever"),
            Message::Close(Some(reason)),
        ];
        for message in messages {
            let sent = socket.send(message).await;
            sent.map_err(|error| error.to_string())?;
        }
        let mut pong = false;
        loop {
            match socket.next().await {
                Some(Ok(Message::Pong(text))) => pong = text == b"are you there"[..],
                Some(Ok(Message::Ping(_) | Message::Text(_))) => {}
                Some(Ok(Message::Close(frame))) => {
                    return match frame.map(|frame| u16::from(frame.code)) {
                        Some(1000) if pong => Ok(()),
                        Some(1000) => Err(String::from("no pong")),
                        other => Err(format!("close {other:?} instead of 1000")),
                    };
                }
                other => return Err(format!("{other:?} instead of a close")),
            }
        }
    };
    within(PATIENCE_NS, talk).await?
}
