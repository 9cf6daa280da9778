//! The clauses of `docs/CONTRACT.md` that can be checked from outside.

/// Number and short form of each, in the order of the contract.
pub const CLAUSES: &[(&str, &str)] = &[
    ("C1", "all four doors are there"),
    ("C2", "an event is one line of JSON with seq and t"),
    ("C3", "every door shows the same text for an event"),
    ("C5", "a cursor beyond the newest event gets nothing"),
    ("C6", "a forgotten cursor is answered with 410 or 4410"),
    ("C7", "a number that is none is answered with 400"),
    ("C8", "an unknown path is answered with 404"),
    ("C9", "a method that is not taken is answered with 405"),
    ("C10", "a body is answered with 413"),
    ("C11", "a target over 4,096 bytes is answered with 414"),
    ("C12", "a head over 16 KiB is answered with 431"),
    ("C16", "an unknown topic is answered with 404"),
    (
        "C17",
        "a name that is none is refused; one's own messages: the same on all doors",
    ),
    ("C20", "poll: every event once, in order, without gaps"),
    ("C21", "poll: answers begin right after the cursor"),
    (
        "C22",
        "poll: one event per line, typed and not to be stored",
    ),
    ("C23", "poll: answered at once"),
    ("C24", "poll: nothing new is 204 without a body"),
    ("C25", "poll: without a cursor, the newest event alone"),
    ("C30", "long-poll: every event once, in order, without gaps"),
    ("C31", "long-poll: answers begin right after the cursor"),
    (
        "C32",
        "long-poll: one event per line, typed and not to be stored",
    ),
    ("C33", "long-poll: held while there is nothing new"),
    ("C34", "long-poll: answered as soon as an event is born"),
    ("C35", "long-poll: 204 when the hold ends"),
    ("C40", "events: every event once, in order, without gaps"),
    ("C41", "events: goes on after Last-Event-ID"),
    ("C42", "events: a newcomer begins after since"),
    ("C43", "events: 200 and text/event-stream, not to be stored"),
    ("C44", "events: id and data of each event"),
    ("C45", "events: begins with retry"),
    ("C46", "events: pushed as soon as an event is born"),
    ("C47", "events: a comment at least every 30 s"),
    ("C50", "ws: every event once, in order, without gaps"),
    ("C51", "ws: goes on after the hello's cursor"),
    ("C52", "ws: an upgrade request is accepted"),
    ("C53", "ws: other requests are refused with 426 or 400"),
    ("C54", "ws: one text message per event"),
    ("C55", "ws: pushed as soon as an event is born"),
    ("C56", "ws: another beginning is closed with 1008"),
    ("C57", "ws: pings and closes are answered"),
    ("C58", "ws: a ping at least every 30 s"),
    ("C59", "ws: a broken frame is closed with 1002"),
    ("C60", "ws: a text that is not UTF-8 is closed with 1007"),
    ("C61", "ws: a message that is too long is closed with 1009"),
    ("C62", "ws: a foreign Origin is refused with 403"),
    ("C63", "ws: an unknown topic is closed with 1008"),
    ("C64", "ws: other topics are followed on demand"),
    ("C81", "publish: a message is confirmed under its number"),
    ("C83", "publish: what is confirmed is in the feed"),
    ("C84", "publish: a repeat has the same answer and no effect"),
    ("C85", "publish: what is no message has its status"),
    (
        "C86",
        "publish over ws: an error names the number, and it goes on",
    ),
    ("C87", "publish: a foreign page is given no permission"),
    ("C90", "snapshot: not older than what was confirmed"),
    ("C91", "snapshot: the first message to who joins"),
    ("C92", "snapshot: 404 where there are none"),
];

#[cfg(test)]
mod tests {
    use super::CLAUSES;

    #[test]
    fn every_clause_is_in_the_contract() {
        let contract = include_str!("../../docs/CONTRACT.md");
        for (clause, what) in CLAUSES {
            assert!(
                contract.contains(&format!("**{clause} ")),
                "{clause} {what}"
            );
        }
    }
}
