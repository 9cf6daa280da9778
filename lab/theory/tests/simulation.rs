//! Each law played out event by event: an independent way to the figures that the formulas give.

use super::super::{Inputs, Law, PollDiscipline, Spacing};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use std::ops::Range;

/// What one client saw, and what it cost.
pub struct Run {
    /// Latency of each event shown that was born in the measured part of the run, seconds, rising.
    pub latency_s: Vec<f64>,
    /// How much older the newest event shown was than the newest event born, on average, seconds. It
    /// varies far less from run to run than the age itself, most of which is the source's own.
    pub behind_s: f64,
    pub stale_share: f64,
    pub requests: f64,
    pub empty_answers: f64,
    pub bytes_per_event: f64,
}

struct Client<'a> {
    inputs: &'a Inputs,
    born_s: Vec<f64>,
    /// `(seen, index of the event)`, rising.
    shown: Vec<(f64, usize)>,
    requests: u32,
    empty_answers: u32,
    ip_bytes: u64,
}

pub fn run(inputs: &Inputs, seed: u64) -> Run {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let mut uniform = || (random.next_u64() >> 11) as f64 / (1u64 << 53) as f64;
    let mut client = Client {
        inputs,
        born_s: births(inputs, &mut uniform),
        shown: Vec::new(),
        requests: 0,
        empty_answers: 0,
        ip_bytes: 0,
    };
    match inputs.law {
        Law::Push => client.push(),
        Law::ShortPoll => client.short_poll(uniform() * inputs.poll_every_s),
        Law::LongPoll => client.long_poll(),
    }
    client.measure()
}

fn births(inputs: &Inputs, uniform: &mut impl FnMut() -> f64) -> Vec<f64> {
    let period_s = 1.0 / inputs.rate_per_s;
    let spacing = inputs.spacing.unwrap();
    let mut born_s = vec![match spacing {
        Spacing::Poisson => exponential_s(period_s, uniform),
        Spacing::Fixed => uniform() * period_s,
    }];
    while *born_s.last().unwrap() < inputs.span_s {
        let gap_s = match spacing {
            Spacing::Poisson => exponential_s(period_s, uniform),
            Spacing::Fixed => period_s,
        };
        born_s.push(born_s.last().unwrap() + gap_s);
    }
    born_s
}

fn exponential_s(mean_s: f64, uniform: &mut impl FnMut() -> f64) -> f64 {
    -libm::log1p(-uniform()) * mean_s
}

impl Client<'_> {
    /// Sends a message packet by packet; its receiver answers after `answer_s`. Returns how long that
    /// keeps the line busy.
    fn send(&mut self, bytes: f64, bit_s: f64, answer_s: f64) -> f64 {
        let mut left = bytes as u64;
        let mut line_bytes = 0;
        let mut unacknowledged = 0;
        loop {
            let data = left.min(1448);
            left -= data;
            line_bytes += 52 + data;
            unacknowledged += 1;
            if unacknowledged == 2 {
                self.ip_bytes += 52;
                unacknowledged = 0;
            }
            if left == 0 {
                break;
            }
        }
        if unacknowledged == 1 && answer_s > 0.000_1 {
            self.ip_bytes += 52;
        }
        self.ip_bytes += line_bytes;
        8.0 * line_bytes as f64 / bit_s
    }

    fn push(&mut self) {
        let inputs = self.inputs;
        self.requests = 1;
        let mut line_free_s: f64 = 0.0;
        for index in 0..self.born_s.len() {
            let born_s = self.born_s[index];
            if inputs.heartbeat_s > 0.0 && index > 0 {
                let mut due_s = self.born_s[index - 1] + inputs.heartbeat_s;
                while due_s < born_s {
                    let pong = inputs.heartbeat_bytes_up;
                    self.send(
                        inputs.heartbeat_bytes_down,
                        1.0,
                        if pong > 0.0 { 0.0 } else { 1.0 },
                    );
                    if pong > 0.0 {
                        self.send(pong, 1.0, 1.0);
                    }
                    due_s += inputs.heartbeat_s;
                }
            }
            let event_bytes = inputs.payload_bytes + inputs.event_framing_bytes;
            let busy_s = self.send(event_bytes, inputs.bandwidth_down_bit_s, 1.0);
            line_free_s = born_s.max(line_free_s) + busy_s;
            self.shown.push((line_free_s + inputs.delay_down_s, index));
        }
    }

    /// A question that leaves at `ask_s`, answered after `held`: when it reaches the server.
    fn ask(&mut self, ask_s: f64, held: impl Fn(f64) -> f64) -> f64 {
        let inputs = self.inputs;
        self.requests += 1;
        let bits = 8.0 * (inputs.request_head_bytes + 52.0);
        let there_s = ask_s + bits / inputs.bandwidth_up_bit_s + inputs.delay_up_s;
        self.send(
            inputs.request_head_bytes,
            inputs.bandwidth_up_bit_s,
            held(there_s),
        );
        there_s
    }

    /// An answer that leaves at `leave_s` with the events from `cursor` up to `end`: when it is there.
    fn answer(&mut self, leave_s: f64, cursor: usize, end: usize, silence_s: f64) -> f64 {
        let inputs = self.inputs;
        let bytes = if cursor == end {
            self.empty_answers += 1;
            inputs.empty_head_bytes
        } else {
            let carried = if inputs.latest { 1 } else { end - cursor };
            let event_bytes = inputs.payload_bytes + inputs.event_framing_bytes;
            inputs.answer_head_bytes + carried as f64 * event_bytes
        };
        let busy_s = self.send(bytes, inputs.bandwidth_down_bit_s, silence_s);
        let seen_s = leave_s + busy_s + inputs.delay_down_s;
        self.shown
            .extend((cursor..end).map(|index| (seen_s, index)));
        seen_s
    }

    fn born_until(&self, instant_s: f64) -> usize {
        self.born_s.partition_point(|born_s| *born_s <= instant_s)
    }

    fn short_poll(&mut self, first_s: f64) {
        let (mut ask_s, mut cursor) = (first_s, 0);
        while ask_s < self.inputs.span_s {
            let there_s = self.ask(ask_s, |_| 0.0);
            let end = self.born_until(there_s);
            let seen_s = self.answer(there_s, cursor, end, 1.0);
            cursor = end;
            ask_s = match self.inputs.discipline {
                PollDiscipline::Timer => ask_s + self.inputs.poll_every_s,
                PollDiscipline::Sleep => seen_s + self.inputs.poll_every_s,
            };
        }
    }

    fn long_poll(&mut self) {
        let (mut ask_s, mut cursor) = (0.0, 0);
        while ask_s < self.inputs.span_s {
            let hold_s = self.inputs.hold_s;
            let next_s = self.born_s.get(cursor).copied().unwrap_or(f64::INFINITY);
            let leaves = |there_s: f64| next_s.max(there_s).min(there_s + hold_s);
            let there_s = self.ask(ask_s, |there_s| leaves(there_s) - there_s);
            let leave_s = leaves(there_s);
            if leave_s == f64::INFINITY {
                break;
            }
            let end = self.born_until(leave_s);
            ask_s = self.answer(leave_s, cursor, end, 0.0);
            cursor = end;
        }
    }

    /// Integrates what the screen showed from a tenth of the span to nine tenths.
    fn measure(self) -> Run {
        let window_s = 0.1 * self.inputs.span_s..0.9 * self.inputs.span_s;
        let length_s = window_s.end - window_s.start;
        let born = |index: usize| self.born_s[index];
        let mut latency_s: Vec<f64> = (self.shown.iter())
            .filter(|(_, index)| window_s.contains(&born(*index)))
            .map(|(seen_s, index)| seen_s - born(*index))
            .collect();
        latency_s.sort_by(f64::total_cmp);
        let stale_s = self.shown.windows(2).map(|pair| {
            let start_s = pair[0].0.max(born(pair[0].1 + 1));
            pair[1].0.min(window_s.end) - start_s.max(window_s.start)
        });
        let shown = self
            .shown
            .iter()
            .map(|(seen_s, index)| (*seen_s, born(*index)));
        let at_source = self.born_s.iter().map(|born_s| (*born_s, *born_s));
        Run {
            latency_s,
            behind_s: (age_integral(shown, &window_s) - age_integral(at_source, &window_s))
                / length_s,
            stale_share: stale_s.map(|s| s.max(0.0)).sum::<f64>() / length_s,
            requests: f64::from(self.requests),
            empty_answers: f64::from(self.empty_answers),
            bytes_per_event: self.ip_bytes as f64 / self.shown.len() as f64,
        }
    }
}

/// Integral over `window_s` of the age of the newest event, which steps through `(from when, born)`.
fn age_integral(steps: impl Iterator<Item = (f64, f64)> + Clone, window_s: &Range<f64>) -> f64 {
    let next = steps.clone().skip(1);
    (steps.zip(next))
        .map(|((from_s, born_s), (to_s, _))| {
            let from_s = from_s.clamp(window_s.start, window_s.end);
            let to_s = to_s.clamp(window_s.start, window_s.end);
            (to_s - from_s) * (0.5 * (from_s + to_s) - born_s)
        })
        .sum()
}
