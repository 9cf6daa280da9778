//! What is read of the files that criterion and the benches save.

use super::{Beside, Measured};
use serde::Deserialize;
use std::collections::BTreeMap;

impl Measured {
    /// From the texts of criterion's `benchmark.json` and `estimates.json`. An error says what is wrong with which.
    pub fn read(benchmark: &str, estimates: &str) -> Result<Self, String> {
        let id: SavedId =
            serde_json::from_str(benchmark).map_err(|e| format!("benchmark.json: {e}"))?;
        let saved: SavedEstimates =
            serde_json::from_str(estimates).map_err(|e| format!("estimates.json: {e}"))?;
        // As criterion prints it: the slope where it has one.
        let time = saved.slope.unwrap_or(saved.mean);
        let interval = [
            time.confidence_interval.lower_bound,
            time.confidence_interval.upper_bound,
        ];
        let elements = id.throughput.and_then(|kind| match kind.get("Elements") {
            Some(count) => count.as_u64(),
            None => None,
        });
        let elements = elements.unwrap_or(1).max(1) as f64;
        if ![time.point_estimate, interval[0], interval[1]]
            .iter()
            .all(|ns| ns.is_finite() && *ns > 0.0)
        {
            return Err(format!(
                "estimates.json: {} ns is no time that something can take",
                time.point_estimate
            ));
        }
        Ok(Self {
            group: id.group_id,
            function: id.function_id.unwrap_or_default(),
            parameter: id.value_str,
            each_ns: time.point_estimate / elements,
            interval_ns: interval.map(|ns| ns / elements),
            beside: Beside::default(),
        })
    }
}

impl Beside {
    /// From the text of `figures.json`.
    pub fn read(text: &str) -> Result<Self, String> {
        let figures: Self = serde_json::from_str(text).map_err(|e| format!("figures.json: {e}"))?;
        let all = [
            figures.latency_p50_us,
            figures.latency_p99_us,
            figures.bytes_per_event,
        ];
        match all
            .into_iter()
            .flatten()
            .find(|value| !value.is_finite() || *value < 0.0)
        {
            Some(value) => Err(format!("figures.json: {value} is no figure")),
            None => Ok(figures),
        }
    }
}

/// What is used of criterion's `benchmark.json`.
#[derive(Deserialize)]
struct SavedId {
    group_id: String,
    function_id: Option<String>,
    value_str: Option<String>,
    throughput: Option<BTreeMap<String, serde_json::Value>>,
}

/// What is used of its `estimates.json`.
#[derive(Deserialize)]
struct SavedEstimates {
    mean: SavedEstimate,
    slope: Option<SavedEstimate>,
}

#[derive(Deserialize)]
struct SavedEstimate {
    confidence_interval: SavedInterval,
    point_estimate: f64,
}

#[derive(Deserialize)]
struct SavedInterval {
    lower_bound: f64,
    upper_bound: f64,
}
