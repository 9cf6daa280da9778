//! How each kind of quantity is written: its units, and the messages for what is not one.

use super::decimal::{self, Inexact};
use serde::de;
use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

/// A text that is not a quantity of the wanted kind; the message says what would be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnitError(String);

impl UnitError {
    pub(super) fn new(message: String) -> Self {
        Self(message)
    }
}

impl fmt::Display for UnitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for UnitError {}

/// How one kind of quantity is written.
pub(super) struct Notation {
    /// Units and what they are worth in the smallest one. Printing picks the largest that fits
    /// among the powers of ten, so these rise.
    units: &'static [(&'static str, u64)],
    /// The smallest unit, for the message about a value between two of them.
    smallest: &'static str,
    /// Texts that are right.
    examples: &'static str,
}

pub(super) const SPAN: Notation = Notation {
    units: &[
        ("ns", 1),
        ("us", 1_000),
        ("\u{b5}s", 1_000),  // the micro sign
        ("\u{3bc}s", 1_000), // the Greek letter
        ("ms", 1_000_000),
        ("s", 1_000_000_000),
        ("min", 60_000_000_000),
        ("h", 3_600_000_000_000),
    ],
    smallest: "1ns",
    examples: r#""25ms", "1s", "10min""#,
};

pub(super) const BANDWIDTH: Notation = Notation {
    units: &[
        ("bit/s", 1),
        ("kbit/s", 1_000),
        ("Mbit/s", 1_000_000),
        ("Gbit/s", 1_000_000_000),
    ],
    smallest: "1bit/s",
    examples: r#""64kbit/s", "20Mbit/s", "1Gbit/s""#,
};

pub(super) const PERCENT: Notation = Notation {
    units: &[("%", 10_000)],
    smallest: "0.0001%",
    examples: r#""1%", "0.5%", "0%""#,
};

pub(super) const SIZE: Notation = Notation {
    units: &[
        ("B", 1),
        ("kB", 1_000),
        ("MB", 1_000_000),
        ("GB", 1_000_000_000),
    ],
    smallest: "1B",
    examples: r#""500B", "64kB", "1MB""#,
};

pub(super) const RATE: Notation = Notation {
    // For a rate the worth is the seconds that the unit counts over.
    units: &[("/s", 1), ("/min", 60), ("/h", 3_600)],
    smallest: "",
    examples: r#""2/s", "10/min", "0.1/s""#,
};

impl Notation {
    /// Splits `text` into a plain number and the worth of its unit.
    pub(super) fn split<'a>(&self, text: &'a str) -> Result<(&'a str, u64), UnitError> {
        let (number, unit) = decimal::split(text);
        if number.is_empty() {
            return Err(self.error(text, "does not start with a number"));
        }
        if number.starts_with('-') {
            return Err(self.error(text, "is negative"));
        }
        if !decimal::is_plain(number) {
            return Err(self.error(text, "is not a plain number with a decimal point"));
        }
        if unit.is_empty() {
            return Err(self.error(text, "has no unit"));
        }
        match self.units.iter().find(|(name, _)| *name == unit) {
            Some((_, worth)) => Ok((number, *worth)),
            None => {
                let known: Vec<_> = self.units.iter().map(|(name, _)| *name).collect();
                let what = format!(
                    "has the unknown unit \"{unit}\" (known: {})",
                    known.join(", ")
                );
                Err(self.error(text, &what))
            }
        }
    }

    /// `text` in the smallest unit.
    pub(super) fn whole(&self, text: &str) -> Result<u64, UnitError> {
        let (number, worth) = self.split(text)?;
        decimal::scale(number, worth).map_err(|inexact| match inexact {
            Inexact::TooLarge => self.error(text, "is too large"),
            Inexact::TooFine => self.error(text, &format!("is finer than {}", self.smallest)),
        })
    }

    /// `value` in the largest unit it reaches.
    pub(super) fn print(&self, value: u64) -> String {
        let mut best = self.units[0];
        for unit in self.units {
            // Minutes and hours would need endless decimals.
            if unit.1 > best.1 && unit.1 <= value && is_power_of_ten(unit.1) {
                best = *unit;
            }
        }
        format!("{}{}", decimal::print(value, best.1), best.0)
    }

    pub(super) fn error(&self, text: &str, what: &str) -> UnitError {
        UnitError(format!("{text:?} {what}: write {}", self.examples))
    }
}

fn is_power_of_ten(number: u64) -> bool {
    10_u64.pow(number.ilog10()) == number
}

/// Reads a quantity from a file.
pub(super) struct Text<T>(PhantomData<T>);

impl<T> Text<T> {
    pub(super) const fn new() -> Self {
        Self(PhantomData)
    }
}

impl<T: FromStr<Err = UnitError>> de::Visitor<'_> for Text<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text with a unit, such as \"25ms\"")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<T, E> {
        text.parse().map_err(E::custom)
    }

    // A bare number gets the message about its missing unit instead of one about JSON types.
    fn visit_u64<E: de::Error>(self, number: u64) -> Result<T, E> {
        self.visit_str(&number.to_string())
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<T, E> {
        self.visit_str(&number.to_string())
    }

    fn visit_f64<E: de::Error>(self, number: f64) -> Result<T, E> {
        self.visit_str(&number.to_string())
    }
}

/// `25ms` as `25 ms`: scenario values are written without a space, prose and charts have one.
pub fn spaced(value: &str) -> String {
    let unit = value.find(|c: char| !c.is_ascii_digit() && c != '.' && c != '-');
    match unit {
        Some(at) if at > 0 && !value[at..].starts_with(['/', ' ']) => {
            format!("{} {}", &value[..at], &value[at..])
        }
        _ => value.to_owned(),
    }
}
