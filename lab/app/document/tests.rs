use super::*;
use crate::scenario::parse;
use std::sync::Arc;

const DOC: &str = "doc-1";

fn receive(documents: &mut Documents, from: &str, json: &str) -> Result<String, Refusal> {
    let fields: Value = serde_json::from_str(json).expect("JSON");
    let drafts = documents.receive(&Message {
        from,
        topic: DOC,
        class: "op",
        fields: fields.as_object().expect("an object"),
        now_ns: 0,
    });
    drafts.map(|drafts| drafts[0].fields.clone())
}

fn said(documents: &mut Documents, publish: &Publish, from: &str) -> Result<String, Refusal> {
    receive(documents, from, &format!("{{{}}}", &publish.fields[1..]))
}

fn event(seq: usize, fields: &str) -> String {
    format!("{{\"seq\":{seq:>6},\"t\":1735689600000000,\"doc\":\"{DOC}\"{fields}}}")
}

fn writer(client: u32) -> Writer {
    let text = r#"{"name":"x","app":"document","topic":"doc"}"#;
    let identity = Identity {
        client,
        name: client.to_string(),
        home: DOC.into(),
        publishes: true,
        of_topic: (9, client),
    };
    Writer::new(&parse(text, "x").expect("a scenario"), &identity)
}

fn state(writer: &Writer) -> String {
    let state = writer.state(DOC).expect("a state");
    String::from_utf8(state.to_vec()).expect("a text")
}

#[test]
fn a_late_op_is_moved_past_what_it_had_not_seen() {
    let mut documents = Documents::default();
    assert_eq!(documents.snapshot(DOC), r#"{"rev":0,"text":""}"#);
    let first = receive(
        &mut documents,
        "7",
        r#"{"id":1,"rev":0,"pos":0,"del":0,"ins":"tée"}"#,
    );
    assert_eq!(
        first.as_deref(),
        Ok(r#","rev":1,"from":"7","id":1,"pos":0,"del":0,"ins":"tée""#)
    );
    // At the same place: what the server has first stays left.
    let tie = receive(
        &mut documents,
        "8",
        r#"{"id":4,"rev":0,"pos":0,"del":0,"ins":"!\n"}"#,
    );
    assert_eq!(
        tie.as_deref(),
        Ok(r#","rev":2,"from":"8","id":4,"pos":3,"del":0,"ins":"!\n""#)
    );
    receive(
        &mut documents,
        "9",
        r#"{"id":1,"rev":1,"pos":1,"del":2,"ins":"o"}"#,
    )
    .expect("taken");
    assert_eq!(documents.snapshot(DOC), r#"{"rev":3,"text":"to!\n"}"#);
}

#[test]
fn letters_typed_within_a_round_trip_stay_together() {
    let mut documents = Documents::default();
    receive(
        &mut documents,
        "8",
        r#"{"id":1,"rev":0,"pos":0,"del":0,"ins":"ab"}"#,
    )
    .expect("taken");
    // Writer 7 types "xyz" between a and b and has not seen that 8 writes before, after and there.
    let letters = [
        r#"{"id":1,"rev":1,"pos":1,"del":0,"ins":"x"}"#,
        r#"{"id":2,"rev":1,"after":1,"pos":2,"del":0,"ins":"y"}"#,
        r#"{"id":3,"rev":1,"after":2,"pos":3,"del":0,"ins":"z"}"#,
    ];
    let others = [
        r#"{"id":2,"rev":1,"pos":1,"del":0,"ins":"--"}"#,
        r#"{"id":3,"rev":1,"after":2,"pos":4,"del":0,"ins":">"}"#,
        r#"{"id":4,"rev":1,"after":3,"pos":0,"del":0,"ins":"<"}"#,
    ];
    for (letter, other) in letters.iter().zip(others) {
        receive(&mut documents, "8", other).expect("taken");
        receive(&mut documents, "7", letter).expect("taken");
    }
    assert_eq!(documents.snapshot(DOC), r#"{"rev":7,"text":"<a--xyzb>"}"#);
}

#[test]
fn what_is_refused_changes_nothing() {
    let mut documents = Documents::default();
    receive(
        &mut documents,
        "7",
        r#"{"id":1,"rev":0,"pos":0,"del":0,"ins":"ab"}"#,
    )
    .expect("taken");
    let before = documents.snapshot(DOC);
    let long = format!(
        r#"{{"id":2,"rev":1,"pos":0,"del":0,"ins":"{}"}}"#,
        "a".repeat(1_001)
    );
    for (json, stale, bad, why) in [
        (
            r#"{"id":2,"rev":2,"pos":0,"del":0,"ins":""}"#,
            false,
            true,
            "\"rev\" has to be at most 1",
        ),
        (
            r#"{"id":2,"rev":1,"pos":3,"del":0,"ins":""}"#,
            false,
            true,
            "\"pos\" has to be at most 2",
        ),
        (
            r#"{"id":2,"rev":0,"pos":1,"del":0,"ins":""}"#,
            false,
            true,
            "\"pos\" has to be at most 0",
        ),
        (
            r#"{"id":2,"rev":1,"pos":1,"del":2,"ins":""}"#,
            false,
            true,
            "\"del\" has to be at most 1",
        ),
        (
            r#"{"id":2,"rev":1,"pos":-1,"del":2,"ins":""}"#,
            false,
            true,
            "\"pos\" has to be a whole",
        ),
        (
            r#"{"id":2,"rev":1,"pos":0,"del":0}"#,
            false,
            true,
            "\"ins\" has to be a text",
        ),
        (
            r#"{"rev":1,"pos":0,"del":0,"ins":""}"#,
            false,
            true,
            "\"id\" has to be a whole number",
        ),
        (
            r#"{"id":3,"rev":0,"after":2,"pos":0,"del":0,"ins":""}"#,
            true,
            false,
            "out of order",
        ),
        (
            &long,
            false,
            true,
            "\"ins\" has to be at most 1000 characters",
        ),
    ] {
        let refusal = receive(&mut documents, "7", json).expect_err(json);
        assert!(refusal.why.starts_with(why), "{json}: {refusal}");
        assert_eq!((refusal.stale, refusal.bad), (stale, bad), "{json}");
        assert_eq!(documents.snapshot(DOC), before);
    }
}

#[test]
fn texts_and_memories_are_limited() {
    let mut documents = Documents::default();
    let letters = "a".repeat(LONGEST_INSERT);
    let most = (LONGEST_TEXT / LONGEST_INSERT) as u64;
    for rev in 0..most {
        let json = format!(r#"{{"id":1,"rev":{rev},"pos":0,"del":0,"ins":"{letters}"}}"#);
        receive(&mut documents, "7", &json).expect("taken");
    }
    let op = |rev: u64, del: u64, ins: &str| {
        format!(r#"{{"id":1,"rev":{rev},"pos":0,"del":{del},"ins":"{ins}"}}"#)
    };
    let full = receive(&mut documents, "7", &op(most, 0, "a"));
    assert_eq!(full, Err(Refusal::no("full")));
    receive(&mut documents, "7", &op(most, 1, "b")).expect("room");
    for _ in 1..KEPT {
        receive(&mut documents, "7", &op(most, 0, "")).expect("taken");
    }
    let json = op(most, 0, "");
    receive(&mut documents, "7", &json).expect("the oldest that is remembered");
    let old = receive(&mut documents, "7", &json);
    assert_eq!(old, Err(Refusal::stale("too old")));
}

#[test]
fn a_typist_types_letter_by_letter_and_says_on_top_of_what() {
    let mut writer = writer(7);
    let published: Vec<_> = (0..3_u64)
        .flat_map(|at| writer.act("op", at * 200_000_000))
        .map(|publish| publish.fields)
        .collect();
    assert_eq!(published.len(), 3);
    assert!(published[0].starts_with(r#","id":1,"rev":0,"pos":0,"del":0,"ins":""#));
    assert!(published[1].starts_with(r#","id":2,"rev":0,"after":1,"pos":"#));
    assert!(published[2].starts_with(r#","id":3,"rev":0,"after":2,"pos":"#));
    // A longer wait makes a longer op.
    let later = writer.act("op", 3_400_000_000).remove(0);
    let fields: Value = serde_json::from_str(&format!("{{{}}}", &later.fields[1..])).expect("JSON");
    let letters = fields["ins"].as_str().map_or(0, |ins| ins.chars().count());
    assert_eq!(letters, 15, "{later:?}");
}

#[test]
fn a_gap_stops_a_replica_until_it_has_the_whole() {
    let mut writer = writer(7);
    let op = |rev: u64, ins: &str| {
        event(
            rev as usize,
            &format!(r#","rev":{rev},"from":"8","id":{rev},"pos":0,"del":0,"ins":"{ins}""#),
        )
    };
    assert_eq!(writer.see(op(1, "a").as_bytes()), Sight::Next);
    assert_eq!(writer.see(op(3, "c").as_bytes()), Sight::Gap);
    assert_eq!(writer.see(op(4, "d").as_bytes()), Sight::Gap);
    assert_eq!(writer.see(op(2, "b").as_bytes()), Sight::Gap);
    assert_eq!(state(&writer), r#"{"rev":1,"text":"a"}"#);
    assert!(
        writer.act("op", 0).is_empty(),
        "it would be made on a text that is wrong"
    );
    writer.load(DOC, 3, br#"{"rev":3,"text":"cba"}"#);
    assert_eq!(writer.see(op(3, "c").as_bytes()), Sight::Next);
    assert_eq!(writer.see(op(4, "d").as_bytes()), Sight::Next);
    assert_eq!(state(&writer), r#"{"rev":4,"text":"dcba"}"#);
    writer.load(DOC, 2, br#"{"rev":2,"text":"ba"}"#);
    writer.load(DOC, 9, b"nonsense");
    assert_eq!(writer.see(b"nonsense"), Sight::Next);
    assert_eq!(state(&writer), r#"{"rev":4,"text":"dcba"}"#);
}

#[test]
fn a_refused_op_and_what_was_typed_on_top_of_it_are_taken_back() {
    let mut writer = writer(7);
    let ops: Vec<_> = (0..3).flat_map(|at| writer.act("op", at)).collect();
    writer.answered(&ops[0], Ok(1));
    writer.answered(&ops[1], Err("full"));
    let next = writer.act("op", 3).remove(0);
    assert!(
        next.fields.starts_with(r#","id":4,"rev":0,"after":1,"#),
        "{next:?}"
    );
}

#[test]
fn a_trace_makes_the_text_that_it_promises() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios/traces/note.json");
    let trace = Trace::read(std::path::Path::new(path), 1.0, 0).expect("a trace");
    let trace = Arc::new(trace);
    for delay in [0, 1, 7] {
        let mut documents = Documents::default();
        let mut writer = writer(0).replaying(&trace);
        let mut events: Vec<String> = Vec::new();
        let mut seen = 0;
        for txn in &trace.txns {
            for publish in writer.act("op", txn.at_ns) {
                let fields = said(&mut documents, &publish, "0").expect("a fair op");
                events.push(event(events.len() + 1, &fields));
            }
            if events.len() == 20 {
                // It is given the whole although its last ops have not come back.
                writer.load(DOC, 20, documents.snapshot(DOC).as_bytes());
                seen = 20;
            }
            while seen + delay < events.len() {
                writer.see(events[seen].as_bytes());
                seen += 1;
            }
        }
        for event in &events[seen..] {
            writer.see(event.as_bytes());
        }
        let text: Value = serde_json::from_str(&state(&writer)).expect("JSON");
        assert_eq!(text["text"].as_str(), Some(trace.end_content.as_str()));
        assert_eq!(state(&writer), documents.snapshot(DOC));
    }
    assert!(writer(1).replaying(&trace).act("op", 0).is_empty());
}

mod convergence;
