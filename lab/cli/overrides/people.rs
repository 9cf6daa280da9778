//! Flags about what people do: topics, publishing, budgets, coming late; and the stress setting.

use super::{name, set, whole};
use crate::cli::Failure;
use crate::scenario::{Delivery, Follow, Scenario, Span, Upstream};
use clap::Args;

#[derive(Debug, Default, Args)]
pub struct People {
    /// How late an event may be seen, for example 1s; off if nobody minds
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    pub budget: Option<Span>,
    /// How many topics there are
    #[arg(long, value_name = "N", allow_hyphen_values = true, value_parser = whole::<u32>)]
    pub topics: Option<u32>,
    /// How many clients of each topic publish; 0 if the server does
    #[arg(long, value_name = "N", allow_hyphen_values = true, value_parser = whole::<u32>)]
    pub publishers: Option<u32>,
    /// How many topics a client follows, or all
    #[arg(long, value_name = "N", allow_hyphen_values = true)]
    pub follow: Option<Follow>,
    /// How often a client leaves one topic for the next, for example 20s; off for never
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    pub switch_every: Option<Span>,
    /// How many clients come late
    #[arg(long, value_name = "N", allow_hyphen_values = true, value_parser = whole::<u32>)]
    pub late: Option<u32>,
    /// When they come, counted from the start of the run
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    pub late_at: Option<Span>,
    /// How many events the server keeps for those who come back; 0 for all
    #[arg(long, value_name = "N", allow_hyphen_values = true, value_parser = whole::<u32>)]
    pub history: Option<u32>,
    /// Over which connection clients of HTTP transports publish
    #[arg(long, value_name = "HOW")]
    pub upstream: Option<Upstream>,
    /// Which events a long poll is answered with
    #[arg(long, value_name = "WHICH")]
    pub hold_delivery: Option<Delivery>,
    /// Begin with the scenario's stress setting, to which the other flags are applied
    #[arg(long)]
    pub stress: bool,
}

impl People {
    /// The stress setting comes before all other flags. The result is not validated yet.
    pub fn before(&self, scenario: &mut Scenario) -> Result<(), Failure> {
        if self.stress {
            *scenario = scenario.stressed()?;
        }
        Ok(())
    }

    /// Applies the other flags. The result is not validated yet.
    pub fn apply_to(&self, scenario: &mut Scenario) {
        set(&mut scenario.budget, self.budget);
        set(&mut scenario.topics, self.topics);
        set(&mut scenario.publishers, self.publishers);
        set(&mut scenario.follow, self.follow);
        set(&mut scenario.switch_every, self.switch_every);
        set(&mut scenario.late, self.late);
        set(&mut scenario.late_at, self.late_at);
        set(&mut scenario.history, self.history);
        set(&mut scenario.upstream, self.upstream);
        set(&mut scenario.hold_delivery, self.hold_delivery);
    }

    /// The flags that were given, as `(name, value)` in a fixed order; a switch has no value.
    pub fn given(&self) -> Vec<(&'static str, String)> {
        let text = |value: Option<u32>| value.map(|value| value.to_string());
        let span = |value: Option<Span>| value.map(|value| value.to_string());
        let values = [
            ("budget", span(self.budget)),
            ("topics", text(self.topics)),
            ("publishers", text(self.publishers)),
            ("follow", self.follow.map(|value| value.to_string())),
            ("switch-every", span(self.switch_every)),
            ("late", text(self.late)),
            ("late-at", span(self.late_at)),
            ("history", text(self.history)),
            ("upstream", self.upstream.as_ref().and_then(name)),
            ("hold-delivery", self.hold_delivery.as_ref().and_then(name)),
            ("stress", self.stress.then(String::new)),
        ];
        let given = values.into_iter();
        given
            .filter_map(|(name, value)| Some((name, value?)))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::parse;

    const SCENARIO: &str = r#"{"name": "mine", "app": "topics", "clients": 10,
        "stress": {"clients": 30, "rate": "9/s"}}"#;

    fn applied(people: &People) -> Scenario {
        let mut scenario = parse(SCENARIO, "").expect("a scenario");
        people.before(&mut scenario).expect("a stress setting");
        people.apply_to(&mut scenario);
        scenario.validate().expect("a scenario");
        scenario
    }

    #[test]
    fn flags_of_topics_change_the_fields_with_their_names() {
        let people = People {
            topics: Some(3),
            publishers: Some(2),
            follow: Some(Follow::Topics(1)),
            switch_every: Some(Span::from_millis(500)),
            late: Some(4),
            late_at: Some(Span::from_millis(9_000)),
            ..People::default()
        };
        let scenario = applied(&people);
        assert_eq!(
            (scenario.topics, scenario.publishers, scenario.late),
            (3, 2, 4)
        );
        assert_eq!(scenario.follow, Follow::Topics(1));
        let names: Vec<_> = people.given().iter().map(|(name, _)| *name).collect();
        let expected = [
            "topics",
            "publishers",
            "follow",
            "switch-every",
            "late",
            "late-at",
        ];
        assert_eq!(names, expected);
    }

    #[test]
    fn the_stress_setting_comes_before_the_flags_and_stands_in_the_command() {
        let stress = People {
            stress: true,
            ..People::default()
        };
        let scenario = applied(&stress);
        assert_eq!((scenario.clients, scenario.rate.as_per_second()), (30, 9.0));
        assert_eq!(stress.given(), [("stress", String::new())]);
        let mut plain = crate::scenario::shipped("ticker").expect("shipped");
        let outcome = stress.before(&mut plain);
        assert!(
            matches!(&outcome, Err(Failure::Usage(message)) if message.contains("has no stress setting")),
            "{outcome:?}"
        );
    }
}
