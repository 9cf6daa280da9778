//! Frames that no WebSocket client should send (RFC 6455, 5.1 to 5.6), and how they are closed.

use super::{Heard, World, hear, say};
use pushlab::clock::S;
use tokio::io::AsyncWriteExt;

const UPGRADE: &[u8] = b"GET /ws HTTP/1.1\r\nHost: lab.example\r\nConnection: Upgrade\r\n\
    Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

/// A frame with the mask zero, which leaves its payload readable.
fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
    let mut frame = vec![first];
    match payload.len() {
        short @ 0..126 => frame.push(0x80 | short as u8),
        long => {
            frame.push(0x80 | 126);
            frame.extend_from_slice(&(long as u16).to_be_bytes());
        }
    }
    frame.extend_from_slice(&[0; 4]);
    frame.extend_from_slice(payload);
    frame
}

/// Sends frames right after the upgrade; what comes back behind the 101.
fn exchange(frames: &[u8]) -> Heard {
    World::default().run(|_| async {
        let mut wire = say(0, UPGRADE).await;
        wire.write_all(frames).await.expect("the server is there");
        let mut heard = hear(&mut wire).await;
        let head = heard.bytes.windows(4).position(|end| end == b"\r\n\r\n");
        heard.bytes.drain(..head.expect("an answer") + 4);
        heard
    })
}

/// A close frame of the server.
fn close(code: u16, reason: &str) -> Vec<u8> {
    let mut frame = vec![0x88, 2 + reason.len() as u8];
    frame.extend_from_slice(&code.to_be_bytes());
    frame.extend_from_slice(reason.as_bytes());
    frame
}

/// What a client hears that sends this right after its upgrade.
fn assert_closed(frames: &[u8], expected: &[u8]) {
    let heard = exchange(frames);
    let shown = frames[..frames.len().min(40)].escape_ascii();
    assert_eq!(
        heard.bytes.escape_ascii().to_string(),
        expected.escape_ascii().to_string(),
        "after {shown}"
    );
    assert!(
        heard.closed_ns.is_some_and(|at_ns| at_ns < S),
        "after {shown}"
    );
}

const BROKEN: &str = "a frame breaks RFC 6455";
const HELLO: &[u8] = br#"{"since":3}"#;

#[test]
fn frames_without_a_mask() {
    assert_closed(b"\x81\x0b{\"since\":3}", &close(1002, BROKEN));
}

#[test]
fn reserved_bits_and_opcodes() {
    assert_closed(&frame(0xc1, HELLO), &close(1002, BROKEN));
    assert_closed(&frame(0x83, HELLO), &close(1002, BROKEN));
    assert_closed(&frame(0x8f, b""), &close(1002, BROKEN));
}

#[test]
fn control_frames_that_are_cut_or_long() {
    assert_closed(&frame(0x09, b""), &close(1002, BROKEN));
    assert_closed(&frame(0x89, &[b'x'; 126]), &close(1002, BROKEN));
}

#[test]
fn pieces_out_of_order() {
    assert_closed(&frame(0x80, HELLO), &close(1002, BROKEN));
    let twice = [frame(0x01, b"{\"since\""), frame(0x81, HELLO)].concat();
    assert_closed(&twice, &close(1002, BROKEN));
}

#[test]
fn a_text_that_is_not_utf_8() {
    assert_closed(
        &frame(0x81, b"{\"since\":\xff}"),
        &close(1007, "a text is not UTF-8"),
    );
}

#[test]
fn messages_that_are_too_long() {
    let expected = close(1009, "a message is longer than 4096 bytes");
    // The length alone decides: the server does not wait for the bytes, nor make room for them.
    assert_closed(
        b"\x81\xff\x00\x00\x00\x00\x7f\xff\xff\xff\0\0\0\0",
        &expected,
    );
    assert_closed(&frame(0x81, &[b' '; 4_097]), &expected);
    let pieces = [frame(0x01, &[b' '; 4_000]), frame(0x80, &[b' '; 97])].concat();
    assert_closed(&pieces, &expected);
}

#[test]
fn a_hello_that_is_none() {
    let expected = close(1008, "begin with {\"since\":N}");
    for hello in [
        &b""[..],
        b"41",
        b"{}",
        b"{\"since\":-1}",
        b"{\"since\":\"41\"}",
        b"GET / HTTP/1.1",
    ] {
        assert_closed(&frame(0x81, hello), &expected);
    }
    assert_closed(&frame(0x82, HELLO), &expected);
}

#[test]
fn a_broken_frame_after_the_hello() {
    let mut frames = frame(0x81, br#"{"since":2}"#);
    frames.extend_from_slice(b"\x81\x00");
    let mut expected = b"\x81\x0f{\"seq\":3,\"t\":0}".to_vec();
    expected.extend_from_slice(&close(1002, BROKEN));
    assert_closed(&frames, &expected);
}

#[test]
fn what_is_unusual_but_right_is_served() {
    let event = b"\x81\x0f{\"seq\":3,\"t\":0}";
    let closing = frame(0x88, &1000_u16.to_be_bytes());
    let closed = b"\x88\x02\x03\xe8";
    // A ping before the hello, between the two halves of it, and a message after it.
    let frames = [
        frame(0x89, b"one"),
        frame(0x01, b"{\"since\""),
        frame(0x89, b"two"),
        frame(0x80, b":2}"),
        frame(0x81, b"whatever"),
        closing,
    ];
    let heard = exchange(&frames.concat());
    let expected = [&b"\x8a\x03one\x8a\x03two"[..], event, closed].concat();
    assert_eq!(
        heard.bytes.escape_ascii().to_string(),
        expected.escape_ascii().to_string()
    );
}
