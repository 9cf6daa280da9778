//! Streams that stop making sense: the rest of that direction is framing, and the reason is kept.

use super::transports::WEBSOCKET;
use super::{Part, assert_layers, assert_reads, classify};
use crate::measure::classify::Direction::{Down, Up};
use crate::measure::classify::Layer::{Framing, HttpHeaders, Payload, Setup};
use crate::measure::classify::{Classifier, HEAD_LIMIT};

const GET: Part = (Up, HttpHeaders, b"GET / HTTP/1.1\r\n\r\n");

#[test]
fn not_http() {
    assert_reads(
        &[
            (Up, Framing, b"\x16\x03\x01 this\nis not HTTP\n\n"),
            (Up, Framing, b"GET / HTTP/1.1\r\n\r\n"),
            (Down, Framing, b"HTTP/1.1 OK\r\n\r\n"),
        ],
        Some("not the head of an HTTP/1.1 request"),
    );
    assert_reads(
        &[GET, (Down, Framing, b"HTTP/1.1 huh\r\n\r\nrest")],
        Some("not the head of an HTTP/1.1 answer"),
    );
}

#[test]
fn the_other_direction_is_still_read() {
    assert_reads(
        &[
            (Up, Framing, b"GARBAGE\r\n\r\n"),
            (
                Down,
                HttpHeaders,
                b"HTTP/1.1 400 Bad Request\r\ncontent-length: 3\r\n\r\n",
            ),
            (Down, Framing, b"no\n"),
        ],
        Some("not the head of an HTTP/1.1 request"),
    );
}

#[test]
fn lengths_that_cannot_be() {
    let reads = |head, why| assert_reads(&[(Up, Framing, head)], Some(why));
    reads(
        b"POST / HTTP/1.1\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab",
        "two different Content-Length",
    );
    reads(
        b"POST / HTTP/1.1\r\ncontent-length: +1\r\n\r\na",
        "a Content-Length that is not a number",
    );
    reads(
        b"POST / HTTP/1.1\r\ncontent-length: 99999999999999999999\r\n\r\na",
        "a Content-Length that is not a number",
    );
    reads(
        b"POST / HTTP/1.1\r\ntransfer-encoding: gzip\r\n\r\n",
        "a request body without an end",
    );
    reads(
        b"POST / HTTP/1.1\r\nupgrade: websocket\r\ncontent-length: 1\r\n\r\n",
        "an upgrade request with a body",
    );
}

#[test]
fn chunks_that_are_none() {
    let head: Part = (
        Down,
        HttpHeaders,
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n",
    );
    for broken in [&b"\r\n"[..], b"x\r\n", b"5\n", b"5 \n", b"0\r\r"] {
        assert_reads(
            &[GET, head, (Down, Framing, broken)],
            Some("not a chunked body"),
        );
    }
    assert_reads(
        &[
            GET,
            head,
            (Down, Framing, b"1\r\n"),
            (Down, Payload, b"a"),
            (Down, Framing, b"b\r\n"),
        ],
        Some("not a chunked body"),
    );
    assert_reads(
        &[GET, head, (Down, Framing, b"10000000000000000\r\n")],
        Some("a chunk size beyond 64 bits"),
    );
}

#[test]
fn frames_against_the_rules() {
    let reads = |parts: &[Part], why| assert_reads(&[&WEBSOCKET[..2], parts].concat(), Some(why));
    reads(
        &[(Up, Framing, b"\xc1\x80MASK")],
        "a frame with reserved bits",
    );
    reads(
        &[(Down, Framing, b"\x83\x00")],
        "a frame with a reserved opcode",
    );
    reads(
        &[(Down, Framing, b"\x8b\x00")],
        "a frame with a reserved opcode",
    );
    reads(
        &[(Down, Framing, b"\x09\x00")],
        "a control frame in fragments",
    );
    reads(
        &[(Down, Framing, b"\x80\x00")],
        "a continuation of no message",
    );
    reads(
        &[(Down, Framing, b"\x01\x00\x01\x00")],
        "a message inside a message",
    );
    reads(
        &[(Down, Setup, b"\x88"), (Down, Framing, b"\x7e\x00\x80")],
        "a control frame of more than 125 bytes",
    );
    reads(
        &[(Up, Setup, b"\x81"), (Up, Framing, b"\x01x")],
        "a frame masked by the server, or not masked by the client",
    );
    reads(
        &[(Down, Framing, b"\x82\x7f\x80\0\0\0\0\0\0\0")],
        "a frame longer than 63 bits",
    );
}

#[test]
fn upgrades_out_of_order() {
    let [upgrade, switched, ..] = *WEBSOCKET else {
        unreachable!("an upgrade and its answer come first")
    };
    assert_reads(
        &[upgrade, (Up, Framing, b"\x81\x80MASK"), switched],
        Some("bytes between an upgrade request and its answer"),
    );
    assert_reads(
        &[GET, (Down, Framing, switched.2)],
        Some("101 without an upgrade request"),
    );
}

#[test]
fn too_many_of_everything() {
    assert_reads(
        &[&[GET; 32][..], &[(Up, Framing, GET.2)]].concat(),
        Some("more than 32 requests without an answer"),
    );
    for (fields, malformed) in [(64, None), (65, Some("more than 64 header fields"))] {
        let head = format!("GET / HTTP/1.1\r\n{}\r\n", "a: b\r\n".repeat(fields));
        let (_, why) = classify([(Up, head.as_bytes())]);
        assert_eq!(why, malformed);
    }
}

#[test]
fn a_head_may_be_as_long_as_the_limit() {
    for (more, layer, malformed) in [
        (0, HttpHeaders, None),
        (1, Framing, Some("a head of more than 16 KiB")),
    ] {
        let (start, end) = ("GET / HTTP/1.1\r\na: ", "\r\n\r\n");
        let filling = "x".repeat(HEAD_LIMIT + more - start.len() - end.len());
        let head = [start, &filling, end].concat().into_bytes();
        for size in [1, 7, 5_000, head.len()] {
            let (layers, why) = classify(head.chunks(size).map(|piece| (Up, piece)));
            assert_eq!(why, malformed, "in pieces of {size}");
            assert!(layers.up.iter().all(|&found| found == layer));
        }
    }
}

#[test]
fn half_a_head_is_pending_until_the_end() {
    let mut classifier = Classifier::new();
    let mut runs = Vec::new();
    classifier.feed(Up, b"GET / HT", &mut |layer, n| runs.push((layer, n)));
    assert_eq!((classifier.pending(Up), classifier.pending(Down)), (8, 0));
    classifier.finish(Up, &mut |layer, n| runs.push((layer, n)));
    assert_eq!(runs, [(Framing, 8)]);
    assert_layers(&[(Up, Framing, b"GET / HT")]);
}
