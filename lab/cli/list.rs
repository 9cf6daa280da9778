//! `pushlab list`: the shipped scenarios and sweeps, and the transports.

use super::Failure;
use super::print;
use crate::scenario::sweep;
use crate::scenario::{SHIPPED, shipped};
use crate::transport;
use clap::Args;
use serde_json::json;

#[derive(Debug, Args)]
pub struct Arguments {
    /// Print JSON on stdout
    #[arg(long)]
    json: bool,
}

pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    let scenarios: Vec<_> = SHIPPED
        .iter()
        .filter_map(|(name, _)| shipped(name))
        .collect();
    let sweeps: Vec<_> = sweep::SHIPPED
        .iter()
        .filter_map(|(name, _)| sweep::shipped(name))
        .collect();
    let transports = transport::ALL.iter().map(|entry| entry.descriptor);
    if arguments.json {
        let list = json!({
            "scenarios": scenarios.iter().map(|s| json!({"name": s.name, "about": s.about})).collect::<Vec<_>>(),
            "sweeps": sweeps.iter().map(|s| json!({"name": s.name, "about": s.about})).collect::<Vec<_>>(),
            "transports": transports.map(|t| json!({"id": t.id, "label": t.label})).collect::<Vec<_>>(),
        });
        return print::data(format_args!("{list:#}"));
    }
    let mut text = String::from("Scenarios (pushlab run NAME):\n");
    let row = |name: &str, about: &str| format!("  {name:<16} {about}\n");
    for scenario in &scenarios {
        text.push_str(&row(&scenario.name, &scenario.about));
    }
    text.push_str("\nSweeps (pushlab sweep NAME):\n");
    for sweep in &sweeps {
        text.push_str(&row(&sweep.name, &sweep.about));
    }
    text.push_str("\nTransports (--transport ID):\n");
    for transport in transports {
        text.push_str(&row(transport.id, transport.label));
    }
    print::data(text.trim_end())
}
