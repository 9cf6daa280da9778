use super::*;
use std::collections::BTreeSet;

#[test]
fn every_experiment_is_numbered_and_explained() {
    for (number, study) in (1..).zip(ALL) {
        assert_eq!(study.id, format!("E{number}"));
        for words in [study.title, study.question, study.claim, study.set_up] {
            assert!(!words.is_empty(), "{}", study.id);
        }
    }
}

#[test]
fn every_experiment_has_expectations_and_every_expectation_a_source() {
    for study in ALL {
        let table = expectations::of(study.id);
        assert!(!table.is_empty(), "{}", study.id);
        assert!(
            !expectations::tolerances(study.id).is_empty(),
            "{}",
            study.id
        );
        let mut labels = BTreeSet::new();
        for row in table {
            let what = format!("{}, {}", study.id, row.figure);
            assert!(row.expected.is_finite(), "{what}");
            assert!(!row.source.trim().is_empty(), "{what} has no source");
            assert!(
                labels.insert(row.label),
                "{what}: another row has its label"
            );
        }
    }
    let next = format!("E{}", ALL.len() + 1);
    assert!(expectations::of(&next).is_empty(), "{next} has no study");
}

/// Folklore is corrected with numbers that a row predicts, so that a judged row falls with them.
#[test]
fn numbers_in_corrections_stand_in_the_table() {
    let expected = |id: &str, figure: &str| {
        let rows = expectations::of(id);
        let row = rows.iter().find(|row| row.figure == figure);
        row.unwrap_or_else(|| panic!("{id} has no {figure}"))
            .expected
    };
    let corrected = |id: &str, number: String| {
        let study = ALL.iter().find(|study| study.id == id).expect(id);
        let says = |(_, right): &(&str, &str)| right.contains(&number);
        assert!(study.folklore.iter().any(says), "{id}: {number}");
    };
    corrected(
        "E1",
        format!("{} characters", expected("E1", "head/characters")),
    );
    corrected("E1", format!("{} bytes", expected("E1", "head/wire")));
    corrected(
        "E1",
        format!("less than {:.0} to 1", expected("E1", "ratio/ip").ceil()),
    );
    corrected(
        "E3",
        format!("{:.1} events per poll", expected("E3", "crossover")),
    );
    corrected("E9", format!("{} packets", expected("E9", "packets/close")));
    corrected(
        "E9",
        format!("instead of {}", expected("E9", "packets/keep-alive")),
    );
    let late = expected("E2", "mean/timer/1000/100") / expected("E2", "push");
    corrected("E2", format!("{late:.0} times at d = 50 ms"));
}

/// Rows of what a kernel or a machine decides report, and no other row may hide behind that.
#[test]
fn rows_of_real_sockets_and_no_others_are_never_off() {
    use crate::measure::literature::{Tolerance, Verdict};
    for study in ALL {
        for row in expectations::of(study.id) {
            let reports = row.tolerance == Tolerance::Report;
            assert_eq!(reports, study.real_sockets, "{} {}", study.id, row.figure);
            if reports {
                for measured in [None, Some(0.0), Some(1e12), Some(f64::NAN)] {
                    assert_eq!(
                        row.tolerance.verdict(row.expected, measured),
                        Verdict::Reported
                    );
                }
            }
        }
    }
}

/// The ladder of E13 is drawn from what is written: bounded, and in it a walkie-talkie's message waits while the others'
/// leave at once.
#[test]
fn the_ladder_shows_who_waits_and_is_small() {
    let ladder = duplex::ladder().expect("a run");
    let text = serde_json::to_string(&ladder).expect("plain data");
    assert!(text.len() < 60_000, "{} bytes", text.len());
    // One way, in microseconds, and the time that the line of 5 Mbit/s takes for a message.
    let longest_us = |of: &crate::measure::TransportResult| {
        assert!(of.verified, "{:?}", of.problem);
        let said = of.series.iter().flat_map(|series| &series.said);
        said.map(|[planned_us, judged_us]| judged_us - planned_us)
            .max()
    };
    let longest_us: Vec<_> = ladder.transports.iter().map(longest_us).collect();
    let [socket, stream, polls, turns] = longest_us.as_slice() else {
        panic!("four contenders: {longest_us:?}");
    };
    for at_once in [socket, stream, polls] {
        assert!(at_once.is_some_and(|us| us < 26_000), "{longest_us:?}");
    }
    assert!(turns.is_some_and(|us| us > 200_000), "{longest_us:?}");
}
