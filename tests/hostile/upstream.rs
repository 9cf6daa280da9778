//! Messages that nobody should publish: over HTTP and over WebSocket each is answered with one clear error, and the
//! connection is as good as before.

use super::mistakes::mistakes;
use super::{Heard, World, hear, say};
use pushlab::clock::{self, MS, S};
use pushlab::net::Wire;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

const KIND: &str = "Content-Type: application/json\r\n";
pub const UPGRADE: &str = "GET /ws HTTP/1.1\r\nHost: lab.example\r\nConnection: Upgrade\r\n\
    Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
const JOIN: &str = r#"{"n":1,"topic":"room-1","class":"join"}"#;
const JOINED: &str = r#"{"ack":1,"ok":true,"seq":1}"#;
const JOINED_EVENT: &str =
    r#"{"seq":     1,"t":1735689600TTTTTT,"room":"room-1","type":"join","from":"me"}"#;

pub fn post(client: &str, lines: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "POST /publish?client={client} HTTP/1.1\r\nHost: lab.example\r\n{lines}Content-Length: {length}\r\n\r\n{body}"
    )
}

fn answer(status: &str, kind: &str, lines: &str, text: &str) -> String {
    format!(
        "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nDate: Wed, 01 Jan 2025 00:00:00 GMT\r\n\
         Content-Length: {}\r\n{lines}\r\n{text}",
        text.len()
    )
}

fn plain(status: &str, lines: &str, text: &str) -> String {
    answer(status, "text/plain; charset=utf-8", lines, text)
}

/// A client's frame with the mask zero, and a server's without.
pub fn masked(first: u8, payload: &[u8]) -> Vec<u8> {
    let mut frame = framed(first, payload);
    frame[1] |= 0x80;
    let head = frame.len() - payload.len();
    frame.splice(head..head, [0; 4]);
    frame
}

fn framed(first: u8, payload: &[u8]) -> Vec<u8> {
    let mut frame = vec![first];
    match payload.len() {
        short @ 0..126 => frame.push(short as u8),
        long => {
            frame.push(126);
            frame.extend_from_slice(&(long as u16).to_be_bytes());
        }
    }
    frame.extend_from_slice(payload);
    frame
}

fn chat() -> World {
    World {
        app: Some("chat"),
        ..World::default()
    }
}

/// Sends bytes into a chat; what comes back, and the events that came of it.
fn exchange(bytes: impl AsRef<[u8]>) -> (Heard, u64) {
    chat().run(|feed| async move {
        let heard = hear(&mut say(0, bytes.as_ref()).await).await;
        (heard, feed.head())
    })
}

/// What comes over an open WebSocket until nothing has come for a while, shorter than between two pings.
async fn hear_socket(wire: &mut Wire) -> Vec<u8> {
    let mut heard = Vec::new();
    loop {
        tokio::select! {
            biased;
            read = wire.read_buf(&mut heard) => if read.unwrap_or(0) == 0 {
                return heard;
            },
            () = clock::sleep(5 * S) => return heard,
        }
    }
}

/// The same over a WebSocket; what comes behind the 101.
fn talk(hello: &str, frames: &[u8]) -> (Vec<u8>, u64) {
    let hello = masked(0x81, hello.as_bytes());
    let bytes = [UPGRADE.as_bytes(), &hello, frames].concat();
    chat().run(|feed| async move {
        let heard = hear_socket(&mut say(0, &bytes).await).await;
        let end = heard.windows(4).position(|end| end == b"\r\n\r\n");
        (heard[end.expect("an answer") + 4..].to_vec(), feed.head())
    })
}

#[test]
fn each_mistake_has_one_answer_over_http() {
    let (mut sent, mut expected) = (String::new(), String::new());
    for (text, status, _, words) in mistakes() {
        sent += &post("me", KIND, &text);
        expected += &plain(status, "", &format!("{words}\n"));
    }
    sent += &post("me", KIND, JOIN);
    expected += &answer("200 OK", "application/json", "", JOINED);
    let (heard, head) = exchange(sent);
    assert_eq!(heard.text(), expected);
    assert_eq!(head, 1);
}

#[test]
fn each_mistake_has_one_answer_over_websocket() {
    let (mut sent, mut expected) = (Vec::new(), Vec::new());
    for (text, _, n, words) in mistakes() {
        sent.extend(masked(0x81, text.as_bytes()));
        let words = serde_json::Value::from(words);
        let error = format!(r#"{{"ack":{n},"error":{words}}}"#);
        expected.extend(framed(0x81, error.as_bytes()));
    }
    sent.extend(masked(0x82, JOIN.as_bytes()));
    let binary = br#"{"ack":null,"error":"a message is text, not binary"}"#;
    expected.extend(framed(0x81, binary));
    sent.extend(masked(0x81, JOIN.as_bytes()));
    expected.extend(framed(0x81, JOINED.as_bytes()));
    let (heard, head) = talk(r#"{"since":0,"client":"me"}"#, &sent);
    let shown = heard.escape_ascii().to_string();
    let expected = expected.escape_ascii().to_string();
    let event = shown
        .strip_prefix(&expected)
        .unwrap_or_else(|| panic!("{shown}\ninstead of\n{expected}"));
    assert_eq!(
        event.len(),
        JOINED_EVENT.escape_default().count() + "\\x81M".len(),
        "{event}"
    );
    assert_eq!(head, 1);
}

#[test]
fn names_that_are_none() {
    let text = "say who you are: client=NAME, 1 to 32 letters, digits, '-', '_' or '.'\n";
    let long = "x".repeat(33);
    for name in ["", "a%20b", "a/b", "\"", "äöü", &long] {
        let (heard, head) = exchange(post(name, KIND, JOIN));
        let status = if name.is_ascii() {
            "400 Bad Request"
        } else {
            "400"
        };
        assert!(
            heard.text().starts_with(&format!("HTTP/1.1 {status}")),
            "{name}"
        );
        if name.is_ascii() && name != "\"" {
            assert_eq!(heard.text(), plain("400 Bad Request", "", text), "{name}");
        }
        assert_eq!(head, 0);
    }
    for path in ["poll", "long-poll", "events"] {
        let (heard, _) = exchange(format!(
            "GET /{path}?since=0&client=a/b HTTP/1.1\r\nHost: x\r\n\r\n"
        ));
        assert_eq!(heard.text(), plain("400 Bad Request", "", text), "{path}");
    }
    // Over a WebSocket a nameless client may listen; only when it speaks it is asked who it is.
    let words = serde_json::Value::from(text.trim_end());
    let error = format!(r#"{{"ack":null,"error":{words}}}"#);
    let (heard, head) = talk(r#"{"since":0}"#, &masked(0x81, JOIN.as_bytes()));
    assert_eq!(heard, framed(0x81, error.as_bytes()));
    assert_eq!(head, 0);
    let (heard, _) = talk(r#"{"since":0,"client":"a b"}"#, b"");
    assert!(heard.starts_with(b"\x88") && heard[2..4] == 1008_u16.to_be_bytes());
}

#[test]
fn topics_that_are_none_and_topics_without_end() {
    let none = "there is no topic \"room-2\": there are room-1\n";
    let many = "more than 512 topics: name fewer, or none for all\n";
    let (one, all) = (String::from("room-2"), vec!["a"; 1_000].join(","));
    for (topics, status, text) in [(one, "404 Not Found", none), (all, "400 Bad Request", many)] {
        for path in ["poll", "long-poll", "events"] {
            let (heard, _) = exchange(format!(
                "GET /{path}?since=0&topics={topics} HTTP/1.1\r\nHost: x\r\n\r\n"
            ));
            assert_eq!(heard.text(), plain(status, "", text), "{path}");
        }
        // In the middle of a stream it is an error, and the topics stay as they are.
        let names = topics.replace(',', "\",\"");
        let change = format!("{{\"follow\":[\"{names}\"]}}");
        let words = serde_json::Value::from(text.trim_end());
        let error = format!(r#"{{"ack":null,"error":{words}}}"#);
        let (heard, _) = talk(r#"{"since":0}"#, &masked(0x81, change.as_bytes()));
        assert_eq!(heard, framed(0x81, error.as_bytes()));
    }
    let (heard, _) = exchange("GET /snapshot?topics=room-1 HTTP/1.1\r\nHost: x\r\n\r\n");
    let text = "this scenario has no snapshots: read from the beginning with since=0\n";
    assert_eq!(heard.text(), plain("404 Not Found", "", text));
}

#[test]
fn what_a_foreign_page_could_send() {
    let text = "send the message as Content-Type: application/json\n";
    for kind in [
        "",
        "Content-Type: text/plain\r\n",
        "Content-Type: text/plain; application/json\r\n",
        "Content-Type: application/jsonx\r\n",
        "Content-Type: application/x-www-form-urlencoded\r\n",
    ] {
        let (heard, head) = exchange(post("me", kind, JOIN));
        assert_eq!(
            heard.text(),
            plain("415 Unsupported Media Type", "", text),
            "{kind}"
        );
        assert_eq!(head, 0);
    }
    // Before it sends JSON a browser asks, and finds no permission in the answer.
    let asks = "OPTIONS /publish?client=me HTTP/1.1\r\nHost: lab.example\r\nOrigin: http://evil.example\r\n\
        Access-Control-Request-Method: POST\r\nAccess-Control-Request-Headers: content-type\r\n\r\n";
    let post_only = plain(
        "405 Method Not Allowed",
        "Allow: POST\r\n",
        "publish with POST\n",
    );
    assert_eq!(exchange(asks).0.text(), post_only);
    // And if it did not ask, it is refused all the same.
    let foreign = format!("Origin: http://evil.example\r\n{KIND}");
    let text = "pages of this origin may not publish here\n";
    let (heard, head) = exchange(post("me", &foreign, JOIN));
    assert_eq!(heard.text(), plain("403 Forbidden", "", text));
    assert_eq!(head, 0);
    // No answer lets a foreign page read it.
    for path in ["poll?since=0", "long-poll?hold=1", "snapshot", "publish"] {
        let (heard, _) = exchange(format!(
            "GET /{path} HTTP/1.1\r\nHost: lab.example\r\nOrigin: http://evil.example\r\n\r\n"
        ));
        assert!(
            !heard.text().to_ascii_lowercase().contains("access-control"),
            "{path}"
        );
    }
    let own = format!("Origin: http://lab.example\r\n{}", KIND.to_uppercase());
    assert_eq!(exchange(post("me", &own, JOIN)).1, 1);
}

#[test]
fn a_message_that_is_too_large() {
    let text = "a message is longer than 16384 bytes\n";
    let expected = plain("413 Payload Too Large", "Connection: close\r\n", text);
    // The length alone decides: nothing of the body is waited for.
    for length in ["16385", "99999999999"] {
        let head = format!(
            "POST /publish?client=me HTTP/1.1\r\nHost: x\r\n{KIND}Content-Length: {length}\r\n\r\n"
        );
        let (heard, _) = exchange(head);
        assert_eq!(heard.text(), expected);
        assert!(heard.closed_ns.is_some_and(|at_ns| at_ns < S));
    }
    // Without a length it is read as far as it may be.
    let chunk = format!("4000\r\n{}\r\n1\r\nx\r\n", "x".repeat(0x4000));
    let head = format!(
        "POST /publish?client=me HTTP/1.1\r\nHost: x\r\n{KIND}Transfer-Encoding: chunked\r\n\r\n{chunk}"
    );
    let (heard, _) = exchange(head);
    assert_eq!(heard.text(), expected);
    let (heard, _) = talk(r#"{"since":0,"client":"me"}"#, b"\x81\xfe\x40\x01\0\0\0\0");
    let close = [&1009_u16.to_be_bytes()[..], text.trim_end().as_bytes()].concat();
    assert_eq!(heard, framed(0x88, &close));
}

#[test]
fn half_a_body_that_never_ends() {
    let head = format!(
        "POST /publish?client=me HTTP/1.1\r\nHost: x\r\n{KIND}Content-Length: 40\r\n\r\n{{\"n\":1"
    );
    let (heard, head) = exchange(head);
    let expected = plain(
        "408 Request Timeout",
        "Connection: close\r\n",
        "the message did not come\n",
    );
    assert_eq!(heard.text(), expected.replace("00:00:00", "00:00:10"));
    assert!(
        heard
            .closed_ns
            .is_some_and(|at_ns| (10 * S..11 * S).contains(&at_ns))
    );
    assert_eq!(head, 0);
}

/// Two hundred may come at once, then a hundred a second; here three hundred come within a few milliseconds.
#[test]
fn messages_that_come_too_fast() {
    let text = |n: usize| match n {
        1 => JOIN.to_owned(),
        _ => format!(r#"{{"n":{n},"topic":"room-1","class":"typing"}}"#),
    };
    let words = "too many messages: wait a second";
    let sent: String = (1..=300).map(|n| post("me", KIND, &text(n))).collect();
    // Reads while it sends: whoever takes no answers is cut off.
    let (heard, head) = chat().run(|feed| async move {
        let (mut reading, mut writing) = tokio::io::split(super::dial(0).await);
        let writes = async {
            let sent = writing.write_all(sent.as_bytes()).await;
            sent.expect("the server is there");
        };
        let mut heard = Vec::new();
        tokio::join!(writes, async {
            let _ = reading.read_to_end(&mut heard).await;
        });
        (String::from_utf8_lossy(&heard).into_owned(), feed.head())
    });
    let refused = plain("429 Too Many Requests", "", &format!("{words}\n"));
    let count = heard.matches(&refused).count();
    assert!((80..=100).contains(&count), "{count}");
    assert_eq!(
        heard.matches("HTTP/1.1 204 No Content").count(),
        299 - count
    );
    assert_eq!(head as usize, 300 - count);
    // The same over a WebSocket: what needs no confirmation is told only if it was no good.
    let frames: Vec<u8> = (1..=300)
        .flat_map(|n| masked(0x81, text(n).as_bytes()))
        .collect();
    let (heard, head) = talk(r#"{"since":99999,"client":"me"}"#, &frames);
    let refused = 300 - head as usize;
    assert!((80..=100).contains(&refused), "{refused}");
    let shown = String::from_utf8_lossy(&heard);
    assert_eq!(
        shown.matches(&format!("\"error\":\"{words}\"}}")).count(),
        refused
    );
    assert!(shown.contains(&format!(r#"{{"ack":300,"error":"{words}"}}"#)));
}

#[test]
fn a_number_from_long_ago_is_taken() {
    let frames: Vec<u8> = (1..=300)
        .map(|n| match n {
            1 => JOIN.to_owned(),
            300 => r#"{"n":2,"topic":"room-1","class":"typing"}"#.into(),
            _ => format!(r#"{{"n":{n},"topic":"room-1","class":"typing"}}"#),
        })
        .flat_map(|text| masked(0x81, text.as_bytes()))
        .collect();
    // Half of them, a pause in which the allowance fills, the other half.
    let (heard, head) = chat().run(|feed| async move {
        let hello = masked(0x81, br#"{"since":99999,"client":"me"}"#);
        let mut wire = say(0, &[UPGRADE.as_bytes(), &hello].concat()).await;
        for half in frames.chunks(frames.len() / 2 + 1) {
            wire.write_all(half).await.expect("the server is there");
            clock::sleep(2 * S + 100 * MS).await;
        }
        (hear_socket(&mut wire).await, feed.head())
    });
    let words = r#"\"n\" is 2: that number is taken, and its answer forgotten; the next is 300"#;
    let error = format!(r#"{{"ack":2,"error":"{words}"}}"#);
    assert!(
        heard.ends_with(error.as_bytes()),
        "{}",
        heard.escape_ascii()
    );
    assert_eq!(head, 299);
}
