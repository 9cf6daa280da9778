//! The cable between a smoltcp interface and the simulated line.

use super::segment::{self, Segment};
use smoltcp::phy::{ChecksumCapabilities, Device, DeviceCapabilities, Medium, RxToken, TxToken};
use smoltcp::time::Instant;

/// Largest IP packet on Ethernet.
pub const MTU: usize = 1_500;

/// The ends of the cable between smoltcp and the link: at most one packet comes in at a time.
#[derive(Default)]
pub struct Cable {
    pub incoming: Option<Vec<u8>>,
    pub outgoing: Vec<Vec<u8>>,
}

/// A packet on its way into smoltcp.
pub struct Incoming(Vec<u8>);
/// A slot for a packet that smoltcp builds.
pub struct Outgoing<'a>(&'a mut Vec<Vec<u8>>);

impl RxToken for Incoming {
    fn consume<R, F: FnOnce(&[u8]) -> R>(self, f: F) -> R {
        f(&self.0)
    }
}

impl TxToken for Outgoing<'_> {
    fn consume<R, F: FnOnce(&mut [u8]) -> R>(self, len: usize, f: F) -> R {
        let mut packet = vec![0; len];
        let result = f(&mut packet);
        self.0.push(packet);
        result
    }
}

impl Device for Cable {
    type RxToken<'a> = Incoming;
    type TxToken<'a> = Outgoing<'a>;

    fn receive(&mut self, _: Instant) -> Option<(Incoming, Outgoing<'_>)> {
        let packet = self.incoming.take()?;
        Some((Incoming(packet), Outgoing(&mut self.outgoing)))
    }

    fn transmit(&mut self, _: Instant) -> Option<Outgoing<'_>> {
        Some(Outgoing(&mut self.outgoing))
    }

    fn capabilities(&self) -> DeviceCapabilities {
        let mut capabilities = DeviceCapabilities::default();
        capabilities.medium = Medium::Ip;
        capabilities.max_transmission_unit = MTU;
        // The simulated link never corrupts a packet.
        capabilities.checksum = ChecksumCapabilities::ignored();
        capabilities
    }
}

impl Cable {
    /// Joins what smoltcp split without need: it cannot send across the end of its ring buffer, so
    /// that now and then a message leaves in two packets where a kernel sends one.
    pub fn join(&mut self) {
        let mut at = 0;
        while at + 1 < self.outgoing.len() {
            let [first, second] = [at, at + 1].map(|at| Segment::of(&self.outgoing[at]));
            let room = MTU - first.header - first.payload;
            let follows = first.end() == second.seq && !first.fin;
            if first.payload > 0 && second.payload > 0 && follows && room > 0 {
                let (head, tail) = self.outgoing.split_at_mut(at + 1);
                segment::shift(&mut head[at], &mut tail[0], room.min(second.payload));
                if second.payload <= room {
                    self.outgoing.remove(at + 1);
                    continue; // with the next one
                }
            }
            at += 1;
        }
    }
}
