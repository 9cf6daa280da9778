//! The guide to adding a scenario: its examples are read, compiled and run as they stand there.

mod poll;

use poll::{Polls, Voter};
use pushlab::app::{Draft, Identity, Message, Participant, Refusal, Rules};
use pushlab::scenario::{self, Scenario};
use serde_json::Value;

const GUIDE: &str = include_str!("../../docs/adding-a-scenario.md");
const EXAMPLE: &str = include_str!("poll.rs");

/// The blocks of a language, as they stand in the guide.
fn blocks(language: &str) -> Vec<&'static str> {
    let fence = format!("```{language}\n");
    let after = GUIDE.split(&fence).skip(1);
    after
        .map(|rest| rest.split("```\n").next().unwrap_or_default())
        .collect()
}

#[test]
fn the_guide_shows_the_example_that_is_tested() {
    assert_eq!(
        blocks("rust"),
        [EXAMPLE],
        "copy tests/guide/poll.rs to the guide"
    );
}

/// The scenarios of the guide. The poll is no application of the lab: there any other name stands for it.
fn scenarios() -> Vec<Scenario> {
    let read = |text: &str| {
        let text = text.replace(r#""app": "poll""#, r#""app": "topics""#);
        scenario::parse(&text, "docs/adding-a-scenario.md").expect("a scenario")
    };
    blocks("json").into_iter().map(read).collect()
}

#[test]
fn the_scenarios_of_the_guide_are_valid_and_complete() {
    let scenarios = scenarios();
    assert_eq!(scenarios.len(), 2);
    for scenario in scenarios {
        assert!(scenario.about.ends_with('.') && scenario.proves.ends_with('.'));
        assert!(scenario.has_budget() && !scenario.stress.is_empty());
        scenario.stressed().expect("valid under stress");
    }
}

fn vote(rules: &mut Polls, from: &str, own: &str) -> Result<Vec<Draft>, Refusal> {
    let fields: Value = serde_json::from_str(&format!("{{\"n\":1{own}}}")).expect("JSON");
    rules.receive(&Message {
        from,
        topic: "question-1",
        class: "vote",
        fields: fields.as_object().expect("an object"),
        now_ns: 0,
    })
}

#[test]
fn everybody_has_one_vote() {
    let mut rules = Polls::default();
    let drafts = vote(&mut rules, "7", ",\"choice\":2").expect("a vote");
    assert_eq!(drafts[0].fields, r#","counts":[0,0,1]"#);
    assert_eq!(
        vote(&mut rules, "7", ",\"choice\":1"),
        Err(Refusal::no("voted"))
    );
    for wrong in ["", ",\"choice\":3", ",\"choice\":-1", ",\"choice\":\"a\""] {
        let refusal = vote(&mut rules, "8", wrong).expect_err("a refusal");
        assert!(refusal.bad && refusal.why.contains("\"choice\" has to be"));
    }
    vote(&mut rules, "8", ",\"choice\":2").expect("a refused vote was none");
    assert_eq!(rules.snapshot("question-1"), "[0,0,2]");
    assert_eq!(rules.snapshot("question-2"), "[0,0,0]");
}

/// All vote once, and all see each event: the events, and what the last screen shows.
fn play(scenario: &Scenario) -> (Vec<Draft>, Vec<u8>) {
    let mut rules = Polls::default();
    let identity = |client: u32| Identity {
        client,
        name: client.to_string(),
        home: "question-1".into(),
        publishes: true,
        of_topic: (scenario.clients, client),
    };
    let mut people: Vec<_> = (0..scenario.clients)
        .map(|client| Voter::new(scenario, &identity(client)))
        .collect();
    let mut events = Vec::new();
    for client in 0..people.len() {
        let published = people[client].act("vote", 0);
        let drafts = vote(&mut rules, &client.to_string(), &published[0].fields);
        for draft in drafts.expect("a first vote") {
            let text = format!(
                "{{\"seq\":1,\"t\":1,\"{}\":\"{}\"{}}}",
                scenario.topic, draft.topic, draft.fields
            );
            for person in &mut people {
                person.see(text.as_bytes());
            }
            events.push(draft);
        }
    }
    for person in &people {
        let state = person.state("question-1").expect("a state");
        assert_eq!(state, rules.snapshot("question-1"));
    }
    (events, rules.snapshot("question-1").into_bytes())
}

#[test]
fn all_see_the_same_count_and_the_same_again() {
    let scenario = scenarios().pop().expect("the poll's");
    let (events, shown) = play(&scenario);
    let counts: Vec<u32> = serde_json::from_slice(&shown).expect("counts");
    assert_eq!(counts.iter().sum::<u32>(), scenario.clients);
    assert!(
        counts.iter().all(|count| *count > 0),
        "nobody chose one: {counts:?}"
    );
    assert_eq!(play(&scenario), (events, shown));
}
