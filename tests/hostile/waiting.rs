//! Clients that let the server wait, and cursors from long ago.

use super::{DELAY_NS, PATIENCE, World, dial, event, hear, say};
use pushlab::clock::{self, MS, S};
use tokio::io::AsyncWriteExt;

const PATIENCE_NS: u64 = PATIENCE.as_nanos() as u64;

/// Serialisation and acknowledgements on top of whole delays.
fn about(at_ns: Option<u64>, expected_ns: u64) {
    let at_ns = at_ns.expect("the server closes it");
    assert!(
        (expected_ns..expected_ns + MS).contains(&at_ns),
        "{at_ns} is not about {expected_ns}"
    );
}

#[test]
fn a_connection_that_asks_nothing_is_closed() {
    let heard = World::default().run(|_| async { hear(&mut dial(0).await).await });
    assert_eq!(heard.text(), "");
    // Connected after two transits, accepted after three, heard of after four.
    about(heard.closed_ns, 4 * DELAY_NS + PATIENCE_NS);
}

#[test]
fn a_head_sent_a_byte_at_a_time_is_cut_off() {
    let heard = World::default().run(|_| async {
        let mut wire = dial(0).await;
        for byte in b"GET /poll?since=0 HTTP/1.1\r\nHost: lab.example\r\n\r\n" {
            // The server hangs up long before the end.
            if wire.write_all(&[*byte]).await.is_err() {
                break;
            }
            clock::sleep(S).await;
        }
        hear(&mut wire).await
    });
    assert_eq!(heard.text(), "");
    assert!(heard.closed_ns.is_some());
}

#[test]
fn silence_between_two_requests_ends_the_connection() {
    let heard = World::default().run(|_| async {
        hear(
            &mut say(
                0,
                b"GET /poll?since=2 HTTP/1.1\r\nHost: lab.example\r\n\r\n",
            )
            .await,
        )
        .await
    });
    let body = "{\"seq\":3,\"t\":0}\n";
    assert!(heard.text().ends_with(body), "{}", heard.text());
    about(heard.closed_ns, 4 * DELAY_NS + PATIENCE_NS);
}

#[test]
fn a_held_question_is_no_silence() {
    let bytes = b"GET /long-poll?since=3&hold=60000 HTTP/1.1\r\nHost: lab.example\r\n\r\n";
    let (heard, at_ns) = World::default().run(|feed| async move {
        let mut wire = say(0, bytes).await;
        clock::sleep_until(50 * S).await;
        feed.publish(event(4));
        let heard = hear(&mut wire).await;
        (heard, clock::now_ns())
    });
    assert!(heard.text().ends_with("{\"seq\":4,\"t\":0}\n"));
    assert!(
        at_ns > 80 * S,
        "closed for silence after the answer, not before"
    );
}

#[test]
fn no_hello_within_its_time() {
    let bytes =
        b"GET /ws HTTP/1.1\r\nHost: lab.example\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
        Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    let heard = World::default().run(|_| async { hear(&mut say(0, bytes).await).await });
    assert!(
        heard
            .bytes
            .ends_with(b"\x88\x18\x03\xf0begin with {\"since\":N}"),
        "{}",
        heard.text()
    );
    about(heard.closed_ns, 4 * DELAY_NS + 10 * S);
}

#[test]
fn a_reader_that_takes_nothing_is_cut_off() {
    let closed_ns = World {
        connections: 1,
        kept: 100_000,
        ..World::default()
    }
    .run(|feed| async move {
        // Far more than all buffers on the way hold.
        (4..=20_000).for_each(|seq| feed.publish(event(seq)));
        let _deaf = say(0, b"GET /events HTTP/1.1\r\nHost: lab.example\r\n\r\n").await;
        // The only place is taken, until the server gives up on who holds it.
        loop {
            let mut wire = say(
                0,
                b"GET /poll HTTP/1.1\r\nHost: lab.example\r\nConnection: close\r\n\r\n",
            )
            .await;
            if hear(&mut wire)
                .await
                .text()
                .starts_with("HTTP/1.1 200 OK\r\n")
            {
                return clock::now_ns();
            }
            clock::sleep(S).await;
        }
    });
    assert!(
        (PATIENCE_NS..PATIENCE_NS + 2 * S).contains(&closed_ns),
        "{closed_ns}"
    );
}

#[test]
fn a_connection_too_many_is_told_so() {
    let world = World {
        connections: 1,
        ..World::default()
    };
    let heard = world.run(|_| async {
        let _first = say(0, b"GET /events HTTP/1.1\r\nHost: lab.example\r\n\r\n").await;
        hear(&mut say(0, b"GET /poll HTTP/1.1\r\nHost: lab.example\r\n\r\n").await).await
    });
    assert_eq!(
        heard.text(),
        "HTTP/1.1 503 Service Unavailable\r\nContent-Type: text/plain; charset=utf-8\r\n\
         Date: Wed, 01 Jan 2025 00:00:00 GMT\r\nContent-Length: 38\r\nConnection: close\r\n\
         Retry-After: 5\r\n\r\ntoo many connections: come back later\n"
    );
    assert!(heard.closed_ns.is_some_and(|at_ns| at_ns < S));
}

#[test]
fn a_websocket_keeps_its_place() {
    let world = World {
        connections: 1,
        ..World::default()
    };
    let (beside, after) = world.run(|_| async {
        let poll = b"GET /poll HTTP/1.1\r\nHost: lab.example\r\nConnection: close\r\n\r\n";
        let upgrade =
            b"GET /ws HTTP/1.1\r\nHost: lab.example\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
            Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
        let mut socket = say(0, upgrade).await;
        clock::sleep(S).await;
        let hello = b"\x81\x8b\0\0\0\0{\"since\":3}";
        socket.write_all(hello).await.expect("an open connection");
        clock::sleep(S).await;
        let beside = hear(&mut say(0, poll).await).await;
        drop(socket);
        clock::sleep(S).await;
        (beside, hear(&mut say(0, poll).await).await)
    });
    let status = "HTTP/1.1 503 Service Unavailable\r\n";
    assert!(beside.text().starts_with(status), "{}", beside.text());
    let status = "HTTP/1.1 200 OK\r\n";
    assert!(after.text().starts_with(status), "{}", after.text());
}

#[test]
fn a_forgotten_cursor_is_told_what_still_works() {
    for target in ["/poll?since=0", "/long-poll?since=0", "/events?since=0"] {
        let world = World {
            kept: 2,
            ..World::default()
        };
        let bytes = format!("GET {target} HTTP/1.1\r\nHost: lab.example\r\n\r\n");
        let heard = world.run(|_| async { hear(&mut say(0, bytes.as_bytes()).await).await });
        let text = heard.text();
        assert!(text.starts_with("HTTP/1.1 410 Gone\r\n"), "{text}");
        assert!(
            text.ends_with("the oldest cursor that works is 1\n"),
            "{text}"
        );
    }
}
