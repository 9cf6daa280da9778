//! Figures of trials of applications; absent where there are no people.

use super::{Figure, Trial};
use crate::measure::plot::Quantity;
use crate::measure::results::Figures;
use crate::measure::{ClassFigures, People, Upward};

fn people(figures: &Figures) -> Option<&People> {
    figures.people.as_ref()
}

fn upward(figures: &Figures) -> Option<&Upward> {
    people(figures)?.upward.as_ref()
}

/// A part of a whole; nothing where there is nothing.
fn share(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

/// Nothing for a trial of another sort.
fn unpredicted(_: &Trial) -> Option<f64> {
    None
}

fn within(class: &ClassFigures) -> Option<f64> {
    class.within_budget
}

/// Share of the messages judged by the server that it refused because their sender had not seen the latest.
pub const REFUSED_STALE: Figure = Figure {
    id: "refused_stale",
    path: "people.upward.refused_stale_share",
    label: "share refused as out of date",
    quantity: Quantity::Share,
    measured: |_, f| {
        let upward = upward(f)?;
        share(upward.refused_stale, upward.accepted + upward.refused)
    },
    predicted: unpredicted,
};
/// Share of the deliveries within their budget, of the kind of message that is worst off.
pub const IN_TIME: Figure = Figure {
    id: "in_time",
    path: "people.within_budget_of_the_worst_kind",
    label: "share in time",
    quantity: Quantity::Share,
    measured: |_, f| {
        let kinds = people(f)?.classes.iter();
        kinds.filter_map(within).min_by(f64::total_cmp)
    },
    predicted: unpredicted,
};
/// The same of the scenario's own kind of message, where there are others.
pub const IN_TIME_MAIN: Figure = Figure {
    id: "in_time_main",
    path: "people.within_budget_of_the_main_kind",
    label: "share in time of the main kind",
    quantity: Quantity::Share,
    measured: |_, f| {
        let kinds = &people(f)?.classes;
        (kinds.len() > 1).then(|| within(kinds.first()?))?
    },
    predicted: unpredicted,
};
/// Median time from the planned instant of a client's message to the server's verdict.
pub const UP_P50: Figure = Figure {
    id: "up_p50",
    path: "people.upward.up_us.p50",
    label: "median time to the server",
    quantity: Quantity::Time,
    measured: |_, f| {
        let upward = upward(f)?;
        (upward.accepted + upward.refused > 0).then_some(upward.up_us.p50)
    },
    predicted: unpredicted,
};
/// Median time from the planned instant of a client's message to its confirmation.
pub const ACK_P50: Figure = Figure {
    id: "ack_p50",
    path: "people.upward.ack_us.p50",
    label: "median time to the confirmation",
    quantity: Quantity::Time,
    measured: |_, f| {
        let upward = upward(f)?;
        (upward.acknowledged > 0).then_some(upward.ack_us.p50)
    },
    predicted: unpredicted,
};
/// IP bytes from clients to server per published message: questions and acknowledgements are among them.
pub const BYTES_UP_PER_PUBLISH: Figure = Figure {
    id: "bytes_up_per_publish",
    path: "bytes.up_per_published_message",
    label: "bytes up per published message",
    quantity: Quantity::Bytes,
    measured: |_, f| share(f.bytes.up, upward(f)?.published),
    predicted: unpredicted,
};
/// Most connections open at once, per participant.
pub const CONNECTIONS: Figure = Figure {
    id: "connections_per_participant",
    path: "people.connections_per_participant",
    label: "connections per participant",
    quantity: Quantity::Count,
    measured: |_, f| Some(people(f)?.connections_per_participant),
    predicted: unpredicted,
};
/// Deliveries of what clients published, per message that was taken.
pub const DELIVERIES_PER_PUBLISH: Figure = Figure {
    id: "deliveries_per_publish",
    path: "people.upward.deliveries_per_publish",
    label: "deliveries per published message",
    quantity: Quantity::Count,
    measured: |_, f| {
        let upward = upward(f)?;
        (upward.accepted > 0).then_some(upward.deliveries_per_publish)
    },
    predicted: unpredicted,
};
