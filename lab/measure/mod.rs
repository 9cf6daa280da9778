//! From what clients saw and wires carried to figures. Pure: values in, values out.

pub mod age;
pub mod bootstrap;
pub mod classify;
pub mod events;
pub mod ledger;
pub mod lie;
mod nested;
pub mod recorder;
mod results;
pub mod summary;

pub use lie::Lie;
pub use results::*;
