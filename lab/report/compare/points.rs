//! A recording or a sweep as named points with figures and intervals.

use crate::chart::{figures, not_verified};
use crate::measure::sweep::{self, Party, SweepResults};
use crate::measure::{Results, TransportResult, lie};
use serde_json::Value;

/// One side of a comparison.
#[derive(Debug, Clone, PartialEq)]
pub struct Side {
    /// The command that makes it again.
    pub command: String,
    /// What was lied about on purpose, in words.
    pub lies: Option<String>,
    /// Everything that was set, as `(field, value)`.
    pub settings: Vec<(String, String)>,
    pub points: Vec<Point>,
}

/// Something that was measured under one name, for example a transport.
#[derive(Debug, Clone, PartialEq)]
pub struct Point {
    /// What the other side is searched for.
    pub id: String,
    pub label: String,
    /// Why it has no figures, in words.
    pub problem: Option<String>,
    pub figures: Vec<Measured>,
}

/// A figure with what is known about how sure it is.
#[derive(Debug, Clone, PartialEq)]
pub struct Measured {
    /// Path of the figure, for example `latency_us.mean`.
    pub figure: String,
    pub value: f64,
    /// The 95 % interval, where there is one.
    pub interval: Option<[f64; 2]>,
    /// Whether the same run would give the same number again: counts on the simulated network.
    pub exact: bool,
}

/// Where the same run gives the same counts again.
const SIMULATED: &str = "simulated";
/// The order of the figures: how soon, how old, how much work, how many bytes; then what else there is.
const ORDER: [&str; 12] = [
    "latency_us",
    "last_receiver_us",
    "fan_out_spread_us",
    "age_us",
    "stale_share",
    "first_event_us",
    "requests",
    "empty_answers",
    "connections",
    "packets",
    "bytes_per_event",
    "bytes",
];
/// Figures that are counted and not timed.
const COUNTS: [&str; 8] = [
    "requests",
    "empty_answers",
    "connections",
    "packets",
    "bytes_per_event",
    "bytes",
    "latency_samples",
    "latency_events",
];

impl Side {
    /// A recording: a point for each transport.
    pub fn of(results: &Results) -> Self {
        let mut settings = vec![
            ("network".to_owned(), results.network.clone()),
            ("pushlab version".to_owned(), results.pushlab.clone()),
            ("ended early".to_owned(), yes_no(results.partial).to_owned()),
        ];
        if let Some(label) = lie::label(&results.lies) {
            settings.push(("lies".to_owned(), label));
        }
        if let Some(machine) = &results.machine {
            let cores = machine.cores;
            let machine = format!("{}, {}, {cores} cores", machine.os, machine.arch);
            settings.push(("machine".to_owned(), machine));
        }
        if let Ok(Value::Object(fields)) = serde_json::to_value(&results.scenario) {
            // What a scenario is about is told by its other fields.
            let fields = fields
                .into_iter()
                .filter(|(name, _)| name != "about" && name != "proves");
            settings.extend(fields.map(|(name, value)| (name, words(&value))));
        }
        let exact = results.network == SIMULATED;
        Self {
            command: results.command.clone(),
            lies: lie::label(&results.lies),
            settings,
            points: results
                .transports
                .iter()
                .map(|transport| Point::of(transport, exact))
                .collect(),
        }
    }
}

impl Side {
    /// A sweep: a point for each transport at each place where it was run.
    pub fn of_sweep(results: &SweepResults) -> Self {
        let head = &results.head;
        let mut settings = vec![
            ("network".to_owned(), head.network.clone()),
            ("pushlab version".to_owned(), head.pushlab.clone()),
        ];
        if let Ok(Value::Object(mut sweep)) = serde_json::to_value(&head.sweep) {
            let scenario = sweep.remove("scenario");
            let fields = scenario.as_ref().and_then(Value::as_object).cloned();
            let fields = sweep.into_iter().chain(fields.unwrap_or_default());
            let fields = fields.filter(|(name, _)| !["name", "about"].contains(&name.as_str()));
            settings.extend(fields.map(|(name, value)| (name, words(&value))));
        }
        let points = head.sweep.points();
        let places = points.iter().flat_map(|at| {
            let own = head
                .parties
                .iter()
                .filter(|party| party.stands_for(at) == *at);
            own.map(move |party| Point::of_place(results, party, at))
        });
        Self {
            command: head.command.clone(),
            lies: None,
            settings,
            points: places.collect(),
        }
    }
}

impl Point {
    /// A transport at one place of a sweep, over its repeats.
    fn of_place(results: &SweepResults, party: &Party, at: &[usize]) -> Self {
        let place: Vec<_> = results
            .head
            .sweep
            .vary
            .iter()
            .zip(at)
            .zip(&party.affected)
            .filter(|(_, affected)| **affected)
            .map(|((axis, &index), _)| format!("{}={}", axis.key, axis.values[index]))
            .collect();
        let place = match place.is_empty() {
            true => String::new(),
            false => format!(" at {}", place.join(", ")),
        };
        let measured = sweep::FIGURES.iter().filter_map(|figure| {
            let estimate = results.estimate(party, at, figure)?;
            Some(Measured {
                figure: figure.path.to_owned(),
                value: estimate.value,
                interval: estimate.interval,
                // Seeds differ between repeats: a mean over them is no count.
                exact: false,
            })
        });
        let figures: Vec<_> = measured.collect();
        let problem = || {
            let trials = results.trials_at(party, at);
            let problem = trials.iter().find_map(|trial| trial.problem.clone());
            problem.map_or_else(
                || "trials are missing".to_owned(),
                |problem| format!("not verified: {problem}"),
            )
        };
        Self {
            id: format!("{}{place}", party.id),
            label: format!("{}{place}", party.label),
            problem: figures.is_empty().then(problem),
            figures,
        }
    }

    fn of(transport: &TransportResult, exact: bool) -> Self {
        let found = figures(transport);
        let mut measured = Vec::new();
        if let Some(found) = found
            && let Ok(Value::Object(mut tree)) = serde_json::to_value(found)
        {
            tree.remove("intervals");
            flatten("", &Value::Object(tree), &mut |figure, value| {
                let people = figure.starts_with("people.");
                if people && !is_telling(&figure) {
                    return;
                }
                let interval = found.intervals.get(&figure).copied();
                let counted = COUNTS.contains(&first(&figure)) || people && !figure.contains("_us");
                let exact = exact && counted;
                measured.push(Measured {
                    figure,
                    value,
                    interval,
                    exact,
                });
            });
        }
        // A stable sort: what has the same place stays in the order of the names.
        measured.sort_by_key(|measured| {
            let place = ORDER
                .iter()
                .position(|name| *name == first(&measured.figure));
            place.unwrap_or(ORDER.len())
        });
        Self {
            id: transport.id.clone(),
            label: transport.label.clone(),
            problem: found.is_none().then(|| not_verified(transport)),
            figures: measured,
        }
    }
}

/// Of applications half and 99 % of each time, and all counts: the rest is in the recordings.
fn is_telling(figure: &str) -> bool {
    let timed = figure.contains("_us.");
    let kept = [".p50", ".p99", "joins.current_us.mean"];
    let ends = kept.iter().any(|end| figure.ends_with(end));
    !figure.ends_with("budget_us") && (!timed || ends)
}

fn first(figure: &str) -> &str {
    figure.split('.').next().unwrap_or(figure)
}

fn flatten(prefix: &str, value: &Value, found: &mut impl FnMut(String, f64)) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                let path = match prefix {
                    "" => name.clone(),
                    _ => format!("{prefix}.{name}"),
                };
                flatten(&path, value, found);
            }
        }
        // The kinds of message, each under its name.
        Value::Array(entries) => {
            for entry in entries {
                if let Some(class) = entry.get("class").and_then(Value::as_str) {
                    let delivered = entry.get("deliveries").and_then(Value::as_u64);
                    if delivered != Some(0) {
                        flatten(&format!("{prefix}.{class}"), entry, found);
                    }
                }
            }
        }
        _ => {
            if let Some(number) = value.as_f64() {
                found(prefix.to_owned(), number);
            }
        }
    }
}

/// A value as a scenario file has it, a text without its quotes.
fn words(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn yes_no(yes: bool) -> &'static str {
    if yes { "yes" } else { "no" }
}
