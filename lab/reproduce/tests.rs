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
        for words in [study.title, study.question, study.claim, study.set_up] {
            assert!(!words.is_empty(), "{}", study.id);
        }
    }
}
