//! The first message over a WebSocket: where the client was.

use futures_util::StreamExt;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::{Error, Message};

/// The cursor of the client's hello; `None` if it begins with something else. Pings and pongs may
/// come at any time and are no beginning.
pub async fn hello<W>(socket: &mut WebSocketStream<W>) -> Result<Option<u64>, Error>
where
    W: AsyncRead + AsyncWrite + Unpin,
{
    loop {
        match socket.next().await {
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
            Some(Ok(Message::Text(text))) => return Ok(since(&text)),
            Some(Ok(_)) | None => return Ok(None),
            Some(Err(error)) => return Err(error),
        }
    }
}

/// The cursor in a hello: `{"since":41}`. Other members are for later versions.
fn since(text: &str) -> Option<u64> {
    let hello: serde_json::Value = serde_json::from_str(text).ok()?;
    hello.get("since")?.as_u64()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hello_is_an_object_with_a_whole_number() {
        assert_eq!(since(r#"{"since":41}"#), Some(41));
        assert_eq!(since(r#" { "app": "x", "since": 0 } "#), Some(0));
        for bad in [
            "",
            "41",
            "{}",
            r#"{"since":-1}"#,
            r#"{"since":1.5}"#,
            r#"{"since":"41"}"#,
        ] {
            assert_eq!(since(bad), None, "{bad}");
        }
    }
}
