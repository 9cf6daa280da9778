//! Where events come from: a seeded ticker, or a replayed file.

use super::instants::Instants;
use super::random::Choices;
use super::replay::{self, ReplayError};
use super::{Event, payload};
use crate::scenario::{Payload, Scenario};
use std::path::Path;

/// The symbols of the synthetic ticker; a scenario trades the first few of them.
const SYMBOLS: [&str; 10] = [
    "ACME", "BOLT", "CROW", "DUNE", "ECHO", "FERN", "GOLD", "HAWK", "IRIS", "JADE",
];
/// Prices stay within these cents, so that they always print as six characters.
const CENTS: (i32, i32) = (10_000, 99_999);
/// A price moves by at most this many cents per event.
const STEP_CENTS: u32 = 25;

/// The events of a scenario in the order of their birth: without end for the synthetic ticker, to the
/// end of the file for a replay. `epoch_us` is the start of the run, in microseconds since 1970.
///
/// Payloads keep their fixed width for as long as a valid scenario lasts.
pub fn source(
    scenario: &Scenario,
    epoch_us: u64,
) -> Result<Box<dyn Iterator<Item = Event> + Send>, ReplayError> {
    Ok(match &scenario.replay {
        Some(file) => {
            Box::new(replay::read(Path::new(file), scenario.speed, epoch_us)?.into_iter())
        }
        None => Box::new(Ticker::new(scenario, epoch_us)),
    })
}

/// All events born during a run: from its start to the end of the measured window.
pub fn generate(scenario: &Scenario, epoch_us: u64) -> Result<Vec<Event>, ReplayError> {
    let end_ns = scenario
        .warm_up
        .as_nanos()
        .saturating_add(scenario.duration.as_nanos());
    Ok(source(scenario, epoch_us)?
        .take_while(|event| event.born_ns < end_ns)
        .collect())
}

/// Ten stocks and a random walk.
struct Ticker {
    epoch_us: u64,
    form: Payload,
    seq: u64,
    instants: Instants,
    // Each kind of choice has its own stream of the generator: other instants leave the prices alone.
    symbol_choices: Choices,
    price_choices: Choices,
    size_choices: Choices,
    cents: Vec<i32>,
}

impl Ticker {
    fn new(scenario: &Scenario, epoch_us: u64) -> Self {
        let count = (scenario.symbols as usize).clamp(1, SYMBOLS.len());
        Self {
            epoch_us,
            form: scenario.payload,
            seq: 0,
            instants: Instants::new(
                scenario.arrivals,
                scenario.rate.as_per_second(),
                Choices::new(scenario.seed, 0),
            ),
            symbol_choices: Choices::new(scenario.seed, 1),
            price_choices: Choices::new(scenario.seed, 2),
            size_choices: Choices::new(scenario.seed, 3),
            cents: (0..count as i32)
                .map(|symbol| 10_125 + symbol * 7_500)
                .collect(),
        }
    }
}

impl Iterator for Ticker {
    type Item = Event;

    fn next(&mut self) -> Option<Event> {
        let born_ns = self.instants.next_ns();
        self.seq += 1;
        let symbol = self.symbol_choices.below(self.cents.len() as u32) as usize;
        let step = self.price_choices.below(2 * STEP_CENTS + 1) as i32 - STEP_CENTS as i32;
        let size = 100 + self.size_choices.below(900);
        let cents = (self.cents[symbol] + step).clamp(CENTS.0, CENTS.1);
        self.cents[symbol] = cents;
        let payload = match self.form {
            Payload::Tick => {
                let t_us = self.epoch_us.saturating_add(born_ns / 1_000);
                payload::tick(self.seq, t_us, SYMBOLS[symbol], cents as u32, size)
            }
            Payload::Compact => payload::compact(self.seq, born_ns / 1_000_000, cents as u32),
            Payload::Sized(size) => {
                let bytes = size.as_bytes() as usize;
                payload::sized(self.seq, born_ns / 1_000_000, cents as u32, bytes)
            }
        };
        Some(Event {
            seq: self.seq,
            topic: SYMBOLS[symbol].to_owned(),
            born_ns,
            payload,
            from: None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::feed::payload_seq;
    use crate::scenario::{Rate, Span, parse, shipped};

    const EPOCH_US: u64 = 1_735_689_600_000_000;

    fn ticker(fields: &str) -> Vec<Event> {
        let scenario = parse(&format!("{{\"name\": \"x\", {fields}}}"), "x").unwrap();
        generate(&scenario, EPOCH_US).unwrap()
    }

    fn born(events: &[Event]) -> Vec<u64> {
        events.iter().map(|event| event.born_ns).collect()
    }

    #[test]
    fn events_are_numbered_ordered_and_of_fixed_width() {
        for arrivals in ["fixed", "poisson", "bursty"] {
            for (payload, width) in [("tick", 69), ("compact", 20), ("500B", 500)] {
                let fields =
                    format!(r#""arrivals": "{arrivals}", "payload": "{payload}", "rate": "500/s""#);
                let events = ticker(&fields);
                // 32,500 expected; bursts deviate most, by 400 or so.
                assert!((30_000..35_000).contains(&events.len()), "{}", events.len());
                assert!(born(&events).is_sorted());
                assert!(events.last().unwrap().born_ns < 65_000_000_000);
                for (index, event) in events.iter().enumerate() {
                    assert_eq!(event.seq, index as u64 + 1);
                    assert_eq!(payload_seq(&event.payload), Some(event.seq));
                    assert_eq!(event.payload.len(), width);
                }
            }
        }
    }

    #[test]
    fn a_tick_carries_its_event() {
        for event in ticker(r#""rate": "100/s""#) {
            let tick: serde_json::Value = serde_json::from_slice(&event.payload).unwrap();
            assert_eq!(tick["t"], EPOCH_US + event.born_ns / 1_000);
            assert_eq!(tick["sym"], event.topic);
            assert!((100.0..1_000.0).contains(&tick["px"].as_f64().unwrap()));
            assert!((100..1_000).contains(&tick["sz"].as_u64().unwrap()));
        }
    }

    #[test]
    fn one_choice_leaves_the_others_alone() {
        let scenario = shipped("ticker").unwrap();
        let texts = |events: &[Event]| -> Vec<Vec<u8>> {
            events
                .iter()
                .take(100)
                .map(|event| event.payload[34..].to_vec())
                .collect()
        };
        let slow = generate(&scenario, EPOCH_US).unwrap();
        assert_eq!(generate(&scenario, EPOCH_US).unwrap(), slow);

        let faster = Scenario {
            rate: Rate::per_second(20.0),
            ..scenario.clone()
        };
        assert_eq!(texts(&generate(&faster, EPOCH_US).unwrap()), texts(&slow));
        let one = Scenario {
            symbols: 1,
            ..scenario.clone()
        };
        assert_eq!(born(&generate(&one, EPOCH_US).unwrap()), born(&slow));
        let longer = Scenario {
            duration: Span::from_millis(120_000),
            ..scenario.clone()
        };
        assert_eq!(generate(&longer, EPOCH_US).unwrap()[..slow.len()], slow);
        let other = Scenario {
            seed: 2,
            ..scenario
        };
        assert_ne!(born(&generate(&other, EPOCH_US).unwrap()), born(&slow));
    }

    #[test]
    fn the_first_ticks_are_fixed_for_ever() {
        let events: Vec<_> = source(&shipped("ticker").unwrap(), EPOCH_US)
            .unwrap()
            .take(2)
            .collect();
        let texts: Vec<_> = events
            .iter()
            .map(|e| std::str::from_utf8(&e.payload).unwrap())
            .collect();
        let first = r#"{"seq":     1,"t":1735689600722192,"sym":"JADE","px":776.00,"sz":696}"#;
        let second = r#"{"seq":     2,"t":1735689601035814,"sym":"CROW","px":251.09,"sz":554}"#;
        assert_eq!(texts, [first, second]);
    }
}
