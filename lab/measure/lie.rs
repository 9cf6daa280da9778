//! Ways of measuring that are common and wrong, on purpose and by name, so that one can see how each bends a chart.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A classic lie that was asked for; everything that it touches says so.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Lie {
    /// Latency, age and staleness count from the instant at which the server got round to publishing, not from the
    /// planned one: a stall vanishes.
    CoordinatedOmission,
    /// Bytes are those of HTTP heads and framing alone: payload, set-up and TCP/IP vanish.
    HeaderOnly,
}

impl Lie {
    /// The name of the lie.
    pub fn name(self) -> &'static str {
        match self {
            Lie::CoordinatedOmission => "coordinated omission",
            Lie::HeaderOnly => "header-only",
        }
    }

    /// What is done.
    fn what(self) -> &'static str {
        match self {
            Lie::CoordinatedOmission => {
                "latency counted from when the server got round to publishing"
            }
            Lie::HeaderOnly => "bytes count HTTP headers and framing alone",
        }
    }
}

/// `LIE: header-only - bytes count HTTP headers and framing alone`; nothing where nobody lied.
pub fn label(lies: &[Lie]) -> Option<String> {
    let all = |of: fn(Lie) -> &'static str, between: &str| {
        let words: Vec<_> = lies.iter().map(|&lie| of(lie)).collect();
        words.join(between)
    };
    Some(format!("{} - {}", short_label(lies)?, all(Lie::what, "; ")))
}

/// `LIE: header-only`; nothing where nobody lied.
pub fn short_label(lies: &[Lie]) -> Option<String> {
    let names: Vec<_> = lies.iter().map(|lie| lie.name()).collect();
    match lies.len() {
        0 => None,
        1 => Some(format!("LIE: {}", names[0])),
        _ => Some(format!("LIES: {}", names.join(", "))),
    }
}
