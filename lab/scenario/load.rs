//! From a name or a file to a valid [`Scenario`].

use super::explain::{did_you_mean, explain, not_json};
use super::{Scenario, ScenarioError};
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// The scenarios that come with the program: name and file text.
pub const SHIPPED: &[(&str, &str)] = &[
    ("ticker", include_str!("../../scenarios/ticker.json")),
    (
        "ticker-fast",
        include_str!("../../scenarios/ticker-fast.json"),
    ),
    (
        "ticker-far",
        include_str!("../../scenarios/ticker-far.json"),
    ),
    (
        "ticker-mobile",
        include_str!("../../scenarios/ticker-mobile.json"),
    ),
    (
        "ticker-stall",
        include_str!("../../scenarios/ticker-stall.json"),
    ),
    ("kaazing", include_str!("../../scenarios/kaazing.json")),
    ("ride", include_str!("../../scenarios/ride.json")),
    ("auction", include_str!("../../scenarios/auction.json")),
    ("chat", include_str!("../../scenarios/chat.json")),
    (
        "whiteboard",
        include_str!("../../scenarios/whiteboard.json"),
    ),
    ("document", include_str!("../../scenarios/document.json")),
    (
        "scoreboard",
        include_str!("../../scenarios/scoreboard.json"),
    ),
    (
        "notifications",
        include_str!("../../scenarios/notifications.json"),
    ),
    ("duplex", include_str!("../../scenarios/duplex.json")),
];

/// A scenario file larger than this is taken for something else, in bytes.
const MAX_FILE: u64 = 1_000_000;

/// Loads a shipped scenario by its name, or any file by its path (anything with a slash or `.json`).
/// A relative `replay` in a file counts from the folder of that file.
pub fn load(name_or_path: &str) -> Result<Scenario, ScenarioError> {
    if name_or_path.contains(['/', '\\']) || name_or_path.ends_with(".json") {
        let mut scenario = parse(&read(name_or_path)?, name_or_path)?;
        if let (Some(replay), Some(folder)) =
            (&mut scenario.replay, Path::new(name_or_path).parent())
        {
            *replay = folder.join(&*replay).to_string_lossy().into_owned();
        }
        return Ok(scenario);
    }
    match SHIPPED.iter().find(|(name, _)| *name == name_or_path) {
        Some((name, text)) => parse(text, name),
        None => Err(unknown_name(name_or_path)),
    }
}

/// The shipped scenario of this name.
pub fn shipped(name: &str) -> Option<Scenario> {
    let (name, text) = SHIPPED.iter().find(|(shipped, _)| *shipped == name)?;
    parse(text, name).ok()
}

/// Reads and validates the text of a scenario file; `origin` is what messages call it.
pub fn parse(text: &str, origin: &str) -> Result<Scenario, ScenarioError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if !text.trim_start().starts_with('{') {
        // serde would take a list of all values in the right order, too.
        let problem = "is not a scenario: write one JSON object, such as {\"name\": \"mine\"}";
        return Err(ScenarioError::new(problem).in_file(origin));
    }
    let mut json = serde_json::Deserializer::from_str(text);
    let scenario: Scenario =
        serde_path_to_error::deserialize(&mut json).map_err(|e| explain(e).in_file(origin))?;
    json.end().map_err(|e| not_json(&e).in_file(origin))?;
    scenario.validate().map_err(|e| e.in_file(origin))?;
    Ok(scenario)
}

pub(super) fn read(path: &str) -> Result<String, ScenarioError> {
    let unreadable =
        |e: std::io::Error| ScenarioError::new(format!("cannot be read: {e}")).in_file(path);
    let mut bytes = Vec::new();
    // Reading is what is limited, not the size that the system tells: pipes have none.
    File::open(path)
        .and_then(|file| file.take(MAX_FILE + 1).read_to_end(&mut bytes))
        .map_err(unreadable)?;
    if bytes.len() as u64 > MAX_FILE {
        let problem = "is larger than 1 MB: a scenario is one JSON object of a few lines";
        return Err(ScenarioError::new(problem).in_file(path));
    }
    String::from_utf8(bytes)
        .map_err(|_| ScenarioError::new("is not UTF-8 text: save it as UTF-8").in_file(path))
}

fn unknown_name(name: &str) -> ScenarioError {
    let names: Vec<_> = SHIPPED.iter().map(|(name, _)| *name).collect();
    let guess = did_you_mean(name, &names);
    let list = names.join(", ");
    ScenarioError::new(format!(
        "there is no scenario {name:?}{guess}; shipped are {list}; a file of your own is named by its path, such as mine.json"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::{Delivery, HeaderProfile, PerDirection, Span};
    use proptest::prelude::*;

    fn message(text: &str) -> String {
        parse(text, "mine.json").unwrap_err().to_string()
    }

    #[test]
    fn every_shipped_scenario_is_valid_under_its_own_name() {
        for (name, _) in SHIPPED {
            let scenario = load(name).unwrap();
            assert_eq!(scenario.name, *name);
            assert!(
                scenario.about.ends_with('.'),
                "{name} lacks a sentence about it"
            );
            assert_eq!(shipped(name), Some(scenario.clone()));
            let json = serde_json::to_string(&scenario).unwrap();
            assert_eq!(
                parse(&json, name),
                Ok(scenario),
                "{name} changes on its way through JSON"
            );
        }
    }

    #[test]
    fn the_ticker_is_the_defaults() {
        let mut ticker = shipped("ticker").unwrap();
        ticker.about.clear();
        assert_eq!(parse(r#"{"name": "ticker"}"#, "").unwrap(), ticker);
    }

    #[test]
    fn the_others_differ_where_they_say() {
        assert_eq!(shipped("ticker-fast").unwrap().rate.as_per_second(), 20.0);
        let far = shipped("ticker-far").unwrap();
        assert_eq!(far.delay, PerDirection::both(Span::from_millis(150)));
        let mobile = shipped("ticker-mobile").unwrap();
        assert_eq!(
            (mobile.loss.down.as_ppm(), mobile.outages.len()),
            (10_000, 1)
        );
    }

    #[test]
    fn the_kaazing_heads_have_the_published_871_characters() {
        let kaazing = shipped("kaazing").unwrap();
        let HeaderProfile::Literal(heads) = &kaazing.headers else {
            panic!("the heads are not literal");
        };
        let characters = |lines: &[String]| lines.iter().map(String::len).sum::<usize>();
        assert_eq!(characters(&heads.request), 692);
        assert_eq!(characters(&heads.response), 179);
        assert_eq!(kaazing.poll_delivery, Delivery::Latest);
        assert_eq!(kaazing.heartbeat, Span::ZERO);
    }

    #[test]
    fn messages_name_file_field_and_remedy() {
        let unknown = message(r#"{"name": "mine", "delya": "25ms"}"#);
        let start = r#"mine.json: field "delya": unknown field "delya" (did you mean "delay"?)"#;
        assert!(unknown.starts_with(start), "{unknown}");
        assert_eq!(
            message("{\n\"name\": \"mine\",\n\"delay\": 25}"),
            r#"mine.json: field "delay": "25" has no unit: write "25ms", "1s", "10min" (line 3)"#
        );
        let nested = message(r#"{"name": "mine", "delay": {"down": "1ms", "up": "2"}}"#);
        assert!(
            nested.contains(r#"field "delay.up": "2" has no unit"#),
            "{nested}"
        );
        let nested = message(r#"{"name": "mine", "delay": {"down": "1ms", "left": "2"}}"#);
        assert!(
            nested.contains(r#"field "delay.left": unknown field "left""#),
            "{nested}"
        );
        let variant = message(r#"{"name": "mine", "arrivals": "poison"}"#);
        assert!(
            variant.contains(r#"field "arrivals": unknown variant "poison""#),
            "{variant}"
        );
        assert!(variant.contains(r#"did you mean "poisson"?"#), "{variant}");
        let outage = message(r#"{"name": "mine", "outages": [{"at": "1s", "for": "5"}]}"#);
        assert!(
            outage.contains(r#"field "outages[0].for": "5" has no unit"#),
            "{outage}"
        );
        let headers = message(r#"{"name": "mine", "headers": "lena"}"#);
        assert!(
            headers.contains(r#"field "headers": is neither"#),
            "{headers}"
        );
        let speed = message(r#"{"name": "mine", "speed": "2"}"#);
        assert!(speed.contains("field \"speed\": invalid type: string \"2\", expected a number"));
        for text in ["", "[]", "7"] {
            assert!(message(text).starts_with("mine.json: is not a scenario: write one JSON"));
        }
        assert!(message("{}").contains("mine.json: the field \"name\" is missing"));
        assert!(message("{\"name\": \"x\"").contains("is not valid JSON"));
        assert!(message("{\"name\": \"x\"} {}").contains("is not valid JSON"));
        assert!(message("{\"name\": \"x\", \"clients\": -1}").contains("field \"clients\""));
    }

    #[test]
    fn unknown_names_list_what_there_is() {
        let error = load("tiker").unwrap_err().to_string();
        assert!(error.contains(r#"did you mean "ticker"?"#), "{error}");
        assert!(error.contains("ticker-stall, kaazing"), "{error}");
        let error = load("missing/mine.json").unwrap_err().to_string();
        assert!(
            error.starts_with("missing/mine.json: cannot be read"),
            "{error}"
        );
    }

    #[test]
    fn files_are_limited_and_their_replay_is_beside_them() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("mine.json");
        let name = path.to_str().unwrap();
        std::fs::write(&path, r#"{"name": "mine", "replay": "quotes.csv"}"#).unwrap();
        let replay = load(name).unwrap().replay.unwrap();
        assert_eq!(Path::new(&replay), folder.path().join("quotes.csv"));
        std::fs::write(&path, " ".repeat(1_000_001)).unwrap();
        assert!(
            load(name)
                .unwrap_err()
                .to_string()
                .contains("larger than 1 MB")
        );
        std::fs::write(&path, [0xff, 0xfe]).unwrap();
        assert!(load(name).unwrap_err().to_string().contains("UTF-8"));
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "\\PC*") {
            let _ = parse(&text, "random");
        }

        #[test]
        fn no_mutation_panics(which in 0..SHIPPED.len(), at: prop::sample::Index, put in "\\PC{0,3}", cut in 0..4_usize) {
            let mut text: Vec<char> = SHIPPED[which].1.chars().collect();
            let start = at.index(text.len());
            let end = (start + cut).min(text.len());
            text.splice(start..end, put.chars());
            let _ = parse(&text.into_iter().collect::<String>(), "mutated");
        }
    }
}
