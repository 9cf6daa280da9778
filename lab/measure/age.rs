//! Age of information: how old the newest event on a screen is, integrated over time.

use std::ops::Range;

/// Integrates one client's screen over the measured window. Exact, in integer nanoseconds.
#[derive(Debug, Clone, Default)]
pub struct Screen {
    showing: Option<Showing>,
    /// Sum of age x time, in ns^2.
    age_ns2: u128,
    /// Time in the window during which anything was shown.
    observed_ns: u64,
    /// Of that, time during which a newer event existed.
    stale_ns: u64,
}

#[derive(Debug, Clone, Copy)]
struct Showing {
    since_ns: u64,
    born_ns: u64,
    /// Birth of the event after it: from then on the screen is stale.
    next_born_ns: Option<u64>,
}

impl Screen {
    /// From `now_ns` on the screen shows the event born at `born_ns`.
    pub fn show(
        &mut self,
        now_ns: u64,
        born_ns: u64,
        next_born_ns: Option<u64>,
        window: &Range<u64>,
    ) {
        self.advance(now_ns, window);
        self.showing = Some(Showing {
            since_ns: now_ns,
            born_ns,
            next_born_ns,
        });
    }

    /// Integrates to the end of the window.
    pub fn close(&mut self, window: &Range<u64>) {
        self.advance(window.end, window);
    }

    /// Integrates up to now; from now on nothing is shown.
    pub fn stop(&mut self, now_ns: u64, window: &Range<u64>) {
        self.advance(now_ns, window);
        self.showing = None;
    }

    /// The birth of what is shown; 0 if nothing is.
    pub fn born_ns(&self) -> u64 {
        self.showing.map_or(0, |showing| showing.born_ns)
    }

    /// Whether something is shown after which nothing is known to have been born.
    pub fn is_newest(&self) -> bool {
        self.showing
            .is_some_and(|showing| showing.next_born_ns.is_none())
    }

    /// Tells when the event after the one shown was born, before time goes on.
    pub fn outdated_at(&mut self, next_born_ns: Option<u64>) {
        if let Some(showing) = &mut self.showing {
            showing.next_born_ns = next_born_ns;
        }
    }

    /// `(age x time in ns^2, observed ns, stale ns)`.
    pub fn totals(&self) -> (u128, u64, u64) {
        (self.age_ns2, self.observed_ns, self.stale_ns)
    }

    fn advance(&mut self, now_ns: u64, window: &Range<u64>) {
        let Some(showing) = &mut self.showing else {
            return;
        };
        let from = showing.since_ns.max(window.start);
        let to = now_ns.min(window.end);
        if from < to {
            // The age grows with slope 1: the area is a trapezium.
            let age_ns = |at: u64| u128::from(at.saturating_sub(showing.born_ns));
            let (first, last) = (age_ns(from), age_ns(to));
            self.age_ns2 += (last * last - first * first) / 2;
            self.observed_ns += to - from;
            if let Some(next) = showing.next_born_ns {
                self.stale_ns += to.saturating_sub(from.max(next));
            }
        }
        showing.since_ns = showing.since_ns.max(now_ns);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_area_under_a_sawtooth() {
        // Events born at 0, 100, 200, each seen 10 later; window 100..300.
        let window = 100..300;
        let mut screen = Screen::default();
        screen.show(10, 0, Some(100), &window);
        screen.show(110, 100, Some(200), &window);
        screen.show(210, 200, None, &window);
        screen.close(&window);
        // 100..110 shows age 100..110, 110..210 shows 10..110, 210..300 shows 10..100.
        let area = 10 * 105 + 100 * 60 + 90 * 55;
        // Stale from 100 to 110 and from 200 to 210.
        assert_eq!(screen.totals(), (area, 200, 20));
    }

    #[test]
    fn nothing_is_observed_before_the_first_event() {
        let window = 0..100;
        let mut screen = Screen::default();
        screen.show(60, 50, None, &window);
        screen.close(&window);
        assert_eq!(screen.totals(), (40 * 30, 40, 0));
    }
}
