//! What the server says to questions that it cannot answer.

use super::server::{UPGRADE, answer, feed, get, text};

/// An error or a refusal: status line, body, and any further header line before the rest.
fn plain(status: &str, body: &str, extra: &str) -> String {
    let length = body.len();
    format!(
        "HTTP/1.1 {status}\r\nContent-Type: text/plain; charset=utf-8\r\n\
         Date: Wed, 01 Jan 2025 00:00:00 GMT\r\nContent-Length: {length}\r\n{extra}\r\n{body}"
    )
}

#[test]
fn unknown_paths_name_the_doors() {
    let body = "no such door; there are:\n  \
                /poll        Short polling\n  \
                /long-poll   Long polling\n  \
                /events      Server-Sent Events\n  \
                /ws          WebSocket\n";
    assert_eq!(get(feed(0, 1), "/"), plain("404 Not Found", body, ""));
    assert_eq!(get(feed(0, 1), "/poll/x"), plain("404 Not Found", body, ""));
}

#[test]
fn doors_take_get_only() {
    let expected = plain(
        "405 Method Not Allowed",
        "this door takes GET only\n",
        "Allow: GET\r\n",
    );
    for path in ["/poll", "/long-poll", "/events", "/ws"] {
        let question = format!("POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n");
        assert_eq!(text(answer(feed(0, 1), question)), expected);
    }
}

#[test]
fn bad_cursors_are_refused() {
    let body = "since=\"abc\" is not a whole number: write since=0 to begin\n";
    for path in ["/poll", "/long-poll", "/events"] {
        let answer = get(feed(0, 1), &format!("{path}?since=abc"));
        assert_eq!(answer, plain("400 Bad Request", body, ""), "{path}");
    }
    let answer = get(feed(0, 1), "/long-poll?since=0&hold=-1");
    let body = "hold=\"-1\" is not a whole number: write hold=0 to begin\n";
    assert_eq!(answer, plain("400 Bad Request", body, ""));
}

#[test]
fn cursors_that_are_too_old_are_gone() {
    let body = "events after this cursor are gone: the oldest cursor that works is 5\n";
    for path in ["/poll", "/long-poll", "/events"] {
        let answer = get(feed(9, 4), &format!("{path}?since=000004"));
        assert_eq!(answer, plain("410 Gone", body, ""), "{path}");
        let works = get(feed(9, 4), &format!("{path}?since=000005"));
        assert!(works.starts_with("HTTP/1.1 200 OK\r\n"), "{path}: {works}");
    }
}

#[test]
fn a_bad_last_event_id_is_refused() {
    let body = "Last-Event-ID is not a whole number: send back an id as received\n";
    for id in ["abc", "-1", "1.5", "\u{e4}"] {
        let question = format!("GET /events HTTP/1.1\r\nHost: x\r\nLast-Event-ID: {id}\r\n\r\n");
        let answer = text(answer(feed(0, 1), question));
        assert_eq!(answer, plain("400 Bad Request", body, ""), "{id}");
    }
}

#[test]
fn the_websocket_door_wants_an_upgrade() {
    let body = "this door is for WebSocket: send an upgrade request\n";
    let expected = plain("426 Upgrade Required", body, "Upgrade: websocket\r\n");
    assert_eq!(get(feed(0, 1), "/ws"), expected);
    let old = UPGRADE.replace("Version: 13", "Version: 8");
    let body = "only WebSocket version 13 is spoken here\n";
    let expected = plain(
        "426 Upgrade Required",
        body,
        "Sec-Websocket-Version: 13\r\n",
    );
    assert_eq!(text(answer(feed(0, 1), old)), expected);
}

#[test]
fn what_is_no_http_gets_a_400() {
    let answer = text(answer(feed(0, 1), "\x16\x03\x01 this is TLS\r\n\r\n"));
    assert!(
        answer.starts_with("HTTP/1.1 400 Bad Request\r\n"),
        "{answer}"
    );
}
