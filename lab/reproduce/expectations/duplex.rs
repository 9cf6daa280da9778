//! Both sides at once: E13.

use super::{Expectation, expect};
use crate::measure::literature::Tolerance::{Exact, Percent};
use crate::measure::plot::Quantity::{Bytes, Count, Time};
use crate::reproduce::duplex::{
    BUSY_RATES, CONTENDERS, Contender, RATES, TOLD, at, busy, of, quiet,
};
use crate::theory::duplex::{Delays, Duplex};

/// E13. Chance decides how long a walkie-talkie waits: an exponential time, most often, so that the mean of 4,000 of them
/// is known to 5 % in three standard errors. The others only wait for themselves: 3 % as in E2.
pub fn both_at_once() -> Vec<Expectation> {
    let mut table = Vec::new();
    for one in &CONTENDERS {
        for (place, rate) in RATES.into_iter().enumerate() {
            let duplex = quiet(place);
            table.push(expect(
                at("up", &one.entry, rate),
                format!("message to the server, {}, {}", label(one), events(rate)),
                1e6 * (delays(one, &duplex).upward_s + one.opening_s(&duplex, Some(place))),
                Time,
                allowed(one),
                source(one),
            ));
        }
    }
    for one in &CONTENDERS {
        let duplex = quiet(TOLD);
        let delays = delays(one, &duplex);
        let confirmed_s = delays.upward_s + duplex.down_s + one.opening_s(&duplex, Some(TOLD));
        table.push(expect(
            of("ack", &one.entry),
            format!(
                "message to its confirmation, {}, {}",
                label(one),
                events(RATES[TOLD])
            ),
            1e6 * confirmed_s,
            Time,
            allowed(one),
            "the way up, and d back",
        ));
    }
    for one in &CONTENDERS {
        let duplex = busy();
        let delays = delays(one, &duplex);
        table.push(expect(
            of("busy-up", &one.entry),
            format!("message to the server, {}, {BUSY_RATES}", label(one)),
            1e6 * (delays.upward_s + one.opening_s(&duplex, None)),
            Time,
            allowed(one),
            source(one),
        ));
        let down = match one.polls {
            false => "d",
            true if one.connections > 1.0 => "d + R²/2E[V]; RFC 6202, section 2.2",
            true => {
                "d + (1 - m E[S]) R²/2E[V] + 2m R²: a message makes the client blind for another round trip"
            }
        };
        table.push(expect(
            of("busy-down", &one.entry),
            format!("event to the client, {}, {BUSY_RATES}", label(one)),
            1e6 * delays.downward_s,
            Time,
            Percent(3.0),
            down,
        ));
    }
    for one in &CONTENDERS {
        table.push(expect(
            of("connections", &one.entry),
            format!("connections per participant, {}", label(one)),
            one.connections,
            Count,
            Exact,
            match one.connections > 1.0 {
                true => "one to read and one to speak: on each, answers come in the order of the questions (RFC 9112, section 9.3.2)",
                false => "one",
            },
        ));
        table.push(expect(
            of("requests", &one.entry),
            format!("requests per message, {}", label(one)),
            one.requests,
            Count,
            Exact,
            "a POST each, or a message on the open connection",
        ));
    }
    let message = r#"{"n":101,"t":1735689600123456,"topic":"topic-1","class":"event","say":42}"#;
    // IP and TCP with timestamps: of the message's segment, and of the one that acknowledges the answer.
    let segments = 2.0 * 52.0;
    let head = "POST /publish?client=0 HTTP/1.1\r\nHost: lab.example\r\nAccept: */*\r\n\
                Content-Type: application/json\r\nContent-Length: 73\r\n\r\n";
    let [socket, stream, ..] = &CONTENDERS;
    for (one, framing, source) in [
        (
            socket,
            6,
            "the text, a masked frame's head of 6 B (RFC 6455, section 5.2), two segments",
        ),
        (
            stream,
            head.len(),
            "the text, the head of a POST, two segments",
        ),
    ] {
        table.push(expect(
            of("bytes", &one.entry),
            format!("bytes up per message, {}", label(one)),
            (message.len() + framing) as f64 + segments,
            Bytes,
            Percent(2.0),
            source,
        ));
    }
    table
}

fn events(rate: f64) -> String {
    match rate {
        1.0 => "1 event/s".into(),
        rate => format!("{rate} events/s"),
    }
}

fn label(one: &Contender) -> &'static str {
    one.entry.descriptor.label
}

/// The law; every set-up here leaves enough turns to say everything.
fn delays(one: &Contender, duplex: &Duplex) -> Delays {
    let nothing = Delays {
        upward_s: f64::NAN,
        downward_s: f64::NAN,
    };
    (one.law)(duplex).unwrap_or(nothing)
}

fn allowed(one: &Contender) -> crate::measure::literature::Tolerance {
    match one.waits {
        true => Percent(5.0),
        false => Percent(3.0),
    }
}

fn source(one: &Contender) -> &'static str {
    match (one.connections > 1.0, one.waits) {
        (_, true) => {
            "ours: d + m E[S²]/2(1 - m E[S]) + E[V²]/2E[V], a queue whose server goes on vacations"
        }
        (true, _) => "d + m R²/2(1 - m R) (Pollaczek and Khinchine), and R once to connect",
        _ => "d: the ways do not share anything; RFC 6455, section 1.1",
    }
}
