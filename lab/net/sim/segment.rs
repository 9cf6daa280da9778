//! What the simulator reads from a TCP/IP packet, and the one thing it writes into it.

use smoltcp::wire::{Ipv4Packet, TcpOption, TcpPacket, TcpSeqNumber};

/// The fields of one packet that the ledger and the repair layer need.
#[derive(Debug, Clone, Copy)]
pub struct Segment {
    /// Sequence number of the first byte (of the SYN, if it has one).
    pub seq: TcpSeqNumber,
    /// Acknowledgement number, if the ACK flag is set.
    pub ack: Option<TcpSeqNumber>,
    /// Bytes of IP and TCP header.
    pub header: usize,
    /// Bytes of payload.
    pub payload: usize,
    pub syn: bool,
    pub fin: bool,
    pub rst: bool,
    /// Timestamp option: our own clock, echoed by the other side; 0 before there is one.
    pub echo: u32,
    /// First selective acknowledgement block.
    pub sack: Option<(TcpSeqNumber, TcpSeqNumber)>,
}

impl Segment {
    /// Reads a packet that smoltcp made.
    pub fn of(packet: &[u8]) -> Self {
        let ip = Ipv4Packet::new_unchecked(packet);
        let tcp = TcpPacket::new_unchecked(ip.payload());
        let header = usize::from(ip.header_len()) + usize::from(tcp.header_len());
        let mut segment = Segment {
            seq: tcp.seq_number(),
            ack: tcp.ack().then(|| tcp.ack_number()),
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

    /// Whether it occupies sequence space after the handshake and so must be repeated if lost.
    pub fn needs_repair(&self) -> bool {
        !self.syn && !self.rst && (self.payload > 0 || self.fin)
    }
}

/// What a segment tells the other side beside its own data.
#[derive(Debug, Clone, Copy)]
pub struct News {
    ack: TcpSeqNumber,
    window: u16,
    echo: u32,
}

impl News {
    /// Reads it from a packet that smoltcp has just made.
    pub fn of(packet: &[u8], segment: &Segment) -> Option<Self> {
        let ip = Ipv4Packet::new_unchecked(packet);
        let tcp = TcpPacket::new_unchecked(ip.payload());
        segment.ack.map(|ack| Self {
            ack,
            window: tcp.window_len(),
            echo: segment.echo,
        })
    }
}

/// Brings a packet that is sent again up to date, as Linux does: a stale timestamp would measure the
/// time since the first try, and a stale acknowledgement makes the other side drop the whole packet
/// once something newer has been acknowledged.
pub fn refresh(packet: &mut [u8], now: u32, news: Option<News>) {
    const TIMESTAMPS: u8 = 8;
    let header = Segment::of(packet).header;
    let ip = usize::from(Ipv4Packet::new_unchecked(&packet[..]).header_len());
    if let Some(news) = news {
        let mut tcp = TcpPacket::new_unchecked(&mut packet[ip..]);
        tcp.set_ack_number(news.ack);
        tcp.set_window_len(news.window);
    }
    let mut at = ip + 20;
    while at + 1 < header {
        match packet[at] {
            0 => return,
            1 => at += 1,
            TIMESTAMPS if at + 10 <= header => {
                packet[at + 2..at + 6].copy_from_slice(&now.to_be_bytes());
                if let Some(news) = news {
                    packet[at + 6..at + 10].copy_from_slice(&news.echo.to_be_bytes());
                }
                return;
            }
            _ => at += usize::from(packet[at + 1].max(2)),
        }
    }
}
