use super::house::End;
use super::*;
use crate::app::testing::{event, judge, publisher, shipped, why};
use crate::app::{Draft, Participant, Refusal, Rules};
use crate::feed::Choices;
use crate::scenario::{Scenario, parse};
use proptest::prelude::*;
use std::collections::BTreeMap;

const S: u64 = 1_000 * MS;

/// A house of one lot, 5 s and 60 s: planned to end at 55 s.
fn house() -> House {
    House::new(&shipped("auction"))
}

fn bid(
    house: &mut House,
    from: &str,
    amount: u64,
    seen: u64,
    now_ns: u64,
) -> Result<Vec<Draft>, Refusal> {
    let own = format!(",\"amount\":{amount},\"seen\":{seen}");
    judge(house, from, "lot-1", "bid", &own, now_ns)
}

#[test]
fn an_accepted_bid_is_what_everybody_sees() {
    let mut house = house();
    let drafts = bid(&mut house, "7", 10_150, 10_000, 40 * S).expect("high enough");
    let own = r#","type":"bid","amount":10150,"bidder":"7","next_min":10200,"ends_at_ms":55000"#;
    assert_eq!((drafts.len(), &*drafts[0].fields), (1, own));
    let known = r#"{"amount":10150,"bidder":"7","ends_at_ms":55000,"closed":false}"#;
    assert_eq!(house.snapshot("lot-1"), known);
    assert_eq!(house.snapshot("lot-2"), "{}");
}

#[test]
fn what_is_refused_changes_nothing() {
    let mut house = house();
    bid(&mut house, "7", 10_150, 10_000, 40 * S).expect("high enough");
    let before = (house.snapshot("lot-1"), house.due_ns());
    for (amount, seen, at_s, reason, stale) in [
        (10_199, 10_150, 41, "too low", false),
        (10_199, 10_000, 41, "outbid", true),
        (10_200, 10_150, 55, "closed", false),
        (
            9_000,
            10_150,
            41,
            "\"amount\" is 9000: write 10000 to 1000000000 cents",
            false,
        ),
        (
            u64::MAX,
            10_150,
            41,
            "\"amount\" is 18446744073709551615: write 10000 to 1000000000 cents",
            false,
        ),
    ] {
        let refusal = bid(&mut house, "8", amount, seen, at_s * S).expect_err("refused");
        assert_eq!((&*refusal.why, refusal.stale), (reason, stale));
        assert_eq!((house.snapshot("lot-1"), house.due_ns()), before);
    }
    let mut say = |topic, class, own| why(judge(&mut house, "8", topic, class, own, 41 * S));
    let own = ",\"amount\":20000,\"seen\":10150";
    assert_eq!(say("lot-2", "bid", own), "there is no lot \"lot-2\"");
    assert_eq!(
        say("lot-1", "sigh", own),
        "an auction has no class \"sigh\": write \"bid\""
    );
    assert_eq!(
        say("lot-1", "bid", ",\"amount\":20000"),
        "\"seen\" has to be a whole number"
    );
    assert!(
        bid(&mut house, "8", 10_250, 10_000, 41 * S).is_ok(),
        "seen late, but high enough"
    );
}

#[test]
fn a_late_bid_moves_the_end_and_the_house_closes_the_lot() {
    let mut house = house();
    let at = |ms: u64| ms * MS;
    assert_eq!(house.due_ns(), Some(at(55_000)));
    // The last three seconds begin at 52 s.
    for (amount, now_ms, ends_ms) in [
        (10_100, 51_900, 55_000),
        (10_200, 52_500, 55_500),
        (10_300, 55_400, 58_400),
        (10_400, 58_000, 61_000),
        (10_500, 60_900, 63_900),
        (10_600, 63_800, 64_000), // never beyond the end of the run
    ] {
        bid(&mut house, "7", amount, 0, at(now_ms)).expect("open");
        assert_eq!(house.due_ns(), Some(at(ends_ms)));
    }
    assert!(house.tick(at(63_999)).is_empty());
    let closed = house.tick(at(64_000));
    let own = r#","type":"closed","winner":"7","amount":10600"#;
    assert_eq!((closed.len(), &*closed[0].fields), (1, own));
    assert_eq!((house.due_ns(), house.tick(at(65_000))), (None, vec![]));
    assert_eq!(
        why(bid(&mut house, "8", 11_000, 10_600, at(64_001))),
        "closed"
    );
    let known = r#"{"amount":10600,"bidder":"7","ends_at_ms":64000,"closed":true}"#;
    assert_eq!(house.snapshot("lot-1"), known);
}

#[test]
fn a_lot_on_which_nobody_bids_closes_too() {
    let mut house = house();
    let closed = house.tick(55 * S);
    assert_eq!(
        closed[0].fields,
        r#","type":"closed","winner":null,"amount":10000"#
    );
}

#[test]
fn a_bidder_does_not_bid_against_himself_nor_after_the_end() {
    let scenario = shipped("auction");
    let mut house = house();
    let mut bidder = Bidder::new(&scenario, &publisher(&scenario, 3, 10));
    assert!(bidder.act("sigh", 0).is_empty());
    let first = bidder.act("bid", 0).remove(0);
    assert!(
        first.acknowledge && first.fields.ends_with(",\"seen\":10000"),
        "{first:?}"
    );
    // It is told before it sees the event.
    bidder.answered(&first, Err("outbid"));
    assert_eq!(bidder.act("bid", 0).len(), 1);
    bidder.answered(&first, Ok(1));
    assert!(bidder.act("bid", 0).is_empty());
    let see = |bidder: &mut Bidder, drafts: Vec<Draft>| {
        bidder.see(&event(&scenario, 1, &drafts[0]));
        bidder.act("bid", 0)
    };
    let other = bid(&mut house, "9", 10_950, 10_000, 0).expect("high enough");
    assert!(
        see(&mut bidder, other)[0]
            .fields
            .ends_with(",\"seen\":10950")
    );
    let own = bid(&mut house, "3", 11_000, 10_950, 0).expect("high enough");
    assert!(see(&mut bidder, own).is_empty(), "it sees that it leads");
    let other = bid(&mut house, "9", 11_050, 11_000, 0).expect("high enough");
    assert_eq!(see(&mut bidder, other).len(), 1);
    assert!(see(&mut bidder, house.tick(55 * S)).is_empty());
    assert_eq!(bidder.state("lot-1"), Some(house.snapshot("lot-1").into()));
}

/// An auction of 300 s with ten bidders, each line of which takes `late_ms` down, and no time up: how many bids were
/// judged, and how many of them were refused as decided on an old price.
fn auction(late_ms: u64, seed: u64) -> (u32, u32) {
    let text = format!(
        "{{\"name\":\"x\",\"app\":\"auction\",\"topic\":\"lot\",\"clients\":10,\"publishers\":10,\"duration\":\"300s\",\"seed\":{seed}}}"
    );
    let scenario: Scenario = parse(&text, "x").expect("a scenario");
    let mut house = House::new(&scenario);
    let mut bidders: Vec<_> = (0..10)
        .map(|c| Bidder::new(&scenario, &publisher(&scenario, c, 10)))
        .collect();
    let mut choices = Choices::new(seed, 0);
    let (mut judged, mut stale, mut seq) = (0, 0, 0);
    // What is under way: when it comes, in order.
    let mut under_way: BTreeMap<(u64, u64), Vec<u8>> = BTreeMap::new();
    let end_ns = End::of(&scenario).planned_ns;
    let mut now_ns = 0;
    while now_ns < end_ns {
        now_ns += MS * u64::from(1 + choices.below(1_000));
        let rest = under_way.split_off(&(now_ns + 1, 0));
        for payload in std::mem::replace(&mut under_way, rest).into_values() {
            for bidder in &mut bidders {
                bidder.see(&payload);
            }
        }
        let client = choices.below(10);
        for publish in bidders[client as usize].act("bid", now_ns) {
            let (from, own) = (client.to_string(), &publish.fields);
            let verdict = judge(&mut house, &from, "lot-1", "bid", own, now_ns);
            judged += 1;
            stale += u32::from(verdict.as_ref().is_err_and(|refusal| refusal.stale));
            for draft in verdict.into_iter().flatten() {
                seq += 1;
                under_way.insert((now_ns + late_ms * MS, seq), event(&scenario, seq, &draft));
            }
        }
    }
    (judged, stale)
}

/// The lesson of the auction, without a network.
#[test]
fn the_older_the_price_the_more_bids_are_refused_as_outbid() {
    for seed in [7, 8, 9] {
        let shares: Vec<f64> = [0, 250, 1_000, 4_000]
            .map(|late_ms| {
                let (judged, stale) = auction(late_ms, seed);
                assert!(judged > 300, "{judged}");
                f64::from(stale) / f64::from(judged)
            })
            .to_vec();
        assert_eq!(shares[0], 0.0);
        assert!(shares.is_sorted_by(|a, b| a + 0.02 < *b), "{shares:?}");
        assert_eq!(auction(1_000, seed), auction(1_000, seed));
    }
}

proptest! {
    /// Extensions fit into what a run of any length leaves.
    #[test]
    fn every_lot_ends_before_the_run(warm_up_ms in 0..10_000_u64, duration_ms in 1..100_000_u64) {
        let text = format!(
            "{{\"name\":\"x\",\"warm_up\":\"{warm_up_ms}ms\",\"duration\":\"{duration_ms}ms\"}}"
        );
        let end = End::of(&parse(&text, "x").expect("a scenario"));
        prop_assert!(end.planned_ns >= warm_up_ms * MS);
        prop_assert!(end.latest_ns < (warm_up_ms + duration_ms) * MS);
        let left = duration_ms * MS / 6;
        prop_assert_eq!(end.planned_ns, (warm_up_ms + duration_ms) * MS - left);
        prop_assert_eq!(end.extend_ns, left / 10 * 3);
    }

    /// Whatever people bid: the price only rises, what is refused changes nothing, the end moves forward and only so
    /// far, nothing is accepted after it, screens show what the house knows, and the same bids make the same events.
    #[test]
    fn the_house_keeps_its_rules(
        bids in prop::collection::vec((0..5_u32, 0..400_u64, 0..200_u64, 0..600_u64), 0..150),
        comes in 0..150_usize,
    ) {
        let scenario = shipped("auction");
        let (mut one, mut two) = (house(), house());
        let end = End::of(&scenario);
        let mut screen = Bidder::new(&scenario, &publisher(&scenario, 9, 10));
        let mut late = None;
        let (mut price, mut now_ns) = (START, 45 * S);
        for (index, (from, more, behind, wait_ms)) in bids.into_iter().enumerate() {
            now_ns += wait_ms * MS;
            let ends_ns = one.due_ns();
            let mut drafts = Vec::new();
            if ends_ns.is_some_and(|due| due <= now_ns) {
                drafts = one.tick(now_ns);
                prop_assert_eq!(&drafts, &two.tick(now_ns));
                prop_assert_eq!(one.due_ns(), None);
            }
            let before = one.snapshot("lot-1");
            let (amount, seen) = (price - 100 + more, price - behind);
            let verdict = bid(&mut one, &from.to_string(), amount.max(START), seen, now_ns);
            prop_assert_eq!(&verdict, &bid(&mut two, &from.to_string(), amount.max(START), seen, now_ns));
            match verdict {
                Ok(accepted) => {
                    prop_assert!(amount >= price + STEP && ends_ns.is_some_and(|end| now_ns < end));
                    prop_assert!(one.due_ns() >= ends_ns && one.due_ns() <= Some(end.latest_ns));
                    price = amount;
                    drafts.extend(accepted);
                }
                Err(refusal) => {
                    prop_assert_eq!(one.snapshot("lot-1"), before);
                    prop_assert_eq!(refusal.stale, refusal.why == "outbid");
                }
            }
            for draft in &drafts {
                let payload = event(&scenario, 1, draft);
                screen.see(&payload);
                if let Some(late) = &mut late {
                    Bidder::see(late, &payload);
                }
            }
            if index == comes {
                let mut came = Bidder::new(&scenario, &publisher(&scenario, 8, 10));
                came.load("lot-1", 0, one.snapshot("lot-1").as_bytes());
                late = Some(came);
            }
            let known = Some(one.snapshot("lot-1").into());
            prop_assert_eq!(screen.state("lot-1"), known.clone());
            prop_assert!(late.as_ref().is_none_or(|late| late.state("lot-1") == known));
        }
    }
}
