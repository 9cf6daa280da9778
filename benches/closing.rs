//! The end of `cargo bench`: one table and one page of what criterion saved in this run.

use crate::saved;
use pushlab::measure::bench::{Bench, Group, Party};
use pushlab::measure::{Machine, Style};
use pushlab::{report, transport};
use std::env;
use std::fs;
use std::io::{self, IsTerminal};
use std::path::PathBuf;
use std::time::SystemTime;

/// How wide the table may be where nobody says how wide the terminal is.
const WIDTH: u16 = 120;

/// Prints the table and writes the page; nothing where nothing was to be measured.
pub fn close(groups: Vec<Group>, started: SystemTime) {
    if !saved::measuring() {
        return;
    }
    let (measured, problems) = saved::since(started);
    for problem in &problems {
        eprintln!("pushlab: {problem}");
    }
    if measured.is_empty() {
        eprintln!(
            "pushlab: no table: criterion saved no measurement of this run below {}. A filter that matches nothing, \
             --load-baseline and --discard-baseline save none",
            saved::home().display()
        );
        return;
    }
    let parties = transport::ALL.iter().map(|entry| Party {
        id: entry.descriptor.id.into(),
        label: entry.descriptor.label.into(),
        style: Style {
            color: entry.descriptor.color.into(),
            marker: entry.descriptor.marker,
        },
    });
    let bench = Bench {
        pushlab: env!("CARGO_PKG_VERSION").into(),
        command: command(),
        machine: Machine {
            os: env::consts::OS.into(),
            arch: env::consts::ARCH.into(),
            cores: std::thread::available_parallelism().map_or(1, usize::from),
        },
        took_s: started.elapsed().unwrap_or_default().as_secs_f64(),
        baseline: transport::BASELINE.id.into(),
        parties: parties.collect(),
        groups,
        measured,
        problems,
    };
    let width = terminal_size::terminal_size().map_or(WIDTH, |(width, _)| width.0);
    anstream::println!(
        "{}",
        report::bench::terminal(&bench, width, io::stdout().is_terminal())
    );
    match write(&report::bench::html(&bench)) {
        Ok(path) => println!("\npage: {}", path.display()),
        Err(problem) => eprintln!("pushlab: {problem}"),
    }
}

/// What was typed, as far as it is known.
fn command() -> String {
    let args: Vec<String> = env::args().skip(1).filter(|arg| arg != "--bench").collect();
    match args.is_empty() {
        true => "cargo bench".into(),
        false => format!("cargo bench -- {}", args.join(" ")),
    }
}

fn write(page: &str) -> Result<PathBuf, String> {
    let folder = saved::home().join("pushlab");
    let path = folder.join("index.html");
    fs::create_dir_all(&folder)
        .and_then(|()| fs::write(&path, page))
        .map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(path)
}
