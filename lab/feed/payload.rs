//! The text of an event: written by the sources, read back by the clients.

use bytes::Bytes;
use serde_json::value::RawValue;
use std::collections::BTreeMap;

/// What a sized payload is filled with. The lab compresses nothing, so it may as well be regular.
const FILLER: u8 = b'.';

/// The tick payload, 69 bytes: sequence number in six columns, microseconds since 1970 in sixteen,
/// symbol of four letters, price in cents (10,000 to 99,999), size (100 to 999).
pub(super) fn tick(seq: u64, t_us: u64, symbol: &str, cents: u32, size: u32) -> Bytes {
    let (whole, rest) = (cents / 100, cents % 100);
    let start = start(seq, t_us);
    format!(r#"{start},"sym":"{symbol}","px":{whole}.{rest:02},"sz":{size}}}"#).into()
}

/// The compact payload, 20 bytes: sequence number in five columns, milliseconds after the start of
/// the run in seven, price in cents (10,000 to 99,999).
pub(super) fn compact(seq: u64, born_ms: u64, cents: u32) -> Bytes {
    format!("{seq:05} {born_ms:07} {:3}.{:02}", cents / 100, cents % 100).into()
}

/// The compact payload and filler, `bytes` in all: a space, then dots.
pub(super) fn sized(seq: u64, born_ms: u64, cents: u32, bytes: usize) -> Bytes {
    let mut text = compact(seq, born_ms, cents).to_vec();
    if text.len() < bytes {
        text.push(b' ');
        text.resize(bytes, FILLER);
    }
    text.into()
}

/// A JSON payload with these members, each with a comma before it: of a replayed row, of what people publish.
pub fn replayed(seq: u64, t_us: u64, fields: &str) -> Bytes {
    format!("{}{fields}}}", start(seq, t_us)).into()
}

/// How JSON payloads begin. Spaces keep the width: JSON allows no leading zeros.
fn start(seq: u64, t_us: u64) -> String {
    format!(r#"{{"seq":{seq:>6},"t":{t_us:>16}"#)
}

/// The sequence number that a payload carries, or `None` if the text is no payload of ours.
pub fn payload_seq(payload: &[u8]) -> Option<u64> {
    let digits = match payload.strip_prefix(br#"{"seq":"#) {
        Some(rest) => rest.trim_ascii_start(),
        None => payload,
    };
    let count = digits.iter().take_while(|b| b.is_ascii_digit()).count();
    std::str::from_utf8(&digits[..count]).ok()?.parse().ok()
}

/// The longest label; what is longer is cut.
const LABEL: usize = 24;

/// What a screen would show of a payload, in a few characters: of JSON the first text (in the ticker
/// the symbol) and the price or else the first number that is not the lab's own (where there is
/// neither, the sequence number), of other texts the last word that is not filler.
pub fn payload_label(payload: &[u8]) -> String {
    let text = String::from_utf8_lossy(payload);
    let label = json_label(&text)
        .or_else(|| {
            let mut words = text.split_whitespace();
            let word = words.rfind(|word| word.bytes().any(|byte| byte != FILLER));
            word.map(str::to_owned)
        })
        .unwrap_or_default();
    label.chars().take(LABEL).collect()
}

fn json_label(text: &str) -> Option<String> {
    // Raw values: a price keeps its zeros.
    let fields: BTreeMap<&str, &RawValue> = serde_json::from_str(text).ok()?;
    let in_order = || {
        let mut fields: Vec<_> = fields
            .iter()
            .map(|(name, raw)| (*name, raw.get()))
            .collect();
        fields.sort_by_key(|(_, raw)| raw.as_ptr());
        fields.into_iter()
    };
    let is_number = |raw: &str| raw.starts_with(|c: char| c == '-' || c.is_ascii_digit());
    let name = in_order().find_map(|(_, raw)| serde_json::from_str::<String>(raw).ok());
    let number = fields
        .get("px")
        .map(|raw| raw.get())
        .filter(|raw| is_number(raw))
        .or_else(|| {
            in_order()
                .find(|(name, raw)| !["seq", "t"].contains(name) && is_number(raw))
                .map(|(_, raw)| raw)
        });
    match (name, number) {
        (Some(name), Some(number)) => Some(format!("{name} {number}")),
        (Some(name), None) => Some(name),
        (None, Some(number)) => Some(number.to_owned()),
        (None, None) => payload_seq(text.as_bytes()).map(|seq| format!("#{seq}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn both_forms_have_their_width() {
        let text = tick(1, 1_735_689_600_000_000, "ACME", 10_125, 300);
        let expected = br#"{"seq":     1,"t":1735689600000000,"sym":"ACME","px":101.25,"sz":300}"#;
        assert_eq!(text, expected.as_slice());
        assert_eq!(text.len(), 69);
        assert_eq!(
            tick(999_999, 9_999_999_999_999_999, "ZULU", 99_999, 999).len(),
            69
        );
        assert_eq!(compact(1, 0, 10_125), "00001 0000000 101.25");
        assert_eq!(compact(99_999, 9_999_999, 99_999).len(), 20);
        assert_eq!(sized(1, 0, 10_125, 20), compact(1, 0, 10_125));
        assert_eq!(sized(1, 0, 10_125, 21), "00001 0000000 101.25 ");
        assert_eq!(sized(1, 0, 10_125, 24), "00001 0000000 101.25 ...");
        assert_eq!(sized(123_456, 0, 10_125, 500).len(), 500);
    }

    #[test]
    fn other_texts_have_no_sequence_number() {
        for text in [
            "",
            "{",
            "{\"seq\":",
            "{\"seq\":  }",
            "{\"seq\":-1}",
            "x1",
            " 1",
        ] {
            assert_eq!(payload_seq(text.as_bytes()), None, "{text:?}");
        }
        assert_eq!(payload_seq("9".repeat(40).as_bytes()), None);
    }

    #[test]
    fn a_label_is_what_a_reader_would_look_at() {
        let label = |text: &str| payload_label(text.as_bytes());
        assert_eq!(
            payload_label(&tick(1, 0, "ACME", 10_120, 300)),
            "ACME 101.20"
        );
        assert_eq!(payload_label(&compact(1, 0, 10_120)), "101.20");
        assert_eq!(payload_label(&sized(1, 0, 10_120, 500)), "101.20");
        let replayed = |fields: &str| payload_label(&replayed(1, 0, fields));
        assert_eq!(
            replayed(r#","temp":-3.50,"city":"Oslo","wind":7"#),
            "Oslo -3.50"
        );
        assert_eq!(replayed(r#","wind":7"#), "7");
        assert_eq!(replayed(r#","city":"Oslo","px":"?""#), "Oslo");
        assert_eq!(replayed(""), "#1");
        assert_eq!(label(&format!("1 {}", "x".repeat(99))), "x".repeat(LABEL));
        assert_eq!(label(""), "");
    }

    proptest! {
        #[test]
        fn what_was_written_is_read(seq in 1..=999_999_u64, t: u64, cents in 10_000..99_999_u32) {
            prop_assert_eq!(payload_seq(&tick(seq, t, "ACME", cents, 100)), Some(seq));
            prop_assert_eq!(payload_seq(&compact(seq, t, cents)), Some(seq));
            prop_assert_eq!(payload_seq(&sized(seq, t, cents, 99)), Some(seq));
            prop_assert_eq!(payload_seq(&replayed(seq, t, "")), Some(seq));
        }

        #[test]
        fn no_bytes_panic(bytes: Vec<u8>, json: bool) {
            let start: &[u8] = if json { br#"{"seq":"# } else { b"" };
            payload_seq(&[start, &bytes].concat());
            payload_label(&[start, &bytes].concat());
        }
    }
}
