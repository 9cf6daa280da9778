//! The bytes on the wire, literally: what the server answers to literal requests, and what each
//! client half sends. Simulated runs begin at 2025-01-01T00:00:00Z, hence the dates.

mod client;
mod people;
mod refusals;
mod server;
mod upward;
