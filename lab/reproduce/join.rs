//! Expectations joined with measurements.

use super::Measured;
use super::expectations::Expectation;
use crate::measure::literature::Row;
use crate::measure::plot::Plot;
use std::collections::BTreeSet;

/// The rows of one experiment. What was expected and not measured is a row that is off.
///
/// # Errors
///
/// A figure that is expected twice, or measured and not expected: nobody would judge it.
pub fn rows(expectations: &[Expectation], measured: &Measured) -> Result<Vec<Row>, String> {
    let mut known = BTreeSet::new();
    for expectation in expectations {
        if !known.insert(&expectation.figure) {
            return Err(format!("{} is expected twice", expectation.figure));
        }
    }
    if let Some(figure) = measured.readings.keys().find(|id| !known.contains(id)) {
        return Err(format!(
            "{figure} was measured, and nothing is expected of it"
        ));
    }
    Ok(expectations.iter().map(|one| row(one, measured)).collect())
}

fn row(expectation: &Expectation, measured: &Measured) -> Row {
    let nobody = || Err("no run measured it".to_owned());
    let reading = match &measured.failed {
        Some(why) => Err(why.clone()),
        None => measured
            .readings
            .get(&expectation.figure)
            .cloned()
            .unwrap_or_else(nobody),
    };
    // JSON has no infinities; a ratio to nothing is no measurement.
    let reading = reading.and_then(|value| match value.is_finite() {
        true => Ok(value),
        false => Err("the figure is not a number".to_owned()),
    });
    let value = reading.as_ref().ok().copied().map(rounded);
    Row {
        figure: expectation.label.clone(),
        predicted: rounded(expectation.expected),
        measured: value,
        unit: expectation.unit,
        tolerance: expectation.tolerance,
        verdict: expectation.tolerance.verdict(expectation.expected, value),
        source: expectation.source.clone(),
        problem: reading.err(),
    }
}

/// Ten significant digits: more than any table shows, and few enough to be read back from JSON exactly.
pub fn rounded(value: f64) -> f64 {
    format!("{value:.9e}").parse().unwrap_or(value)
}

/// The same for everything that is drawn.
pub fn rounded_plot(mut plot: Plot) -> Plot {
    for series in &mut plot.series {
        for point in &mut series.points {
            (point.x, point.y) = (rounded(point.x), rounded(point.y));
            point.interval = point.interval.map(|ends| ends.map(rounded));
        }
        for point in &mut series.theory {
            *point = point.map(rounded);
        }
    }
    for mark in &mut plot.marks {
        (mark.x, mark.y) = (mark.x.map(rounded), mark.y.map(rounded));
    }
    plot
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::literature::{Tolerance, Verdict};
    use crate::measure::plot::Quantity;

    fn expectation(figure: &str) -> Expectation {
        Expectation {
            figure: figure.into(),
            label: format!("the {figure}"),
            expected: 10.0,
            unit: Quantity::Count,
            tolerance: Tolerance::Percent(1.0),
            source: "a test".into(),
        }
    }

    #[test]
    fn each_expectation_gets_its_measurement() {
        let mut measured = Measured::default();
        measured.put("b", Ok(12.0));
        measured.put("a", Ok(10.05));
        let rows = rows(&[expectation("a"), expectation("b")], &measured).expect("rows");
        assert_eq!(rows[0].figure, "the a");
        assert_eq!(rows[0].measured, Some(10.05));
        assert_eq!(rows[0].verdict, Verdict::Agrees);
        assert_eq!(rows[1].verdict, Verdict::Off);
    }

    #[test]
    fn what_nobody_measured_is_off() {
        let mut measured = Measured::default();
        measured.put("a", Err("client 3 got as far as event 2".into()));
        measured.put("c", Ok(f64::INFINITY));
        let expected = [expectation("a"), expectation("b"), expectation("c")];
        let rows_of = |measured| rows(&expected, measured).expect("rows");
        for row in rows_of(&measured) {
            assert_eq!(row.verdict, Verdict::NotMeasured);
            assert!(row.measured.is_none() && row.problem.is_some());
        }
        let rows = rows_of(&Measured::failed("the port is taken".into()));
        assert_eq!(rows[1].problem.as_deref(), Some("the port is taken"));
        assert!(rows.iter().all(|row| row.verdict.is_off()));
    }

    #[test]
    fn a_measurement_that_nobody_expects_is_a_bug() {
        let mut measured = Measured::default();
        measured.put("z", Ok(1.0));
        assert!(rows(&[expectation("a")], &measured).is_err_and(|bug| bug.contains('z')));
        assert!(rows(&[expectation("a"), expectation("a")], &Measured::default()).is_err());
    }
}
