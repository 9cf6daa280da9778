//! The few lines of HTTP that the transports share: short answers, and a connection to ask over.

use super::client::{Lost, SharedHeads};
use super::line::Line;
use super::post;
use crate::clock;
use crate::feed::Reader;
use crate::hub::Hub;
use bytes::Bytes;
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full, Limited};
use hyper::client::conn::http1::{self, SendRequest};
use hyper::header::{CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, DATE, HeaderValue};
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use std::cell::RefCell;
use std::convert::Infallible;
use std::sync::Arc;
use tokio::sync::Mutex;

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
        let kind = HeaderValue::from_static("text/plain; charset=utf-8");
        headers.insert(CONTENT_TYPE, kind);
    }
    headers.insert(DATE, date());
    headers.insert(CONTENT_LENGTH, HeaderValue::from(text.len()));
    answer
}

/// The date of an answer. It has whole seconds, and is written once for all answers of a second.
pub fn date() -> HeaderValue {
    thread_local! {
        static WRITTEN: RefCell<(u64, HeaderValue)> =
            const { RefCell::new((u64::MAX, HeaderValue::from_static(""))) };
    }
    let second = clock::epoch_second();
    WRITTEN.with_borrow_mut(|(of, date)| {
        if *of != second {
            *date = HeaderValue::from_str(&clock::http_date(second))
                .unwrap_or_else(|_| HeaderValue::from_static(""));
            *of = second;
        }
        date.clone()
    })
}

/// An answer without a body: there is nothing to say.
pub fn nothing() -> Answer {
    let mut answer = plain(StatusCode::NO_CONTENT, "");
    answer.headers_mut().remove(CONTENT_LENGTH);
    answer
}

/// Makes an answer the last one of its connection.
pub fn last(mut answer: Answer) -> Answer {
    let headers = answer.headers_mut();
    headers.insert(CONNECTION, HeaderValue::from_static("close"));
    answer
}

/// The value of a query parameter, as it stands there.
pub fn parameter<'a>(query: Option<&'a str>, name: &str) -> Option<&'a str> {
    let pairs = query.unwrap_or_default().split('&');
    let mut pairs = pairs.map(|pair| pair.split_once('=').unwrap_or((pair, "")));
    pairs.find(|(key, _)| *key == name).map(|(_, value)| value)
}

/// The topics that a question names, if it names any.
pub fn topics(query: Option<&str>) -> Option<Vec<String>> {
    let names = parameter(query, "topics")?;
    Some(names.split(',').map(str::to_owned).collect())
}

/// The feed as a question wants it; `Err` carries the answer to one that wants what there is not.
pub fn reader(query: Option<&str>, hub: &Hub) -> Result<Reader, Box<Answer>> {
    hub.reader(topics(query), parameter(query, "client"))
        .map_err(|problem| Box::new(post::refusal(&problem)))
}

/// The value of a query parameter that is a whole number; `Err` carries the answer to a bad one.
pub fn number(query: Option<&str>, name: &str) -> Result<Option<u64>, Box<Answer>> {
    match parameter(query, name) {
        None => Ok(None),
        Some(value) => whole(value.as_bytes()).map(Some).ok_or_else(|| {
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
    line: Line,
    heads: SharedHeads,
    sender: Option<SendRequest<Full<Bytes>>>,
}

/// A connection that whoever asks takes turns on, in the order of coming.
pub type Turns = Arc<Mutex<Asker>>;

impl Asker {
    pub fn new(line: Line, heads: SharedHeads) -> Self {
        Self {
            line,
            heads,
            sender: None,
        }
    }

    /// The same, for several to take turns.
    pub fn turns(line: Line, heads: SharedHeads) -> Turns {
        Arc::new(Mutex::new(Self::new(line, heads)))
    }

    /// Asks for `path` and waits for the whole answer. Giving up half-way closes the connection.
    pub async fn ask(&mut self, path: &str) -> Result<(StatusCode, Bytes), Lost> {
        self.send(self.heads.get(path)).await
    }

    /// Sends a message to `path` and waits for the whole answer.
    pub async fn post(&mut self, path: &str, text: Bytes) -> Result<(StatusCode, Bytes), Lost> {
        self.send(self.heads.post(path, text)).await
    }

    async fn send(&mut self, request: Request<Full<Bytes>>) -> Result<(StatusCode, Bytes), Lost> {
        // Taken out meanwhile: a connection with a question still open must not be asked again.
        let mut sender = match self.sender.take() {
            Some(sender) if !sender.is_closed() => sender,
            _ => connect(&self.line).await?,
        };
        self.line.requested();
        let answer = sender.send_request(request).await.map_err(|_| Lost)?;
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

/// Opens a connection and speaks HTTP on it until the sender is dropped.
pub async fn connect(line: &Line) -> Result<SendRequest<Full<Bytes>>, Lost> {
    let wire = line.dial().await?;
    let (sender, connection) = http1::Builder::new()
        .title_case_headers(true)
        .max_buf_size(line.buffers().http)
        .handshake(TokioIo::new(wire))
        .await
        .map_err(|_| Lost)?;
    // Ends by itself once the sender is dropped.
    tokio::spawn(connection);
    Ok(sender)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::{S, agenda};

    /// The text of one second must not be shown in another, nor in the next world of the same thread.
    #[test]
    fn a_date_is_the_date_of_its_own_world() {
        let simulated = || {
            let world = agenda::run(|_| false, Vec::new, async {
                assert_eq!(date(), "Wed, 01 Jan 2025 00:00:00 GMT");
                clock::sleep_until(S - 1).await;
                assert_eq!(date(), "Wed, 01 Jan 2025 00:00:00 GMT");
                clock::sleep_until(S).await;
                assert_eq!(date(), "Wed, 01 Jan 2025 00:00:01 GMT");
            });
            world.expect("a run that does not stall");
        };
        simulated();
        // Here a second may pass between any two lines.
        let before = clock::epoch_second();
        let shown = date();
        let after = clock::epoch_second();
        let mut possible = (before..=after).map(clock::http_date);
        assert!(possible.any(|date| shown == date.as_str()), "{shown:?}");
        simulated();
    }
}
