//! From one run to what a scorecard needs of it.

use super::Job;
use crate::measure::summary::rounded;
use crate::measure::{Bytes, Candidate, CardCosts, Figures, TransportResult};
use crate::theory::Law;

/// What a run says about a setting.
pub fn of(job: &Job, result: TransportResult) -> Candidate {
    let figures = result.figures.as_ref().filter(|_| result.verified);
    let people = figures.and_then(|figures| figures.people.as_ref());
    let upward = people.and_then(|people| people.upward.as_ref());
    let judged = upward.map(|up| (up.refused_stale, up.accepted + up.refused));
    let stale = judged.filter(|(_, all)| *all > 0);
    Candidate {
        costs: figures.map(|figures| costs(job, result.kept_up(), figures)),
        stale_share: stale.map(|(stale, all)| rounded(stale as f64 / all as f64)),
        id: result.id,
        label: result.label,
        style: result.style,
        settings: result.settings,
        with: job.with.clone(),
        verified: result.verified,
        problem: result.problem,
        classes: people.map_or_else(Vec::new, |people| people.classes.clone()),
        met: people.and_then(|people| people.met),
    }
}

/// What it costs per client and minute.
fn costs(job: &Job, kept_up: u64, figures: &Figures) -> CardCosts {
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
            .map(|us| rounded(us * kept_up as f64 / client_minutes)),
    }
}
