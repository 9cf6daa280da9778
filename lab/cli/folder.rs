//! A report folder: claimed before the run, written beside its place and then swapped in, so that
//! an earlier report is whole until a new one is.

use super::Failure;
use super::journal;
use super::recording::{PAGE, Recording};
use std::fs;
use std::path::{Path, PathBuf};

/// Where reports go unless told otherwise; git ignores it.
const DEFAULT_PARENT: &str = "reports/runs";
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

impl Folder {
    /// An existing report, by its folder or by the recording in it.
    pub fn existing(path: &Path) -> Self {
        let mut folder = Self {
            path: path.to_owned(),
        };
        if path.is_file() {
            folder.path = folder.parent().to_owned();
        }
        folder
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

    /// Writes everything: page, Markdown, charts (on request as PNG too), recording.
    pub fn write(&self, recording: &Recording, png: bool) -> Result<(), Failure> {
        let mut files = recording.pictures(png)?;
        files.push(recording.file()?);
        self.replace_by(&files)
    }

    /// Writes what people look at, without the recording.
    pub fn write_pictures(&self, recording: &Recording) -> Result<(), Failure> {
        self.replace_by(&recording.pictures(false)?)
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
            // Whoever draws a sweep again does not end what is being measured again beside it.
            let again = self.path.join(journal::AGAIN);
            if again.is_file() && files.iter().any(|(name, _)| name == journal::NAME) {
                fs::copy(again, new.join(journal::AGAIN))?;
            }
            if self.path.is_dir() {
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
        let is_empty = fs::read_dir(&self.path).is_ok_and(|mut entries| entries.next().is_none());
        if self.path.is_file() {
            return Err(Failure::Usage(format!(
                "{} is a file: name a folder with --out FOLDER",
                self.path.display()
            )));
        }
        journal::not_in_use(&self.path)?;
        if !self.path.exists() || Recording::is_in(&self.path) || is_empty {
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
        let ticker = Recording::Run(Box::new(fixture::ticker()));
        folder.write(&ticker, true).expect("a report");
        let drawings = names(&folder, ".svg");
        assert!(!drawings.is_empty());
        assert_eq!(names(&folder, ".png"), drawings);
        let page = fs::read_to_string(folder.page()).expect("a page");
        for name in &drawings {
            assert!(page.contains(&format!("href=\"{name}.png\"")), "{name}");
        }
        folder.write(&ticker, false).expect("a report");
        assert_eq!(names(&folder, ".svg"), drawings);
        assert!(names(&folder, ".png").is_empty());
    }

    #[test]
    fn both_networks_are_drawn_again_from_their_recording_alone() {
        let parent = tempfile::tempdir().expect("a place for files");
        let folder = claim_at(parent.path().join("report")).expect("a free place");
        // As a program writes it: its numbers survive being written and read.
        let text = serde_json::to_string(&fixture::both(fixture::ticker())).expect("plain data");
        let both: crate::measure::Both = serde_json::from_str(&text).expect("the same data");
        let written = Recording::Both(Box::new(both.clone()));
        folder.write(&written, false).expect("a report");
        let files = ["index.html", "report.md", "agreement.svg", "recording.json"];
        let contents = || files.map(|name| fs::read(folder.path.join(name)).expect("a file"));
        let first = contents();
        let recording = Recording::read(folder.path()).expect("our own recording");
        assert!(matches!(&recording, Recording::Both(read) if **read == both));
        folder.write(&recording, false).expect("a report");
        assert_eq!(contents(), first);
    }

    #[test]
    fn a_scorecard_is_drawn_again_from_its_recording_alone() {
        let parent = tempfile::tempdir().expect("a place for files");
        let folder = claim_at(parent.path().join("report")).expect("a free place");
        let scorecard = fixture::cards::cards();
        let written = Recording::Scorecard(Box::new(scorecard.clone()));
        folder.write(&written, false).expect("a report");
        let files = ["index.html", "report.md", "scorecard.svg", "recording.json"];
        let contents = || files.map(|name| fs::read(folder.path.join(name)).expect("a file"));
        let first = contents();
        let recording = Recording::read(folder.path()).expect("our own recording");
        assert!(matches!(&recording, Recording::Scorecard(read) if **read == scorecard));
        folder.write(&recording, false).expect("a report");
        assert_eq!(contents(), first);
    }

    #[test]
    fn a_sweep_drawn_again_keeps_what_is_measured_again_beside_it() {
        let parent = tempfile::tempdir().expect("a place for files");
        let folder = claim_at(parent.path().join("report")).expect("a free place");
        let sweep = fixture::sweeps::sweep(&["clients=10,100"]);
        let sweep = Recording::Sweep(Box::new(sweep));
        folder.write(&sweep, false).expect("a report");
        let again = folder.path.join(journal::AGAIN);
        fs::write(&again, "trials").expect("a file");
        folder.write(&sweep, false).expect("a report");
        assert_eq!(fs::read_to_string(&again).expect("a file"), "trials");
        let ticker = Recording::Run(Box::new(fixture::ticker()));
        folder.write(&ticker, false).expect("another report");
        assert!(!again.exists());
    }

    #[test]
    fn a_file_is_never_replaced_by_a_folder() {
        let parent = tempfile::tempdir().expect("a place for files");
        let folder = claim_at(parent.path().join("report")).expect("a free place");
        let ticker = Recording::Run(Box::new(fixture::ticker()));
        folder.write(&ticker, false).expect("a report");
        let recording = folder.path.join("recording.json");
        let text = fs::read(&recording).expect("a file");
        assert!(matches!(
            claim_at(recording.clone()),
            Err(Failure::Usage(_))
        ));
        let wrong = Folder {
            path: recording.clone(),
        };
        assert!(wrong.write(&ticker, false).is_err());
        assert_eq!(fs::read(&recording).expect("still a file"), text);
        // Whoever names the recording means the report that it is in.
        assert_eq!(Folder::existing(&recording).path(), folder.path);
    }

    #[test]
    fn a_recording_that_cannot_be_drawn_as_png_is_told_from_a_crash() {
        let parent = tempfile::tempdir().expect("a place for files");
        let folder = claim_at(parent.path().join("report")).expect("a free place");
        let mut results = fixture::ticker();
        results.transports[0].label = "\u{1}".into();
        let outcome = folder.write(&Recording::Run(Box::new(results)), true);
        assert!(matches!(outcome, Err(Failure::Usage(_))), "{outcome:?}");
        assert!(!folder.path.exists());
    }
}
