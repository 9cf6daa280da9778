//! An application that goes on without end, for whoever comes: nobody in it but real clients.

use super::announce;
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
        let own = Announcements::new(&self.scenario);
        let announce = announce(&self.scenario, own, &self.hub);
        tokio::join!(biased; self.hub.tick(), announce);
    }
}
