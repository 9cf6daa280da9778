//! The first message over a WebSocket: where the client was.

use futures_util::StreamExt;
use serde::Deserialize;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::{Error, Message};

/// How a client begins.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Hello {
    /// Where it was.
    pub since: Option<u64>,
    /// It wants a snapshot instead.
    #[serde(default)]
    pub join: bool,
    /// The topics that it follows; without it the whole feed.
    pub topics: Option<Vec<String>>,
    /// Who it is, if it publishes.
    pub client: Option<String>,
}

/// The client's hello; `None` if it begins with something else. Pings and pongs may come at any time and are no
/// beginning.
pub async fn hello<W>(socket: &mut WebSocketStream<W>) -> Result<Option<Hello>, Error>
where
    W: AsyncRead + AsyncWrite + Unpin,
{
    loop {
        match socket.next().await {
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
            Some(Ok(Message::Text(text))) => return Ok(read(&text)),
            Some(Ok(_)) | None => return Ok(None),
            Some(Err(error)) => return Err(error),
        }
    }
}

/// A hello: `{"since":41}` or `{"join":true}`. Other members are for later versions.
fn read(text: &str) -> Option<Hello> {
    // serde would take a list of all values in the right order, too.
    let object = text.trim_start().starts_with('{');
    let hello: Hello = serde_json::from_str(text).ok().filter(|_| object)?;
    (hello.join || hello.since.is_some()).then_some(hello)
}

/// Other topics, wanted by a client in the middle of the stream: `{"follow":["match-2"]}`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Change {
    follow: Vec<String>,
}

/// The topics that a message asks for, if it is of that kind.
pub fn change(text: &str) -> Option<Vec<String>> {
    let change: Change = serde_json::from_str(text).ok()?;
    Some(change.follow)
}

/// From which event on the server follows the new topics, if that is what it says: `{"following":[...],"since":120}`.
pub fn following(text: &str) -> Option<u64> {
    #[derive(Deserialize)]
    struct Following {
        since: u64,
    }
    let ours = text.starts_with("{\"following\"");
    let following: Following = ours.then(|| serde_json::from_str(text).ok()).flatten()?;
    Some(following.since)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hello_is_an_object_with_a_whole_number_or_joins() {
        let since = |text| read(text).map(|hello| hello.since);
        assert_eq!(since(r#"{"since":41}"#), Some(Some(41)));
        assert_eq!(since(r#" { "app": "x", "since": 0 } "#), Some(Some(0)));
        assert_eq!(since(r#"{"join":true}"#), Some(None));
        let full = read(r#"{"since":1,"topics":["a","b"],"client":"7"}"#);
        let topics = full.and_then(|hello| hello.topics);
        assert_eq!(topics, Some(vec!["a".to_owned(), "b".to_owned()]));
        for bad in [
            "",
            "41",
            "{}",
            "[41,true,null,null]",
            r#"{"since":-1}"#,
            r#"{"since":1.5}"#,
            r#"{"since":"41"}"#,
            r#"{"join":false}"#,
            r#"{"since":1,"topics":"a"}"#,
        ] {
            assert_eq!(read(bad), None, "{bad}");
        }
        assert_eq!(change(r#"{"follow":["a"]}"#), Some(vec!["a".to_owned()]));
        assert_eq!(change(r#"{"n":1,"follow":["a"]}"#), None);
    }
}
