//! The end of `cargo bench`: one table and one page of what criterion saved in this run.

use crate::{args, saved};
use anstream::{AutoStream, ColorChoice};
use pushlab::measure::bench::{Bench, FLOOR, Group, Party};
use pushlab::measure::{Machine, Style};
use pushlab::{report, transport};
use std::env;
use std::fs;
use std::io;
use std::path::PathBuf;
use std::time::SystemTime;

/// How wide the table may be where nobody says how wide the terminal is.
const WIDTH: u16 = 120;

/// Prints the table and writes the page; nothing where nothing was to be measured.
pub fn close(groups: Vec<Group>, started: SystemTime) {
    if !args::measuring() {
        return;
    }
    let (measured, problems) = saved::since(started);
    if measured.is_empty() {
        for problem in &problems {
            eprintln!("pushlab: {problem}");
        }
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
    choose_color();
    let color = AutoStream::choice(&io::stdout()) != ColorChoice::Never;
    anstream::println!("{}", report::bench::terminal(&bench, width, color));
    let name = if is_whole(&bench) {
        "index.html"
    } else {
        "part.html"
    };
    match write(name, &report::bench::html(&bench)) {
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

/// Criterion's own option counts for the table too.
fn choose_color() {
    let choice = match args::value(&["--color", "--colour", "-c"]).as_deref() {
        Some("always") => ColorChoice::Always,
        Some("never") => ColorChoice::Never,
        _ => return,
    };
    choice.write_global();
}

/// Whether something of each group was measured, and of each transport: then it was no filtered run, whose page would
/// take the place of one that shows all.
fn is_whole(bench: &Bench) -> bool {
    let has_group = |group: &Group| bench.measured.iter().any(|one| one.group == group.id);
    let has_function = |id: &str| bench.measured.iter().any(|one| one.function == id);
    bench.groups.iter().all(has_group)
        && bench.parties.iter().all(|party| has_function(&party.id))
        && has_function(FLOOR)
}

fn write(name: &str, page: &str) -> Result<PathBuf, String> {
    let folder = saved::home().join("pushlab");
    let path = folder.join(name);
    fs::create_dir_all(&folder)
        .and_then(|()| fs::write(&path, page))
        .map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(path)
}
