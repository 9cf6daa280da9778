//! Requests that no client should send.

use super::{Heard, World, exchange, hear, say};
use pushlab::transport::server::Origins;

/// A request to a door with these header lines besides `Host`.
fn get(target: &str, lines: &str) -> Vec<u8> {
    format!("GET {target} HTTP/1.1\r\nHost: lab.example\r\n{lines}\r\n").into_bytes()
}

/// An answer of the server's own, with its text.
fn plain(status: &str, extra: &str, text: &str) -> String {
    format!(
        "HTTP/1.1 {status}\r\nContent-Type: text/plain; charset=utf-8\r\n\
         Date: Wed, 01 Jan 2025 00:00:00 GMT\r\nContent-Length: {}\r\n{extra}\r\n{text}",
        text.len()
    )
}

/// An answer of hyper's, before any door is reached.
fn bare(status: &str) -> String {
    format!("HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
}

fn upgrade(lines: &str) -> Vec<u8> {
    get(
        "/ws",
        &format!(
            "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
             Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n{lines}"
        ),
    )
}

fn closed(heard: &Heard) -> bool {
    // Long before any patience ends.
    heard
        .closed_ns
        .is_some_and(|at_ns| at_ns < pushlab::clock::S)
}

#[test]
fn bytes_that_are_no_http() {
    for bytes in [
        &b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"[..], // how TLS begins
        b"\x00\x00\x00\x00\r\n\r\n",
        b"hello, is anybody there?\r\n\r\n",
        b"GET /poll\r\n\r\n",
        b"GET /poll HTTP/1.1\r\nno colon here\r\n\r\n",
        b"GET /poll HTTP/1.1\r\nX: a\x00b\r\n\r\n",
    ] {
        let heard = exchange(bytes);
        assert_eq!(
            heard.text(),
            bare("400 Bad Request"),
            "{}",
            bytes.escape_ascii()
        );
        assert!(closed(&heard));
    }
}

#[test]
fn http_2_without_asking_is_closed() {
    let heard = exchange(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
    assert_eq!(heard.text(), "");
    assert!(closed(&heard));
}

#[test]
fn a_head_that_is_too_large() {
    let long = get("/poll", &format!("X: {}\r\n", "x".repeat(10_000)));
    let many = get("/poll", &"X: x\r\n".repeat(64));
    for bytes in [long, many] {
        let heard = exchange(&bytes);
        assert_eq!(heard.text(), bare("431 Request Header Fields Too Large"));
        assert!(closed(&heard));
    }
}

#[test]
fn a_head_that_never_ends_is_cut_off_at_its_limit() {
    let mut bytes = b"GET /poll HTTP/1.1\r\nX: ".to_vec();
    bytes.resize(100_000, b'x');
    let heard = World::default().run(|_| async {
        // The server may close before all is sent: what counts is what it answers.
        let mut wire = super::dial(0).await;
        let _ = tokio::io::AsyncWriteExt::write_all(&mut wire, &bytes).await;
        hear(&mut wire).await
    });
    assert_eq!(heard.text(), bare("431 Request Header Fields Too Large"));
    assert!(closed(&heard));
}

#[test]
fn a_target_that_is_too_long() {
    let heard = exchange(&get(&format!("/poll?since={}", "0".repeat(5_000)), ""));
    let text = "the path and query are longer than 4096 bytes\n";
    assert_eq!(heard.text(), plain("414 URI Too Long", "", text));
}

#[test]
fn a_body_where_none_belongs() {
    let text = "this door takes no body\n";
    let expected = plain("413 Payload Too Large", "Connection: close\r\n", text);
    for lines in [
        "Content-Length: 5\r\n",
        "Content-Length: 99999999999\r\n",
        "Transfer-Encoding: chunked\r\n",
    ] {
        let mut bytes = get("/poll?since=0", lines);
        bytes.extend_from_slice(b"5\r\nhello\r\n");
        let heard = exchange(&bytes);
        assert_eq!(heard.text(), expected, "{lines}");
        assert!(closed(&heard), "{lines}");
    }
}

#[test]
fn a_method_that_no_door_takes() {
    let text = "this door takes GET only\n";
    for method in ["POST", "PUT", "DELETE", "OPTIONS", "BREW"] {
        let bytes =
            format!("{method} /events HTTP/1.1\r\nHost: lab.example\r\nContent-Length: 0\r\n\r\n");
        let heard = exchange(bytes.as_bytes());
        assert_eq!(
            heard.text(),
            plain("405 Method Not Allowed", "Allow: GET\r\n", text)
        );
    }
}

#[test]
fn numbers_that_are_none() {
    for (target, name, value) in [
        ("/poll?since=", "since", ""),
        ("/poll?since", "since", ""),
        ("/poll?since=x", "since", "x"),
        ("/poll?since=+1", "since", "+1"),
        ("/poll?since=%31", "since", "%31"),
        ("/poll?since=-1", "since", "-1"),
        ("/long-poll?since=1.5", "since", "1.5"),
        ("/long-poll?since=0&hold=soon", "hold", "soon"),
        (
            "/events?since=18446744073709551616",
            "since",
            "18446744073709551616",
        ),
    ] {
        let heard = exchange(&get(target, ""));
        let text = format!("{name}=\"{value}\" is not a whole number: write {name}=0 to begin\n");
        assert_eq!(
            heard.text(),
            plain("400 Bad Request", "", &text),
            "{target}"
        );
    }
    for id in ["x", "+1", "-1", "1 ", "99999999999999999999", "\u{1}"] {
        let heard = exchange(&get("/events", &format!("Last-Event-ID: {id}x\r\n")));
        assert!(
            heard.text().starts_with("HTTP/1.1 400 Bad Request\r\n"),
            "{id}"
        );
    }
}

#[test]
fn a_foreign_page_may_not_open_a_websocket() {
    let text = "pages of this origin may not open a WebSocket here: see --allow-origin\n";
    for origin in [
        "http://evil.example",
        "null",
        "http://lab.example.evil.example",
    ] {
        let heard = exchange(&upgrade(&format!("Origin: {origin}\r\n")));
        assert_eq!(heard.text(), plain("403 Forbidden", "", text), "{origin}");
    }
}

#[test]
fn own_pages_listed_pages_and_programs_may() {
    let accepted = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\n\
                    Upgrade: websocket\r\nSec-Websocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";
    for origin in [
        "",
        "Origin: http://lab.example\r\n",
        "Origin: https://friend.example\r\n",
    ] {
        let world = World {
            origins: Origins::allow([String::from("https://friend.example")]),
            ..World::default()
        };
        let heard = world.run(|_| async { hear(&mut say(0, &upgrade(origin)).await).await });
        assert!(heard.text().starts_with(accepted), "{origin}");
    }
}

#[test]
fn upgrades_that_are_none() {
    let text = "this door is for WebSocket: send an upgrade request\n";
    let expected = plain("426 Upgrade Required", "Upgrade: websocket\r\n", text);
    for bytes in [
        get("/ws", ""),
        get("/ws", "Connection: Upgrade\r\nUpgrade: h2c\r\n"),
        get("/ws", "Upgrade: websocket\r\n"),
    ] {
        assert_eq!(exchange(&bytes).text(), expected);
    }
    let version = String::from_utf8(upgrade(""))
        .unwrap()
        .replace(": 13", ": 8");
    let text = "only WebSocket version 13 is spoken here\n";
    let expected = plain(
        "426 Upgrade Required",
        "Sec-Websocket-Version: 13\r\n",
        text,
    );
    assert_eq!(exchange(version.as_bytes()).text(), expected);
    let key = String::from_utf8(upgrade("")).unwrap().replace("dGhl", "");
    let text = "Sec-WebSocket-Key is not 16 bytes in base64\n";
    assert_eq!(
        exchange(key.as_bytes()).text(),
        plain("400 Bad Request", "", text)
    );
}
