//! Loss repair as Linux does it, between smoltcp and the link.
//!
//! smoltcp repeats a lost segment after one second at the earliest. This layer keeps a copy of every
//! unacknowledged segment, repeats it when Linux would, and swallows smoltcp's own late repeats.
//! It also keeps the congestion [`window`], which smoltcp has too small. Without loss, and with
//! messages of up to ten segments, it never acts. Linux repeats a segment
//!
//! * when one sent later has arrived and a reordering window has passed: a quarter of the shortest
//!   round trip, nothing once the loss is certain (RACK, RFC 8985, 6.2);
//! * or, if nothing tells, the newest one once as a probe, two round trips after the last one was
//!   sent (plus 200 ms if it is alone), but no later than the timeout (TLP, RFC 8985, 7.2);
//! * or the oldest one when the timeout strikes: SRTT + max(200 ms, 4 RTTVAR), doubled each time
//!   (RFC 6298). All others then count as lost, too, and follow as acknowledgements come in.

mod lost;
mod round_trip;
mod window;

use super::segment::{self, Reply, Segment};
use crate::clock::US;
use lost::Newest;
use round_trip::RoundTrip;
use smoltcp::wire::TcpSeqNumber;
use std::collections::VecDeque;
use std::rc::Rc;
use window::Window;

/// A connection is given up when this many timeouts in a row brought no sign of life from the other
/// side (Linux `tcp_retries2`), or this many SYNs no answer (`tcp_syn_retries` and the first one).
const UNANSWERED_TIMEOUTS: u32 = 15;
const UNANSWERED_SYNS: u32 = 7;
/// A reader that answers but never makes room is given up after this many timeouts in a row, about an
/// hour. Linux would go on for ever; here every simulation must end.
const FRUITLESS_TIMEOUTS: u32 = 40;

/// What to do with a packet that smoltcp wants to send.
#[derive(Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Send it; this many of its payload bytes were sent before.
    Send { repeated: usize },
    /// smoltcp repeats what this layer takes care of, but the acknowledgement that rides on it is
    /// new: send it as a pure ACK from this sequence number.
    OnlyAck { seq: TcpSeqNumber },
    /// smoltcp repeats what this layer takes care of.
    Swallow,
}

/// A segment sent and not yet acknowledged.
struct Sent {
    start: TcpSeqNumber,
    end: TcpSeqNumber,
    packet: Rc<[u8]>, // the one on its way: replaced, never changed
    sent_ns: u64,
    repeated: bool,
    /// Acknowledged selectively: it arrived, something before it did not.
    arrived: bool,
    /// To be repeated with one of the next acknowledgements.
    lost: bool,
}

/// What happens if no acknowledgement comes.
#[derive(Clone, Copy)]
enum Alarm {
    Probe(u64),
    Timeout(u64),
}

/// The state of one direction of one connection.
#[derive(Default)]
pub struct Repair {
    unacknowledged: VecDeque<Sent>,
    /// How many of them have arrived.
    arrived: usize,
    window: Window,
    last_sent_ns: u64,
    /// Everything before this has been sent once.
    sent_to: Option<TcpSeqNumber>,
    /// What this end acknowledged last: a repeat must not be older, or smoltcp drops it.
    reply: Option<Reply>,
    trip: RoundTrip,
    newest: Option<Newest>,
    alarm: Option<Alarm>,
    /// When segments overtaken by a later one count as lost.
    reorder_ns: Option<u64>,
    /// Losses are being repaired until this is acknowledged.
    recover_to: Option<TcpSeqNumber>,
    /// A probe has been sent since the last acknowledgement.
    probed: bool,
    /// How often the timeout has doubled since the last acknowledgement.
    doublings: u32,
    /// Timeouts since anything came in.
    unanswered_timeouts: u32,
    /// SYNs sent and not acknowledged yet; smoltcp repeats these itself, after a second as Linux does.
    unanswered_syns: u32,
}

impl Repair {
    /// Retransmission timeout now, without doublings.
    pub fn timeout_ns(&self) -> u64 {
        self.trip.timeout_ns(0)
    }

    /// Whether the other side must be taken for dead.
    pub fn hopeless(&self) -> bool {
        self.unanswered_timeouts > UNANSWERED_TIMEOUTS
            || self.unanswered_syns >= UNANSWERED_SYNS
            || self.doublings > FRUITLESS_TIMEOUTS
    }

    /// How many segments the congestion window lets go now.
    pub fn room(&mut self, now_ns: u64) -> usize {
        if self.unacknowledged.is_empty() && now_ns - self.last_sent_ns > self.timeout_ns() {
            self.window.restart();
        }
        self.window.room(self.in_flight())
    }

    /// smoltcp sends `packet`, now.
    pub fn outgoing(&mut self, now_ns: u64, segment: &Segment, packet: &Rc<[u8]>) -> Verdict {
        if segment.rst {
            self.forget();
            return Verdict::Send { repeated: 0 };
        }
        if segment.syn {
            self.sent_to = Some(segment.seq + 1);
            self.unanswered_syns += 1;
            return Verdict::Send { repeated: 0 };
        }
        let reply = segment.reply();
        let news = reply != self.reply;
        self.reply = reply;
        if segment.payload == 0 && !segment.fin {
            return Verdict::Send { repeated: 0 };
        }
        let sent_to = self.sent_to.unwrap_or(segment.seq);
        if segment.end() <= sent_to {
            let oldest = self.unacknowledged.front();
            return match oldest.is_some_and(|oldest| oldest.start < segment.end()) {
                true if news => Verdict::OnlyAck { seq: sent_to },
                true => Verdict::Swallow,
                // Acknowledged by a segment that smoltcp did not accept: only asking again helps.
                false => Verdict::Send {
                    repeated: segment.payload,
                },
            };
        }
        let repeated = match segment.seq < sent_to {
            true => (sent_to - segment.seq).min(segment.payload),
            false => 0,
        };
        self.sent_to = Some(segment.end());
        self.unacknowledged.push_back(Sent {
            start: segment.seq,
            end: segment.end(),
            packet: packet.clone(),
            sent_ns: now_ns,
            repeated: false,
            arrived: false,
            lost: false,
        });
        self.last_sent_ns = now_ns;
        self.window.sent(self.in_flight());
        if !matches!(self.alarm, Some(Alarm::Timeout(_))) {
            self.set_alarm(now_ns);
        }
        Verdict::Send { repeated }
    }

    /// A packet arrives from the other side; calls `repeat` with what must be sent again at once.
    pub fn incoming(&mut self, now_ns: u64, segment: &Segment, repeat: impl FnMut(Rc<[u8]>)) {
        self.unanswered_timeouts = 0;
        if segment.rst {
            return self.forget();
        }
        let Some(ack) = segment.ack else { return };
        let mut delivered = 0;
        while self
            .unacknowledged
            .front()
            .is_some_and(|oldest| oldest.end <= ack)
        {
            if let Some(sent) = self.unacknowledged.pop_front() {
                match sent.arrived {
                    true => self.arrived -= 1,
                    false => self.newest = self.newest_of(now_ns, &sent),
                }
                delivered += 1;
            }
        }
        if let Some(oldest) = self.unacknowledged.front_mut()
            && oldest.start < ack
        {
            // smoltcp takes the data of a segment that comes early, but forgets its FIN, and ignores
            // the FIN of a repeat whose data it has.
            let mut packet = oldest.packet.to_vec();
            segment::trim(&mut packet, ack - oldest.start);
            oldest.packet = packet.into();
            oldest.start = ack;
        }
        // With a repeated SYN nobody knows which of them was answered (Karn's rule).
        let syns = std::mem::take(&mut self.unanswered_syns);
        if delivered > 0 || syns == 1 {
            self.sample(now_ns, segment.echo);
            self.doublings = 0;
            if std::mem::take(&mut self.probed) {
                self.window.reduce(); // the probe made good a loss
            } else if self.recover_to.is_none() {
                self.window.acknowledged(delivered);
            }
            if self.recover_to.is_some_and(|to| to <= ack) {
                self.recover_to = None;
                self.window.recovered();
            }
        }
        let progress = delivered > 0;
        if let Some((left, right)) = segment.sack {
            for at in 0..self.unacknowledged.len() {
                let sent = &mut self.unacknowledged[at];
                if !sent.arrived && sent.end > left && sent.end <= right {
                    sent.arrived = true;
                    sent.lost = false;
                    self.arrived += 1;
                    delivered += 1;
                    self.newest = self.newest_of(now_ns, &self.unacknowledged[at]);
                }
            }
        }
        if progress {
            self.set_alarm(now_ns);
        }
        if self.arrived > 0 || self.recover_to.is_some() {
            let found = self.find_lost(now_ns);
            if self.recover_to.is_some() && delivered > 0 {
                let in_flight = self.in_flight();
                self.window
                    .delivered(delivered, progress && !found, in_flight);
            }
            self.repeat_lost(now_ns, repeat);
        } else {
            self.reorder_ns = None;
        }
    }

    /// When [`Repair::expire`] wants to be called.
    pub fn next_ns(&self) -> Option<u64> {
        let alarm_ns = self.alarm.map(|alarm| match alarm {
            Alarm::Probe(at_ns) | Alarm::Timeout(at_ns) => at_ns,
        });
        match (alarm_ns, self.reorder_ns) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        }
    }

    /// Time has passed; calls `repeat` with what must be sent again.
    pub fn expire(&mut self, now_ns: u64, mut repeat: impl FnMut(Rc<[u8]>)) {
        if self.reorder_ns.is_some_and(|at_ns| at_ns <= now_ns) {
            if self.find_lost(now_ns) {
                let in_flight = self.in_flight();
                self.window.delivered(0, false, in_flight);
            }
            self.repeat_lost(now_ns, &mut repeat);
        }
        match self.alarm {
            Some(Alarm::Probe(at_ns)) if at_ns <= now_ns => {
                self.probed = true;
                self.alarm = Some(Alarm::Timeout(now_ns + self.trip.timeout_ns(0)));
                if let Some(newest) = self.unacknowledged.back_mut() {
                    newest.again(now_ns, self.reply, &mut repeat);
                }
            }
            Some(Alarm::Timeout(at_ns)) if at_ns <= now_ns => {
                for sent in self.unacknowledged.iter_mut().filter(|sent| !sent.arrived) {
                    sent.lost = true;
                }
                self.window.collapse(self.recover_to.is_some());
                self.recover_to = self.sent_to;
                self.doublings += 1;
                self.unanswered_timeouts += 1;
                self.repeat_lost(now_ns, repeat);
            }
            _ => {}
        }
    }

    /// The connection was reset: nothing is worth repeating.
    fn forget(&mut self) {
        self.unacknowledged.clear();
        self.arrived = 0;
        self.alarm = None;
        self.reorder_ns = None;
    }

    /// Samples come from the timestamp echo, so repeated segments count, too.
    fn sample(&mut self, now_ns: u64, echo: u32) {
        if echo != 0 {
            let rtt_us = segment::timestamp(now_ns).wrapping_sub(echo);
            self.trip.sample(u64::from(rtt_us) * US);
        }
    }
}
