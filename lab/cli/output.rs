//! Where results go: a report folder, a table or JSON on stdout, the browser. The same for every command that measures.

use super::Failure;
use super::folder::{self, Folder};
use super::print;
use super::recording::Recording;
use clap::Args;
use std::path::PathBuf;

#[derive(Debug, Default, Args)]
pub struct Output {
    /// Write the report into this folder instead of reports/runs/NAME
    #[arg(long, value_name = "FOLDER")]
    out: Option<PathBuf>,
    /// Write each chart into the report as PNG too
    #[arg(long)]
    png: bool,
    /// Open the report in the system's browser
    #[arg(long, conflicts_with = "json")]
    open: bool,
    /// Print the results as JSON on stdout, and nothing else; writes a report only with --out
    #[arg(long)]
    json: bool,
}

impl Output {
    /// Whether a report is written.
    pub fn writes(&self) -> bool {
        !self.json || self.out.is_some()
    }

    /// Checks, before anything is measured, that the report can be written; none if none is wanted.
    pub fn claim(
        &self,
        name: &str,
        flags: &[(&'static str, String)],
    ) -> Result<Option<Folder>, Failure> {
        if !self.writes() {
            if self.png {
                return Err(Failure::Usage(
                    "--png writes into the report, and --json writes none: add --out FOLDER".into(),
                ));
            }
            return Ok(None);
        }
        folder::claim(self.out.as_deref(), name, flags).map(Some)
    }

    /// Writes the report, prints the table or the JSON, and fails if something was not verified.
    pub fn finish(&self, recording: &Recording, folder: Option<&Folder>) -> Result<(), Failure> {
        if let Some(folder) = folder {
            folder.write(recording, self.png)?;
        }
        if self.json {
            print::data(recording.json()?)?;
        } else {
            print::data(recording.terminal(print::width()))?;
        }
        if let Some(folder) = folder {
            print::note(format_args!("\nreport: {}", folder.page().display()));
            if self.open {
                folder.open();
            }
        }
        match recording.verified() {
            true => Ok(()),
            false => Err(Failure::Check),
        }
    }
}
