//! From a recording to the figures of applications.

use super::people::{ClassFigures, Joins, MET_SHARE, People, Upward};
use super::recorder::{Book, ClassBook, Expectation, Spread};
use super::results::Mean;
use super::summary::{Counts, percentiles, rounded, us};

/// What is measured beside the figures of every feed; nothing for a tape without a budget on which nobody publishes.
pub(super) fn people(book: &Book, counts: &Counts, expectation: &Expectation) -> Option<People> {
    let budgets = expectation.classes.iter().any(|c| c.budget_ns.is_some());
    if !budgets && !expectation.by_topic && book.upward.published == 0 {
        return None;
    }
    let named = expectation.classes.iter().zip(&book.classes);
    let classes: Vec<_> = named
        .map(|(class, kept)| class_figures(&class.name, kept, book))
        .collect();
    let held: u64 = book.clients.iter().map(|c| u64::from(c.most_open)).sum();
    Some(People {
        // A kind of which nothing was delivered neither met its budget nor missed it.
        met: classes
            .iter()
            .filter_map(|class| class.met)
            .reduce(|all, one| all && one),
        classes,
        upward: (book.upward.published > 0).then(|| upward(book)),
        connections_per_participant: rounded(held as f64 / book.clients.len().max(1) as f64),
        joins: joins(book),
        gaps_detected: book.gaps_detected,
        gaps_repaired: book.gaps_repaired,
        in_snapshots: counts.in_snapshots,
        states_compared: book.states_compared,
        states_different: book.states_different,
    })
}

fn class_figures(name: &str, class: &ClassBook, book: &Book) -> ClassFigures {
    let share = class.within as f64 / class.deliveries as f64;
    let judged = class.budget_ns.filter(|_| class.deliveries > 0);
    ClassFigures {
        class: name.to_owned(),
        events: class.events,
        deliveries: class.deliveries,
        latency_us: match &class.latency {
            Some(latency) => latency.percentiles(),
            None => percentiles(book),
        },
        budget_us: class.budget_ns.map(|ns| us(ns as f64)),
        within_budget: judged.map(|_| rounded(share)),
        met: judged.map(|_| share >= MET_SHARE),
    }
}

fn upward(book: &Book) -> Upward {
    let kept = &book.upward;
    Upward {
        published: kept.published,
        to_acknowledge: kept.to_acknowledge,
        acknowledged: kept.acknowledged,
        accepted: kept.accepted,
        refused: kept.refused,
        refused_stale: kept.refused_stale,
        sent_again: kept.sent_again,
        repeats_ignored: kept.repeats_ignored,
        dropped: kept.dropped(),
        up_us: Spread::percentiles(&kept.up),
        ack_us: Spread::percentiles(&kept.ack),
        requests: kept.requests,
        deliveries_per_publish: rounded(book.from_clients as f64 / kept.accepted.max(1) as f64),
    }
}

/// What joining cost those who came late.
fn joins(book: &Book) -> Option<Joins> {
    let late: Vec<_> = book
        .clients
        .iter()
        .filter_map(|client| Some(client.current_ns?.saturating_sub(client.dialled_ns?)))
        .collect();
    let sum: u64 = late.iter().sum();
    (!late.is_empty()).then(|| Joins {
        clients: late.len() as u64,
        current_us: Mean {
            mean: us(sum as f64 / late.len() as f64),
        },
        bytes: None,
    })
}
