//! `pushlab list`: the shipped scenarios and sweeps, and the transports.

use super::Failure;
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
        anstream::println!("{list:#}");
        return Ok(());
    }
    anstream::println!("Scenarios (pushlab run NAME):");
    for scenario in &scenarios {
        anstream::println!("  {:<16} {}", scenario.name, scenario.about);
    }
    anstream::println!("\nSweeps (pushlab sweep NAME):");
    for sweep in &sweeps {
        anstream::println!("  {:<16} {}", sweep.name, sweep.about);
    }
    anstream::println!("\nTransports (--transport ID):");
    for transport in transports {
        anstream::println!("  {:<16} {}", transport.id, transport.label);
    }
    Ok(())
}
