//! What somebody could publish who wants to try an application by hand.

use super::{Samples, main_class, topic_name};
use crate::feed::Choices;
use crate::scenario::{App, Scenario};

/// Stream of the seed for the numbers in examples.
const STREAM: u64 = 9 << 40;

/// Messages that `from` may publish one after another on the first topic of a fresh server, as they go over the wire;
/// `now_us` stands in those whose application needs an instant (microseconds since 1970). None if only the server
/// publishes.
pub fn examples(scenario: &Scenario, from: &str, now_us: u64) -> Vec<String> {
    if scenario.publishers == 0 {
        return Vec::new();
    }
    let main = main_class(scenario);
    let sample = || Samples::new(&scenario.message, Choices::new(scenario.seed, STREAM));
    let messages: Vec<(&str, String)> = match scenario.app {
        App::Ticker => Vec::new(),
        App::Topics => vec![(main, sample().next_fields())],
        App::Chat => vec![
            ("join", String::new()),
            (main, String::from(r#","text":"Hello!""#)),
        ],
        App::Ride => {
            let place = r#""lat":51.507351,"lng":-0.127758,"hdg":274,"spd":8.3,"acc":6"#;
            vec![(main, format!(r#","t":{now_us},{place}"#))]
        }
        App::Auction => vec![(main, String::from(r#","amount":10050,"seen":10000"#))],
        App::Whiteboard => vec![(
            "commit",
            format!(r#","shape":"{from}-1","all":[100,100,200,150]"#),
        )],
        App::Document => vec![(
            main,
            String::from(r#","id":1,"rev":0,"pos":0,"del":0,"ins":"a""#),
        )],
    };
    let topic = topic_name(scenario, 0);
    let text = |(n, (class, fields)): (u64, (&str, String))| {
        format!(r#"{{"n":{n},"topic":"{topic}","class":"{class}"{fields}}}"#)
    };
    (1..).zip(messages).map(text).collect()
}
