//! From one run to what a scorecard needs of it.

use super::Job;
use crate::measure::summary::rounded;
use crate::measure::{Bytes, Candidate, CardCosts, ClassFigures, Figures, TransportResult};
use crate::scenario::{Scenario, Span};
use crate::theory::Law;

/// What a run says about a setting.
pub fn of(job: &Job, result: TransportResult) -> Candidate {
    let figures = result.figures.as_ref().filter(|_| result.verified);
    let classes = figures.map_or_else(Vec::new, |figures| classes(&job.scenario, figures));
    let judged: Vec<bool> = classes.iter().filter_map(|class| class.met).collect();
    let met = (!judged.is_empty()).then(|| judged.iter().all(|met| *met));
    let upward = figures.and_then(|f| f.people.as_ref()?.upward.as_ref());
    let judged = upward.map(|up| (up.refused_stale, up.accepted + up.refused));
    let stale = judged.filter(|(_, all)| *all > 0);
    Candidate {
        costs: figures.map(|figures| costs(job, result.delivered, figures)),
        stale_share: stale.map(|(stale, all)| rounded(stale as f64 / all as f64)),
        id: result.id,
        label: result.label,
        style: result.style,
        settings: result.settings,
        with: job.with.clone(),
        verified: result.verified,
        problem: result.problem,
        classes,
        met,
    }
}

/// The kinds of message. Where only the figures of every feed are there, the one kind is judged by its 99th percentile,
/// which says the same as the share that is in time.
fn classes(scenario: &Scenario, figures: &Figures) -> Vec<ClassFigures> {
    if let Some(people) = &figures.people {
        return people.classes.clone();
    }
    let budget_us = (scenario.budget > Span::ZERO).then(|| scenario.budget.as_nanos() as f64 / 1e3);
    vec![ClassFigures {
        class: scenario.app.main_class().into(),
        events: figures.latency_events,
        deliveries: figures.latency_samples,
        latency_us: figures.latency_us,
        budget_us,
        within_budget: None,
        met: budget_us.map(|budget| figures.latency_us.p99 <= budget),
    }]
}

/// What it costs per client and minute.
fn costs(job: &Job, delivered: u64, figures: &Figures) -> CardCosts {
    let scenario = &job.scenario;
    let clients = f64::from(scenario.clients);
    let run_ns = scenario.warm_up.as_nanos() + scenario.duration.as_nanos();
    let client_minutes = clients * run_ns as f64 / 60e9;
    let Bytes { total, setup, .. } = figures.bytes;
    let requests = match job.entry.descriptor.law {
        Law::Push => figures.requests.saturating_sub(scenario.clients.into()),
        Law::ShortPoll | Law::LongPoll => figures.requests,
    };
    let held = figures
        .people
        .as_ref()
        .map(|people| people.connections_per_participant);
    CardCosts {
        bytes_per_client_minute: rounded(total.saturating_sub(setup) as f64 / client_minutes),
        requests_per_client_minute: rounded(requests as f64 / client_minutes),
        connections_per_client: held
            .unwrap_or_else(|| rounded(figures.connections as f64 / clients)),
        server_cpu_us_per_client_minute: figures
            .server_cpu_us_per_delivery
            .map(|us| rounded(us * delivered as f64 / client_minutes)),
    }
}
