//! The four transports as the lab's server and clients speak them.

use super::{Part, assert_layers};
use crate::measure::classify::Direction::{Down, Up};
use crate::measure::classify::Layer::{Framing, HttpHeaders, Payload, Setup};

/// Two polls on one connection: the first brings two events, the second none. The last answer is an error.
pub(in crate::measure) const SHORT_POLL: &[Part] = &[
    (
        Up,
        HttpHeaders,
        b"GET /poll?after=0 HTTP/1.1\r\nhost: 127.0.0.1:8080\r\n\r\n",
    ),
    (
        Down,
        HttpHeaders,
        b"HTTP/1.1 200 OK\r\ncontent-type: application/x-ndjson\r\ncontent-length: 36\r\n\r\n",
    ),
    (Down, Payload, b"{\"seq\":1,\"t\":10}"),
    (Down, Framing, b"\n"),
    (Down, Payload, b"{\"seq\":2,\"t\":1000}"),
    (Down, Framing, b"\n"),
    (
        Up,
        HttpHeaders,
        b"GET /poll?after=2 HTTP/1.1\r\nhost: 127.0.0.1:8080\r\n\r\n",
    ),
    (
        Down,
        HttpHeaders,
        b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n",
    ),
    (
        Up,
        HttpHeaders,
        b"GET /nowhere HTTP/1.1\r\nhost: 127.0.0.1:8080\r\n\r\n",
    ),
    (
        Down,
        HttpHeaders,
        b"HTTP/1.1 404 Not Found\r\ncontent-length: 11\r\n\r\n",
    ),
    (Down, Framing, b"not\nthere.\n"),
];

/// A held answer that is streamed in chunks, then one that ends empty with 204.
pub(in crate::measure) const LONG_POLL: &[Part] = &[
    (
        Up,
        HttpHeaders,
        b"GET /long-poll?after=0&hold=30s HTTP/1.1\r\nHost: x\r\nAccept: application/json\r\n\r\n",
    ),
    (
        Down,
        HttpHeaders,
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
    ),
    (Down, Framing, b"9\r\n"),
    (Down, Payload, b"{\"seq\":1}"),
    (Down, Framing, b"\r\nB;why=not\r\n\n"),
    (Down, Payload, b"{\"seq\":22}"),
    (Down, Framing, b"\r\n0\r\nX-Trailer: 1\r\n\r\n"),
    (
        Up,
        HttpHeaders,
        b"GET /long-poll?after=22&hold=30s HTTP/1.1\r\nHost: x\r\n\r\n",
    ),
    (Down, HttpHeaders, b"HTTP/1.1 204 No Content\r\n\r\n"),
];

/// An event stream: opening, a retry hint, two events, a heartbeat, the end.
pub(in crate::measure) const SSE: &[Part] = &[
    (
        Up,
        Setup,
        b"GET /sse HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\nLast-Event-ID: 6\r\n\r\n",
    ),
    (
        Down,
        Setup,
        b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream; charset=utf-8\r\n\
          cache-control: no-store\r\ntransfer-encoding: chunked\r\n\r\n",
    ),
    (Down, Framing, b"d\r\nretry: 1000\n\n\r\n"),
    (Down, Framing, b"18\r\nid: 7\ndata: "),
    (Down, Payload, b"{\"tick\":1}"),
    (Down, Framing, b"\n\n\r\n"),
    (Down, Framing, b"3\r\n:\n\n\r\n"),
    (Down, Framing, b"18\r\nid: 8\ndata: "),
    (Down, Payload, b"{\"tick\":2}"),
    (Down, Framing, b"\n\n\r\n0\r\n\r\n"),
];

/// A WebSocket: upgrade, hello, three messages of growing length fields, heartbeat, close.
pub(in crate::measure) const WEBSOCKET: &[Part] = &[
    (
        Up,
        Setup,
        b"GET /ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
          Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
    ),
    (
        Down,
        Setup,
        b"HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\n\
          sec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n",
    ),
    (Up, Setup, b"\x81\x87MASK{\"a\":0}"),
    (Down, Framing, b"\x81\x09"),
    (Down, Payload, b"{\"seq\":1}"),
    (Down, Framing, b"\x82\x7e\x00\x80"),
    (Down, Payload, &[0x88; 128]),
    (Down, Framing, b"\x01\x7f\x00\x00\x00\x00\x00\x00\x00\x04"),
    (Down, Payload, b"half"),
    (Down, Framing, b"\x89\x04ping\x80\x04"),
    (Down, Payload, b"half"),
    (Up, Framing, b"\x8a\x84MASKpong"),
    (Up, Framing, b"\x82\x82MASK"),
    (Up, Payload, b"hi"),
    (Down, Framing, b"\x81\x00"),
    (Up, Setup, b"\x88\x82MASK\x03\xe8"),
    (Down, Setup, b"\x88\x02\x03\xe8"),
];

/// All of them.
pub(in crate::measure) const ALL: [&[Part]; 4] = [SHORT_POLL, LONG_POLL, SSE, WEBSOCKET];

#[test]
fn short_polling() {
    assert_layers(SHORT_POLL);
}

#[test]
fn long_polling() {
    assert_layers(LONG_POLL);
}

#[test]
fn server_sent_events() {
    assert_layers(SSE);
}

#[test]
fn websocket() {
    assert_layers(WEBSOCKET);
}

#[test]
fn every_kind_of_line_in_an_event_stream() {
    assert_layers(&[
        (
            Up,
            Setup,
            b"GET / HTTP/1.1\r\nACCEPT: text/html, Text/Event-Stream;q=0.5\r\n\r\n",
        ),
        (
            Down,
            Setup,
            b"HTTP/1.1 200 OK\r\nContent-Type:text/event-stream\r\n\r\n",
        ),
        (Down, Framing, b":comment data: no\ndata:"),
        (Down, Payload, b"no space"),
        (Down, Framing, b"\rdata: "),
        (Down, Payload, b" two spaces"),
        (Down, Framing, b"\r\ndata\ndata:\ndata: \r\n\r\n"),
        (
            Down,
            Framing,
            b"event: tick\ndatax: no\n data: no\ndat: no\nDATA: no\ndata :no\ndata: ",
        ),
        (Down, Payload, b":data: yes"),
        (Down, Framing, b"\n\nid\n\ndata:"),
        (Down, Payload, b"cut off by the clo"),
    ]);
}

#[test]
fn an_event_may_span_chunks() {
    assert_layers(&[
        (Up, Setup, b"GET / HTTP/1.1\r\naccept: text/event-stream\r\n\r\n"),
        (
            Down,
            Setup,
            b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n",
        ),
        (Down, Framing, b"2\r\nda\r\n5\r\nta: "),
        (Down, Payload, b"x"),
        (Down, Framing, b"\r\n03\r\n"),
        (Down, Payload, b"yz"),
        (Down, Framing, b"\r\r\n1\r\n\n\r\n"),
    ]);
}

#[test]
fn a_hello_may_come_in_fragments_around_a_pong() {
    let frames: &[Part] = &[
        (Up, Setup, b"\x01\x82MASKhe"),
        (Up, Framing, b"\x8a\x80MASK"),
        (Up, Setup, b"\x80\x83MASKllo"),
        (Up, Framing, b"\x81\x81MASK"),
        (Up, Payload, b"!"),
    ];
    assert_layers(&[&WEBSOCKET[..2], frames].concat());
}

#[test]
fn polls_before_an_upgrade_and_a_refused_upgrade() {
    assert_layers(&[
        (Up, HttpHeaders, b"GET /1 HTTP/1.1\r\n\r\n"),
        (
            Up,
            Setup,
            b"GET /ws HTTP/1.1\r\nupgrade: h2c, WebSocket\r\n\r\n",
        ),
        (
            Down,
            HttpHeaders,
            b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n",
        ),
        (Down, Payload, b"ok"),
        (
            Down,
            HttpHeaders,
            b"HTTP/1.1 503 Service Unavailable\r\ncontent-length: 4\r\n\r\n",
        ),
        (Down, Framing, b"full"),
        (Up, HttpHeaders, b"GET /2 HTTP/1.1\r\n\r\n"),
        (
            Down,
            HttpHeaders,
            b"HTTP/1.1 304 Not Modified\r\ncontent-length: 9\r\n\r\n",
        ),
    ]);
}

#[test]
fn bodies_by_head_interim_answers_and_closing() {
    assert_layers(&[
        (Up, Framing, b"\r\n"),
        (
            Up,
            HttpHeaders,
            b"POST /publish HTTP/1.1\r\nexpect: 100-continue\r\ncontent-length: 5, 5\r\n\r\n",
        ),
        (Down, HttpHeaders, b"HTTP/1.1 100 Continue\r\n\r\n"),
        (Up, Payload, b"a\nb\nc"),
        (
            Up,
            HttpHeaders,
            b"POST / HTTP/1.1\r\ntransfer-encoding: gzip, Chunked\r\n\r\n",
        ),
        (Up, Framing, b"3\r\n"),
        (Up, Payload, b"\nxy"),
        (Up, Framing, b"\r\n0\r\n\r\n"),
        (
            Up,
            HttpHeaders,
            b"HEAD / HTTP/1.1\r\n\r\nGET / HTTP/1.1\r\n\r\n",
        ),
        (
            Down,
            HttpHeaders,
            b"HTTP/1.1 204 No Content\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n",
        ),
        (
            Down,
            HttpHeaders,
            b"HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n",
        ),
        (Down, HttpHeaders, b"HTTP/1.0 200 OK\r\n\r\n"),
        (Down, Payload, b"until"),
        (Down, Framing, b"\n\n"),
        (Down, Payload, b"the close"),
    ]);
}
