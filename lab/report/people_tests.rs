//! What reports say of applications comes from the figures: other figures, other words.

use super::fixture::{self, people};
use super::{finding, html, markdown, people as tables, terminal};
use crate::measure::Results;

/// The first sentence of the finding.
fn answer(results: &Results) -> String {
    finding(results).sentences.swap_remove(0)
}

#[test]
fn the_budget_comes_first_and_decides_who_is_compared() {
    let mut results = people::chat();
    let found = finding(&results);
    assert_eq!(
        found.sentences[0],
        "Over 25 ms each way with 2 messages/s per room, Long polling, SSE and WebSocket met the budget (message \
         within 1 s). Short polling did not: 62 % of all message deliveries in time, 99 % only within 1.05 s."
    );
    // Only those who met it are compared by cost.
    assert!(
        found.sentences[1]
            .starts_with("Among those that did: an event cost fewest bytes with WebSocket")
    );
    assert!(
        !found.sentences[1].contains("Short polling"),
        "{}",
        found.text()
    );

    people::set_budget(&mut results, 2_000_000.0);
    let found = finding(&results);
    assert!(
        found.sentences[0].ends_with("Short polling, Long polling, SSE and WebSocket all met the budget (message within 2 s)."),
        "{}",
        found.text()
    );
    assert!(
        found.sentences[1].contains("Short polling"),
        "{}",
        found.text()
    );

    people::set_budget(&mut results, 10_000.0);
    assert!(
        answer(&results)
            .contains("nobody met the budget (message within 10 ms): with Short polling")
    );
}

#[test]
fn another_rate_gives_other_words() {
    let mut results = people::chat();
    results.scenario.rate = crate::scenario::Rate::per_second(7.0);
    assert!(answer(&results).contains("with 7 messages/s per room,"));
    results.scenario.rate_per = crate::scenario::RatePer::Publisher;
    assert!(answer(&results).contains("with 7 messages/s per publisher,"));
    for text in [
        markdown(&results),
        html(&results),
        terminal(&results, 200, false),
    ] {
        assert!(text.contains("7/s per publisher, each confirmed by the server"));
        assert!(text.contains("50 participants and 2 rooms; 10 of them publish."));
    }
}

#[test]
fn who_decided_on_something_old_is_counted() {
    let mut results = people::chat();
    let text = finding(&results).text();
    assert!(
        text.contains("had not seen the latest: 37 of 200 with Short polling (18 %); 37 of 200 with Long polling"),
        "{text}"
    );
    assert!(text.contains("Half of the confirmations were back at the sender within 50.4 ms with SSE and WebSocket; Short polling 76.1 ms (1.5x)"), "{text}");
    for transport in &mut results.transports {
        let figures = transport.figures.as_mut().expect("figures");
        let upward = figures.people.as_mut().and_then(|p| p.upward.as_mut());
        upward.expect("published").refused_stale = 0;
    }
    assert!(!finding(&results).text().contains("had not seen the latest"));
}

#[test]
fn rows_without_a_word_are_left_out_and_verdicts_are_words() {
    let mut results = people::chat();
    let table = tables::table(&results);
    let names: Vec<&str> = table.rows.iter().map(|row| row[0].as_str()).collect();
    assert!(names.contains(&"Joining late: until current") && names.contains(&"Confirmed"));
    assert!(
        !names.contains(&"Lost without confirmation")
            && !names.contains(&"Gaps that clients found")
    );
    let row = |name: &str| {
        let mut rows = table.rows.iter();
        rows.find(|row| row[0] == name).expect("the row").clone()
    };
    assert_eq!(
        row("They travelled as")[1..],
        [
            "200 requests",
            "200 requests",
            "frames on the open connection",
            "frames on the open connection"
        ]
    );
    let text = markdown(&results);
    assert!(text.contains("| \u{2717} NOT met |") && text.contains("| \u{2713} met |"));
    assert!(text.contains("The claim to test: Whoever talks wants to be heard."));
    assert!(!text.contains("| silent |") && !text.contains("What you count decides"));
    let text = terminal(&results, 200, false);
    assert!(text.contains("1.05 s* NO, 62 %"), "{text}");
    let note = "* Rough: fewer than 10 lie beyond this percentile (of 122 events of kind message, 122 events of kind join, 200 confirmations).";
    assert!(text.contains(note), "{text}");
    let note = "Rough: fewer than 10 lie beyond this percentile (of 200 published messages, 200 confirmations).";
    assert!(markdown(&results).contains(note));
    assert!(row("From plan to confirmation, p99")[1].ends_with('*'));
    assert!(!row("From plan to confirmation, p50")[1].ends_with('*'));
    // A transport that was not verified has no figure of its own anywhere.
    results.transports[1].verified = false;
    let table = tables::table(&results);
    assert!(table.rows.iter().all(|row| row[2] == "not verified"));
    let page = html(&results);
    assert!(page.contains("id=\"people\"") && page.contains("id=\"budgets\""));
}

#[test]
fn a_run_that_nobody_took_part_in_says_nothing_of_people() {
    for results in [
        fixture::ticker(),
        fixture::damaged(),
        fixture::empty("empty"),
    ] {
        assert!(tables::table(&results).rows.is_empty());
        assert!(tables::compact(&results).rows.is_empty());
        assert!(
            !html(&results).contains("id=\"people\"") && !html(&results).contains("id=\"budgets\"")
        );
        assert!(!markdown(&results).contains("## Budgets"));
    }
}

#[test]
fn both_networks_and_comparisons_show_each_kind() {
    let simulated = people::chat();
    let both = fixture::both(simulated.clone());
    let text = super::both::markdown(&both);
    for name in [
        "message p50",
        "join p99",
        "to the verdict p50",
        "to the confirmation p50",
    ] {
        assert!(text.contains(name), "{name} in {text}");
    }
    assert!(!text.contains("silent"));
    let mut other = simulated.clone();
    people::set_budget(&mut other, 2_000_000.0);
    let [a, b] = [&simulated, &other].map(super::compare::Side::of);
    let text = super::compare::terminal(&super::compare::compare(&a, &b), 160, false);
    assert!(text.contains("kind message within budget"), "{text}");
    assert!(
        !text.contains("upward up us") && !text.contains("silent"),
        "{text}"
    );
}
