//! A scenario's stress setting: some of its fields with other values.

use super::explain::explain;
use super::{Scenario, ScenarioError};
use serde_json::Value;

impl Scenario {
    /// The scenario at its stress setting, which then has none of its own. An error for one without.
    pub fn stressed(&self) -> Result<Self, ScenarioError> {
        if self.stress.is_empty() {
            return Err(ScenarioError::new(format!(
                "{:?} has no stress setting: leave out --stress, or write \"stress\": {{\"clients\": 1000}} into its file",
                self.name
            )));
        }
        let stressed = self.with_stress()?;
        stressed.validate()?;
        Ok(stressed)
    }

    /// The same, not validated yet.
    pub(super) fn with_stress(&self) -> Result<Self, ScenarioError> {
        let mut plain = self.clone();
        plain.stress.clear();
        let Ok(Value::Object(mut fields)) = serde_json::to_value(&plain) else {
            return Err(ScenarioError::new("cannot be written as JSON"));
        };
        for (field, value) in &self.stress {
            if ["name", "stress"].contains(&field.as_str()) {
                return Err(ScenarioError::field(
                    "stress",
                    format!("{field} stays as it is: leave it out"),
                ));
            }
            fields.insert(field.clone(), value.clone());
        }
        serde_path_to_error::deserialize(Value::Object(fields)).map_err(explain)
    }
}
