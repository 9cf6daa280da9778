//! Criterion's own files: where they are, and what of them is of this run.

use crate::args;
use pushlab::measure::bench::{Beside, Measured};
use serde::Deserialize;
use std::env;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::time::SystemTime;

/// Beside criterion's `new`: what it has no place for.
const FIGURES: &str = "figures.json";

/// Where criterion saves, by its own rules: `CRITERION_HOME`, or `criterion` in cargo's target directory.
pub fn home() -> &'static Path {
    static HOME: OnceLock<PathBuf> = OnceLock::new();
    HOME.get_or_init(|| {
        let named = env::var_os("CRITERION_HOME").map(PathBuf::from);
        let target = || {
            env::var_os("CARGO_TARGET_DIR")
                .map(PathBuf::from)
                .or_else(target_of_cargo)
        };
        named
            .or_else(|| Some(target()?.join("criterion")))
            .unwrap_or_else(|| PathBuf::from("target/criterion"))
    })
}

fn target_of_cargo() -> Option<PathBuf> {
    #[derive(Deserialize)]
    struct Metadata {
        target_directory: PathBuf,
    }
    let mut cargo = Command::new(env::var_os("CARGO")?);
    let output = cargo
        .args(["metadata", "--no-deps", "--format-version", "1"])
        .output()
        .ok()?;
    let metadata: Metadata = serde_json::from_slice(&output.stdout).ok()?;
    Some(metadata.target_directory)
}

/// Saves what criterion has no place for. `id` is group, function and perhaps parameter.
pub fn write(id: &[&str], figures: &Beside) {
    if !args::measuring() {
        return;
    }
    let folder = id
        .iter()
        .fold(home().to_owned(), |path, part| path.join(part));
    let text = serde_json::to_string(figures).expect("plain data");
    let written = fs::create_dir_all(&folder).and_then(|()| fs::write(folder.join(FIGURES), text));
    if let Err(error) = written {
        eprintln!("pushlab: {}: {error}", folder.join(FIGURES).display());
    }
}

/// What was saved since `started`, and what could not be read of it.
pub fn since(started: SystemTime) -> (Vec<Measured>, Vec<String>) {
    let (mut measured, mut problems) = (Vec::new(), Vec::new());
    let mut folders = vec![home().to_owned()];
    while let Some(folder) = folders.pop() {
        let entries = match fs::read_dir(&folder) {
            Ok(entries) => entries,
            // Nothing was ever saved.
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => {
                problems.push(format!("{}: {error}", folder.display()));
                continue;
            }
        };
        for path in entries
            .flatten()
            .map(|entry| entry.path())
            .filter(|path| path.is_dir())
        {
            if path.ends_with("new") {
                match one(&folder, &path, started) {
                    Ok(one) => measured.extend(one),
                    Err(problem) => problems.push(format!("{}: {problem}", path.display())),
                }
            } else {
                folders.push(path);
            }
        }
    }
    (measured, problems)
}

/// One benchmark, if it is of this run.
fn one(folder: &Path, new: &Path, started: SystemTime) -> Result<Option<Measured>, String> {
    let fresh = |path: &Path| {
        fs::metadata(path)
            .and_then(|data| data.modified())
            .is_ok_and(|at| at >= started)
    };
    let estimates = new.join("estimates.json");
    if !fresh(&estimates) {
        return Ok(None);
    }
    let read = |path: &Path, name: &str| {
        fs::read_to_string(path).map_err(|error| format!("{name}: {error}"))
    };
    let mut measured = Measured::read(
        &read(&new.join("benchmark.json"), "benchmark.json")?,
        &read(&estimates, "estimates.json")?,
    )?;
    let figures = folder.join(FIGURES);
    if fresh(&figures) {
        measured.beside = Beside::read(&read(&figures, FIGURES)?)?;
    }
    Ok(Some(measured))
}
