//! The number behind a value's text, so that values have a place on an axis.

use super::super::{Bandwidth, Percent, Rate, Size, Span};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a value's text is; values of one axis are of one kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A time, counted in nanoseconds.
    Span,
    /// Times per second.
    Rate,
    /// Bytes.
    Size,
    /// Parts per million.
    Percent,
    /// Bits per second.
    Bandwidth,
    /// A plain number.
    Number,
    /// A word, which has no number.
    Word,
}

/// The kind of a text and its number.
pub(super) fn read(text: &str) -> (Kind, Option<f64>) {
    let number = |kind, value: f64| (kind, Some(value));
    // "off" is a time that never comes, and a word.
    if text.starts_with(|c: char| c.is_ascii_digit()) {
        if let Ok(span) = text.parse::<Span>() {
            return number(Kind::Span, span.as_nanos() as f64);
        }
        if let Ok(rate) = text.parse::<Rate>() {
            return number(Kind::Rate, rate.as_per_second());
        }
        if let Ok(size) = text.parse::<Size>() {
            return number(Kind::Size, size.as_bytes() as f64);
        }
        if let Ok(percent) = text.parse::<Percent>() {
            return number(Kind::Percent, percent.as_ppm() as f64);
        }
        if let Ok(bandwidth) = text.parse::<Bandwidth>() {
            return number(Kind::Bandwidth, bandwidth.as_bits_per_second() as f64);
        }
        if let Ok(plain) = text.parse::<f64>() {
            return number(Kind::Number, plain);
        }
    }
    (Kind::Word, None)
}

/// The text of a number, the way a file has it.
pub(super) fn write(kind: Kind, value: f64) -> String {
    let whole = libm::round(value) as u64;
    match kind {
        Kind::Span => Span::from_nanos(whole).to_string(),
        Kind::Rate => Rate::per_second(value).to_string(),
        Kind::Size => Size::from_bytes(whole).to_string(),
        Kind::Percent => Percent::from_ppm(whole).to_string(),
        Kind::Bandwidth => Bandwidth::from_bits_per_second(whole).to_string(),
        Kind::Number | Kind::Word => format!("{value}"),
    }
}

/// The nearest number with three significant digits: an axis of 152 ms reads better than one of 151.991108 ms, and
/// three digits are the same on every machine whatever the last bit of a logarithm.
pub(super) fn three_digits(value: f64) -> f64 {
    // Through text, which is exact in both directions.
    format!("{value:.2e}").parse().unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_become_numbers_and_texts_again() {
        for (text, kind, value) in [
            ("100ms", Kind::Span, 1e8),
            ("0.5/s", Kind::Rate, 0.5),
            ("20B", Kind::Size, 20.0),
            ("1.5%", Kind::Percent, 15_000.0),
            ("20Mbit/s", Kind::Bandwidth, 2e7),
            ("50", Kind::Number, 50.0),
        ] {
            assert_eq!(read(text), (kind, Some(value)));
            assert_eq!(write(kind, value), text);
        }
        for word in ["lean", "off", "2sausages", ""] {
            assert_eq!(read(word), (Kind::Word, None));
        }
    }

    #[test]
    fn three_digits_are_enough() {
        assert_eq!(three_digits(151_991_108.3), 152_000_000.0);
        assert_eq!(three_digits(0.123_49), 0.123);
        assert_eq!(three_digits(50.0), 50.0);
    }
}
