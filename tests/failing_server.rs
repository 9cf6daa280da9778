//! Servers' processes that cannot be started any more: what was measured before is kept.
#![cfg(target_os = "linux")]

use pushlab::transport;
use serde_json::{Value, json};
use std::fs;
use std::path::Path;
use std::process::Command;

const PROGRAM: &str = env!("CARGO_BIN_EXE_pushlab");

/// By the time it has read its scenario, and before it asks where it is, the program is gone. What Linux then says
/// where it is, is a script: a server as often as there are lines of it.
const REPLACED: &str = "\
ln \"$0\" lab && mkfifo mine.json || exit 9
./lab run ./mine.json --out report --json --network $1 &
exec 3> mine.json
rm lab
printf '%s\\n' \"$3\" > 'lab (deleted)'
chmod +x 'lab (deleted)'
printf '%s' \"$2\" >&3
exec 3>&-
wait $!";

/// Runs all transports, on this network and with what flags follow, where only so many servers can be started. Exit
/// code, standard output, messages, page.
fn with_servers(times: usize, network: &str) -> (Option<i32>, String, String, String) {
    let beside = Path::new(PROGRAM).parent().expect("a folder");
    let folder = tempfile::tempdir_in(beside).expect("a temporary folder");
    let fields = json!({
        "name": "mine", "clients": 2, "warm_up": "100ms", "duration": "500ms", "rate": "20/s",
        "poll_every": "50ms", "delay": "1ms",
    });
    let servers =
        (0..times).map(|n| format!("mkdir {n} 2> /dev/null && exec '{PROGRAM}' \"$@\"\n"));
    let script = format!("#!/bin/sh\n{}exit 1", servers.collect::<String>());
    let output = Command::new("sh")
        .args([
            "-c",
            REPLACED,
            PROGRAM,
            network,
            &fields.to_string(),
            &script,
        ])
        .current_dir(folder.path())
        .output()
        .expect("a shell");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let page = fs::read_to_string(folder.path().join("report/index.html"));
    (
        output.status.code(),
        text(&output.stdout),
        text(&output.stderr),
        page.unwrap_or_default(),
    )
}

#[test]
fn what_was_measured_before_a_server_failed_is_kept() {
    let (code, output, messages, page) = with_servers(1, "loopback");
    assert_eq!(code, Some(3), "{messages}");
    let why = "the server's process failed: exit status: 1, before the run began";
    let words = format!("what was measured before is shown: {why}");
    assert!(messages.contains(&words), "{messages}");
    let results: Value = serde_json::from_str(&output).expect("one object");
    assert_eq!(results["partial"], true);
    assert_eq!(results["transports"].as_array().map(Vec::len), Some(1));
    assert_eq!(results["transports"][0]["verified"], true, "{results}");
    let note = results["notes"][0].as_str().unwrap_or_default();
    let second = transport::ALL[1].descriptor.label;
    assert!(
        note.starts_with(&format!("{second} could not be run, and")),
        "{note}"
    );
    assert!(
        page.contains("exit status: 1, before the run began"),
        "{page}"
    );

    // Of both networks: the part of the second that is there, or the first alone.
    let (code, output, messages, _) = with_servers(1, "both");
    assert_eq!(code, Some(3), "{messages}");
    let both: Value = serde_json::from_str(&output).expect("one object");
    let number = |half: &str| both[half]["transports"].as_array().map(Vec::len);
    assert_eq!(number("simulated"), Some(transport::ALL.len()));
    assert_eq!(number("loopback"), Some(1));
    let (code, output, messages, _) = with_servers(0, "both");
    assert_eq!(code, Some(3), "{messages}");
    let simulated: Value = serde_json::from_str(&output).expect("one object");
    assert_eq!(simulated["network"], "simulated");
    let note = simulated["notes"][0].as_str().unwrap_or_default();
    assert!(
        note.starts_with("nothing could be run on loopback: "),
        "{note}"
    );
    // Without any, there is nothing to show.
    let (code, output, messages, _) = with_servers(0, "loopback");
    assert_eq!((code, output.as_str()), (Some(3), ""), "{messages}");
}

#[test]
fn settings_judged_before_a_server_failed_are_kept() {
    let (code, output, messages, page) = with_servers(2, "loopback --scorecard --budget 100ms");
    assert_eq!(code, Some(3), "{messages}");
    let why = "the server's process failed: exit status: 1, before the run began";
    let words = format!("what was measured before is shown: {why}");
    assert!(messages.contains(&words), "{messages}");
    let card: Value = serde_json::from_str(&output).expect("one object");
    assert_eq!(card["partial"], true);
    let candidates = card["cards"][0]["candidates"].as_array();
    assert_eq!(candidates.map(Vec::len), Some(2), "{card}");
    assert!(page.contains("This scorecard ended early"), "{page}");

    // Nothing is no scorecard.
    let (code, output, messages, page) = with_servers(0, "loopback --scorecard --budget 100ms");
    assert_eq!(code, Some(3), "{messages}");
    assert!(output.is_empty() && page.is_empty(), "{output}{page}");
    assert!(messages.contains(why), "{messages}");
}
