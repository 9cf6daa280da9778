//! What the server says.

use crate::raw::{hear, say, with_server};
use crate::support::events;
use pushlab::clock::{MS, S};
use pushlab::feed::{Event, Feed};
use pushlab::scenario;
use serde_json::json;
use std::sync::Arc;
use tokio::io::AsyncWriteExt;

pub const UPGRADE: &str = "GET /ws HTTP/1.1\r\nHost: lab.example\r\nConnection: Upgrade\r\n\
    Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
/// The key above is the one of RFC 6455, 1.3, and so is what answers it.
const SWITCHING: &str = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\n\
    Upgrade: websocket\r\nSec-Websocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";

/// A log with this many events, and room for `capacity`.
pub fn feed(count: u64, capacity: usize) -> Feed {
    let feed = Feed::new(capacity);
    events(0..count)
        .into_iter()
        .for_each(|event| feed.publish(event));
    feed
}

/// Asks and listens until nothing has come for a second.
pub fn answer(feed: Feed, question: impl AsRef<[u8]>) -> Vec<u8> {
    with_server(json!({}), feed, async {
        hear(&mut say(question).await, S).await
    })
}

/// `GET` for this target over a server with these events; the answer as text.
pub fn get(feed: Feed, target: &str) -> String {
    text(answer(
        feed,
        format!("GET {target} HTTP/1.1\r\nHost: lab.example\r\n\r\n"),
    ))
}

pub fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).expect("text")
}

#[test]
fn short_poll_with_events() {
    assert_eq!(
        get(feed(2, 10), "/poll?since=000000"),
        "HTTP/1.1 200 OK\r\n\
         Content-Type: application/x-ndjson\r\n\
         Cache-Control: no-store\r\n\
         Date: Wed, 01 Jan 2025 00:00:00 GMT\r\n\
         Content-Length: 72\r\n\
         \r\n\
         {\"seq\":     1,\"t\":               0}\n\
         {\"seq\":     2,\"t\":               1}\n"
    );
}

#[test]
fn the_last_answer_of_a_connection() {
    let question =
        "GET /poll?since=000001 HTTP/1.1\r\nHost: lab.example\r\nConnection: close\r\n\r\n";
    let answer = with_server(json!({}), feed(2, 10), async {
        hear(&mut say(question).await, S).await
    });
    assert_eq!(
        text(answer),
        "HTTP/1.1 200 OK\r\n\
         Content-Type: application/x-ndjson\r\n\
         Cache-Control: no-store\r\n\
         Date: Wed, 01 Jan 2025 00:00:00 GMT\r\n\
         Connection: close\r\n\
         Content-Length: 36\r\n\
         \r\n\
         {\"seq\":     2,\"t\":               1}\n"
    );
}

#[test]
fn short_poll_without_news() {
    let expected = "HTTP/1.1 204 No Content\r\nDate: Wed, 01 Jan 2025 00:00:00 GMT\r\n\r\n";
    assert_eq!(get(feed(2, 10), "/poll?since=000002"), expected);
    assert_eq!(get(feed(0, 10), "/poll?since=000000"), expected);
}

#[test]
fn short_poll_for_the_newest() {
    let answer = get(feed(9, 10), "/poll?latest=1");
    let body = "\r\nContent-Length: 36\r\n\r\n{\"seq\":     9,\"t\":               8}\n";
    assert!(answer.ends_with(body), "{answer}");
}

#[test]
fn long_poll_is_answered_when_the_event_is_born() {
    let feed = feed(1, 10);
    let (first, second) = with_server(json!({}), feed.clone(), async {
        let question =
            "GET /long-poll?since=000001&hold=25000 HTTP/1.1\r\nHost: lab.example\r\n\r\n";
        let mut wire = say(question).await;
        let first = hear(&mut wire, 2 * S).await;
        feed.publish(events([0, 7]).remove(1));
        (first, hear(&mut wire, S).await)
    });
    assert_eq!(text(first), "", "held");
    assert_eq!(
        text(second),
        "HTTP/1.1 200 OK\r\n\
         Content-Type: application/x-ndjson\r\n\
         Cache-Control: no-store\r\n\
         Date: Wed, 01 Jan 2025 00:00:02 GMT\r\n\
         Content-Length: 36\r\n\
         \r\n\
         {\"seq\":     2,\"t\":               7}\n"
    );
}

#[test]
fn long_poll_ends_with_its_hold() {
    let (held, answer) = with_server(json!({}), feed(1, 10), async {
        let question =
            "GET /long-poll?since=000001&hold=3000 HTTP/1.1\r\nHost: lab.example\r\n\r\n";
        let mut wire = say(question).await;
        let held = hear(&mut wire, 2_900 * MS).await;
        (held, hear(&mut wire, S).await)
    });
    assert_eq!(text(held), "");
    let expected = "HTTP/1.1 204 No Content\r\nDate: Wed, 01 Jan 2025 00:00:03 GMT\r\n\r\n";
    assert_eq!(text(answer), expected);
}

#[test]
fn an_event_stream_byte_by_byte() {
    let feed = feed(1, 10);
    let heard = with_server(json!({"heartbeat": "3s"}), feed.clone(), async {
        let mut wire = say("GET /events HTTP/1.1\r\nHost: lab.example\r\n\r\n").await;
        let mut heard = hear(&mut wire, S).await;
        feed.publish(events([0, 7]).remove(1));
        heard.extend(hear(&mut wire, S).await);
        heard.extend(hear(&mut wire, 2_500 * MS).await);
        heard
    });
    assert_eq!(
        text(heard),
        "HTTP/1.1 200 OK\r\n\
         Content-Type: text/event-stream\r\n\
         Cache-Control: no-store\r\n\
         Date: Wed, 01 Jan 2025 00:00:00 GMT\r\n\
         Transfer-Encoding: chunked\r\n\
         \r\n\
         D\r\nretry: 1000\n\n\r\n\
         31\r\nid: 1\ndata: {\"seq\":     1,\"t\":               0}\n\n\r\n\
         31\r\nid: 2\ndata: {\"seq\":     2,\"t\":               7}\n\n\r\n\
         3\r\n:\n\n\r\n"
    );
}

#[test]
fn an_event_stream_resumes_after_the_last_id() {
    let question = "GET /events HTTP/1.1\r\nHost: lab.example\r\nLast-Event-ID: 2\r\n\r\n";
    let answer = text(answer(feed(3, 10), question));
    let body = "\r\n\r\nD\r\nretry: 1000\n\n\r\n\
                31\r\nid: 3\ndata: {\"seq\":     3,\"t\":               2}\n\n\r\n";
    assert!(answer.ends_with(body), "{answer}");
}

/// A masked text frame (mask 0) of at most 125 bytes, as a client sends it.
pub fn frame(text: &str) -> Vec<u8> {
    let mut frame = vec![0x81, 0x80 | text.len() as u8, 0, 0, 0, 0];
    frame.extend_from_slice(text.as_bytes());
    frame
}

#[test]
fn a_websocket_frame_by_frame() {
    let feed = feed(2, 10);
    let (head, frames) = with_server(json!({"heartbeat": "3s"}), feed, async {
        let mut wire = say(UPGRADE).await;
        let head = hear(&mut wire, S).await;
        let hello = frame("{\"since\":1}");
        wire.write_all(&hello).await.expect("an open wire");
        let mut frames = hear(&mut wire, S).await;
        // Silence: a ping, which is answered; then a close, which is returned.
        frames.extend(hear(&mut wire, 2_500 * MS).await);
        let pong = [0x8a, 0x80, 0, 0, 0, 0];
        wire.write_all(&pong).await.expect("an open wire");
        let close = [0x88, 0x82, 0, 0, 0, 0, 0x03, 0xe8];
        wire.write_all(&close).await.expect("an open wire");
        frames.extend(hear(&mut wire, S).await);
        (head, frames)
    });
    assert_eq!(text(head), SWITCHING);
    let mut expected = b"\x81\x23{\"seq\":     2,\"t\":               1}".to_vec();
    expected.extend(b"\x89\x00");
    expected.extend(b"\x88\x02\x03\xe8");
    assert_eq!(frames, expected);
}

/// Upgrades, says this, and returns what comes after the 101.
fn after_hello(feed: Feed, hello: &[u8]) -> Vec<u8> {
    with_server(json!({}), feed, async {
        let mut wire = say(UPGRADE).await;
        hear(&mut wire, S).await;
        wire.write_all(hello).await.expect("an open wire");
        hear(&mut wire, S).await
    })
}

#[test]
fn a_websocket_hello_that_is_none_is_closed_with_a_reason() {
    let mut expected = b"\x88\x18\x03\xf0".to_vec(); // 1008: policy violation
    expected.extend(b"begin with {\"since\":N}");
    for hello in ["hello", "{}", "{\"since\":-1}", "{\"since\":\"1\"}", "[1]"] {
        assert_eq!(after_hello(feed(2, 10), &frame(hello)), expected, "{hello}");
    }
    let binary = [0x82, 0x80, 0, 0, 0, 0];
    assert_eq!(after_hello(feed(2, 10), &binary), expected);
}

#[test]
fn a_websocket_cursor_too_old_is_closed_with_a_code_of_its_own() {
    let mut expected = b"\x88\x23\x11\x3a".to_vec(); // 4410
    expected.extend(b"events after this cursor are gone");
    assert_eq!(after_hello(feed(9, 4), &frame("{\"since\":4}")), expected);
}

#[test]
fn a_hello_without_a_mask_is_none() {
    let closed = after_hello(feed(2, 10), b"\x81\x0b{\"since\":0}");
    assert!(closed.starts_with(b"\x88\x19\x03\xea"), "{closed:?}");
}

/// The answer to the poll of 2009: a head of 193 bytes, and 21 bytes of body.
#[test]
fn the_published_answer_of_2009() {
    let scenario = scenario::shipped("kaazing").expect("it is shipped");
    let fields = serde_json::to_value(scenario).expect("a scenario is JSON");
    let feed = Feed::new(10);
    let payload = "00001 0000000 101.25";
    feed.publish(Arc::new(Event {
        payload: payload.into(),
        ..(*events([0])[0]).clone()
    }));
    let question = "GET /PollingStock//PollingStock HTTP/1.1\r\nHost: localhost:8080\r\n\r\n";
    let answer = with_server(fields, feed, async {
        hear(&mut say(question).await, S).await
    });
    let head = "HTTP/1.1 200 OK\r\n\
         X-Powered-By: Servlet/2.5\r\n\
         Server: Sun Java System Application Server 9.1_02\r\n\
         Content-Type: text/html;charset=UTF-8\r\n\
         Content-Length: 21\r\n\
         Date: Sat, 07 Nov 2009 00:32:46 GMT\r\n\
         \r\n";
    assert_eq!(text(answer), format!("{head}{payload}\n"));
    assert_eq!(head.len(), 193);
}
