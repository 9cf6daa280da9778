//! Heads of HTTP/1.1 requests and answers (RFC 9112), read with the parser that hyper uses too.

use super::body::{Body, Chunks, Content, Length};
use super::{Layer, Malformed, sse};

/// The most header fields that are read.
const MOST_FIELDS: usize = 64;

/// What a request asked for, as far as it changes how its answer is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asked {
    Plain = 0,
    /// `HEAD`: the answer has no body, whatever its head says.
    Head = 1,
    /// A WebSocket, if the server agrees.
    Upgrade = 2,
}

/// The requests that wait for their answers, oldest first: answers come in the order of the requests (RFC 9112 9.3.2).
/// Two bits each, so that pipelining costs an idle connection no heap memory.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct InFlight {
    bits: u64,
    count: u32,
}

impl InFlight {
    const MOST: u32 = u64::BITS / 2;

    pub fn push(&mut self, asked: Asked) -> Result<(), Malformed> {
        if self.count == Self::MOST {
            return Err("more than 32 requests without an answer");
        }
        self.bits |= (asked as u64) << (2 * self.count);
        self.count += 1;
        Ok(())
    }

    /// The request that the next answer is for. A server may answer before it has read a whole request (408, 431): that
    /// is read like the answer to a plain one.
    pub fn oldest(&self) -> Asked {
        match self.bits & 0b11 {
            bits if bits == Asked::Head as u64 => Asked::Head,
            bits if bits == Asked::Upgrade as u64 => Asked::Upgrade,
            _ => Asked::Plain,
        }
    }

    pub fn pop(&mut self) {
        self.bits >>= 2;
        self.count = self.count.saturating_sub(1);
    }

    pub fn is_empty(&self) -> bool {
        self.count == 0
    }
}

/// A request's head.
pub(super) struct Request {
    pub layer: Layer,
    pub asked: Asked,
    pub body: Option<Body>,
}

/// An answer's head.
pub(super) struct Answer {
    pub layer: Layer,
    /// Another head follows for the same request (RFC 9110 15.2).
    pub interim: bool,
    /// 101: WebSocket frames follow, both ways.
    pub switches: bool,
    pub body: Option<Body>,
}

/// Where the head ends: just behind its first empty line. The bytes before `from` have been searched already, up to two
/// that may begin a line end.
pub(super) fn head_end(bytes: &[u8], from: usize) -> Option<usize> {
    let mut at = from;
    while let Some(found) = memchr::memchr(b'\n', &bytes[at..]) {
        at += found + 1;
        match &bytes[at..] {
            [b'\r', b'\n', ..] => return Some(at + 2),
            [b'\n', ..] => return Some(at + 1),
            _ => {}
        }
    }
    None
}

/// Reads a complete request head.
pub(super) fn request(head: &[u8]) -> Result<Request, Malformed> {
    let mut fields = [httparse::EMPTY_HEADER; MOST_FIELDS];
    let mut parsed = httparse::Request::new(&mut fields);
    whole(
        parsed.parse(head),
        head.len(),
        "not the head of an HTTP/1.1 request",
    )?;
    let fields = Fields(parsed.headers);
    let upgrade = fields.has("upgrade", "websocket");
    // RFC 9112 6.3: a request without a stated length has no body.
    let length = match fields.length()? {
        Stated::Open => return Err("a request body without an end"),
        Stated::Nothing => Length::Known(0),
        Stated::Length(length) => length,
    };
    Ok(Request {
        layer: if upgrade || fields.has("accept", "text/event-stream") {
            Layer::Setup
        } else {
            Layer::HttpHeaders
        },
        asked: match parsed.method {
            _ if upgrade => Asked::Upgrade,
            Some("HEAD") => Asked::Head,
            _ => Asked::Plain,
        },
        body: Body::new(length, Content::All(Layer::Payload)),
    })
}

/// Reads a complete head of an answer to a request that asked for `asked`.
pub(super) fn answer(head: &[u8], asked: Asked) -> Result<Answer, Malformed> {
    let mut fields = [httparse::EMPTY_HEADER; MOST_FIELDS];
    let mut parsed = httparse::Response::new(&mut fields);
    whole(
        parsed.parse(head),
        head.len(),
        "not the head of an HTTP/1.1 answer",
    )?;
    let status = parsed.code.unwrap_or(0);
    if status == 101 && asked != Asked::Upgrade {
        return Err("101 without an upgrade request");
    }
    let fields = Fields(parsed.headers);
    // WHATWG SSE 9.2.3: only a 200 opens a stream, whatever the type of the body.
    let events = status == 200 && fields.has("content-type", "text/event-stream");
    let content = match status {
        200 if events => Content::Events(sse::Line::default()),
        200 => Content::Lines,
        _ => Content::All(Layer::Framing),
    };
    // RFC 9112 6.3: what has no body, whatever the head says; then the stated length; else everything until the close.
    let bodiless = asked == Asked::Head || matches!(status, 100..=199 | 204 | 304);
    let length = match fields.length()? {
        _ if bodiless => Length::Known(0),
        Stated::Length(length) => length,
        Stated::Open | Stated::Nothing => Length::UntilClose,
    };
    Ok(Answer {
        layer: if events || status == 101 {
            Layer::Setup
        } else {
            Layer::HttpHeaders
        },
        interim: matches!(status, 100..=199) && status != 101,
        switches: status == 101,
        body: Body::new(length, content),
    })
}

/// Whether the parser understood all of the head, which is known to be complete.
fn whole(
    parsed: httparse::Result<usize>,
    length: usize,
    otherwise: Malformed,
) -> Result<(), Malformed> {
    match parsed {
        Ok(httparse::Status::Complete(n)) if n == length => Ok(()),
        Err(httparse::Error::TooManyHeaders) => Err("more than 64 header fields"),
        _ => Err(otherwise),
    }
}

/// What a head says about the length of its body.
enum Stated {
    Length(Length),
    Nothing,
    /// A transfer coding that only the end of the connection ends.
    Open,
}

/// The header fields of a head.
struct Fields<'a>(&'a [httparse::Header<'a>]);

impl<'a> Fields<'a> {
    /// The members of a comma-separated field, over all its lines (RFC 9110 5.6.1).
    fn members(&self, name: &'static str) -> impl Iterator<Item = &'a [u8]> {
        let named = (self.0.iter()).filter(move |field| field.name.eq_ignore_ascii_case(name));
        named
            .flat_map(|field| field.value.split(|&b| b == b','))
            .map(<[u8]>::trim_ascii)
    }

    /// Whether a field has the member `value`; parameters behind a semicolon do not matter.
    fn has(&self, name: &'static str, value: &str) -> bool {
        self.members(name).any(|member| {
            let bare = member.split(|&b| b == b';').next().unwrap_or_default();
            bare.trim_ascii().eq_ignore_ascii_case(value.as_bytes())
        })
    }

    /// RFC 9112 6.3: a transfer coding overrides a content length, and lengths that are repeated must agree.
    fn length(&self) -> Result<Stated, Malformed> {
        if let Some(last) = self.members("transfer-encoding").last() {
            return Ok(if last.eq_ignore_ascii_case(b"chunked") {
                Stated::Length(Length::Chunked(Chunks::default()))
            } else {
                Stated::Open
            });
        }
        let mut stated = None;
        for member in self.members("content-length") {
            let digits = member.iter().all(u8::is_ascii_digit);
            let number = std::str::from_utf8(member).ok().filter(|_| digits);
            let number: u64 = number
                .and_then(|text| text.parse().ok())
                .ok_or("a Content-Length that is not a number")?;
            if *stated.get_or_insert(number) != number {
                return Err("two different Content-Length");
            }
        }
        Ok(stated.map_or(Stated::Nothing, |n| Stated::Length(Length::Known(n))))
    }
}
