//! The server as a process of its own: what it measures, and that neither side outlives the other.
#![cfg(unix)]

use crate::support::prepared;
use pushlab::net::Network;
use pushlab::run::Prepared;
use pushlab::transport;
use serde_json::{Value, json};
use std::path::PathBuf;
use std::process::{Command, Output};

const PROGRAM: &str = env!("CARGO_BIN_EXE_pushlab");

/// A ticker whose server is a process of this program.
fn apart(fields: Value, program: &str) -> Prepared {
    let mut prepared = prepared(fields);
    prepared.server_program = Some(PathBuf::from(program));
    prepared
}

/// Runs a shell line in a folder of its own; `$0` is the program.
fn shell(line: &str) -> Output {
    let folder = tempfile::tempdir().expect("a temporary folder");
    Command::new("sh")
        .args(["-c", line, PROGRAM])
        .current_dir(folder.path())
        .output()
        .expect("a shell")
}

fn told(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn every_transport_is_verified_and_measured() {
    let fields = json!({
        "clients": 5, "warm_up": "200ms", "duration": "1s", "rate": "50/s", "poll_every": "100ms", "delay": "1ms",
    });
    let mut near = apart(fields, PROGRAM);
    let mut far = near.clone();
    far.delay_line = true;
    near.buffer_factor = 2;
    std::thread::scope(|scope| {
        for entry in transport::ALL {
            for prepared in [&near, &far] {
                scope.spawn(move || {
                    let outcome = prepared.run(entry, Network::Loopback);
                    let result = outcome.expect("a server process").result;
                    assert_eq!(result.problem, None, "{}", result.id);
                    let figures = result.figures.expect("a verified run has figures");
                    let memory = figures.server_memory_bytes_per_connection;
                    assert_eq!(memory.is_some(), cfg!(target_os = "linux"));
                    if cfg!(any(target_os = "linux", target_os = "macos")) {
                        assert!(figures.server_cpu_us_per_delivery > Some(0.0));
                        assert!(figures.server_cpu_share.is_some());
                        assert!(figures.client_cpu_share.is_some());
                    }
                });
            }
        }
    });
}

#[test]
fn a_program_that_is_no_server_is_told() {
    for (program, words) in [
        ("/there/is/no/such/program", "cannot start /there/is/no"),
        // Each is given the name of the command as its argument.
        ("echo", "it said \"server-process\", which is no answer"),
        ("yes", "it said \"server-process\", which is no answer"),
        ("false", "exit status: 1, before the run began"),
    ] {
        let prepared = apart(json!({"duration": "600s"}), program);
        let error = prepared
            .run(&transport::ALL[0], Network::Loopback)
            .expect_err("no server");
        assert!(error.to_string().contains(words), "{program}: {error}");
    }
}

#[test]
fn a_server_that_fails_says_whose_fault_it_is() {
    use pushlab::run::RunError;
    let folder = tempfile::tempdir().expect("a temporary folder");
    let program = folder.path().join("server");
    // Reads its order, so that what it says is the answer to it.
    let error = |does: &str| {
        // Written by another process: a file that a fork of this one still has open cannot be started.
        let write = r#"printf '#!/bin/sh\nread order\n%s\n' "$1" > "$0" && chmod +x "$0""#;
        let mut shell = Command::new("sh");
        let written = shell.arg("-c").arg(write).arg(&program).arg(does).status();
        assert!(written.expect("a shell").success());
        let prepared = apart(json!({"duration": "600s"}), &program.to_string_lossy());
        let outcome = prepared.run(&transport::ALL[0], Network::Loopback);
        outcome.expect_err("no server")
    };
    let says = |fault: &str| {
        let words = json!({"failed": {"fault": fault, "message": "a reason"}});
        error(&format!("echo '{words}'"))
    };
    let whole = "the server's process failed: a reason";
    assert!(matches!(says("lab"), RunError::Internal(words) if words == whole));
    assert!(matches!(says("machine"), RunError::Environment(words) if words == whole));
    assert!(matches!(says("input"), RunError::Input(words) if words == whole));
    assert!(matches!(error("exit 101"), RunError::Internal(_)));
    assert!(matches!(error("kill -SEGV $$"), RunError::Internal(_)));
    assert!(matches!(error("kill -KILL $$"), RunError::Environment(_)));
    // It listens, and is gone with the run's first breath.
    let ready = json!({"ready": {"port": 9}});
    let gone = error(&format!("echo '{ready}'; read start; exit 0"));
    assert!(
        matches!(&gone, RunError::Internal(words) if words.contains("into the run")),
        "{gone}"
    );
}

#[test]
fn too_few_open_files_are_told_and_what_may_be_asked_for_is() {
    let run = "exec \"$0\" run ticker --network loopback --json --clients 200 --transport sse \
               --warm-up 500ms --duration 500ms --rate 10/s";
    let output = shell(&format!("ulimit -n 100 && {run}"));
    let message = told(&output);
    assert_eq!(output.status.code(), Some(3), "{message}");
    let words = "error: 200 clients need 264 open files, and this shell's hard limit (`ulimit -Hn`) is 100: \
                 use at most --clients 36, or have root raise it";
    assert!(message.contains(words), "{message}");
    // The soft limit is no obstacle, here and in the server's process.
    let output = shell(&format!("ulimit -S -n 100 && {run}"));
    assert_eq!(output.status.code(), Some(0), "{}", told(&output));
}

#[test]
fn an_occupied_port_is_told() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = listener.local_addr().expect("an address").port();
    let output = shell(&format!("exec \"$0\" serve --port {port}"));
    let message = told(&output);
    assert_eq!(output.status.code(), Some(3), "{message}");
    let words = format!("error: cannot listen on 127.0.0.1:{port}: choose another --port");
    assert!(message.starts_with(&words), "{message}");
}

#[test]
fn by_hand_it_says_what_to_do() {
    let output = shell("exec \"$0\" server-process < /dev/null");
    assert_eq!(output.status.code(), Some(3));
    assert!(told(&output).contains("`pushlab serve`"));
}

/// Needs to see who is whose child.
#[cfg(target_os = "linux")]
mod ends {
    use super::*;
    use std::fs;
    use std::io::{BufRead, BufReader, Read};
    use std::process::{Child, ChildStderr, Stdio};
    use std::time::{Duration, Instant};

    /// A run that would take ten minutes, and its server; each is gone when it is dropped, whatever a test says.
    struct Run {
        run: Child,
        server: u32,
        stderr: BufReader<ChildStderr>,
    }

    impl Run {
        /// Starts it and waits until its clients are connected.
        fn start() -> Self {
            let mut run = Command::new(PROGRAM)
                .args(["run", "ticker", "--network", "loopback", "--json"])
                .args(["--clients", "20", "--rate", "20/s", "--transport"])
                .arg(transport::BASELINE.id)
                .args(["--warm-up", "0s", "--duration", "600s"])
                .stdout(Stdio::piped())
                .stderr(Stdio::piped())
                .spawn()
                .expect("the program starts");
            let stderr = BufReader::new(run.stderr.take().expect("a pipe"));
            let parent = run.id();
            let server = until("a server process", || child_of(parent));
            let server = Self {
                run,
                server,
                stderr,
            };
            until("twenty connections", || {
                (sockets(server.server) > 20).then_some(())
            });
            server
        }

        /// Waits for the run's end: exit code, standard output and the rest of the messages.
        fn end(mut self) -> (Option<i32>, String, String) {
            let status = until("the run's end", || {
                self.run.try_wait().expect("a child of ours")
            });
            let (mut output, mut messages) = (String::new(), String::new());
            let mut stdout = self.run.stdout.take().expect("a pipe");
            stdout.read_to_string(&mut output).expect("text");
            self.stderr.read_to_string(&mut messages).expect("text");
            self.server_is_gone();
            (status.code(), output, messages)
        }

        fn server_is_gone(&self) {
            until("the server's end", || is_gone(self.server).then_some(()));
        }
    }

    impl Drop for Run {
        fn drop(&mut self) {
            let _ = self.run.kill();
            let _ = self.run.wait();
            if !is_gone(self.server) {
                signal(self.server, libc::SIGKILL);
            }
        }
    }

    /// Asks again and again, but not for ever: far longer than any of it takes, and far less than the run would.
    fn until<T>(what: &str, ask: impl FnMut() -> Option<T>) -> T {
        let mut ask = ask;
        let began = Instant::now();
        loop {
            if let Some(answer) = ask() {
                return answer;
            }
            assert!(began.elapsed() < Duration::from_secs(30), "never: {what}");
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    /// State and parent of a process.
    fn status(process: u32) -> Option<(char, u32)> {
        let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
        // The name before may hold anything, brackets too.
        let mut rest = stat.rsplit_once(')')?.1.split_whitespace();
        let state = rest.next()?.chars().next()?;
        Some((state, rest.next()?.parse().ok()?))
    }

    fn child_of(parent: u32) -> Option<u32> {
        let folders = fs::read_dir("/proc").ok()?.flatten();
        folders
            .filter_map(|folder| folder.file_name().to_str()?.parse().ok())
            .find(|process| status(*process).is_some_and(|(_, of)| of == parent))
    }

    /// Ended, whether or not somebody has asked how.
    fn is_gone(process: u32) -> bool {
        status(process).is_none_or(|(state, _)| state == 'Z')
    }

    fn sockets(process: u32) -> usize {
        let Ok(files) = fs::read_dir(format!("/proc/{process}/fd")) else {
            return 0;
        };
        let socket = |file: &fs::DirEntry| {
            fs::read_link(file.path()).is_ok_and(|to| to.to_string_lossy().starts_with("socket:"))
        };
        files.flatten().filter(socket).count()
    }

    fn signal(process: u32, signal: libc::c_int) {
        // SAFETY: a system call without pointers; the process is one that these tests started.
        unsafe { libc::kill(process as libc::pid_t, signal) };
    }

    #[test]
    fn its_memory_comes_in_small_pages() {
        let run = Run::start();
        let status = fs::read_to_string(format!("/proc/{}/status", run.server)).expect("a status");
        // Systems before 5.0 do not tell.
        let told = status.lines().find(|line| line.starts_with("THP_enabled:"));
        assert!(told.is_none_or(|line| line.ends_with("\t0")), "{told:?}");
    }

    #[test]
    fn a_killed_server_ends_the_run_at_once() {
        let run = Run::start();
        signal(run.server, libc::SIGKILL);
        let (code, output, messages) = run.end();
        assert_eq!(code, Some(3), "{messages}");
        assert_eq!(output, "");
        for words in [
            "error: the server's process failed: signal: 9 (SIGKILL), ",
            " s into the run; somebody killed it, or the system did",
        ] {
            assert!(messages.contains(words), "{messages}");
        }
    }

    #[test]
    fn a_killed_run_takes_its_server_with_it() {
        let mut run = Run::start();
        run.run.kill().expect("a child of ours");
        run.run.wait().expect("a child of ours");
        run.server_is_gone();
    }

    #[test]
    fn ctrl_c_ends_both_in_order() {
        let run = Run::start();
        signal(run.run.id(), libc::SIGINT);
        let (code, output, messages) = run.end();
        assert_eq!(code, Some(130), "{messages}");
        let results: Value = serde_json::from_str(&output).expect("one object");
        assert_eq!(results["partial"], true);
        assert_eq!(results["transports"][0]["verified"], true, "{results}");
    }

    #[test]
    fn ctrl_c_again_stops_at_once() {
        let mut run = Run::start();
        let server = run.server;
        // It cannot answer, so the orderly end takes a while.
        signal(server, libc::SIGSTOP);
        signal(run.run.id(), libc::SIGINT);
        let mut line = String::new();
        while !line.contains("Ctrl-C again") {
            line.clear();
            let read = run.stderr.read_line(&mut line).expect("text");
            assert!(read > 0, "it says that it ends");
        }
        signal(run.run.id(), libc::SIGINT);
        let status = until("the run's end", || {
            run.run.try_wait().expect("a child of ours")
        });
        signal(server, libc::SIGCONT);
        run.server_is_gone();
        assert_eq!(status.code(), Some(130));
    }
}
