//! JSON Schemas of the values that are texts in a file and numbers in the program.

use super::{Bandwidth, PerDirection, Percent, Rate, Size, Span};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use std::borrow::Cow;

macro_rules! text_with_unit {
    ($($quantity:ty, $name:literal, $units:literal, $example:literal;)*) => { $(
        impl JsonSchema for $quantity {
            fn schema_name() -> Cow<'static, str> {
                $name.into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({
                    "type": "string",
                    "pattern": concat!(r"^[0-9]+(\.[0-9]+)? ?(", $units, ")$"),
                    "examples": [$example],
                })
            }
        }
    )* };
}

text_with_unit! {
    Bandwidth, "Bandwidth", "bit/s|kbit/s|Mbit/s|Gbit/s", "20Mbit/s";
    Percent, "Percent", "%", "1%";
    Rate, "Rate", "/s|/min|/h", "2/s";
    Size, "Size", "B|kB|MB|GB", "64kB";
}

impl JsonSchema for Span {
    fn schema_name() -> Cow<'static, str> {
        "Span".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "pattern": r"^(off|[0-9]+(\.[0-9]+)? ?(ns|us|µs|μs|ms|s|min|h))$",
            "examples": ["25ms", "off"],
        })
    }
}

impl<T: JsonSchema> JsonSchema for PerDirection<T> {
    fn schema_name() -> Cow<'static, str> {
        format!("{}PerDirection", T::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let one = generator.subschema_for::<T>();
        json_schema!({
            "anyOf": [
                one,
                {
                    "type": "object",
                    "properties": { "down": one, "up": one },
                    "required": ["down", "up"],
                    "additionalProperties": false,
                },
            ],
        })
    }
}
