//! Published claims, from trial to verdict.

use pushlab::measure::literature::{Literature, Verdict};
use pushlab::report::literature;
use pushlab::reproduce::{self, Study};

fn studies(ids: &[&str]) -> Vec<&'static Study> {
    let wanted = |study: &&Study| ids.contains(&study.id);
    reproduce::ALL.iter().filter(wanted).collect()
}

fn reproduced(ids: &[&str], simulated_only: bool) -> Literature {
    let command = "pushlab reproduce".to_owned();
    reproduce::run(&studies(ids), simulated_only, 2, command, |_| {}).expect("no bug of ours")
}

/// RFC 6202 on long polling under load: from trials to rows, twice the same, and read back from JSON.
#[test]
fn an_experiment_agrees_with_its_source_and_repeats_itself() {
    let literature = reproduced(&["E5"], false);
    let [experiment] = literature.experiments.as_slice() else {
        panic!("one experiment: {literature:?}");
    };
    assert!(experiment.rows.len() >= 20);
    for row in &experiment.rows {
        assert_eq!(row.verdict, Verdict::Agrees, "{row:?}");
    }
    assert!(
        experiment.finding.contains("long polling"),
        "{}",
        experiment.finding
    );
    assert!(experiment.plot.is_some());
    assert!(literature.machine.is_none());
    assert!(
        literature
            .sources
            .iter()
            .any(|source| source.name == "RFC 6202")
    );
    let text = serde_json::to_string(&literature).expect("plain data");
    let again = reproduced(&["E5"], false);
    assert_eq!(serde_json::to_string(&again).expect("plain data"), text);
    let read: Literature = serde_json::from_str(&text).expect("what was written");
    assert_eq!(serde_json::to_string(&read).expect("plain data"), text);
    assert_eq!(literature::html(&read), literature::html(&literature));
    assert_eq!(
        literature::markdown(&read),
        literature::markdown(&literature)
    );
}

/// Experiments on real sockets are left out on request, and say how to run them.
#[test]
fn what_needs_real_sockets_is_left_out_and_says_so() {
    let ids: Vec<_> = reproduce::ALL
        .iter()
        .filter(|study| study.real_sockets)
        .map(|study| study.id)
        .collect();
    let literature = reproduced(&ids, true);
    assert!(!literature.off() && literature.machine.is_none());
    for experiment in &literature.experiments {
        assert!(experiment.rows.is_empty());
        let how = format!("pushlab reproduce {}", experiment.id);
        assert!(
            experiment
                .skipped
                .as_deref()
                .is_some_and(|text| text.contains(&how))
        );
    }
}
