//! What was lied about on purpose says so: on every drawing, in every text beside it, in every table.

use super::Table;
use crate::measure::{Results, lie};

/// What is stamped on a drawing: the lie and what it does, or the names of several.
pub fn stamp(results: &Results) -> Option<String> {
    match results.lies.len() {
        0 | 1 => lie::label(&results.lies),
        _ => Some(format!(
            "{} - none of these figures is what it seems",
            lie::short_label(&results.lies)?
        )),
    }
}

/// A text that begins with the lie, if there is one.
pub fn told(results: &Results, text: String) -> String {
    match lie::label(&results.lies) {
        Some(label) => format!("{label}. {text}"),
        None => text,
    }
}

/// A table whose caption says what was lied about, and its head too: a file of the numbers has no caption.
pub fn labelled(results: &Results, mut table: Table) -> Table {
    if let Some(label) = lie::short_label(&results.lies) {
        table.caption = told(results, table.caption);
        if let Some(first) = table.head.first_mut() {
            *first = format!("{first} ({label})");
        }
    }
    table
}
