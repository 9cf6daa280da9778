use super::*;
use crate::measure::Machine;
use crate::measure::literature::{Folklore, LITERATURE_SCHEMA, LITERATURE_VERSION, Source};
use crate::measure::plot::Quantity;

fn row(figure: &str, predicted: f64, measured: Option<f64>, tolerance: Tolerance) -> Row {
    Row {
        figure: figure.into(),
        predicted,
        measured,
        unit: Quantity::Time,
        tolerance,
        verdict: tolerance.verdict(predicted, measured),
        source: "T/2 + d; RFC 6202".into(),
        problem: measured
            .is_none()
            .then(|| "client 3 got as far as event 2".into()),
    }
}

fn experiment(id: &str, rows: Vec<Row>) -> Experiment {
    Experiment {
        id: id.into(),
        title: "How late is a poller?".into(),
        question: "Is it late?".into(),
        claim: "It is <b>not</b> (RFC 6202).".into(),
        set_up: "A poll a second.".into(),
        formula: "T/2 + d".into(),
        tolerances: "Within 3 %, as designed".into(),
        real_sockets: false,
        skipped: None,
        rows,
        finding: "It is 551 ms late.".into(),
        folklore: vec![Folklore {
            claim: "T/2 + RTT".into(),
            correction: "T/2 + d".into(),
        }],
        plot: None,
        ladder: None,
        notes: vec!["A note.".into()],
    }
}

fn literature() -> Literature {
    let good = vec![
        row("mean", 550_000.0, Some(551_600.0), Tolerance::Percent(3.0)),
        row("kernel", 44_000.0, Some(4_000.0), Tolerance::Report),
    ];
    Literature {
        schema: LITERATURE_SCHEMA.into(),
        version: LITERATURE_VERSION,
        pushlab: "0.1.0".into(),
        command: "pushlab reproduce all --simulated-only".into(),
        machine: None,
        experiments: vec![
            experiment("E2", good),
            Experiment {
                skipped: Some("needs real sockets: run `pushlab reproduce E10`".into()),
                finding: String::new(),
                ..experiment("E10", vec![])
            },
        ],
        sources: vec![Source {
            name: "RFC 6202".into(),
            text: "Known issues".into(),
        }],
    }
}

fn all(literature: &Literature) -> [String; 3] {
    [
        terminal(literature, 120, false),
        markdown(literature),
        html(literature),
    ]
}

#[test]
fn predicted_stands_beside_measured_with_a_verdict_in_words() {
    let literature = literature();
    assert!(!literature.off());
    for text in all(&literature) {
        for part in [
            "550 ms",
            "551.6 ms",
            "+0.3 %",
            "agrees",
            "reported",
            "It is 551 ms late.",
        ] {
            assert!(text.contains(part), "{part} is missing:\n{text}");
        }
        for part in [
            "1 experiment: 1 figure within tolerance, 1 reported",
            "reproduce E10",
        ] {
            assert!(text.contains(part), "{part} is missing:\n{text}");
        }
        assert!(!text.contains("OFF"), "{text}");
    }
    let page = html(&literature);
    assert!(
        page.contains("&#60;b&#62;not") || page.contains("&lt;b&gt;not"),
        "{page}"
    );
    assert!(page.contains("T/2 + RTT") && page.contains("Known issues"));
}

#[test]
fn what_is_off_or_missing_is_said_first() {
    let mut literature = literature();
    literature.experiments[0].rows = vec![
        row("mean", 550_000.0, Some(700_000.0), Tolerance::Percent(3.0)),
        row("p95", 1_000_000.0, None, Tolerance::Percent(3.0)),
    ];
    assert!(literature.off());
    for text in all(&literature) {
        for part in [
            "1 off, 1 not measured. Look at E2.",
            "OFF",
            "NOT MEASURED",
            "+27.3 %",
        ] {
            assert!(text.contains(part), "{part} is missing:\n{text}");
        }
    }
    assert!(markdown(&literature).contains("client 3 got as far as event 2"));
}

#[test]
fn the_machine_is_named_where_it_matters() {
    let mut literature = literature();
    assert!(html(&literature).contains("the same on every machine"));
    literature.machine = Some(Machine {
        os: "linux".into(),
        arch: "x86_64".into(),
        cores: 2,
    });
    assert!(html(&literature).contains("linux, x86_64, 2 cores"));
}

#[test]
fn deviations_are_in_the_terms_of_the_tolerance() {
    let mut share = row("share", 0.5, Some(0.507), Tolerance::Points(1.0));
    assert_eq!(deviation(&share), "+0.70 points");
    share.tolerance = Tolerance::Percent(3.0);
    assert_eq!(deviation(&share), "+1.4 %");
    let zero = row("difference", 0.0, Some(8.4), Tolerance::Absolute(50.0));
    assert_eq!(
        (deviation(&zero), allowed(&zero)),
        ("8.4 µs".into(), "±50 µs".into())
    );
}

/// An experiment's ladder stands in its section and beside its page, drawn from what was recorded.
#[test]
fn a_ladder_is_drawn_from_the_recording() {
    let mut literature = literature();
    assert!(charts(&literature).is_empty());
    literature.experiments[0].ladder = Some(Box::new(crate::report::fixture::ticker()));
    let text = serde_json::to_string(&literature).expect("plain data");
    let read: Literature = serde_json::from_str(&text).expect("what was written");
    let charts = charts(&read);
    let [ladder] = charts.as_slice() else {
        panic!("one drawing: {charts:?}");
    };
    assert_eq!(ladder.id, "both-at-once");
    assert!(html(&literature).contains(&ladder.svg));
}
