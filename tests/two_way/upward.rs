//! What a published message costs on the line, to the byte, from the literal formats: a WebSocket frame against a POST.
//!
//! One client publishes a message a second and another reads: each finds the line idle. What a longer run has on top of
//! a shorter one is messages alone, number 10 to 89, all as long as each other.

use super::*;
use pushlab::measure::Bytes;

/// IP and TCP header with timestamps.
const PACKET: u64 = 52;
/// A confirmation-less answer, and the head of one with text.
const NO_CONTENT: &str = "HTTP/1.1 204 No Content\r\nDate: Wed, 01 Jan 2025 00:00:00 GMT\r\n\r\n";
const CONFIRMED: &str = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nDate: Wed, 01 Jan 2025 00:00:00 GMT\r\n\
                         Content-Length: 29\r\n\r\n{\"ack\":42,\"ok\":true,\"seq\":42}";
/// Message and event 42 of a client that publishes alone.
const SHORT: &str = r#"{"n":42,"t":1735689641000000,"topic":"topic-1","class":"event","x":123}"#;
const EVENT: &str = r#"{"seq":    42,"t":1735689641000000,"topic":"topic-1","from":"0","x":123}"#;

fn head(message: &str) -> String {
    format!(
        "POST /publish?client=0 HTTP/1.1\r\nHost: lab.example\r\nAccept: */*\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\n\r\n",
        message.len()
    )
}

/// RFC 6455, 5.2: two bytes up to 125 bytes of text, four beyond; a client's frame has a mask of four.
fn frame(text: usize) -> u64 {
    text as u64 + if text <= 125 { 2 } else { 4 }
}

/// Bytes that eighty messages cost, on top of everything else.
fn eighty(id: &str, message: Value, acknowledge: bool) -> Bytes {
    let [short, long] = [10, 90].map(|seconds| {
        let fields = json!({
            "app": "topics", "clients": 2, "publishers": 1, "rate": "1/s", "arrivals": "fixed", "warm_up": "0s",
            "duration": format!("{seconds}s"), "heartbeat": "off", "echo": false, "acknowledge": acknowledge,
            "message": message,
        });
        let entry = transport::ALL.iter().find(|entry| entry.descriptor.id == id);
        let run = whole(&prepared(fields), entry.expect("a transport"), id);
        let figures = run.result.figures.clone().expect("a verified run has figures");
        (run.upward().accepted, figures.bytes)
    });
    assert_eq!((short.0, long.0), (9, 89));
    let (short, long) = (short.1, long.1);
    Bytes {
        up: long.up - short.up,
        down: long.down - short.down,
        ..long
    }
}

/// Up go the message and the reader's ACK of the event, and where the server answers the sender's ACK of that.
#[test]
fn a_message_costs_what_its_format_says() {
    let text = "x".repeat(60);
    let long = SHORT.replace("123", &format!("\"{text}\""));
    let event = EVENT.replace("123", &format!("\"{text}\""));
    for (sample, message, event) in [
        (json!({"x": 123}), SHORT, EVENT),
        (json!({"x": text}), long.as_str(), event.as_str()),
    ] {
        let framed = PACKET + frame(message.len()) + 4;
        let posted = PACKET + (head(message).len() + message.len()) as u64;
        // One reader, over an event stream `id: 42\ndata: ...\n\n` in a chunk of its own.
        let chunk = "id: 42\ndata: \n\n".len() as u64 + event.len() as u64;
        let streamed = PACKET + chunk + "5b\r\n\r\n".len() as u64;
        let pushed = PACKET + frame(event.len());

        let websocket = eighty("websocket", sample.clone(), false);
        assert_eq!(websocket.up, 80 * (framed + PACKET));
        assert_eq!(
            websocket.down,
            80 * (PACKET + pushed),
            "an ACK, and the event"
        );
        let sse = eighty("sse", sample.clone(), false);
        assert_eq!(sse.up, 80 * (posted + PACKET + PACKET));
        assert_eq!(sse.down, 80 * (PACKET + NO_CONTENT.len() as u64 + streamed));
        // The ledger's difference is head against frame, and one ACK more.
        let head = head(message).len() as u64;
        let header = frame(message.len()) + 4 - message.len() as u64;
        assert_eq!(sse.up - websocket.up, 80 * (head - header + PACKET));
    }
}

#[test]
fn a_confirmation_costs_what_its_format_says() {
    let confirmation = r#"{"ack":42,"ok":true,"seq":42}"#;
    let sample = json!({"x": 123});
    let websocket = eighty("websocket", sample.clone(), true);
    let framed = PACKET + frame(SHORT.len()) + 4;
    assert_eq!(websocket.up, 80 * (framed + PACKET + PACKET));
    let pushed = PACKET + frame(EVENT.len());
    let told = PACKET + frame(confirmation.len());
    assert_eq!(websocket.down, 80 * (told + pushed));
    let sse = eighty("sse", sample, true);
    let posted = PACKET + (head(SHORT).len() + SHORT.len()) as u64;
    assert_eq!(sse.up, 80 * (posted + PACKET + PACKET));
    let streamed = PACKET + ("id: 42\ndata: \n\n5b\r\n\r\n".len() + EVENT.len()) as u64;
    assert_eq!(sse.down, 80 * (PACKET + CONFIRMED.len() as u64 + streamed));
}
