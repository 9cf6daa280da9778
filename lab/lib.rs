//! pushlab
pub mod chart;
pub mod check;
pub mod cli;
pub mod clock;
pub mod cpu;
pub mod feed;
pub mod measure;
pub mod net;
pub mod report;
pub mod run;
pub mod scenario;
pub mod theory;
pub mod transport;
