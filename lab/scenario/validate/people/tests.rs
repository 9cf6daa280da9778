//! What is out of range is named by its field, with what would be right.

use crate::scenario::parse;

/// The message about a scenario with these fields, or nothing if it is valid.
fn problem(fields: &str) -> String {
    let text = format!("{{\"name\": \"mine\", {fields}}}");
    let error = parse(&text, "mine.json").err();
    error.map(|e| e.to_string()).unwrap_or_default()
}

/// A room of ten with two topics.
fn topics(fields: &str) -> String {
    problem(&format!(
        r#""app": "topics", "clients": 10, "topics": 2, {fields}"#
    ))
}

#[test]
fn ranges_are_checked_by_field() {
    let class = |class: &str| format!(r#""also": [{{"class": "{class}", "rate": "1/s"}}]"#);
    let many: Vec<_> = ["a", "b", "c", "d", "e", "f", "g", "h", "i"]
        .map(|class| format!(r#"{{"class": "{class}", "rate": "1/s"}}"#))
        .into();
    let many = format!(r#""also": [{}]"#, many.join(","));
    let large = format!(r#""message": {{"text": "{}"}}"#, "x".repeat(10_000));
    for (fields, field, remedy) in [
        (r#""topics": 0"#, "topics", "write 1 to 10000"),
        (r#""topics": 10001"#, "topics", "write 1 to 10000"),
        (r#""topic": "Room 1""#, "topic", "such as \"room\""),
        (r#""topic": "aaaaaaaaaaaaaaaaaaaaa""#, "topic", "at most 20"),
        (r#""publishers": 6"#, "publishers", "write at most 5"),
        (
            r#""rate_per": "publisher""#,
            "rate_per",
            "write \"publishers\": 1",
        ),
        (r#""follow": 3"#, "follow", "write 1 to 2"),
        (r#""follow": 0"#, "follow", "write 1 to 2"),
        (
            r#""switch_every": "1s""#,
            "switch_every",
            "write \"follow\": 1",
        ),
        (
            r#""switch_every": "99ms", "follow": 1"#,
            "switch_every",
            "at least \"100ms\"",
        ),
        (
            r#""late": 10, "late_at": "1s""#,
            "late",
            "somebody has to be there",
        ),
        (r#""late": 1"#, "late_at", "say when"),
        (
            r#""late": 1, "late_at": "65s""#,
            "late_at",
            "which lasts 65s",
        ),
        (r#""budget": "3601s""#, "budget", "at most \"3600s\""),
        (
            r#""rush": {"at": "60s", "for": "6s", "times": 2}"#,
            "rush.at",
            "begin earlier",
        ),
        (
            r#""rush": {"at": "1s", "for": "0s", "times": 2}"#,
            "rush.for",
            "has a length",
        ),
        (
            r#""rush": {"at": "1s", "for": "6s", "times": 1001}"#,
            "rush.times",
            "write 0 to 1000",
        ),
        (&class("Bid"), "also[0].class", "lower-case letters"),
        (&class("event"), "also[0].class", "choose another word"),
        (&many, "also", "at most 8"),
        (
            r#""also": [{"class": "a", "rate": "1/s"}, {"class": "a", "rate": "1/s"}]"#,
            "also[1].class",
            "is there twice",
        ),
        (
            r#""also": [{"class": "a", "rate": "0/s"}]"#,
            "also[0].rate",
            "more than 0",
        ),
        (
            r#""also": [{"class": "a", "rate": "1/s", "from": "clients"}]"#,
            "also[0].from",
            "write \"publishers\": 1",
        ),
        (
            r#""also": [{"class": "a", "rate": "1/s", "budget": "2h"}]"#,
            "also[0].budget",
            "at most \"3600s\"",
        ),
        (&large, "message", "write at most 10000"),
        (r#""message": {"t": 1}"#, "message", "has a \"t\" already"),
        (
            r#""outages": [{"at": "1s", "for": "1s", "client": 10}]"#,
            "outages[0].client",
            "from 0 to 9",
        ),
        (
            r#""stress": {"clinets": 5}"#,
            "stress",
            "did you mean \"clients\"",
        ),
        (r#""stress": {"clients": 0}"#, "stress", "write 1 to 100000"),
        (r#""stress": {"name": "x"}"#, "stress", "leave it out"),
    ] {
        // A later field of the same name would be refused as twice.
        let message = match fields.contains("\"topics\"") {
            true => problem(&format!(r#""app": "topics", {fields}"#)),
            false => topics(fields),
        };
        assert!(
            message.starts_with(&format!("mine.json: field \"{field}\": ")),
            "{fields}: {message}"
        );
        assert!(message.contains(remedy), "{fields}: {message}");
    }
}

#[test]
fn the_ticker_has_no_people() {
    for (fields, field) in [
        (r#""publishers": 1"#, "publishers"),
        (r#""topics": 2"#, "topics"),
        (r#""also": [{"class": "a", "rate": "1/s"}]"#, "also"),
        (r#""message": {"a": 1}"#, "message"),
        (r#""rush": {"at": "1s", "for": "6s", "times": 2}"#, "rush"),
        (r#""rate_per": "topic""#, "rate_per"),
    ] {
        let message = problem(fields);
        let start = format!("mine.json: field \"{field}\": means nothing to the ticker");
        assert!(message.starts_with(&start), "{message}");
        assert!(message.contains("\"app\""), "{message}");
    }
    assert_eq!(
        problem(r#""follow": 3, "switch_every": "1s", "budget": "1s""#),
        ""
    );
}

#[test]
fn messages_are_counted_by_whose_rate_it_is() {
    // 65 s of 1,000/s: fine for all together, too many for each of 20 topics or publishers.
    let fields = |per: &str| {
        problem(&format!(
            r#""app": "topics", "clients": 20, "topics": 20, "publishers": 1, "rate": "1000/s", "rate_per": "{per}""#
        ))
    };
    assert_eq!(fields("all"), "");
    for per in ["topic", "publisher"] {
        assert!(
            fields(per).contains("makes 1300000 events"),
            "{}",
            fields(per)
        );
    }
    // Nothing but a rush of a thousand times for a minute: 10/s make 600,000 more.
    let rush = topics(r#""rate": "20/s", "rush": {"at": "1s", "for": "60s", "times": 1000}"#);
    assert!(rush.contains("makes 1200100 events"), "{rush}");
    let text = format!(
        r#""rate": "1000/s", "message": {{"text": "{}"}}"#,
        "x".repeat(9_000)
    );
    assert!(
        topics(&text).contains("more than 256 MB"),
        "{}",
        topics(&text)
    );
}

#[test]
fn a_stress_setting_changes_its_fields_and_is_gone_then() {
    let text = r#"{"name": "mine", "app": "topics", "stress": {"clients": 5000, "publishers": 7, "rush": {"at": "1s", "for": "2s", "times": 3}}}"#;
    let scenario = parse(text, "").expect("a scenario");
    let stressed = scenario.stressed().expect("a stress setting");
    assert_eq!((stressed.clients, stressed.publishers), (5_000, 7));
    assert!(stressed.rush.is_some() && stressed.stress.is_empty());
    let error = stressed.stressed().expect_err("none left").to_string();
    assert!(
        error.contains("has no stress setting: leave out --stress"),
        "{error}"
    );
}
