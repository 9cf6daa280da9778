//! `pushlab run --clients 10,40,80` where there is too little of something for the larger ones: what could be measured is
//! kept and shown, the reason is told, and the same command goes on when there is more.
#![cfg(unix)]

use pushlab::transport;
use serde_json::Value;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

const PROGRAM: &str = env!("CARGO_BIN_EXE_pushlab");
/// Of all transports, at numbers of clients that need 74, 104 and 144 open files.
const RUN: &str = "exec \"$0\" run ticker --network loopback --clients 10,40,80 --warm-up 200ms --duration 500ms \
                   --rate 20/s --poll-every 100ms --delay 0ms --out report";
const WHY: &str = "40 clients need 104 open files, and this shell's hard limit (`ulimit -Hn`) is 100: use at most --clients 36";
const NOT_TRIED: &str = "not tried, because fewer could not be run: 40 clients need 104 open files";

/// Runs a shell line in this folder; `$0` is the program.
fn shell(folder: &Path, line: &str) -> Output {
    let mut shell = Command::new("sh");
    shell.args(["-c", line, PROGRAM]).current_dir(folder);
    shell.output().expect("a shell")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// The trials that `--json` printed.
fn trials(output: &Output) -> Vec<Value> {
    let printed: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    printed["trials"].as_array().expect("trials").clone()
}

/// Trials with so many clients that `hold`.
fn count(trials: &[Value], clients: u32, hold: impl Fn(&Value) -> bool) -> usize {
    let with = trials.iter().filter(|trial| trial["clients"] == clients);
    with.filter(|trial| hold(trial)).count()
}

fn measured(trial: &Value) -> bool {
    trial["figures"].is_object() && trial["not_run"].is_null()
}

fn for_want_of(words: &str) -> impl Fn(&Value) -> bool {
    move |trial| {
        trial["figures"].is_null()
            && trial["not_run"]
                .as_str()
                .is_some_and(|why| why.starts_with(words))
    }
}

#[test]
fn a_load_without_descriptors_keeps_the_others_and_is_tried_again() {
    let all = transport::ALL.len();
    let folder = tempfile::tempdir().expect("a temporary folder");
    let short = shell(folder.path(), &format!("ulimit -n 100 && {RUN} --json"));
    let message = text(&short.stderr);
    assert_eq!(short.status.code(), Some(3), "{message}");
    let words =
        format!("error: some of it could not be run here, and the report shows the rest: {WHY}");
    assert!(message.contains(&words), "{message}");
    let there = trials(&short);
    assert_eq!(count(&there, 10, measured), all);
    assert_eq!(count(&there, 40, for_want_of(WHY)), all);
    assert_eq!(count(&there, 80, for_want_of(NOT_TRIED)), all);
    let page = fs::read_to_string(folder.path().join("report/index.html")).expect("a page");
    assert!(page.contains("could not be run on this machine"), "{page}");
    assert!(page.contains("40 clients need 104 open files"), "{page}");
    assert!(
        page.contains("not tried, because fewer could not be run"),
        "{page}"
    );

    // The same command where there is enough: what is there is not measured again.
    let enough = shell(folder.path(), &format!("{RUN} --json"));
    let message = text(&enough.stderr);
    assert_eq!(enough.status.code(), Some(0), "{message}");
    let known = format!("{all} of {} trials are there", 3 * all);
    assert!(message.contains(&known), "{message}");
    let after = trials(&enough);
    let now_there = [10, 40, 80].map(|clients| count(&after, clients, measured));
    assert_eq!(now_there, [all; 3]);
    for trial in there.iter().filter(|trial| measured(trial)) {
        assert!(after.contains(trial), "{trial}");
    }
    let page = fs::read_to_string(folder.path().join("report/index.html")).expect("a page");
    assert!(!page.contains("could not be run"), "{page}");
}

#[test]
fn without_a_single_measurement_there_is_only_the_reason() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let none = shell(folder.path(), &format!("ulimit -n 70 && {RUN}"));
    let message = text(&none.stderr);
    assert_eq!(none.status.code(), Some(3), "{message}");
    assert!(none.stdout.is_empty());
    assert!(
        message.contains(
            "error: 10 clients need 74 open files, and this shell's hard limit (`ulimit -Hn`) is 70"
        ),
        "{message}"
    );
}

/// The contents of a file of the report.
fn kept(folder: &Path, name: &str) -> String {
    fs::read_to_string(folder.join("report").join(name)).unwrap_or_default()
}

#[test]
fn a_finished_run_stays_until_it_is_measured_again() {
    let temporary = tempfile::tempdir().expect("a temporary folder");
    let folder = temporary.path();
    let run = format!("{RUN} --transport {}", transport::BASELINE.id);
    let first = shell(folder, &run);
    assert_eq!(first.status.code(), Some(0), "{}", text(&first.stderr));
    let (trials, page) = (kept(folder, "sweep.jsonl"), kept(folder, "index.html"));
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    assert!(trials.contains(&format!("\"cores\":{cores}}}")), "{trials}");
    assert!(page.contains("<dt>Machine</dt>"), "{page}");

    // Where nothing can be run, and where only a part can: nothing of it is lost.
    for (limit, words) in [
        (70, "open files"),
        (
            100,
            "some of it could not be run here, and the rest is kept for the next time",
        ),
    ] {
        let short = shell(folder, &format!("ulimit -n {limit} && {run}"));
        let message = text(&short.stderr);
        assert_eq!(short.status.code(), Some(3), "{message}");
        assert!(message.contains(words), "{message}");
        assert!(
            message.contains("again, beside the earlier report"),
            "{message}"
        );
        assert!(kept(folder, "sweep.jsonl") == trials && kept(folder, "index.html") == page);
    }
    let part = kept(folder, "sweep-again.jsonl");
    assert!(part.contains("\"clients\":10,"), "{part}");

    // Then all of it takes the place of the first.
    let second = shell(folder, &run);
    let message = text(&second.stderr);
    assert_eq!(second.status.code(), Some(0), "{message}");
    assert!(message.contains("1 of 3 trials are there"), "{message}");
    assert_ne!(kept(folder, "sweep.jsonl"), trials);
    assert!(!folder.join("report/sweep-again.jsonl").exists());
}

#[test]
fn another_run_is_refused_and_nothing_of_what_is_there_is_lost() {
    let temporary = tempfile::tempdir().expect("a temporary folder");
    let folder = temporary.path();
    let one = "exec \"$0\" run ticker --warm-up 0s --duration 1s --out report --clients";
    let first = shell(folder, &format!("{one} 2,4"));
    assert_eq!(first.status.code(), Some(0), "{}", text(&first.stderr));
    let trials = kept(folder, "sweep.jsonl");
    // Half of it is there, and more clients are asked for.
    let half: Vec<&str> = trials.lines().take(3).collect();
    fs::write(folder.join("report/sweep.jsonl"), half.join("\n") + "\n").expect("half of it");
    let refused = shell(folder, &format!("{one} 2,4,8"));
    let message = text(&refused.stderr);
    assert_eq!(refused.status.code(), Some(2), "{message}");
    assert!(
        message.contains("sweep.jsonl holds another sweep (sweep."),
        "{message}"
    );
    assert!(message.contains("--out FOLDER, or delete it"), "{message}");
    assert_eq!(kept(folder, "sweep.jsonl").lines().count(), 3);
}
