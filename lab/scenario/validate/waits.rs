//! What clients and the run wait for, and for how long: whatever takes longer would end as a run that is not verified.

use super::{SECOND_NS, at_least, check};
use crate::scenario::{PerDirection, Scenario, ScenarioError, Span};

/// How long after the end of the measured window stragglers may take to see everything.
pub const GRACE: Span = Span::from_nanos(70 * SECOND_NS);
/// Longest stall: what is published at its end has to arrive within [`GRACE`].
const LONGEST_STALL: Span = Span::from_nanos(50 * SECOND_NS);
/// Longest pause between two questions: the last one, and two round trips for it, have to come within [`GRACE`].
const LONGEST_INTERVAL: Span = Span::from_nanos(60 * SECOND_NS);
/// How long after the end of a run a line may be cut: who was cut off needs the rest of [`GRACE`] to come back.
const CUT_BEYOND_END: Span = Span::from_nanos(40 * SECOND_NS);
/// Longest round trip: connecting takes one and asking another, and clients give up what takes 10 s. A second of these is
/// for the line to carry it.
const LONGEST_ROUND_TRIP: Span = Span::from_millis(4_500);
/// Shortest silence that a heartbeat ends: more of them are a busy loop.
const SHORTEST_SILENCE: Span = Span::from_millis(10);

impl Scenario {
    pub(super) fn validate_waits(&self) -> Result<(), ScenarioError> {
        self.validate_round_trip()?;
        self.validate_outages()?;
        self.validate_stalls()?;
        at_least(
            "poll_every",
            self.poll_every,
            "a poller that never waits is a busy loop",
        )?;
        check(self.poll_every <= LONGEST_INTERVAL, "poll_every", || {
            format!(
                "{} is longer than the run waits for the last questions: write at most \"{LONGEST_INTERVAL}\"",
                self.poll_every
            )
        })?;
        check(
            self.heartbeat.is_zero() || self.heartbeat >= SHORTEST_SILENCE,
            "heartbeat",
            || {
                format!(
                    "{} is too short: write at least \"{SHORTEST_SILENCE}\", or \"off\"",
                    self.heartbeat
                )
            },
        )
    }

    fn validate_round_trip(&self) -> Result<(), ScenarioError> {
        let both = |ways: PerDirection<Span>| {
            let ns = ways.down.as_nanos().saturating_add(ways.up.as_nanos());
            Span::from_nanos(ns)
        };
        let (delay, jitter) = (both(self.delay), both(self.jitter));
        let longest_ns = delay.as_nanos().saturating_add(jitter.as_nanos());
        let field = match delay > LONGEST_ROUND_TRIP {
            true => "delay",
            false => "jitter",
        };
        let longest = Span::from_nanos(longest_ns);
        check(longest <= LONGEST_ROUND_TRIP, field, || {
            format!(
                "a round trip takes up to {longest}, connecting and asking take two, and clients give up after 10s: \
                 write delays and jitters of at most \"{LONGEST_ROUND_TRIP}\" in all, both directions together"
            )
        })
    }

    /// What begins at an instant begins within the run.
    fn begins_within(&self, field: &str, at: Span) -> Result<(), ScenarioError> {
        let run = Span::from_nanos(self.run_ns());
        check(at < run, field, || {
            format!(
                "{at} is not within the run, which lasts {run} with its warm-up: begin earlier, or make it longer"
            )
        })
    }

    fn validate_outages(&self) -> Result<(), ScenarioError> {
        let mut free_from = 0;
        for (index, outage) in self.outages.iter().enumerate() {
            let field = |name| format!("outages[{index}].{name}");
            if let Some(client) = outage.client {
                check(client < self.clients, &field("client"), || {
                    format!(
                        "there is no client {client}: they are numbered from 0 to {}",
                        self.clients - 1
                    )
                })?;
            }
            at_least(&field("for"), outage.lasts, "an outage has a length")?;
            self.begins_within(&field("at"), outage.at)?;
            check(outage.at.as_nanos() >= free_from, &field("at"), || {
                let end = Span::from_nanos(free_from);
                format!(
                    "{} is before the end of the outage above ({end}): list outages in order, without overlap",
                    outage.at
                )
            })?;
            free_from = outage.at.as_nanos().saturating_add(outage.lasts.as_nanos());
            let (run, end) = (self.run_ns(), Span::from_nanos(free_from));
            let last = Span::from_nanos(run.saturating_add(CUT_BEYOND_END.as_nanos()));
            check(end <= last, &field("for"), || {
                format!(
                    "{} ends {end} after the start, too late for clients to come back before the run, which lasts {}, \
                     stops waiting for them: write an outage that ends by {last}",
                    outage.lasts,
                    Span::from_nanos(run)
                )
            })?;
        }
        Ok(())
    }

    fn validate_stalls(&self) -> Result<(), ScenarioError> {
        let mut free_from = None;
        for (index, stall) in self.stalls.iter().enumerate() {
            let field = |name| format!("stalls[{index}].{name}");
            at_least(&field("for"), stall.lasts, "a stall has a length")?;
            check(stall.lasts <= LONGEST_STALL, &field("for"), || {
                format!(
                    "{} is longer than clients wait at the end of a run: write at most \"{LONGEST_STALL}\"",
                    stall.lasts
                )
            })?;
            self.begins_within(&field("at"), stall.at)?;
            let at_ns = stall.at.as_nanos();
            check(
                free_from.is_none_or(|end| at_ns > end),
                &field("at"),
                || {
                    format!(
                        "{} is not after the stall above: list stalls in order, with time between them",
                        stall.at
                    )
                },
            )?;
            free_from = Some(at_ns.saturating_add(stall.lasts.as_nanos()));
        }
        Ok(())
    }
}
