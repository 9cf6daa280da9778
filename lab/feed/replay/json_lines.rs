//! Rows of a JSON Lines file.

use super::columns::Columns;
use super::{Problem, Rows, check_length, quoted};
use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;
use std::fmt;

impl Rows {
    /// Takes in a JSON Lines file: one object per line.
    pub(super) fn json_lines(&mut self, text: &str) -> Result<(), Problem> {
        for (index, line) in text
            .lines()
            .enumerate()
            .filter(|(_, line)| !line.trim().is_empty())
        {
            self.json_line(line)
                .map_err(|problem| (Some(index as u64 + 1), problem))?;
        }
        Ok(())
    }

    fn json_line(&mut self, line: &str) -> Result<(), String> {
        check_length(line.len())?;
        let Fields(row) = serde_json::from_str(line).map_err(|e| {
            // The position that serde appends counts within this one line.
            let reason = e.to_string();
            let reason = reason.split(" at line ").next().unwrap_or_default();
            let column = e.column();
            format!("is not one JSON object (column {column}: {reason}): write {{\"timestamp\": .., ..}}")
        })?;
        let columns = Columns::new(row.iter().map(|(name, _)| name.as_str()))?;
        let mut fields = String::new();
        for (name, value) in row
            .iter()
            .enumerate()
            .filter(|(i, _)| *i != columns.time)
            .map(|(_, f)| f)
        {
            // A carriage return can only stand between two tokens here, as a space can.
            fields += &format!(",{}:{}", quoted(name), value.get().replace('\r', " "));
        }
        let topic = columns.topic.map(|index| plain(row[index].1));
        self.push(&plain(row[columns.time].1), topic, &fields)
    }
}

/// The fields of a JSON object in their order, values as they are written.
struct Fields<'a>(Vec<(String, &'a RawValue)>);

impl<'de> Deserialize<'de> for Fields<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;
        impl<'de> Visitor<'de> for InOrder {
            type Value = Fields<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a JSON object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Fields<'de>, A::Error> {
                let mut fields = Vec::new();
                while let Some(field) = map.next_entry()? {
                    fields.push(field);
                }
                Ok(Fields(fields))
            }
        }
        deserializer.deserialize_map(InOrder)
    }
}

/// The text of a JSON string, or any other JSON value as it is written.
fn plain(value: &RawValue) -> String {
    serde_json::from_str(value.get()).unwrap_or_else(|_| value.get().to_owned())
}
