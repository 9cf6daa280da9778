//! From what clients saw and wires carried to figures. Pure: values in, values out.

pub mod age;
pub mod bootstrap;
pub mod classify;
pub mod ledger;
pub mod literature;
mod nested;
pub mod plot;
pub mod recorder;
mod results;
pub mod summary;
pub mod sweep;

pub use results::*;
