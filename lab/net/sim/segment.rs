//! What the simulator reads from a TCP/IP packet, and the little that it writes into one.

use crate::clock::US;
use smoltcp::wire::{IPV4_HEADER_LEN, Ipv4Packet, TcpOption, TcpPacket, TcpSeqNumber};

/// The fields of one packet that the ledger and the repair layer need.
#[derive(Debug, Clone, Copy)]
pub struct Segment {
    /// Sequence number of the first byte (of the SYN, if it has one).
    pub seq: TcpSeqNumber,
    /// Acknowledgement number, if the ACK flag is set.
    pub ack: Option<TcpSeqNumber>,
    /// Receive window, unscaled.
    pub window: u16,
    /// Bytes of IP and TCP header.
    pub header: usize,
    /// Bytes of payload.
    pub payload: usize,
    pub syn: bool,
    pub fin: bool,
    pub rst: bool,
    /// Timestamp option: the clock of the receiver, echoed; 0 before there is one.
    pub echo: u32,
    /// First selective acknowledgement block.
    pub sack: Option<(TcpSeqNumber, TcpSeqNumber)>,
}

/// What a segment tells its receiver about the other direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reply {
    ack: TcpSeqNumber,
    window: u16,
    echo: u32,
}

impl Segment {
    /// Reads a packet that smoltcp made.
    pub fn of(packet: &[u8]) -> Self {
        // smoltcp sends no IP options.
        let tcp = TcpPacket::new_unchecked(&packet[IPV4_HEADER_LEN..]);
        let header = IPV4_HEADER_LEN + usize::from(tcp.header_len());
        let mut segment = Segment {
            seq: tcp.seq_number(),
            ack: tcp.ack().then(|| tcp.ack_number()),
            window: tcp.window_len(),
            header,
            payload: packet.len() - header,
            syn: tcp.syn(),
            fin: tcp.fin(),
            rst: tcp.rst(),
            echo: 0,
            sack: None,
        };
        let mut options = tcp.options();
        while let Ok((rest, option)) = TcpOption::parse(options) {
            match option {
                TcpOption::EndOfList => break,
                TcpOption::TimeStamp { tsecr, .. } => segment.echo = tsecr,
                TcpOption::SackRange(blocks) => {
                    segment.sack = blocks[0].map(|(left, right)| {
                        (TcpSeqNumber(left as i32), TcpSeqNumber(right as i32))
                    });
                }
                _ => {}
            }
            options = rest;
        }
        segment
    }

    /// Sequence number after the last byte; a FIN counts as one.
    pub fn end(&self) -> TcpSeqNumber {
        self.seq + self.payload + usize::from(self.fin)
    }

    /// What it says about the other direction.
    pub fn reply(&self) -> Option<Reply> {
        self.ack.map(|ack| Reply {
            ack,
            window: self.window,
            echo: self.echo,
        })
    }
}

/// TCP timestamp of this instant: microseconds; never 0, which would mean "none yet".
pub fn timestamp(now_ns: u64) -> u32 {
    ((now_ns / US) as u32).max(1)
}

/// Brings a packet that is sent again up to date, as Linux does. With an old timestamp the echo would
/// measure the time since the first try; with an old acknowledgement smoltcp would drop it.
pub fn refresh(packet: &mut [u8], now: u32, reply: Option<Reply>) {
    const TIMESTAMPS: u8 = 8;
    const NOTHING: u8 = 1;
    let mut tcp = TcpPacket::new_unchecked(&mut packet[IPV4_HEADER_LEN..]);
    let header = IPV4_HEADER_LEN + usize::from(tcp.header_len());
    if let Some(reply) = reply {
        tcp.set_ack_number(reply.ack);
        tcp.set_window_len(reply.window);
    }
    let mut at = IPV4_HEADER_LEN + 20;
    while at + 10 <= header {
        match packet[at] {
            NOTHING => at += 1,
            TIMESTAMPS => {
                packet[at + 2..at + 6].copy_from_slice(&now.to_be_bytes());
                if let Some(reply) = reply {
                    packet[at + 6..at + 10].copy_from_slice(&reply.echo.to_be_bytes());
                }
                return;
            }
            _ => at += usize::from(packet[at + 1].max(2)),
        }
    }
}

/// Leaves only the acknowledgement of a packet.
pub fn strip(packet: &mut Vec<u8>, segment: &Segment, seq: TcpSeqNumber) {
    packet.truncate(segment.header);
    set_length(packet);
    let mut tcp = TcpPacket::new_unchecked(&mut packet[IPV4_HEADER_LEN..]);
    tcp.set_seq_number(seq);
    tcp.set_fin(false);
    tcp.set_psh(false);
}

/// Removes the first `bytes` of payload.
pub fn trim(packet: &mut Vec<u8>, bytes: usize) {
    let segment = Segment::of(packet);
    packet.drain(segment.header..segment.header + bytes.min(segment.payload));
    set_length(packet);
    TcpPacket::new_unchecked(&mut packet[IPV4_HEADER_LEN..]).set_seq_number(segment.seq + bytes);
}

/// Moves the first `bytes` of payload of `second` to the end of `first`, and with the last of them
/// its flags.
pub fn shift(first: &mut Vec<u8>, second: &mut Vec<u8>, bytes: usize) {
    let segment = Segment::of(second);
    first.extend(second.drain(segment.header..segment.header + bytes));
    set_length(first);
    set_length(second);
    let mut into = TcpPacket::new_unchecked(&mut first[IPV4_HEADER_LEN..]);
    let mut from = TcpPacket::new_unchecked(&mut second[IPV4_HEADER_LEN..]);
    from.set_seq_number(segment.seq + bytes);
    if bytes == segment.payload {
        into.set_fin(from.fin());
        into.set_psh(from.psh());
    }
}

fn set_length(packet: &mut [u8]) {
    let length = packet.len() as u16;
    Ipv4Packet::new_unchecked(packet).set_total_len(length);
}
