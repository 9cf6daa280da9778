//! The form of an event's text.

use super::notation::{Text, UnitError};
use super::units::Size;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

/// The form of an event's text. All carry the sequence number and the born-time at fixed width.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Payload {
    /// 69 bytes of JSON: `{"seq":     1,"t":1735689600000000,"sym":"ACME","px":101.25,"sz":300}`.
    #[default]
    Tick,
    /// 20 bytes: `00001 0000000 101.25` (sequence number, milliseconds, price).
    Compact,
    /// The compact form followed by filler, this many bytes in all.
    Sized(Size),
}

impl Payload {
    /// The compact form, which a sized payload begins with.
    pub const COMPACT: Size = Size::from_bytes(20);

    /// Bytes of one event's text.
    pub fn bytes(self) -> u64 {
        match self {
            Payload::Tick => 69,
            Payload::Compact => Self::COMPACT.as_bytes(),
            Payload::Sized(size) => size.as_bytes(),
        }
    }
}

impl FromStr for Payload {
    type Err = UnitError;
    fn from_str(text: &str) -> Result<Self, UnitError> {
        match text.trim() {
            "tick" => Ok(Payload::Tick),
            "compact" => Ok(Payload::Compact),
            size if size.starts_with(|c: char| c.is_ascii_digit()) => {
                size.parse().map(Payload::Sized)
            }
            other => Err(UnitError::new(format!(
                "{other:?} is no payload: write \"tick\", \"compact\" or a size, such as \"500B\""
            ))),
        }
    }
}

impl fmt::Display for Payload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Payload::Tick => f.pad("tick"),
            Payload::Compact => f.pad("compact"),
            Payload::Sized(size) => size.fmt(f),
        }
    }
}

impl Serialize for Payload {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Payload {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Text::new())
    }
}

impl JsonSchema for Payload {
    fn schema_name() -> Cow<'static, str> {
        "Payload".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "The form of an event's text. All carry the sequence number and the born-time at fixed width.",
            "anyOf": [
                {
                    "description": "69 bytes of JSON: `{\"seq\":     1,\"t\":1735689600000000,\"sym\":\"ACME\",\"px\":101.25,\"sz\":300}`.",
                    "type": "string",
                    "const": "tick",
                },
                {
                    "description": "20 bytes: `00001 0000000 101.25` (sequence number, milliseconds, price).",
                    "type": "string",
                    "const": "compact",
                },
                {
                    "description": "The compact form followed by filler, this many bytes in all: 20B to 100kB.",
                    "allOf": [generator.subschema_for::<Size>()],
                },
            ],
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_sizes() {
        for (text, payload, bytes) in [
            ("tick", Payload::Tick, 69),
            ("compact", Payload::Compact, 20),
            ("500B", Payload::Sized(Size::from_bytes(500)), 500),
            ("1.5kB", Payload::Sized(Size::from_bytes(1_500)), 1_500),
        ] {
            assert_eq!(text.parse(), Ok(payload));
            assert_eq!((payload.to_string(), payload.bytes()), (text.into(), bytes));
            let json = format!("\"{text}\"");
            assert_eq!(serde_json::to_string(&payload).unwrap(), json);
            assert_eq!(serde_json::from_str::<Payload>(&json).unwrap(), payload);
        }
        let error = |json| {
            serde_json::from_str::<Payload>(json)
                .unwrap_err()
                .to_string()
        };
        assert!(error("\"ticks\"").contains("write \"tick\", \"compact\" or a size"));
        assert!(error("500").contains("\"500\" has no unit: write \"500B\""));
        assert!(error("\"5 parsec\"").contains("unknown unit"));
    }
}
