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
