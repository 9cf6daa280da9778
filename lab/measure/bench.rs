//! What `cargo bench` measured: criterion's saved files as plain data, and the ratios that follow from them.

mod saved;

use super::{Machine, Style};
use serde::{Deserialize, Serialize};

/// The function of a group that measures its floor.
pub const FLOOR: &str = "floor";

/// One run of the benchmarks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Bench {
    /// Version of the program.
    pub pushlab: String,
    /// The command that makes it again.
    pub command: String,
    pub machine: Machine,
    /// From the first benchmark to the last, seconds.
    pub took_s: f64,
    /// The transport that ratios are taken against.
    pub baseline: String,
    /// The transports, in the order of the lab's table.
    pub parties: Vec<Party>,
    /// What there is to measure, in the order in which it is shown.
    pub groups: Vec<Group>,
    /// What was measured in this run.
    pub measured: Vec<Measured>,
    /// Saved files that could not be used, and why.
    pub problems: Vec<String>,
}

/// A transport.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Party {
    pub id: String,
    pub label: String,
    pub style: Style,
}

/// Benchmarks that belong together.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Group {
    /// Its name for criterion.
    pub id: String,
    /// The question that it answers.
    pub title: String,
    /// What stands beside the time, such as which bytes and by which clock; empty if nothing does.
    #[serde(default)]
    pub beside: String,
    /// What the time is for, as a noun: `delivery`.
    pub each: String,
    /// What its parameter is: `subscribers`. Empty if it has none.
    pub parameter: String,
    /// What is in the time, in sentences.
    pub about: String,
    /// What its floor does; empty if there is none.
    pub floor: String,
}

/// One benchmark.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Measured {
    pub group: String,
    /// A transport's id, [`FLOOR`], or a name of its own.
    pub function: String,
    pub parameter: Option<String>,
    /// Time for each of the group's things, nanoseconds, with criterion's 95 % interval.
    pub each_ns: f64,
    pub interval_ns: [f64; 2],
    #[serde(default)]
    pub beside: Beside,
}

/// What criterion has no place for: the bench writes it as `figures.json`.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Beside {
    /// From the lab's own histogram, microseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub latency_p50_us: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub latency_p99_us: Option<f64>,
    /// Events behind the latencies, where they are known: few of them bear out few percentiles.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub latency_events: Option<u64>,
    /// Bytes for each event; the group says which.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bytes_per_event: Option<f64>,
}

impl Beside {
    /// Whether there is nothing beside the time.
    pub fn is_empty(&self) -> bool {
        let figures = [
            self.latency_p50_us,
            self.latency_p99_us,
            self.bytes_per_event,
        ];
        figures.iter().all(Option::is_none)
    }
}

/// All benchmarks of a group with one parameter: they may be compared.
pub struct Figure<'a> {
    pub group: &'a Group,
    pub parameter: Option<&'a str>,
    /// The floor first, then the transports in their order, then others.
    pub rows: Vec<Row<'a>>,
}

/// One of them.
#[derive(Clone, Copy)]
pub struct Row<'a> {
    pub measured: &'a Measured,
    /// The transport; nothing for the floor and others.
    pub party: Option<&'a Party>,
    /// How many times the floor's time, and the baseline's time and bytes; nothing where that was not measured too,
    /// and for the floor itself.
    pub to_floor: Option<f64>,
    pub to_baseline: Option<f64>,
    pub bytes_to_baseline: Option<f64>,
}

impl Row<'_> {
    pub fn is_floor(&self) -> bool {
        self.measured.function == FLOOR
    }

    /// For people.
    pub fn label(&self) -> &str {
        match self.party {
            Some(party) => &party.label,
            None => &self.measured.function,
        }
    }
}

impl Figure<'_> {
    /// `fanout 1000`.
    pub fn name(&self) -> String {
        match self.parameter {
            Some(parameter) => format!("{} {parameter}", self.group.id),
            None => self.group.id.clone(),
        }
    }

    /// Whether something was measured beside the time.
    pub fn has_more(&self) -> bool {
        self.rows.iter().any(|row| !row.measured.beside.is_empty())
    }

    /// The parameter as a number, if it is one.
    pub fn number(&self) -> Option<f64> {
        self.parameter?.parse().ok()
    }
}

impl Bench {
    /// What was measured, in the order in which it is shown. What belongs to no group that is known is left out.
    pub fn figures(&self) -> Vec<Figure<'_>> {
        self.groups
            .iter()
            .flat_map(|group| self.figures_of(group))
            .collect()
    }

    fn figures_of<'a>(&'a self, group: &'a Group) -> Vec<Figure<'a>> {
        let own = || self.measured.iter().filter(|one| one.group == group.id);
        let mut parameters: Vec<Option<&str>> = own().map(|one| one.parameter.as_deref()).collect();
        parameters.sort_by_key(|parameter| order(*parameter));
        parameters.dedup();
        let figure = |parameter: Option<&'a str>| {
            let mut all: Vec<&Measured> = own()
                .filter(|one| one.parameter.as_deref() == parameter)
                .collect();
            all.sort_by_key(|one| (self.place(&one.function), one.function.as_str()));
            let find = |function: &str| all.iter().find(|one| one.function == function).copied();
            let (floor, baseline) = (find(FLOOR), find(&self.baseline));
            let rows = all
                .iter()
                .map(|one| self.row(one, floor, baseline))
                .collect();
            Figure {
                group,
                parameter,
                rows,
            }
        };
        parameters.into_iter().map(figure).collect()
    }

    fn row<'a>(
        &'a self,
        measured: &'a Measured,
        floor: Option<&Measured>,
        baseline: Option<&Measured>,
    ) -> Row<'a> {
        let itself = measured.function == FLOOR;
        let times = |other: Option<&Measured>| {
            let other = other.filter(|_| !itself)?;
            Some(measured.each_ns / other.each_ns)
        };
        let bytes = |one: &Measured| one.beside.bytes_per_event.filter(|bytes| *bytes > 0.0);
        Row {
            measured,
            party: self
                .parties
                .iter()
                .find(|party| party.id == measured.function),
            to_floor: times(floor),
            to_baseline: times(baseline),
            bytes_to_baseline: baseline
                .filter(|_| !itself)
                .and_then(|baseline| Some(bytes(measured)? / bytes(baseline)?)),
        }
    }

    /// Where a function stands among the rows of a figure.
    fn place(&self, function: &str) -> usize {
        if function == FLOOR {
            return 0;
        }
        let party = self.parties.iter().position(|party| party.id == function);
        party.map_or(usize::MAX, |place| place + 1)
    }
}

/// Parameters by the number that they begin with, then by the rest.
fn order(parameter: Option<&str>) -> (u64, &str) {
    let text = parameter.unwrap_or_default();
    let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    (text[..digits].parse().unwrap_or(0), &text[digits..])
}

#[cfg(test)]
mod tests;
