//! Loss repair as Linux does it, between smoltcp and the link.
//!
//! smoltcp repeats a lost segment after one second at the earliest; Linux after
//! `SRTT + max(200 ms, 4 RTTVAR)` (RFC 6298 with the kernel's `TCP_RTO_MIN`), or, when a later
//! segment has been acknowledged selectively, a quarter of a round trip after it should have been
//! (RACK, RFC 8985). This layer keeps a copy of every unacknowledged segment, repeats it when Linux
//! would, and swallows smoltcp's own late repeats. Without loss it never acts.

use super::segment::{Segment, restamp};
use crate::clock::{MS, S, US};
use smoltcp::wire::TcpSeqNumber;
use std::collections::VecDeque;

/// Least margin of the retransmission timeout over the smoothed round trip (Linux `TCP_RTO_MIN`).
const RTO_MARGIN_NS: u64 = 200 * MS;
/// Timeout before the first round-trip sample (RFC 6298, 2.1).
const FIRST_RTO_NS: u64 = S;
/// Longest timeout (Linux `TCP_RTO_MAX`).
const MAX_RTO_NS: u64 = 120 * S;
/// After a timeout, each acknowledgement lets this many more of the lost segments go.
const REPEATS_PER_ACK: usize = 2;

/// What to do with a packet that smoltcp wants to send.
#[derive(Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Send it; this many of its payload bytes were sent before.
    Send { repeated: usize },
    /// smoltcp repeats what this layer already takes care of.
    Swallow,
}

/// A segment sent and not yet acknowledged.
struct Unacknowledged {
    end: TcpSeqNumber,
    packet: Vec<u8>,
    sent_ns: u64,
    /// Acknowledged selectively: it arrived, something before it did not.
    arrived: bool,
    /// Outstanding when the timeout struck.
    lost: bool,
}

/// The state of one direction of one connection.
pub struct Repair {
    unacknowledged: VecDeque<Unacknowledged>,
    /// Everything before this has been sent once.
    sent_to: Option<TcpSeqNumber>,
    srtt_ns: u64,
    rttvar_ns: u64,
    min_rtt_ns: u64,
    /// How often the timeout has doubled since the last acknowledgement.
    doublings: u32,
    timeout_ns: Option<u64>,
    /// When the oldest segment counts as lost because a later one arrived.
    reorder_ns: Option<u64>,
}

impl Repair {
    pub fn new() -> Self {
        Self {
            unacknowledged: VecDeque::new(),
            sent_to: None,
            srtt_ns: 0,
            rttvar_ns: 0,
            min_rtt_ns: u64::MAX,
            doublings: 0,
            timeout_ns: None,
            reorder_ns: None,
        }
    }

    /// Retransmission timeout now, without doublings.
    pub fn rto_ns(&self) -> u64 {
        match self.srtt_ns {
            0 => FIRST_RTO_NS,
            srtt => srtt + RTO_MARGIN_NS.max(4 * self.rttvar_ns),
        }
    }

    /// smoltcp sends `packet`, now.
    pub fn outgoing(&mut self, now_ns: u64, segment: &Segment, packet: &[u8]) -> Verdict {
        if segment.syn {
            self.sent_to = Some(segment.seq + 1);
        }
        if !segment.needs_repair() {
            return Verdict::Send { repeated: 0 };
        }
        let sent_to = self.sent_to.unwrap_or(segment.seq);
        if segment.end() <= sent_to {
            return Verdict::Swallow;
        }
        let repeated = if segment.seq < sent_to {
            (sent_to - segment.seq).min(segment.payload)
        } else {
            0
        };
        self.sent_to = Some(segment.end());
        self.unacknowledged.push_back(Unacknowledged {
            end: segment.end(),
            packet: packet.to_vec(),
            sent_ns: now_ns,
            arrived: false,
            lost: false,
        });
        if self.timeout_ns.is_none() {
            self.timeout_ns = Some(now_ns + self.rto_ns());
        }
        Verdict::Send { repeated }
    }

    /// A packet arrives from the other side; calls `repeat` with what must be sent again at once.
    pub fn incoming(&mut self, now_ns: u64, segment: &Segment, repeat: impl FnMut(Vec<u8>)) {
        let Some(ack) = segment.ack else { return };
        let mut news = segment.syn;
        let mut in_recovery = false;
        while self
            .unacknowledged
            .front()
            .is_some_and(|oldest| oldest.end <= ack)
        {
            in_recovery |= self
                .unacknowledged
                .pop_front()
                .is_some_and(|segment| segment.lost);
            news = true;
        }
        if news {
            self.sample(now_ns, segment.echo);
            self.doublings = 0;
            self.reorder_ns = None;
            self.timeout_ns = (!self.unacknowledged.is_empty()).then(|| now_ns + self.rto_ns());
        }
        let mut newest_arrived_ns = None;
        if let Some((left, right)) = segment.sack {
            for waiting in &mut self.unacknowledged {
                if waiting.end > left && waiting.end <= right {
                    waiting.arrived = true;
                    newest_arrived_ns = newest_arrived_ns.max(Some(waiting.sent_ns));
                }
            }
        }
        if self.unacknowledged.is_empty() {
            return;
        }
        self.repeat_reordered(now_ns, newest_arrived_ns, in_recovery, repeat);
    }

    /// RACK: a segment is lost if one sent a reordering window later has arrived, or if it should
    /// have been acknowledged a reordering window ago.
    fn repeat_reordered(
        &mut self,
        now_ns: u64,
        newest_arrived_ns: Option<u64>,
        in_recovery: bool,
        mut repeat: impl FnMut(Vec<u8>),
    ) {
        let window_ns = self.min_rtt_ns.min(S) / 4;
        let rtt_ns = newest_arrived_ns.map_or(self.srtt_ns, |sent_ns| now_ns - sent_ns);
        let mut budget = if in_recovery { REPEATS_PER_ACK } else { 0 };
        self.reorder_ns = None;
        let stamp = (now_ns / US) as u32;
        for waiting in self
            .unacknowledged
            .iter_mut()
            .filter(|waiting| !waiting.arrived)
        {
            let overtaken = newest_arrived_ns.is_some_and(|newest_ns| newest_ns > waiting.sent_ns);
            let due_ns = waiting.sent_ns + rtt_ns + window_ns;
            let by_rack = overtaken
                && (newest_arrived_ns
                    .is_some_and(|newest_ns| newest_ns >= waiting.sent_ns + window_ns)
                    || due_ns <= now_ns);
            let by_budget = waiting.lost && budget > 0;
            if by_rack || by_budget {
                budget = budget.saturating_sub(usize::from(!by_rack));
                waiting.lost = false;
                waiting.sent_ns = now_ns;
                restamp(&mut waiting.packet, stamp);
                repeat(waiting.packet.clone());
            } else if overtaken {
                self.reorder_ns = Some(self.reorder_ns.map_or(due_ns, |at| at.min(due_ns)));
            }
        }
    }

    /// When [`Repair::expire`] wants to be called.
    pub fn next_ns(&self) -> Option<u64> {
        match (self.timeout_ns, self.reorder_ns) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        }
    }

    /// Time has passed; calls `repeat` with what must be sent again.
    pub fn expire(&mut self, now_ns: u64, mut repeat: impl FnMut(Vec<u8>)) {
        let stamp = (now_ns / US) as u32;
        if self.reorder_ns.is_some_and(|at| at <= now_ns) {
            self.reorder_ns = None;
            if let Some(oldest) = self
                .unacknowledged
                .iter_mut()
                .find(|waiting| !waiting.arrived)
            {
                oldest.sent_ns = now_ns;
                restamp(&mut oldest.packet, stamp);
                repeat(oldest.packet.clone());
            }
        }
        if self.timeout_ns.is_some_and(|at| at <= now_ns) {
            for waiting in self
                .unacknowledged
                .iter_mut()
                .filter(|waiting| !waiting.arrived)
            {
                waiting.lost = true;
            }
            self.doublings += 1;
            let backed_off = self.rto_ns().saturating_mul(1 << self.doublings.min(10));
            self.timeout_ns = Some(now_ns + backed_off.min(MAX_RTO_NS));
            if let Some(oldest) = self.unacknowledged.front_mut() {
                oldest.sent_ns = now_ns;
                restamp(&mut oldest.packet, stamp);
                repeat(oldest.packet.clone());
            }
        }
    }

    /// How many timeouts in a row went unanswered.
    pub fn doublings(&self) -> u32 {
        self.doublings
    }

    /// RFC 6298 section 2 on a sample from the timestamp echo (so repeated segments count too).
    fn sample(&mut self, now_ns: u64, echo: u32) {
        if echo == 0 {
            return;
        }
        let rtt_ns = u64::from(((now_ns / US) as u32).wrapping_sub(echo)) * US;
        self.min_rtt_ns = self.min_rtt_ns.min(rtt_ns.max(1));
        if self.srtt_ns == 0 {
            self.srtt_ns = rtt_ns.max(1);
            self.rttvar_ns = rtt_ns / 2;
        } else {
            self.rttvar_ns = (3 * self.rttvar_ns + self.srtt_ns.abs_diff(rtt_ns)) / 4;
            self.srtt_ns = (7 * self.srtt_ns + rtt_ns) / 8;
        }
    }
}
