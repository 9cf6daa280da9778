//! What a report costs.

use criterion::Criterion;
use pushlab::measure::bench::Group;
use pushlab::net::Network;
use pushlab::run::Prepared;
use pushlab::{chart, report, scenario, transport};
use std::cell::OnceCell;

pub fn about() -> Group {
    Group {
        id: "report".into(),
        title: "What does drawing a report take?".into(),
        beside: String::new(),
        each: "report".into(),
        parameter: String::new(),
        about: "The results of the default scenario are there; charts: all drawings as SVG; page: the whole page with \
                charts, tables and words. Nothing is written to disk."
            .into(),
        floor: String::new(),
    }
}

pub fn bench(criterion: &mut Criterion) {
    // Made when somebody needs it, and not when another group is measured.
    let kept = OnceCell::new();
    let results = || {
        kept.get_or_init(|| {
            let ticker = scenario::shipped("ticker").expect("the default scenario is shipped");
            let prepared = Prepared::new(ticker).expect("a synthetic source needs no file");
            let command = String::from("pushlab run ticker");
            let compared = prepared.compare(transport::ALL, Network::Simulated, command, |_| {});
            compared.expect("a simulation needs nothing")
        })
    };
    let mut group = criterion.benchmark_group("report");
    group.bench_function("charts", |bencher| {
        let results = results();
        bencher.iter(|| chart::all(results));
    });
    group.bench_function("page", |bencher| {
        let results = results();
        bencher.iter(|| report::html(results));
    });
    group.finish();
}
