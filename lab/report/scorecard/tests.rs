//! What the choosing page says follows from the cards: other numbers, other words.

use super::*;
use crate::report::fixture::cards::{card, cards};

fn all(scorecard: &Scorecard) -> [String; 3] {
    [
        terminal(scorecard, 120, false),
        markdown(scorecard),
        html(scorecard),
    ]
}

#[test]
fn budgets_and_costs_are_named_rather_than_a_winner() {
    let scorecard = cards();
    for text in all(&scorecard) {
        let text = text.replace('\n', " ");
        assert!(
            text.contains("Of 2 budgets, 1 is met by every transport as it stands."),
            "{text}"
        );
        let decision = "If your budget is that of notices (30 s), and if bytes matter: Asking every 30 s or Stream (at most 1.32 kB per client and minute); if requests matter: Stream or Duplex (none once connected).";
        assert!(text.contains(decision), "{text}");
        assert!(text.contains("Stream or Duplex"), "{text}");
        assert!(
            !text.contains("winner") && !text.contains("best transport is"),
            "{text}"
        );
    }
}

#[test]
fn an_early_end_is_told_before_all_else_and_why() {
    let mut scorecard = cards();
    scorecard.partial = true;
    let early = "This scorecard ended early";
    for text in all(&scorecard) {
        assert!(
            text.replace('\n', " ")
                .contains(&format!("{early}: settings are missing"))
        );
    }
    scorecard.failure = Some("the server's process has ended".into());
    for text in all(&scorecard) {
        let text = text.replace("&#39;", "'").replace('\n', " ");
        let why = "(the server's process has ended): settings are missing";
        assert!(text.contains(&format!("{early} {why}")), "{text}");
    }
}

#[test]
fn a_slow_poll_is_enough_where_the_budget_is_large_and_the_page_says_why_in_numbers() {
    let said = sentences(&cards().cards[0]).join(" ");
    let why = "Asking is enough: asking every 30 s, 99 % are there within 29.8 s, and 30 s may pass; that is 2 requests";
    assert!(said.contains(why), "{said}");
    assert!(said.contains("not worth a decision"), "{said}");
}

#[test]
fn another_budget_makes_other_words() {
    let scorecard = |budget: &str| {
        let fields = format!(r#""rate": "0.1/s", "budget": "{budget}""#);
        card("notices", &fields, &[100, 5_000, 20_000, 30_000])
    };
    let said = |budget: &str| {
        let card = scorecard(budget);
        format!("{} {}", words::decision(&card), sentences(&card).join(" "))
    };
    let half = said("30s");
    assert!(half.contains("asking every 30 s"), "{half}");
    let less = said("20s");
    assert!(less.contains("asking every 20 s"), "{less}");
    assert!(less.contains("Every 30 s is too seldom: 29.8 s"), "{less}");
    let none = said("120ms");
    assert!(
        none.contains("Asking does not meet it (120 ms) at any interval"),
        "{none}"
    );
    assert!(
        none.contains("(120 ms): Stream or Duplex; no cost differs by more than 5 %"),
        "{none}"
    );
    let nobody = said("20ms");
    assert!(nobody.contains("nothing that was run meets it"), "{nobody}");
    assert!(
        nobody.contains("Stream comes nearest, with 99 % of event within 26 ms"),
        "{nobody}"
    );
}

#[test]
fn another_rate_makes_another_choice() {
    let cheapest = |rate: &str| {
        let fields = format!(r#""rate": "{rate}", "budget": "30s""#);
        let card = card("notices", &fields, &[10_000]);
        let pick = pick(&card, Cost::Bytes).expect("something meets it");
        words::cheapest(&card, &pick)
    };
    // A poll of 300 bytes every ten seconds is more than a quiet stream, and half of a busy one.
    let quiet = cheapest("1/min");
    assert!(
        quiet.starts_with("Fewest bytes: Stream or Duplex, at most 572 B"),
        "{quiet}"
    );
    let busy = cheapest("2/s");
    assert!(
        busy.starts_with("Fewest bytes: Asking every 10 s, 11 kB"),
        "{busy}"
    );
    assert!(
        busy.contains("Next comes Stream with 18.4 kB, 67 % more."),
        "{busy}"
    );
}

#[test]
fn a_percentile_of_few_events_is_marked_and_the_note_has_their_number() {
    let mut scorecard = cards();
    let [_, markdown, html] = all(&scorecard);
    assert!(html.contains("<td>1.04 s*</td>"), "{html}");
    for text in [markdown, html] {
        let note = "Rough: fewer than 10 lie beyond this percentile (of 12 events of kind event).";
        assert!(text.contains(note), "{text}");
    }
    for candidate in &mut scorecard.cards[0].candidates {
        candidate.classes[0].events = 1_000;
    }
    assert_eq!(rough(&scorecard.cards[0]), None);
}

#[test]
fn stale_bids_are_told_transport_by_transport() {
    let scorecard = cards();
    let said = words::stale(&scorecard.cards[1]);
    let expected = "Refused because the sender had not seen the latest (events): Asking every 1 s 41 %, Stream 3 %, Duplex 3 %.";
    assert_eq!(said.as_deref(), Some(expected));
    assert_eq!(words::stale(&scorecard.cards[0]), None);
}

#[test]
fn what_was_not_verified_comes_first_and_is_never_picked() {
    let mut scorecard = cards();
    let broken = &mut scorecard.cards[0].candidates[1];
    broken.verified = false;
    broken.problem = Some("client 3 saw <event 7> twice".into());
    assert!(
        meeting(&scorecard.cards[0])
            .iter()
            .all(|c| c.label != "Stream")
    );
    let [terminal, markdown, html] = all(&scorecard);
    assert!(
        terminal.starts_with("notices, Stream: not verified"),
        "{terminal}"
    );
    assert!(
        markdown.contains("> **notices, Stream: not verified"),
        "{markdown}"
    );
    assert!(
        html.contains("client 3 saw &#60;event 7&#62; twice"),
        "{html}"
    );
    let chart = &crate::chart::scorecard::scorecard(&scorecard)[0];
    assert!(chart.svg.contains("not verified"));
    assert!(
        chart.alt.contains("Stream not verified (client 3"),
        "{}",
        chart.alt
    );
    assert!(
        !chart.table.rows[0][3].contains("met,"),
        "{:?}",
        chart.table
    );
}

#[test]
fn the_processor_is_a_cost_only_where_it_was_measured() {
    let mut scorecard = cards();
    let text = markdown(&scorecard);
    assert!(
        text.contains("add --network loopback") && !text.contains("CPU time"),
        "{text}"
    );
    for (candidate, us) in scorecard.cards[0]
        .candidates
        .iter_mut()
        .zip([900.0, 300.0, 200.0])
    {
        if let Some(costs) = &mut candidate.costs {
            costs.server_cpu_us_per_client_minute = Some(us);
        }
    }
    let text = markdown(&scorecard);
    assert!(
        text.contains("Least server CPU time: Duplex, 200 µs of server CPU"),
        "{text}"
    );
    assert!(!text.contains("add --network loopback"), "{text}");
}

#[test]
fn pages_survive_being_written_and_read() {
    let scorecard = cards();
    let text = serde_json::to_string(&scorecard).expect("plain data");
    let read: Scorecard = serde_json::from_str(&text).expect("the same data");
    assert_eq!(read, scorecard);
    assert_eq!(all(&read), all(&scorecard));
    let nothing = Scorecard {
        cards: vec![],
        ..scorecard
    };
    assert!(all(&nothing).iter().all(|text| !text.contains("NaN")));
}

#[test]
fn the_command_of_one_scenario_keeps_the_flags() {
    let mut scorecard = cards();
    scorecard.command = "pushlab run all --scorecard --clients 5".into();
    let command = alone(&scorecard, &scorecard.cards[1]);
    assert_eq!(command, "pushlab run bids --clients 5");
    scorecard.command = "pushlab run ./bids.json --scorecard".into();
    let command = alone(&scorecard, &scorecard.cards[1]);
    assert_eq!(command, "pushlab run ./bids.json");
}

#[test]
fn the_page_loads_nothing_and_its_links_lead_somewhere() {
    let page = html(&cards());
    let values = |attribute: &str| -> Vec<String> {
        let parts = page.split(attribute).skip(1);
        let values = parts.filter_map(|rest| rest.split('"').next());
        values.map(str::to_owned).collect()
    };
    let mut ids = values(" id=\"");
    let count = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), count, "ids are unique");
    for target in values(" href=\"") {
        let known = target
            .strip_prefix('#')
            .map(|id| ids.iter().any(|one| one == id));
        assert!(known.unwrap_or(target.starts_with("data:")), "{target:.60}");
    }
    assert!(!page.contains("<script") && !page.contains("src="));
    assert!(html_beside_png(&cards()).contains("href=\"scorecard.png\""));
}
