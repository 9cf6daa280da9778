//! Which settings are tried, and what is made of a run.

use super::*;
use crate::scenario::{Scenario, Span, parse};
use crate::transport;

const SHIPPED_LATER: [&str; 2] = [
    include_str!("../../scenarios/notifications.json"),
    include_str!("../../scenarios/scoreboard.json"),
];

fn plan(scenarios: Vec<Scenario>) -> Plan {
    let command = "pushlab run all --scorecard".into();
    Plan::new(
        scenarios,
        transport::ALL,
        Network::Simulated,
        command,
        false,
    )
    .expect("a plan")
}

fn ticker(fields: &str) -> Scenario {
    let text = format!(r#"{{"name": "short", "clients": 3, "duration": "10s", {fields}}}"#);
    parse(&text, "").expect("a scenario")
}

/// The values that are tried of a field.
fn tried<'a>(plan: &'a Plan, field: &str) -> Vec<&'a str> {
    let values = plan.jobs.iter().filter_map(|job| job.with.get(field));
    values.map(String::as_str).collect()
}

#[test]
fn each_transport_runs_as_it_is_and_polls_at_other_intervals() {
    let plan = plan(vec![ticker(r#""budget": "1s""#)]);
    let own: Vec<_> = plan.jobs.iter().filter(|job| job.with.is_empty()).collect();
    assert_eq!(own.len(), transport::ALL.len());
    // As it is, and as long as the longest of the card.
    let mut as_it_is = plan.cards[0].0.clone();
    as_it_is.duration = Span::from_millis(120_000);
    assert!(
        plan.jobs
            .iter()
            .all(|job| job.scenario.duration == as_it_is.duration)
    );
    assert!(own.iter().all(|job| job.scenario == as_it_is));
    // The scenario's own second is there already; two seconds are the first that are too long.
    assert_eq!(
        tried(&plan, "poll_every"),
        ["100ms", "250ms", "500ms", "2s"]
    );
    // At 2/s nothing gathers in less than half a second, and a second is too late.
    assert!(tried(&plan, "batch_every").is_empty());
}

#[test]
fn pushes_gather_where_there_is_something_to_gather() {
    let plan = plan(vec![ticker(r#""budget": "1s", "rate": "20/s""#)]);
    let pushes = transport::ALL.iter();
    let pushes = pushes.filter(|entry| entry.descriptor.fields.contains(&"batch_every"));
    let expected = ["100ms", "250ms"].repeat(pushes.count());
    assert_eq!(tried(&plan, "batch_every"), expected);
}

#[test]
fn a_crowd_does_not_ask_ten_times_a_second() {
    let crowd = parse(SHIPPED_LATER[0], "").and_then(|one| one.stressed());
    let plan = plan(vec![crowd.expect("a stress setting")]);
    assert_eq!(
        plan.cards[0].1,
        ["poll_every=100ms", "poll_every=250ms", "poll_every=500ms"]
    );
    assert_eq!(
        tried(&plan, "poll_every"),
        ["2s", "5s", "10s", "20s", "30s"]
    );
}

#[test]
fn what_was_run_is_judged_by_the_budget() {
    let scenario = ticker(r#""budget": "600ms""#);
    let plan = plan(vec![scenario]);
    let mut done = 0;
    let card = |workers, done: &mut usize| {
        let (card, failed) = run(&plan, workers, &Interrupt::default(), |_| *done += 1);
        assert!(failed.is_none(), "{failed:?}");
        card
    };
    let one = card(1, &mut done);
    assert_eq!(done, plan.jobs.len());
    assert_eq!(one, card(3, &mut done));
    for candidate in &one.cards[0].candidates {
        assert!(candidate.verified, "{candidate:?}");
        let class = &candidate.classes[0];
        assert_eq!(
            (class.class.as_str(), class.budget_us),
            ("tick", Some(600_000.0))
        );
        assert_eq!(candidate.met, Some(class.latency_us.p99 <= 600_000.0));
        let costs = candidate.costs.expect("costs");
        assert_eq!(costs.connections_per_client, 1.0);
        // A poll asks at its pace from its first question to its last; a push never again.
        let settings = candidate.with.get("poll_every").map(String::as_str);
        match settings {
            Some("100ms") => assert!((590.0..640.0).contains(&costs.requests_per_client_minute)),
            Some("1s") => assert!((55.0..65.0).contains(&costs.requests_per_client_minute)),
            _ => {}
        }
    }
    let met: Vec<_> = one.cards[0].candidates.iter().map(|c| c.met).collect();
    // A second of waiting is too long, for the rest of them it is not.
    let yes = Some(true);
    assert_eq!(met[..4], [Some(false), yes, yes, yes]);
}

#[test]
fn what_was_judged_beside_a_job_that_fails_is_kept() {
    let mut plan = plan(vec![ticker(r#""budget": "600ms""#)]);
    let missing = r#"{"name": "missing", "replay": "no-such-file.csv", "budget": "600ms"}"#;
    let failing = plan.jobs.len() / 2;
    plan.jobs[failing].scenario = parse(missing, "").expect("a scenario");
    for workers in [1, 3] {
        let mut done = 0;
        let (card, failed) = run(&plan, workers, &Interrupt::default(), |_| done += 1);
        assert!(matches!(failed, Some(RunError::Replay(_))), "{failed:?}");
        assert!(card.partial);
        assert_eq!(card.failure, failed.map(|error| error.to_string()));
        assert_eq!(card.cards[0].candidates.len(), done);
        assert!(done < plan.jobs.len());
    }
}

#[test]
fn the_scenarios_of_this_lab_can_be_planned() {
    let scenarios = SHIPPED_LATER.map(|text| parse(text, "").expect("valid"));
    assert!(scenarios.iter().all(|scenario| scenario.stressed().is_ok()));
    assert_eq!(plan(scenarios.into()).cards.len(), 2);
}
