//! The report as one page: drawings, tables and words in a single file that loads nothing, runs no script, and reads
//! as well on a phone, in the dark and on paper.

use super::{finding, ladders, tables};
use crate::chart::{Chart, Table, all, figures, format, network, not_verified, swatch};
use crate::measure::{Results, TransportResult};
use askama::Template;

/// The page, filled by `page.html`.
#[derive(Template)]
#[template(path = "page.html")]
struct Page<'a> {
    results: &'a Results,
    network: String,
    warnings: Vec<String>,
    /// The finding in one sentence.
    answer: String,
    /// The sentences that bear it out.
    details: Vec<String>,
    cards: Vec<Card<'a>>,
    baseline: String,
    charts: Vec<Chart>,
    bytes: Table,
    ladders: Vec<Table>,
    theory: Table,
    verification: Table,
    simulated: bool,
    machine: Option<String>,
}

/// One transport on the scorecard.
struct Card<'a> {
    label: &'a str,
    settings: &'a str,
    /// Colour and shape, as in the charts.
    swatch: (String, char),
    /// What it did, as pairs of a name and a value; empty for a transport that was not verified.
    facts: Vec<(&'static str, String)>,
    problem: String,
}

/// The whole report as HTML.
pub fn html(results: &Results) -> String {
    let found = finding(results);
    let mut sentences = found.sentences.into_iter();
    let baseline = results.transports.iter().find(|t| t.id == results.baseline);
    let page = Page {
        results,
        network: network(results),
        warnings: found.warnings,
        answer: sentences.next().unwrap_or_default(),
        details: sentences.chain(found.details).collect(),
        cards: results
            .transports
            .iter()
            .map(|transport| card(results, transport))
            .collect(),
        baseline: baseline.map_or_else(|| results.baseline.clone(), |t| t.label.clone()),
        charts: all(results),
        bytes: tables::by_direction(results),
        ladders: ladders(results).iter().map(tables::ladder).collect(),
        theory: tables::theory(results),
        verification: tables::verification(results),
        simulated: results.network == "simulated",
        machine: results.machine.as_ref().map(|machine| {
            format!(
                "{}, {}, {}",
                machine.os,
                machine.arch,
                format::counted(machine.cores as u64, "core")
            )
        }),
    };
    page.render()
        .expect("the template writes into a string and calls nothing that can fail")
}

fn card<'a>(results: &Results, transport: &'a TransportResult) -> Card<'a> {
    let facts = figures(transport).map_or(vec![], |f| {
        let mut facts = vec![
            ("half seen within", format::time(f.latency_us.p50)),
            ("99 % seen within", format::time(f.latency_us.p99)),
            ("mean age", format::time(f.age_us.mean)),
            ("time stale", format::percent(f.stale_share)),
            ("requests", format::count(f.requests)),
            ("first event after", format::time(f.first_event_us.mean)),
            ("empty answers", format::count(f.empty_answers)),
            ("bytes per event", format::bytes(f.bytes_per_event)),
            (
                "x baseline",
                tables::times_baseline(results, f.bytes_per_event),
            ),
        ];
        // Only where real time passes, and only where the system tells.
        let cpu = [
            ("server CPU per event", f.server_cpu_us_per_delivery),
            ("client CPU per event", f.client_cpu_us_per_delivery),
        ];
        facts.extend(
            cpu.into_iter()
                .filter_map(|(name, us)| Some((name, format::time(us?)))),
        );
        facts
    });
    Card {
        label: &transport.label,
        settings: &transport.settings,
        swatch: swatch(&transport.style),
        problem: if facts.is_empty() {
            not_verified(transport)
        } else {
            String::new()
        },
        facts,
    }
}
