//! What an application adds to the comparison of the two networks.

use super::causes;
use super::compared::{FIGURES, Figure, Kind, Row, row};
use crate::chart::evidence;
use crate::measure::{ClassFigures, Upward};

/// A figure of what people published: its name and value.
type Timed = (&'static str, fn(&Upward) -> f64);

/// The rows of an application: of each kind of message, if there are several, and of what people published.
pub fn rows(pair: &causes::Pair) -> Vec<Row> {
    let (Some(s), Some(l)) = (&pair.simulated.1.people, &pair.loopback.1.people) else {
        return vec![];
    };
    let mut rows = vec![];
    let delivered = |class: &&ClassFigures| class.deliveries > 0;
    let several = s.classes.iter().filter(delivered).count() > 1;
    for one in s.classes.iter().filter(delivered).filter(|_| several) {
        let mut others = l.classes.iter().filter(delivered);
        let Some(other) = others.find(|class| class.class == one.class) else {
            continue;
        };
        for (index, name, rank) in [(0, "p50", 0.5), (2, "p99", 0.99)] {
            let figure = Figure {
                kind: Kind::Class(rank),
                ..FIGURES[index]
            };
            let values = match rank > 0.5 {
                true => (one.latency_us.p99, other.latency_us.p99),
                false => (one.latency_us.p50, other.latency_us.p50),
            };
            let mut row = row(
                pair,
                &figure,
                format!("{} {name}", one.class).into(),
                values,
            );
            row.rough = evidence::borne_out(other.events) + 1e-9 < rank;
            rows.push(row);
        }
    }
    if let (Some(s), Some(l)) = (&s.upward, &l.upward) {
        let timed: [Timed; 2] = [
            ("to the verdict p50", |up| up.up_us.p50),
            ("to the confirmation p50", |up| up.ack_us.p50),
        ];
        for (name, value) in timed {
            let figure = Figure {
                kind: Kind::Upward,
                ..FIGURES[0]
            };
            if value(s) > 0.0 && value(l) > 0.0 {
                rows.push(row(pair, &figure, name.into(), (value(s), value(l))));
            }
        }
    }
    rows
}
