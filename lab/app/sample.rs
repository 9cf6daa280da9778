//! Messages made from a sample: each number in it is drawn anew, with as many digits.

use crate::feed::Choices;
use crate::scenario::Sample;
use serde_json::Value;
use std::fmt::Write;

/// Makes messages of the same form and the same width, again and again.
pub struct Samples {
    sample: Sample,
    choices: Choices,
}

impl Samples {
    pub fn new(sample: &Sample, choices: Choices) -> Self {
        Self {
            sample: sample.clone(),
            choices,
        }
    }

    /// The members of the next message as JSON, each with a comma before it.
    pub fn next_fields(&mut self) -> String {
        let mut fields = String::new();
        for (name, value) in &self.sample {
            let _ = write!(fields, ",{}:", Value::from(name.as_str()));
            write(&mut fields, value, &mut self.choices);
        }
        fields
    }
}

fn write(text: &mut String, value: &Value, choices: &mut Choices) {
    match value {
        Value::Number(number) => text.extend(
            number
                .to_string()
                .chars()
                .enumerate()
                .map(|(index, c)| digit(c, index == 0, choices)),
        ),
        Value::Array(values) => {
            text.push('[');
            for (index, value) in values.iter().enumerate() {
                if index > 0 {
                    text.push(',');
                }
                write(text, value, choices);
            }
            text.push(']');
        }
        Value::Object(members) => {
            text.push('{');
            for (index, (name, value)) in members.iter().enumerate() {
                if index > 0 {
                    text.push(',');
                }
                let _ = write!(text, "{}:", Value::from(name.as_str()));
                write(text, value, choices);
            }
            text.push('}');
        }
        other => {
            let _ = write!(text, "{other}");
        }
    }
}

/// A digit for a digit; the first is not zero, which JSON allows only alone. Signs, points and exponents stay.
fn digit(c: char, first: bool, choices: &mut Choices) -> char {
    if !c.is_ascii_digit() {
        return c;
    }
    let lowest = u32::from(first);
    char::from_digit(lowest + choices.below(10 - lowest), 10).unwrap_or(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_keep_their_form_and_width() {
        let sample = serde_json::json!({"teams": ["Hawks", "Ax"], "score": [34, 9], "lat": -51.5073, "deep": {"on": true}});
        let sample = sample.as_object().expect("an object");
        let mut samples = Samples::new(sample, Choices::new(7, 0));
        let first = samples.next_fields();
        let second = samples.next_fields();
        assert_ne!(first, second);
        for fields in [&first, &second] {
            assert_eq!(fields.len(), first.len());
            let message: Value =
                serde_json::from_str(&format!("{{{}}}", &fields[1..])).expect("JSON");
            assert_eq!(message["teams"], sample["teams"]);
            assert!((10..100).contains(&message["score"][0].as_u64().expect("a number")));
            assert!((-100.0..-9.9).contains(&message["lat"].as_f64().expect("a number")));
        }
    }
}
