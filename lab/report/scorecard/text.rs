//! The same as Markdown and for the terminal.

use super::{TITLE, alone, decisions, rough, sentences, settings, whole, words};
use crate::chart::Table;
use crate::chart::format::ascii;
use crate::chart::scorecard::{budget, scorecard as charts};
use crate::measure::Scorecard;
use crate::report::console::{self, ALL_BUT_THE_FIRST, Ink, fill, fits};
use crate::report::markdown::{command, note, section, text};

/// The page as Markdown.
pub fn markdown(scorecard: &Scorecard) -> String {
    let mut out = format!("# {TITLE}\n");
    for warning in whole::warnings(scorecard) {
        out += &format!("\n> **{}**\n", text(&warning));
    }
    out += &format!("\n{}\n\n", text(&whole::answer(scorecard)));
    for card in &scorecard.cards {
        out += &format!("- {}\n", text(&words::decision(card)));
    }
    section(
        &mut out,
        "The cheapest of what meets the budget",
        &decisions(scorecard),
    );
    for chart in charts(scorecard) {
        section(&mut out, &chart.title, &chart.table);
    }
    for card in &scorecard.cards {
        let scenario = &card.scenario;
        let title = format!("{}, budget {}", scenario.name, budget(scenario));
        section(&mut out, &title, &settings(card));
        note(&mut out, rough(card));
        for sentence in [&scenario.about, &scenario.proves] {
            if !sentence.is_empty() {
                out += &format!("\n{}\n", text(sentence));
            }
        }
        out += "\n";
        for sentence in sentences(card) {
            out += &format!("- {}\n", text(&sentence));
        }
        out += &format!("\n{}", command(&alone(scorecard, card)));
    }
    out += "\n## How it was measured\n\n";
    for sentence in whole::method(scorecard) {
        out += &format!("- {}\n", text(&sentence));
    }
    out += &format!(
        "\n## Make it again\n\n{} network, pushlab {}\n\n{}",
        text(&scorecard.network),
        text(&scorecard.pushlab),
        command(&scorecard.command)
    );
    out
}

/// The grid and the decisions, at most `width` columns wide (but never less than 60), without a final line break.
pub fn terminal(scorecard: &Scorecard, width: u16, color: bool) -> String {
    let width = width.max(60);
    let ink = Ink(color);
    let mut out = vec![];
    for warning in whole::warnings(scorecard) {
        out.extend(fill(&warning, width).iter().map(|line| ink.red(line)));
        out.push(String::new());
    }
    for chart in charts(scorecard) {
        out.extend(
            fill(&chart.table.caption, width)
                .iter()
                .map(|line| ink.bold(line)),
        );
        out.extend(table(&chart.table, width));
        out.push(String::new());
    }
    out.extend(
        fill(&whole::answer(scorecard), width)
            .iter()
            .map(|line| ink.bold(line)),
    );
    for card in &scorecard.cards {
        out.push(String::new());
        out.extend(fill(&words::decision(card), width));
        out.extend(
            words::polling(card)
                .iter()
                .flat_map(|said| fill(said, width)),
        );
        out.extend(words::stale(card).iter().flat_map(|said| fill(said, width)));
    }
    out.push(String::new());
    for sentence in whole::method(scorecard) {
        out.extend(fill(&sentence, width));
    }
    out.push(format!("$ {}", scorecard.command));
    out.join("\n")
}

fn table(table: &Table, width: u16) -> Vec<String> {
    let cell = |row: &[String], i: usize| row.get(i).map(|cell| ascii(cell)).unwrap_or_default();
    let rows: Vec<Vec<String>> = [&table.head]
        .into_iter()
        .chain(&table.rows)
        .map(|row| (0..table.head.len()).map(|i| cell(row, i)).collect())
        .collect();
    let mut text = console::table(&rows, ALL_BUT_THE_FIRST, None);
    if !fits(&text, width) {
        text = console::table(&rows, ALL_BUT_THE_FIRST, Some(width));
    }
    text.lines().map(str::to_owned).collect()
}
