//! The times of a replayed file.

/// What a timestamp may look like, for messages.
pub(super) const FORMS: &str =
    "2013-01-01T22:00:00.295Z, 2013-01-01 22:00:00+00:00, or a number since 1970";

/// Reads the timestamps of one file.
#[derive(Default)]
pub(super) struct Timestamps {
    /// Nanoseconds per unit of a number, settled by the first one in the file.
    unit: Option<i128>,
}

impl Timestamps {
    /// Nanoseconds since 1970, or `None` if `text` is no timestamp.
    pub(super) fn parse(&mut self, text: &str) -> Option<i128> {
        let text = text.trim();
        self.number(text)
            .or_else(|| Some(text.parse::<jiff::Timestamp>().ok()?.as_nanosecond()))
    }

    fn number(&mut self, text: &str) -> Option<i128> {
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
        // Twenty digits are far beyond any time in nanoseconds, eighteen decimals far below one.
        if whole.is_empty() || whole.len() > 20 || !digits(whole) || !digits(fraction) {
            return None;
        }
        let whole: i128 = whole.parse().ok()?;
        let unit = *self.unit.get_or_insert(unit_of(whole));
        let fraction = &fraction[..fraction.len().min(18)];
        let parts = if fraction.is_empty() {
            0
        } else {
            fraction.parse::<i128>().ok()?
        };
        Some(whole * unit + parts * unit / 10_i128.pow(fraction.len() as u32))
    }
}

/// Nanoseconds per unit, judged by magnitude: today is 1.7e9 s, 1.7e12 ms, 1.7e15 us or 1.7e18 ns.
fn unit_of(number: i128) -> i128 {
    match number {
        0..100_000_000_000 => 1_000_000_000,
        100_000_000_000..100_000_000_000_000 => 1_000_000,
        100_000_000_000_000..100_000_000_000_000_000 => 1_000,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn one_instant_in_all_its_forms() {
        for text in [
            "2013-01-01 22:00:00.295000+00:00",
            "2013-01-01T22:00:00.295Z",
            "2013-01-01T23:00:00.295+01:00",
            "1357077600.295",
            "1357077600295",
            "1357077600295000",
            "1357077600295000000",
        ] {
            let nanos = Timestamps::default().parse(text);
            assert_eq!(nanos, Some(1_357_077_600_295_000_000), "{text}");
        }
    }

    #[test]
    fn the_first_number_settles_the_unit() {
        let mut timestamps = Timestamps::default();
        assert_eq!(
            timestamps.parse("99999999999"),
            Some(99_999_999_999_000_000_000)
        );
        assert_eq!(
            timestamps.parse("100000000000"),
            Some(100_000_000_000_000_000_000)
        );
    }

    #[test]
    fn other_texts_are_no_timestamps() {
        for text in [
            "",
            "x",
            "-1",
            "1e9",
            "2013-01-01",
            "2013-01-01T22:00:00",
            "1.2.3",
            "NaN",
        ] {
            assert_eq!(Timestamps::default().parse(text), None, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "\\PC*", near in "[0-9]{1,24}[.]?[0-9]{0,40}") {
            Timestamps::default().parse(&text);
            Timestamps::default().parse(&near);
        }
    }
}
