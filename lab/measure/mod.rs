//! From what clients saw and wires carried to figures. Pure: values in, values out.

pub mod age;
pub mod bench;
pub mod bootstrap;
mod both;
pub mod classify;
pub mod events;
pub mod ledger;
pub mod lie;
pub mod literature;
mod nested;
mod people;
mod people_of;
pub mod plot;
pub mod recorder;
mod results;
mod scorecard;
mod series;
pub mod summary;
pub mod sweep;

pub use both::{BOTH_SCHEMA, BOTH_VERSION, Both};
pub use lie::Lie;
pub use people::*;
pub use results::*;
pub use scorecard::*;
pub use series::{Packet, SCREEN_POINTS, SCREEN_US, Series};
