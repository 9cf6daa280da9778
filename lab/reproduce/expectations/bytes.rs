//! Bytes and packets: E1, E8, E9.

use super::{Expectation, expect};
use crate::chart::format::counted;
use crate::measure::literature::Tolerance::{Absolute, Exact, Percent};
use crate::measure::plot::Quantity::{BitsPerSecond, Bytes, Count, Ratio, Time};
use crate::reproduce::byte_ladder::CLIENTS;
use crate::reproduce::connection_reuse::{CLOSING_HEADS, ROUND_TRIP_US};
use crate::reproduce::sse_websocket::{
    CUTS, ID_DIGITS, PAYLOADS, RATES, sse_bytes, websocket_bytes,
};

/// IPv4 and TCP headers of a segment with timestamps.
const O: f64 = 52.0;
/// The published heads with their line ends, and the answer's body.
const POLL_APPLICATION: f64 = 909.0 + 21.0;
/// A text of 20 B in a frame.
const PUSH_APPLICATION: f64 = 20.0 + 2.0;
const POLL_IP: f64 = POLL_APPLICATION + 3.0 * O;
const PUSH_IP: f64 = PUSH_APPLICATION + 2.0 * O;
/// On Ethernet each packet has 38 B more.
const ETHERNET: f64 = 38.0;
/// SYN, SYN and ACK, ACK; two FINs and their ACKs.
const CONNECTION: f64 = 60.0 + 60.0 + O + 4.0 * O;

/// E1. The heads exactly, the cable within 2 %: the experiment's design.
pub fn ladder() -> Vec<Expectation> {
    const ARTICLE: &str = "Lubbers & Greco 2010, the printed heads";
    let mut table = vec![
        expect(
            "head/request",
            "characters of the request head",
            692.0,
            Count,
            Exact,
            ARTICLE,
        ),
        expect(
            "head/response",
            "characters of the response head",
            179.0,
            Count,
            Exact,
            ARTICLE,
        ),
        expect(
            "head/characters",
            "characters of both heads",
            871.0,
            Count,
            Exact,
            "Lubbers & Greco 2010: the published 871",
        ),
        expect(
            "head/wire",
            "bytes of both heads on the wire",
            909.0,
            Bytes,
            Exact,
            "871 and 19 line ends of 2 B",
        ),
        expect(
            "push/framing",
            "framing of a push",
            2.0,
            Bytes,
            Exact,
            "RFC 6455, section 5.2; Lubbers & Greco 2010: 2 B",
        ),
    ];
    let mut layer = |id: &str, name: &str, poll: f64, push: f64, tolerance, source: [&str; 2]| {
        let mut row = |party: &str, label: String, value, unit, source: &str| {
            table.push(expect(
                format!("{party}/{id}"),
                label,
                value,
                unit,
                tolerance,
                source,
            ));
        };
        row("poll", format!("a poll, {name}"), poll, Bytes, source[0]);
        row("push", format!("a push, {name}"), push, Bytes, source[1]);
        let why = match id {
            "application" => "930 / 22; the published headline is 435 to 1",
            "ip" => "1,086 / 126",
            _ => "1,200 / 202",
        };
        row(
            "ratio",
            format!("poll over push, {name}"),
            poll / push,
            Ratio,
            why,
        );
    };
    layer(
        "application",
        "application bytes",
        POLL_APPLICATION,
        PUSH_APPLICATION,
        Exact,
        ["909 + 21", "20 + 2"],
    );
    layer(
        "ip",
        "IP bytes",
        POLL_IP,
        PUSH_IP,
        Percent(2.0),
        ["930 + 3 segments of 52 B", "22 + 2 segments of 52 B"],
    );
    layer(
        "ethernet",
        "Ethernet bytes",
        POLL_IP + 3.0 * ETHERNET,
        PUSH_IP + 2.0 * ETHERNET,
        Percent(2.0),
        ["1,086 + 3 x 38", "126 + 2 x 38"],
    );
    for (party, name, bytes) in [("poll", "polling", POLL_IP), ("push", "pushing", PUSH_IP)] {
        for clients in CLIENTS {
            table.push(expect(
                format!("{party}/rate/{clients}"),
                format!(
                    "{name}, {}, one message a second",
                    counted(clients.into(), "client")
                ),
                8.0 * bytes * f64::from(clients),
                BitsPerSecond,
                Percent(2.0),
                "linear in the number of clients",
            ));
        }
        let source = match party {
            "poll" => "100,000 x 1,086 B/s; Lubbers & Greco 2010: 665 Mbps (heads alone, by 2^20)",
            _ => "100,000 x 126 B/s; Lubbers & Greco 2010: 1.526 Mbps (framing alone, by 2^20)",
        };
        table.push(expect(
            format!("{party}/rate/100000"),
            format!("{name}, 100,000 clients, extrapolated from 1,000"),
            8.0 * bytes * 1e5,
            BitsPerSecond,
            Percent(2.0),
            source,
        ));
    }
    table
}

/// E8. Ratios to their second decimal, as the literature gives them; medians within 50 us: the experiment's design.
pub fn streams() -> Vec<Expectation> {
    let mut table = Vec::new();
    let id_bytes = f64::from(5 + ID_DIGITS);
    for payload in PAYLOADS {
        let (sse, websocket) = (sse_bytes(payload), websocket_bytes(payload));
        let published = match payload {
            20 => "1.10; Slodziak & Nowak 2016: about equal",
            100 => "1.06; Timeplus 2022: no significant difference",
            500 => "1.02",
            _ => "1.01",
        };
        table.push(expect(
            format!("plain/{payload}"),
            format!("SSE over WebSocket, {payload} B, our id line of {id_bytes} B taken out"),
            sse / websocket,
            Ratio,
            Absolute(0.01),
            format!("the formats (WHATWG HTML, RFC 6455) give {published}"),
        ));
    }
    for payload in PAYLOADS {
        let (sse, websocket) = (sse_bytes(payload) + id_bytes, websocket_bytes(payload));
        let more = match payload {
            20 => "; 1.18 with 6 digits instead of 4",
            _ => "",
        };
        table.push(expect(
            format!("ratio/{payload}"),
            format!("SSE over WebSocket, {payload} B, with ids as we send them"),
            sse / websocket,
            Ratio,
            Absolute(0.01),
            format!("the formats with an id of {ID_DIGITS} digits{more}"),
        ));
    }
    for rate in RATES {
        table.push(expect(
            format!("p50/{rate}"),
            format!("SSE later than WebSocket, median, {rate}/s"),
            0.0,
            Time,
            Absolute(50.0),
            "both send at once; Timeplus 2022: no significant difference",
        ));
    }
    table.push(expect(
        "cuts",
        format!("random cuts with the same events, of {CUTS}"),
        f64::from(CUTS),
        Count,
        Exact,
        "RFC 6202, section 3.2: chunks are not messages",
    ));
    table
}

/// E9. Packets exactly, bytes within 2 % as in E1, latency within 3 % as in E2.
pub fn connections() -> Vec<Expectation> {
    let mut table = Vec::new();
    let mut row = |figure: &str, label: &str, expected, unit, tolerance, source: &str| {
        table.push(expect(figure, label, expected, unit, tolerance, source));
    };
    row(
        "packets/keep-alive",
        "packets of a poll, kept connection",
        3.0,
        Count,
        Exact,
        "question, answer with its ACK, ACK; captured on Linux",
    );
    row(
        "packets/close",
        "packets of a poll, its own connection",
        10.0,
        Count,
        Exact,
        "7 more to open and close; captured on Linux",
    );
    row(
        "bytes/keep-alive",
        "IP bytes of a poll, kept connection",
        POLL_IP,
        Bytes,
        Percent(2.0),
        "1,086: heads, body, 3 x 52; captured on Linux",
    );
    row(
        "bytes/close",
        "IP bytes of a poll, its own connection",
        POLL_IP + CONNECTION + CLOSING_HEADS,
        Bytes,
        Percent(2.0),
        "1,466 captured on Linux, and 14 B because our heads say that they close",
    );
    row(
        "connection/close",
        "IP bytes of a connection alone",
        CONNECTION,
        Bytes,
        Percent(2.0),
        "380: SYNs of 60 B, ACKs and FINs of 52 B; captured on Linux",
    );
    row(
        "answer/keep-alive",
        "from question to answer, kept connection",
        ROUND_TRIP_US,
        Time,
        Percent(3.0),
        "R",
    );
    row(
        "answer/close",
        "from dialling to answer, its own connection",
        2.0 * ROUND_TRIP_US,
        Time,
        Percent(3.0),
        "2R: the handshake comes first",
    );
    row(
        "timer/keep-alive",
        "mean latency asked by a timer, kept connection",
        500e3 + ROUND_TRIP_US / 2.0,
        Time,
        Percent(3.0),
        "T/2 + d",
    );
    row(
        "timer/close",
        "mean latency asked by a timer, its own connection",
        500e3 + ROUND_TRIP_US / 2.0,
        Time,
        Percent(3.0),
        "T/2 + d, unchanged: the handshake shifts the phase",
    );
    row(
        "sleep",
        "what its own connection adds if the client sleeps",
        ROUND_TRIP_US / 2.0,
        Time,
        Percent(3.0),
        "R/2: the period grows by R",
    );
    table
}
