//! Who takes part in a run, who publishes what and how often, in words.

use super::figures;
use super::format::spaced;
use crate::measure::Results;
use crate::scenario::{App, Follow, RatePer, Scenario, Span, Speaker, Upstream};

/// How often something happens: `0.2 messages/s per room`. Also for feeds of which the server makes all events.
pub fn rate(scenario: &Scenario) -> String {
    if scenario.app == App::Ticker {
        return match scenario.rate.to_string() {
            one if one == "1/s" => "1 event/s".into(),
            rate => rate.replace("/s", " events/s"),
        };
    }
    let per_second = scenario.rate.to_string();
    let kind = match per_second.as_str() {
        "1/s" => scenario.app.main_class().to_owned(),
        _ => plural(scenario.app.main_class()),
    };
    let rate = per_second.replace("/s", &format!(" {kind}/s"));
    let rate = format!("{rate}{}", whose(scenario));
    match &scenario.rush {
        None => rate,
        Some(rush) => format!("{rate} ({}x in a rush)", rush.times),
    }
}

/// Whose rate it is, where that could be several.
fn whose(scenario: &Scenario) -> String {
    match scenario.rate_per {
        RatePer::All if scenario.publishers > 0 || scenario.topics > 1 => " in all".into(),
        RatePer::All => String::new(),
        RatePer::Topic => format!(" per {}", scenario.topic),
        RatePer::Publisher => " per publisher".into(),
    }
}

/// How many clients publish: the first of each topic.
pub fn publishers(scenario: &Scenario) -> u32 {
    let topics = scenario.topics.max(1);
    let at_home = |topic| scenario.clients / topics + u32::from(topic < scenario.clients % topics);
    (0..topics)
        .map(|topic| at_home(topic).min(scenario.publishers))
        .fold(0, u32::saturating_add)
}

/// Who takes part, and what each kind of message is about, sentence by sentence; nothing for a ticker.
pub fn cast(results: &Results) -> Vec<String> {
    let scenario = &results.scenario;
    if scenario.app == App::Ticker {
        return vec![];
    }
    let topics = counted(scenario.topics, &scenario.topic);
    let people = counted(scenario.clients, "participant");
    let who = match publishers(scenario) {
        0 => "the server makes all events".to_owned(),
        n if n == scenario.clients => "all of them publish".to_owned(),
        1 => "one of them publishes".to_owned(),
        n => format!("{n} of them publish"),
    };
    let mut said = vec![format!("{people} and {topics}; {who}.")];
    said.extend(kinds(results));
    if let Some(rush) = &scenario.rush {
        said.push(format!(
            "A rush: from {} on for {} they publish {} times as often.",
            span(rush.at),
            span(rush.lasts),
            rush.times
        ));
    }
    if scenario.late > 0 {
        let come = if scenario.late == 1 { "comes" } else { "come" };
        said.push(format!(
            "{} of the participants {come} late, after {}.",
            scenario.late,
            span(scenario.late_at)
        ));
    }
    if let Follow::Topics(n) = scenario.follow {
        let mut follows = format!("Each follows {}", counted(n, &scenario.topic));
        if scenario.switch_every > Span::ZERO {
            let every = span(scenario.switch_every);
            follows.push_str(&format!(" and changes to the next every {every}"));
        }
        said.push(follows + ".");
    }
    if !scenario.echo {
        said.push("Nobody is sent back what he published himself.".into());
    }
    if scenario.publishers > 0 && scenario.upstream == Upstream::WalkieTalkie {
        said.push("Where they poll, they publish on the same connection, in turns.".into());
    }
    said
}

/// A sentence for each kind of message.
fn kinds(results: &Results) -> Vec<String> {
    let scenario = &results.scenario;
    let own = scenario.app.main_class();
    let mut said = vec![kind(
        own,
        &format!("{}{}", scenario.rate, whose(scenario)),
        (scenario.publishers > 0).then_some(scenario.acknowledge),
        scenario.budget,
    )];
    for also in &scenario.also {
        let people = also.from == Speaker::Clients;
        let rate = match (&also.rate, people) {
            (None, _) => "when the rules of the application say so".to_owned(),
            (Some(rate), true) => format!("{rate} per publisher"),
            (Some(rate), false) => format!("{rate} per {}", scenario.topic),
        };
        let confirmed = people.then_some(also.acknowledge);
        said.push(kind(&also.class, &rate, confirmed, also.budget));
    }
    let people = results
        .transports
        .iter()
        .filter_map(|t| figures(t)?.people.as_ref());
    let mut others: Vec<&str> = vec![];
    for class in people.flat_map(|people| &people.classes) {
        let known = class.class == own
            || scenario.also.iter().any(|also| also.class == class.class)
            || others.contains(&class.class.as_str());
        if !known {
            others.push(&class.class);
        }
    }
    if !others.is_empty() {
        said.push(format!(
            "By rules of the application, without a budget: {}.",
            others.join(", ")
        ));
    }
    said
}

/// `bid: 0.1/s in all, each confirmed by the server, to be seen within 200 ms.`; `confirmed` is absent where the
/// server speaks.
fn kind(class: &str, rate: &str, confirmed: Option<bool>, budget: Span) -> String {
    let how = match confirmed {
        None => "from the server",
        Some(true) => "each confirmed by the server",
        Some(false) => "not confirmed",
    };
    let within = match budget {
        Span::ZERO => "no budget".to_owned(),
        budget => format!("to be seen within {}", span(budget)),
    };
    format!("Kind {class}: {rate}, {how}, {within}.")
}

fn span(span: Span) -> String {
    spaced(&span.to_string())
}

/// `1 room`, `3 matches`.
fn counted(n: u32, noun: &str) -> String {
    match n {
        1 => format!("1 {noun}"),
        n => format!("{} {}", super::format::count(n.into()), plural(noun)),
    }
}

fn plural(noun: &str) -> String {
    let hisses = ["s", "x", "ch", "sh", "z"]
        .iter()
        .any(|end| noun.ends_with(end));
    format!("{noun}{}", if hisses { "es" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scenario(json: &str) -> Scenario {
        serde_json::from_str(json).expect("a scenario")
    }

    #[test]
    fn a_rate_says_whose_it_is() {
        for (json, words) in [
            (r#"{"name":"x"}"#, "2 events/s"),
            (
                r#"{"name":"x","app":"chat","topic":"room","publishers":9,"rate":"0.2/s","rate_per":"topic"}"#,
                "0.2 messages/s per room",
            ),
            (
                r#"{"name":"x","app":"ride","publishers":1,"rate":"1/s","rate_per":"publisher"}"#,
                "1 position/s per publisher",
            ),
            (
                r#"{"name":"x","app":"auction","publishers":9,"rate":"0.1/s","rush":{"at":"45s","for":"12s","times":60}}"#,
                "0.1 bids/s in all (60x in a rush)",
            ),
            (r#"{"name":"x","app":"topics","rate":"3/s"}"#, "3 events/s"),
        ] {
            assert_eq!(rate(&scenario(json)), words);
        }
    }

    #[test]
    fn the_first_of_each_topic_publish() {
        let json = |clients, topics, publishers| {
            scenario(&format!(
                r#"{{"name":"x","clients":{clients},"topics":{topics},"publishers":{publishers}}}"#
            ))
        };
        assert_eq!(publishers(&json(60, 20, 1)), 20);
        assert_eq!(publishers(&json(5, 3, 2)), 5);
        assert_eq!(publishers(&json(7, 3, 2)), 6);
        assert_eq!(publishers(&json(7, 3, 0)), 0);
    }

    #[test]
    fn nouns_have_plurals() {
        assert_eq!(counted(3, "match"), "3 matches");
        assert_eq!(counted(1, "inbox"), "1 inbox");
        assert_eq!(counted(2, "room"), "2 rooms");
    }
}
