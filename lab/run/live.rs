//! An application that goes on without end, for whoever comes: nobody in it but real clients.

use super::script::Announcements;
use crate::app;
use crate::clock;
use crate::feed::Feed;
use crate::hub::{Charter, Hub};
use crate::scenario::Scenario;

/// A scenario's application, its own announcements and ticks, and a hub for what clients publish.
pub struct Live {
    scenario: Scenario,
    hub: Hub,
}

impl Live {
    /// That of a scenario with an application; its feed keeps this many events. Time counts from the clock's zero.
    pub fn new(scenario: Scenario, kept: usize) -> Self {
        let hub = Hub::new(
            Feed::new(kept),
            Charter::new(&scenario, clock::epoch_us()),
            app::rules(&scenario),
            None,
        );
        Self { scenario, hub }
    }

    pub fn hub(&self) -> &Hub {
        &self.hub
    }

    /// Publishes what the server has to say, and lets the rules do what is due, for ever.
    pub async fn go_on(self) {
        let announce = async {
            for announcement in Announcements::new(&self.scenario) {
                let born_ns = announcement.at_ns;
                clock::sleep_until(self.scenario.published_ns(born_ns)).await;
                self.hub.announce(announcement.draft, born_ns);
            }
        };
        tokio::join!(biased; self.hub.tick(), announce);
    }
}
