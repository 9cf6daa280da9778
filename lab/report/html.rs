//! The report as one page: drawings, tables and words in a single file that loads nothing, runs no script, and reads
//! as well on a phone, in the dark and on paper.

use super::figure::Figure;
use super::{deviations, finding, ladders, people, tables};
use crate::chart::{
    Chart, Table, all, cast, evidence, figures, format, labelled, network, not_verified, swatch,
};
use crate::measure::{Lie, Results, TransportResult, lie};
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
    /// What the asterisk on the cards means.
    evidence: Option<String>,
    /// Whether a card shows an interval.
    intervals: bool,
    /// Who takes part, and what each kind of message is about.
    cast: Vec<String>,
    /// What people published, and what it took; empty where no application ran.
    people: Table,
    /// Whether anybody published.
    published: bool,
    figures: Vec<Figure>,
    /// Whether each chart lies beside the page as `ID.png`.
    png: bool,
    /// What was lied about, and whether that is about latency.
    lie: Option<String>,
    late: bool,
    bytes: Table,
    ladders: Vec<Table>,
    theory: Table,
    /// Where theory and measurement are furthest apart.
    furthest: Option<String>,
    verification: Table,
    simulated: bool,
    machine: Option<String>,
}

/// The figure whose interval the cards show.
const MEAN: &str = "latency_us.mean";

/// What the list of contents calls a chart: it is to stay short.
fn short(chart: &Chart) -> &str {
    match &*chart.id {
        "budgets" => "Budgets",
        "ladder" => "Ladder",
        "age-sawtooth" => "Age",
        "filmstrip" => "Screens",
        "latency-cdf" => "Latency",
        "percentile-spectrum" => "Tail",
        "byte-ledger" => "Bytes",
        "idle-minute" => "Idle minute",
        "requests" => "Requests",
        _ => &chart.title,
    }
}

/// One transport on the scorecard.
struct Card<'a> {
    label: &'a str,
    settings: &'a str,
    /// Colour and shape, as in the charts.
    swatch: (String, char),
    /// What it did, as pairs of a name and a value; empty for a transport that was not verified.
    facts: Vec<(&'static str, String)>,
    /// The interval of the mean latency.
    range: Option<String>,
    problem: String,
}

/// The whole report as HTML.
pub fn html(results: &Results) -> String {
    page(results, false)
}

/// The same with links to a PNG of each chart, which must lie beside the page as `ID.png`.
pub fn html_beside_png(results: &Results) -> String {
    page(results, true)
}

fn page(results: &Results, png: bool) -> String {
    let found = finding(results);
    let mut sentences = found.sentences.into_iter();
    let baseline = results.transports.iter().find(|t| t.id == results.baseline);
    let name = &results.scenario.name;
    let files = match results.lies.is_empty() {
        true => name.clone(),
        false => format!("LIE-{name}"),
    };
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
        evidence: evidence::note(results),
        intervals: results
            .transports
            .iter()
            .filter_map(figures)
            .filter_map(|f| f.intervals.get(MEAN))
            .any(|ends| format::range(*ends).is_some()),
        cast: cast(results),
        people: labelled(results, people::table(results)),
        published: people::published(results),
        figures: all(results)
            .into_iter()
            .map(|chart| Figure::new(&files, chart))
            .collect(),
        png,
        lie: lie::short_label(&results.lies),
        late: results.lies.contains(&Lie::CoordinatedOmission),
        bytes: labelled(results, tables::by_direction(results)),
        ladders: ladders(results)
            .iter()
            .map(|ladder| labelled(results, tables::ladder(ladder)))
            .collect(),
        theory: labelled(results, tables::theory(results)),
        furthest: furthest(results),
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

/// The prediction that is furthest off, in words.
fn furthest(results: &Results) -> Option<String> {
    let (transport, deviation, percent) = results
        .transports
        .iter()
        .flat_map(|transport| {
            deviations(transport)
                .into_iter()
                .map(move |d| (transport, d))
        })
        .filter_map(|(transport, d)| d.percent.map(|percent| (transport, d, percent)))
        .max_by(|a, b| a.2.abs().total_cmp(&b.2.abs()))?;
    Some(format!(
        "{}, {}: {}",
        transport.label,
        deviation.name(),
        format::deviation(percent)
    ))
}

fn card<'a>(results: &Results, transport: &'a TransportResult) -> Card<'a> {
    let facts = figures(transport).map_or(vec![], |f| {
        let budgets = f.people.as_ref().and_then(people::budgets_in_words);
        let mut facts: Vec<_> = budgets
            .map(|words| ("in budget", words))
            .into_iter()
            .collect();
        facts.extend([
            (
                "half within",
                evidence::marked(format::time(f.latency_us.p50), 0.5, f.latency_events),
            ),
            (
                "99 % within",
                evidence::marked(format::time(f.latency_us.p99), 0.99, f.latency_events),
            ),
            ("mean latency", format::time(f.latency_us.mean)),
        ]);
        facts.extend(
            [
                ("mean age", f.mean_age_us().map(format::time)),
                ("time stale", f.stale_share.map(format::percent)),
            ]
            .into_iter()
            .filter_map(|(name, figure)| Some((name, figure?))),
        );
        facts.extend([
            ("requests", format::count(f.requests)),
            ("first event after", format::time(f.first_event_us.mean)),
            ("empty answers", format::count(f.empty_answers)),
            ("bytes per event", format::bytes(f.bytes_per_event)),
            (
                "x baseline",
                tables::times_baseline(results, f.bytes_per_event),
            ),
        ]);
        // Only where real time passes, and only where the system tells.
        let machine = [
            (
                "server CPU, event",
                f.server_cpu_us_per_delivery.map(format::time),
            ),
            (
                "client CPU, event",
                f.client_cpu_us_per_delivery.map(format::time),
            ),
            ("server busy", f.server_cpu_share.map(format::percent)),
            ("clients busy", f.client_cpu_share.map(format::percent)),
            (
                "server memory, client",
                f.server_memory_bytes_per_connection.map(format::bytes),
            ),
        ];
        facts.extend(
            machine
                .into_iter()
                .filter_map(|(name, figure)| Some((name, figure?))),
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
        range: figures(transport).and_then(|f| format::range(*f.intervals.get(MEAN)?)),
    }
}
