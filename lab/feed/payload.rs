//! The text of an event: written by the sources, read back by the clients.

use bytes::Bytes;

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

/// The payload of a replayed row: `fields` is JSON, each field with a comma before it.
pub(super) fn replayed(seq: u64, t_us: u64, fields: &str) -> Bytes {
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

    proptest! {
        #[test]
        fn what_was_written_is_read(seq in 1..=999_999_u64, t: u64, cents in 10_000..99_999_u32) {
            prop_assert_eq!(payload_seq(&tick(seq, t, "ACME", cents, 100)), Some(seq));
            prop_assert_eq!(payload_seq(&compact(seq, t, cents)), Some(seq));
            prop_assert_eq!(payload_seq(&replayed(seq, t, "")), Some(seq));
        }

        #[test]
        fn no_bytes_panic(bytes: Vec<u8>, json: bool) {
            let start: &[u8] = if json { br#"{"seq":"# } else { b"" };
            payload_seq(&[start, &bytes].concat());
        }
    }
}
