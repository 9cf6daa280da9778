//! Scenario files and generated pages.

use super::source::root;
use crate::support::prepared;
use pushlab::net::Network;
use pushlab::scenario::{self, SHIPPED, sweep};
use pushlab::{chart, report, transport};
use serde_json::json;
use std::fs;

#[test]
fn every_scenario_is_shipped_and_explained() {
    let readme = fs::read_to_string(root().join("scenarios/README.md")).expect("a README");
    let mut files = 0;
    for entry in fs::read_dir(root().join("scenarios")).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.extension().is_none_or(|extension| extension != "json") {
            continue;
        }
        files += 1;
        let name = path
            .file_stem()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let scenario = scenario::load(&path.to_string_lossy()).expect("a valid scenario");
        assert_eq!(scenario.name, name, "a scenario is named as its file");
        assert_eq!(
            scenario::shipped(&name),
            Some(scenario),
            "{name} is embedded"
        );
        assert!(
            readme.contains(&format!("({name}.json)")),
            "scenarios/README.md does not mention {name}: add a row `| [`{name}`]({name}.json) | what it shows |`"
        );
    }
    assert_eq!(files, SHIPPED.len());
}

#[test]
fn every_sweep_is_shipped_and_explained() {
    let readme = fs::read_to_string(root().join("scenarios/README.md")).expect("a README");
    let files = fs::read_dir(root().join("scenarios/sweeps")).expect("a folder");
    assert_eq!(files.count(), sweep::SHIPPED.len());
    for (name, _) in sweep::SHIPPED {
        assert!(
            readme.contains(&format!("(sweeps/{name}.json)")),
            "scenarios/README.md does not mention the sweep {name}: add a row `| [`{name}`](sweeps/{name}.json) | what it shows |`"
        );
    }
}

/// Checks that nothing in a text is fetched when it is shown.
fn loads_nothing(what: &str, text: &str) {
    for load in ["src=", "href=", "url(", "@import", "srcset=", "action="] {
        for (at, _) in text.match_indices(load) {
            let value = text[at + load.len()..].trim_start_matches(['"', '\'', ' ']);
            let outside = ["http:", "https:", "//", "ftp:"];
            let shown: String = value.chars().take(60).collect();
            assert!(
                !outside.iter().any(|start| value.starts_with(start)),
                "{what}: {load}{shown}"
            );
        }
    }
    for tag in ["<iframe", "<object", "<embed", "<base"] {
        assert!(!text.contains(tag), "{what} has {tag}");
    }
}

#[test]
fn generated_pages_load_nothing_from_outside() {
    let prepared = prepared(json!({"clients": 2, "duration": "5s"}));
    let results = prepared
        .compare(
            transport::ALL,
            Network::Simulated,
            "pushlab run test".into(),
            |_| {},
        )
        .expect("a run that does not stall");
    loads_nothing("the page", &report::html(&results));
    for chart in chart::all(&results) {
        loads_nothing(&chart.id, &chart.svg);
    }
}

#[test]
#[should_panic(expected = "src=https://example.com/x.js")]
fn a_page_that_loads_from_outside_is_noticed() {
    loads_nothing(
        "a page",
        "<script src=\"https://example.com/x.js\"></script>",
    );
}
