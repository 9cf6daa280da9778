//! The tables that several reports share.

use super::{Ladder, deviations};
use crate::chart::{Table, evidence, figures, format, not_verified, to_baseline};
use crate::measure::Results;

/// Bytes per event as a multiple of the baseline's, in words.
pub fn times_baseline(results: &Results, bytes_per_event: f64) -> String {
    to_baseline(results, bytes_per_event).map_or("-".into(), format::ratio)
}

/// One row per transport: what it delivers and what it costs. `head` has the eleven titles.
pub fn summary(results: &Results, head: &[&str]) -> Table {
    let mut table = Table::new("Transports compared", head);
    for transport in &results.transports {
        let Some(f) = figures(transport) else {
            table.row([transport.label.clone(), not_verified(transport)]);
            continue;
        };
        table.row([
            transport.label.clone(),
            evidence::marked(format::time(f.latency_us.p50), 0.5, f.latency_events),
            evidence::marked(format::time(f.latency_us.p99), 0.99, f.latency_events),
            f.mean_age_us().map_or_else(format::nothing, format::time),
            f.stale_share.map_or_else(format::nothing, format::percent),
            format::count(f.requests),
            format::count(f.empty_answers),
            format::count(f.connections),
            format::bytes(f.bytes_per_event),
            times_baseline(results, f.bytes_per_event),
            "yes".into(),
        ]);
    }
    table
}

/// All bytes of the run by layer, and the same sum by direction.
pub fn by_direction(results: &Results) -> Table {
    let head = [
        "Transport",
        "payload",
        "framing",
        "HTTP headers",
        "set-up",
        "TLS",
        "TCP/IP",
        "total",
        "of it up",
        "of it down",
    ];
    let mut table = Table::new(
        "IP bytes of the whole run, by layer and by direction",
        &head,
    );
    for transport in &results.transports {
        let Some(f) = figures(transport) else {
            table.row([transport.label.clone(), not_verified(transport)]);
            continue;
        };
        let b = f.bytes;
        let cells = [
            b.payload,
            b.framing,
            b.http_headers,
            b.setup,
            b.tls,
            b.tcp_ip,
            b.total,
            b.up,
            b.down,
        ];
        table.row(
            [transport.label.clone()]
                .into_iter()
                .chain(cells.map(|bytes| format::bytes(bytes as f64))),
        );
    }
    table
}

/// One ladder of ratios.
pub fn ladder(ladder: &Ladder) -> Table {
    let (poll, push) = (
        format!("{}, per request", ladder.poller),
        format!("{}, per event", ladder.baseline),
    );
    let caption = format!(
        "{} against {}, by what is counted",
        ladder.poller, ladder.baseline
    );
    let mut table = Table::new(caption, &["What is counted", &poll, &push, "Ratio"]);
    for rung in &ladder.rungs {
        table.row([
            rung.counted.into(),
            format::bytes_in_full(rung.poll),
            format::bytes_in_full(rung.push),
            rung.ratio(),
        ]);
    }
    table
}

/// Predictions against measurements.
pub fn theory(results: &Results) -> Table {
    let mut table = Table::new(
        "Each prediction beside its measurement",
        &["Transport", "Figure", "Predicted", "Measured", "Deviation"],
    );
    for transport in &results.transports {
        for deviation in deviations(transport) {
            let [predicted, measured] = deviation.values();
            let percent = deviation.percent.map_or("-".into(), format::deviation);
            table.row([
                transport.label.clone(),
                deviation.name(),
                predicted,
                measured,
                percent,
            ]);
        }
    }
    table
}

/// What was checked: exactly the events that the scenario calls for, once and in order.
pub fn verification(results: &Results) -> Table {
    let head = [
        "Transport",
        "Verified",
        "Expected",
        "Delivered",
        "Superseded",
        "Duplicated",
        "Out of order",
        "Altered",
        "Problem",
    ];
    let mut table = Table::new("Deliveries checked", &head);
    for t in &results.transports {
        let verified = if figures(t).is_some() { "yes" } else { "no" };
        let counts = [
            t.expected,
            t.delivered,
            t.superseded,
            t.duplicated,
            t.out_of_order,
            t.altered,
        ]
        .map(format::count);
        let problem = t.problem.clone().unwrap_or_else(|| "none".into());
        table.row(
            [t.label.clone(), verified.into()]
                .into_iter()
                .chain(counts)
                .chain([problem]),
        );
    }
    table
}
