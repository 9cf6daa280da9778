//! Exact decimals: `"1.5"` times a unit is a whole number, without a detour through floating point.

/// Splits `"1.5 ms"` into `("1.5", "ms")`: the longest numeric start, and the rest without spaces around it.
pub(super) fn split(text: &str) -> (&str, &str) {
    let text = text.trim();
    let end = text
        .find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | '-' | '+' | ',' | '_')))
        .unwrap_or(text.len());
    (&text[..end], text[end..].trim_start())
}

/// Whether `number` is digits with at most one point, and a digit before and after it.
pub(super) fn is_plain(number: &str) -> bool {
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    match number.split_once('.') {
        Some((whole, fraction)) => digits(whole) && digits(fraction),
        None => digits(number),
    }
}

/// Why a decimal is not a whole number of base units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Inexact {
    /// More than `u64` holds.
    TooLarge,
    /// Finer than one base unit.
    TooFine,
}

/// `number` (which [`is_plain`]) times `unit`, exactly.
pub(super) fn scale(number: &str, unit: u64) -> Result<u64, Inexact> {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let whole = append(0, whole)?
        .checked_mul(u128::from(unit))
        .ok_or(Inexact::TooLarge)?;
    let fraction = fraction.trim_end_matches('0');
    // The largest unit is 3.6e12, so more decimals than this always name a part of a base unit.
    if fraction.len() > 18 {
        return Err(Inexact::TooFine);
    }
    let parts = append(0, fraction)? * u128::from(unit);
    let per_unit = 10_u128.pow(fraction.len() as u32);
    if parts % per_unit != 0 {
        return Err(Inexact::TooFine);
    }
    let total = whole
        .checked_add(parts / per_unit)
        .ok_or(Inexact::TooLarge)?;
    u64::try_from(total).map_err(|_| Inexact::TooLarge)
}

fn append(start: u128, digits: &str) -> Result<u128, Inexact> {
    digits
        .bytes()
        .try_fold(start, |value, digit| {
            let value = value
                .checked_mul(10)?
                .checked_add(u128::from(digit - b'0'))?;
            // What no longer fits `u64` cannot fit after multiplying either.
            (value <= u128::from(u64::MAX)).then_some(value)
        })
        .ok_or(Inexact::TooLarge)
}

/// `value` in units of `unit`, with as many decimals as it takes and no more: `1_500` in `1_000` is `"1.5"`.
/// `unit` is a power of ten.
pub(super) fn print(value: u64, unit: u64) -> String {
    let (whole, rest) = (value / unit, value % unit);
    if rest == 0 {
        return whole.to_string();
    }
    let decimals = unit.ilog10() as usize;
    let fraction = format!("{rest:0decimals$}");
    format!("{whole}.{}", fraction.trim_end_matches('0'))
}
