//! What is out of range is named by its field; what is just in range is allowed.

use crate::scenario::{parse, shipped};

/// The message about the ticker with these fields, or nothing if it is valid.
fn problem(fields: &str) -> String {
    let text = format!("{{\"name\": \"mine\", {fields}}}");
    parse(&text, "mine.json")
        .err()
        .map(|e| e.to_string())
        .unwrap_or_default()
}

#[test]
fn ranges_are_checked_by_field() {
    for (fields, field) in [
        (r#""clients": 0"#, "clients"),
        (r#""clients": 100001"#, "clients"),
        (r#""duration": "0s""#, "duration"),
        (r#""duration": "25h""#, "duration"),
        (r#""warm_up": "25h""#, "warm_up"),
        (r#""rate": "0/s""#, "rate"),
        (r#""rate": "15000/s""#, "rate"),
        (
            r#""rate": "2000000/s", "duration": "1ms", "warm_up": "0s""#,
            "rate",
        ),
        (r#""rate": "2000/s", "payload": "compact""#, "rate"),
        (r#""duration": "3h", "payload": "compact""#, "duration"),
        (r#""duration": "3h", "payload": "20B""#, "duration"),
        (r#""payload": "19B""#, "payload"),
        (r#""payload": "100001B""#, "payload"),
        (r#""rate": "50/s", "payload": "100kB""#, "payload"),
        (r#""payload": "tack""#, "payload"),
        (r#""symbols": 0"#, "symbols"),
        (r#""symbols": 11"#, "symbols"),
        (r#""speed": 0"#, "speed"),
        (r#""speed": -1"#, "speed"),
        (r#""replay": """#, "replay"),
        (r#""bandwidth": "0Mbit/s""#, "bandwidth"),
        (
            r#""bandwidth": {"down": "1Mbit/s", "up": "0Mbit/s"}"#,
            "bandwidth",
        ),
        (r#""queue": "1kB""#, "queue"),
        (r#""loss": "100%""#, "loss"),
        (r#""poll_every": "0s""#, "poll_every"),
        (r#""hold": "off""#, "hold"),
        (r#""batch_every": "31s""#, "batch_every"),
        (r#""stalls": [{"at": "1s", "for": "0s"}]"#, "stalls[0].for"),
        (r#""stalls": [{"at": "1s", "for": "51s"}]"#, "stalls[0].for"),
        (
            r#""stalls": [{"at": "5s", "for": "2s"}, {"at": "7s", "for": "1s"}]"#,
            "stalls[1].at",
        ),
        (r#""speed": 20"#, "speed"),
        (r#""delay": "2251ms""#, "delay"),
        (r#""delay": {"down": "0ms", "up": "40s"}"#, "delay"),
        (r#""delay": "1s", "jitter": "1251ms""#, "jitter"),
        (r#""poll_every": "61s""#, "poll_every"),
        (r#""heartbeat": "9ms""#, "heartbeat"),
        (r#""budget": "1ns""#, "budget"),
        (r#""stalls": [{"at": "65s", "for": "1s"}]"#, "stalls[0].at"),
        (
            r#""outages": [{"at": "65s", "for": "1s"}]"#,
            "outages[0].at",
        ),
        (
            r#""outages": [{"at": "1s", "for": "105s"}]"#,
            "outages[0].for",
        ),
        (
            r#""outages": [{"at": "1s", "for": "0s"}]"#,
            "outages[0].for",
        ),
        (
            r#""outages": [{"at": "5s", "for": "2s"}, {"at": "6s", "for": "1s"}]"#,
            "outages[1].at",
        ),
    ] {
        let message = problem(fields);
        assert!(
            message.starts_with(&format!("mine.json: field \"{field}\": ")),
            "{fields}: {message}"
        );
    }
}

#[test]
fn the_edges_are_allowed() {
    for fields in [
        r#""clients": 100000"#,
        r#""payload": "20B""#,
        r#""payload": "100kB""#,
        r#""duration": "24h""#,
        r#""warm_up": "0s", "jitter": "0ms", "delay": "0ms", "heartbeat": "off""#,
        r#""delay": "2s", "jitter": "250ms", "poll_every": "60s", "heartbeat": "10ms", "budget": "1ms""#,
        r#""replay": "x.csv", "speed": 20"#,
        r#""stalls": [{"at": "64s", "for": "50s"}]"#,
        r#""outages": [{"at": "1s", "for": "104s"}]"#,
        r#""queue": "1500B", "loss": "99.9999%""#,
        r#""replay": "x.csv", "rate": "1000000/s""#,
        r#""outages": [{"at": "5s", "for": "2s"}, {"at": "7s", "for": "1s"}]"#,
    ] {
        assert_eq!(problem(fields), "", "{fields}");
    }
}

#[test]
fn names_are_fit_for_files_and_links() {
    let mut ticker = shipped("ticker").unwrap();
    for name in ["", "Ticker", "my ticker", "../ticker", "tick\u{e9}r"] {
        ticker.name = name.to_owned();
        let error = ticker.validate().unwrap_err().to_string();
        assert!(error.starts_with("field \"name\""), "{error}");
    }
}

#[test]
fn literal_heads_have_to_be_heads() {
    let request = r#"["GET /x HTTP/1.1", "Host: a"]"#;
    let response = r#"["HTTP/1.1 200 OK", "Content-Length: 21"]"#;
    let with = |request: &str, response: &str| {
        problem(&format!(
            r#""headers": {{"request": {request}, "response": {response}}}"#
        ))
    };
    assert_eq!(with(request, response), "");
    assert_eq!(with(request, r#"["HTTP/1.x 200 OK"]"#), "");
    for bad in [
        "[]",
        r#"["POST /x HTTP/1.1"]"#,
        r#"["GET x HTTP/1.1"]"#,
        r#"["GET /x y HTTP/1.1"]"#,
        r#"["GET /x HTTP/1.1", "no colon"]"#,
        r#"["GET /x HTTP/1.1", ": no name"]"#,
        r#"["GET /x HTTP/1.1", "two words: x"]"#,
        r#"["GET /x HTTP/1.1", "Break: a\r\nb"]"#,
    ] {
        let message = with(bad, response);
        assert!(
            message.starts_with("mine.json: field \"headers.request"),
            "{bad}: {message}"
        );
    }
    let long = format!(r#"["GET /x HTTP/1.1", "Cookie: {}"]"#, "x".repeat(8_000));
    assert!(with(&long, response).contains("8 kB"));
    let message = with(request, r#"["HTTP/1.1 404 Not Found"]"#);
    assert!(
        message.contains("field \"headers.response[0]\""),
        "{message}"
    );
}
