//! The few lines of HTTP that the transports share: short answers, and a connection to ask over.

use super::client::{Lost, SharedHeads};
use super::line::Line;
use super::{Task, post};
use crate::clock;
use crate::feed::Reader;
use crate::hub::Hub;
use bytes::Bytes;
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Either, Full, Limited};
use hyper::client::conn::http1::{self, SendRequest};
use hyper::header::{CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, DATE, HeaderValue};
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use std::cell::RefCell;
use std::convert::Infallible;
use std::sync::Arc;
use tokio::sync::Mutex;

/// The body of an answer: a whole text, or a stream of events.
pub type Body = Either<Full<Bytes>, UnsyncBoxBody<Bytes, Infallible>>;
/// What a server half returns.
pub type Answer = Response<Body>;

/// Largest body that a client accepts.
const LARGEST_BODY: usize = 16 << 20;

/// A body that is there as a whole.
pub fn whole_body(text: Bytes) -> Body {
    Either::Left(Full::new(text))
}

/// An answer that needs no waiting for.
pub fn at_once(answer: Answer) -> Task<Answer> {
    Box::pin(std::future::ready(answer))
}

/// A short answer in plain text, for people and errors.
pub fn plain(status: StatusCode, text: &str) -> Answer {
    let mut answer = Response::new(whole_body(Bytes::copy_from_slice(text.as_bytes())));
    *answer.status_mut() = status;
    let headers = answer.headers_mut();
    let kind = HeaderValue::from_static("text/plain; charset=utf-8");
    headers.insert(CONTENT_TYPE, kind);
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
    let mut answer = Response::new(whole_body(Bytes::new()));
    *answer.status_mut() = StatusCode::NO_CONTENT;
    answer.headers_mut().insert(DATE, date());
    answer
}

/// Makes an answer the last one of its connection.
pub fn last(mut answer: Answer) -> Answer {
    let headers = answer.headers_mut();
    headers.insert(CONNECTION, HeaderValue::from_static("close"));
    answer
}

/// What a question asks for behind its `?`, each value as it stands there. Of a name that comes twice the first counts,
/// and names that nobody knows are passed over.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Query<'a> {
    since: Option<&'a str>,
    hold: Option<&'a str>,
    latest: Option<&'a str>,
    topics: Option<&'a str>,
    client: Option<&'a str>,
}

impl<'a> Query<'a> {
    /// The query of a request.
    pub fn of<B>(request: &'a Request<B>) -> Self {
        let mut query = Self::default();
        for pair in request.uri().query().unwrap_or_default().split('&') {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let known = match name {
                "since" => &mut query.since,
                "hold" => &mut query.hold,
                "latest" => &mut query.latest,
                "topics" => &mut query.topics,
                "client" => &mut query.client,
                _ => continue,
            };
            known.get_or_insert(value);
        }
        query
    }

    /// The cursor, if it names one; `Err` carries the answer to a bad one.
    pub fn since(&self) -> Result<Option<u64>, Box<Answer>> {
        number("since", self.since)
    }

    /// How many milliseconds the question may be held, if it says so.
    pub fn hold_ms(&self) -> Result<Option<u64>, Box<Answer>> {
        number("hold", self.hold)
    }

    /// Whether the newest event is enough.
    pub fn latest(&self) -> bool {
        self.latest.is_some()
    }

    /// The topics that it names, if it names any.
    pub fn topics(&self) -> Option<Vec<String>> {
        let names = self.topics?.split(',');
        Some(names.map(str::to_owned).collect())
    }

    /// Who asks, if that is said.
    pub fn client(&self) -> Option<&'a str> {
        self.client
    }

    /// The feed as the question wants it; `Err` carries the answer to one that wants what there is not.
    pub fn reader(&self, hub: &Hub) -> Result<Reader, Box<Answer>> {
        hub.reader(self.topics(), self.client)
            .map_err(|problem| Box::new(post::refusal(&problem)))
    }
}

/// The value of a parameter that is a whole number.
fn number(name: &str, value: Option<&str>) -> Result<Option<u64>, Box<Answer>> {
    let Some(value) = value else { return Ok(None) };
    whole(value.as_bytes()).map(Some).ok_or_else(|| {
        let text = format!("{name}={value:?} is not a whole number: write {name}=0 to begin\n");
        Box::new(plain(StatusCode::BAD_REQUEST, &text))
    })
}

/// A whole number: decimal digits and nothing else (`parse` would take a plus sign).
pub fn whole(text: &[u8]) -> Option<u64> {
    if text.is_empty() {
        return None;
    }
    text.iter().try_fold(0, |number: u64, digit| {
        let digit = digit.is_ascii_digit().then(|| u64::from(digit - b'0'))?;
        number.checked_mul(10)?.checked_add(digit)
    })
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

    #[test]
    fn a_query_is_taken_apart_once() {
        let asked = |target: &str| {
            let request = Request::get(target).body(()).expect("a target");
            let query = Query::of(&request);
            let numbers = (query.since().ok(), query.hold_ms().ok());
            let client = query.client().map(str::to_owned);
            (numbers, query.latest(), query.topics(), client)
        };
        let nothing = ((Some(None), Some(None)), false, None, None);
        for target in [
            "/poll",
            "/poll?",
            "/poll?&&",
            "/poll?since2=7&Hold=1&lates=1",
        ] {
            assert_eq!(asked(target), nothing, "{target}");
        }
        assert_eq!(
            asked("/poll?since=000007&latest&topics=a,b&client=c=d&hold=25&since=9"),
            (
                (Some(Some(7)), Some(Some(25))),
                true,
                Some(vec!["a".to_owned(), "b".to_owned()]),
                Some("c=d".to_owned())
            )
        );
        // Neither a sign nor nothing at all is a number.
        let bad = ((None, None), false, Some(vec![String::new()]), None);
        assert_eq!(asked("/poll?since=+7&hold&topics="), bad);
    }

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
