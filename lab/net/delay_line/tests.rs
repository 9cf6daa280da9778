//! The delay line by arithmetic, in virtual time.

use super::way::{PIECE, ROOM};
use super::*;
use crate::clock::{MS, agenda, now_ns};
use tokio::io::DuplexStream;

const DELAY: Delay = Delay {
    up_ns: 40 * MS,
    down_ns: 25 * MS,
};
const ROUND_TRIP: u64 = 65 * MS;

/// Runs in virtual time: a client's end, and the server's end behind a delay line.
fn on_a_line<F: Future>(client_room: usize, main: impl FnOnce(DuplexStream, DelayLine) -> F) {
    let main = async {
        let (client, kernel) = tokio::io::duplex(client_room);
        main(client, DelayLine::new(kernel, DELAY)).await;
    };
    agenda::run(|_| false, Vec::new, main).expect("a run that does not stall");
}

async fn read(from: &mut (impl AsyncRead + Unpin), expected: &[u8]) -> u64 {
    let mut buffer = vec![0; expected.len()];
    from.read_exact(&mut buffer).await.expect("bytes");
    assert_eq!(buffer, expected);
    now_ns()
}

#[test]
fn the_first_bytes_wait_for_the_handshake_and_later_ones_do_not() {
    on_a_line(1_000, |mut client, mut server| async move {
        client.write_all(b"early").await.expect("room");
        assert_eq!(read(&mut server, b"early").await, ROUND_TRIP + DELAY.up_ns);
        clock::sleep_until(200 * MS).await;
        client.write_all(b"later").await.expect("room");
        assert_eq!(read(&mut server, b"later").await, 200 * MS + DELAY.up_ns);
    });
}

#[test]
fn each_piece_travels_by_itself_and_in_order() {
    on_a_line(1_000, |mut client, mut server| async move {
        tokio::spawn(async move {
            for n in 0..4 {
                clock::sleep_until(100 * MS + n * 10 * MS).await;
                server.write_all(&[n as u8]).await.expect("room");
                server.flush().await.expect("always at once");
            }
            assert_eq!(now_ns(), 130 * MS, "nobody waited for a delay");
        });
        for n in 0..4 {
            let at_ns = read(&mut client, &[n as u8]).await;
            assert_eq!(at_ns, 100 * MS + n * 10 * MS + DELAY.down_ns);
        }
        // The server has let go of the connection: that arrives as late as the last piece.
        assert_eq!(client.read(&mut [0]).await.expect("an end"), 0);
        assert_eq!(now_ns(), 130 * MS + DELAY.down_ns);
    });
}

#[test]
fn bytes_travel_while_nobody_reads() {
    on_a_line(1_000, |mut client, mut server| async move {
        clock::sleep_until(100 * MS).await;
        client.write_all(b"question").await.expect("room");
        clock::sleep_until(500 * MS).await;
        assert_eq!(read(&mut server, b"question").await, 500 * MS);
    });
}

#[test]
fn the_end_of_the_client_arrives_after_its_bytes() {
    on_a_line(1_000, |mut client, mut server| async move {
        clock::sleep_until(100 * MS).await;
        client.write_all(b"bye").await.expect("room");
        clock::sleep_until(110 * MS).await;
        drop(client);
        let mut all = vec![];
        server.read_to_end(&mut all).await.expect("an end in order");
        assert_eq!((all.as_slice(), now_ns()), (&b"bye"[..], 150 * MS));
    });
}

#[test]
fn a_shut_down_server_can_still_read() {
    on_a_line(1_000, |mut client, mut server| async move {
        clock::sleep_until(100 * MS).await;
        server.shutdown().await.expect("always at once");
        assert_eq!(client.read(&mut [0]).await.expect("an end"), 0);
        assert_eq!(now_ns(), 125 * MS);
        client.write_all(b"last words").await.expect("room");
        assert_eq!(read(&mut server, b"last words").await, 165 * MS);
    });
}

#[test]
fn a_full_line_lets_writers_wait() {
    on_a_line(1 << 20, |mut client, mut server| async move {
        clock::sleep_until(100 * MS).await;
        let piece = vec![7; ROOM - PIECE];
        server.write_all(&piece).await.expect("it just fits");
        assert_eq!(now_ns(), 100 * MS);
        server.write_all(&[8]).await.expect("room later");
        assert_eq!(now_ns(), 125 * MS, "until the first bytes left the line");
        read(&mut client, &piece).await;
        assert_eq!(read(&mut client, &[8]).await, 150 * MS);
    });
}

#[test]
fn many_small_pieces_are_bounded_too() {
    on_a_line(1_000, |_client, mut server| async move {
        let mut held = 0;
        while server.down.0.lock().room() > 0 {
            server.write_all(&[0]).await.expect("room");
            held += 1;
        }
        assert_eq!(held, ROOM / (PIECE + 1));
    });
}

#[test]
fn a_client_that_is_gone_breaks_the_line() {
    on_a_line(1_000, |client, mut server| async move {
        drop(client);
        server.write_all(b"hello?").await.expect("it left");
        clock::sleep_until(100 * MS).await;
        let error = server.write_all(b"hello?").await;
        assert_eq!(
            error.expect_err("nobody there").kind(),
            io::ErrorKind::BrokenPipe
        );
    });
}

#[test]
fn a_client_that_never_reads_does_not_keep_a_closed_line() {
    on_a_line(10, |mut client, mut server| async move {
        server.write_all(&[1; 100]).await.expect("room in the line");
        drop(server);
        clock::sleep_until(DELAY.down_ns + LINGER_NS + MS).await;
        let mut all = vec![];
        client.read_to_end(&mut all).await.expect("an end");
        assert!(all.len() < 100, "{} bytes", all.len());
    });
}
