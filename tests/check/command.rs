//! The commands as a shell sees them: `pushlab serve`, and `pushlab check` against it.

use serde_json::Value;
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::process::{Child, ChildStderr, Command, Output, Stdio};

const PUSHLAB: &str = env!("CARGO_BIN_EXE_pushlab");

/// A server on a port of its own; ends with the test.
struct Serving {
    child: Child,
    url: String,
    /// Kept open, so that the server can go on talking.
    _messages: BufReader<ChildStderr>,
}

impl Serving {
    fn start() -> Self {
        let mut child = Command::new(PUSHLAB)
            .args(["serve", "--port", "0", "--rate", "50/s"])
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let stderr = child.stderr.take().expect("its messages");
        let mut messages = BufReader::new(stderr);
        let mut first = String::new();
        messages.read_line(&mut first).expect("a line");
        let url = first.split(' ').find(|word| word.starts_with("http://"));
        Self {
            child,
            url: url.expect("a URL").to_owned(),
            _messages: messages,
        }
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill(); // it may have ended by itself
        let _ = self.child.wait();
    }
}

fn check(arguments: &[&str]) -> Output {
    let mut command = Command::new(PUSHLAB);
    command.arg("check").args(arguments);
    command.output().expect("the program starts")
}

#[test]
fn serve_passes_check() {
    let serving = Serving::start();
    let output = check(&[&serving.url, "--for", "500ms", "--json"]);
    let text = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{text}");
    let findings: Vec<Value> = serde_json::from_str(&text).expect("JSON and nothing else");
    assert_eq!(findings[0]["clause"], "C1");
    assert_eq!(findings[0]["verdict"], "passed");
}

#[test]
fn what_is_no_server_has_its_own_exit_codes() {
    assert_eq!(check(&["127.0.0.1:8089"]).status.code(), Some(2));
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let url = format!("http://{}", listener.local_addr().expect("its address"));
    drop(listener); // nobody listens there now
    assert_eq!(check(&[&url]).status.code(), Some(3));
}
