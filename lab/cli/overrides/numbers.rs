//! Plain numbers on the command line, with messages that say what to write.

/// A whole number from 0 on, as large as its type.
pub fn whole<N: TryFrom<u64>>(text: &str) -> Result<N, String> {
    const EXAMPLE: &str = "write a whole number from 0 on";
    let digits = text.trim();
    if digits.is_empty() || !digits.bytes().all(|c| c.is_ascii_digit()) {
        return Err(EXAMPLE.into());
    }
    let number = digits.parse::<u64>().ok();
    let most = u64::MAX >> (64 - 8 * size_of::<N>());
    number
        .and_then(|number| N::try_from(number).ok())
        .ok_or_else(|| format!("{EXAMPLE}, at most {most}"))
}

/// A number that something is multiplied by. Which ones make sense is told by the scenario.
pub fn factor(text: &str) -> Result<f64, String> {
    let number = text.trim().parse();
    number.map_err(|_| "write a number such as 10 or 0.5".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_say_what_to_write() {
        assert_eq!(whole::<u64>("18446744073709551615"), Ok(u64::MAX));
        assert_eq!(whole::<u32>(" 7 "), Ok(7));
        for text in ["-1", "", "1.5", "seven", "+1"] {
            let message = whole::<u32>(text).expect_err(text);
            assert_eq!(message, "write a whole number from 0 on", "{text}");
        }
        let large = whole::<u16>("65536").expect_err("too large");
        assert!(large.ends_with("at most 65535"), "{large}");
        let large = whole::<u64>("18446744073709551616").expect_err("too large");
        assert!(large.ends_with("at most 18446744073709551615"), "{large}");
        assert_eq!(factor("0.5"), Ok(0.5));
        assert!(factor("fast").is_err());
    }
}
