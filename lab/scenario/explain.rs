//! What the JSON reader has to say, in the words of the file's author.

use super::ScenarioError;

/// Turns serde's words into ours, with the field that was being read.
pub(super) fn explain(error: serde_path_to_error::Error<serde_json::Error>) -> ScenarioError {
    let path = error.path().to_string();
    let inner = error.into_inner();
    if !inner.is_data() {
        return not_json(&inner);
    }
    let (message, line) = without_position(&inner);
    // Some mistakes have their remedy in serde's own list, between backquotes: the name, then the names that are known.
    let quoted: Vec<_> = message.split('`').skip(1).step_by(2).collect();
    let (field, problem) = match quoted.split_first() {
        Some((wrong, known)) if message.starts_with("unknown ") && !known.is_empty() => {
            let what = message.split(" `").next().unwrap_or_default();
            let guess = did_you_mean(wrong, known);
            let known = known.join(", ");
            // serde may stop at the object that holds the unknown field.
            let field = if what == "unknown field" && !path.ends_with(wrong) {
                format!(
                    "{}{wrong}",
                    if path == "." {
                        String::new()
                    } else {
                        path + "."
                    }
                )
            } else {
                path
            };
            (field, format!("{what} {wrong:?}{guess}; known are {known}"))
        }
        Some((missing, _)) if message.starts_with("missing field") => {
            (path, format!("the field {missing:?} is missing: add it"))
        }
        _ if message.contains("enum HeaderProfile") => {
            let forms = r#"write "lean", "browser" or {"request": ["GET / HTTP/1.1", ..], "response": ["HTTP/1.1 200 OK", ..]}"#;
            (
                path,
                format!("is neither a known name nor a pair of literal heads: {forms}"),
            )
        }
        _ => (path, in_plain_words(message)),
    };
    // What comes from a flag has no line.
    let problem = match line {
        0 => problem,
        line => format!("{problem} (line {line})"),
    };
    if field == "." {
        ScenarioError::new(problem)
    } else {
        ScenarioError::field(field, problem)
    }
}

/// Names of Rust types mean nothing to the author of a file.
fn in_plain_words(message: String) -> String {
    let number = message.replace("expected f64", "expected a number");
    ["u32", "u64"].iter().fold(number, |text, name| {
        text.replace(
            &format!("expected {name}"),
            "expected a whole number, 0 or more",
        )
    })
}

/// The text is not JSON at all.
pub(super) fn not_json(error: &serde_json::Error) -> ScenarioError {
    let (message, line) = without_position(error);
    let column = error.column();
    ScenarioError::new(format!(
        "is not valid JSON: {message} (line {line}, column {column})"
    ))
}

/// serde's message without the position that it appends, and the line.
fn without_position(error: &serde_json::Error) -> (String, usize) {
    let message = error.to_string();
    let position = format!(" at line {} column {}", error.line(), error.column());
    (
        message
            .strip_suffix(&position)
            .unwrap_or(&message)
            .to_owned(),
        error.line(),
    )
}

/// ` (did you mean "delay"?)` if a known name is close to the given one.
pub(super) fn did_you_mean(given: &str, known: &[&str]) -> String {
    let likeness = |name: &str| strsim::jaro_winkler(given, name);
    let nearest = known
        .iter()
        .max_by(|a, b| likeness(a).total_cmp(&likeness(b)));
    match nearest {
        Some(name) if likeness(name) > 0.75 => format!(" (did you mean {name:?}?)"),
        _ => String::new(),
    }
}
