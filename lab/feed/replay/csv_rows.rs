//! Rows of a CSV file with a header row.

use super::columns::Columns;
use super::{Problem, Rows, check_length, quoted};

impl Rows {
    /// Takes in a CSV file.
    pub(super) fn csv(&mut self, text: &str) -> Result<(), Problem> {
        // Rows of other lengths are let through to get a message of ours.
        let mut reader = csv::ReaderBuilder::new()
            .trim(csv::Trim::All)
            .flexible(true)
            .from_reader(text.as_bytes());
        let broken = |e: csv::Error| (None, format!("is not CSV: {e}"));
        let names = reader.headers().map_err(broken)?;
        let names: Vec<String> = names.iter().map(str::to_owned).collect();
        let (line, bytes) = place(text, &csv::Position::new(), reader.position());
        let columns = check_length(bytes)
            .and_then(|()| Columns::new(names.iter().map(String::as_str)))
            .map_err(|problem| (Some(line), problem))?;
        let mut record = csv::StringRecord::new();
        loop {
            let before = reader.position().clone();
            if !reader.read_record(&mut record).map_err(broken)? {
                return Ok(());
            }
            let (line, bytes) = place(text, &before, reader.position());
            check_length(bytes)
                .and_then(|()| self.csv_row(&names, &columns, &record))
                .map_err(|problem| (Some(line), problem))?;
        }
    }

    fn csv_row(
        &mut self,
        names: &[String],
        columns: &Columns,
        record: &csv::StringRecord,
    ) -> Result<(), String> {
        if record.len() != names.len() {
            let (is, should) = (record.len(), names.len());
            return Err(format!(
                "has {is} columns, and the header has {should}: make them equal"
            ));
        }
        let mut fields = String::new();
        for (index, name) in names
            .iter()
            .enumerate()
            .filter(|(index, _)| *index != columns.time)
        {
            let value = &record[index];
            let value = if is_json_number(value) {
                value.to_owned()
            } else {
                quoted(value)
            };
            fields += &format!(",{}:{value}", quoted(name));
        }
        let topic = columns.topic.map(|index| record[index].to_owned());
        self.push(&record[columns.time], topic, &fields)
    }
}

/// The line of a row, and its length in bytes, from where the reader was before and after it.
fn place(text: &str, before: &csv::Position, after: &csv::Position) -> (u64, usize) {
    let row = &text.as_bytes()[before.byte() as usize..after.byte() as usize];
    // The reader counts empty lines, and what is left of the end of the line before, to this row.
    let start = row
        .iter()
        .position(|b| !b"\r\n".contains(b))
        .unwrap_or(row.len());
    let lines = row[..start].iter().filter(|b| **b == b'\n').count();
    (before.line() + lines as u64, row.len() - start)
}

/// Whether `text` can stand in JSON as it is; spaces around it could hide a line break.
fn is_json_number(text: &str) -> bool {
    text.starts_with(|c: char| c == '-' || c.is_ascii_digit())
        && text.ends_with(|c: char| c.is_ascii_digit())
        && serde_json::from_str::<serde_json::Number>(text).is_ok()
}
