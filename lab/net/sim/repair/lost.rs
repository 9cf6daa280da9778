//! Which segments are lost, and when they are sent again.

use super::round_trip::MARGIN_NS;
use super::segment;
use super::{Alarm, Repair, Reply, Sent};
use crate::clock::{MS, S};
use smoltcp::wire::TcpSeqNumber;
use std::rc::Rc;

/// A probe for several segments waits this much longer than two round trips (Linux `TCP_TIMEOUT_MIN`).
const PROBE_MARGIN_NS: u64 = 2 * MS;
/// This many segments arrived behind a hole make the loss certain (RFC 8985: `DupThresh`).
const CERTAIN: usize = 3;

/// The segment sent last of those known to have arrived, and its round trip.
#[derive(Clone, Copy)]
pub(super) struct Newest {
    sent_ns: u64,
    end: TcpSeqNumber,
    rtt_ns: u64,
}

impl Repair {
    /// Segments sent of which nothing is known yet.
    pub(super) fn in_flight(&self) -> usize {
        let unacknowledged = self.unacknowledged.iter();
        match self.recover_to {
            None => self.unacknowledged.len() - self.arrived,
            Some(_) => unacknowledged.filter(|s| !s.arrived && !s.lost).count(),
        }
    }

    /// Sets the alarm anew: data was acknowledged, or sent while nothing was amiss.
    pub(super) fn set_alarm(&mut self, now_ns: u64) {
        let alone = self.unacknowledged.len() == 1;
        let may_probe = !self.probed && self.arrived == 0 && self.recover_to.is_none();
        self.alarm = self.unacknowledged.front().map(|oldest| {
            let timeout_ns = self.trip.timeout_ns(self.doublings);
            match self.trip.smoothed_ns() {
                Some(smoothed_ns) if may_probe => {
                    let margin_ns = if alone { MARGIN_NS } else { PROBE_MARGIN_NS };
                    let probe_ns = now_ns + 2 * smoothed_ns + margin_ns;
                    Alarm::Probe(probe_ns.min(oldest.sent_ns + timeout_ns).max(now_ns))
                }
                _ => Alarm::Timeout(now_ns + timeout_ns),
            }
        });
    }

    /// The newest arrival, now that `sent` has arrived as well.
    pub(super) fn newest_of(&self, now_ns: u64, sent: &Sent) -> Option<Newest> {
        let rtt_ns = now_ns - sent.sent_ns;
        // Answered sooner than light travels: it was the first try that arrived.
        let ambiguous = sent.repeated && rtt_ns < self.trip.least_ns();
        match self.newest {
            _ if ambiguous => self.newest,
            Some(newest) if !newest.after(sent) => Some(Newest::new(sent, rtt_ns)),
            None => Some(Newest::new(sent, rtt_ns)),
            newest => newest,
        }
    }

    /// RACK: what was sent before the newest arrival and is overdue is lost. Whether there was any.
    pub(super) fn find_lost(&mut self, now_ns: u64) -> bool {
        self.reorder_ns = None;
        let mut found = false;
        let Some(newest) = self.newest else {
            return found;
        };
        let certain = self.recover_to.is_some() || self.arrived >= CERTAIN;
        let window_ns = match certain {
            true => 0,
            false => self.trip.least_ns().min(S) / 4,
        };
        for sent in &mut self.unacknowledged {
            if sent.arrived || sent.lost || !newest.after(sent) {
                continue;
            }
            let due_ns = sent.sent_ns + newest.rtt_ns + window_ns;
            if due_ns <= now_ns {
                sent.lost = true;
                found = true;
            } else {
                self.reorder_ns = self.reorder_ns.max(Some(due_ns));
            }
        }
        if found && self.recover_to.is_none() {
            self.recover_to = self.sent_to;
            self.window.begin_reduction();
        }
        found
    }

    /// Repeats lost segments, oldest first, as far as the window allows.
    pub(super) fn repeat_lost(&mut self, now_ns: u64, mut repeat: impl FnMut(Rc<[u8]>)) {
        let mut in_flight = self.in_flight();
        let room = self.window.room(in_flight);
        let lost = self.unacknowledged.iter_mut().enumerate();
        for (at, sent) in lost.filter(|(_, sent)| sent.lost).take(room) {
            sent.again(now_ns, self.reply, &mut repeat);
            in_flight += 1;
            self.window.sent(in_flight);
            if at == 0 {
                let timeout_ns = self.trip.timeout_ns(self.doublings);
                self.alarm = Some(Alarm::Timeout(now_ns + timeout_ns));
            }
        }
    }
}

impl Sent {
    pub(super) fn again(
        &mut self,
        now_ns: u64,
        reply: Option<Reply>,
        repeat: &mut impl FnMut(Rc<[u8]>),
    ) {
        self.sent_ns = now_ns;
        self.repeated = true;
        self.lost = false;
        let mut packet = self.packet.to_vec();
        segment::refresh(&mut packet, segment::timestamp(now_ns), reply);
        self.packet = packet.into();
        repeat(self.packet.clone());
    }
}

impl Newest {
    fn new(sent: &Sent, rtt_ns: u64) -> Self {
        Self {
            sent_ns: sent.sent_ns,
            end: sent.end,
            rtt_ns,
        }
    }

    /// Whether it was sent after `sent`.
    fn after(&self, sent: &Sent) -> bool {
        self.sent_ns > sent.sent_ns || (self.sent_ns == sent.sent_ns && self.end > sent.end)
    }
}
