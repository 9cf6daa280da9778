//! The HTTP headers that clients and server send.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Which HTTP headers go with each request and answer: a name, or the lines themselves.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum HeaderProfile {
    /// What a small API client sends.
    #[default]
    Lean,
    /// What a desktop browser (Chromium) sends.
    Browser,
    /// Given line by line.
    #[serde(untagged)]
    Literal(LiteralHeaders),
}

/// A head given literally, without line endings: the first line, then the header lines.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LiteralHeaders {
    /// `GET /path HTTP/1.1`, then one string per header.
    pub request: Vec<String>,
    /// `HTTP/1.1 200 OK`, then one string per header.
    pub response: Vec<String>,
}

/// Most bytes of one head with its line endings: what common servers read.
const MAX_HEAD: usize = 8_000;

impl LiteralHeaders {
    /// Checks that both are heads; otherwise which part is not (`headers.request[2]`), and why.
    pub(super) fn validate(&self) -> Result<(), (String, String)> {
        let is_request = |line: &str| {
            let path = line
                .strip_prefix("GET ")
                .and_then(|rest| rest.strip_suffix(" HTTP/1.1"));
            path.is_some_and(|path| {
                path.starts_with('/') && path.bytes().all(|b| b.is_ascii_graphic())
            })
        };
        let is_response = |line: &str| matches!(line, "HTTP/1.1 200 OK" | "HTTP/1.x 200 OK");
        head(
            "headers.request",
            &self.request,
            is_request,
            "GET /path HTTP/1.1",
        )?;
        head(
            "headers.response",
            &self.response,
            is_response,
            "HTTP/1.1 200 OK",
        )
    }
}

fn head(
    part: &str,
    lines: &[String],
    is_first: impl Fn(&str) -> bool,
    example: &str,
) -> Result<(), (String, String)> {
    let Some((first, headers)) = lines.split_first() else {
        return Err((part.to_owned(), format!("is empty: begin with {example:?}")));
    };
    let at = |index: usize| format!("{part}[{index}]");
    if !is_first(first) {
        return Err((
            at(0),
            format!("{first:?} is not a first line: write {example:?}"),
        ));
    }
    // A line break would end the line early, and other characters have no agreed bytes.
    let printable = |line: &String| line.bytes().all(|b| (b' '..=b'~').contains(&b));
    if let Some(index) = lines.iter().position(|line| !printable(line)) {
        let problem = "contains a control or non-ASCII character: one plain line per string";
        return Err((at(index), problem.to_owned()));
    }
    if let Some(index) = headers.iter().position(|line| !is_header(line)) {
        let problem = format!(
            "{:?} is not a header: write \"name: value\"",
            headers[index]
        );
        return Err((at(index + 1), problem));
    }
    let bytes: usize = lines.iter().map(|line| line.len() + 2).sum::<usize>() + 2;
    if bytes > MAX_HEAD {
        return Err((
            part.to_owned(),
            format!("has {bytes} bytes: a head is at most 8 kB"),
        ));
    }
    Ok(())
}

fn is_header(line: &str) -> bool {
    let token = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b);
    line.split_once(": ").is_some_and(|(name, value)| {
        !name.is_empty() && name.bytes().all(token) && !value.trim().is_empty()
    })
}
