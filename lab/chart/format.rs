//! Numbers as people read them: one rule each for durations, bytes, counts, ratios and shares, used by every
//! chart, table and sentence, so that the same figure never appears in two spellings.

pub use crate::scenario::spaced;

use crate::measure::Machine;

/// What stands where there is no figure.
pub fn nothing() -> String {
    "-".to_owned()
}

/// A narrow no-break space between groups of three digits.
const GROUP: char = '\u{202f}';

/// The unit in which a whole axis of durations is labelled.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TimeUnit {
    /// `µs`, `ms` or `s`.
    pub name: &'static str,
    /// Microseconds in one unit.
    pub us: f64,
}

impl TimeUnit {
    /// The unit that suits values up to `us`. Its limits lie where [`time`] would round up to 1000.
    pub fn for_max(us: f64) -> Self {
        if us < 999.5 {
            Self {
                name: "µs",
                us: 1.0,
            }
        } else if us < 999_500.0 {
            Self {
                name: "ms",
                us: 1e3,
            }
        } else {
            Self { name: "s", us: 1e6 }
        }
    }
}

/// A duration given in microseconds, to three significant digits: `40 µs`, `25.0 ms`, `1.02 s`. One that needs fewer is
/// as short as it was set: `25 ms`.
pub fn time(us: f64) -> String {
    let unit = TimeUnit::for_max(us.abs());
    format!("{} {}", rounded(us / unit.us), unit.name)
}

/// A duration with its interval, in one unit: `527 ms [502, 551]`. One that rounds to the duration itself is left out.
pub fn time_within(us: f64, interval: [f64; 2]) -> String {
    let unit = TimeUnit::for_max(us.abs());
    let [low, middle, high] = [interval[0], us, interval[1]].map(|us| in_full(us / unit.us));
    if low == middle && high == middle {
        return time(us);
    }
    format!("{} [{low}, {high}]", time(us))
}

/// An interval of durations, `[502, 551] ms`; nothing if both ends look the same.
pub fn range(interval: [f64; 2]) -> Option<String> {
    let unit = TimeUnit::for_max(interval[1].abs());
    let [low, high] = interval.map(|end| in_full(end / unit.us));
    (low != high).then(|| format!("[{low}, {high}] {}", unit.name))
}

/// A number of bytes with decimal prefixes, to three significant digits: `763 B`, `45.8 kB`.
pub fn bytes(bytes: f64) -> String {
    let (value, unit) = match bytes.abs() {
        b if b < 999.5 => (bytes, "B"),
        b if b < 999_500.0 => (bytes / 1e3, "kB"),
        b if b < 999_500_000.0 => (bytes / 1e6, "MB"),
        _ => (bytes / 1e9, "GB"),
    };
    format!("{} {unit}", significant(value))
}

/// Bytes without a prefix, for columns that are to be recomputed by hand: `2 B`, `1 086 B`.
pub fn bytes_in_full(bytes: f64) -> String {
    if bytes.abs() < 99.95 {
        format!("{} B", significant(bytes))
    } else {
        format!("{} B", count(bytes.round() as u64))
    }
}

/// A count, its digits grouped by threes: `12 345`.
pub fn count(count: u64) -> String {
    let digits = count.to_string();
    let mut out = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(GROUP);
        }
        out.push(digit);
    }
    out
}

/// A count with its noun: `1 event`, `120 events`.
pub fn counted(n: u64, noun: &str) -> String {
    format!("{} {noun}{}", count(n), if n == 1 { "" } else { "s" })
}

/// `A`, `A and B`, `A, B and C`.
pub fn listed(names: &[&str]) -> String {
    match names.split_last() {
        Some((last, [])) => (*last).into(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
        None => String::new(),
    }
}

/// The machine behind figures in real time: `linux, x86_64, 2 cores`.
pub fn machine(machine: &Machine) -> String {
    let cores = counted(machine.cores as u64, "core");
    format!("{}, {}, {cores}", machine.os, machine.arch)
}

/// How many times as much: `0.04x`, `1.0x`, `4.4x`, `21x`.
pub fn ratio(ratio: f64) -> String {
    match ratio {
        r if !r.is_finite() => "-".into(),
        r if r < 0.0995 => format!("{r:.2}x"),
        r if r < 9.95 => format!("{r:.1}x"),
        r => format!("{}x", count(r.round() as u64)),
    }
}

/// A share in percent. Only nothing is 0 % and only everything is 100 %; what is more than everything is said as it is.
/// Near everything it is rounded down, to a tenth: what is to be 99 % must never read so while it is less.
pub fn percent(share: f64) -> String {
    match share * 100.0 {
        p if p <= 0.0 => "0 %".into(),
        p if p < 0.1 => "<0.1 %".into(),
        p if p < 9.95 => format!("{} %", trimmed(format!("{p:.1}"))),
        p if p < 89.5 => format!("{p:.0} %"),
        // A hair of tolerance: no share of a float is exactly 97 %.
        p if p <= 99.9 => format!(
            "{} %",
            trimmed(format!("{:.1}", (p * 10.0 + 1e-6).floor() / 10.0))
        ),
        p if p < 100.0 => ">99.9 %".into(),
        p => format!("{} %", trimmed(format!("{p:.1}"))),
    }
}

/// A deviation in percent with its sign: `+0.4 %`.
pub fn deviation(percent: f64) -> String {
    let text = format!("{percent:+.1} %");
    if text.ends_with("0.0 %") && percent.abs() < 0.05 {
        "0.0 %".into()
    } else {
        text
    }
}

/// Three significant digits without trailing zeros, and never fewer than the whole part has.
pub fn significant(value: f64) -> String {
    if !value.is_finite() {
        return "-".into();
    }
    match value.abs() {
        v if v < 9.995 => trimmed(format!("{value:.2}")),
        v if v < 99.95 => trimmed(format!("{value:.1}")),
        v if v < 999.5 => format!("{value:.0}"),
        _ if value > 0.0 => count(value.round() as u64),
        _ => format!("-{}", count(value.abs().round() as u64)),
    }
}

/// The same with its trailing zeros.
fn in_full(value: f64) -> String {
    match value.abs() {
        0.0 => "0".into(),
        v if v < 9.995 => format!("{value:.2}"),
        v if v < 99.95 => format!("{value:.1}"),
        _ => significant(value),
    }
}

/// The same with trailing zeros only where it was rounded: they tell a measured 25.0 ms from one that was set.
fn rounded(value: f64) -> String {
    let steps = value * if value.abs() < 9.995 { 100.0 } else { 10.0 };
    match (steps - steps.round()).abs() < 1e-6 {
        true => significant(value),
        false => in_full(value),
    }
}

/// The same text in plain ASCII, for terminals that know nothing else.
pub fn ascii(text: &str) -> String {
    text.replace('µ', "u")
        .replace(GROUP, ",")
        .replace('×', "x")
        .replace(['–', '−'], "-")
        .replace('·', "-")
}

fn trimmed(number: String) -> String {
    if !number.contains('.') {
        return number;
    }
    match number.trim_end_matches('0').trim_end_matches('.') {
        "-0" => "0".into(),
        short => short.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_switch_units_by_one_rule() {
        for (us, text) in [
            (0.0, "0 µs"),
            (40.0, "40 µs"),
            (999.4, "999 µs"),
            (999.6, "1.00 ms"),
            (25_000.0, "25 ms"),
            (25_011.0, "25.0 ms"),
            (25_100.0, "25.1 ms"),
            (526_000.0, "526 ms"),
            (999_600.0, "1.00 s"),
            (1_000_000.0, "1 s"),
            (1_024_000.0, "1.02 s"),
            (30_000_000.0, "30 s"),
        ] {
            assert_eq!(time(us), text);
        }
    }

    #[test]
    fn intervals_have_the_unit_of_what_they_surround() {
        let ends = [502_000.0, 551_000.0];
        assert_eq!(time_within(527_000.0, ends), "527 ms [502, 551]");
        assert_eq!(range(ends).as_deref(), Some("[502, 551] ms"));
        assert_eq!(
            time_within(25_040.0, [24_900.0, 25_090.0]),
            "25.0 ms [24.9, 25.1]"
        );
        assert_eq!(time_within(25_011.0, [25_000.0, 25_020.0]), "25.0 ms");
        assert_eq!(range([25_000.0, 25_020.0]), None);
    }

    #[test]
    fn bytes_counts_ratios_and_shares() {
        assert_eq!(bytes(2.0), "2 B");
        assert_eq!(bytes(45_800.0), "45.8 kB");
        assert_eq!(bytes(999_700.0), "1 MB");
        assert_eq!(bytes_in_full(2.5), "2.5 B");
        assert_eq!(bytes_in_full(1_086.2), "1\u{202f}086 B");
        assert_eq!(count(999), "999");
        assert_eq!(count(1_234_567), "1\u{202f}234\u{202f}567");
        assert_eq!(ratio(0.037), "0.04x");
        assert_eq!(ratio(1.0), "1.0x");
        assert_eq!(ratio(9.96), "10x");
        assert_eq!(ratio(f64::NAN), "-");
        assert_eq!(percent(0.9999), ">99.9 %");
        assert_eq!(percent(0.367), "37 %");
        assert_eq!(percent(0.97), "97 %");
        assert_eq!(percent(0.986), "98.6 %");
        assert_eq!(percent(0.989_999), "98.9 %");
        assert_eq!(percent(0.99), "99 %");
        assert_eq!(percent(0.999), "99.9 %");
        assert_eq!(percent(0.8951), "89.5 %");
        assert_eq!(percent(1.0), "100 %");
        assert_eq!(percent(1.05), "105 %");
        assert_eq!(percent(1.0526), "105.3 %");
        assert_eq!(deviation(-0.01), "0.0 %");
        assert_eq!(deviation(12.34), "+12.3 %");
        assert_eq!(counted(1, "event"), "1 event");
        assert_eq!(listed(&["a"]), "a");
        assert_eq!(listed(&["a", "b", "c"]), "a, b and c");
    }

    #[test]
    fn scenario_values_get_a_space_before_their_unit() {
        assert_eq!(spaced("25ms"), "25 ms");
        assert_eq!(spaced("1.5%"), "1.5 %");
        assert_eq!(spaced("2/s"), "2/s");
        assert_eq!(spaced("off"), "off");
        assert!(ascii("12\u{202f}345 µs, 4 × 5 – 6 · 7").is_ascii());
    }
}
