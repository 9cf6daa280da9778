use super::*;
use crate::feed::payload_seq;
use proptest::prelude::*;

const EPOCH_US: u64 = 1_735_689_600_000_000;

fn events(name: &str, text: &str) -> Vec<Event> {
    parse(text.as_bytes(), Path::new(name), 1.0, EPOCH_US).unwrap()
}

fn problem(name: &str, text: &str) -> String {
    let (line, problem) = parse(text.as_bytes(), Path::new(name), 1.0, EPOCH_US).unwrap_err();
    ReplayError {
        file: name.to_owned(),
        line,
        problem,
    }
    .to_string()
}

fn texts(events: &[Event]) -> Vec<&str> {
    events
        .iter()
        .map(|event| std::str::from_utf8(&event.payload).unwrap())
        .collect()
}

#[test]
fn csv_columns_become_the_payload() {
    let text = "timestamp,bid,ask,note\n\
                2013-01-01 22:00:00.295000+00:00,86.655,86.728,\n\
                2013-01-01 22:02:35.907000+00:00,86.6570,086.7,\"say \"\"hi\"\"\"\n\
                2013-01-01 22:02:35.907000+00:00,1,2,third\n";
    let events = events("data/usdjpy.csv", text);
    assert_eq!(
        texts(&events),
        [
            r#"{"seq":     1,"t":1735689600000000,"bid":86.655,"ask":86.728,"note":""}"#,
            r#"{"seq":     2,"t":1735689755612000,"bid":86.6570,"ask":"086.7","note":"say \"hi\""}"#,
            r#"{"seq":     3,"t":1735689755612000,"bid":1,"ask":2,"note":"third"}"#,
        ]
    );
    assert_eq!(events[1].born_ns, 155_612_000_000);
    assert_eq!(events[0].topic, "usdjpy");
}

#[test]
fn json_lines_keep_order_and_spelling() {
    let text = "{\"z\": 1.50, \"TS\": 100.5, \"Symbol\": \"EURUSD\", \"deep\": [1,\r{}]}\r\n\
                \n\
                {\"TS\": 101, \"z\": null}\n";
    for name in ["quotes.jsonl", "quotes.NDJSON", "quotes"] {
        let events = events(name, text);
        assert_eq!(
            texts(&events),
            [
                r#"{"seq":     1,"t":1735689600000000,"z":1.50,"Symbol":"EURUSD","deep":[1, {}]}"#,
                r#"{"seq":     2,"t":1735689600500000,"z":null}"#,
            ]
        );
        assert_eq!(
            (events[0].topic.as_str(), events[1].topic.as_str()),
            ("EURUSD", "quotes")
        );
    }
}

#[test]
fn a_row_without_other_columns_is_still_an_event() {
    assert_eq!(
        texts(&events("x", "t\n1\n")),
        [r#"{"seq":     1,"t":1735689600000000}"#]
    );
}

#[test]
fn speed_divides_the_distance_to_the_first_row() {
    let text = b"\xef\xbb\xbft,x\n10,1\n13,2\n";
    let born = |speed| parse(text, Path::new("x.csv"), speed, EPOCH_US).unwrap()[1].born_ns;
    assert_eq!((born(1.0), born(10.0)), (3_000_000_000, 300_000_000));
    assert_eq!((born(3.0), born(0.5)), (1_000_000_000, 6_000_000_000));
}

#[test]
fn messages_name_file_line_and_remedy() {
    let bad = problem(
        "quotes.csv",
        "time,bid\r\n\r\n2013-01-01T22:00:00Z,1\r\n\r\nx,2\r\n",
    );
    assert!(
        bad.starts_with("quotes.csv: line 5: timestamp \"x\" is not a time: write "),
        "{bad}"
    );
    let multi = problem("q.csv", "t,x\n1,\"a\nb\"\n\nx,2\n");
    assert!(multi.starts_with("q.csv: line 5: timestamp"), "{multi}");
    for (name, text, expected) in [
        ("q.csv", "", "q.csv: has no rows"),
        ("q.csv", "t,x\n", "q.csv: has no rows"),
        (
            "q.csv",
            "\nwhen,x\n1,2\n",
            "q.csv: line 2: has no column \"timestamp\"",
        ),
        (
            "q.csv",
            "t,x\n1,2\n3\n",
            "q.csv: line 3: has 1 columns, and the header has 2",
        ),
        (
            "q.csv",
            "t,x\n2,0\n1,0\n",
            "q.csv: line 3: timestamp \"1\" is before",
        ),
        (
            "q.csv",
            "t,x,x\n",
            "q.csv: line 1: column \"x\" appears twice",
        ),
        (
            "q.csv",
            "time,seq\n",
            "q.csv: line 1: column \"seq\" is written by the lab",
        ),
        (
            "q.csv",
            "t,sym\n1,\"a\nb\"\n",
            "q.csv: line 2: its topic contains a control character",
        ),
        (
            "q.csv",
            "t,x\n1,0\n99999999999,0\n",
            "q.csv: line 3: timestamp \"99999999999\" is more",
        ),
        (
            "q.jsonl",
            "{\"t\":1}\n{\"x\":1}\n",
            "q.jsonl: line 2: has no column \"timestamp\"",
        ),
        (
            "q.jsonl",
            "{\"t\":1}\n[]\n",
            "q.jsonl: line 2: is not one JSON object",
        ),
        (
            "q.jsonl",
            "{\"t\":1,\"a\":1,\"a\":2}\n",
            "q.jsonl: line 1: column \"a\" appears twice",
        ),
        (
            "q.jsonl",
            "{\"t\":1e9}\n",
            "q.jsonl: line 1: timestamp \"1e9\" is not a time",
        ),
    ] {
        let message = problem(name, text);
        assert!(message.starts_with(expected), "{message}");
    }
    let long = "x".repeat(4_000);
    assert!(problem("q.csv", &format!("t,x\n1,{long}\n")).starts_with("q.csv: line 2: has 4003"));
    assert!(problem("q.csv", &format!("t,{long}\n1,2\n")).starts_with("q.csv: line 1: has 400"));
    assert!(problem("q.jsonl", &format!("{{\"t\":1,\"x\":\"{long}\"}}")).contains("4 kB"));
    let (line, problem) = parse(b"t,x\n1,\xff\n", Path::new("q.csv"), 1.0, 0).unwrap_err();
    assert_eq!((line, problem.contains("UTF-8")), (Some(2), true));
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let error = read(Path::new("missing/quotes.csv"), 1.0, EPOCH_US)
        .unwrap_err()
        .to_string();
    assert!(
        error.starts_with("quotes.csv: cannot be read from missing"),
        "{error}"
    );
}

proptest! {
    #[test]
    fn rows_in_are_events_out(rows in prop::collection::vec((0..5_000_u64, "\\PC{0,20}"), 1..50)) {
        let mut at = 0;
        let (mut table, mut lines) = (csv::Writer::from_writer(Vec::new()), String::new());
        table.write_record(["time", "text"]).unwrap();
        let mut born = Vec::new();
        for (gap, text) in &rows {
            at += gap;
            born.push((at - rows[0].0) * 1_000_000_000);
            table.write_record([&at.to_string(), text]).unwrap();
            lines += &format!("{}\n", serde_json::json!({ "time": at, "text": text }));
        }
        for (name, bytes) in [("x.csv", table.into_inner().unwrap()), ("x.jsonl", lines.into_bytes())] {
            let events = parse(&bytes, Path::new(name), 1.0, EPOCH_US).unwrap();
            prop_assert_eq!(events.len(), rows.len());
            for (index, event) in events.iter().enumerate() {
                prop_assert_eq!(event.seq, index as u64 + 1);
                prop_assert_eq!(payload_seq(&event.payload), Some(event.seq));
                prop_assert_eq!(event.born_ns, born[index]);
                prop_assert!(!event.payload.contains(&b'\n') && !event.payload.contains(&b'\r'));
                let json: serde_json::Value = serde_json::from_slice(&event.payload).unwrap();
                prop_assert_eq!(json["t"].as_u64(), Some(EPOCH_US + event.born_ns / 1_000));
            }
        }
    }

    #[test]
    fn no_bytes_panic(bytes: Vec<u8>, text in "(t|time|,|[0-9]|\"|\n|\r|x){0,40}", json in "[{}:,t\"0-9\n]{0,40}") {
        for bytes in [bytes.as_slice(), text.as_bytes(), json.as_bytes()] {
            for name in ["x", "x.csv", "x.jsonl"] {
                let _ = parse(bytes, Path::new(name), 2.0, 0);
            }
        }
        let _ = parse(format!("t,x\n1,1\n{text}").as_bytes(), Path::new("x.csv"), 2.0, 0);
        let _ = parse(format!("{{\"t\":1}}\n{json}").as_bytes(), Path::new("x.jsonl"), 2.0, 0);
    }
}
