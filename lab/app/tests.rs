//! Whole applications on a hub without a network: everything arrives at once, and nothing is lost.

use super::testing::{event, judge, shipped};
use super::{Draft, Identity, Participant, main_class, participant, rules, topic_name};
use crate::feed::Choices;
use crate::scenario::{Scenario, Speaker, parse};

type People = Vec<(Identity, Box<dyn Participant>)>;

fn people(scenario: &Scenario) -> People {
    let one = |client| {
        let (topic, index) = (client % scenario.topics, client / scenario.topics);
        let identity = Identity {
            client,
            name: client.to_string(),
            home: topic_name(scenario, topic),
            publishes: index < scenario.publishers,
            of_topic: (scenario.publishers, index),
        };
        let participant = participant(scenario, &identity);
        (identity, participant)
    };
    (0..scenario.clients).map(one).collect()
}

fn show(scenario: &Scenario, events: &mut Vec<Draft>, people: &mut People, drafts: Vec<Draft>) {
    for draft in drafts {
        events.push(draft);
        let draft = &events[events.len() - 1];
        let payload = event(scenario, events.len() as u64, draft);
        for (_, participant) in &mut *people {
            participant.see(&payload);
        }
    }
}

/// One run: the events in order, and how many messages were refused.
fn run(scenario: &Scenario) -> (Vec<Draft>, u32) {
    let mut rules = rules(scenario);
    let mut people = people(scenario);
    let mut choices = Choices::new(scenario.seed, 1 << 60);
    let (mut events, mut refused) = (Vec::new(), 0);
    let mut classes = vec![main_class(scenario)];
    let also = scenario.also.iter();
    classes.extend(
        also.filter(|also| also.from == Speaker::Clients)
            .map(|also| &*also.class),
    );
    let end_ns = scenario.warm_up.as_nanos() + scenario.duration.as_nanos();
    let step_ns = end_ns / 400;
    for now_ns in (0..end_ns).step_by(step_ns as usize) {
        if rules.due_ns().is_some_and(|due_ns| due_ns <= now_ns) {
            show(scenario, &mut events, &mut people, rules.tick(now_ns));
        }
        let mut drafts = Vec::new();
        let speakers = people
            .iter()
            .filter(|(identity, _)| identity.publishes)
            .count() as u32;
        let speaker = choices.below(speakers);
        let class = classes[choices.below(classes.len() as u32) as usize];
        let of_those = people.iter_mut().filter(|(identity, _)| identity.publishes);
        for (index, (identity, participant)) in (0..).zip(of_those) {
            let publishes = match (now_ns, index == speaker) {
                (0, _) => participant.arrive(now_ns),
                (_, true) => participant.act(class, now_ns),
                _ => Vec::new(),
            };
            for publish in publishes {
                let own = format!(",\"t\":{}{}", now_ns / 1_000, publish.fields);
                let (from, topic) = (&identity.name, &publish.topic);
                let verdict = judge(&mut *rules, from, topic, &publish.class, &own, now_ns);
                match &verdict {
                    Ok(_) => participant.answered(&publish, Ok(0)),
                    Err(refusal) => participant.answered(&publish, Err(&refusal.why)),
                }
                refused += u32::from(verdict.is_err());
                drafts.extend(verdict.unwrap_or_default());
            }
        }
        show(scenario, &mut events, &mut people, drafts);
    }
    for topic in (0..scenario.topics).map(|index| topic_name(scenario, index)) {
        let known = rules.snapshot(&topic);
        for (identity, participant) in &people {
            if let Some(state) = participant.state(&topic) {
                assert_eq!(state, known, "{} sees another {topic}", identity.name);
            }
        }
    }
    (events, refused)
}

#[test]
fn all_see_the_same_where_nothing_is_late_and_the_same_again() {
    for name in ["chat", "ride", "auction"] {
        let scenario = shipped(name);
        let (events, refused) = run(&scenario);
        assert!(events.len() > 100, "{name}: {} events", events.len());
        assert_eq!(refused, 0, "{name}: nobody who sees the latest is refused");
        assert_eq!(run(&scenario).0, events, "{name}");
    }
}

#[test]
fn the_scenario_files_say_what_they_prove_and_hold_under_stress() {
    for name in ["chat", "ride", "auction"] {
        let scenario = shipped(name);
        assert_eq!(scenario.name, name);
        assert!(scenario.about.ends_with('.') && scenario.proves.ends_with('.'));
        assert!(!scenario.budget.is_zero() && !scenario.stress.is_empty());
        let mut stressed = serde_json::to_value(&scenario).expect("JSON");
        for (field, value) in &scenario.stress {
            stressed[field] = value.clone();
        }
        let stressed = parse(&stressed.to_string(), name).expect("valid under stress");
        assert_eq!(people(&stressed).len(), stressed.clients as usize);
        assert!(stressed.clients > scenario.clients);
        let publishers = |scenario: &Scenario| scenario.publishers * scenario.topics;
        assert!(publishers(&stressed) > publishers(&scenario));
    }
}
