//! What people publish, and what they are told: literal bytes against the lab's server.

use super::server::{UPGRADE, frame, text};
use crate::raw::{hear, say, with_app};
use pushlab::clock::S;
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;

/// Two topics, on which a client publishes.
fn topics(acknowledge: bool) -> Value {
    json!({
        "app": "topics", "clients": 2, "topics": 2, "publishers": 1, "message": {"x": 1}, "acknowledge": acknowledge,
    })
}

const MESSAGE: &str = r#"{"n":1,"t":1735689600000000,"topic":"topic-1","class":"event","x":5}"#;

fn post(message: &str) -> String {
    format!(
        "POST /publish?client=7 HTTP/1.1\r\nHost: lab.example\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\n\r\n{message}",
        message.len()
    )
}

fn get(target: &str) -> String {
    format!("GET {target} HTTP/1.1\r\nHost: lab.example\r\n\r\n")
}

/// Says this, one after another on one connection; what is answered each time.
fn answers(fields: Value, questions: &[String]) -> Vec<String> {
    with_app(fields, async {
        let mut wire = say("").await;
        let mut answers = Vec::new();
        for question in questions {
            wire.write_all(question.as_bytes())
                .await
                .expect("an open wire");
            answers.push(text(hear(&mut wire, S / 10).await));
        }
        answers
    })
}

const DATE: &str = "Date: Wed, 01 Jan 2025 00:00:00 GMT\r\n";

fn told(status: &str, kind: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\n{DATE}Content-Length: {length}\r\n\r\n{body}"
    )
}

fn json_of(body: &str) -> String {
    told("200 OK", "application/json", body)
}

#[test]
fn a_message_is_confirmed_and_so_is_its_repeat() {
    let next = MESSAGE.replace("\"n\":1", "\"n\":2");
    let answers = answers(topics(true), &[post(MESSAGE), post(MESSAGE), post(&next)]);
    let confirmed = json_of(r#"{"ack":1,"ok":true,"seq":1}"#);
    assert_eq!(answers[0], confirmed);
    assert_eq!(answers[1], confirmed, "not applied twice");
    assert_eq!(answers[2], json_of(r#"{"ack":2,"ok":true,"seq":2}"#));
}

#[test]
fn a_message_that_wants_no_confirmation_gets_204() {
    let answers = answers(topics(false), &[post(MESSAGE)]);
    assert_eq!(answers[0], format!("HTTP/1.1 204 No Content\r\n{DATE}\r\n"));
}

#[test]
fn what_the_rules_refuse_is_answered_with_their_word() {
    let bid = |n: u32, amount: u32| {
        post(&format!(
            r#"{{"n":{n},"topic":"lot-1","amount":{amount},"seen":10000}}"#
        ))
    };
    let lots = json!({"app": "auction", "topic": "lot", "clients": 2, "publishers": 1});
    let answers = answers(lots, &[bid(1, 10_050), bid(2, 10_050)]);
    assert_eq!(answers[0], json_of(r#"{"ack":1,"ok":true,"seq":1}"#));
    assert_eq!(
        answers[1],
        json_of(r#"{"ack":2,"ok":false,"why":"outbid"}"#)
    );
}

#[test]
fn what_is_no_message_is_answered_in_plain_text() {
    let plain = |status, body: &str| told(status, "text/plain; charset=utf-8", body);
    let elsewhere = MESSAGE.replace("topic-1", "topic-9");
    let answers = answers(topics(true), &[post("{}"), post(&elsewhere)]);
    let body = "\"n\" has to be the message's number: 1 for the first, then 2, 3 ...\n";
    assert_eq!(answers[0], plain("400 Bad Request", body));
    let body = "there is no topic \"topic-9\": there are topic-1, topic-2\n";
    assert_eq!(answers[1], plain("404 Not Found", body));
}

#[test]
fn who_follows_a_topic_is_sent_what_was_published_there() {
    let answers = answers(
        topics(true),
        &[
            post(MESSAGE),
            get("/poll?since=000000&topics=topic-1&client=8"),
            get("/poll?since=000000&topics=topic-2&client=8"),
        ],
    );
    let event =
        "{\"seq\":     1,\"t\":1735689600000000,\"topic\":\"topic-1\",\"from\":\"7\",\"x\":5}\n";
    assert!(
        answers[1].ends_with(&format!("\r\n\r\n{event}")),
        "{}",
        answers[1]
    );
    assert!(answers[2].starts_with("HTTP/1.1 204 "), "{}", answers[2]);
}

#[test]
fn snapshots() {
    let board = json!({"app": "whiteboard", "topic": "board", "clients": 2, "publishers": 2});
    let drawn = r#"{"n":1,"topic":"board-1","class":"patch","shape":"7-1","pts":[412,318]}"#;
    let heard = answers(
        board,
        &[
            get("/snapshot"),
            post(drawn),
            get("/snapshot?topics=board-1"),
        ],
    );
    assert_eq!(heard[0], json_of(r#"{"seq":0,"topics":{"board-1":{}}}"#));
    assert_eq!(
        heard[2],
        json_of(r#"{"seq":1,"topics":{"board-1":{"7-1":[412,318]}}}"#)
    );
    let none = answers(topics(true), &[get("/snapshot")]);
    assert!(
        none[0].starts_with("HTTP/1.1 404 Not Found\r\n"),
        "{}",
        none[0]
    );
}

/// Upgrades, says each of these in a frame, and returns what came after each.
fn frames(fields: Value, said: &[&str]) -> Vec<Vec<u8>> {
    with_app(fields, async {
        let mut wire = say(UPGRADE).await;
        hear(&mut wire, S).await;
        let mut heard = Vec::new();
        for text in said {
            wire.write_all(&frame(text)).await.expect("an open wire");
            heard.push(hear(&mut wire, S).await);
        }
        heard
    })
}

/// The server's frame with a text of at most 125 bytes.
fn told_in_a_frame(text: &str) -> Vec<u8> {
    let mut frame = vec![0x81, text.len() as u8];
    frame.extend_from_slice(text.as_bytes());
    frame
}

#[test]
fn a_websocket_message_its_confirmation_and_other_topics() {
    let other = MESSAGE
        .replace("\"n\":1", "\"n\":2")
        .replace("topic-1", "topic-2");
    let heard = frames(
        topics(true),
        &[
            r#"{"since":0,"topics":["topic-1"],"client":"7"}"#,
            MESSAGE,
            &other,
            r#"{"follow":["topic-2"]}"#,
            r#"{"follow":["topic-9"]}"#,
            "{}",
        ],
    );
    assert!(heard[0].is_empty());
    let event = r#"{"seq":     1,"t":1735689600000000,"topic":"topic-1","from":"7","x":5}"#;
    let confirmed = told_in_a_frame(r#"{"ack":1,"ok":true,"seq":1}"#);
    assert_eq!(heard[1], [confirmed, told_in_a_frame(event)].concat());
    // It does not follow the other topic yet; the new set counts from there on.
    assert_eq!(heard[2], told_in_a_frame(r#"{"ack":2,"ok":true,"seq":2}"#));
    assert_eq!(
        heard[3],
        told_in_a_frame(r#"{"following":["topic-2"],"since":2}"#)
    );
    let no_topic =
        r#"{"ack":null,"error":"there is no topic \"topic-9\": there are topic-1, topic-2"}"#;
    assert_eq!(heard[4], told_in_a_frame(no_topic));
    let error = r#"{"ack":null,"error":"\"n\" has to be the message's number: 1 for the first, then 2, 3 ..."}"#;
    assert_eq!(heard[5], told_in_a_frame(error));
}

#[test]
fn who_joins_is_told_how_things_stand() {
    let document = json!({"app": "document", "topic": "doc", "clients": 2, "publishers": 2});
    let heard = frames(
        document,
        &[r#"{"join":true,"topics":["doc-1"],"client":"7"}"#],
    );
    let snapshot = r#"{"seq":0,"topics":{"doc-1":{"rev":0,"text":""}}}"#;
    assert_eq!(heard[0], told_in_a_frame(snapshot));
}
