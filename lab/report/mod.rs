//! Reports as text: a table for the terminal, a Markdown file, and one self-contained page. Everything they say is
//! derived from the results, the sentences included.

pub mod bench;
pub mod both;
pub mod compare;
mod console;
mod deviation;
mod figure;
mod finding;
mod finding_people;
#[cfg(test)]
mod finding_tests;
#[cfg(test)]
pub(crate) mod fixture;
mod gallery;
mod html;
mod ladder;
#[cfg(test)]
mod lie_tests;
pub mod literature;
mod markdown;
mod people;
#[cfg(test)]
mod people_tests;
mod rank;
pub mod scorecard;
mod sweep;
mod tables;
mod terminal;
#[cfg(test)]
mod tests;
mod verdict;

pub use crate::chart::format;
pub use deviation::{Deviation, deviations};
pub use finding::{Finding, finding};
pub use gallery::{LITERATURE, SCORECARD, gallery, sweep_folder};
pub use html::{html, html_beside_png};
pub use ladder::{Ladder, Rung, ladders};
pub use markdown::markdown;
pub use sweep::{html as sweep_html, markdown as sweep_markdown, terminal as sweep_terminal};
pub use terminal::terminal;
