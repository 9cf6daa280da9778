//! The envelope that every event has, taken off.

/// The topic of an event and its own members, as they stand in its text: `"from":"7","text":"hello"`. `member` is
/// what the scenario calls a topic (`Scenario.topic`). `None` if the text is no event of that scenario.
pub fn open<'a>(payload: &'a [u8], member: &str) -> Option<(&'a str, &'a str)> {
    let text = std::str::from_utf8(payload).ok()?;
    let (_, rest) = text.split_once(&format!(",\"{member}\":\""))?;
    let (topic, rest) = rest.split_once('"')?;
    let own = rest.strip_suffix('}')?;
    Some((topic, own.strip_prefix(',').unwrap_or(own)))
}

#[cfg(test)]
mod tests {
    use super::open;

    #[test]
    fn what_is_in_the_envelope_comes_out_as_it_was() {
        let event = br#"{"seq":    42,"t":1735689600123456,"room":"room-1","from":"7","text":"a \"quote\"}"}"#;
        let own = r#""from":"7","text":"a \"quote\"}""#;
        assert_eq!(open(event, "room"), Some(("room-1", own)));
        assert_eq!(
            open(br#"{"seq":     1,"t":1,"room":"room-1"}"#, "room"),
            Some(("room-1", ""))
        );
        for wrong in [&event[..20], &event[..50], b"\xff", b"{}"] {
            assert_eq!(open(wrong, "room"), None);
        }
        assert_eq!(open(event, "trip"), None);
    }
}
