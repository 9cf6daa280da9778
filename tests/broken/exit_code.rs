//! What the program says about a run that was not verified.

use serde_json::Value;
use std::process::Command;

/// The program says the same with its exit code. Its transports are not broken, but its clients
/// can be kept from their events: by a link that loses nearly everything.
#[test]
fn an_unverified_run_exits_with_1() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("cut.json");
    let text = r#"{"name": "cut", "clients": 2, "warm_up": "0s", "duration": "5s",
                   "loss": "99%"}"#;
    std::fs::write(&file, text).expect("a file in it");
    let out = folder.path().join("report");
    let output = Command::new(env!("CARGO_BIN_EXE_pushlab"))
        .args([
            "run".as_ref(),
            file.as_os_str(),
            "--json".as_ref(),
            "--out".as_ref(),
            out.as_os_str(),
        ])
        .output()
        .expect("the program starts");
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let json: Value = serde_json::from_slice(&output.stdout).expect("only JSON on stdout");
    for transport in json["transports"].as_array().expect("a list") {
        assert_eq!(transport["verified"], false);
        assert_eq!(transport["latency_us"], Value::Null);
        let problem = transport["problem"].as_str().unwrap_or_default();
        assert!(problem.contains("got as far as event"), "{problem}");
    }
    // What went wrong can be read in the report, too.
    let page = std::fs::read_to_string(out.join("index.html")).expect("a page");
    assert!(page.contains("got as far as event"));
}
