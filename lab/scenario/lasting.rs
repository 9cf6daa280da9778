//! Runs of another length, in which everything keeps its place.

use super::{App, Outage, Rush, Scenario, Span, Stall};

impl Scenario {
    /// Whether people do something at an instant of the run, or something happens to them then: a longer or shorter
    /// run would be another one.
    pub fn has_fixed_instants(&self) -> bool {
        self.app != App::Ticker
            && (self.rush.is_some()
                || self.late > 0
                || !self.outages.is_empty()
                || !self.stalls.is_empty()
                || self.replay.is_some())
    }

    /// The same with another measured window. What an application plans at an instant of the run (a rush, who comes
    /// late, outages, stalls) keeps its place in it, and lasts as much longer or shorter as the window: a rush before
    /// the end is before the end of a short run, too. The ticker's instants stay as they are. Not validated.
    pub fn lasting(mut self, duration: Span) -> Self {
        let was = self.duration;
        self.duration = duration;
        if !self.has_fixed_instants() || was.is_zero() {
            return self;
        }
        let warm_up = self.warm_up;
        let long = |span: Span| {
            let part = u128::from(span.as_nanos()) * u128::from(duration.as_nanos());
            // To the millisecond, so that it reads well; what is longer than the age of the world stays so.
            let ms = part / u128::from(was.as_nanos()) / 1_000_000;
            Span::from_millis(u64::try_from(ms).unwrap_or(u64::MAX / 1_000_000))
        };
        let at = |span: Span| match span.as_nanos().checked_sub(warm_up.as_nanos()) {
            // What happens in the warm-up is not part of the window.
            None => span,
            Some(into) => {
                let into = long(Span::from_nanos(into));
                Span::from_nanos(warm_up.as_nanos().saturating_add(into.as_nanos()))
            }
        };
        self.rush = self.rush.map(|rush| Rush {
            at: at(rush.at),
            lasts: long(rush.lasts),
            ..rush
        });
        if self.late > 0 {
            self.late_at = at(self.late_at);
        }
        for Outage {
            at: from, lasts, ..
        } in &mut self.outages
        {
            (*from, *lasts) = (at(*from), long(*lasts));
        }
        for Stall { at: from, lasts } in &mut self.stalls {
            (*from, *lasts) = (at(*from), long(*lasts));
        }
        self
    }

    /// The same with another warm-up: what an application plans after it comes as much earlier or later. Not validated.
    pub fn warming_up(mut self, warm_up: Span) -> Self {
        let (was, now) = (self.warm_up.as_nanos(), warm_up.as_nanos());
        self.warm_up = warm_up;
        if !self.has_fixed_instants() {
            return self;
        }
        let at = |span: Span| match span.as_nanos().checked_sub(was) {
            None => span,
            Some(into) => Span::from_nanos(now.saturating_add(into)),
        };
        self.rush = self.rush.map(|rush| Rush {
            at: at(rush.at),
            ..rush
        });
        if self.late > 0 {
            self.late_at = at(self.late_at);
        }
        self.outages
            .iter_mut()
            .for_each(|outage| outage.at = at(outage.at));
        self.stalls
            .iter_mut()
            .for_each(|stall| stall.at = at(stall.at));
        self
    }
}

#[cfg(test)]
mod tests {
    use crate::scenario::{Scenario, Span, parse, shipped};

    fn s(seconds: f64) -> Span {
        Span::from_millis((seconds * 1e3) as u64)
    }

    fn rush(scenario: &Scenario) -> (Span, Span) {
        let rush = scenario.rush.expect("a rush");
        (rush.at, rush.lasts)
    }

    #[test]
    fn everything_keeps_its_place_in_a_run_of_another_length() {
        let auction = shipped("auction").expect("shipped");
        assert_eq!(rush(&auction), (s(45.0), s(12.0)));
        // 40 s into the window of 60 s, so a third of it before the end.
        let short = auction.clone().lasting(s(15.0));
        assert_eq!(rush(&short), (s(15.0), s(3.0)));
        let shorter = short.clone().warming_up(s(2.0));
        assert_eq!(rush(&shorter), (s(12.0), s(3.0)));
        assert!(shorter.validate().is_ok());
        assert_eq!(rush(&auction.clone().lasting(s(120.0))), (s(85.0), s(24.0)));
        assert_eq!(auction.clone().lasting(s(60.0)), auction);

        let board = shipped("whiteboard").expect("shipped").lasting(s(12.0));
        assert_eq!(board.late_at, s(10.0));
        let ride = shipped("ride").expect("shipped").lasting(s(6.0));
        let outage = ride.outages[0];
        assert_eq!((outage.at, outage.lasts), (s(7.5), s(1.0)));
    }

    #[test]
    fn the_ticker_and_who_has_no_instants_are_only_longer() {
        let stalled = shipped("ticker-stall").expect("shipped");
        let long = stalled.clone().lasting(s(240.0));
        assert_eq!(
            (long.stalls.clone(), long.duration),
            (stalled.stalls, s(240.0))
        );
        let text = r#"{"name": "x", "app": "topics", "message": {"x": 1}, "late_at": "20s"}"#;
        let nobody_late = parse(text, "").expect("a scenario").lasting(s(10.0));
        assert_eq!(nobody_late.late_at, s(20.0));
    }
}
