use super::*;

#[test]
fn every_experiment_is_numbered_and_has_expectations() {
    for study in ALL {
        let number = study
            .id
            .strip_prefix('E')
            .and_then(|n| n.parse::<u32>().ok());
        assert!(
            number.is_some_and(|n| (1..=12).contains(&n)),
            "{}",
            study.id
        );
        assert!(!expectations::of(study.id).is_empty(), "{}", study.id);
        assert!(
            !expectations::tolerances(study.id).is_empty(),
            "{}",
            study.id
        );
        for words in [study.title, study.question, study.claim, study.set_up] {
            assert!(!words.is_empty(), "{}", study.id);
        }
    }
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
