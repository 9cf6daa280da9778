//! pushlab runs one live scenario over short polling, long polling, Server-Sent Events and WebSocket,
//! checks that every client saw every event of what it follows, and tells what each way costs: how late, how
//! stale, how many bytes. In some scenarios people publish, too.
//!
//! # Start here
//!
//! 1. [`run`]: one run from beginning to end. It reads like an outline of the lab.
//! 2. [`transport`]: the trait, the table of all transports, and one lesson per transport.
//! 3. [`clock`]: why none of them can tell whether time is real.
//!
//! `ARCHITECTURE.md` explains how the parts hold together, `METHODOLOGY.md` what the figures mean.
//!
//! # The map
//!
//! | module | duty |
//! |---|---|
//! | [`scenario`] | a file becomes a checked `Scenario`; mistakes are named by file and field |
//! | [`feed`] | the log of events with a cursor, and the sources that fill it: a seeded ticker, a replayed file |
//! | [`app`] | what people do with a feed: the rules of a chat, an auction, a whiteboard ..., both halves of each |
//! | [`clock`] | `now_ns()` and `sleep_until()`; the only place that knows whether time is virtual |
//! | [`net`] | how clients reach the server: simulated TCP/IP over access lines, or kernel sockets |
//! | [`transport`] | the ways of carrying the feed, both halves of each in one file, and the one server |
//! | [`run`] | joins scenario, network and transport into one run; no figure without verification |
//! | [`sweep`] | the same scenario at many points of one or two axes, on all cores |
//! | [`scorecard`] | many scenarios judged by their budgets, at settings that may meet them, on all cores |
//! | [`check`] | the contract of `docs/CONTRACT.md`, run against any server |
//! | [`allocator`] | where the programs' memory comes from |
//! | [`cpu`] | CPU time of a thread and of the process, where the system tells |
//! | [`os`] | what the system grants (open files, ports, memory) and what this process holds of it |
//! | [`hub`] | where what people publish comes in: it checks, numbers and judges, and appends to the feed |
//! | [`measure`] | what was seen and what the wires carried, reduced to figures |
//! | [`theory`] | what the figures should be, wherever there is a closed form |
//! | [`chart`] | results in, SVG out |
//! | [`report`] | results in, text out: terminal, Markdown, one HTML page |
//! | [`reproduce`] | published claims put to the test, and the one table of what they predict |
//! | [`cli`] | arguments, files, printing, exit codes |
//!
//! # How data flows
//!
//! ```text
//!  scenarios/x.json                                     the generator's events:
//!        |                                              what every client must see
//!     scenario ------------> feed::generate ---------------------+
//!        |                        | publish                      |
//!        |                        v                              v
//!        |                      Feed --serve--> Wire ~~~~~ Wire --follow--> Recorder
//!        |                              (one transport)  |                  |
//!        v                                               v                  v
//!     theory                            bytes and packets: Ledger         Book
//!        |                                               |                  |
//!        |                                               +---> verified? <--+
//!        |                                                         |
//!        +------------------------> Results <----------------------+
//!                                      |
//!            recording.json  <---------+--------->  chart, report
//! ```
//!
//! Of an application the events come to be while it runs. What a person publishes goes up through the same wires to
//! the [`hub`], where its [rules](app::Rules) judge it; a [witness](hub::Witness) tells the recorder what is to be seen:
//!
//! ```text
//!  script --> person --act--> Wire ~~~ Wire --> hub (rules) --> Feed --> Wire ~~~ Wire --> person, Recorder
//!                                                |                                             ^
//!                                                +--> witness: each event, each verdict -------+
//!                                                        |
//!                                                        +--> after the run: rules anew, same events, same states?
//! ```
//!
//! # Invariants
//!
//! * A run that is not verified has counts and an error, never a figure.
//! * Latency counts from the instant an event was planned for, not from when it was sent.
//! * Every byte of every packet is entered in the ledger once; no layer is a remainder.
//! * Same scenario, same seed, same version: the same bytes in every file, on the simulated network.
//! * Transports do not import each other and cannot tell which network they are on.
//! * [`measure`], [`theory`], [`chart`] and [`report`] are pure: values in, values out.
//! * Every queue that a client could fill has a bound.

pub mod allocator;
pub mod app;
pub mod chart;
pub mod check;
pub mod cli;
pub mod clock;
pub mod cpu;
pub mod feed;
pub mod hub;
pub mod measure;
pub mod net;
pub mod os;
pub mod report;
pub mod reproduce;
pub mod run;
pub mod scenario;
pub mod scorecard;
pub mod sweep;
pub mod theory;
pub mod transport;
