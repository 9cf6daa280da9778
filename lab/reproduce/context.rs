//! How experiments run their trials.

use super::Reading;
use super::measured::{difference, quotient};
use crate::measure::{Figures, TransportResult};
use crate::net::Network;
use crate::run::{Prepared, RunError};
use crate::scenario;
use crate::transport::Entry;
use serde_json::Value;
use std::sync::{Condvar, Mutex, PoisonError};

/// Lets as many trials run at a time as there are processors, whichever experiment they belong to.
#[derive(Debug)]
pub struct Context {
    free: Mutex<usize>,
    freed: Condvar,
}

/// One run of one transport, without its series.
#[derive(Debug, Clone)]
pub struct Trial {
    pub result: TransportResult,
    /// 95th percentile of latency; nothing if the run was not verified.
    pub p95_us: Option<f64>,
    /// Seconds from the start to the end of the measured window, warm-up included.
    pub span_s: f64,
    pub clients: u32,
}

impl Context {
    /// For so many trials at a time.
    pub fn new(cores: usize) -> Self {
        Self {
            free: Mutex::new(cores.max(1)),
            freed: Condvar::new(),
        }
    }

    /// Runs a transport on the simulated network over a scenario that differs from the ticker in these fields.
    pub fn trial(&self, entry: &Entry, fields: &Value) -> Result<Trial, RunError> {
        self.when_free(|| simulate(entry, fields))
    }

    /// The same for many at once; the trials come back in the given order.
    pub fn trials(&self, list: &[(&Entry, Value)]) -> Result<Vec<Trial>, RunError> {
        std::thread::scope(|scope| {
            let threads: Vec<_> = list
                .iter()
                .map(|(entry, fields)| scope.spawn(|| self.trial(entry, fields)))
                .collect();
            threads
                .into_iter()
                .map(|thread| {
                    let crashed = |_| Err(RunError::Internal("a trial crashed".into()));
                    thread.join().unwrap_or_else(crashed)
                })
                .collect()
        })
    }

    /// Runs a scenario for each of two durations.
    pub fn pair(
        &self,
        entry: &Entry,
        fields: &Value,
        [short, long]: [&str; 2],
    ) -> Result<Pair, RunError> {
        let lasting = |duration: &str| {
            let mut fields = fields.clone();
            fields["duration"] = duration.into();
            self.trial(entry, &fields)
        };
        Ok(Pair {
            short: lasting(short)?,
            long: lasting(long)?,
        })
    }

    /// Does some work as soon as a processor is free for it.
    pub fn when_free<T>(&self, work: impl FnOnce() -> T) -> T {
        let free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        let mut free = self
            .freed
            .wait_while(free, |free| *free == 0)
            .unwrap_or_else(PoisonError::into_inner);
        *free -= 1;
        drop(free);
        // Given back even if the work panics.
        let _slot = Slot(self);
        work()
    }
}

/// A processor in use.
struct Slot<'a>(&'a Context);

impl Drop for Slot<'_> {
    fn drop(&mut self) {
        *self.0.free.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        self.0.freed.notify_one();
    }
}

fn simulate(entry: &Entry, fields: &Value) -> Result<Trial, RunError> {
    let mut fields = fields.clone();
    if fields["name"].is_null() {
        fields["name"] = "reproduce".into();
    }
    let scenario = scenario::parse(&fields.to_string(), "reproduce")
        .map_err(|error| RunError::Internal(error.to_string()))?;
    let prepared = Prepared::new(scenario)?;
    let mut result = prepared.run(entry, Network::Simulated)?.result;
    let p95_us = result.series.take().and_then(|series| {
        let point = |[_, share]: &&[f64; 2]| (share - 0.95).abs() < 1e-9;
        series
            .latency_spectrum
            .iter()
            .find(point)
            .map(|point| point[0])
    });
    let scenario = &prepared.scenario;
    let span_ns = scenario.warm_up.as_nanos() + scenario.duration.as_nanos();
    Ok(Trial {
        result,
        p95_us,
        span_s: span_ns as f64 / 1e9,
        clients: scenario.clients,
    })
}

impl Trial {
    /// A figure of a verified run; otherwise why there is none.
    pub fn read(&self, figure: impl FnOnce(&Figures) -> f64) -> Reading {
        match &self.result.figures {
            Some(figures) => Ok(figure(figures)),
            None => Err(format!(
                "{}: {}",
                self.result.label,
                self.result.problem.as_deref().unwrap_or("not verified")
            )),
        }
    }

    /// The 95th percentile of latency, microseconds.
    pub fn p95(&self) -> Reading {
        self.read(|_| self.p95_us.unwrap_or(f64::NAN))
    }

    /// Seconds of all clients together.
    pub fn client_s(&self) -> f64 {
        self.span_s * f64::from(self.clients)
    }

    /// IP bytes without connecting and closing.
    pub fn bytes(&self) -> Reading {
        self.read(|figures| (figures.bytes.total - figures.bytes.setup) as f64)
    }
}

/// The same scenario twice, once for longer. What differs is what the time in between cost: connecting, closing, and
/// the first and the last exchange are in both.
#[derive(Debug, Clone)]
pub struct Pair {
    pub short: Trial,
    pub long: Trial,
}

impl Pair {
    /// How much a figure grew.
    pub fn growth(&self, figure: impl Fn(&Figures, &TransportResult) -> f64) -> Reading {
        let of = |trial: &Trial| trial.read(|figures| figure(figures, &trial.result));
        difference(of(&self.long), of(&self.short))
    }

    /// How much a figure grew for each unit by which another did.
    pub fn per(
        &self,
        unit: impl Fn(&Figures, &TransportResult) -> f64,
        figure: impl Fn(&Figures, &TransportResult) -> f64,
    ) -> Reading {
        quotient(self.growth(figure), self.growth(unit))
    }
}

/// The fields of the scenario with the heads that Lubbers & Greco published.
pub fn kaazing() -> Value {
    scenario::shipped("kaazing")
        .and_then(|scenario| serde_json::to_value(scenario).ok())
        .unwrap_or_default()
}
