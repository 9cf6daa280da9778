//! One direction of a client's access line: it queues, serialises, delays, jitters, loses and breaks.

use crate::clock::S;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// What a link does to packets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkConfig {
    /// One-way delay of every packet.
    pub delay_ns: u64,
    /// Extra delay, uniform in `0..=jitter_ns`; packets keep their order.
    pub jitter_ns: u64,
    /// Serialisation rate, bits per second, at least 1.
    pub bits_per_second: u64,
    /// Bytes that may wait to be serialised; what comes on top is dropped.
    pub queue_bytes: u64,
    /// Packets lost, per million, each independently.
    pub loss_ppm: u64,
    /// `[from, to)` instants in which nothing gets through.
    pub outages_ns: Vec<(u64, u64)>,
}

/// One direction in use.
pub struct Link {
    config: LinkConfig,
    /// When the last packet has been serialised.
    free_at_ns: u64,
    /// Arrival of the last packet: jitter must not let a later one overtake it.
    last_arrival_ns: u64,
    /// Only where something is random.
    dice: Option<Box<ChaCha8Rng>>,
}

impl Link {
    /// `stream` tells the links of one run apart: same seed and stream, same dice.
    pub fn new(config: LinkConfig, seed: u64, stream: u64) -> Self {
        let random = config.jitter_ns > 0 || config.loss_ppm > 0;
        let dice = random.then(|| {
            let mut dice = ChaCha8Rng::seed_from_u64(seed);
            dice.set_stream(stream);
            Box::new(dice)
        });
        Self {
            config,
            free_at_ns: 0,
            last_arrival_ns: 0,
            dice,
        }
    }

    /// Sends a packet of `bytes` bytes now; when it arrives, or `None` if it never does.
    pub fn send(&mut self, now_ns: u64, bytes: usize) -> Option<u64> {
        let waiting_ns = self.free_at_ns.saturating_sub(now_ns);
        let waiting_bits =
            u128::from(waiting_ns) * u128::from(self.config.bits_per_second) / u128::from(S);
        if waiting_bits / 8 + bytes as u128 > u128::from(self.config.queue_bytes) {
            return None;
        }
        self.free_at_ns = self.free_at_ns.max(now_ns) + self.serialisation_ns(bytes);
        // Both dice are thrown for every packet, so that one packet's fate does not shift another's.
        let (lost, jitter_ns) = match &mut self.dice {
            Some(dice) => {
                let lost = dice.next_u64() % 1_000_000 < self.config.loss_ppm;
                (lost, dice.next_u64() % (self.config.jitter_ns + 1))
            }
            None => (false, 0),
        };
        let sent = self.free_at_ns;
        if lost
            || self
                .config
                .outages_ns
                .iter()
                .any(|&(from, to)| (from..to).contains(&sent))
        {
            return None;
        }
        let arrival = (sent + self.config.delay_ns + jitter_ns).max(self.last_arrival_ns);
        self.last_arrival_ns = arrival;
        Some(arrival)
    }

    /// Time to put `bytes` on the line, rounded up to whole nanoseconds.
    fn serialisation_ns(&self, bytes: usize) -> u64 {
        (bytes as u64 * 8 * S).div_ceil(self.config.bits_per_second)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::MS;

    fn config() -> LinkConfig {
        LinkConfig {
            delay_ns: 25 * MS,
            jitter_ns: 0,
            bits_per_second: 20_000_000,
            queue_bytes: 3_000,
            loss_ppm: 0,
            outages_ns: vec![],
        }
    }

    #[test]
    fn delay_and_serialisation_add_up_to_the_nanosecond() {
        let mut link = Link::new(config(), 1, 0);
        // 123 bytes at 20 Mbit/s take 49.2 us; the second waits for the first.
        assert_eq!(link.send(0, 123), Some(25 * MS + 49_200));
        assert_eq!(link.send(0, 123), Some(25 * MS + 98_400));
        assert_eq!(link.send(S, 123), Some(S + 25 * MS + 49_200));
    }

    #[test]
    fn a_full_queue_drops_and_an_outage_swallows() {
        let mut link = Link::new(config(), 1, 0);
        assert!(link.send(0, 1_500).is_some());
        assert!(link.send(0, 1_500).is_some());
        assert_eq!(link.send(0, 1_500), None);
        let mut link = Link::new(
            LinkConfig {
                outages_ns: vec![(S, 2 * S)],
                ..config()
            },
            1,
            0,
        );
        assert!(link.send(S - MS, 100).is_some());
        assert_eq!(link.send(S, 100), None);
        assert!(link.send(2 * S, 100).is_some());
    }

    #[test]
    fn loss_has_its_rate_and_jitter_keeps_the_order() {
        let mut link = Link::new(
            LinkConfig {
                loss_ppm: 50_000,
                jitter_ns: 10 * MS,
                ..config()
            },
            7,
            3,
        );
        let arrivals: Vec<_> = (0..20_000).map(|i| link.send(i * MS, 100)).collect();
        let lost = arrivals.iter().filter(|a| a.is_none()).count();
        assert!((900..1_100).contains(&lost), "{lost} of 20,000 lost at 5 %");
        let arrived: Vec<_> = arrivals.into_iter().flatten().collect();
        assert!(arrived.is_sorted());
    }
}
