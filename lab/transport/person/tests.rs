use super::*;
use crate::measure::recorder::{Class, Expectation};
use futures_util::FutureExt;

/// Says one thing per act, confirmed or not as its class says.
struct Talker;

impl Participant for Talker {
    fn act(&mut self, class: &str, _now_ns: u64) -> Vec<Publish> {
        vec![Publish {
            topic: "room-1".into(),
            class: class.into(),
            fields: ",\"text\":\"hello\"".into(),
            acknowledge: class == "safe",
        }]
    }
}

fn person() -> (Person, Recorder) {
    let class = |name: &str| Class {
        name: name.into(),
        budget_ns: None,
    };
    let recorder = Recorder::new(Expectation {
        classes: vec![class("safe"), class("fast")],
        topics: 1,
        by_topic: true,
        open: true,
        ..Expectation::tape([], 1)
    });
    let person = Person::new(PersonSetup {
        client: 0,
        name: "0".into(),
        participant: Box::new(Talker),
        recorder: recorder.clone(),
        classes: ["safe".to_owned(), "fast".to_owned()].into(),
        epoch_us: 1_000_000,
        needs_snapshot: false,
    });
    (person, recorder)
}

/// The number of the next message that is ready to leave.
fn next(person: &Person) -> Option<Option<u64>> {
    let message = person.next().now_or_never()?;
    Some(message.map(|message| message.n))
}

#[test]
fn a_message_says_which_when_where_and_what() {
    let (person, _) = person();
    person.act("safe", 2_500_000);
    let message = person.next().now_or_never().flatten().expect("a message");
    let expected = br#"{"n":1,"t":1002500,"topic":"room-1","class":"safe","text":"hello"}"#;
    assert_eq!(message.text, expected.as_slice());
}

#[test]
fn after_a_loss_what_was_not_confirmed_leaves_again_and_first() {
    let (person, recorder) = person();
    for class in ["safe", "fast", "safe", "safe"] {
        person.act(class, 0);
    }
    assert_eq!(
        [next(&person), next(&person), next(&person)],
        [1, 2, 3].map(|n| Some(Some(n)))
    );
    person.answered(br#"{"ack":1,"ok":true,"seq":7}"#);
    person.lost();
    // 2 needs no confirmation and is not sent again; 4 had not left yet.
    assert_eq!(
        [next(&person), next(&person)],
        [3, 4].map(|n| Some(Some(n)))
    );
    assert_eq!(next(&person), None, "nothing is ready, and more may come");
    person.leave();
    assert!(
        person.finished().now_or_never().is_none(),
        "two answers are missing"
    );
    person.answered(br#"{"ack":4,"ok":false,"why":"closed"}"#);
    person.answered(br#"{"ack":3,"ok":true,"seq":0}"#);
    assert_eq!(next(&person), Some(None));
    assert!(person.finished().now_or_never().is_some());
    assert_eq!(recorder.close().upward.sent_again, 1);
}

#[test]
fn an_answer_that_comes_twice_counts_once() {
    let (person, recorder) = person();
    person.act("safe", 0);
    assert_eq!(next(&person), Some(Some(1)));
    person.answered(br#"{"ack":1,"ok":true,"seq":7}"#);
    person.answered(br#"{"ack":1,"ok":true,"seq":7}"#);
    assert_eq!(recorder.close().upward.acknowledged, 1);
}

#[test]
fn an_answer_that_is_none_is_a_problem() {
    for text in ["", "{}", r#"{"ack":null,"error":"too fast"}"#] {
        let (person, recorder) = person();
        person.answered(text.as_bytes());
        let problem = recorder.close().problem.expect("a problem");
        assert!(problem.contains("does not understand"), "{text}: {problem}");
    }
}
