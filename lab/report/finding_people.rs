//! The finding of a run with budgets: first who met them, then what that cost.

use super::rank::{Entry, Ranked, most, names, ranked, times};
use crate::chart::format;
use crate::measure::{MET_SHARE, People};

/// The transports that met each budget, the others, and whether there is a budget at all.
pub struct Judged<'a> {
    pub met: Vec<Entry<'a>>,
    missed: Vec<Entry<'a>>,
}

/// Who met the budgets; none where no kind of message has one.
pub fn judged<'a>(entries: &[Entry<'a>]) -> Option<Judged<'a>> {
    let with = |met: bool| {
        let entries = entries.iter().copied();
        entries
            .filter(|(_, f)| f.people.as_ref().and_then(|people| people.met) == Some(met))
            .collect::<Vec<_>>()
    };
    let judged = Judged {
        met: with(true),
        missed: with(false),
    };
    (judged.met.len() + judged.missed.len() > 0).then_some(judged)
}

impl Judged<'_> {
    /// Who met every budget and who did not, and by how much.
    pub fn verdict(&self) -> String {
        let all = |entries: &[Entry]| {
            let entries: Vec<Ranked> = entries.iter().map(|&entry| (0.0, entry)).collect();
            names(&entries)
        };
        let budgets = budgets(self.met.iter().chain(&self.missed));
        let one = budgets.len() == 1;
        let what = match one {
            true => format!("the budget ({})", budgets.join(", ")),
            false => format!("every budget ({})", budgets.join(", ")),
        };
        let missed = |with_names| {
            let each = self
                .missed
                .iter()
                .map(|entry| by_how_much(entry, with_names));
            each.collect::<Vec<_>>().join("; ")
        };
        match (self.met.len(), self.missed.len()) {
            (1, 0) => format!("{} met {what}.", all(&self.met)),
            (_, 0) => format!("{} all met {what}.", all(&self.met)),
            (0, 1) => format!(
                "{} did not meet {what}: {}.",
                all(&self.missed),
                missed(false)
            ),
            (0, _) => format!("nobody met {what}: {}.", missed(true)),
            (_, 1) => format!(
                "{} met {what}. {} did not: {}.",
                all(&self.met),
                all(&self.missed),
                missed(false)
            ),
            _ => format!(
                "{} met {what}. {} did not: {}.",
                all(&self.met),
                all(&self.missed),
                missed(true)
            ),
        }
    }

    /// Whether some met the budgets and some did not: then only the cost of the former is worth comparing.
    pub fn divided(&self) -> bool {
        !self.met.is_empty() && !self.missed.is_empty()
    }
}

/// `message within 1 s`, for each kind that was judged.
fn budgets<'a>(mut entries: impl Iterator<Item = &'a Entry<'a>>) -> Vec<String> {
    let classes = entries.next().and_then(|(_, f)| f.people.as_ref());
    let classes = classes.into_iter().flat_map(|people| &people.classes);
    classes
        .filter_map(|class| {
            let us = class.met.and(class.budget_us)?;
            Some(format!("{} within {}", class.class, format::time(us)))
        })
        .collect()
}

/// `95 % of all message deliveries in time, 99 % only within 1.03 s`, after whom it is about if that is not said.
fn by_how_much((transport, figures): &Entry, with_name: bool) -> String {
    let classes = figures.people.iter().flat_map(|people| &people.classes);
    let each: Vec<_> = classes
        .filter(|class| class.met == Some(false))
        .map(|class| {
            format!(
                "{} of all {} deliveries in time, {} only within {}",
                format::percent(class.within_budget.unwrap_or(0.0)),
                class.class,
                format::percent(MET_SHARE),
                format::time(class.latency_us.p99)
            )
        })
        .collect();
    match with_name {
        true => format!("with {} {}", transport.label, each.join(", ")),
        false => each.join(", "),
    }
}

/// What else an application's run shows: who decided on what was old, what was lost, what a confirmation took.
pub fn details(entries: &[Entry]) -> Vec<String> {
    [stale(entries), lost(entries), confirmed(entries)]
        .into_iter()
        .flatten()
        .collect()
}

fn people<'a>((_, figures): &Entry<'a>) -> Option<&'a People> {
    figures.people.as_ref()
}

/// The share that the server refused because its sender had not seen the latest.
fn stale(entries: &[Entry]) -> Option<String> {
    let share = |entry: &Entry| {
        let upward = people(entry)?.upward.as_ref()?;
        Some((upward.refused_stale, upward.published.max(1)))
    };
    let shares: Vec<_> = entries
        .iter()
        .filter_map(|e| Some((e.0, share(e)?)))
        .collect();
    shares
        .iter()
        .any(|(_, (refused, _))| *refused > 0)
        .then(|| {
            let each = shares.iter().map(|(transport, (refused, all))| {
                let part = format::percent(*refused as f64 / *all as f64);
                format!(
                    "{} of {} with {} ({part})",
                    format::count(*refused),
                    format::count(*all),
                    transport.label
                )
            });
            format!(
                "Refused because the sender had not seen the latest: {}.",
                each.collect::<Vec<_>>().join("; ")
            )
        })
}

/// Messages that nobody confirms and that never arrived.
fn lost(entries: &[Entry]) -> Option<String> {
    let each: Vec<_> = entries
        .iter()
        .filter_map(|entry| {
            let upward = people(entry)?.upward.as_ref()?;
            let all = format::count(upward.published);
            (upward.dropped > 0).then(|| {
                format!(
                    "{} of {all} with {}",
                    format::count(upward.dropped),
                    entry.0.label
                )
            })
        })
        .collect();
    (!each.is_empty()).then(|| format!("Lost on the way up, unconfirmed: {}.", each.join("; ")))
}

fn confirmed(entries: &[Entry]) -> Option<String> {
    let ack = |entry: &Entry| {
        let upward = people(entry)?.upward.as_ref()?;
        (upward.ack_us.max > 0.0).then_some(upward.ack_us.p50)
    };
    let told: Vec<Entry> = entries
        .iter()
        .copied()
        .filter(|e| ack(e).is_some())
        .collect();
    let groups = ranked(&told, |(transport, figures)| {
        ack(&(transport, figures)).unwrap_or(f64::INFINITY)
    });
    let first = groups.first()?;
    let best = most(first);
    let mut sentence = format!(
        "Half of the confirmations were back at the sender within {} with {}",
        format::time(best),
        names(first)
    );
    for (us, (transport, _)) in groups[1..].iter().flatten() {
        sentence.push_str(&format!(
            "; {} {}{}",
            transport.label,
            format::time(*us),
            times(*us, best)
        ));
    }
    Some(sentence + ".")
}
