//! No plot breaks the drawing.

use super::super::Chart;
use super::super::tests::check_chart;
use super::xy;
use crate::measure::Marker;
use crate::measure::plot::{Plot, PlotAxis, PlotMark, PlotPoint, PlotSeries, Quantity};
use proptest::prelude::*;

fn axis(title: &str, quantity: Quantity, log: bool) -> PlotAxis {
    PlotAxis {
        title: title.into(),
        quantity,
        log,
        names: vec![],
    }
}

fn series(label: &str, points: &[[f64; 2]]) -> PlotSeries {
    let point = |&[x, y]: &[f64; 2]| PlotPoint {
        x,
        y,
        interval: Some([y * 0.9, y * 1.1]),
    };
    PlotSeries {
        label: label.into(),
        color: "#0072B2".into(),
        marker: Marker::Circle,
        points: points.iter().map(point).collect(),
        theory: points.iter().map(|[x, y]| [*x, y * 1.02]).collect(),
        names: points.iter().map(|[x, _]| format!("n{x}")).collect(),
    }
}

fn plot(series: Vec<PlotSeries>) -> Plot {
    Plot {
        id: "a-plot".into(),
        title: "How old is it?".into(),
        reading: "Read it from left to right.".into(),
        alt: "Lines.".into(),
        x: axis("poll interval", Quantity::Time, true),
        y: axis("mean age", Quantity::Time, true),
        series,
        marks: vec![PlotMark {
            x: Some(300_000.0),
            y: None,
            label: "published".into(),
        }],
    }
}

fn footer() -> Vec<String> {
    vec!["Scenario x".into(), "$ pushlab sweep".into()]
}

fn rows(chart: &Chart) -> Vec<String> {
    chart.table.rows.iter().map(|row| row.join("|")).collect()
}

#[test]
fn a_law_finer_than_the_points_is_not_denied_by_straight_lines() {
    let mut coarse = series("curve", &[[1e5, 1e5], [1e7, 2e6]]);
    coarse
        .points
        .iter_mut()
        .for_each(|point| point.interval = None);
    assert!(xy_line(&xy(&plot(vec![coarse]), &footer()).svg));
    let mut fine = series("curve", &[[1e5, 1e5], [1e7, 2e6]]);
    fine.theory = (0..9)
        .map(|i| [1e5 * libm::pow(10.0, f64::from(i) / 4.0), 1e5])
        .collect();
    fine.points
        .iter_mut()
        .for_each(|point| point.interval = None);
    assert!(!xy_line(&xy(&plot(vec![fine]), &footer()).svg));
}

/// Whether a line is drawn in the series' own colour.
fn xy_line(svg: &str) -> bool {
    svg.lines()
        .any(|line| line.contains("<polyline") && line.contains("stroke=\"#0072B2\""))
}

#[test]
fn a_line_under_another_is_wider() {
    let line = |y: f64| PlotSeries {
        theory: vec![],
        ..series("line", &[[1e5, y], [1e6, 2.0 * y]])
    };
    let strokes = |lines: [PlotSeries; 2]| -> Vec<String> {
        let svg = xy(&plot(lines.into()), &footer()).svg;
        let own = svg
            .lines()
            .filter(|line| line.contains("<polyline") && line.contains("#0072B2"));
        let width = |line: &str| line.split("stroke-width=").nth(1).map(str::to_owned);
        let widths = own.filter_map(width);
        let widths = widths.map(|rest| rest.split('"').nth(1).unwrap_or_default().to_owned());
        widths.collect()
    };
    let apart = strokes([line(1e5), line(5e5)]);
    assert_eq!(apart[0], apart[1], "{apart:?}");
    let same = strokes([line(1e5), line(1e5)]);
    assert_ne!(same[0], same[1], "{same:?}");
}

#[test]
fn a_unit_that_the_title_has_is_not_said_twice() {
    let mut rates = plot(vec![series("SSE", &[[1.0, 1e5], [3.0, 2e5]])]);
    rates.marks.clear();
    rates.x = axis("updates per second", Quantity::PerSecond, false);
    let svg = xy(&rates, &footer()).svg;
    assert!(svg.contains("updates per second") && !svg.contains("(per second)"));
    rates.x = axis("updates", Quantity::PerSecond, false);
    assert!(xy(&rates, &footer()).svg.contains("updates (per second)"));
}

#[test]
fn lines_that_end_together_before_the_edge_all_have_their_names() {
    // The axis goes on to five times as much.
    let line = |label: &str| series(label, &[[1e6, 1e5], [1.1e7, 1e5]]);
    let labels = ["Short polling", "Long polling", "Server-Sent Events"];
    let svg = xy(&plot(labels.map(line).into()), &footer()).svg;
    for label in labels {
        assert!(svg.contains(label), "{label}");
    }
}

#[test]
fn a_table_has_the_same_numbers() {
    let chart = xy(
        &plot(vec![series("SSE", &[[1e5, 25_000.0], [1e6, 0.0]])]),
        &footer(),
    );
    assert_eq!(
        chart.table.head,
        [
            "Series",
            "Point",
            "poll interval",
            "mean age",
            "95 % interval",
            "Predicted"
        ]
    );
    assert_eq!(
        rows(&chart)[0],
        "SSE|n100000|100 ms|25 ms|22.5 ms to 27.5 ms|25.5 ms"
    );
    assert!(rows(&chart)[1].contains("0 µs (no place on a logarithmic axis)"));
    assert_eq!(rows(&chart)[2], "published|at poll interval 300 ms");
    for words in ["100 ms", "mean age (logarithmic)", "SSE", "published"] {
        assert!(chart.svg.contains(words), "{words}");
    }
}

#[test]
fn names_can_stand_on_an_axis() {
    let mut named = plot(vec![series("SSE", &[[0.0, 2.0], [1.0, 3.0]])]);
    named.marks.clear();
    named.x.names = vec!["lean".into(), "browser".into()];
    named.y = axis("share", Quantity::Count, false);
    let chart = xy(&named, &footer());
    assert!(chart.svg.contains("browser") && rows(&chart)[1].contains("|browser|3|"));
}

fn number() -> impl Strategy<Value = f64> {
    prop_oneof![
        4 => 0.0..1e7f64,
        2 => 0.0..1.0f64,
        1 => prop::num::f64::ANY,
        1 => Just(0.0),
        1 => Just(f64::NAN),
        1 => Just(f64::INFINITY),
        1 => Just(-1e300),
    ]
}

fn quantity() -> impl Strategy<Value = Quantity> {
    prop::sample::select(vec![
        Quantity::Time,
        Quantity::Bytes,
        Quantity::BytesPerSecond,
        Quantity::BitsPerSecond,
        Quantity::PerSecond,
        Quantity::Share,
        Quantity::Ratio,
        Quantity::Count,
    ])
}

fn any_axis() -> impl Strategy<Value = PlotAxis> {
    let names = prop::collection::vec("[a-z ]{0,30}", 0..9);
    (
        "[a-z ]{0,90}",
        quantity(),
        any::<bool>(),
        prop::option::of(names),
    )
        .prop_map(|(title, quantity, log, names)| PlotAxis {
            title,
            quantity,
            log,
            names: names.unwrap_or_default(),
        })
}

fn any_series() -> impl Strategy<Value = PlotSeries> {
    let point = (number(), number(), prop::option::of([number(), number()]))
        .prop_map(|(x, y, interval)| PlotPoint { x, y, interval });
    (
        "[A-Za-z< ]{1,60}",
        prop::collection::vec(point, 0..14),
        prop::collection::vec([number(), number()], 0..9),
        prop::collection::vec("[a-z0-9 ]{0,20}", 0..14),
    )
        .prop_map(|(label, points, theory, names)| PlotSeries {
            label,
            color: "#D55E00".into(),
            marker: Marker::Diamond,
            points,
            theory,
            names,
        })
}

fn any_plot() -> impl Strategy<Value = Plot> {
    let mark = (
        prop::option::of(number()),
        prop::option::of(number()),
        "[a-z ]{0,60}",
    )
        .prop_map(|(x, y, label)| PlotMark { x, y, label });
    (
        ("[a-z ]{0,100}", "[a-z ]{0,300}"),
        any_axis(),
        any_axis(),
        prop::collection::vec(any_series(), 0..15),
        prop::collection::vec(mark, 0..4),
    )
        .prop_map(|((title, reading), x, y, series, marks)| Plot {
            id: "any".into(),
            title,
            reading,
            alt: "any".into(),
            x,
            y,
            series,
            marks,
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn no_plot_breaks_it(plot in any_plot()) {
        let chart = xy(&plot, &footer());
        check_chart("any", &chart);
    }
}
