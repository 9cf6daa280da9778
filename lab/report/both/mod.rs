//! The simulator against loopback with a delay line: each figure side by side, how far apart they
//! are, and why, as far as the numbers tell. The model's error is shown, not hidden.

mod causes;
mod compared;
mod html;
mod people;
#[cfg(test)]
mod tests;
mod text;
mod words;

pub use compared::{Row, Unit, rows};
pub use html::{html, html_beside_png};
pub use text::{markdown, terminal};
