use super::*;
use crate::app::testing::{event, judge, publisher, shipped, why};
use proptest::prelude::*;

const HERE: &str = r#","lat":51.507350,"lng":-0.127758,"hdg":274,"spd":8.0,"acc":6"#;
const STATUS: &str = r#","type":"status","eta_s":95,"status":"arriving""#;

fn say(rules: &mut Dispatch, from: &str, t_us: u64, own: &str) -> Result<Vec<Draft>, Refusal> {
    judge(
        rules,
        from,
        "trip-1",
        "position",
        &format!(",\"t\":{t_us}{own}"),
        0,
    )
}

fn status() -> Draft {
    Draft {
        topic: "trip-1".into(),
        class: "status".into(),
        fields: STATUS.into(),
    }
}

#[test]
fn a_position_is_passed_on_as_wide_as_it_came() {
    let mut rules = Dispatch::default();
    assert_eq!(
        rules.snapshot("trip-1"),
        r#"{"position":null,"status":null}"#
    );
    let drafts = say(&mut rules, "0", 1_000, HERE).expect("the first is the driver");
    assert_eq!(drafts[0].fields, HERE);
    rules.announce(&status());
    let picture = format!(
        "{{\"position\":{{{}}},\"status\":{{{}}}}}",
        &HERE[1..],
        &STATUS[1..]
    );
    assert_eq!(rules.snapshot("trip-1"), picture);
    assert_eq!(
        event(&shipped("ride"), 42, &drafts[0]).len(),
        111,
        "trips 1 to 9"
    );
}

#[test]
fn what_is_refused_changes_nothing() {
    let mut rules = Dispatch::default();
    say(&mut rules, "0", 1_000, HERE).expect("the first is the driver");
    let before = rules.snapshot("trip-1");
    let other = HERE.replace("51.5", "52.5");
    for (from, t_us, own, reason) in [
        ("1", 2_000, &*other, "not your trip"),
        ("0", 1_000, &*other, "older than what is known"),
        ("0", 999, &*other, "older than what is known"),
        ("0", 2_000, "", "\"lat\" has to be a number from -90 to 90"),
        (
            "0",
            2_000,
            &*HERE.replace("51.5", "91.5"),
            "\"lat\" has to be a number from -90 to 90",
        ),
        (
            "0",
            2_000,
            &*HERE.replace("274", "\"W\""),
            "\"hdg\" has to be a number from 0 to 359",
        ),
    ] {
        assert_eq!(why(say(&mut rules, from, t_us, own)), reason);
        assert_eq!(rules.snapshot("trip-1"), before);
    }
    assert_eq!(
        why(judge(&mut rules, "0", "trip-1", "horn", HERE, 0)),
        "a driver has no class \"horn\": write \"position\""
    );
    assert!(say(&mut rules, "0", 1_000, &other).is_err_and(|refusal| refusal.stale));
    assert!(say(&mut rules, "0", 1_001, &other).is_ok());
}

#[test]
fn cars_move_by_the_seed_as_cars_do() {
    let scenario = shipped("ride");
    let drive = |client| {
        let mut driver = Driver::new(&scenario, &publisher(&scenario, client, 1));
        assert!(driver.act("horn", 0).is_empty());
        let at = |step: u64| driver.act("position", step * 4_000_000_000).remove(0);
        (1..100).map(at).collect::<Vec<_>>()
    };
    let way = drive(0);
    assert_eq!(way, drive(0));
    assert_ne!(way, drive(1));
    let degrees: Vec<(f64, f64)> = way
        .iter()
        .map(|said| {
            assert_eq!((said.fields.len(), said.acknowledge), (HERE.len(), false));
            let text = format!("{{{}}}", &said.fields[1..]);
            let value: serde_json::Value = serde_json::from_str(&text).expect("JSON");
            let number = |name: &str| value[name].as_f64().expect("a number");
            (number("lat"), number("lng"))
        })
        .collect();
    for pair in degrees.windows(2) {
        let north = (pair[1].0 - pair[0].0) * DEGREE_M;
        let east = (pair[1].1 - pair[0].1) * DEGREE_M * libm::cos(pair[0].0.to_radians());
        let speed = (north * north + east * east).sqrt() / 4.0;
        assert!((4.9..10.0).contains(&speed), "{speed} m/s");
    }
}

proptest! {
    /// Whoever watches from the beginning, and whoever opens the app late, see what the server knows; the same
    /// messages make the same events.
    #[test]
    fn riders_see_what_the_server_knows(
        steps in prop::collection::vec((0..3_u64, -90.0..90.0_f64, 0..3_u32), 1..40),
        opens in 0..40_usize,
    ) {
        let scenario = shipped("ride");
        let (mut rules, mut again) = (Dispatch::default(), Dispatch::default());
        let (mut rider, mut late) = (Rider::new(&scenario), None);
        let mut t_us = 1_000;
        for (index, (step, lat, what)) in steps.into_iter().enumerate() {
            t_us += step;
            let drafts = if what == 0 {
                rules.announce(&status());
                again.announce(&status());
                vec![status()]
            } else {
                let own = position(lat, -0.1, 200.0, 8.0, 6.0);
                let newest = rules.trips.get("trip-1").map_or(0, |trip| trip.newest_us);
                let verdict = say(&mut rules, "0", t_us, &own);
                prop_assert_eq!(verdict.is_ok(), t_us > newest);
                prop_assert_eq!(&verdict, &say(&mut again, "0", t_us, &own));
                verdict.unwrap_or_default()
            };
            if index == opens {
                let mut opened = Rider::new(&scenario);
                opened.load("trip-1", 0, rules.snapshot("trip-1").as_bytes());
                late = Some(opened);
            }
            for draft in &drafts {
                rider.see(&event(&scenario, 1, draft));
                if let Some(late) = &mut late {
                    late.see(&event(&scenario, 1, draft));
                }
            }
            let known = Bytes::from(rules.snapshot("trip-1"));
            prop_assert_eq!(rider.state("trip-1"), Some(known.clone()));
            if let Some(late) = &late {
                prop_assert_eq!(late.state("trip-1"), Some(known));
            }
        }
    }
}
