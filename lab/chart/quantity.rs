//! What numbers of a quantity look like: one by one, and on an axis where all have the same unit.

use super::format::{TimeUnit, bytes, count, percent, significant, time};
use crate::measure::plot::Quantity;

/// A value with its unit, as in tables and sentences.
pub fn value(quantity: Quantity, value: f64) -> String {
    if !value.is_finite() {
        return "-".into();
    }
    match quantity {
        Quantity::Time => time(value),
        Quantity::Bytes => bytes(value),
        Quantity::BytesPerSecond => format!("{}/s", bytes(value)),
        Quantity::BitsPerSecond => bits_per_second(value),
        Quantity::PerSecond => format!("{}/s", small(value)),
        Quantity::Share if value < 0.0 => format!("-{}", percent(-value)),
        Quantity::Share => percent(value),
        Quantity::Ratio => format!("{}x", small(value)),
        Quantity::Count => small(value),
    }
}

fn bits_per_second(value: f64) -> String {
    let (number, unit) = match value.abs() {
        v if v < 999.5 => (value, "bit/s"),
        v if v < 999_500.0 => (value / 1e3, "kbit/s"),
        v if v < 999_500_000.0 => (value / 1e6, "Mbit/s"),
        _ => (value / 1e9, "Gbit/s"),
    };
    format!("{} {unit}", significant(number))
}

/// Like [`significant`], but keeps digits of what is smaller than a hundredth.
fn small(value: f64) -> String {
    if value == 0.0 || value.abs() >= 0.1 {
        return significant(value);
    }
    // Two digits behind the leading zeros; below a billionth nobody reads on.
    let places = (2..=10).find(|places| value.abs() * ten_to(*places) >= 9.95);
    match places {
        Some(places) => {
            let text = format!("{value:.*}", places as usize);
            text.trim_end_matches('0').to_owned()
        }
        None => format!("{value:.0e}"),
    }
}

fn ten_to(places: u32) -> f64 {
    (0..places).fold(1.0, |ten, _| ten * 10.0)
}

/// The unit of a whole axis in even steps: its name for the title and its size.
pub fn unit(quantity: Quantity, largest: f64) -> (&'static str, f64) {
    let scaled = |units: [&'static str; 4]| match largest.abs() {
        v if v < 999.5 => (units[0], 1.0),
        v if v < 999_500.0 => (units[1], 1e3),
        v if v < 999_500_000.0 => (units[2], 1e6),
        _ => (units[3], 1e9),
    };
    match quantity {
        Quantity::Time => {
            let unit = TimeUnit::for_max(largest.abs());
            (unit.name, unit.us)
        }
        Quantity::Bytes => scaled(["B", "kB", "MB", "GB"]),
        Quantity::BytesPerSecond => scaled(["B/s", "kB/s", "MB/s", "GB/s"]),
        Quantity::BitsPerSecond => scaled(["bit/s", "kbit/s", "Mbit/s", "Gbit/s"]),
        Quantity::PerSecond => ("per second", 1.0),
        Quantity::Share => ("%", 0.01),
        Quantity::Ratio => ("times", 1.0),
        Quantity::Count => ("", 1.0),
    }
}

/// A number on such an axis.
pub fn number(value: f64, decimals: usize) -> String {
    match decimals {
        0 if value >= 0.0 => count(value.round() as u64),
        _ => format!("{value:.decimals$}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_quantity_has_its_spelling() {
        for (quantity, number, text) in [
            (Quantity::Time, 25_000.0, "25 ms"),
            (Quantity::Bytes, 763.0, "763 B"),
            (Quantity::BytesPerSecond, 45_800.0, "45.8 kB/s"),
            (Quantity::BitsPerSecond, 2e7, "20 Mbit/s"),
            (Quantity::PerSecond, 0.5, "0.5/s"),
            (Quantity::Share, 0.37, "37 %"),
            (Quantity::Ratio, 1.5, "1.5x"),
            (Quantity::Count, 0.0021, "0.0021"),
            (Quantity::Count, 0.05, "0.05"),
            (Quantity::Count, 1e-30, "1e-30"),
            (Quantity::Count, f64::NAN, "-"),
        ] {
            assert_eq!(value(quantity, number), text);
        }
        assert_eq!(unit(Quantity::Time, 2e6), ("s", 1e6));
        assert_eq!(unit(Quantity::Share, 0.3), ("%", 0.01));
    }
}
