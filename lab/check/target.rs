//! The server under check, and single questions to it.

use crate::clock::{self, S};
use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use hyper::client::conn::http1;
use hyper::{HeaderMap, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use std::str::FromStr;
use tokio::net::TcpStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::{Error, Message};

/// How long an answer may take that nobody holds back.
const PATIENCE_NS: u64 = 5 * S;
/// Largest answer that is read.
const LARGEST_BODY: usize = 16 << 20;

/// Host and port of a server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target(String);

impl FromStr for Target {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("{text:?} is not a server: write http://127.0.0.1:8089");
        if text.starts_with("https://") {
            return Err(format!(
                "{text:?} is encrypted, which is not spoken here: give the address behind the encryption, \
                 such as http://127.0.0.1:8089"
            ));
        }
        let host = text.strip_prefix("http://").ok_or_else(wrong)?;
        let host = host.strip_suffix('/').unwrap_or(host);
        let authority: hyper::http::uri::Authority = host.parse().map_err(|_| wrong())?;
        if host.contains('@') || authority.host().is_empty() {
            return Err(wrong());
        }
        match authority.port_u16() {
            Some(_) => Ok(Self(host.to_owned())),
            None if authority.as_str() == authority.host() => Ok(Self(format!("{host}:80"))),
            None => Err(wrong()),
        }
    }
}

/// A whole answer.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Bytes,
    /// How long it took.
    pub took_ns: u64,
}

impl Answer {
    /// Passes if the status is this one.
    pub fn is(&self, status: u16) -> Result<(), String> {
        match self.status.as_u16() {
            seen if seen == status => Ok(()),
            seen => Err(format!("{seen} instead of {status}")),
        }
    }

    /// Passes if a header begins with this value, whatever its case.
    pub fn has(&self, name: &str, value: &str) -> Result<(), String> {
        has(&self.headers, name, value)
    }
}

/// Passes if a header begins with this value, whatever its case.
pub fn has(headers: &HeaderMap, name: &str, value: &str) -> Result<(), String> {
    let seen = headers.get(name).map(|seen| seen.as_bytes());
    let start = seen.and_then(|seen| seen.get(..value.len()));
    if start.is_some_and(|start| start.eq_ignore_ascii_case(value.as_bytes())) {
        return Ok(());
    }
    Err(match seen {
        Some(seen) => format!("{name} is {}", seen.escape_ascii()),
        None => format!("no {name}"),
    })
}

/// At most this long.
pub async fn within<T>(span_ns: u64, what: impl Future<Output = T>) -> Result<T, String> {
    tokio::select! {
        biased;
        value = what => Ok(value),
        () = clock::sleep(span_ns) => Err(format!("no answer within {:.1} s", span_ns as f64 / 1e9)),
    }
}

impl Target {
    /// `Host` of the requests, also where to connect.
    pub fn host(&self) -> &str {
        &self.0
    }

    pub async fn dial(&self) -> Result<TcpStream, String> {
        let stream = within(PATIENCE_NS, TcpStream::connect(&self.0)).await?;
        let stream = stream.map_err(|error| format!("cannot connect to {}: {error}", self.0))?;
        stream
            .set_nodelay(true)
            .map_err(|error| format!("cannot use the connection: {error}"))?;
        Ok(stream)
    }

    pub async fn get(&self, path: &str) -> Result<Answer, String> {
        self.ask("GET", path, &[], "", PATIENCE_NS).await
    }

    /// Asks over a connection of its own and waits for the whole answer.
    pub async fn ask(
        &self,
        method: &str,
        path: &str,
        lines: &[(&str, &str)],
        body: impl Into<Bytes>,
        patience_ns: u64,
    ) -> Result<Answer, String> {
        let began_ns = clock::now_ns();
        let exchange = async {
            let (head, body) = self.open(method, path, lines, body).await?.into_parts();
            let body = Limited::new(body, LARGEST_BODY).collect().await;
            let body = body.map_err(|error| format!("the body broke off: {error}"))?;
            Ok(Answer {
                status: head.status,
                headers: head.headers,
                body: body.to_bytes(),
                took_ns: clock::now_ns() - began_ns,
            })
        };
        within(patience_ns, exchange).await?
    }

    /// Asks, and returns as soon as the answer's head is there.
    pub async fn open(
        &self,
        method: &str,
        path: &str,
        lines: &[(&str, &str)],
        body: impl Into<Bytes>,
    ) -> Result<Response<Incoming>, String> {
        let io = TokioIo::new(self.dial().await?);
        let opened = http1::Builder::new()
            .title_case_headers(true)
            .handshake(io)
            .await;
        let (mut sender, connection) = opened.map_err(|error| error.to_string())?;
        tokio::spawn(connection); // ends with the answer
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in [("host", self.host()), ("accept", "*/*")]
            .iter()
            .chain(lines)
        {
            request = request.header(*name, *value);
        }
        let request = request.body(Full::new(body.into()));
        let request = request.map_err(|error| error.to_string())?;
        let answer = within(PATIENCE_NS.max(130 * S), sender.send_request(request)).await?;
        answer.map_err(|error| format!("no answer: {error}"))
    }

    /// Opens a WebSocket, with further header lines.
    pub async fn websocket(
        &self,
        lines: &[(&'static str, &str)],
    ) -> Result<WebSocketStream<TcpStream>, Error> {
        let dialled = self.dial().await;
        let stream = dialled.map_err(|error| Error::Io(std::io::Error::other(error)))?;
        let mut request = Request::builder()
            .uri(format!("ws://{}/ws", self.host()))
            .header("host", self.host())
            .header("connection", "Upgrade")
            .header("upgrade", "WebSocket")
            .header("sec-websocket-version", "13")
            .header("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==");
        for (name, value) in lines {
            request = request.header(*name, *value);
        }
        let opened = tokio_tungstenite::client_async(request.body(())?, stream);
        match within(PATIENCE_NS, opened).await {
            Ok(opened) => opened.map(|(socket, _)| socket),
            Err(late) => Err(Error::Io(std::io::Error::other(late))),
        }
    }
}

/// The hello of a client that has everything up to `cursor`.
pub fn hello(cursor: u64) -> Message {
    Message::text(format!("{{\"since\":{cursor}}}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_is_a_host_and_a_port() {
        let host = |text: &str| text.parse::<Target>().map(|target| target.0);
        assert_eq!(
            host("http://127.0.0.1:8089").as_deref(),
            Ok("127.0.0.1:8089")
        );
        assert_eq!(host("http://[::1]:8089/").as_deref(), Ok("[::1]:8089"));
        assert_eq!(host("http://lab.example").as_deref(), Ok("lab.example:80"));
        for bad in [
            "",
            "127.0.0.1:8089",
            "https://x",
            "http://",
            "http://x/poll",
            "http://x:y",
            "http://a@b:1",
        ] {
            assert!(host(bad).is_err(), "{bad}");
        }
        let message = host("https://x").expect_err("encrypted");
        assert!(
            message.contains("encrypted, which is not spoken here"),
            "{message}"
        );
    }
}
