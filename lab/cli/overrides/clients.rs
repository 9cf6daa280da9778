//! `--clients`: a number, or for a scale run several.

use crate::cli::Failure;
use std::fmt;
use std::str::FromStr;

/// Most numbers in one list: each is a run of every transport.
const MOST: usize = 20;
const EXAMPLE: &str =
    "write one number such as 50, or rising ones such as 100,1000,5000 for a scale run";

/// How many clients; several in rising order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clients(Vec<u32>);

impl Clients {
    /// The only number; a list is for `pushlab run` alone.
    pub fn only(&self) -> Result<u32, Failure> {
        match self.0[..] {
            [one] => Ok(one),
            _ => Err(Failure::Usage(format!(
                "--clients {self} is a list, which `pushlab run` measures one after another, and nothing else does: \
                 write one number, or for a sweep --vary clients={self}"
            ))),
        }
    }

    /// Whether these are several.
    pub fn is_list(&self) -> bool {
        self.0.len() > 1
    }
}

impl FromStr for Clients {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let number = |part: &str| {
            let part = part.trim();
            match part.is_empty() {
                true => Err(format!("there is an empty value: {EXAMPLE}")),
                false => part
                    .parse::<u32>()
                    .map_err(|_| format!("{part:?} is no whole number from 1 on: {EXAMPLE}")),
            }
        };
        let numbers: Vec<u32> = text.split(',').map(number).collect::<Result<_, _>>()?;
        // What a single number may be is told by the scenario.
        if numbers.len() > 1 && numbers.contains(&0) {
            return Err(format!("0 clients see nothing: {EXAMPLE}"));
        }
        for pair in numbers.windows(2) {
            if pair[1] == pair[0] {
                return Err(format!("{} is there twice: {EXAMPLE}", pair[0]));
            }
            if pair[1] < pair[0] {
                return Err(format!("{} comes after {}: {EXAMPLE}", pair[1], pair[0]));
            }
        }
        if numbers.len() > MOST {
            return Err(format!(
                "there are {} numbers: write at most {MOST}",
                numbers.len()
            ));
        }
        Ok(Self(numbers))
    }
}

impl fmt::Display for Clients {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let numbers: Vec<_> = self.0.iter().map(u32::to_string).collect();
        f.write_str(&numbers.join(","))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_lists_are_written_as_they_are_read() {
        for (text, written, list) in [
            ("50", "50", false),
            ("10,100,1000", "10,100,1000", true),
            ("10, 100", "10,100", true),
            ("0", "0", false),
        ] {
            let clients: Clients = text.parse().expect(text);
            assert_eq!(
                (clients.to_string(), clients.is_list()),
                (written.into(), list)
            );
            assert_eq!(clients.only().is_ok(), !list);
        }
    }

    #[test]
    fn bad_lists_are_told_what_would_be_right() {
        let many: Vec<_> = (1..=21).map(|n: u32| n.to_string()).collect();
        for (text, part) in [
            ("10,,5", "an empty value"),
            ("", "an empty value"),
            ("10,", "an empty value"),
            ("0,5", "0 clients see nothing"),
            ("100,10", "10 comes after 100"),
            ("10,100,100", "100 is there twice"),
            ("-5", "\"-5\" is no whole number"),
            ("10,1e3", "\"1e3\" is no whole number"),
            (many.join(",").as_str(), "write at most 20"),
        ] {
            let message = text.parse::<Clients>().expect_err(text);
            assert!(message.contains(part), "{text}: {message}");
        }
    }
}
