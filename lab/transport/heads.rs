//! The heads of requests and answers: what the header profiles send, and how many bytes that is.

use super::http::{Answer, date, nothing, whole_body};
use crate::feed::Batch;
use crate::scenario::{Connection, HeaderProfile, LiteralHeaders};
use bytes::{Bytes, BytesMut};
use http_body_util::Full;
use hyper::header::{CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, DATE, HeaderName, HeaderValue};
use hyper::{HeaderMap, Method, Request, Response};

/// The virtual host of the lab.
pub const HOST: &str = "lab.example";
/// Media type of a batch: one event per line.
const NDJSON: &str = "application/x-ndjson";

/// What Chromium 156 sends with `fetch` and `EventSource`, in its order (captured; the cursor and
/// the `Accept` line come from the transport).
const BROWSER: &[(&str, &str)] = &[
    ("Connection", "keep-alive"),
    ("Pragma", "no-cache"),
    ("Cache-Control", "no-cache"),
    ("sec-ch-ua-platform", "\"Linux\""),
    ("User-Agent", BROWSER_AGENT),
    (
        "sec-ch-ua",
        "\"Not:A-Brand\";v=\"8\", \"Chromium\";v=\"156\"",
    ),
    ("sec-ch-ua-mobile", "?0"),
    ("Accept", "*/*"),
    ("Sec-Fetch-Site", "same-origin"),
    ("Sec-Fetch-Mode", "cors"),
    ("Sec-Fetch-Dest", "empty"),
    ("Referer", "http://lab.example/"),
    ("Accept-Encoding", "gzip, deflate, br, zstd"),
    ("Accept-Language", "en-US,en;q=0.9"),
];
/// What it sends with a WebSocket upgrade besides the handshake's own lines.
const BROWSER_UPGRADE: &[(&str, &str)] = &[
    ("Pragma", "no-cache"),
    ("Cache-Control", "no-cache"),
    ("User-Agent", BROWSER_AGENT),
    ("Origin", "http://lab.example"),
    ("Accept-Encoding", "gzip, deflate, br, zstd"),
    ("Accept-Language", "en-US,en;q=0.9"),
    (
        "Sec-WebSocket-Extensions",
        "permessage-deflate; client_max_window_bits",
    ),
];
const BROWSER_AGENT: &str = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) \
                             Chrome/156.0.0.0 Safari/537.36";

/// The heads of a scenario's header profile.
#[derive(Debug, Clone)]
pub struct Heads {
    /// Header lines of polls and stream openings.
    request: HeaderMap,
    /// Header lines that go with an upgrade.
    upgrade: HeaderMap,
    /// Header lines of polls' answers.
    answer: HeaderMap,
    /// Whether those were given literally, date and all.
    literal: bool,
    /// Path of short polls, given literally.
    pub poll_path: Option<String>,
    /// Whether each question is the last one of its connection.
    pub closing: bool,
}

impl Heads {
    pub fn new(profile: &HeaderProfile) -> Self {
        let lean = || map([("Host", HOST), ("Accept", "*/*")]);
        match profile {
            HeaderProfile::Lean => Self {
                request: lean(),
                upgrade: map([]),
                answer: answer(),
                literal: false,
                poll_path: None,
                closing: false,
            },
            HeaderProfile::Browser => {
                let request = [("Host", HOST)].into_iter().chain(BROWSER.iter().copied());
                let upgrade = map(BROWSER_UPGRADE.iter().copied());
                Self {
                    request: map(request),
                    upgrade,
                    answer: answer(),
                    literal: false,
                    poll_path: None,
                    closing: false,
                }
            }
            HeaderProfile::Literal(literal) => Self::literal(literal),
        }
    }

    /// The same for pollers, whose questions may each have a connection of their own.
    pub fn polls(profile: &HeaderProfile, connection: Connection) -> Self {
        let mut heads = Self::new(profile);
        if connection == Connection::Close {
            let close = HeaderValue::from_static("close");
            heads.request.insert(CONNECTION, close);
            heads.closing = true;
        }
        heads
    }

    /// Loading a scenario has checked that the lines are well-formed.
    fn literal(literal: &LiteralHeaders) -> Self {
        let lines = |lines: &[String]| {
            map(lines
                .iter()
                .skip(1)
                .filter_map(|line| line.split_once(": ")))
        };
        let path = literal
            .request
            .first()
            .and_then(|line| line.split(' ').nth(1));
        Self {
            request: lines(&literal.request),
            upgrade: map([]),
            answer: lines(&literal.response),
            literal: true,
            poll_path: path.map(str::to_owned),
            closing: false,
        }
    }

    /// A `GET` with this profile's header lines.
    pub fn get(&self, path: &str) -> Request<Full<Bytes>> {
        let mut request = Request::new(Full::default());
        // Paths are our own or checked on loading.
        *request.uri_mut() = path.parse().unwrap_or_default();
        *request.headers_mut() = self.request.clone();
        request
    }

    /// A `POST` of a message with this profile's header lines.
    pub fn post(&self, path: &str, text: Bytes) -> Request<Full<Bytes>> {
        let mut request = self.get(path);
        *request.method_mut() = Method::POST;
        let headers = request.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers.insert(CONTENT_LENGTH, HeaderValue::from(text.len()));
        *request.body_mut() = Full::new(text);
        request
    }

    /// What people are told about a poller's connections, if it is out of the ordinary.
    pub fn connection(&self) -> &'static str {
        if self.closing {
            ", a connection per question"
        } else {
            ""
        }
    }

    /// Header lines that go with an upgrade.
    pub fn upgrade(&self) -> &HeaderMap {
        &self.upgrade
    }

    /// The answer to a poll: the events, one per line, or 204 if there are none.
    pub fn batch(&self, events: &Batch) -> Answer {
        if events.is_empty() {
            return nothing();
        }
        let mut text =
            BytesMut::with_capacity(events.iter().map(|event| event.payload.len() + 1).sum());
        for event in events {
            text.extend_from_slice(&event.payload);
            text.extend_from_slice(b"\n");
        }
        let length = text.len();
        let mut answer = Response::new(whole_body(text.freeze()));
        let headers = answer.headers_mut();
        headers.clone_from(&self.answer);
        if self.literal {
            headers.insert(CONTENT_LENGTH, HeaderValue::from(length));
        } else {
            headers.insert(DATE, date()); // and hyper adds the length, as the last line
        }
        answer
    }

    /// Bytes of the head of a question to `path`, line endings included (RFC 9112, 2.1).
    pub fn request_bytes(&self, path: &str) -> f64 {
        (format!("GET {path} HTTP/1.1\r\n").len() + lines_bytes(&self.request) + 2) as f64
    }

    /// Bytes of the head of an answer whose body has `body` bytes.
    pub fn answer_bytes(&self, body: f64) -> f64 {
        let fixed = lines_bytes(&self.answer) - length_bytes(self.answer.get(CONTENT_LENGTH));
        let length = "Content-Length: \r\n".len() as f64 + digits(body);
        ("HTTP/1.1 200 OK\r\n".len() + fixed + 2) as f64 + length + self.close_bytes()
    }

    /// Bytes of an answer that says "nothing new".
    pub fn empty_bytes(&self) -> f64 {
        (format!("HTTP/1.1 204 No Content\r\nDate: {SOME_DATE}\r\n\r\n").len()) as f64
            + self.close_bytes()
    }

    /// What hyper adds to the last answer of a connection (RFC 9112, 9.6).
    fn close_bytes(&self) -> f64 {
        let line = "Connection: close\r\n".len() as f64;
        if self.closing { line } else { 0.0 }
    }
}

/// The header lines of an answer with events, but for its length; the date is replaced by that of the instant.
fn answer() -> HeaderMap {
    map([
        ("Content-Type", NDJSON),
        ("Cache-Control", "no-store"),
        ("Date", SOME_DATE),
    ])
}

/// A date of the length that all HTTP dates have.
const SOME_DATE: &str = "Wed, 01 Jan 2025 00:00:00 GMT";

fn length_bytes(value: Option<&HeaderValue>) -> usize {
    value.map_or(0, |value| "Content-Length: \r\n".len() + value.len())
}

fn lines_bytes(lines: &HeaderMap) -> usize {
    lines
        .iter()
        .map(|(name, value)| name.as_str().len() + 2 + value.len() + 2)
        .sum()
}

/// Decimal digits of a length; for a mean length, of its whole part.
fn digits(length: f64) -> f64 {
    (length.max(1.0) as u64).ilog10() as f64 + 1.0
}

fn map<'a>(lines: impl IntoIterator<Item = (&'a str, &'a str)>) -> HeaderMap {
    let parse = |(name, value): (&str, &str)| {
        Some((
            name.parse::<HeaderName>().ok()?,
            HeaderValue::from_str(value).ok()?,
        ))
    };
    lines.into_iter().filter_map(parse).collect()
}
