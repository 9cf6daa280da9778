//! A value for each direction of the link.

use serde::de::value::MapAccessDeserializer;
use serde::de::{self, IntoDeserializer};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

/// A value for each direction: in JSON one value for both, or `{"down": .., "up": ..}`; on the
/// command line `20Mbit/s` or `20Mbit/s,5Mbit/s` (down, up).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PerDirection<T> {
    /// Server to client.
    pub down: T,
    /// Client to server.
    pub up: T,
}

impl<T: Copy> PerDirection<T> {
    /// The same value both ways.
    pub const fn both(value: T) -> Self {
        Self {
            down: value,
            up: value,
        }
    }
}

impl<T: FromStr> FromStr for PerDirection<T> {
    type Err = T::Err;

    fn from_str(text: &str) -> Result<Self, T::Err> {
        let (down, up) = text.split_once(',').unwrap_or((text, text));
        Ok(Self {
            down: down.parse()?,
            up: up.parse()?,
        })
    }
}

impl<T: fmt::Display + PartialEq> fmt::Display for PerDirection<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.down == self.up {
            self.down.fmt(f)
        } else {
            write!(f, "{},{}", self.down, self.up)
        }
    }
}

/// The long form in JSON.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Both<T> {
    down: T,
    up: T,
}

impl<T: Copy + PartialEq + Serialize> Serialize for PerDirection<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.down == self.up {
            self.down.serialize(serializer)
        } else {
            Both {
                down: self.down,
                up: self.up,
            }
            .serialize(serializer)
        }
    }
}

impl<'de, T: Copy + Deserialize<'de>> Deserialize<'de> for PerDirection<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(OneOrBoth(PhantomData))
    }
}

struct OneOrBoth<T>(PhantomData<T>);

impl<'de, T: Copy + Deserialize<'de>> de::Visitor<'de> for OneOrBoth<T> {
    type Value = PerDirection<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(r#"one value for both directions or {"down": .., "up": ..}"#)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
        T::deserialize(text.into_deserializer()).map(PerDirection::both)
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<Self::Value, E> {
        T::deserialize(number.into_deserializer()).map(PerDirection::both)
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<Self::Value, E> {
        T::deserialize(number.into_deserializer()).map(PerDirection::both)
    }

    fn visit_f64<E: de::Error>(self, number: f64) -> Result<Self::Value, E> {
        T::deserialize(number.into_deserializer()).map(PerDirection::both)
    }

    fn visit_map<A: de::MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        let Both { down, up } = Both::deserialize(MapAccessDeserializer::new(map))?;
        Ok(PerDirection { down, up })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::{Bandwidth, Span};

    #[test]
    fn one_value_or_two_in_json_and_on_the_command_line() {
        let access = PerDirection {
            down: Bandwidth::from_mbit(20),
            up: Bandwidth::from_mbit(5),
        };
        let json = r#"{"down":"20Mbit/s","up":"5Mbit/s"}"#;
        assert_eq!(serde_json::to_string(&access).unwrap(), json);
        assert_eq!(
            serde_json::from_str::<PerDirection<Bandwidth>>(json).unwrap(),
            access
        );
        assert_eq!(access.to_string(), "20Mbit/s,5Mbit/s");
        assert_eq!("20Mbit/s, 5Mbit/s".parse(), Ok(access));

        let equal = PerDirection::both(Span::from_millis(25));
        assert_eq!(serde_json::to_string(&equal).unwrap(), r#""25ms""#);
        assert_eq!(
            serde_json::from_str::<PerDirection<Span>>(r#""25ms""#).unwrap(),
            equal
        );
        assert_eq!("25ms".parse(), Ok(equal));
        assert_eq!(equal.to_string(), "25ms");
    }

    #[test]
    fn other_keys_and_half_pairs_are_refused() {
        let error = |json| {
            serde_json::from_str::<PerDirection<Span>>(json)
                .unwrap_err()
                .to_string()
        };
        assert!(error(r#"{"down":"1ms","left":"1ms"}"#).contains("unknown field `left`"));
        assert!(error(r#"{"down":"1ms"}"#).contains("missing field `up`"));
        assert!(error("25").contains("\"25\" has no unit"));
        assert!(error("true").contains("one value for both directions"));
        assert!("1ms,2".parse::<PerDirection<Span>>().is_err());
        assert!("1ms,2ms,3ms".parse::<PerDirection<Span>>().is_err());
    }
}
