use super::*;
use crate::measure::classify::tests::{transports, turns};
use Direction::{Down, Up};
use proptest::prelude::*;

/// IP (20) and TCP (20) with timestamps (12); a SYN has 8 more.
const HEADER: usize = 52;
const SYN: usize = 60;

/// One connection, and how far each direction has got.
struct Connection {
    ledger: ConnectionLedger,
    sent: [u64; 2],
}

impl Connection {
    /// After the handshake, which takes 60 + 52 bytes up and 60 down.
    fn open() -> Self {
        let mut ledger = ConnectionLedger::new();
        ledger.packet(Up, SYN, b"", 0, None, true);
        ledger.packet(Down, SYN, b"", 0, Some(0), true);
        ledger.packet(Up, HEADER, b"", 0, Some(0), false);
        Self {
            ledger,
            sent: [0, 0],
        }
    }

    fn data(&mut self, direction: Direction, new: &[u8]) {
        self.sent[direction as usize] += new.len() as u64;
        let acked = Some(self.sent[direction.opposite() as usize]);
        self.ledger.packet(direction, HEADER, new, 0, acked, false);
    }

    /// A pure ACK of everything that came.
    fn ack(&mut self, direction: Direction) {
        let acked = Some(self.sent[direction.opposite() as usize]);
        self.ledger.packet(direction, HEADER, b"", 0, acked, false);
    }

    /// Both FINs and the last ACK: 104 bytes up, 52 down.
    fn close(&mut self) {
        let [up, down] = self.sent;
        self.ledger.packet(Up, HEADER, b"", 0, Some(down), true);
        self.ledger.packet(Down, HEADER, b"", 0, Some(up + 1), true);
        self.ledger
            .packet(Up, HEADER, b"", 0, Some(down + 1), false);
    }
}

#[test]
fn a_poll() {
    let mut poll = Connection::open();
    poll.data(Up, b"GET / HTTP/1.1\r\n\r\n");
    poll.ack(Down);
    poll.data(Down, b"HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\nevent\n");
    poll.ack(Up);
    poll.close();
    let expected = Ledger {
        malformed: None,
        up: LayerBytes {
            http_headers: 18,
            setup: 60 + 52 + 104,
            tcp_ip: 2 * 52,
            ..LayerBytes::default()
        },
        down: LayerBytes {
            payload: 5,
            framing: 1,
            http_headers: 38,
            setup: 60 + 52,
            tcp_ip: 2 * 52,
        },
        packets_up: 6,
        packets_down: 4,
        connections: 1,
    };
    assert_eq!(poll.ledger.totals(), expected);
    assert_eq!(poll.ledger.totals().malformed, None);

    let mut two = expected;
    two += expected;
    let bytes = two.to_bytes();
    assert_eq!((bytes.payload, bytes.framing, bytes.tls), (10, 2, 0));
    assert_eq!((bytes.http_headers, bytes.setup), (112, 656));
    assert_eq!((bytes.tcp_ip, bytes.total), (416, 1196));
    assert_eq!((bytes.up, bytes.down), (2 * 338, 2 * 260));
    assert_eq!(
        (two.packets_up, two.packets_down, two.connections),
        (12, 8, 2)
    );
}

#[test]
fn a_websocket() {
    let [upgrade, switched, ..] = *transports::WEBSOCKET else {
        unreachable!("an upgrade and its answer come first")
    };
    let mut socket = Connection::open();
    socket.data(Up, upgrade.2);
    socket.ack(Down);
    socket.data(Down, switched.2);
    socket.data(Up, b"\x81\x81MASK0");
    socket.ack(Down);
    let opened = socket.ledger.totals();
    assert_eq!(opened.up.total(), opened.up.setup);
    assert_eq!(opened.down.total(), opened.down.setup);

    socket.data(Down, b"\x81\x05event");
    socket.ack(Up);
    // The event again, then a keep-alive that acknowledges old news.
    socket.ledger.packet(Down, HEADER, b"", 7, Some(0), false);
    socket.ack(Up);
    let served = socket.ledger.totals();
    assert_eq!(served.up.setup, opened.up.setup);
    assert_eq!(served.down.setup, opened.down.setup);
    assert_eq!(served.up.tcp_ip, 2 * 52);
    assert_eq!(served.down.tcp_ip, 52 + 52 + 7);
    assert_eq!((served.down.payload, served.down.framing), (5, 2));

    socket.data(Up, b"\x88\x80MASK");
    socket.ack(Down);
    socket.data(Down, b"\x88\x00");
    socket.ack(Up);
    socket.close();
    let closed = socket.ledger.totals();
    assert_eq!(closed.up.setup, served.up.setup + 6 + 2 * 52 + 104);
    assert_eq!(closed.down.setup, served.down.setup + 2 + 2 * 52 + 52);
    assert_eq!(closed.up.tcp_ip, served.up.tcp_ip);
    assert_eq!(closed.down.tcp_ip, served.down.tcp_ip);
}

#[test]
fn the_headers_of_half_a_head_wait_for_the_other_half() {
    let halves: [(&[u8], bool); 2] = [
        (b"accept: text/event-stream\r\n\r\n", true),
        (b"accept: application/json\r\n\r\n", false),
    ];
    for (end, opens) in halves {
        let mut split = Connection::open();
        split.data(Up, b"GET / HTTP/1.1\r\n");
        split.ack(Down);
        let half = split.ledger.totals();
        assert_eq!((half.up.framing, half.up.tcp_ip), (16, 52), "if it ended");
        assert_eq!(half.down.tcp_ip, 52);

        split.data(Up, end);
        split.ack(Down);
        let stream = 16 + end.len() as u64;
        let Ledger { up, down, .. } = split.ledger.totals();
        if opens {
            assert_eq!((up.setup, up.tcp_ip), (60 + 52 + stream + 2 * 52, 0));
            assert_eq!((down.setup, down.tcp_ip), (60 + 2 * 52, 0));
        } else {
            assert_eq!((up.setup, up.tcp_ip), (60 + 52, 2 * 52));
            assert_eq!((down.setup, down.tcp_ip), (60, 2 * 52));
            assert_eq!(up.http_headers, stream);
        }
    }
}

#[test]
fn one_byte_that_is_not_set_up_decides_over_a_header() {
    let mut mixed = Connection::open();
    mixed.data(Up, b"GET / HTTP/1.1\r\naccept: text/event-stream\r\n\r\n");
    mixed.data(
        Down,
        b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n:\n",
    );
    assert_eq!(mixed.ledger.totals().down.tcp_ip, 52);
    // A FIN with data follows the data.
    mixed
        .ledger
        .packet(Down, HEADER, b"data:x\n", 0, Some(0), true);
    assert_eq!(mixed.ledger.totals().down.tcp_ip, 104);
}

proptest! {
    #[test]
    fn everything_is_entered_once(
        which in 0..transports::ALL.len(),
        noise in prop::collection::vec(any::<u8>(), 0..50),
        packets in prop::collection::vec(
            (any::<bool>(), 0..120_usize, 0..90_usize, 0..9_usize, prop::option::of(0..900_u64), any::<bool>()),
            0..60,
        ),
    ) {
        let mut streams = [Vec::new(), Vec::new()];
        for (direction, turn) in turns(transports::ALL[which]) {
            streams[direction as usize].extend(turn);
        }
        streams.iter_mut().for_each(|stream| stream.extend(&noise));
        let mut ledger = ConnectionLedger::new();
        let mut sent = [0, 0];
        let mut packed = [0, 0];
        for &(up, header, new, repeated, acked, control) in &packets {
            let direction = if up { Up } else { Down };
            let stream = &mut streams[direction as usize];
            let new: Vec<u8> = stream.drain(..new.min(stream.len())).collect();
            ledger.packet(direction, header, &new, repeated, acked, control);
            sent[direction as usize] += (header + new.len() + repeated) as u64;
            packed[direction as usize] += 1;
            let totals = ledger.totals();
            prop_assert_eq!([totals.up.total(), totals.down.total()], sent);
            prop_assert_eq!([totals.packets_up, totals.packets_down], packed);
            prop_assert_eq!(totals.to_bytes().total, sent[0] + sent[1]);
        }
    }
}
