//! Texts that are no message, and what is said to them.

/// What nobody should publish as `me`: the text, the answer's status, the number that it names, and the words.
pub fn mistakes() -> Vec<(String, &'static str, &'static str, String)> {
    let form = |text: &str, words: &str| {
        let none = "null";
        (text.to_owned(), "400 Bad Request", none, words.to_owned())
    };
    let object = r#"a message is one JSON object, such as {"n":1}"#;
    let number = r#""n" has to be the message's number: 1 for the first, then 2, 3 ..."#;
    let first = |text: &str, status, words: &str| (text.to_owned(), status, "1", words.to_owned());
    let bad = "400 Bad Request";
    let deep = format!("{{\"n\":1,\"x\":{}", "[".repeat(5_000));
    let long = format!(r#"{{"n":1,"topic":"{}"}}"#, "x".repeat(33));
    vec![
        form("", object),
        form("hello", object),
        form("[1,2,3]", object),
        form("\"a text\"", object),
        form(
            "{\"n\":1",
            &format!("{object}: EOF while parsing an object at line 1 column 6"),
        ),
        form(
            "{\"n\":1}{",
            &format!("{object}: trailing characters at line 1 column 8"),
        ),
        form(
            "{\"n\":1e999}",
            &format!("{object}: number out of range at line 1 column 10"),
        ),
        form(
            &deep,
            &format!("{object}: recursion limit exceeded at line 1 column 138"),
        ),
        form("{}", number),
        form(r#"{"n":0}"#, number),
        form(r#"{"n":-1}"#, number),
        form(r#"{"n":1.5}"#, number),
        form(r#"{"n":"1"}"#, number),
        form(r#"{"n":18446744073709551616}"#, number),
        first(
            r#"{"n":1}"#,
            bad,
            r#""topic" is missing: name where it belongs"#,
        ),
        first(
            r#"{"n":1,"topic":7}"#,
            bad,
            r#""topic" has to be a text of at most 32 bytes"#,
        ),
        first(
            &long,
            bad,
            r#""topic" has to be a text of at most 32 bytes"#,
        ),
        first(
            r#"{"n":1,"topic":"room-\r\n2"}"#,
            "404 Not Found",
            r#"there is no topic "room-\r\n2": there are room-1"#,
        ),
        first(
            r#"{"n":1,"topic":"room-1","class":"shout"}"#,
            bad,
            r#"there is no class "shout": there are join, message, typing"#,
        ),
        first(
            r#"{"n":1,"topic":"room-1","class":[]}"#,
            bad,
            r#""class" has to be a text of at most 32 bytes"#,
        ),
        first(
            r#"{"n":1,"t":-1,"topic":"room-1"}"#,
            bad,
            r#""t" has to be microseconds since 1970, a whole number"#,
        ),
        (
            r#"{"n":10001,"topic":"room-1"}"#.into(),
            "409 Conflict",
            "10001",
            r#""n" is 10001: the next number of this client is 1"#.into(),
        ),
    ]
}
