//! The table as it stands, and a page that follows from the data.

use super::*;
use crate::report::fixture::benches::{bench, measured};

#[test]
fn the_table_has_each_figure_with_its_floor_and_ratios() {
    assert_eq!(terminal(&bench(), 120, false), GOLDEN);
}

const GOLDEN: &str = " figure                 transport  time each  per second  x floor  x Duplex  latency p50  latency p99  bytes per event
 delivery               floor           8 us     125,000        -         -            -            -                -
                        ask            48 us      20,833     6.0x      3.0x            -            -                -
                        duplex         16 us      62,500     2.0x      1.0x            -            -                -
 fanout 10              floor          12 us      83,333        -         -            -            -                -
                        ask            48 us      20,833     4.0x      3.6x            -            -                -
                        duplex       13.2 us      75,758     1.1x      1.0x            -            -                -
 fanout 1000            floor           6 us     166,667        -         -            -            -                -
                        ask            24 us      41,667     4.0x      3.6x            -            -                -
                        duplex        6.6 us     151,515     1.1x      1.0x            -            -                -
 fanout 1000 backlog 8  floor           4 us     250,000        -         -            -            -                -
                        ask            16 us      62,500     4.0x      3.6x            -            -                -
                        duplex        4.4 us     227,273     1.1x      1.0x            -            -                -
 ticker                 ask           1.5 us     666,667        -      1.0x       550 ms       1.1 s*     763 B (4.3x)
                        duplex        1.5 us     666,667        -      1.0x        25 ms       50 ms*     178 B (1.0x)
 report                 page          120 ms        8.33        -         -            -            -                -

time each: for each delivery (delivery, fanout, ticker), report (report). x floor: how many times the time of the floor
beside it, which reaches the same end by plain means and is no lower limit. x Duplex: how many times the time of Duplex.
In brackets: how many times the bytes of Duplex. * Rough: fewer than 10 of the measured events lie beyond this
percentile.
Beside the time, ticker: latency in virtual time and IP bytes, both ways.
15 benchmarks in 2 min 51 s. linux, x86_64, 2 cores. Compare within one run only: see METHODOLOGY.md, \"What cargo bench
measures\".";

#[test]
fn a_narrow_terminal_breaks_cells_and_nothing_else() {
    let text = terminal(&bench(), 80, false);
    assert!(
        text.lines().all(|line| line.chars().count() <= 80),
        "{text}"
    );
    assert!(text.is_ascii());
    assert!(terminal(&bench(), 120, true).contains("\x1b[1m"));
}

#[test]
fn without_measurements_there_is_no_table() {
    let mut bench = bench();
    bench.measured.clear();
    assert_eq!(terminal(&bench, 100, false), "");
    assert!(html(&bench).contains("0 benchmarks measured"));
}

#[test]
fn sentences_follow_from_the_data() {
    let mut bench = bench();
    let crowd = format!(
        "With {} subscribers a delivery takes, against the floor's time: Duplex 1.1x, Asking 4.0x.",
        format::count(1000)
    );
    assert_eq!(answer(&bench), crowd);
    assert_eq!(
        sentences(&bench)[0],
        "delivery: from 2.0x with Duplex to 6.0x with Asking of the floor's time."
    );
    // Where no crowd was measured, the first figure with a floor says it.
    bench.measured.retain(|one| one.group == "delivery");
    assert_eq!(answer(&bench), sentences(&bench)[0]);
    bench.measured = vec![measured("delivery", "ask", None, 8.4)];
    assert_eq!(answer(&bench), "1 benchmark measured in 2 min 51 s.");
    assert!(sentences(&bench).is_empty());
}

#[test]
fn the_page_explains_each_figure_and_loads_nothing() {
    let mut bench = bench();
    bench.problems = vec!["<delivery/x>: estimates.json: EOF".into()];
    let page = html(&bench);
    for words in [
        "Floor: the same bytes on a plain TCP socket.",
        "All that a delivery takes, on one thread.",
        "cargo bench -- --save-baseline before",
        "linux, x86_64, 2 cores, measured in 2 min 51 s",
        "1000 backlog 8, Duplex",
        "&#60;delivery/x&#62;: estimates.json: EOF",
    ] {
        assert!(page.contains(words), "{words}");
    }
    let values = |attribute: &str| -> Vec<String> {
        let parts = page.split(attribute).skip(1);
        parts
            .filter_map(|rest| rest.split('"').next())
            .map(str::to_owned)
            .collect()
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
    assert!(!page.contains("<script") && !page.contains("src=") && !page.contains("NaN"));
    let delivery = page
        .split("delivery: time per delivery</caption>")
        .nth(1)
        .expect("a table");
    let delivery: Vec<&str> = delivery
        .split("</table>")
        .next()
        .unwrap_or("")
        .split("<tr>")
        .skip(1)
        .collect();
    assert_eq!(delivery, PAGE_GOLDEN);
}

/// The table of the first group.
const PAGE_GOLDEN: &[&str] = &[
    "<th scope=\"col\">transport</th><th scope=\"col\">time each</th><th scope=\"col\">per second</th><th scope=\"col\">x floor</th><th scope=\"col\">x Duplex</th></tr></thead>\n<tbody>\n",
    "<th scope=\"row\">floor</th><td>8 µs</td><td>125\u{202f}000</td><td>-</td><td>-</td></tr>\n",
    "<th scope=\"row\">Asking</th><td>48 µs</td><td>20\u{202f}833</td><td>6.0x</td><td>3.0x</td></tr>\n",
    "<th scope=\"row\">Duplex</th><td>16 µs</td><td>62\u{202f}500</td><td>2.0x</td><td>1.0x</td></tr>\n</tbody>\n",
];

#[test]
fn nothing_is_explained_that_is_not_there() {
    let mut bench = bench();
    bench.measured.retain(|one| one.group == "report");
    let text = terminal(&bench, 120, false);
    let page = html(&bench);
    for words in [
        "floor",
        "x Duplex",
        "brackets",
        "Rough",
        "Beside",
        "histogram",
    ] {
        assert!(!text.contains(words), "{words}\n{text}");
        assert!(!page.contains(words), "{words}\n{page}");
    }
    // A floor that a filter left out explains nothing either.
    bench.measured = vec![
        measured("delivery", "ask", None, 8.4),
        measured("delivery", "duplex", None, 40.0),
    ];
    let text = terminal(&bench, 120, false);
    assert!(!text.contains("floor"), "{text}");
    assert!(text.contains("0.21x"), "{text}");
    assert!(!html(&bench).contains("Floor") && !html(&bench).contains("floor it is"));
}

#[test]
fn a_percentile_of_few_events_is_marked_and_one_of_many_is_not() {
    let mut bench = bench();
    assert!(terminal(&bench, 120, false).contains("1.1 s*"));
    assert!(html(&bench).contains("1.1 s*") && html(&bench).contains("* Rough"));
    for one in &mut bench.measured {
        one.beside.latency_events = one.beside.latency_events.map(|events| events * 10);
    }
    let text = terminal(&bench, 120, false);
    assert!(text.contains("1.1 s") && !text.contains('*'), "{text}");
    assert!(!html(&bench).contains("Rough"));
}
