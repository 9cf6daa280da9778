//! From what clients saw and wires carried to figures. Pure: values in, values out.

pub mod age;
mod both;
pub mod classify;
pub mod ledger;
mod nested;
pub mod recorder;
mod results;
pub mod summary;

pub use both::{BOTH_SCHEMA, BOTH_VERSION, Both};
pub use results::*;
