//! Texts and tables fit the terminal.

use std::process::Command;

/// The longest line of a run's summary; commands are left whole, to be copied.
fn longest_line(columns: Option<&str>) -> usize {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut run = Command::new(env!("CARGO_BIN_EXE_pushlab"));
    run.args(["run", "chat", "--duration", "2s", "--out", "report"])
        .current_dir(folder.path())
        .env_remove("COLUMNS");
    if let Some(columns) = columns {
        run.env("COLUMNS", columns);
    }
    let output = run.output().expect("the program starts");
    assert!(output.status.success(), "{output:?}");
    let text = String::from_utf8(output.stdout).expect("text");
    let lines = text.lines().filter(|line| !line.starts_with("$ "));
    lines.map(str::len).max().unwrap_or_default()
}

#[test]
fn a_narrow_terminal_gets_narrow_texts_and_a_pipe_the_usual_ones() {
    let narrow = longest_line(Some("60"));
    assert!((50..=60).contains(&narrow), "{narrow}");
    for columns in [None, Some("many"), Some("0")] {
        let usual = longest_line(columns);
        assert!((100..=120).contains(&usual), "{columns:?}: {usual}");
    }
}
