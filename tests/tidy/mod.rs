//! The rules of the house that no compiler checks: which way imports go, who may ask for the time,
//! who may name a transport, and what a generated page may contain.

mod files;
mod map;
mod readme;
mod source;

use pushlab::transport;
use source::{imports, sources};

/// Each module of the lab and those that it may use.
const IMPORTS: &[(&str, &[&str])] = &[
    ("allocator", &[]),
    ("clock", &[]),
    ("cpu", &[]),
    ("os", &[]),
    ("scenario", &[]),
    ("feed", &["scenario"]),
    ("app", &["feed", "scenario"]),
    ("hub", &["app", "clock", "feed", "scenario"]),
    ("measure", &["scenario"]),
    ("net", &["clock", "measure", "scenario"]),
    ("theory", &[]),
    (
        "transport",
        &[
            "app", "clock", "feed", "hub", "measure", "net", "scenario", "theory",
        ],
    ),
    (
        "run",
        &[
            "app",
            "clock",
            "cpu",
            "feed",
            "hub",
            "measure",
            "net",
            "os",
            "scenario",
            "theory",
            "transport",
        ],
    ),
    (
        "sweep",
        &["measure", "net", "run", "scenario", "theory", "transport"],
    ),
    (
        "scorecard",
        &["measure", "net", "run", "scenario", "theory", "transport"],
    ),
    ("check", &["clock"]),
    (
        "reproduce",
        &[
            "chart",
            "clock",
            "cpu",
            "feed",
            "hub",
            "measure",
            "net",
            "os",
            "run",
            "scenario",
            "theory",
            "transport",
        ],
    ),
    ("chart", &["measure", "scenario"]),
    ("report", &["chart", "measure", "scenario"]),
    (
        "cli",
        &[
            "app",
            "chart",
            "check",
            "clock",
            "feed",
            "hub",
            "measure",
            "net",
            "os",
            "report",
            "reproduce",
            "run",
            "scenario",
            "scorecard",
            "sweep",
            "transport",
        ],
    ),
];
/// Values in, values out: no clock, no file, no async.
const PURE: &[&str] = &["measure", "theory", "chart", "report"];
const MOST_LINES: usize = 400;

#[test]
fn imports_go_one_way() {
    for source in sources("lab") {
        let module = source.module();
        if ["lib", "main"].contains(&module) {
            continue;
        }
        let rule = IMPORTS.iter().find(|(name, _)| *name == module);
        let (_, allowed) = rule.unwrap_or_else(|| panic!("{module} has no rule: add one here"));
        source.check("imports go one way", |line| {
            let fine = |name: &&str| *name == module || allowed.contains(name);
            imports(line).iter().all(fine)
        });
    }
}

#[test]
fn nothing_is_imported_in_a_circle() {
    // Each module uses only such as stand before it in some order: take away whoever needs nobody.
    let mut left: Vec<_> = IMPORTS.to_vec();
    while !left.is_empty() {
        let names: Vec<_> = left.iter().map(|(name, _)| *name).collect();
        let before = left.len();
        left.retain(|(_, uses)| uses.iter().any(|name| names.contains(name)));
        assert!(left.len() < before, "a circle among {names:?}");
    }
}

#[test]
fn what_is_pure_stays_pure() {
    const IMPURE: &[&str] = &[
        "std::fs",
        "std::net",
        "std::thread",
        "std::env",
        "std::process",
        "tokio",
        "async ",
        ".await",
    ];
    for source in sources("lab")
        .iter()
        .filter(|source| PURE.contains(&source.module()))
    {
        source.check("pure", |line| {
            !IMPURE.iter().any(|word| line.contains(word))
        });
    }
}

#[test]
fn transports_do_not_know_each_other() {
    let files: Vec<_> = transport::ALL
        .iter()
        .map(|entry| entry.descriptor.id.replace('-', "_"))
        .collect();
    for source in sources("lab/transport") {
        let Some(own) = files
            .iter()
            .find(|file| source.name == format!("{file}.rs"))
        else {
            continue;
        };
        source.check("transports do not know each other", |line| {
            let others = files.iter().filter(|file| *file != own);
            !others
                .map(|file| format!("{file}::"))
                .any(|path| line.contains(&path))
        });
    }
}

#[test]
fn nothing_outside_names_a_transport() {
    for source in sources("lab")
        .iter()
        .filter(|source| source.module() != "transport")
    {
        for entry in transport::ALL {
            let id = format!("\"{}\"", entry.descriptor.id);
            // The header value of RFC 6455 is no name of ours.
            let header = "has(\"upgrade\", \"websocket\")";
            source.check("nothing outside lab/transport names a transport", |line| {
                !line.replace(header, "").contains(&id)
            });
        }
    }
}

#[test]
fn only_the_clock_knows_the_time() {
    const TIMES: &[&str] = &["Instant", "SystemTime", "tokio::time"];
    let words = |line: &str| {
        line.split(|c: char| !c.is_alphanumeric() && c != '_' && c != ':')
            .any(|word| {
                TIMES
                    .iter()
                    .any(|time| word == *time || word.starts_with(&format!("{time}::")))
            })
    };
    for source in sources("lab") {
        let exempt = source.module() == "clock" || source.name == "cli/progress.rs";
        // smoltcp calls its own points in time so: they are made from the clock's numbers.
        let stack = source.text.contains("use smoltcp::time::");
        if !exempt {
            source.check("only the clock knows the time", |line| {
                line.contains("smoltcp::time")
                    || !words(line)
                    || (stack && !line.contains("Instant::now"))
            });
        }
    }
}

#[test]
fn no_file_is_long_and_nothing_is_left_to_do() {
    let marks = [["TO", "DO"].concat(), ["FIX", "ME"].concat()];
    for source in ["lab", "tests", "benches"].into_iter().flat_map(sources) {
        let (path, lines) = (source.path.display(), source.text.lines().count());
        assert!(lines < MOST_LINES, "{path} has {lines} lines");
        for mark in &marks {
            assert!(!source.text.contains(mark), "{path} has a {mark}");
        }
    }
}

#[test]
fn the_program_does_not_unwrap() {
    for source in sources("lab") {
        source.check("an error gets a message", |line| {
            !line.contains(".unwrap()")
        });
    }
}
