//! What an application's run adds to a report: what people published, how it fared, and what joining late took.

use crate::chart::evidence::{self, marked, note_of};
use crate::chart::{Table, figures, format, not_verified};
use crate::measure::{Figures, People, Percentiles, Results, TransportResult, Upward};

/// A row: its name, and what it says of a transport.
type Row = (&'static str, fn(&Figures, &People) -> String);

/// Whether anybody published.
pub fn published(results: &Results) -> bool {
    people(results).any(|people| people.upward.is_some())
}

fn people(results: &Results) -> impl Iterator<Item = &People> {
    let all = results.transports.iter();
    all.filter_map(|t| figures(t)?.people.as_ref())
}

/// What was published, what became of it, and what it took to take part; a column for each transport. Without rows
/// where no application ran. Rows that say nothing about any transport are left out.
pub fn table(results: &Results) -> Table {
    let labels = results.transports.iter().map(|t| t.label.as_str());
    let head: Vec<&str> = ["Figure"].into_iter().chain(labels).collect();
    let caption = match published(results) {
        true => {
            "What people published, and what it took to take part (*: fewer than 10 messages beyond)"
        }
        false => "What it took to take part",
    };
    let mut table = Table::new(caption, &head);
    if people(results).next().is_none() {
        return table;
    }
    for (name, value) in ROWS {
        let cells: Vec<String> = results
            .transports
            .iter()
            .map(|t| match figures(t) {
                Some(f) => f
                    .people
                    .as_ref()
                    .map_or_else(|| "-".into(), |people| value(f, people)),
                None => "not verified".into(),
            })
            .collect();
        let says = |cell: &String| !["-", "0", "not verified"].contains(&cell.as_str());
        if cells.iter().any(says) {
            table.row([(*name).to_owned()].into_iter().chain(cells));
        }
    }
    table
}

const ROWS: &[Row] = &[
    ("Messages published", |_, p| {
        up(p, |u| format::count(u.published))
    }),
    ("They travelled as", |_, p| {
        up(p, |u| match u.requests {
            0 => "frames on the open connection".into(),
            n => format::counted(n, "request"),
        })
    }),
    ("From plan to verdict at the server, p50", |_, p| {
        up(p, |u| judged(u, 0.5))
    }),
    ("From plan to verdict at the server, p99", |_, p| {
        up(p, |u| judged(u, 0.99))
    }),
    ("Confirmed", |_, p| {
        up(p, |u| match u.to_acknowledge {
            0 => "-".into(),
            all => format!(
                "{} of {}",
                format::count(u.acknowledged),
                format::count(all)
            ),
        })
    }),
    ("From plan to confirmation, p50", |_, p| {
        up(p, |u| confirmed(u, 0.5))
    }),
    ("From plan to confirmation, p99", |_, p| {
        up(p, |u| confirmed(u, 0.99))
    }),
    ("Refused", |_, p| up(p, |u| part(u.refused, u))),
    (
        "of these because the sender had not seen the latest",
        |_, p| up(p, |u| part(u.refused_stale, u)),
    ),
    ("Sent again for want of a confirmation", |_, p| {
        up(p, |u| format::count(u.sent_again))
    }),
    ("Repeats that the server ignored", |_, p| {
        up(p, |u| format::count(u.repeats_ignored))
    }),
    ("Lost without confirmation", |_, p| {
        up(p, |u| part(u.dropped, u))
    }),
    ("Deliveries of each message taken", |_, p| {
        up(p, |u| format::significant(u.deliveries_per_publish))
    }),
    ("All bytes that clients sent, per message", |f, p| {
        up(p, |u| match u.published {
            0 => "-".into(),
            n => format::bytes(f.bytes.up as f64 / n as f64),
        })
    }),
    ("Connections per participant, at most at once", |_, p| {
        format::significant(p.connections_per_participant)
    }),
    ("Joining late: until current", |_, p| {
        let joins = p.joins.as_ref();
        joins.map_or("-".into(), |joins| format::time(joins.current_us.mean))
    }),
    ("Joining late: bytes until then", |_, p| {
        let bytes = p.joins.as_ref().and_then(|joins| joins.bytes);
        bytes.map_or("-".into(), format::bytes)
    }),
    ("Deliveries within snapshots", |_, p| {
        format::count(p.in_snapshots)
    }),
    ("Gaps that clients found", |_, p| {
        format::count(p.gaps_detected)
    }),
    ("Gaps that were repaired", |_, p| {
        format::count(p.gaps_repaired)
    }),
    ("States compared at the end", |_, p| {
        match p.states_compared {
            0 => "-".into(),
            all => match p.states_different {
                0 => format!("{}, all equal", format::count(all)),
                n => format!("{}, {} DIFFER", format::count(all), format::count(n)),
            },
        }
    }),
];

fn up(people: &People, value: impl Fn(&Upward) -> String) -> String {
    people.upward.as_ref().map_or_else(|| "-".into(), value)
}

/// How long messages took to the server's verdict.
fn judged(upward: &Upward, share: f64) -> String {
    timed(&upward.up_us, share, upward.published)
}

/// How long they took until their sender knew it.
fn confirmed(upward: &Upward, share: f64) -> String {
    timed(&upward.ack_us, share, upward.acknowledged)
}

/// The median or the 99th percentile, if anything was timed: a run may end before its measured window.
fn timed(all: &Percentiles, share: f64, messages: u64) -> String {
    match all.max > 0.0 {
        true if share > 0.5 => marked(format::time(all.p99), share, messages),
        true => marked(format::time(all.p50), share, messages),
        false => "-".into(),
    }
}

/// What the asterisks at the kinds of message mean, where there are any.
pub fn note_of_kinds(results: &Results) -> Option<String> {
    note_of(kinds(results))
}

/// What those at the messages that people published mean.
pub fn note_of_messages(results: &Results) -> Option<String> {
    let upward = || people(results).filter_map(|people| people.upward.as_ref());
    let judged = upward().map(|u| ("published messages".into(), u.published));
    note_of(judged.chain(upward().map(confirmations)))
}

/// What those in the table of the terminal mean.
pub fn note_of_compact(results: &Results) -> Option<String> {
    let upward = people(results).filter_map(|people| people.upward.as_ref());
    note_of(kinds(results).chain(upward.map(confirmations)))
}

fn kinds(results: &Results) -> impl Iterator<Item = (String, u64)> {
    let kinds = people(results).flat_map(|people| &people.classes);
    kinds.map(evidence::events)
}

fn confirmations(upward: &Upward) -> (String, u64) {
    ("confirmations".into(), upward.acknowledged)
}

/// `9 (13 % of all)`.
fn part(n: u64, upward: &Upward) -> String {
    match n {
        0 => "0".into(),
        n => format!(
            "{} ({})",
            format::count(n),
            format::percent(n as f64 / upward.published.max(1) as f64)
        ),
    }
}

/// What a card says of the budgets; absent without budgets.
pub fn budgets_in_words(people: &People) -> Option<String> {
    Some(match people.met? {
        true => "\u{2713} yes".into(),
        false => "\u{2717} NO".into(),
    })
}

/// The table of the terminal: a row for each transport; without rows where no application ran.
pub fn compact(results: &Results) -> Table {
    let mut kinds: Vec<(String, Option<f64>)> = vec![];
    for class in people(results).flat_map(|people| &people.classes) {
        if class.deliveries > 0 && kinds.iter().all(|(kind, _)| *kind != class.class) {
            kinds.push((class.class.clone(), class.budget_us));
        }
    }
    let upward = published(results);
    let has_confirmed = |t: &TransportResult| {
        let people = figures(t).and_then(|f| f.people.as_ref());
        people
            .and_then(|p| p.upward.as_ref())
            .is_some_and(|u| u.ack_us.max > 0.0)
    };
    let any_confirmed = results.transports.iter().any(has_confirmed);
    let mut head = vec!["transport".to_owned()];
    head.extend(kinds.iter().map(|(kind, budget)| match budget {
        Some(us) => format!("{kind} p99\nin {}?", format::time(*us)),
        None => format!("{kind}\np99"),
    }));
    if upward {
        head.push("published\n(refused)".into());
    }
    if any_confirmed {
        head.push("confirmed\np50".into());
        head.push("confirmed\np99".into());
    }
    head.push("conns per\nperson".into());
    let heads: Vec<&str> = head.iter().map(String::as_str).collect();
    let mut table = Table::new("Budgets and what people published", &heads);
    if people(results).next().is_none() {
        return table;
    }
    for transport in &results.transports {
        let mut row = vec![transport.label.clone()];
        let found = figures(transport).and_then(|f| f.people.as_ref());
        let Some(people) = found else {
            row.push(not_verified(transport));
            table.row(row);
            continue;
        };
        for (kind, _) in &kinds {
            let class = people
                .classes
                .iter()
                .find(|c| c.class == *kind && c.deliveries > 0);
            row.push(class.map_or("-".into(), |class| {
                let p99 = marked(format::time(class.latency_us.p99), 0.99, class.events);
                match (class.met, class.within_budget) {
                    (Some(true), _) => format!("{p99} yes"),
                    (Some(false), Some(share)) => format!("{p99} NO, {}", format::percent(share)),
                    _ => p99,
                }
            }));
        }
        let up = people.upward.as_ref();
        if upward {
            row.push(up.map_or("-".into(), |u| match u.refused {
                0 => format::count(u.published),
                n => format!("{} ({})", format::count(u.published), format::count(n)),
            }));
        }
        if any_confirmed {
            row.extend([0.5, 0.99].map(|share| up.map_or("-".into(), |u| confirmed(u, share))));
        }
        row.push(format::significant(people.connections_per_participant));
        table.row(row);
    }
    table
}
