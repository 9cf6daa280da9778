//! Quantities with units. In scenario files and on the command line they are strings (`"25ms"`); in
//! code they are whole numbers of the smallest unit, so that nothing is rounded on the way.

use super::notation::{BANDWIDTH, PERCENT, RATE, SIZE, SPAN, Text, UnitError};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::str::FromStr;

/// A length of time, in whole nanoseconds: `"25ms"`, `"1.5s"`, `"10min"`; 0 to 584 years.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span(u64);

impl Span {
    /// No time at all; as a heartbeat: never.
    pub const ZERO: Self = Self(0);
    /// From whole nanoseconds.
    pub const fn from_nanos(nanos: u64) -> Self {
        Self(nanos)
    }
    /// From whole milliseconds.
    pub const fn from_millis(millis: u64) -> Self {
        Self(millis * 1_000_000)
    }
    /// Whether it is no time at all; by reference, as serde asks.
    pub const fn is_zero(&self) -> bool {
        self.0 == 0
    }
    /// In nanoseconds.
    pub const fn as_nanos(self) -> u64 {
        self.0
    }
}

/// A data rate, in bits per second: `"20Mbit/s"`, `"64kbit/s"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Bandwidth(u64);

impl Bandwidth {
    /// From bits per second.
    pub const fn from_bits_per_second(bits: u64) -> Self {
        Self(bits)
    }
    /// From millions of bits per second.
    pub const fn from_mbit(mbit: u64) -> Self {
        Self(mbit * 1_000_000)
    }
    /// In bits per second.
    pub const fn as_bits_per_second(self) -> u64 {
        self.0
    }
}

/// A share, in parts per million: `"1%"`, `"0.5%"`; 0 % to 100 %.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Percent(u64);

impl Percent {
    /// Nothing.
    pub const ZERO: Self = Self(0);
    /// From parts per million, 0 to 1,000,000.
    pub const fn from_ppm(ppm: u64) -> Self {
        Self(ppm)
    }
    /// In parts per million.
    pub const fn as_ppm(self) -> u64 {
        self.0
    }
}

/// A number of bytes: `"500B"`, `"64kB"`, `"1MB"` (powers of ten).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Size(u64);

impl Size {
    /// From bytes.
    pub const fn from_bytes(bytes: u64) -> Self {
        Self(bytes)
    }
    /// In bytes.
    pub const fn as_bytes(self) -> u64 {
        self.0
    }
}

/// How often something happens on average, in times per second: `"2/s"`, `"10/min"`, `"0.1/s"`.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct Rate(f64);

impl Rate {
    /// From times per second.
    pub const fn per_second(rate: f64) -> Self {
        Self(rate)
    }
    /// In times per second.
    pub const fn as_per_second(self) -> f64 {
        self.0
    }
}

impl FromStr for Span {
    type Err = UnitError;
    /// Also takes `"off"` for zero, which only some fields allow.
    fn from_str(text: &str) -> Result<Self, UnitError> {
        if text.trim() == "off" {
            Ok(Self::ZERO)
        } else {
            SPAN.whole(text).map(Self)
        }
    }
}

impl FromStr for Bandwidth {
    type Err = UnitError;
    fn from_str(text: &str) -> Result<Self, UnitError> {
        BANDWIDTH.whole(text).map(Self)
    }
}

impl FromStr for Percent {
    type Err = UnitError;
    fn from_str(text: &str) -> Result<Self, UnitError> {
        match PERCENT.whole(text)? {
            ppm @ 0..=1_000_000 => Ok(Self(ppm)),
            _ => Err(PERCENT.error(text, "is more than 100%")),
        }
    }
}

impl FromStr for Size {
    type Err = UnitError;
    fn from_str(text: &str) -> Result<Self, UnitError> {
        SIZE.whole(text).map(Self)
    }
}

impl FromStr for Rate {
    type Err = UnitError;
    fn from_str(text: &str) -> Result<Self, UnitError> {
        let (number, seconds) = RATE.split(text)?;
        match number.parse::<f64>() {
            Ok(times) if times.is_finite() => Ok(Self(times / seconds as f64)),
            _ => Err(RATE.error(text, "is too large")),
        }
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 == 0 {
            f.pad("0ms")
        } else {
            f.pad(&SPAN.print(self.0))
        }
    }
}

impl fmt::Display for Bandwidth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&BANDWIDTH.print(self.0))
    }
}

impl fmt::Display for Percent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&PERCENT.print(self.0))
    }
}

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&SIZE.print(self.0))
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = format!("{}/s", self.0);
        if text.len() <= "0.000001/s".len() {
            return f.pad(&text);
        }
        // Ten per minute has endless decimals per second; per minute it is read back just as exactly.
        let whole = |unit: &str, seconds: f64| {
            let times = (self.0 * seconds).round();
            (times / seconds == self.0).then(|| format!("{times}{unit}"))
        };
        let longer = whole("/min", 60.0).or_else(|| whole("/h", 3_600.0));
        f.pad(&longer.unwrap_or(text))
    }
}

/// In files a quantity is its text.
macro_rules! serde_as_text {
    ($($quantity:ty)*) => { $(
        impl Serialize for $quantity {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $quantity {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_any(Text::new())
            }
        }
    )* };
}

serde_as_text!(Span Bandwidth Percent Size Rate);

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn message<T: FromStr<Err = UnitError> + fmt::Debug>(text: &str) -> String {
        text.parse::<T>().unwrap_err().to_string()
    }

    #[test]
    fn decimals_and_units_are_exact() {
        let nanos = |text: &str| text.parse::<Span>().unwrap().as_nanos();
        assert_eq!(nanos("25ms"), 25_000_000);
        assert_eq!(nanos("1.5s"), 1_500_000_000);
        assert_eq!(nanos("0.1 us"), 100);
        assert_eq!((nanos("7\u{b5}s"), nanos("7\u{3bc}s")), (7_000, 7_000));
        assert_eq!(nanos("0.1min"), 6_000_000_000);
        assert_eq!(nanos("2h"), 7_200_000_000_000);
        assert_eq!(nanos("off"), 0);
        assert_eq!(
            "2.5Mbit/s".parse(),
            Ok(Bandwidth::from_bits_per_second(2_500_000))
        );
        assert_eq!("0.5%".parse(), Ok(Percent::from_ppm(5_000)));
        assert_eq!("64kB".parse(), Ok(Size::from_bytes(64_000)));
        assert_eq!("10/min".parse(), Ok(Rate::per_second(1.0 / 6.0)));
        assert_eq!("0.1/s".parse(), Ok(Rate::per_second(0.1)));
    }

    #[test]
    fn printing_takes_the_largest_unit_that_fits() {
        assert_eq!(Span::ZERO.to_string(), "0ms");
        assert_eq!(Span::from_millis(25).to_string(), "25ms");
        assert_eq!(Span::from_millis(90_500).to_string(), "90.5s");
        assert_eq!(Span::from_nanos(25_011_000).to_string(), "25.011ms");
        assert_eq!(Bandwidth::from_mbit(20).to_string(), "20Mbit/s");
        assert_eq!(Percent::from_ppm(5_000).to_string(), "0.5%");
        assert_eq!(Size::from_bytes(1_500).to_string(), "1.5kB");
        for rate in ["2/s", "0.05/s", "10/min", "7/h"] {
            assert_eq!(rate.parse::<Rate>().unwrap().to_string(), rate);
        }
    }

    #[test]
    fn messages_say_what_would_be_right() {
        let missing = message::<Span>("25");
        assert_eq!(missing, r#""25" has no unit: write "25ms", "1s", "10min""#);
        assert!(message::<Span>("25 mss").contains("unknown unit \"mss\""));
        assert!(message::<Span>("-1s").contains("negative"));
        assert!(message::<Span>("1,5s").contains("decimal point"));
        assert!(message::<Span>("NaN").contains("number"));
        assert!(message::<Span>("").contains("number"));
        assert!(message::<Span>("0.5ns").contains("finer than 1ns"));
        assert!(message::<Span>("0.1234567890123456789h").contains("finer than 1ns"));
        assert!(message::<Span>("99999999999999999999999999999999999999999h").contains("large"));
        assert!(message::<Bandwidth>("20MB/s").contains("Mbit/s"));
        assert!(message::<Percent>("101%").contains("more than 100%"));
        assert!(message::<Size>("0.5B").contains("finer than 1B"));
        assert!(message::<Rate>("2").contains("\"2/s\""));
        assert!(message::<Rate>(&format!("{}/s", "9".repeat(400))).contains("too large"));
    }

    #[test]
    fn a_bare_number_in_a_file_misses_its_unit() {
        let error = serde_json::from_str::<Span>("25").unwrap_err();
        assert!(error.to_string().contains("\"25\" has no unit"), "{error}");
    }

    proptest! {
        #[test]
        fn text_and_value_are_one(n: u64, ppm in 0..=1_000_000_u64, rate in 0.0..1e300, per_h: u16) {
            prop_assert_eq!(Span(n).to_string().parse(), Ok(Span(n)));
            prop_assert_eq!(Bandwidth(n).to_string().parse(), Ok(Bandwidth(n)));
            prop_assert_eq!(Size(n).to_string().parse(), Ok(Size(n)));
            prop_assert_eq!(Percent(ppm).to_string().parse(), Ok(Percent(ppm)));
            for rate in [rate, f64::from(per_h) / 3_600.0] {
                prop_assert_eq!(Rate(rate).to_string().parse(), Ok(Rate(rate)));
            }
        }

        #[test]
        fn no_text_panics(text in "\\PC*", near in "[0-9.,+-]{0,24} ?(ns|us|ms|s|min|h|%|/s|kB)?") {
            for text in [text, near] {
                let _ = (text.parse::<Span>(), text.parse::<Bandwidth>(), text.parse::<Size>());
                let _ = (text.parse::<Percent>(), text.parse::<Rate>());
            }
        }
    }
}
