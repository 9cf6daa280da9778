//! What it costs to come late, in bytes: all that goes over a newcomer's line until it has caught up.

use crate::measure::recorder::Recorder;
use crate::net::sim::Tap;
use crate::scenario::Scenario;
use std::sync::{Arc, Mutex, PoisonError};

/// At most so many newcomers are watched, and so many packets of each are kept.
const WATCHED: u32 = 100;
const PACKETS: usize = 10_000;

/// The packets of one newcomer: when each was sent, and its bytes.
pub(super) struct Line {
    client: u32,
    packets: Arc<Mutex<Vec<(u64, u64)>>>,
}

/// A tap on the line of each client that comes late.
pub(super) fn watch(scenario: &Scenario) -> Vec<(Line, Tap)> {
    let first = scenario.clients - scenario.late.min(scenario.clients);
    let newcomers = (first..scenario.clients).take(WATCHED as usize);
    newcomers
        .map(|client| {
            let packets = Arc::new(Mutex::new(Vec::new()));
            let tap = Tap::on_client(client, {
                let packets = packets.clone();
                move |tapped| {
                    let mut packets = packets.lock().unwrap_or_else(PoisonError::into_inner);
                    if packets.len() < PACKETS {
                        packets.push((tapped.sent_ns, tapped.packet.len() as u64));
                    }
                }
            });
            (Line { client, packets }, tap)
        })
        .collect()
}

/// The mean over the newcomers that caught up; nothing if none did.
pub(super) fn bytes(lines: &[Line], recorder: &Recorder) -> Option<f64> {
    let spent = |line: &Line| {
        let current_ns = recorder.current_ns(line.client)?;
        let packets = line.packets.lock().unwrap_or_else(PoisonError::into_inner);
        let until = packets.iter().filter(|(sent_ns, _)| *sent_ns <= current_ns);
        Some(until.map(|(_, bytes)| bytes).sum::<u64>())
    };
    let spent: Vec<u64> = lines.iter().filter_map(spent).collect();
    let sum: u64 = spent.iter().sum();
    (!spent.is_empty()).then(|| (sum as f64 / spent.len() as f64 * 10.0).round() / 10.0)
}
