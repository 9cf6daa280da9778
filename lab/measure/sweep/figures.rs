//! The figures of a sweep: how each follows from a trial, and from its predictions.

use super::Trial;
use super::people::*;
use crate::measure::plot::Quantity;
use crate::measure::results::Figures;

/// A figure of trials that is worth a chart.
#[derive(Debug, Clone, Copy)]
pub struct Figure {
    /// As in tables and file names.
    pub id: &'static str,
    /// As in recordings and predictions, with the unit.
    pub path: &'static str,
    /// For people, without the unit.
    pub label: &'static str,
    pub quantity: Quantity,
    pub(super) measured: fn(&Trial, &Figures) -> Option<f64>,
    pub(super) predicted: fn(&Trial) -> Option<f64>,
}

impl Figure {
    /// What was measured; nothing for a trial that was not verified.
    pub fn measured(&self, trial: &Trial) -> Option<f64> {
        let figures = trial.figures.as_ref()?;
        (self.measured)(trial, figures).filter(|value| value.is_finite())
    }

    /// What theory says, where it says something.
    pub fn predicted(&self, trial: &Trial) -> Option<f64> {
        (self.predicted)(trial).filter(|value| value.is_finite())
    }
}

fn theory(trial: &Trial, key: &str) -> Option<f64> {
    trial.theory.get(key).copied()
}

fn client_seconds(trial: &Trial) -> f64 {
    f64::from(trial.clients) * trial.span_us as f64 / 1e6
}

/// Mean time from birth to screen.
pub const LATENCY_MEAN: Figure = Figure {
    id: "latency_mean",
    path: "latency_us.mean",
    label: "mean latency",
    quantity: Quantity::Time,
    measured: |_, f| Some(f.latency_us.mean),
    predicted: |t| theory(t, "latency_us.mean"),
};
/// Median time from birth to screen.
pub const LATENCY_P50: Figure = Figure {
    id: "latency_p50",
    path: "latency_us.p50",
    label: "median latency",
    quantity: Quantity::Time,
    measured: |_, f| Some(f.latency_us.p50),
    predicted: |t| theory(t, "latency_us.p50"),
};
/// 99th percentile of the time from birth to screen.
pub const LATENCY_P99: Figure = Figure {
    id: "latency_p99",
    path: "latency_us.p99",
    label: "p99 of latency",
    quantity: Quantity::Time,
    measured: |_, f| Some(f.latency_us.p99),
    predicted: |t| theory(t, "latency_us.p99"),
};
/// Mean age of the newest event shown.
pub const AGE_MEAN: Figure = Figure {
    id: "age_mean",
    path: "age_us.mean",
    label: "mean age",
    quantity: Quantity::Time,
    measured: |_, f| f.mean_age_us(),
    predicted: |t| theory(t, "age_us.mean"),
};
/// Share of time in which a newer event existed than the one shown.
pub const STALE_SHARE: Figure = Figure {
    id: "stale_share",
    path: "stale_share",
    label: "time stale",
    quantity: Quantity::Share,
    measured: |_, f| f.stale_share,
    predicted: |t| theory(t, "stale_share"),
};
/// IP bytes that one client costs per second, both directions, connecting and closing left out.
pub const BYTES_PER_SECOND: Figure = Figure {
    id: "bytes_per_second",
    path: "bytes_per_client_and_second",
    label: "bytes per client and second",
    quantity: Quantity::BytesPerSecond,
    measured: |t, f| Some((f.bytes.total - f.bytes.setup) as f64 / client_seconds(t)),
    // The formula counts by deliveries; how many there were is known.
    predicted: |t| {
        let per_event = theory(t, "bytes_per_event_without_setup")?;
        Some(per_event * t.kept_up() as f64 / client_seconds(t))
    },
};
/// IP bytes per delivered event, connecting and closing left out.
pub const BYTES_PER_EVENT: Figure = Figure {
    id: "bytes_per_event",
    path: "bytes_per_event_without_setup",
    label: "bytes per event",
    quantity: Quantity::Bytes,
    measured: |t, f| Some((f.bytes.total - f.bytes.setup) as f64 / t.kept_up() as f64),
    predicted: |t| theory(t, "bytes_per_event_without_setup"),
};
/// HTTP requests per delivered event.
pub const REQUESTS_PER_EVENT: Figure = Figure {
    id: "requests_per_event",
    path: "requests_per_event",
    label: "requests per event",
    quantity: Quantity::Count,
    measured: |t, f| Some(f.requests as f64 / t.kept_up() as f64),
    predicted: |t| Some(theory(t, "requests")? / t.kept_up() as f64),
};
/// HTTP requests of one client per second.
pub const REQUESTS_PER_SECOND: Figure = Figure {
    id: "requests_per_second",
    path: "requests_per_client_and_second",
    label: "requests per client and second",
    quantity: Quantity::PerSecond,
    measured: |t, f| Some(f.requests as f64 / client_seconds(t)),
    predicted: |t| Some(theory(t, "requests")? / client_seconds(t)),
};
/// CPU time of the server per delivery; only on loopback.
pub const SERVER_CPU: Figure = Figure {
    id: "server_cpu_per_delivery",
    path: "server_cpu_us_per_delivery",
    label: "server CPU per delivery",
    quantity: Quantity::Time,
    measured: |_, f| f.server_cpu_us_per_delivery,
    predicted: |_| None,
};

/// Resident memory that the server's process gained with its connections, per connection; only on loopback.
pub const SERVER_MEMORY: Figure = Figure {
    id: "server_memory_per_connection",
    path: "server_memory_bytes_per_connection",
    label: "server memory per connection",
    quantity: Quantity::Bytes,
    measured: |_, f| f.server_memory_bytes_per_connection,
    predicted: |_| None,
};
/// Share of one core that the thread that serves used in the measured window; only on loopback.
pub const SERVER_SHARE: Figure = Figure {
    id: "server_cpu_share",
    path: "server_cpu_share",
    label: "server's share of a core",
    quantity: Quantity::Share,
    measured: |_, f| f.server_cpu_share,
    predicted: |_| None,
};
/// The same of the clients, which are what makes the load.
pub const CLIENT_SHARE: Figure = Figure {
    id: "client_cpu_share",
    path: "client_cpu_share",
    label: "load generator's share of a core",
    quantity: Quantity::Share,
    measured: |_, f| f.client_cpu_share,
    predicted: |_| None,
};

/// Mean time from birth to the last client that saw the event.
pub const LAST_RECEIVER: Figure = Figure {
    id: "last_receiver_mean",
    path: "last_receiver_us.mean",
    label: "delay of the last receiver",
    quantity: Quantity::Time,
    measured: |_, f| Some(f.last_receiver_us?.mean),
    predicted: |_| None,
};

/// The 99th percentile of the same: the last client of all but one event in a hundred.
pub const LAST_RECEIVER_P99: Figure = Figure {
    id: "last_receiver_p99",
    path: "last_receiver_us.p99",
    label: "p99 of the last receiver",
    quantity: Quantity::Time,
    measured: |_, f| Some(f.last_receiver_us?.p99),
    predicted: |_| None,
};

/// All of them, in the order of tables.
pub const FIGURES: &[Figure] = &[
    LATENCY_MEAN,
    LATENCY_P50,
    LATENCY_P99,
    AGE_MEAN,
    STALE_SHARE,
    BYTES_PER_SECOND,
    BYTES_PER_EVENT,
    REQUESTS_PER_EVENT,
    REQUESTS_PER_SECOND,
    SERVER_CPU,
    SERVER_MEMORY,
    SERVER_SHARE,
    CLIENT_SHARE,
    LAST_RECEIVER,
    LAST_RECEIVER_P99,
    REFUSED_STALE,
    IN_TIME,
    IN_TIME_MAIN,
    UP_P50,
    ACK_P50,
    BYTES_UP_PER_PUBLISH,
    CONNECTIONS,
    DELIVERIES_PER_PUBLISH,
];
