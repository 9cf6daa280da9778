//! The documents' maps of the lab: every module is on them, and the table of imports is the one that is checked.

use super::IMPORTS;
use super::source::root;
use std::collections::BTreeSet;
use std::fs;

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).expect("a document")
}

#[test]
fn every_module_is_on_the_map() {
    let documentation = read("lab/lib.rs");
    let architecture = read("ARCHITECTURE.md");
    for (module, _) in IMPORTS {
        let row = format!("//! | [`{module}`] | ");
        assert!(documentation.contains(&row), "lab/lib.rs has no row {row}");
        let path = [format!("lab/{module}/"), format!("lab/{module}.rs")];
        assert!(
            path.iter().any(|path| architecture.contains(path)),
            "ARCHITECTURE.md has no {}",
            path[0]
        );
    }
}

#[test]
fn the_table_of_imports_is_the_one_that_is_checked() {
    let architecture = read("ARCHITECTURE.md");
    let table = architecture
        .split("## Who imports whom\n\n```\n")
        .nth(1)
        .and_then(|rest| rest.split("```").next())
        .expect("a table");
    let mut told = BTreeSet::new();
    for line in table.lines() {
        let (modules, uses) = line.split_once("  ").expect("two columns");
        // What is in brackets explains.
        let uses = uses.split(" (").next().unwrap_or_default().trim();
        for module in modules.split(", ") {
            let rule = IMPORTS.iter().find(|(name, _)| *name == module);
            let (_, allowed) = rule.unwrap_or_else(|| panic!("there is no module {module}"));
            told.insert(module);
            // The largest are told by what they leave out.
            if uses.starts_with("all") || uses == "everything" {
                continue;
            }
            let uses: BTreeSet<_> = uses
                .split(", ")
                .filter(|uses| *uses != "nothing of ours")
                .collect();
            let allowed: BTreeSet<_> = allowed.iter().copied().collect();
            assert_eq!(uses, allowed, "{module}");
        }
    }
    assert_eq!(told.len(), IMPORTS.len());
}
