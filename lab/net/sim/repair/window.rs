//! The congestion window, kept outside smoltcp and counted in segments as Linux counts it: a small
//! message takes as much of it as a full segment.

use std::cmp::Ordering;

/// Initial window, RFC 6928; also where it restarts after silence (Linux
/// `tcp_slow_start_after_idle`).
const INITIAL: usize = 10;
/// What a loss leaves, at least.
const LEAST: usize = 2;

/// Slow start, congestion avoidance, and what losses do to them.
#[derive(Debug)]
pub struct Window {
    size: usize,
    /// Beyond this the window grows by one segment per round trip.
    threshold: usize,
    /// Acknowledged towards the next such segment.
    credit: usize,
    /// In flight after the last segment was sent.
    used: usize,
    /// While losses found through later arrivals are being repaired.
    reduction: Option<Reduction>,
}

/// Proportional rate reduction (RFC 6937): the window shrinks as segments leave the network, not at
/// one blow.
#[derive(Debug)]
struct Reduction {
    /// The window before.
    from: usize,
    delivered: usize,
    sent: usize,
}

impl Default for Window {
    fn default() -> Self {
        Self {
            size: INITIAL,
            threshold: usize::MAX,
            credit: 0,
            used: 0,
            reduction: None,
        }
    }
}

impl Window {
    /// How many more segments may be sent.
    pub fn room(&self, in_flight: usize) -> usize {
        self.size.saturating_sub(in_flight)
    }

    /// A segment was sent, again or for the first time; now there are so many in flight.
    pub fn sent(&mut self, in_flight: usize) {
        self.used = in_flight;
        if let Some(reduction) = &mut self.reduction {
            reduction.sent += 1;
        }
    }

    /// So many segments were acknowledged while nothing was amiss. The window only grows if it was
    /// in use: half of it in slow start, all of it beyond.
    pub fn acknowledged(&mut self, segments: usize) {
        match self.size.cmp(&self.threshold) {
            Ordering::Less if self.size < 2 * self.used => {
                self.size = (self.size + segments).min(self.threshold);
            }
            Ordering::Equal | Ordering::Greater if self.size <= self.used => {
                self.credit += segments;
                if self.credit >= self.size {
                    self.credit = 0;
                    self.size += 1;
                }
            }
            _ => {}
        }
    }

    /// After silence longer than a timeout.
    pub fn restart(&mut self) {
        self.size = self.size.min(INITIAL);
    }

    /// A loss has been made good, or is about to be: seven tenths will remain (cubic).
    pub fn reduce(&mut self) {
        self.threshold = (self.size * 7 / 10).max(LEAST);
        self.size = self.threshold;
        self.credit = 0;
    }

    /// A loss was found because later segments arrived.
    pub fn begin_reduction(&mut self) {
        self.reduction = Some(Reduction {
            from: self.size,
            delivered: 0,
            sent: 0,
        });
        self.reduce();
    }

    /// While losses are being repaired: so many segments were delivered; `advanced` if the oldest
    /// was among them and no loss was found.
    pub fn delivered(&mut self, segments: usize, advanced: bool, in_flight: usize) {
        let Some(reduction) = &mut self.reduction else {
            return self.acknowledged(segments); // after a timeout: slow start
        };
        reduction.delivered += segments;
        let share = if in_flight > self.threshold {
            (reduction.delivered * self.threshold)
                .div_ceil(reduction.from)
                .saturating_sub(reduction.sent)
        } else {
            let owed = reduction.delivered.saturating_sub(reduction.sent);
            (owed.max(segments) + usize::from(advanced)).min(self.threshold - in_flight)
        };
        // The first repeat always goes.
        self.size = in_flight + share.max(usize::from(reduction.sent == 0));
    }

    /// All losses are made good.
    pub fn recovered(&mut self) {
        if self.reduction.take().is_some() {
            self.size = self.threshold;
        }
    }

    /// The timeout struck: begin again with one segment. `again`: losses were being repaired already.
    pub fn collapse(&mut self, again: bool) {
        if !again {
            self.reduce();
        }
        self.reduction = None;
        self.size = 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_doubles_per_round_trip_while_it_is_used() {
        let mut window = Window::default();
        window.sent(1);
        window.acknowledged(1);
        assert_eq!(window.room(0), 10);
        window.sent(10);
        window.acknowledged(10);
        assert_eq!(window.room(0), 20);
        window.restart();
        assert_eq!(window.room(3), 7);
    }

    #[test]
    fn losses_leave_seven_tenths_and_a_timeout_one() {
        let mut window = Window::default();
        window.reduce();
        assert_eq!(window.room(0), 7);
        window.sent(7);
        window.acknowledged(6);
        assert_eq!(window.room(0), 7);
        window.acknowledged(1);
        assert_eq!(window.room(0), 8);
        window.collapse(false);
        assert_eq!(window.room(0), 1);
        for _ in 0..9 {
            window.reduce();
        }
        assert_eq!(window.room(0), 2);
    }
}
