//! A report folder: claimed before the run, written beside its place and then swapped in, so that
//! an earlier report is whole until a new one is.

use super::{Failure, journal};
use crate::chart;
use crate::measure::literature::{LITERATURE_SCHEMA, LITERATURE_VERSION, Literature};
use crate::measure::sweep::SweepResults;
use crate::measure::{Results, SCHEMA, VERSION};
use crate::report;
use serde::de::DeserializeOwned;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

/// Where reports go unless told otherwise; git ignores it.
const DEFAULT_PARENT: &str = "reports/runs";
/// The file that everything else is drawn from.
const RECORDING: &str = "recording.json";
/// The same for published claims.
const LITERATURE: &str = "literature.json";
const PAGE: &str = "index.html";
const MARKDOWN: &str = "report.md";
/// Longest recording that is read.
const LARGEST_RECORDING: u64 = 50 << 20;

/// A folder that may be written.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
}

/// Checks, before anything is measured, that a report can be written.
pub fn claim(
    given: Option<&Path>,
    scenario: &str,
    flags: &[(&'static str, String)],
) -> Result<Folder, Failure> {
    let path = match given {
        Some(path) => path.to_owned(),
        None => Path::new(DEFAULT_PARENT).join(name(scenario, flags)),
    };
    claim_at(path)
}

/// The same for a place that is given.
pub fn claim_at(path: PathBuf) -> Result<Folder, Failure> {
    let folder = Folder { path };
    folder.may_replace()?;
    let parent = folder.parent();
    fs::create_dir_all(parent).map_err(|error| cannot_write(parent, error))?;
    let trial = folder.beside("try");
    fs::create_dir(&trial).map_err(|error| cannot_write(parent, error))?;
    fs::remove_dir(&trial).map_err(|error| cannot_write(parent, error))?;
    Ok(folder)
}

/// Page, Markdown and charts, on request as PNG too.
fn pictures(results: &Results, png: bool) -> Result<Vec<(String, Vec<u8>)>, Failure> {
    let mut files = vec![];
    for chart in chart::all(results) {
        if png {
            let picture = chart::png(&chart.svg).map_err(|error| {
                Failure::Usage(format!(
                    "cannot draw {} as PNG: {error}: leave out --png",
                    chart.id
                ))
            })?;
            files.push((format!("{}.png", chart.id), picture));
        }
        files.push((format!("{}.svg", chart.id), chart.svg.into_bytes()));
    }
    let page = if png {
        report::html_beside_png(results)
    } else {
        report::html(results)
    };
    files.push((PAGE.to_owned(), page.into_bytes()));
    files.push((MARKDOWN.to_owned(), report::markdown(results).into_bytes()));
    Ok(files)
}

/// The same of a sweep.
fn sweep_pictures(results: &SweepResults) -> Vec<(String, Vec<u8>)> {
    let drawings = chart::sweep::all(results).into_iter();
    let mut files: Vec<_> = drawings
        .map(|chart| (format!("{}.svg", chart.id), chart.svg.into_bytes()))
        .collect();
    files.push((PAGE.to_owned(), report::sweep_html(results).into_bytes()));
    files.push((
        MARKDOWN.to_owned(),
        report::sweep_markdown(results).into_bytes(),
    ));
    files
}

/// Page and Markdown about published claims.
fn literature_pictures(literature: &Literature) -> Vec<(String, Vec<u8>)> {
    let page = report::literature::html(literature);
    let markdown = report::literature::markdown(literature);
    vec![
        (PAGE.to_owned(), page.into_bytes()),
        (MARKDOWN.to_owned(), markdown.into_bytes()),
    ]
}

fn cannot_write(path: &Path, error: std::io::Error) -> Failure {
    Failure::file(
        format!(
            "cannot write into {}: choose another place with --out FOLDER",
            path.display()
        ),
        error,
    )
}

/// `ticker`, or `ticker+delay=150ms+delay-line` with the flags that were given.
fn name(scenario: &str, flags: &[(&'static str, String)]) -> String {
    let plain = |c: char| {
        if c.is_ascii_alphanumeric() || ".-_".contains(c) {
            c
        } else {
            '_'
        }
    };
    let mut name = scenario.to_owned();
    for (flag, value) in flags {
        name.push_str(&format!("+{flag}"));
        if !value.is_empty() {
            name.push('=');
            name.extend(value.chars().map(plain));
        }
    }
    // Files systems stop at 255 bytes.
    name.truncate(200);
    name
}

/// Reads a recording; a message names the file.
pub fn read_recording(path: &Path) -> Result<Results, Failure> {
    read(path, SCHEMA, VERSION, "run the scenario again")
}

/// Reads a file of ours, if this program knows its version.
fn read<T: DeserializeOwned>(
    path: &Path,
    schema: &str,
    version: u32,
    remedy: &str,
) -> Result<T, Failure> {
    let file = fs::File::open(path).map_err(|error| {
        Failure::Usage(format!(
            "{}: {error}: give a folder that `pushlab run` wrote",
            path.display()
        ))
    })?;
    let mut text = String::new();
    file.take(LARGEST_RECORDING)
        .read_to_string(&mut text)
        .map_err(|error| Failure::file(path.display(), error))?;
    let broken = |what: String| Failure::Usage(format!("{}: {what}: {remedy}", path.display()));
    let head: serde_json::Value = serde_json::from_str(&text)
        .map_err(|error| broken(format!("not a recording ({error})")))?;
    if head["schema"] != schema || head["version"] != version {
        return Err(broken(format!(
            "written as {} version {}, this program reads {schema} version {version}",
            head["schema"], head["version"]
        )));
    }
    serde_json::from_value(head).map_err(|error| broken(format!("not a recording ({error})")))
}

impl Folder {
    /// An existing report.
    pub fn existing(path: &Path) -> Self {
        Self {
            path: path.to_owned(),
        }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The page to open.
    pub fn page(&self) -> PathBuf {
        self.path.join(PAGE)
    }

    /// Shows the page in the system's browser; a machine without one is told, not failed.
    pub fn open(&self) {
        if let Err(error) = open::that_detached(self.page()) {
            anstream::eprintln!("cannot open a browser here: {error}");
        }
    }

    /// Reads the recording.
    pub fn recording(&self) -> Result<Results, Failure> {
        read_recording(&self.path.join(RECORDING))
    }

    /// Whether a sweep was written here.
    pub fn holds_a_sweep(&self) -> bool {
        self.path.join(journal::NAME).is_file()
    }

    /// Reads the file of a sweep.
    pub fn sweep(&self) -> Result<SweepResults, Failure> {
        journal::read(&self.path.join(journal::NAME))
    }

    /// Whether it holds published claims.
    pub fn holds_literature(&self) -> bool {
        self.path.join(LITERATURE).is_file()
    }

    /// Reads the experiments on published claims.
    pub fn literature(&self) -> Result<Literature, Failure> {
        read(
            &self.path.join(LITERATURE),
            LITERATURE_SCHEMA,
            LITERATURE_VERSION,
            "run `pushlab reproduce` again",
        )
    }

    /// Writes the page about published claims, with the data that it is drawn from.
    pub fn write_literature(&self, literature: &Literature) -> Result<(), Failure> {
        let mut files = literature_pictures(literature);
        let text = serde_json::to_string(literature)
            .map_err(|error| Failure::Internal(error.to_string()))?;
        files.push((LITERATURE.to_owned(), (text + "\n").into_bytes()));
        self.replace_by(&files)
    }

    /// Writes everything: page, Markdown, charts (on request as PNG too), recording.
    pub fn write(&self, results: &Results, png: bool) -> Result<(), Failure> {
        let recording =
            serde_json::to_string(results).map_err(|error| Failure::Internal(error.to_string()))?;
        let mut files = pictures(results, png)?;
        files.push((RECORDING.to_owned(), (recording + "\n").into_bytes()));
        self.replace_by(&files)
    }

    /// Writes everything about a sweep: page, Markdown, charts, and its file in the order of the plan.
    pub fn write_sweep(&self, results: &SweepResults) -> Result<(), Failure> {
        let mut files = sweep_pictures(results);
        files.push((
            journal::NAME.to_owned(),
            journal::text(results)?.into_bytes(),
        ));
        self.replace_by(&files)
    }

    /// Writes what people look at, without the recording.
    pub fn write_pictures(&self, results: &Results) -> Result<(), Failure> {
        self.replace_by(&pictures(results, false)?)
    }

    /// Writes a new folder beside the old one and swaps them.
    fn replace_by(&self, files: &[(String, Vec<u8>)]) -> Result<(), Failure> {
        let new = self.beside("new");
        let old = self.beside("old");
        let swap = || {
            fs::create_dir_all(self.parent())?;
            fs::create_dir(&new)?;
            for (name, bytes) in files {
                fs::write(new.join(name), bytes)?;
            }
            if self.path.exists() {
                fs::rename(&self.path, &old)?;
            }
            fs::rename(&new, &self.path)?;
            if old.exists() {
                fs::remove_dir_all(&old)
            } else {
                Ok(())
            }
        };
        swap().map_err(|error| {
            // Best effort: the earlier report back in its place, and nothing of ours left beside it.
            if old.exists() && !self.path.exists() {
                let _ = fs::rename(&old, &self.path);
            }
            let _ = fs::remove_dir_all(&new);
            cannot_write(&self.path, error)
        })
    }

    /// Refuses to replace a folder that is not a report.
    fn may_replace(&self) -> Result<(), Failure> {
        let has = |name| self.path.join(name).is_file();
        let is_report =
            has(RECORDING) || has(LITERATURE) || has(journal::NAME) || (has(PAGE) && has(MARKDOWN));
        let is_empty = fs::read_dir(&self.path).is_ok_and(|mut entries| entries.next().is_none());
        if !self.path.exists() || is_report || is_empty {
            return Ok(());
        }
        Err(Failure::Usage(format!(
            "{} exists and is not a report: choose another place with --out FOLDER",
            self.path.display()
        )))
    }

    fn parent(&self) -> &Path {
        match self.path.parent() {
            Some(parent) if parent != Path::new("") => parent,
            _ => Path::new("."),
        }
    }

    /// A name of our own next to the folder, on the same file system.
    fn beside(&self, purpose: &str) -> PathBuf {
        let name = self.path.file_name().unwrap_or_default().to_string_lossy();
        self.parent()
            .join(format!(".{name}.{purpose}-{}", std::process::id()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::fixture;

    fn names(folder: &Folder, ending: &str) -> Vec<String> {
        let files = fs::read_dir(&folder.path).expect("a folder");
        let mut names: Vec<_> = files
            .filter_map(|file| file.ok()?.file_name().into_string().ok())
            .filter_map(|name| name.strip_suffix(ending).map(str::to_owned))
            .collect();
        names.sort();
        names
    }

    #[test]
    fn each_svg_has_a_png_beside_it_only_when_asked_for() {
        let parent = tempfile::tempdir().expect("a place for files");
        let folder = claim_at(parent.path().join("report")).expect("a free place");
        folder.write(&fixture::ticker(), true).expect("a report");
        let drawings = names(&folder, ".svg");
        assert!(!drawings.is_empty());
        assert_eq!(names(&folder, ".png"), drawings);
        let page = fs::read_to_string(folder.page()).expect("a page");
        for name in &drawings {
            assert!(page.contains(&format!("href=\"{name}.png\"")), "{name}");
        }
        folder.write(&fixture::ticker(), false).expect("a report");
        assert_eq!(names(&folder, ".svg"), drawings);
        assert!(names(&folder, ".png").is_empty());
    }

    #[test]
    fn a_recording_that_cannot_be_drawn_as_png_is_told_from_a_crash() {
        let parent = tempfile::tempdir().expect("a place for files");
        let folder = claim_at(parent.path().join("report")).expect("a free place");
        let mut results = fixture::ticker();
        results.transports[0].label = "\u{1}".into();
        let outcome = folder.write(&results, true);
        assert!(matches!(outcome, Err(Failure::Usage(_))), "{outcome:?}");
        assert!(!folder.path.exists());
    }
}
