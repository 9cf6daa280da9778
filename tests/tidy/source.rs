//! The lab's source files as the rules see them.

use std::fs;
use std::path::{Path, PathBuf};

/// A Rust file of the lab.
pub struct Source {
    pub path: PathBuf,
    /// Relative to `lab`, with slashes.
    pub name: String,
    pub text: String,
}

impl Source {
    /// The first part of its path: `transport` for `transport/sse.rs`, `run` for `run.rs`.
    pub fn module(&self) -> &str {
        let first = self.name.split('/').next().unwrap_or(&self.name);
        first.strip_suffix(".rs").unwrap_or(first)
    }

    /// Whether all of it is compiled for tests only.
    fn is_test(&self) -> bool {
        let parts: Vec<_> = self.name.split('/').collect();
        let test = |part: &&str| part.starts_with("tests") || *part == "fixture";
        parts.iter().any(test) || self.name.ends_with("_tests.rs")
    }

    /// The lines that are compiled into the program: no comments, no tests.
    fn code(&self) -> impl Iterator<Item = &str> {
        let test = self.is_test();
        self.text
            .lines()
            .take_while(move |line| !test && !line.starts_with("mod tests {"))
            .filter(|line| !line.trim_start().starts_with("//"))
    }

    /// Fails with the file and the line.
    pub fn check(&self, rule: &str, allowed: impl Fn(&str) -> bool) {
        for line in self.code() {
            assert!(allowed(line), "{rule}: lab/{}: {}", self.name, line.trim());
        }
    }
}

pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// All Rust files below a folder of the repository.
pub fn sources(folder: &str) -> Vec<Source> {
    let base = root().join(folder);
    let (mut folders, mut sources) = (vec![base.clone()], Vec::new());
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name = path.strip_prefix(&base).expect("below the base");
                let name = name.to_string_lossy().replace('\\', "/");
                let text = fs::read_to_string(&path).expect("a text");
                sources.push(Source { path, name, text });
            }
        }
    }
    assert!(!sources.is_empty(), "{folder} has Rust files");
    sources
}

/// The modules named after `crate::` in a line.
pub fn imports(line: &str) -> Vec<&str> {
    let word = |text: &str| {
        text.find(|c: char| !c.is_alphanumeric() && c != '_')
            .unwrap_or(text.len())
    };
    let mut names = Vec::new();
    for rest in line.split("crate::").skip(1) {
        match rest.strip_prefix('{') {
            Some(group) => {
                let group = group.split('}').next().unwrap_or(group);
                names.extend(
                    group
                        .split(',')
                        .map(|name| &name.trim()[..word(name.trim())]),
                );
            }
            None => names.push(&rest[..word(rest)]),
        }
    }
    names
}

#[test]
fn imports_are_read() {
    assert_eq!(imports("use crate::clock::{self, MS};"), ["clock"]);
    assert_eq!(
        imports("use crate::{chart, report::html};"),
        ["chart", "report"]
    );
    assert_eq!(
        imports("    pub(crate) fn f(a: crate::net::Buffers) {}"),
        ["net"]
    );
    assert!(imports("use super::http;").is_empty());
}
