//! The few lines of HTTP that the transports share: short answers, and a connection to ask over.

use super::client::{Client, Lost, SharedHeads};
use crate::clock;
use bytes::Bytes;
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Empty, Full, Limited};
use hyper::client::conn::http1::{self, SendRequest};
use hyper::header::{CONTENT_LENGTH, HeaderValue};
use hyper::{Response, StatusCode};
use hyper_util::rt::TokioIo;
use std::convert::Infallible;

/// The body of an answer. Not `Sync`, so that a stream of events can be one.
pub type Body = UnsyncBoxBody<Bytes, Infallible>;
/// What a server half returns.
pub type Answer = Response<Body>;

/// Largest body that a client accepts.
const LARGEST_BODY: usize = 16 << 20;
/// A short answer in plain text, for people and errors.
pub fn plain(status: StatusCode, text: &str) -> Answer {
    let mut answer =
        Response::new(Full::new(Bytes::copy_from_slice(text.as_bytes())).boxed_unsync());
    *answer.status_mut() = status;
    let headers = answer.headers_mut();
    if !text.is_empty() {
        headers.insert(
            "content-type",
            HeaderValue::from_static("text/plain; charset=utf-8"),
        );
    }
    if let Ok(date) = HeaderValue::from_str(&clock::http_date()) {
        headers.insert("date", date);
    }
    headers.insert(CONTENT_LENGTH, HeaderValue::from(text.len()));
    answer
}

/// The value of a query parameter that is a whole number; `Err` carries the answer to a bad one.
pub fn number(query: Option<&str>, name: &str) -> Result<Option<u64>, Box<Answer>> {
    let pairs = query.unwrap_or_default().split('&');
    let mut pairs = pairs.map(|pair| pair.split_once('=').unwrap_or((pair, "")));
    match pairs.find(|(key, _)| *key == name) {
        None => Ok(None),
        Some((_, value)) => whole(value.as_bytes()).map(Some).ok_or_else(|| {
            let text = format!("{name}={value:?} is not a whole number: write {name}=0 to begin\n");
            Box::new(plain(StatusCode::BAD_REQUEST, &text))
        }),
    }
}

/// A whole number: decimal digits and nothing else (`parse` alone would take a plus sign).
pub fn whole(text: &[u8]) -> Option<u64> {
    let digits = text.iter().all(u8::is_ascii_digit);
    let text = digits.then(|| std::str::from_utf8(text).ok()).flatten()?;
    text.parse().ok()
}

/// The answer to a cursor that is older than the log.
pub fn forgotten(oldest_cursor: u64) -> Answer {
    let text = format!(
        "events after this cursor are gone: the oldest cursor that works is {oldest_cursor}\n"
    );
    plain(StatusCode::GONE, &text)
}

/// The events of a poll's answer, one per line.
pub fn lines(body: &[u8]) -> impl Iterator<Item = &[u8]> {
    body.split(|&byte| byte == b'\n')
        .filter(|line| !line.is_empty())
}

/// A connection to ask questions over; dialled when needed, and kept unless the heads say otherwise.
pub struct Asker {
    heads: SharedHeads,
    sender: Option<SendRequest<Empty<Bytes>>>,
}

impl Asker {
    pub fn new(heads: SharedHeads) -> Self {
        Self {
            heads,
            sender: None,
        }
    }

    /// Asks for `path` and waits for the whole answer. Giving up half-way closes the connection.
    pub async fn ask(&mut self, client: &Client, path: &str) -> Result<(StatusCode, Bytes), Lost> {
        // Taken out meanwhile: a connection with a question still open must not be asked again.
        let mut sender = match self.sender.take() {
            Some(sender) if !sender.is_closed() => sender,
            _ => connect(client).await?,
        };
        client.requested();
        let answer = sender
            .send_request(self.heads.get(path))
            .await
            .map_err(|_| Lost)?;
        let status = answer.status();
        let body = Limited::new(answer.into_body(), LARGEST_BODY)
            .collect()
            .await
            .map_err(|_| Lost)?;
        if !self.heads.closing {
            self.sender = Some(sender);
        }
        Ok((status, body.to_bytes()))
    }
}

async fn connect(client: &Client) -> Result<SendRequest<Empty<Bytes>>, Lost> {
    let wire = client.dial().await?;
    let (sender, connection) = http1::Builder::new()
        .title_case_headers(true)
        .max_buf_size(client.buffers().http)
        .handshake(TokioIo::new(wire))
        .await
        .map_err(|_| Lost)?;
    // Ends by itself once the sender is dropped.
    tokio::spawn(connection);
    Ok(sender)
}
