//! What a run of one transport left behind, and its way into the results.

use super::{Prepared, latest};
use crate::measure::ledger::Ledger;
use crate::measure::recorder::{Book, Recorder};
use crate::measure::summary::{self, Counts, Load};
use crate::measure::{Lie, Style, TransportResult};
use crate::net::Network;
use crate::scenario::{Arrivals, Connection, Discipline, Scenario};
use crate::theory::{self, Inputs, PollDiscipline, Spacing};
use crate::transport::{Entry, Events};

/// What is said where there is nothing to average.
const UNMEASURED: &str = "nothing was measured: no event was born in the measured window; more of them, or a longer \
                          --duration, would give figures";

/// One transport's run: what was seen, what the wires carried.
#[derive(Debug)]
pub struct Outcome {
    pub result: TransportResult,
    /// Whether the system told the TCP segments; on the simulated network always.
    pub segments_known: bool,
    /// When the run was ended early, if it was.
    pub cut_at_ns: Option<u64>,
}

impl Outcome {
    /// Checks what the clients saw; figures follow only if it is what it should be.
    pub fn new(
        prepared: &Prepared,
        entry: &Entry,
        network: Network,
        recorder: &Recorder,
        ledger: Ledger,
        load: Load,
    ) -> Self {
        let book = recorder.close();
        let expectation = recorder.expectation();
        let counts = Counts::of(&book);
        let inputs = inputs(prepared, entry, network);
        let problem = problem(&book, &counts);
        let verified = problem.is_none();
        let figures = verified
            .then(|| summary::figures(&book, &counts, expectation, &prepared.told(ledger), load));
        // The laws are about one feed that the server fills; in an application people do.
        let lawful = !prepared.is_app();
        let theory_cdf = theory::latency_cdf(&inputs)
            .into_iter()
            .filter(|_| lawful)
            .map(|point| point.map(summary::rounded))
            .collect();
        let series = verified.then(|| summary::series(&book, expectation, theory_cdf));
        let descriptor = entry.descriptor;
        let result = TransportResult {
            id: descriptor.id.into(),
            label: descriptor.label.into(),
            style: Style {
                color: descriptor.color.into(),
                marker: descriptor.marker,
            },
            settings: (entry.build)(&prepared.scenario).settings(),
            expected: counts.expected,
            delivered: counts.delivered,
            superseded: counts.superseded,
            duplicated: counts.duplicated,
            out_of_order: counts.out_of_order,
            altered: counts.altered,
            verified,
            problem,
            figures,
            idle: None,
            theory: theory::predict(&inputs)
                .into_iter()
                // Predictions are of all bytes.
                .filter(|(figure, _)| {
                    lawful && !(prepared.lies(Lie::HeaderOnly) && figure.starts_with("bytes"))
                })
                .map(|(figure, value)| (figure, summary::rounded(value)))
                .collect(),
            series,
        };
        let mut outcome = Self {
            result,
            segments_known: true,
            cut_at_ns: book.cut.then_some(book.to_ns),
        };
        if book.cut {
            // Predictions are for the whole run.
            outcome.result.theory.clear();
        }
        if let Some(why) = ledger.malformed {
            outcome.problem(format!("the ledger could not read a connection: {why}"));
        }
        outcome
    }

    /// Something else went wrong: no figures.
    pub fn problem(&mut self, problem: String) {
        self.result.verified = false;
        self.result.figures = None;
        self.result.series = None;
        self.result.idle = None;
        self.result.problem.get_or_insert(problem);
    }
}

/// Why there are no figures, if there are none.
fn problem(book: &Book, counts: &Counts) -> Option<String> {
    let mut words = match &book.problem {
        Some(problem) => problem.clone(),
        None if !counts.verified() => "the counts do not add up to what was expected".to_owned(),
        None if !summary::measured(book) => UNMEASURED.to_owned(),
        None => return None,
    };
    if let Some(first) = &book.first_unopened {
        // Clients try again, so it may be no cause; but it is what a machine says that is too small.
        let times = book.unopened;
        words.push_str(&format!(
            "; connecting failed {times} times, first with: {first}"
        ));
    }
    Some(words)
}

/// What the formulas need.
fn inputs(prepared: &Prepared, entry: &Entry, network: Network) -> Inputs {
    let scenario: &Scenario = &prepared.scenario;
    let events = sizes(prepared);
    let costs = (entry.build)(scenario).costs(&events);
    let seconds = |ns: u64| ns as f64 / 1e9;
    let spacing = match scenario.arrivals {
        // What a stall held back comes in one burst.
        _ if scenario.replay.is_some() || !scenario.stalls.is_empty() => None,
        Arrivals::Fixed => Some(Spacing::Fixed),
        Arrivals::Poisson => Some(Spacing::Poisson),
        Arrivals::Bursty | Arrivals::Jittered => None,
    };
    let random = |down, up| down > 0 || up > 0;
    let described = Inputs {
        law: entry.descriptor.law,
        spacing,
        // The rate that the seed really gave: what is tested is the law, not the luck of the draw.
        rate_per_s: prepared.events.len() as f64 / seconds(prepared.end_ns()),
        delay_down_s: seconds(scenario.delay.down.as_nanos()),
        delay_up_s: seconds(scenario.delay.up.as_nanos()),
        bandwidth_down_bit_s: scenario.bandwidth.down.as_bits_per_second() as f64,
        bandwidth_up_bit_s: scenario.bandwidth.up.as_bits_per_second() as f64,
        loss: random(scenario.loss.down.as_ppm(), scenario.loss.up.as_ppm())
            || random(
                scenario.jitter.down.as_nanos(),
                scenario.jitter.up.as_nanos(),
            )
            || !scenario.outages.is_empty(),
        clients: scenario.clients,
        span_s: seconds(prepared.end_ns()),
        poll_every_s: seconds(scenario.poll_every.as_nanos()),
        discipline: match scenario.poll_discipline {
            Discipline::Timer => PollDiscipline::Timer,
            Discipline::Sleep => PollDiscipline::Sleep,
        },
        latest: latest(entry, scenario),
        connects: scenario.poll_connection == Connection::Close,
        hold_s: seconds(scenario.hold.as_nanos()),
        batch_every_s: seconds(scenario.batch_every.as_nanos()),
        heartbeat_s: seconds(scenario.heartbeat.as_nanos()),
        payload_bytes: events.payload_bytes,
        event_framing_bytes: costs.event_framing,
        send_framing_bytes: costs.send_framing,
        request_head_bytes: costs.request_head,
        answer_head_bytes: costs.answer_head,
        empty_head_bytes: costs.empty_head,
        heartbeat_bytes_down: costs.heartbeat_down,
        heartbeat_bytes_up: costs.heartbeat_up,
    };
    match network {
        Network::Simulated => described,
        // Of the line that the scenario describes there is at most the delay.
        Network::Loopback => Inputs {
            delay_down_s: if prepared.delay_line {
                described.delay_down_s
            } else {
                0.0
            },
            delay_up_s: if prepared.delay_line {
                described.delay_up_s
            } else {
                0.0
            },
            bandwidth_down_bit_s: f64::INFINITY,
            bandwidth_up_bit_s: f64::INFINITY,
            loss: false,
            ..described
        },
    }
}

/// Mean sizes of the events that will be published.
fn sizes(prepared: &Prepared) -> Events {
    let count = prepared.events.len().max(1) as f64;
    let bytes: usize = prepared
        .events
        .iter()
        .map(|event| event.payload.len())
        .sum();
    let digits: u32 = prepared
        .events
        .iter()
        .map(|event| event.seq.ilog10() + 1)
        .sum();
    Events {
        payload_bytes: bytes as f64 / count,
        seq_digits: f64::from(digits) / count,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failed_connections_are_named_where_a_run_is_not_verified() {
        let scenario = crate::scenario::shipped("ticker").expect("shipped");
        let prepared = Prepared::new(scenario).expect("a run");
        let recorder = Recorder::new(prepared.expectation(false));
        let missed = Counts {
            expected: 1,
            ..Counts::default()
        };
        let words = problem(&recorder.close(), &missed).expect("nobody saw anything");
        assert!(!words.contains("connecting"), "{words}");
        recorder.unopened(&"too many open files");
        recorder.unopened(&"refused");
        let book = recorder.close();
        assert_eq!(
            problem(&book, &missed),
            Some(format!(
                "{words}; connecting failed 2 times, first with: too many open files"
            ))
        );
    }

    #[test]
    fn a_run_that_measured_nothing_has_no_figures() {
        let scenario = crate::scenario::parse(r#"{"name": "rare", "rate": "0.0001/s"}"#, "");
        let prepared = Prepared::new(scenario.expect("valid")).expect("a run");
        let outcome = prepared.run(&crate::transport::ALL[0], Network::Simulated);
        let result = outcome.expect("a run").result;
        assert!(!result.verified && result.figures.is_none());
        assert_eq!(result.problem.as_deref(), Some(UNMEASURED));
    }
}
