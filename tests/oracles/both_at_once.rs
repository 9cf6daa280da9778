//! What travels when, where both sides speak: packet by packet, in virtual time.

use crate::support::prepared;
use pushlab::measure::Packet;
use pushlab::net::Network;
use pushlab::transport::LONG_POLL;
use serde_json::json;

/// What one client and the server said in the first seconds, over long polls with this upstream. An event a second and a
/// message about as often.
fn packets(upstream: &str) -> Vec<Packet> {
    let prepared = prepared(json!({
        "app": "topics", "clients": 1, "publishers": 1, "echo": false, "rate": "1/s", "upstream": upstream,
        "also": [{ "class": "price", "from": "server", "rate": "1/s" }], "warm_up": "1s", "duration": "10s",
    }));
    let outcome = prepared.run(&LONG_POLL, Network::Simulated).expect("a run");
    let result = outcome.result;
    assert!(result.verified, "{:?}", result.problem);
    let upward = result
        .figures
        .expect("figures")
        .people
        .expect("people")
        .upward;
    assert!(upward.expect("messages").accepted >= 5);
    result.series.expect("series").packets
}

/// A message of the client: a request with a body.
fn is_message(packet: &Packet) -> bool {
    packet.up && packet.http_headers > 0 && packet.payload > 0
}

/// From the instant at which a question leaves the client to that at which its answer is there.
fn asked_us(packets: &[Packet]) -> Vec<(u64, u64)> {
    let told_us: Vec<_> = packets
        .iter()
        .filter(|p| is_message(p))
        .filter_map(|p| p.arrived_us)
        .collect();
    let questions = packets
        .iter()
        .filter(|p| p.up && p.http_headers > 0 && p.payload == 0);
    // What the server sends the moment a message is there is the confirmation, and answers no question.
    let answers = packets
        .iter()
        .filter(|p| !p.up && p.http_headers > 0 && !told_us.contains(&p.sent_us));
    let answers: Vec<_> = answers.filter_map(|p| p.arrived_us).collect();
    questions
        .filter_map(|question| {
            let answer = answers.iter().find(|at_us| **at_us > question.sent_us)?;
            Some((question.sent_us, *answer))
        })
        .collect()
}

/// How many messages leave while a question is open.
fn across(packets: &[Packet]) -> (usize, usize) {
    let asked_us = asked_us(packets);
    let messages: Vec<_> = packets.iter().filter(|p| is_message(p)).collect();
    let open = |packet: &&&Packet| {
        let mut open = asked_us.iter();
        open.any(|(from_us, to_us)| (*from_us..*to_us).contains(&packet.sent_us))
    };
    (messages.iter().filter(open).count(), messages.len())
}

/// On one connection a message never travels while a question is held: it leaves the very microsecond in which an answer
/// is there. On a connection of its own most of them leave while a question is open.
#[test]
fn a_walkie_talkie_never_speaks_while_a_question_is_held() {
    let turns = packets("walkie-talkie");
    let (open, messages) = across(&turns);
    assert!(messages >= 5, "{messages} messages");
    assert_eq!(open, 0, "of {messages}");
    let arrivals: Vec<_> = turns
        .iter()
        .filter(|p| !p.up)
        .filter_map(|p| p.arrived_us)
        .collect();
    for message in turns.iter().filter(|p| is_message(p)) {
        assert!(arrivals.contains(&message.sent_us), "{message:?}");
    }
    let (open, messages) = across(&packets("second-connection"));
    assert!(2 * open > messages, "{open} of {messages}");
}
