use super::*;

fn problem(text: &str) -> String {
    let (txn, problem) = Trace::parse(text.as_bytes(), 1.0, 1).expect_err("a problem");
    let file = "x.json".into();
    TraceError { file, txn, problem }.to_string()
}

#[test]
fn a_trace_is_read_and_its_times_are_scaled() {
    let text = r#"{"startContent":"ab","endContent":"aXé","txns":[
            {"time":"2020-01-01T00:00:00Z","patches":[[1,1,"X"]]},
            {"time":"2020-01-01T01:00:03+01:00","patches":[[2,0,"éé"],[3,1,""]]}]}"#;
    let trace = Trace::parse(text.as_bytes(), 2.0, 1).expect("a trace");
    assert_eq!(trace.beginning(), [Op::new(0, 0, "ab")]);
    assert_eq!(trace.end_content, "aXé");
    assert_eq!(trace.txns[0].ops, [Op::new(1, 1, "X")]);
    let second = Txn {
        at_ns: 1_500_000_000,
        ops: vec![Op::new(2, 0, "éé"), Op::new(3, 1, "")],
    };
    assert_eq!(trace.txns[1], second);
}

#[test]
fn without_times_or_with_one_for_all_the_gap_counts() {
    for time in ["", r#""time":"1970-01-01T00:00:00Z","#] {
        let text = format!(
            r#"{{"endContent":"ab","txns":[{{{time}"patches":[[0,0,"a"]]}},{{{time}"patches":[[1,0,"b"]]}}]}}"#
        );
        let trace = Trace::parse(text.as_bytes(), 3.0, 200).expect("a trace");
        let instants: Vec<_> = trace.txns.iter().map(|txn| txn.at_ns).collect();
        assert_eq!(instants, [0, 200]);
    }
}

#[test]
fn a_long_insert_comes_in_parts() {
    let long = "ß".repeat(2 * LONGEST_INSERT + 1);
    let text = format!(r#"{{"endContent":"{long}","txns":[{{"patches":[[0,0,"{long}"]]}}]}}"#);
    let trace = Trace::parse(text.as_bytes(), 1.0, 1).expect("a trace");
    let places: Vec<_> = trace.txns[0].ops.iter().map(|op| op.pos).collect();
    assert_eq!(places, [0, LONGEST_INSERT, 2 * LONGEST_INSERT]);
}

#[test]
fn messages_name_file_transaction_and_remedy() {
    let two = |one: &str, two: &str| {
        problem(&format!(
            r#"{{"endContent":"","txns":[{{{one}"patches":[]}},{{{two}"patches":[]}}]}}"#
        ))
    };
    let (early, late) = (
        r#""time":"2020-01-01T00:00:00Z","#,
        r#""time":"2200-01-01T00:00:00Z","#,
    );
    for (message, expected) in [
        (
            problem("{}"),
            "x.json: field \".\": missing field `endContent`",
        ),
        (
            problem(r#"{"endContent":"","txns":[]}"#),
            "x.json: has 0 transactions",
        ),
        (
            problem(r#"{"endContent":"","txns":[{"patches":[[0,"a"]]}]}"#),
            "x.json: field \"txns[0].patches[0][1]\": invalid type",
        ),
        (
            problem(r#"{"endContent":"","txns":[{"patches":[[0,0,"a"],[1,1,""]]}]}"#),
            "x.json: transaction 1: patch [1,1,..] is not within the text, which has 1 char",
        ),
        (
            problem(r#"{"endContent":"ab","txns":[{"patches":[[0,0,"aX"]]}]}"#),
            "x.json: the transactions do not make \"endContent\": they differ at character 1",
        ),
        (two(early, ""), "x.json: transaction 2: has no time"),
        (two("", early), "x.json: transaction 2: has a time"),
        (
            two(late, early),
            "x.json: transaction 2: its time is before",
        ),
        (two(early, late), "x.json: lasts longer than 100 years"),
        (
            two(r#""time":"noon","#, ""),
            "x.json: transaction 1: time \"noon\" is not",
        ),
    ] {
        assert!(message.starts_with(expected), "{message}");
    }
    let (_, packed) = Trace::parse(&[0x1f, 0x8b, 8], 1.0, 1).expect_err("packed");
    assert!(packed.contains("gunzip"));
    let missing = Trace::read(Path::new("missing/x.json"), 1.0, 1).expect_err("missing");
    assert!(
        missing
            .to_string()
            .starts_with("x.json: cannot be read from missing")
    );
}
