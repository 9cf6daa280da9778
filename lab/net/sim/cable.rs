//! The cable between a smoltcp interface and the simulated line.

use super::segment::{self, Segment};
use smoltcp::phy::{ChecksumCapabilities, Device, DeviceCapabilities, Medium, RxToken, TxToken};
use smoltcp::time::Instant;
use std::rc::Rc;

/// Largest IP packet on Ethernet.
pub const MTU: usize = 1_500;

/// The ends of the cable between smoltcp and the link: at most one packet comes in at a time. All ends of a
/// network share one, since each takes in what comes, and gives away what it puts out, before the next has its turn.
#[derive(Default)]
pub struct Cable {
    pub incoming: Option<Rc<[u8]>>,
    pub outgoing: Vec<Vec<u8>>,
    /// Memory for the next packets.
    pub spare: Vec<Vec<u8>>,
}

/// A packet on its way into smoltcp.
pub struct Incoming(Rc<[u8]>);
/// A slot for a packet that smoltcp builds.
pub struct Outgoing<'a> {
    packets: &'a mut Vec<Vec<u8>>,
    spare: &'a mut Vec<Vec<u8>>,
}

impl RxToken for Incoming {
    fn consume<R, F: FnOnce(&[u8]) -> R>(self, f: F) -> R {
        f(&self.0)
    }
}

impl TxToken for Outgoing<'_> {
    fn consume<R, F: FnOnce(&mut [u8]) -> R>(self, len: usize, f: F) -> R {
        let mut packet = self.spare.pop().unwrap_or_default();
        packet.clear();
        packet.resize(len, 0);
        let result = f(&mut packet);
        self.packets.push(packet);
        result
    }
}

impl Device for Cable {
    type RxToken<'a> = Incoming;
    type TxToken<'a> = Outgoing<'a>;

    fn receive(&mut self, _: Instant) -> Option<(Incoming, Outgoing<'_>)> {
        let packet = self.incoming.take()?;
        Some((Incoming(packet), self.slot()))
    }

    fn transmit(&mut self, _: Instant) -> Option<Outgoing<'_>> {
        Some(self.slot())
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
    fn slot(&mut self) -> Outgoing<'_> {
        Outgoing {
            packets: &mut self.outgoing,
            spare: &mut self.spare,
        }
    }

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
                    self.spare.push(self.outgoing.remove(at + 1));
                    continue; // with the next one
                }
            }
            at += 1;
        }
    }
}
