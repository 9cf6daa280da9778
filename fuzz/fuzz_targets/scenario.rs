//! Scenario files: no text panics, and what is accepted is the same after a journey through JSON.
#![no_main]

use libfuzzer_sys::fuzz_target;
use pushlab::scenario::parse;

fuzz_target!(|text: &str| {
    if let Ok(scenario) = parse(text, "fuzzed") {
        let json = serde_json::to_string(&scenario).expect("a scenario is JSON");
        assert_eq!(parse(&json, "written"), Ok(scenario));
    }
});
