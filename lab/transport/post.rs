//! # Publishing over HTTP: a request of its own for each message
//!
//! ```text
//! client                                        server
//!   | POST /publish?client=7 HTTP/1.1   ------>   |   on a connection beside the one it reads from
//!   | Content-Type: application/json              |
//!   | Content-Length: 86                          |
//!   |                                             |
//!   | {"n":3,"t":...,"topic":"room-1",...}        |   judged at once, and seen by all who follow the topic
//!   |                                             |
//!   |   <------   HTTP/1.1 200 OK                 |   the server's word on it
//!   |             {"ack":3,"ok":true,"seq":88}    |
//!   |   <------   HTTP/1.1 204 No Content         |   or: it wanted none
//! ```
//!
//! All that answers one way (polls, event streams) publishes like this; a WebSocket just sends.
//!
//! *Cost*: a full request and answer head per message, and a second connection.
//! *Turns*: HTTP/1.1 takes one question at a time on a connection, so each message waits for the answer to the one
//! before. With `upstream: walkie-talkie` polls and messages share one connection: what one has to say waits until
//! the held question is answered. TCP could carry both at once; the half-duplex part is HTTP's.
//! *Retries*: a lost answer leaves the sender in doubt. It sends the message again with the same number, and the
//! server, which knows the number, gives the same answer and does nothing twice.

use super::client::{Client, Lost, SharedHeads};
use super::http::{Asker, Query, Turns, plain};
use super::person::Person;
use super::{Answer, http};
use crate::clock;
use crate::hub::{Hub, LARGEST_MESSAGE, Problem, Reply};
use crate::scenario::Upstream;
use http_body_util::{BodyExt, Limited};
use hyper::body::{Body, Incoming};
use hyper::header::{ALLOW, CONTENT_TYPE, HeaderValue};
use hyper::{Method, Request, StatusCode};
use tokio::task::JoinHandle;

/// Where messages are published.
pub const PUBLISH: &str = "/publish";
/// Where snapshots are.
pub const SNAPSHOT: &str = "/snapshot";
/// How long either side waits for the other.
const PATIENCE_NS: u64 = 10 * clock::S;
/// First and longest pause before a message is sent again.
const FIRST_PAUSE_NS: u64 = 250 * clock::MS;
const LONGEST_PAUSE_NS: u64 = 4 * clock::S;

/// Server half: one message.
pub async fn publish(request: Request<Incoming>, hub: &Hub) -> Answer {
    if request.method() != Method::POST {
        let mut answer = plain(StatusCode::METHOD_NOT_ALLOWED, "publish with POST\n");
        answer
            .headers_mut()
            .insert(ALLOW, HeaderValue::from_static("POST"));
        return answer;
    }
    // A browser asks before it sends this type for a foreign page, and is given no permission.
    if !is_json(request.headers().get(CONTENT_TYPE)) {
        let text = "send the message as Content-Type: application/json\n";
        return plain(StatusCode::UNSUPPORTED_MEDIA_TYPE, text);
    }
    // Known before anything of it is read, unless it comes in chunks.
    if request.body().size_hint().lower() > LARGEST_MESSAGE as u64 {
        return http::last(refusal(&Problem::TooLarge));
    }
    let client = Query::of(&request).client().unwrap_or_default().to_owned();
    let body = Limited::new(request.into_body(), LARGEST_MESSAGE).collect();
    let text = tokio::select! {
        biased;
        body = body => match body {
            Ok(body) => body.to_bytes(),
            Err(error) if error.is::<http_body_util::LengthLimitError>() => {
                return http::last(refusal(&Problem::TooLarge));
            }
            Err(_) => return http::last(plain(StatusCode::BAD_REQUEST, "half a message\n")),
        },
        () = clock::sleep(PATIENCE_NS) => {
            return http::last(plain(StatusCode::REQUEST_TIMEOUT, "the message did not come\n"));
        }
    };
    match hub.receive(&client, &text, clock::now_ns()) {
        Reply::Bad { problem, .. } => refusal(&problem),
        reply => match reply.text() {
            Some(text) => json(text),
            None => http::nothing(),
        },
    }
}

/// Whether a type is JSON's, with or without parameters. What only begins like it may be a type that browsers send
/// without asking.
fn is_json(kind: Option<&HeaderValue>) -> bool {
    let kind = kind.map_or(&b""[..], HeaderValue::as_bytes);
    let kind = kind.split(|&byte| byte == b';').next().unwrap_or_default();
    kind.trim_ascii().eq_ignore_ascii_case(b"application/json")
}

/// Server half: what somebody who comes now has to know.
pub fn snapshot(request: &Request<Incoming>, hub: &Hub) -> Answer {
    let topics = Query::of(request).topics();
    match hub.snapshot(topics.as_deref()) {
        Ok((_, text)) => json(text),
        Err(problem) => refusal(&problem),
    }
}

fn json(text: String) -> Answer {
    let mut answer = plain(StatusCode::OK, &text);
    let kind = HeaderValue::from_static("application/json");
    answer.headers_mut().insert(CONTENT_TYPE, kind);
    answer
}

/// The answer to what is wrong.
pub fn refusal(problem: &Problem) -> Answer {
    let status = match problem {
        Problem::Nobody | Problem::Topic(_) | Problem::NoSnapshot => StatusCode::NOT_FOUND,
        Problem::Form(_) | Problem::Topics => StatusCode::BAD_REQUEST,
        Problem::Sequence(_) => StatusCode::CONFLICT,
        Problem::TooFast | Problem::TooMany => StatusCode::TOO_MANY_REQUESTS,
        Problem::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
    };
    plain(status, &format!("{problem}\n"))
}

/// What people are told, if it is out of the ordinary.
pub fn settings(upstream: Upstream) -> &'static str {
    match upstream {
        Upstream::SecondConnection => "",
        Upstream::WalkieTalkie => ", walkie-talkie",
    }
}

/// Publishing beside reading; ends when dropped.
pub struct Beside(Option<JoinHandle<()>>);

impl Drop for Beside {
    fn drop(&mut self) {
        if let Some(task) = &self.0 {
            task.abort();
        }
    }
}

/// Client half: takes what the client's person has to say to the server, over a connection of its own or in turns with
/// `reading`.
pub fn beside(client: &Client, heads: &SharedHeads, upstream: Upstream, reading: &Turns) -> Beside {
    let Some(person) = client.person().cloned() else {
        return Beside(None);
    };
    let line = match upstream {
        Upstream::SecondConnection => Asker::turns(client.line(), heads.clone()),
        Upstream::WalkieTalkie => reading.clone(),
    };
    Beside(Some(tokio::spawn(talk(person, line))))
}

async fn talk(person: Person, line: Turns) {
    let path = format!("{PUBLISH}?client={}", person.name());
    let mut pause_ns = FIRST_PAUSE_NS;
    while let Some(message) = person.next().await {
        let answered = {
            let mut line = line.lock().await;
            person.requested();
            within(PATIENCE_NS, line.post(&path, message.text.clone())).await
        };
        match answered {
            Ok((StatusCode::OK, answer)) => {
                person.answered(&answer);
            }
            Ok((StatusCode::NO_CONTENT, _)) => {}
            // In a while there will be room; what needs no answer is not worth the wait.
            Ok((StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE, _)) | Err(_) => {
                person.lost();
                clock::sleep(pause_ns).await;
                pause_ns = (2 * pause_ns).min(LONGEST_PAUSE_NS);
                continue;
            }
            Ok((status, text)) => person.misunderstood(message.n, status.as_str(), &text),
        }
        pause_ns = FIRST_PAUSE_NS;
    }
}

async fn within<T>(
    patience_ns: u64,
    what: impl Future<Output = Result<T, Lost>>,
) -> Result<T, Lost> {
    tokio::select! {
        biased;
        outcome = what => outcome,
        () = clock::sleep(patience_ns) => Err(Lost),
    }
}

/// Client half: asks for a snapshot and shows it.
pub async fn catch_up(client: &mut Client, line: &Turns) -> Result<(), Lost> {
    let path = match client.topics().join(",") {
        topics if topics.is_empty() => SNAPSHOT.to_owned(),
        topics => format!("{SNAPSHOT}?topics={topics}"),
    };
    let asked = async { line.lock().await.ask(&path).await };
    match client.expect(PATIENCE_NS, asked).await? {
        (StatusCode::OK, text) if client.load(&text) => Ok(()),
        _ => Err(Lost),
    }
}
