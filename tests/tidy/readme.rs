//! What the README shows is what the program prints.

use pushlab::net::Network;
use pushlab::run::Prepared;
use pushlab::{report, scenario, transport};

const README: &str = include_str!("../../README.md");

/// The tables in the README, line by line, are those of a run. To renew them, run the command and
/// paste what it prints.
#[test]
fn the_tables_in_the_readme_are_those_of_a_run() {
    for name in ["ticker", "ticker-fast"] {
        let scenario = scenario::load(name).expect("shipped");
        let prepared = Prepared::new(scenario).expect("synthetic events");
        let command = format!("pushlab run {name}");
        let results = prepared
            .compare(transport::ALL, Network::Simulated, command, |_| {})
            .expect("a run that does not stall");
        let text = report::terminal(&results, 120, false);
        let (table, _) = text.split_once("\n\nOver ").expect("the finding follows");
        assert!(README.contains(table), "renew the table:\n{table}");
    }
}
