//! How well the two networks agree, in sentences and in tables.

use super::compared::{Row, rows};
use crate::chart::{Table, evidence, format, network, not_verified};
use crate::measure::{Both, Results};

/// All that a report says, in the order in which it says it.
pub struct Words {
    /// What a reader must know before anything else.
    pub warnings: Vec<String>,
    /// The finding in one sentence.
    pub answer: String,
    pub details: Vec<String>,
    pub rows: Vec<Row>,
}

/// The words of a comparison.
pub fn words(both: &Both) -> Words {
    let rows = rows(both);
    Words {
        warnings: warnings(both),
        answer: answer(&rows),
        details: details(both, &rows),
        rows,
    }
}

/// Both networks in a few words each.
pub fn networks(both: &Both) -> [String; 2] {
    [network(&both.simulated), network(&both.loopback)]
}

fn warnings(both: &Both) -> Vec<String> {
    let mut warnings: Vec<String> = vec![];
    let mut warn = |warning: String| {
        if !warnings.contains(&warning) {
            warnings.push(warning);
        }
    };
    for results in [&both.simulated, &both.loopback] {
        let name = &results.network;
        if results.partial {
            warn(format!(
                "Warning: the run on the {name} network was ended early."
            ));
        }
        for transport in results.transports.iter().filter(|t| !t.verified) {
            warn(format!(
                "Warning: {} on the {name} network was {}. It is not compared.",
                transport.label,
                not_verified(transport)
            ));
        }
        for note in &results.notes {
            warn(format!("Note: {note}."));
        }
    }
    warnings
}

/// The difference of a row that has one: `+3.6 % (+904 µs)`.
fn apart(row: &Row) -> String {
    let [_, _, difference, percent] = row.values();
    match row.percent() {
        Some(_) => format!("{percent} ({difference})"),
        None => difference,
    }
}

fn answer(rows: &[Row]) -> String {
    let medians: Vec<&Row> = rows
        .iter()
        .filter(|row| row.figure == "latency p50")
        .collect();
    let size = |row: &&&Row| row.percent().unwrap_or(f64::INFINITY).abs();
    let Some(furthest) = medians.iter().max_by(|a, b| size(a).total_cmp(&size(b))) else {
        return "Nothing can be compared: no transport was verified on both networks.".into();
    };
    let off: Vec<String> = medians
        .iter()
        .filter(|row| !row.agrees())
        .map(|row| format!("{}, {}", row.label, apart(row)))
        .collect();
    let limit = &furthest.limit;
    match (off.is_empty(), medians.len()) {
        (true, _) if furthest.difference() == 0.0 => {
            "Simulator and kernel show the same median latency.".into()
        }
        (true, 1) => format!(
            "Simulator and kernel agree on the median latency of {} within {limit}: {} on loopback.",
            furthest.label,
            apart(furthest)
        ),
        (true, _) => format!(
            "Simulator and kernel agree on the median latency of each transport within {limit}. The largest \
             difference is that of {}: {} on loopback.",
            furthest.label,
            apart(furthest)
        ),
        (false, _) => format!(
            "Simulator and kernel disagree on the median latency by more than {limit}: {} on loopback.",
            off.join("; ")
        ),
    }
}

fn details(both: &Both, rows: &[Row]) -> Vec<String> {
    if rows.is_empty() {
        return vec![];
    }
    let mut details = vec![];
    let application = rows
        .iter()
        .filter(|row| row.figure == "application bytes per event");
    let size = |row: &&Row| row.percent().unwrap_or(0.0).abs();
    if let Some(row) = application.max_by(|a, b| size(a).total_cmp(&size(b))) {
        details.push(match row.difference() == 0.0 {
            true => "The application bytes are the same to the byte.".into(),
            false => format!(
                "Application bytes per event differ by at most {}, those of {}.",
                apart(row),
                row.label
            ),
        });
    }
    let off: Vec<&Row> = rows.iter().filter(|row| !row.agrees()).collect();
    let agreeing = rows.len() - off.len();
    details.push(match off.is_empty() {
        true => format!(
            "All {} agree within their limits.",
            format::counted(rows.len() as u64, "figure")
        ),
        false => format!(
            "{agreeing} of {} figures agree within their limits; what makes the others differ stands below.",
            rows.len()
        ),
    });
    details.extend(evidence::note(&both.loopback));
    if let Some(machine) = &both.loopback.machine {
        details.push(format!(
            "The simulator takes no time to compute; loopback ran on {}, {}, {}.",
            machine.os,
            machine.arch,
            format::counted(machine.cores as u64, "core")
        ));
    }
    details
}

/// One table per transport.
pub fn tables(rows: &[Row]) -> Vec<Table> {
    let head = [
        "Figure",
        "Simulated",
        "Loopback",
        "Difference",
        "In percent",
        "Limit",
        "Agrees",
    ];
    let mut tables: Vec<Table> = vec![];
    for row in rows {
        if tables.last().is_none_or(|table| table.caption != row.label) {
            tables.push(Table::new(row.label.clone(), &head));
        }
        let agrees = if row.agrees() { "yes" } else { "no" };
        if let Some(table) = tables.last_mut() {
            table.row(
                [name(row)]
                    .into_iter()
                    .chain(row.values())
                    .chain([row.limit.clone(), agrees.into()]),
            );
        }
    }
    tables
}

/// The figure's name, with the mark of what too few events bear out.
fn name(row: &Row) -> String {
    format!("{}{}", row.figure, if row.rough { "*" } else { "" })
}

/// What does not agree, and why: a heading and its causes.
pub fn explanations(rows: &[Row]) -> Vec<(String, Vec<String>)> {
    rows.iter()
        .filter(|row| !row.agrees())
        .map(|row| {
            let [simulated, loopback, ..] = row.values();
            let heading = format!(
                "{}, {}: {simulated} simulated, {loopback} on loopback, {}",
                row.label,
                row.figure,
                apart(row)
            );
            (heading, row.causes.clone())
        })
        .collect()
}

/// Seed, events and version of both.
pub fn origin(results: &Results) -> String {
    format!(
        "{}, {}, {} measured, seed {}, pushlab {}",
        results.scenario.name,
        format::counted(results.scenario.clients.into(), "client"),
        format::spaced(&results.scenario.duration.to_string()),
        results.seed,
        results.pushlab
    )
}
