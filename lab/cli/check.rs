//! `pushlab check`: does a server keep the contract?

use super::{Failure, print};
use crate::check::{Finding, Silent, Target, Verdict, check};
use crate::scenario::Span;
use clap::Args;
use comfy_table::{ContentArrangement, Table};

#[derive(Debug, Args)]
pub struct Arguments {
    /// Where the server is, such as http://127.0.0.1:8089
    url: String,
    /// How long to follow the four doors; longer than 30s also waits for heartbeats
    #[arg(long = "for", value_name = "TIME", default_value = "5s")]
    span: Span,
    /// Print the findings as JSON on stdout, and nothing else
    #[arg(long)]
    json: bool,
}

pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    let target: Target = arguments.url.parse().map_err(Failure::Usage)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::file("cannot start an asynchronous runtime", error))?;
    if !arguments.json {
        anstream::eprintln!("following {} for {}", target.host(), arguments.span);
    }
    let findings = runtime
        .block_on(check(&target, arguments.span.as_nanos()))
        .map_err(|Silent(why)| {
            Failure::Environment(format!(
                "{why}: check host and port, or start a server with `pushlab serve`"
            ))
        })?;
    if arguments.json {
        let text = serde_json::to_string_pretty(&findings)
            .map_err(|error| Failure::Internal(error.to_string()))?;
        print::data(text)?;
    } else {
        show(&findings)?;
    }
    match count(&findings, Verdict::Failed) {
        0 => Ok(()),
        _ => Err(Failure::Check),
    }
}

fn count(findings: &[Finding], verdict: Verdict) -> usize {
    let counted = |finding: &&Finding| finding.verdict == verdict;
    findings.iter().filter(counted).count()
}

fn show(findings: &[Finding]) -> Result<(), Failure> {
    let mut table = Table::new();
    table
        .load_style(comfy_table::presets::NOTHING)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_width(print::width())
        .set_header(["clause", "what", "", "seen instead"]);
    for finding in findings {
        let verdict = match finding.verdict {
            Verdict::Passed => "passed",
            Verdict::Failed => "FAILED",
            Verdict::Skipped => "skipped",
        };
        table.add_row([finding.clause, finding.what, verdict, &finding.seen]);
    }
    print::data(format_args!(
        "{table}\n\n{} passed, {} failed, {} skipped; the clauses are in docs/CONTRACT.md",
        count(findings, Verdict::Passed),
        count(findings, Verdict::Failed),
        count(findings, Verdict::Skipped)
    ))
}
