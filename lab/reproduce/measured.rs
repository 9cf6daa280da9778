//! What an experiment brings home.

use crate::chart::precise;
use crate::measure::Results;
use crate::measure::plot::{Plot, Quantity};
use std::collections::BTreeMap;

/// A measured value, or why there is none.
pub type Reading = Result<f64, String>;

/// Everything that an experiment measured, by the id of the figure in the table of expectations.
#[derive(Debug, Default)]
pub struct Measured {
    pub(super) readings: BTreeMap<String, Reading>,
    /// Why nothing was measured, if nothing was.
    pub(super) failed: Option<String>,
    pub plot: Option<Plot>,
    /// A run to be drawn packet by packet.
    pub ladder: Option<Box<Results>>,
    /// In sentences, made from the data.
    pub finding: String,
    pub notes: Vec<String>,
}

impl Measured {
    /// Nothing could be measured.
    pub fn failed(why: String) -> Self {
        Self {
            failed: Some(why),
            ..Self::default()
        }
    }

    /// Enters a figure.
    pub fn put(&mut self, figure: impl Into<String>, reading: Reading) {
        self.readings.insert(figure.into(), reading);
    }

    /// A figure that was measured.
    pub fn get(&self, figure: &str) -> Option<f64> {
        self.readings.get(figure)?.as_ref().ok().copied()
    }

    /// The same with the reason why there is none.
    pub fn reading(&self, figure: &str) -> Reading {
        let nobody = || Err(format!("{figure} was not measured"));
        self.readings.get(figure).cloned().unwrap_or_else(nobody)
    }

    /// The same for a sentence.
    pub fn text(&self, figure: &str, quantity: Quantity) -> String {
        match self.get(figure) {
            Some(value) => precise(quantity, value),
            None => "(not measured)".into(),
        }
    }
}

/// One reading over another.
pub fn quotient(over: Reading, under: Reading) -> Reading {
    Ok(over? / under?)
}

/// One reading less another.
pub fn difference(from: Reading, less: Reading) -> Reading {
    Ok(from? - less?)
}
