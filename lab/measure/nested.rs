//! A map from paths such as `latency_us.mean` to numbers, written to JSON as nested objects.

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

pub fn serialize<S: Serializer>(
    numbers: &BTreeMap<String, f64>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let mut root = Map::new();
    for (path, number) in numbers {
        let mut object = &mut root;
        let mut names = path.split('.').peekable();
        while let Some(name) = names.next() {
            let slot = object.entry(name);
            if names.peek().is_none() {
                slot.or_insert_with(|| Value::from(*number));
                break;
            }
            let inner = slot.or_insert_with(|| Value::Object(Map::new()));
            match inner {
                Value::Object(inner) => object = inner,
                // A number under this name already: its parts have no place.
                _ => break,
            }
        }
    }
    root.serialize(serializer)
}

pub fn deserialize<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<BTreeMap<String, f64>, D::Error> {
    let mut numbers = BTreeMap::new();
    flatten("", &Map::deserialize(deserializer)?, &mut numbers).map_err(D::Error::custom)?;
    Ok(numbers)
}

fn flatten(
    prefix: &str,
    object: &Map<String, Value>,
    numbers: &mut BTreeMap<String, f64>,
) -> Result<(), String> {
    for (name, value) in object {
        let path = format!("{prefix}{name}");
        match value {
            Value::Object(inner) => flatten(&format!("{path}."), inner, numbers)?,
            _ => {
                let number = value.as_f64().ok_or(format!("{path} is not a number"))?;
                numbers.insert(path, number);
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Holder(#[serde(with = "super")] BTreeMap<String, f64>);

    #[test]
    fn paths_become_objects_and_come_back() {
        let numbers = [
            ("age_us.mean", 2.0),
            ("latency_us.max", 4.5),
            ("latency_us.mean", 3.0),
            ("requests", 7.0),
        ];
        let holder = Holder(
            numbers
                .map(|(path, number)| (path.to_owned(), number))
                .into(),
        );
        let text = serde_json::to_string(&holder).unwrap();
        assert_eq!(
            text,
            r#"{"age_us":{"mean":2.0},"latency_us":{"max":4.5,"mean":3.0},"requests":7.0}"#
        );
        assert_eq!(serde_json::from_str::<Holder>(&text).unwrap(), holder);
        assert!(serde_json::from_str::<Holder>(r#"{"requests":"many"}"#).is_err());
    }
}
