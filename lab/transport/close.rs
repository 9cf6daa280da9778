//! How a server closes a WebSocket on a client that does something wrong.

use super::client::Lost;
use crate::clock;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::error::ProtocolError;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::{Error, Utf8Bytes};

/// Longest reason of a close, bytes.
const LONGEST_REASON: usize = 123;
/// What a refused client may still send while its refusal is on the way, bytes and time.
const LINGER_BYTES: usize = 1 << 20;
const LINGER_NS: u64 = 2 * clock::S;

/// Closes a connection whose client broke the protocol, with the code for it (RFC 6455, 7.4.1).
pub async fn fail<W>(socket: WebSocketStream<W>, error: &Error, largest: usize) -> Result<(), Lost>
where
    W: AsyncRead + AsyncWrite + Unpin,
{
    let (code, reason) = match error {
        Error::Capacity(_) => {
            let reason = format!("a message is longer than {largest} bytes");
            return refuse(socket, CloseCode::Size, &reason).await;
        }
        Error::Utf8(_) => (CloseCode::Invalid, "a text is not UTF-8"),
        // It left without a close frame: nobody is there to be told.
        Error::Protocol(ProtocolError::ResetWithoutClosingHandshake) => return Err(Lost),
        Error::Protocol(_) => (CloseCode::Protocol, "a frame breaks RFC 6455"),
        _ => return Err(Lost),
    };
    refuse(socket, code, reason).await
}

/// Closes with a code and a reason. What the client still sends is read and dropped for a while:
/// closing over unread bytes resets the connection, and a reset may overtake the refusal.
pub async fn refuse<W>(
    mut socket: WebSocketStream<W>,
    code: CloseCode,
    reason: &str,
) -> Result<(), Lost>
where
    W: AsyncRead + AsyncWrite + Unpin,
{
    // A control frame has room for so much (RFC 6455, 5.5).
    let cut = reason.floor_char_boundary(LONGEST_REASON.min(reason.len()));
    let reason = Utf8Bytes::from(&reason[..cut]);
    let frame = CloseFrame { code, reason };
    socket.close(Some(frame)).await.map_err(|_| Lost)?;
    let wire = socket.get_mut();
    wire.shutdown().await.map_err(|_| Lost)?;
    let linger = async {
        let (mut dropped, mut scratch) = (0, [0; 1024]);
        while dropped < LINGER_BYTES {
            match wire.read(&mut scratch).await {
                Ok(0) | Err(_) => return,
                Ok(read) => dropped += read,
            }
        }
    };
    tokio::select! {
        biased;
        () = linger => {}
        () = clock::sleep(LINGER_NS) => {}
    }
    Ok(())
}
