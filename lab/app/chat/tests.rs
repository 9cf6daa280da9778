use super::*;
use crate::app::testing::{event, judge, publisher, shipped, why};
use proptest::prelude::*;

fn rooms() -> Rooms {
    let mut rooms = Rooms::default();
    judge(&mut rooms, "7", "room-1", JOIN, "", 0).expect("anybody may join");
    rooms
}

fn fields(verdict: Result<Vec<Draft>, Refusal>) -> Vec<String> {
    let drafts = verdict.expect("accepted");
    drafts.into_iter().map(|draft| draft.fields).collect()
}

#[test]
fn the_room_sees_who_joins_speaks_and_types() {
    let mut rooms = Rooms::default();
    let mut say = |from, class, own| fields(judge(&mut rooms, from, "room-1", class, own, 0));
    assert_eq!(say("7", JOIN, ""), [r#","type":"join","from":"7""#]);
    assert!(say("7", JOIN, "").is_empty(), "no news");
    let hello = r#","text":"\"Hello\"\n""#;
    assert_eq!(
        say("7", MESSAGE, hello),
        [format!(",\"from\":\"7\"{hello}")]
    );
    assert_eq!(say("7", TYPING, ""), [r#","type":"typing","from":"7""#]);
    assert_eq!(say("10", JOIN, ""), [r#","type":"join","from":"10""#]);
    assert_eq!(rooms.snapshot("room-1"), r#"{"here":["10","7"]}"#);
    assert_eq!(rooms.snapshot("room-2"), r#"{"here":[]}"#);
}

#[test]
fn what_is_refused_changes_nothing() {
    let mut rooms = rooms();
    let long = format!(",\"text\":\"{}\"", "x".repeat(LONGEST_TEXT + 1));
    let hello = ",\"text\":\"Hello\"";
    for (from, room, class, own, reason) in [
        ("8", "room-1", MESSAGE, hello, "join first"),
        ("8", "room-1", TYPING, "", "join first"),
        ("7", "room-2", MESSAGE, hello, "join first"),
        ("7", "room-1", MESSAGE, "", "\"text\" has to be a text"),
        (
            "7",
            "room-1",
            MESSAGE,
            ",\"text\":\"\"",
            "\"text\" has 0 bytes: write 1 to 1000",
        ),
        (
            "7",
            "room-1",
            MESSAGE,
            &long,
            "\"text\" has 1001 bytes: write 1 to 1000",
        ),
        (
            "7",
            "room-1",
            "shout",
            hello,
            "a chat has no class \"shout\": write \"message\", \"join\" or \"typing\"",
        ),
    ] {
        let before = rooms.snapshot(room);
        assert_eq!(why(judge(&mut rooms, from, room, class, own, 0)), reason);
        assert_eq!(rooms.snapshot(room), before);
    }
}

#[test]
fn people_talk_by_the_seed_and_as_much_as_people_do() {
    let characters: usize = PHRASES.iter().map(|phrase| phrase.len()).sum();
    assert_eq!((characters + PHRASES.len() / 2) / PHRASES.len(), 54);
    let scenario = shipped("chat");
    let say = |client| {
        let mut guest = Guest::new(&scenario, &publisher(&scenario, client, 20));
        assert_eq!(guest.arrive(0)[0].class, JOIN);
        let typing = guest.act(TYPING, 0);
        assert!(!typing[0].acknowledge && typing[0].fields.is_empty());
        assert!(guest.act("shout", 0).is_empty());
        let message = |_| guest.act(MESSAGE, 0).remove(0);
        (0..10).map(message).collect::<Vec<_>>()
    };
    assert_eq!(say(3), say(3));
    assert_ne!(say(3), say(4));
    assert!(
        say(3)
            .iter()
            .all(|said| said.acknowledge && said.topic == "room-1")
    );
}

proptest! {
    /// Whoever follows the events knows who is there; the same messages make the same events.
    #[test]
    fn everybody_knows_who_is_there(messages in prop::collection::vec((0..6_u32, 0..3_usize), 0..60)) {
        let scenario = shipped("chat");
        let (mut rooms, mut again) = (Rooms::default(), Rooms::default());
        let mut guests: Vec<_> =
            (0..6).map(|c| Guest::new(&scenario, &publisher(&scenario, c, 6))).collect();
        let mut joined = BTreeSet::new();
        for (client, what) in messages {
            let guest = &mut guests[client as usize];
            let publish = match what {
                0 => guest.arrive(0).remove(0),
                1 => guest.act(MESSAGE, 0).remove(0),
                _ => guest.act(TYPING, 0).remove(0),
            };
            let say = |rooms: &mut Rooms| {
                judge(rooms, &client.to_string(), &publish.topic, &publish.class, &publish.fields, 0)
            };
            let verdict = say(&mut rooms);
            prop_assert_eq!(&verdict, &say(&mut again));
            if what == 0 {
                joined.insert(client);
            }
            prop_assert_eq!(verdict.is_ok(), joined.contains(&client));
            for draft in verdict.into_iter().flatten() {
                let payload = event(&scenario, 1, &draft);
                for guest in &mut guests {
                    guest.see(&payload);
                }
            }
        }
        for guest in &guests {
            prop_assert_eq!(guest.state("room-1"), Some(rooms.snapshot("room-1").into()));
        }
    }
}

#[test]
fn where_nobody_hears_himself_the_answer_tells() {
    let scenario = shipped("chat");
    let mut guest = Guest::new(&scenario, &publisher(&scenario, 4, 20));
    let join = guest.arrive(0).remove(0);
    guest.answered(&join, Err("full"));
    assert_eq!(guest.state("room-1"), Some(r#"{"here":[]}"#.into()));
    guest.answered(&join, Ok(1));
    assert_eq!(guest.state("room-1"), Some(r#"{"here":["4"]}"#.into()));
}
