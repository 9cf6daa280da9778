//! `report.md`: the experiments as Markdown tables.

use super::{TITLE, allowed, answer, deviation, measured, predicted, sign, word};
use crate::chart::Table;
use crate::measure::literature::{Experiment, Literature};
use crate::report::markdown::{command, rows, text};

/// All experiments as Markdown.
pub fn markdown(literature: &Literature) -> String {
    let mut out = format!("# {TITLE}\n\n{}\n", text(&answer(literature)));
    for experiment in &literature.experiments {
        section(&mut out, experiment);
    }
    out += "\n## Sources\n\n";
    for source in &literature.sources {
        out += &format!("- **{}**: {}\n", text(&source.name), text(&source.text));
    }
    out += &format!(
        "\n## Make it again\n\npushlab {}\n\n{}",
        text(&literature.pushlab),
        command(&literature.command)
    );
    out
}

fn section(out: &mut String, experiment: &Experiment) {
    let mut paragraph = |label: &str, words: &str| {
        if !words.is_empty() {
            *out += &format!("\n{label}{}\n", text(words));
        }
    };
    paragraph(&format!("## {} ", experiment.id), &experiment.title);
    paragraph("", &experiment.question);
    paragraph("**The claim.** ", &experiment.claim);
    paragraph("**The set-up.** ", &experiment.set_up);
    paragraph("**The law.** ", &experiment.formula);
    paragraph("**The tolerances.** ", &experiment.tolerances);
    if let Some(skipped) = &experiment.skipped {
        return paragraph("**Not run.** ", skipped);
    }
    *out += "\n";
    *out += &rows(&table(experiment));
    let mut paragraph = |label: &str, words: &str| {
        if !words.is_empty() {
            *out += &format!("\n{label}{}\n", text(words));
        }
    };
    paragraph("**What we found.** ", &experiment.finding);
    for note in &experiment.notes {
        paragraph("**Note.** ", note);
    }
    for folklore in &experiment.folklore {
        let claim = format!("**Folklore:** {}. **Rather:** ", text(&folklore.claim));
        paragraph(&claim, &folklore.correction);
    }
}

/// Predicted beside measured.
pub(super) fn table(experiment: &Experiment) -> Table {
    let head = [
        "Figure",
        "Predicted",
        "Measured",
        "Deviation",
        "Allowed",
        "Verdict",
        "Source",
    ];
    let mut table = Table::new(format!("{}: predicted and measured", experiment.id), &head);
    for row in &experiment.rows {
        table.row([
            row.figure.clone(),
            predicted(row),
            measured(row),
            deviation(row),
            allowed(row),
            format!("{} {}", sign(row.verdict), word(row.verdict)),
            row.source.clone(),
        ]);
    }
    table
}
