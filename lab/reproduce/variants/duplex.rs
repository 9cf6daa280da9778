//! The contenders of a two-way test that are no transports of their own: over which connection an HTTP client speaks.

use crate::measure::Marker;
use crate::scenario::{Scenario, Upstream};
use crate::transport::{Descriptor, Entry, LONG_POLL, SSE};

/// An event stream, and messages over a connection of their own.
pub const SSE_AND_POST: Entry = Entry {
    descriptor: &Descriptor {
        id: "sse-and-post",
        label: "SSE + POST",
        ..*SSE.descriptor
    },
    build: |scenario| (SSE.build)(&speaking(scenario, Upstream::SecondConnection)),
};

/// Long polls, and messages over a connection of their own.
pub const LONG_POLL_AND_POST: Entry = Entry {
    descriptor: &Descriptor {
        id: "long-poll-and-post",
        label: "Long poll + POST",
        ..*LONG_POLL.descriptor
    },
    build: |scenario| (LONG_POLL.build)(&speaking(scenario, Upstream::SecondConnection)),
};

/// Long polls and messages in turns on one connection.
pub const WALKIE_TALKIE: Entry = Entry {
    descriptor: &Descriptor {
        id: "walkie-talkie",
        label: "Walkie-talkie",
        color: "#6a3d9a",
        marker: Marker::Circle,
        ..*LONG_POLL.descriptor
    },
    build: |scenario| (LONG_POLL.build)(&speaking(scenario, Upstream::WalkieTalkie)),
};

fn speaking(scenario: &Scenario, upstream: Upstream) -> Scenario {
    Scenario {
        upstream,
        ..scenario.clone()
    }
}
