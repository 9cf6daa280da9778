//! What must hold for every chart, whatever the numbers: everything on the sheet, nothing on top of anything else,
//! type that can be read, and no figure of a transport that was not verified.

use super::style::{HEIGHT, WIDTH, text_width};
use super::{Chart, agreement, all};
use crate::measure::Results;
use crate::report::fixture;

/// A text element with its estimated box.
#[derive(Debug)]
struct Text {
    words: String,
    size: f64,
    left: i32,
    right: i32,
    top: i32,
    bottom: i32,
}

fn attribute<'a>(tag: &'a str, name: &str) -> &'a str {
    tag.split_once(&format!(" {name}=\""))
        .and_then(|(_, rest)| rest.split_once('"'))
        .map_or("", |(value, _)| value)
}

fn texts(svg: &str) -> Vec<Text> {
    let element = |part: &str| {
        let (tag, rest) = part.split_once('>').unwrap();
        let words = rest
            .split_once("</text>")
            .unwrap()
            .0
            .trim()
            .replace("&apos;", "'")
            .replace("&lt;", "<");
        let number = |name| attribute(tag, name).parse::<f64>().unwrap();
        let (x, top, size) = (number("x") as i32, number("y") as i32, number("font-size"));
        let width = text_width(&words, size as i32, attribute(tag, "font-weight") == "bold");
        let left = match attribute(tag, "text-anchor") {
            "start" => x,
            "middle" => x - width / 2,
            _ => x - width,
        };
        Text {
            words,
            size,
            left,
            right: left + width,
            top,
            bottom: top + size as i32,
        }
    };
    svg.split("<text").skip(1).map(element).collect()
}

/// All fixtures, and variants of them that have broken charts before.
fn everything() -> Vec<Results> {
    let (mut alone, mut bare, mut many, mut nothing) = (
        fixture::ticker(),
        fixture::ticker(),
        fixture::ticker(),
        fixture::ticker(),
    );
    alone.transports.truncate(1);
    for transport in &mut bare.transports {
        transport.series = None;
    }
    for (i, transport) in fixture::ticker()
        .transports
        .into_iter()
        .chain(fixture::extreme().transports)
        .enumerate()
    {
        many.transports.push(crate::measure::TransportResult {
            id: format!("extra-{i}"),
            ..transport
        });
    }
    many.transports.truncate(8);
    for transport in &mut nothing.transports {
        (transport.verified, transport.figures, transport.problem) =
            (false, None, Some("a long story ".repeat(40)));
    }
    vec![
        fixture::ticker(),
        fixture::extreme(),
        fixture::kaazing(),
        fixture::unverified(),
        fixture::polling_wins(),
        fixture::damaged(),
        fixture::empty("empty"),
        alone,
        bare,
        many,
        nothing,
    ]
}

fn each_chart(check: impl Fn(&Results, &Chart)) {
    for results in everything() {
        for chart in all(&results) {
            check(&results, &chart);
        }
        check(&results, &agreement(&fixture::both(results.clone())));
    }
}

#[test]
fn all_text_lies_on_the_sheet_and_can_be_read() {
    each_chart(|results, chart| check_sheet(&results.scenario.name, chart));
}

fn check_sheet(of: &str, chart: &Chart) {
    for text in texts(&chart.svg) {
        let at = format!("{of} {}: {text:?}", chart.id);
        assert!(
            text.left >= 0 && text.right <= WIDTH && text.top >= 0 && text.bottom <= HEIGHT,
            "{at}"
        );
        assert!(text.size >= 16.0, "{at}");
    }
}

/// What must hold for every drawing, also of sweeps and plots.
pub fn check_chart(of: &str, chart: &Chart) {
    check_sheet(of, chart);
    check_overlaps(of, chart);
    check_svg(chart);
}

#[test]
fn no_text_covers_another() {
    each_chart(|results, chart| check_overlaps(&results.scenario.name, chart));
}

fn check_overlaps(of: &str, chart: &Chart) {
    let texts = texts(&chart.svg);
    for (i, a) in texts.iter().enumerate() {
        for b in &texts[..i] {
            let apart =
                a.right <= b.left || b.right <= a.left || a.bottom <= b.top || b.bottom <= a.top;
            assert!(apart, "{of} {}: {a:?} {b:?}", chart.id);
        }
    }
}

#[test]
fn every_transport_is_named_on_every_chart() {
    for results in [fixture::ticker(), fixture::unverified()] {
        for chart in all(&results) {
            let words: Vec<String> = texts(&chart.svg)
                .into_iter()
                .map(|text| text.words)
                .collect();
            for transport in &results.transports {
                assert!(
                    words.iter().any(|text| text.contains(&transport.label)),
                    "{}: {}",
                    chart.id,
                    transport.label
                );
            }
        }
    }
}

#[test]
fn drawings_are_accessible_and_load_nothing() {
    each_chart(|_, chart| check_svg(chart));
}

fn check_svg(chart: &Chart) {
    let (svg, id) = (&chart.svg, &*chart.id);
    assert!(svg.contains("role=\"img\"") && svg.contains(&format!("<title id=\"{id}-title\">")));
    assert!(svg.contains(&format!("<desc id=\"{id}-desc\">")) && svg.ends_with("</svg>\n"));
    assert!(svg.split(" id=\"").skip(1).all(|rest| rest.starts_with(id)));
    assert_eq!(svg.matches("http").count(), 1, "only the name space");
    // What stands in the tags: a text may say anything.
    let tags = svg.split('<').filter_map(|piece| piece.split('>').next());
    let tags: String = tags.collect();
    for bad in ["href", "url(", "NaN", "inf\""] {
        assert!(!tags.contains(bad), "{bad} in {id}");
    }
    assert!(
        svg.split("font-family=\"")
            .skip(1)
            .all(|rest| rest.starts_with("sans-serif"))
    );
}

#[test]
fn an_unverified_transport_shows_counts_and_no_figure() {
    let results = fixture::unverified();
    let hidden = results.transports[2].figures.as_ref().unwrap();
    for chart in all(&results) {
        assert!(
            chart.svg.contains("6\u{202f}098 of 6\u{202f}100"),
            "{}",
            chart.id
        );
        let bytes = super::format::bytes(hidden.bytes_per_event);
        assert!(!chart.svg.contains(&bytes), "{}", chart.id);
        let row = chart
            .table
            .rows
            .iter()
            .find(|row| row[0] == results.transports[2].label)
            .unwrap();
        assert_eq!(row.len(), 2);
    }
}

#[test]
fn the_description_states_numbers_of_the_table() {
    for chart in all(&fixture::ticker()) {
        let cells: Vec<&String> = chart.table.rows.iter().flatten().collect();
        let found = cells
            .iter()
            .filter(|cell| cell.contains(' ') && chart.alt.contains(cell.as_str()))
            .count();
        assert!(found >= 2, "{}: {}", chart.id, chart.alt);
    }
}

#[test]
fn the_same_results_give_the_same_drawing() {
    assert_eq!(all(&fixture::ticker()), all(&fixture::ticker()));
}

#[test]
fn the_sawtooth_has_the_mean_of_its_teeth() {
    // One event per second, born at whole seconds and seen at once: the age runs from 0 to 1 s, its mean is 0.5 s.
    let mut results = fixture::ticker();
    results.transports.truncate(1);
    let series = results.transports[0].series.as_mut().unwrap();
    series.screen = (4..20).map(|s| [s * 1_000_000; 2]).collect();
    let chart = super::age_sawtooth::chart(&results);
    assert_eq!(chart.table.rows[0][1..4], ["10", "500 ms", "1 s"]);
}

#[test]
fn work_is_counted_per_client_and_minute() {
    // 50 clients, 65 s from the first packet to the last.
    let mut results = fixture::ticker();
    let figures = results.transports[0].figures.as_mut().unwrap();
    (figures.requests, figures.empty_answers) = (3_250, 1_300);
    let table = super::requests::chart(&results).table;
    assert_eq!(table.rows[0][1..3], ["60 per minute", "40 %"]);
    assert_eq!(table.rows[0][4], "1");
}

#[test]
fn an_older_file_has_fewer_charts() {
    let mut results = fixture::ticker();
    assert_eq!(all(&results).len(), 8);
    results.feed_labels.clear();
    for transport in &mut results.transports {
        transport.idle = None;
        transport.series.as_mut().unwrap().packets.clear();
    }
    let charts = all(&results);
    let ids: Vec<&str> = charts.iter().map(|chart| &*chart.id).collect();
    let rest = [
        "age-sawtooth",
        "latency-cdf",
        "percentile-spectrum",
        "byte-ledger",
        "requests",
    ];
    assert_eq!(ids, rest);
}

#[test]
fn the_spectrum_marks_what_events_do_not_bear_out() {
    let results = fixture::ticker();
    let chart = super::percentile_spectrum::chart(&results);
    let events = results.transports[0].figures.as_ref().unwrap();
    let events = super::format::count(events.latency_events);
    assert!(
        chart
            .svg
            .contains(&format!("fewer than 10 of {events} events"))
    );
    let row = &chart.table.rows[0];
    assert!(!row[1].ends_with('*') && row[3].ends_with('*'));
}

#[test]
fn tables_are_csv() {
    let mut table = super::Table::new("not part of it", &["Transport", "Why"]);
    table.row(["SSE".into(), "a, \"b\"".into()]);
    table.row(["alone".into()]);
    assert_eq!(table.csv(), "Transport,Why\nSSE,\"a, \"\"b\"\"\"\nalone\n");
}
