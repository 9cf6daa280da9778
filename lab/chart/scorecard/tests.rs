//! What the grid of budgets shows and says.

use super::super::tests::check_chart;
use super::*;
use crate::report::fixture::cards::cards;

#[test]
fn signs_and_words_tell_what_colours_repeat() {
    let charts = scorecard(&cards());
    let [chart] = &charts[..] else {
        panic!("one sheet: {charts:?}");
    };
    let row = |row: usize| chart.table.rows[row].join(" | ");
    assert_eq!(
        row(0),
        "notices | 30 s | met, 1.04 s* | met, 26 ms* | met, 26 ms*"
    );
    assert_eq!(
        row(1),
        "bids | 100 ms | NOT met, 1.04 s* (9.5 % in time) | met, 26 ms* | met, 26 ms*"
    );
    assert!(
        chart.alt.contains("notices (budget 30 s): met by all."),
        "{}",
        chart.alt
    );
    assert!(
        chart
            .alt
            .contains("Asking NOT met, 1.04 s* (9.5 % in time);"),
        "{}",
        chart.alt
    );
    // Ticks are one line of three points, crosses two lines.
    let lines = |color: &str| chart.svg.matches(&format!("stroke=\"{color}\"")).count();
    assert_eq!(
        (lines("#005A8F"), lines("#B34700")),
        (5, 2),
        "{}",
        chart.svg
    );
    assert!(chart.svg.contains("9.5 % in time") && chart.svg.contains("budget 100 ms"));
    assert!(chart.svg.contains("*: fewer than 10 events beyond"));
}

#[test]
fn a_share_just_below_enough_does_not_read_as_enough() {
    let mut scorecard_of = cards();
    let class = &mut scorecard_of.cards[1].candidates[0].classes[0];
    (class.events, class.within_budget) = (1_000, Some(0.9896));
    let cell = &scorecard(&scorecard_of)[0].table.rows[1][2];
    assert_eq!(cell, "NOT met, 1.04 s (98.9 % in time)");
}

#[test]
fn the_worst_off_of_several_kinds_is_named_with_all_budgets() {
    let mut scorecard_of = cards();
    let card = &mut scorecard_of.cards[1];
    let text = r#"{"name": "bids", "app": "auction", "budget": "100ms",
        "also": [{"class": "price", "rate": "1/s", "budget": "30ms"}, {"class": "typing", "rate": "1/s"}]}"#;
    card.scenario = crate::scenario::parse(text, "").expect("a scenario");
    assert_eq!(budget(&card.scenario), "bid 100 ms, price 30 ms");
    let stream = &mut card.candidates[1];
    let mut price = stream.classes[0].clone();
    price.class = "price".into();
    price.budget_us = Some(30_000.0);
    stream.classes.push(price);
    let chart = &scorecard(&scorecard_of)[0];
    assert_eq!(chart.table.rows[1][3], "met, 26 ms* (price)");
    check_chart("two kinds", chart);
    // Both budgets stand beside the name, on two lines if need be.
    scorecard_of.cards[1].scenario.also[1].budget = crate::scenario::Span::from_millis(2_000);
    let chart = &scorecard(&scorecard_of)[0];
    assert!(chart.svg.contains("typing 2 s"), "{}", chart.svg);
    check_chart("three kinds", chart);
}

#[test]
fn many_scenarios_take_several_sheets_and_none_is_said() {
    let mut many = cards();
    many.cards = vec![many.cards.clone(); 5].concat();
    let charts = scorecard(&many);
    let ids: Vec<_> = charts.iter().map(|chart| &*chart.id).collect();
    assert_eq!(ids, ["scorecard-1", "scorecard-2"]);
    assert_eq!(
        (charts[0].table.rows.len(), charts[1].table.rows.len()),
        (5, 5)
    );
    charts.iter().for_each(|chart| check_chart("many", chart));
    many.cards.clear();
    assert!(scorecard(&many).is_empty());
}

#[test]
fn long_names_and_problems_stay_in_their_cells() {
    let mut odd = cards();
    odd.cards[0].scenario.name = "a-name-".repeat(12);
    for candidate in &mut odd.cards[0].candidates {
        candidate.label = "A transport with a long name".into();
        candidate.verified = false;
        candidate.problem =
            Some("client 3 got as far as event 2 and then nothing more came ".repeat(3));
    }
    odd.cards[1].candidates.truncate(2);
    for chart in scorecard(&odd) {
        check_chart("odd", &chart);
        assert!(chart.svg.contains("not verified") && chart.svg.contains("not run"));
        assert!(
            chart.alt.contains("Duplex not run") || chart.alt.contains("not run"),
            "{}",
            chart.alt
        );
    }
}
