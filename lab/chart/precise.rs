//! A number with its unit, precise enough to be held against a prediction.

use super::format;
use crate::measure::plot::Quantity;

/// Four significant digits with the unit that suits the quantity: `549.8 ms`, `1 086 B`, `8.619x`, `39.88 %`.
pub fn precise(quantity: Quantity, value: f64) -> String {
    let scaled = |units: &[(f64, &str)]| {
        let (scale, unit) = units
            .iter()
            .find(|(scale, _)| value.abs() < 999.95 * scale)
            .or(units.last())
            .copied()
            .unwrap_or((1.0, ""));
        format!("{} {unit}", digits(value / scale))
    };
    match quantity {
        Quantity::Time => scaled(&[(1.0, "µs"), (1e3, "ms"), (1e6, "s")]),
        // Bytes stay whole: they are recomputed by hand.
        Quantity::Bytes => format!("{} B", digits(value)),
        Quantity::BytesPerSecond => format!("{} B/s", digits(value)),
        Quantity::BitsPerSecond => scaled(&[
            (1.0, "bit/s"),
            (1e3, "kbit/s"),
            (1e6, "Mbit/s"),
            (1e9, "Gbit/s"),
        ]),
        Quantity::PerSecond => format!("{}/s", digits(value)),
        Quantity::Share => format!("{} %", digits(100.0 * value)),
        Quantity::Ratio => format!("{}x", digits(value)),
        Quantity::Count => digits(value),
    }
}

/// Four significant digits without trailing zeros; all of them before the point.
fn digits(value: f64) -> String {
    let places = match value.abs() {
        v if v < 9.9995 => 3,
        v if v < 99.995 => 2,
        v if v < 999.95 => 1,
        _ => return whole(value),
    };
    let text = format!("{value:.places$}");
    match text.trim_end_matches('0').trim_end_matches('.') {
        "-0" => "0".into(),
        short => short.into(),
    }
}

fn whole(value: f64) -> String {
    let sign = if value < 0.0 { "-" } else { "" };
    format!("{sign}{}", format::count(value.abs().round() as u64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_digits_and_a_unit() {
        for (quantity, value, text) in [
            (Quantity::Time, 549_812.0, "549.8 ms"),
            (Quantity::Time, 1_200_000.0, "1.2 s"),
            (Quantity::Time, 43.25, "43.25 µs"),
            (Quantity::Bytes, 871.0, "871 B"),
            (Quantity::Bytes, 1_086.2, "1\u{202f}086 B"),
            (Quantity::BitsPerSecond, 868_800_000.0, "868.8 Mbit/s"),
            (Quantity::PerSecond, 10.0, "10/s"),
            (Quantity::Share, 0.39881, "39.88 %"),
            (Quantity::Ratio, 8.6190, "8.619x"),
            (Quantity::Count, 0.0, "0"),
            (Quantity::Count, -0.0001, "0"),
        ] {
            assert_eq!(precise(quantity, value), text);
        }
    }
}
