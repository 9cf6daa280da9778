//! What is wrong with a scenario, in words a newcomer can act on.

use std::fmt;

/// What is wrong with a scenario: in which file, in which field, and what would be right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScenarioError {
    origin: Option<String>,
    field: Option<String>,
    problem: String,
}

impl ScenarioError {
    /// About the scenario as a whole.
    pub(super) fn new(problem: impl Into<String>) -> Self {
        Self {
            origin: None,
            field: None,
            problem: problem.into(),
        }
    }

    /// About one field, in the words of the file (`delay`, `outages[0].for`).
    pub(crate) fn field(field: impl Into<String>, problem: impl Into<String>) -> Self {
        Self {
            field: Some(field.into()),
            ..Self::new(problem)
        }
    }

    /// At this point of a sweep.
    pub(crate) fn at_point(self, point: &str) -> Self {
        Self {
            problem: format!("{} (at {point})", self.problem),
            ..self
        }
    }

    /// In this file.
    pub(super) fn in_file(self, origin: &str) -> Self {
        Self {
            origin: Some(origin.to_owned()),
            ..self
        }
    }
}

impl fmt::Display for ScenarioError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(origin) = &self.origin {
            write!(f, "{origin}: ")?;
        }
        if let Some(field) = &self.field {
            write!(f, "field \"{field}\": ")?;
        }
        f.write_str(&self.problem)
    }
}

impl std::error::Error for ScenarioError {}
