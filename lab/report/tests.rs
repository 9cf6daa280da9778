//! What must hold for every report: it loads nothing, says nothing that the figures do not, and shows no figure of a
//! transport that was not verified.

use super::{
    Rung, deviations, finding, fixture, format, html, html_beside_png, ladders, markdown, terminal,
};
use crate::chart::figures;
use crate::measure::Results;

fn everything() -> Vec<Results> {
    let mut alone = fixture::ticker();
    alone.transports.truncate(1);
    let mut partial = fixture::ticker();
    partial.partial = true;
    partial.network = "loopback".into();
    partial.machine = Some(crate::measure::Machine {
        os: "linux".into(),
        arch: "x86_64".into(),
        cores: 1,
    });
    vec![
        fixture::ticker(),
        fixture::extreme(),
        fixture::kaazing(),
        fixture::unverified(),
        fixture::polling_wins(),
        fixture::damaged(),
        fixture::empty("empty"),
        fixture::people::chat(),
        alone,
        partial,
    ]
}

#[test]
fn what_was_not_verified_comes_first_and_has_no_figures() {
    let results = fixture::unverified();
    let hidden = figures(&fixture::ticker().transports[2])
        .map(|f| format::bytes(f.bytes_per_event))
        .unwrap();
    let found = finding(&results);
    assert!(
        found
            .text()
            .starts_with("Warning: SSE was not verified: 6\u{202f}098 of 6\u{202f}100 deliveries")
    );
    for text in [
        html(&results),
        markdown(&results),
        terminal(&results, 120, false),
    ] {
        assert!(!text.contains(&hidden) && text.contains("client 3 never saw event 17"));
    }
    assert!(deviations(&results.transports[2]).is_empty());
    let mut no_baseline = fixture::kaazing();
    no_baseline.transports[1].verified = false;
    assert!(ladders(&no_baseline).is_empty());
}

#[test]
fn the_ladder_of_the_published_claim_has_all_its_rungs() {
    let ladders = ladders(&fixture::kaazing());
    let ratios: Vec<String> = ladders[0].rungs.iter().map(Rung::ratio).collect();
    assert_eq!(ratios, ["435:1", "454:1", "42:1", "8.6:1", "5.9:1"]);
    let bytes = |rung: &Rung| (rung.poll.round() as u64, rung.push.round() as u64);
    let bytes: Vec<_> = ladders[0].rungs.iter().map(bytes).collect();
    assert_eq!(
        bytes,
        [(871, 2), (909, 2), (930, 22), (1086, 126), (1200, 202)]
    );
}

#[test]
fn headers_that_are_not_literal_have_no_published_rung() {
    let ladders = ladders(&fixture::ticker());
    assert_eq!(
        ladders
            .iter()
            .map(|ladder| ladder.rungs.len())
            .collect::<Vec<_>>(),
        [4, 4]
    );
}

#[test]
fn deviations_follow_the_path_of_a_figure() {
    let mut transport = fixture::kaazing().transports.remove(0);
    transport.theory = [
        ("latency_us.mean", 1.0),
        ("bytes_per_event_without_setup", 1_000.0),
        ("no.such", 1.0),
    ]
    .map(|(key, value)| (key.to_owned(), value))
    .into();
    let found = deviations(&transport);
    assert_eq!(found.len(), 2);
    assert_eq!(
        found[0].percent.map(format::deviation),
        Some("+8.6 %".into())
    );
    assert_eq!(found[0].name(), "bytes per event, set-up left out");
    transport.theory = [
        ("empty_answers".to_owned(), 0.0),
        ("requests".to_owned(), 0.0),
    ]
    .into();
    let percents: Vec<_> = deviations(&transport)
        .iter()
        .map(|deviation| deviation.percent)
        .collect();
    assert_eq!(percents, [Some(0.0), None]);
    // A hundredth of an answer and none at all are the same.
    transport.theory = [("empty_answers".to_owned(), 0.01)].into();
    assert_eq!(deviations(&transport)[0].percent, Some(0.0));
}

#[test]
fn pages_load_nothing_and_are_well_formed() {
    for results in everything() {
        let page = html(&results);
        for attribute in [
            "src=", "href=", "url(", "@import", "srcset=", "action=", "data=",
        ] {
            for rest in page.split(attribute).skip(1) {
                let target = rest.trim_start_matches(['"', '\'']);
                assert!(
                    ["#", "data:,", "data:image/svg+xml,", "data:text/csv;"]
                        .iter()
                        .any(|inside| target.starts_with(inside)),
                    "{attribute}{:.40}",
                    rest
                );
            }
        }
        assert!(!page.contains("<script") && page.contains("<html lang=\"en\">"));
        let mut ids: Vec<&str> = page
            .split(" id=\"")
            .skip(1)
            .filter_map(|rest| rest.split('"').next())
            .collect();
        let all = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), all, "ids are unique");
        for target in page
            .split("href=\"#")
            .skip(1)
            .filter_map(|rest| rest.split('"').next())
        {
            assert!(ids.contains(&target), "{target}");
        }
        for tag in [
            "section", "div", "table", "tr", "td", "ul", "li", "figure", "details", "dl", "svg",
            "p",
        ] {
            let opened = page.matches(&format!("<{tag}>")).count()
                + page.matches(&format!("<{tag} ")).count();
            assert_eq!(opened, page.matches(&format!("</{tag}>")).count(), "{tag}");
        }
        let levels: Vec<u32> = page
            .split("<h")
            .skip(1)
            .filter_map(|rest| rest.chars().next()?.to_digit(10))
            .collect();
        assert!(
            levels[0] == 1
                && levels
                    .windows(2)
                    .all(|pair| pair[1] <= pair[0] + 1 && pair[1] > 1),
            "{levels:?}"
        );
    }
}

#[test]
fn what_a_file_says_is_escaped() {
    let mut results = fixture::ticker();
    results.transports[0].label = "<img src=x onerror=alert(1)>|`".into();
    results.scenario.about = "</style><script>".into();
    let page = html(&results);
    assert!(!page.contains("<img") && !page.contains("<script"));
    let report = markdown(&results);
    assert!(!report.contains("<img") && !report.contains("<script") && report.contains("\\|"));
}

#[test]
fn the_terminal_stays_within_its_width_and_plain() {
    for results in everything() {
        for width in [40, 80, 100, 120] {
            let text = terminal(&results, width, false);
            assert!(text.is_ascii(), "{text}");
            let lines = text.lines().filter(|line| !line.starts_with('$'));
            // A single word that is longer than the line cannot be broken.
            let too_long =
                |line: &&str| line.len() > usize::from(width) && line.trim().contains(' ');
            assert_eq!(lines.filter(too_long).count(), 0, "{width}\n{text}");
        }
    }
    let plain = terminal(&fixture::ticker(), 120, false);
    let painted = terminal(&fixture::ticker(), 120, true);
    assert!(painted.contains("\x1b[1m"));
    let stripped = painted
        .replace("\x1b[1;31m", "")
        .replace("\x1b[1m", "")
        .replace("\x1b[0m", "");
    assert_eq!(stripped, plain);
}

#[test]
fn markdown_has_the_finding_the_tables_and_the_command() {
    let report = markdown(&fixture::kaazing());
    for part in [
        "nothing beat WebSocket",
        "## Bytes per event",
        "435:1",
        "## Theory",
        "```sh\npushlab run kaazing\n```",
    ] {
        assert!(report.contains(part), "{part} in\n{report}");
    }
    assert!(
        report
            .lines()
            .filter(|line| line.starts_with("|---"))
            .count()
            == 4
    );
}

#[test]
fn each_figure_can_be_linked_and_saved() {
    let page = html(&fixture::ticker());
    for chart in crate::chart::all(&fixture::ticker()) {
        let id = chart.id;
        assert!(page.contains(&format!("<h2 id=\"{id}\">")), "{id}");
        assert!(page.contains(&format!(
            "download=\"ticker-{id}.svg\" href=\"data:image/svg+xml,%3Csvg"
        )));
        let first = chart.table.head[0].replace(' ', "%20");
        let csv =
            format!("download=\"ticker-{id}.csv\" href=\"data:text/csv;charset=utf-8,{first},");
        assert!(page.contains(&csv), "{id}");
    }
}

#[test]
fn the_page_links_a_png_only_where_there_is_one() {
    let (plain, beside) = (
        html(&fixture::ticker()),
        html_beside_png(&fixture::ticker()),
    );
    assert!(!plain.contains(".png"));
    for chart in crate::chart::all(&fixture::ticker()) {
        let id = chart.id;
        let link = format!("<a download=\"ticker-{id}.png\" href=\"{id}.png\"");
        assert!(beside.contains(&link), "{id}");
    }
}

#[test]
fn a_percentile_with_too_few_events_is_marked_everywhere() {
    let results = fixture::ticker();
    let p99 = figures(&results.transports[0])
        .map(|f| format::time(f.latency_us.p99) + "*")
        .unwrap();
    let note = "* Rough: fewer than 10 of the";
    for text in [html(&results), terminal(&results, 120, false)] {
        assert!(text.contains(&p99) && text.contains(note), "{text}");
    }
    assert!(markdown(&results).contains(&p99.replace('*', "\\*")));
    let mut many = results;
    for transport in &mut many.transports {
        if let Some(figures) = &mut transport.figures {
            figures.latency_events = 1_000;
        }
    }
    for text in [html(&many), terminal(&many, 120, false)] {
        assert!(!text.contains(&p99) && !text.contains(note));
    }
}
