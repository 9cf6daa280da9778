//! Every packet of a simulated run as a pcapng file that Wireshark opens.
//!
//! Each transport has an interface of its own and its clients a range of ports of its own, so that
//! the four runs, which all begin at the same instant, stay apart. Packets are written as their
//! sender puts them on the line, before any loss, as the ledger counts them.

use crate::clock::{EPOCH_US, US};
use crate::net::sim::Tap;
use crate::transport::{self, Entry};
use pcap_file::pcapng::PcapNgWriter;
use pcap_file::pcapng::blocks::enhanced_packet::EnhancedPacketBlock;
use pcap_file::pcapng::blocks::interface_description::{
    InterfaceDescriptionBlock, InterfaceDescriptionOption,
};
use pcap_file::{DataLink, PcapError};
use smoltcp::wire::{IpAddress, Ipv4Packet, TcpPacket};
use std::borrow::Cow;
use std::fmt;
use std::io::Write;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Client ports of the first transport begin here; each further transport begins one range later.
const FIRST_PORT: u16 = 10_000;
const PORTS: u16 = 10_000;
/// Timestamps count in units of 10^-9 s.
const NANOSECONDS: u8 = 9;

/// A capture being written; cheap to clone.
#[derive(Clone)]
pub struct Capture(Arc<Mutex<File>>);

struct File {
    writer: PcapNgWriter<Box<dyn Write + Send>>,
    /// The first packet that could not be written; nothing is written after it.
    failed: Option<PcapError>,
}

impl Capture {
    /// Begins a capture with one interface for each transport of the lab.
    pub fn new(file: impl Write + Send + 'static) -> Result<Self, PcapError> {
        let mut writer = PcapNgWriter::new(Box::new(file) as Box<dyn Write + Send>)?;
        for entry in transport::ALL {
            writer.write_pcapng_block(InterfaceDescriptionBlock {
                linktype: DataLink::RAW,
                snaplen: 0,
                options: vec![
                    InterfaceDescriptionOption::IfName(Cow::Borrowed(entry.descriptor.id)),
                    InterfaceDescriptionOption::IfTsResol(NANOSECONDS),
                ],
            })?;
        }
        let file = File {
            writer,
            failed: None,
        };
        Ok(Self(Arc::new(Mutex::new(file))))
    }

    /// First port of a transport's clients.
    pub(super) fn first_port(&self, entry: &Entry) -> u16 {
        FIRST_PORT + interface(entry) * PORTS
    }

    /// A tap that writes a transport's packets.
    pub(super) fn tap(&self, entry: &Entry) -> Tap {
        let interface = u32::from(interface(entry));
        let capture = self.clone();
        Tap::on_all(move |tapped| capture.packet(interface, tapped.sent_ns, tapped.packet))
    }

    /// Writes one packet.
    fn packet(&self, interface: u32, sent_ns: u64, packet: &[u8]) {
        let mut file = self.lock();
        if file.failed.is_some() {
            return;
        }
        let mut packet = packet.to_vec();
        fill_checksums(&mut packet);
        let block = EnhancedPacketBlock {
            interface_id: interface,
            timestamp: Duration::from_nanos(EPOCH_US * US + sent_ns),
            original_len: packet.len() as u32,
            data: Cow::Owned(packet),
            options: Vec::new(),
        };
        if let Err(error) = file.writer.write_pcapng_block(block) {
            file.failed = Some(error);
        }
    }

    /// Writes out what is still buffered; the first error of all.
    pub fn finish(&self) -> Result<(), PcapError> {
        let mut file = self.lock();
        match file.failed.take() {
            Some(error) => Err(error),
            None => file.writer.get_mut().flush().map_err(PcapError::IoError),
        }
    }

    fn lock(&self) -> MutexGuard<'_, File> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Capture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Capture")
    }
}

/// Number of a transport's interface: its place among all transports.
fn interface(entry: &Entry) -> u16 {
    let of = |other: &Entry| other.descriptor.id == entry.descriptor.id;
    transport::ALL.iter().position(of).unwrap_or(0) as u16
}

/// The simulated link needs no checksums; Wireshark would mark their absence.
fn fill_checksums(packet: &mut [u8]) {
    let mut ip = Ipv4Packet::new_unchecked(packet);
    ip.fill_checksum();
    let (from, to) = (
        IpAddress::Ipv4(ip.src_addr()),
        IpAddress::Ipv4(ip.dst_addr()),
    );
    TcpPacket::new_unchecked(ip.payload_mut()).fill_checksum(&from, &to);
}
