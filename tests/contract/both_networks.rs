//! The same script on both networks: what the programs write is the same, to the byte. No figure here
//! depends on how fast the machine is: each script leaves no transport a choice.

use crate::support::{events, prepared};
use pushlab::measure::Figures;
use pushlab::net::Network;
use pushlab::run::Prepared;
use pushlab::transport;
use serde_json::json;

const MS: u64 = 1_000_000;

fn figures(prepared: &Prepared, entry: &transport::Entry, network: Network) -> Figures {
    let result = prepared.run(entry, network).expect("a run").result;
    assert_eq!(result.problem, None, "{} {}", result.id, network.name());
    result.figures.expect("a verified run has figures")
}

/// One client, and events so far apart that each is an exchange of its own. A poller asks after 657 ms
/// and 1,657 ms: half a second lies between whatever must happen in this order.
fn same_bytes(delay: &str) {
    let mut script = prepared(json!({
        "clients": 1, "warm_up": "0s", "duration": "1300ms", "rate": "2/s", "poll_every": "1s",
        "hold": "20s", "heartbeat": "20s", "delay": delay,
    }));
    script.events = events([200 * MS, 1_200 * MS]);
    script.delay_line = true;
    std::thread::scope(|scope| {
        for entry in transport::ALL {
            scope.spawn(|| compare(&script, entry));
        }
    });
}

fn compare(script: &Prepared, entry: &transport::Entry) {
    let simulated = figures(script, entry, Network::Simulated);
    let loopback = figures(script, entry, Network::Loopback);
    let id = entry.descriptor.id;
    assert_eq!(simulated.requests, loopback.requests, "{id}: requests");
    for (layer, of) in [
        ("payload", (|f| f.bytes.payload) as fn(&Figures) -> u64),
        ("framing", |f| f.bytes.framing),
        ("HTTP headers", |f| f.bytes.http_headers),
        ("application", Figures::application_bytes),
    ] {
        assert_eq!(of(&simulated), of(&loopback), "{id}: {layer}");
    }
    // The heads that open a stream too, where the system tells the segments.
    if let Some(bytes) = loopback.stream_bytes() {
        assert_eq!(simulated.stream_bytes(), Some(bytes), "{id}: stream");
    }
}

#[test]
fn the_same_script_writes_the_same_bytes() {
    same_bytes("1ms");
}

#[test]
fn so_it_does_without_a_delay() {
    same_bytes("0ms");
}

/// Runs the program in a folder of its own.
fn pushlab(arguments: &[&str]) -> (std::process::Output, tempfile::TempDir) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_pushlab"))
        .args(arguments)
        .current_dir(folder.path())
        .output()
        .expect("the program starts");
    (output, folder)
}

#[test]
fn flags_that_contradict_the_network_are_refused() {
    for (arguments, name) in [
        (&["run", "--delay-line"][..], "--delay-line"),
        (
            &["run", "--network", "simulated", "--delay-line"],
            "--network loopback",
        ),
        (
            &["run", "--network", "both", "--pcap", "all.pcapng"],
            "--pcap",
        ),
    ] {
        let (output, _) = pushlab(arguments);
        let message = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{message}");
        assert!(
            message.starts_with("error: ") && message.contains(name),
            "{message}"
        );
    }
}

/// The line loses nearly everything on the simulated network only: what was not verified on either is not compared.
#[test]
fn unverified_on_one_network_exits_with_1() {
    let scenario = r#"{"name": "cut", "clients": 2, "warm_up": "0s", "duration": "1s", "delay": "1ms",
                       "rate": "20/s", "poll_every": "200ms", "loss": "99%"}"#;
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("cut.json");
    std::fs::write(&file, scenario).expect("a file in it");
    let file = file.to_str().expect("a plain path");
    let (output, there) = pushlab(&[
        "run",
        file,
        "--network",
        "both",
        "--json",
        "--out",
        "report",
    ]);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).expect("one object");
    assert_eq!(json["schema"], "pushlab/both");
    assert_eq!(json["loopback"]["delay_line"], true);
    for (network, verified) in [("simulated", false), ("loopback", true)] {
        let transports = json[network]["transports"].as_array().expect("a list");
        assert_eq!(transports.len(), transport::ALL.len());
        assert!(
            transports.iter().all(|t| t["verified"] == verified),
            "{network}"
        );
    }
    let page = std::fs::read_to_string(there.path().join("report/index.html")).expect("a page");
    assert!(page.contains("on the simulated network was not verified"));
}
