//! What is said of the whole page: warnings, the answer, how it was measured.

use super::choice::polls;
use super::words::{listed, name};
use crate::chart::format::{counted, percent};
use crate::measure::{Card, MET_SHARE, Scorecard};

/// What must be known before all else.
pub fn warnings(scorecard: &Scorecard) -> Vec<String> {
    let mut said = vec![];
    if scorecard.partial {
        let why = match &scorecard.failure {
            Some(failure) => format!(" ({failure})"),
            None => String::new(),
        };
        said.push(format!(
            "This scorecard ended early{why}: settings are missing, and what is cheapest may be among them."
        ));
    }
    for card in &scorecard.cards {
        let wrong = card
            .candidates
            .iter()
            .filter(|candidate| !candidate.verified);
        for candidate in wrong {
            let why = candidate
                .problem
                .as_deref()
                .unwrap_or("the counts are not what was expected");
            said.push(format!(
                "{}, {}: not verified, so it has no figures ({why}).",
                card.scenario.name,
                name(card, candidate)
            ));
        }
    }
    said
}

/// The answer of the page in a sentence.
pub fn answer(scorecard: &Scorecard) -> String {
    let cards = &scorecard.cards;
    let own = |card: &Card| {
        let own = card.candidates.iter().filter(|c| c.with.is_empty());
        let own: Vec<_> = own.collect();
        !own.is_empty() && own.iter().all(|c| c.met == Some(true))
    };
    let everybody = cards.iter().filter(|card| own(card)).count();
    let polled = cards.iter().filter(|card| {
        polls(card)
            .iter()
            .any(|(_, one)| one.verified && one.met == Some(true))
    });
    let polled: Vec<_> = polled.map(|card| card.scenario.name.clone()).collect();
    if cards.len() == 1 {
        let all = if everybody == 1 { "is" } else { "is not" };
        return format!("The budget {all} met by every transport as it stands.");
    }
    let mut said = format!(
        "Of {}, {} met by every transport as it stands.",
        counted(cards.len() as u64, "budget"),
        match everybody {
            1 => "1 is".into(),
            n => format!("{n} are"),
        }
    );
    said += &match polled.len() {
        0 => " Polls on a timer meet none of them at any interval that was run.".into(),
        _ => format!(" Polls on a timer can meet {}.", listed(&polled, "and")),
    };
    said
}

/// How the figures came about.
pub fn method(scorecard: &Scorecard) -> Vec<String> {
    let mut said = vec![
        format!(
            "A budget is met if at least {} of the deliveries are within it, for each kind of message that has one.",
            percent(MET_SHARE)
        ),
        "Polls were run at rising intervals up to the first that is longer than the budget (longer ones can only be later), \
         and made long enough for many questions of each client where nothing in the scenario happens at a set time. \
         Pushes that gather were run where more than one event comes in that time."
            .into(),
        "Bytes are IP bytes in both directions. Connecting is left out, and so is the request that opens a stream.".into(),
    ];
    for card in scorecard
        .cards
        .iter()
        .filter(|card| !card.left_out.is_empty())
    {
        said.push(format!(
            "{}: {} was left out, where so many clients would ask too often to be simulated in a minute.",
            card.scenario.name,
            card.left_out.join(", ")
        ));
    }
    let costs = scorecard.cards.iter().flat_map(|card| &card.candidates);
    if !costs
        .filter_map(|c| c.costs)
        .any(|c| c.server_cpu_us_per_client_minute.is_some())
    {
        said.push(match scorecard.machine {
            None => "The processor's time is not simulated: for that cost, add --network loopback."
                .into(),
            Some(_) => {
                "This system does not tell the processor's time of a thread: that cost is missing."
                    .into()
            }
        });
    }
    said
}
