use super::*;
use crate::scenario::parse;
use proptest::prelude::*;
use serde_json::Value;

const BOARD: &str = "board-1";

fn message(class: &str, from: &str, json: &str) -> (String, String, Value) {
    let fields = serde_json::from_str(json).expect("JSON");
    (class.to_owned(), from.to_owned(), fields)
}

fn receive(
    boards: &mut Boards,
    (class, from, fields): &(String, String, Value),
) -> Result<Vec<Draft>, Refusal> {
    boards.receive(&Message {
        from,
        topic: BOARD,
        class,
        fields: fields.as_object().expect("an object"),
        now_ns: 0,
    })
}

fn say(boards: &mut Boards, class: &str, from: &str, json: &str) -> Result<String, String> {
    let drafts = receive(boards, &message(class, from, json));
    drafts
        .map(|drafts| drafts[0].fields.clone())
        .map_err(|refusal| refusal.to_string())
}

fn pen(client: u32) -> Pen {
    let text = r#"{"name":"x","app":"whiteboard","topic":"board","acknowledge":false}"#;
    let identity = Identity {
        client,
        name: client.to_string(),
        home: BOARD.into(),
        publishes: true,
        of_topic: (9, client),
    };
    Pen::new(&parse(text, "x").expect("a scenario"), &identity)
}

fn state(pen: &Pen) -> String {
    let state = pen.state(BOARD).expect("a state");
    String::from_utf8(state.to_vec()).expect("a text")
}

fn event(seq: usize, fields: &str) -> String {
    format!("{{\"seq\":{seq:>6},\"t\":1735689600000000,\"board\":\"{BOARD}\"{fields}}}")
}

#[test]
fn a_commit_repairs_what_patches_lost() {
    let mut boards = Boards::default();
    let patch = say(
        &mut boards,
        "patch",
        "7",
        r#"{"shape":"7-3","pts":[412,318,415,320]}"#,
    );
    assert_eq!(
        patch.as_deref(),
        Ok(r#","shape":"7-3","pts":[412,318,415,320]"#)
    );
    say(&mut boards, "patch", "7", r#"{"shape":"7-3","pts":[1,2]}"#).expect("taken");
    assert_eq!(boards.snapshot(BOARD), r#"{"7-3":[412,318,415,320,1,2]}"#);
    let commit = say(
        &mut boards,
        "commit",
        "7",
        r#"{"shape":"7-3","all":[5,6,7,8]}"#,
    );
    assert_eq!(commit.as_deref(), Ok(r#","shape":"7-3","all":[5,6,7,8]"#));
    assert_eq!(boards.snapshot(BOARD), r#"{"7-3":[5,6,7,8]}"#);
    assert_eq!(boards.snapshot("board-2"), "{}");
}

#[test]
fn what_is_refused_changes_nothing() {
    let mut boards = Boards::default();
    say(&mut boards, "commit", "7", r#"{"shape":"7-3","all":[5,6]}"#).expect("taken");
    let before = boards.snapshot(BOARD);
    let long = format!(
        r#"{{"shape":"7-4","pts":[0{}]}}"#,
        ",1".repeat(2 * MOST_POINTS + 1)
    );
    for (class, json, why) in [
        ("patch", r#"{"shape":"8-1","pts":[1,2]}"#, "not your shape"),
        ("patch", r#"{"shape":"7-3","pts":[1,2]}"#, "finished"),
        ("commit", r#"{"shape":"7-3","all":[1,2]}"#, "finished"),
        ("patch", &long, "shape full"),
        ("patch", r#"{"pts":[1,2]}"#, "\"shape\" has to be a text"),
        (
            "patch",
            r#"{"shape":"7","pts":[1,2]}"#,
            "\"shape\" has to be a pen and a number",
        ),
        (
            "patch",
            r#"{"shape":"7-0","pts":[1,2]}"#,
            "\"shape\" has to be a pen and a number",
        ),
        (
            "patch",
            r#"{"shape":"7-4","pts":[1]}"#,
            "\"pts\" has to be a list of pairs",
        ),
        (
            "patch",
            r#"{"shape":"7-4","pts":[]}"#,
            "\"pts\" has to be a list of pairs",
        ),
        (
            "patch",
            r#"{"shape":"7-4","pts":[1,1000]}"#,
            "\"pts\" has to be a list of pairs",
        ),
        (
            "commit",
            r#"{"shape":"7-4","pts":[1,2]}"#,
            "\"all\" has to be a list of pairs",
        ),
        ("erase", r#"{"shape":"7-4"}"#, "there is no class \"erase\""),
    ] {
        let refused = say(&mut boards, class, "7", json).expect_err(json);
        assert!(refused.starts_with(why), "{json}: {refused}");
        assert_eq!(boards.snapshot(BOARD), before);
    }
}

#[test]
fn of_each_pen_the_newest_shapes_are_kept() {
    let mut boards = Boards::default();
    say(&mut boards, "patch", "8", r#"{"shape":"8-1","pts":[1,2]}"#).expect("taken");
    for number in 1..=KEPT + 1 {
        let json = format!(r#"{{"shape":"7-{number}","all":[1,2]}}"#);
        say(&mut boards, "commit", "7", &json).expect("taken");
    }
    let shapes: BTreeMap<String, Value> =
        serde_json::from_str(&boards.snapshot(BOARD)).expect("JSON");
    assert_eq!(shapes.len() as u64, KEPT + 1);
    assert!(!shapes.contains_key("7-1") && shapes.contains_key("8-1"));
    let late = say(&mut boards, "patch", "7", r#"{"shape":"7-1","pts":[1,2]}"#);
    assert_eq!(late, Err("gone".into()));
}

#[test]
fn a_stroke_ends_with_the_whole_shape() {
    let mut pen = pen(7);
    let mut points = Vec::new();
    for patch in 0..17_u64 {
        let published = pen.act("patch", patch * 250_000_000);
        assert_eq!(
            (published[0].class.as_str(), published[0].acknowledge),
            ("patch", false)
        );
        let fields: Value =
            serde_json::from_str(&format!("{{{}}}", &published[0].fields[1..])).expect("JSON");
        assert_eq!(fields["shape"], "7-1");
        let pts = numbers(fields.get("pts"), SIDE).expect("points");
        assert_eq!(pts.len(), if patch == 0 { 2 } else { 30 });
        points.extend(pts);
        assert_eq!(published.len(), if patch == 16 { 2 } else { 1 });
        if let Some(commit) = published.get(1) {
            assert_eq!(
                (commit.class.as_str(), commit.acknowledge),
                ("commit", true)
            );
            assert_eq!(
                commit.fields,
                format!(r#","shape":"7-1","all":{}"#, list(&points))
            );
            assert!((1_500..2_100).contains(&commit.fields.len()));
        }
    }
    assert!(pen.leave(0).is_empty(), "no shape is open");
    // A longer wait makes a larger patch, up to a second's.
    let next = pen.act("patch", 14_000_000_000);
    assert!(next[0].fields.starts_with(r#","shape":"7-2","pts":["#));
    assert_eq!(next[0].fields.matches(',').count(), 2 + 119);
    assert_eq!(next[1].class, "commit");
    pen.act("patch", 14_100_000_000);
    assert!(
        pen.leave(0)[0]
            .fields
            .starts_with(r#","shape":"7-3","all":["#)
    );
    assert!(pen.act("commit", 0).is_empty());
}

#[test]
fn a_screen_shows_what_others_draw_once() {
    let mut pen = pen(7);
    let patch = event(3, r#","shape":"8-1","pts":[1,2]"#);
    for _ in 0..2 {
        pen.see(patch.as_bytes());
    }
    pen.see(event(4, r#","shape":"7-9","pts":[9,9]"#).as_bytes());
    assert_eq!(state(&pen), r#"{"8-1":[1,2]}"#);
    pen.load(BOARD, 6, br#"{"8-1":[1,2,3,4]}"#);
    pen.see(event(6, r#","shape":"8-1","pts":[3,4]"#).as_bytes());
    pen.see(event(7, r#","shape":"8-1","all":[5,6]"#).as_bytes());
    assert_eq!(state(&pen), r#"{"8-1":[5,6]}"#);
    pen.load(BOARD, 5, b"{}");
    pen.load(BOARD, 9, b"nonsense");
    pen.see(b"nonsense");
    assert_eq!(state(&pen), r#"{"8-1":[5,6]}"#);
}

#[test]
fn a_pen_that_comes_back_goes_on_after_what_it_drew() {
    let mut pen = pen(7);
    pen.load(BOARD, 6, br#"{"7-4":[1,2],"8-1":[1,2]}"#);
    let patch = pen.act("patch", 0).remove(0);
    assert!(patch.fields.starts_with(r#","shape":"7-5""#), "{patch:?}");
}

#[test]
fn a_refused_shape_is_taken_off_the_screen() {
    let mut pen = pen(7);
    pen.act("patch", 0);
    let commit = pen.leave(0).remove(0);
    pen.answered(&commit, Ok(3));
    assert_ne!(state(&pen), "{}");
    pen.answered(&commit, Err("board full"));
    assert_eq!(state(&pen), "{}");
}

proptest! {
    #[test]
    fn all_boards_agree_in_the_end(steps in prop::collection::vec((0..6_u8, 0..3_usize, 0..4_u64), 1..250)) {
        let mut boards = Boards::default();
        let mut pens: Vec<_> = (0..3).map(pen).collect();
        // The last one only watches, and comes when it is first asked to look.
        pens.push(pen(9));
        let (mut log, mut at) = (Vec::new(), [0, 0, 0, 0]);
        let mut waiting: Vec<Vec<Publish>> = vec![Vec::new(); 3];
        let mut now_ns = 0;
        let judge = |boards: &mut Boards, log: &mut Vec<(usize, String)>, pen: usize, publish: Publish| {
            let json = format!("{{{}}}", &publish.fields[1..]);
            let said = message(&publish.class, &pen.to_string(), &json);
            for draft in receive(boards, &said).expect("a fair pen") {
                log.push((pen, event(log.len() + 1, &draft.fields)));
            }
        };
        let look = |pens: &mut [Pen], at: &mut [usize], log: &[(usize, String)], who: usize| {
            let (from, event) = &log[at[who]];
            at[who] += 1;
            if *from != who {
                pens[who].see(event.as_bytes());
            }
        };
        for (what, who, gap) in steps {
            match what {
                // Draws; the patch may be lost, and goes behind what waits.
                0..=2 => {
                    now_ns += gap * 700_000_000;
                    let published = pens[who].act("patch", now_ns);
                    waiting[who].extend(published.into_iter().filter(|p| p.acknowledge || gap != 1));
                }
                // Something arrives.
                3 => if !waiting[who].is_empty() {
                    let publish = waiting[who].remove(0);
                    judge(&mut boards, &mut log, who, publish);
                },
                4 => {
                    let who = (who + gap as usize) % 4;
                    if who == 3 && at[3] == 0 {
                        pens[3].load(BOARD, log.len() as u64, boards.snapshot(BOARD).as_bytes());
                        at[3] = log.len();
                    } else if at[who] < log.len() {
                        look(&mut pens, &mut at, &log, who);
                    }
                }
                // Has lost touch, and is given the picture.
                _ => {
                    pens[who].load(BOARD, log.len() as u64, boards.snapshot(BOARD).as_bytes());
                    at[who] = log.len();
                }
            }
        }
        for (who, mut waiting) in waiting.into_iter().enumerate() {
            waiting.extend(pens[who].leave(now_ns));
            for publish in waiting {
                judge(&mut boards, &mut log, who, publish);
            }
        }
        for who in 0..4 {
            while at[who] < log.len() {
                look(&mut pens, &mut at, &log, who);
            }
            prop_assert_eq!(state(&pens[who]), boards.snapshot(BOARD), "pen {}", who);
        }
    }

    #[test]
    fn no_message_panics(class in "patch|commit", shape in "[78]-[0-9]{1,22}|\\PC*", points: Vec<u16>, bytes: Vec<u8>) {
        let json = serde_json::json!({ "shape": shape, "pts": points, "all": points }).to_string();
        let mut boards = Boards::default();
        let _ = say(&mut boards, &class, "7", &json);
        let mut pen = pen(7);
        pen.see(&bytes);
        pen.load(BOARD, 1, &bytes);
        pen.see(event(1, &format!(",\"shape\":{}", Value::from(shape))).as_bytes());
    }
}
