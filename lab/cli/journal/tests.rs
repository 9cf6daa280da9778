//! Files of sweeps: killed, damaged, of another sweep, and held by another program.

use super::*;
use crate::net::Network;
use crate::run::Interrupt;
use crate::scenario::sweep::{Axis, Sweep};
use crate::sweep;

fn plan(axis: &str) -> Plan {
    let base = r#"{"name": "short", "clients": 1, "duration": "1s"}"#;
    let scenario = crate::scenario::parse(base, "").expect("a scenario");
    let axis: Axis = axis.parse().expect("an axis");
    let sweep = Sweep {
        repeats: 2,
        least_events: 1,
        least_polls: 1,
        ..Sweep::new(scenario, vec![axis])
    };
    Plan::new(sweep, Network::Simulated, "pushlab sweep".into()).expect("a plan")
}

/// Runs what is missing; returns how many trials that were.
fn go_on(folder: &Path, plan: &Plan) -> Result<(SweepResults, usize), Failure> {
    let (mut journal, known) = Journal::open(folder, plan, Opening::GoOn)?;
    let mut ran = 0;
    let results = sweep::run(plan, known, 2, &Interrupt::default(), |_, trial| {
        ran += 1;
        journal.add(trial)
    })?;
    Ok((results, ran))
}

fn message(outcome: Result<(SweepResults, usize), Failure>) -> String {
    match outcome {
        Err(Failure::Usage(message)) => message,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_sweep_goes_on_where_it_was_killed_and_ends_the_same() {
    let parent = tempfile::tempdir().expect("a place for files");
    let plan = plan("poll_every=500ms,1s");
    let (whole, ran) = go_on(&parent.path().join("whole"), &plan).expect("a sweep");
    // Short polling at both values, the three others once; each twice.
    assert_eq!(ran, 2 * (2 + 3));

    let killed = parent.path().join("killed");
    fs::create_dir(&killed).expect("a folder");
    let text = text(&whole).expect("a text");
    let kept: usize = text.lines().take(4).map(|line| line.len() + 1).sum();
    fs::write(killed.join(NAME), &text[..kept + 30]).expect("a torn file");
    let (resumed, ran) = go_on(&killed, &plan).expect("the rest");
    assert_eq!(ran, 10 - 3);
    assert_eq!(resumed, whole);
    let file = read(&killed.join(NAME)).expect("a whole file");
    assert_eq!(file.trials.len(), 10);
    let (_, ran) = go_on(&killed, &plan).expect("nothing to do");
    assert_eq!(ran, 0);
}

#[test]
fn what_is_not_this_sweep_is_refused_and_kept() {
    let parent = tempfile::tempdir().expect("a place for files");
    let folder = parent.path();
    let path = folder.join(NAME);
    let first = plan("poll_every=500ms,1s");
    go_on(folder, &first).expect("a sweep");
    let whole = fs::read_to_string(&path).expect("a file");
    let other = plan("poll_every=500ms,2s");
    let refused = message(go_on(folder, &other));
    assert!(
        refused.contains("another sweep (sweep.vary differs)"),
        "{refused}"
    );
    assert_eq!(fs::read_to_string(&path).expect("a file"), whole);

    for (from, to, part) in [
        (
            "\"version\":1",
            "\"version\":0",
            "version 0, this program reads",
        ),
        (
            "\"schema\":\"pushlab/sweep\"",
            "\"schema\":\"x\"",
            "written as \"x\"",
        ),
        ("\"repeat\":1", "\"repeat\":7", "the field \"repeat\" is 7"),
        ("\"transport\":", "\"transporter\":", "line 2 is no trial"),
    ] {
        fs::write(&path, whole.replacen(from, to, 1)).expect("a damaged file");
        let refused = message(go_on(folder, &first));
        assert!(
            refused.contains(part) && refused.contains(NAME),
            "{from}: {refused}"
        );
    }
    let again = whole.clone() + whole.lines().last().expect("a trial") + "\n";
    fs::write(&path, again).expect("a trial twice");
    assert!(message(go_on(folder, &first)).contains("the same trial as on line"));
    for text in ["no sweep at all\n", "notes without a line break"] {
        fs::write(&path, text).expect("another file");
        assert!(message(go_on(folder, &first)).contains("line 1 is no head"));
        assert_eq!(fs::read_to_string(&path).expect("a file"), text);
    }
    for torn in ["", "{\"sch", &whole[..100]] {
        fs::write(&path, torn).expect("a torn head");
        assert!(go_on(folder, &first).is_ok(), "{torn}");
    }
}

#[test]
fn two_cannot_write_one_file() {
    let parent = tempfile::tempdir().expect("a place for files");
    let plan = plan("poll_every=500ms,1s");
    let held = Journal::open(parent.path(), &plan, Opening::GoOn).expect("a file");
    let refused = message(go_on(parent.path(), &plan));
    assert!(refused.contains("another pushlab"), "{refused}");
    assert!(matches!(not_in_use(parent.path()), Err(Failure::Usage(_))));
    drop(held);
    assert!(not_in_use(parent.path()).is_ok());
    let mut file = OpenOptions::new()
        .append(true)
        .open(parent.path().join(NAME))
        .expect("the file");
    file.write_all(b"torn").expect("half a line");
    assert!(go_on(parent.path(), &plan).is_ok());
}

/// What `run --clients` opens, and what it is told.
fn repeat(folder: &Path, plan: &Plan) -> Result<(bool, usize), String> {
    match Journal::open(folder, plan, Opening::Repeat) {
        Ok((journal, known)) => Ok((journal.is_beside(), known.len())),
        Err(Failure::Usage(message)) => Err(message),
        Err(other) => panic!("{other:?}"),
    }
}

#[test]
fn measuring_again_never_empties_what_is_there() {
    let parent = tempfile::tempdir().expect("a place for files");
    let folder = parent.path();
    let contents = |name: &str| fs::read_to_string(folder.join(name)).unwrap_or_default();
    let plan = plan("poll_every=500ms,1s");
    assert_eq!(repeat(folder, &plan), Ok((false, 0)));
    let (whole, _) = go_on(folder, &plan).expect("a sweep");
    let finished = contents(NAME);

    // A finished one stays, and what is measured again goes on beside it.
    let (mut journal, known) = Journal::open(folder, &plan, Opening::Repeat).expect("a file");
    assert!(journal.is_beside() && known.is_empty());
    journal.add(&whole.trials[0]).expect("a trial");
    assert!(matches!(not_in_use(folder), Err(Failure::Usage(_))));
    drop(journal);
    assert_eq!(repeat(folder, &plan), Ok((true, 1)));
    assert_eq!(contents(NAME), finished);
    forget_again(folder).expect("a file less");
    assert_eq!(repeat(folder, &plan), Ok((true, 0)));

    // An unfinished one goes on where it is, and so does one of which something could not be run.
    let lines: Vec<&str> = finished.lines().collect();
    fs::write(folder.join(NAME), lines[..4].join("\n") + "\n").expect("half of it");
    assert_eq!(repeat(folder, &plan), Ok((false, 3)));
    let mut short = whole.clone();
    short.trials[0].not_run = Some("too few descriptors".into());
    fs::write(folder.join(NAME), text(&short).expect("a text")).expect("a file");
    assert_eq!(repeat(folder, &plan), Ok((false, whole.trials.len() - 1)));

    // Whatever else is there is refused, with a remedy that this command has.
    for (from, to, part) in [
        ("\"pushlab\":\"", "\"pushlab\":\"0", "(pushlab differs)"),
        ("\"seed\":7,", "\"seed\":8,", "scenario.seed differs"),
        ("\"version\":1", "\"version\":0", "version 0"),
        ("\"transport\":", "\"transporter\":", "line 2 is no trial"),
        (
            "\"network\":",
            "\"machine\":{\"os\":\"o\",\"arch\":\"a\",\"cores\":96},\"network\":",
            "was measured on another machine",
        ),
    ] {
        let other = finished.replacen(from, to, 1);
        assert!(other != finished, "{from}");
        fs::write(folder.join(NAME), &other).expect("another file");
        let message = repeat(folder, &plan).expect_err(from);
        assert!(message.contains(part), "{from}: {message}");
        assert!(message.contains("delete it"), "{from}: {message}");
        assert!(!message.contains("--fresh"), "{from}: {message}");
        assert!(contents(NAME) == other, "{from}");
    }
}

#[test]
fn only_who_says_so_discards() {
    let parent = tempfile::tempdir().expect("a place for files");
    let folder = parent.path();
    let plan = plan("poll_every=500ms,1s");
    go_on(folder, &plan).expect("a sweep");
    assert_eq!(repeat(folder, &plan), Ok((true, 0)));
    let (journal, known) = Journal::open(folder, &plan, Opening::Discard).expect("a file");
    assert!(!journal.is_beside() && known.is_empty());
    drop(journal);
    assert!(!folder.join(AGAIN).exists());
    let there = read(&folder.join(NAME)).expect("a head");
    assert!(there.trials.is_empty());
}
