//! A ride: cars say where they are, and whoever waits for one watches it come.
//!
//! A topic is a trip. Its driver's phone says where it is, and the server has a word of its own now and then:
//!
//! ```text
//! position   {"n":3,"t":…,"topic":"trip-7","class":"position","lat":51.507351,"lng":-0.127758,"hdg":274,"spd":8.3,"acc":6}
//! ```
//!
//! What the riders see, 111 bytes for this position, each number always as wide:
//!
//! ```text
//! {"seq":    42,"t":…,"trip":"trip-7","lat":51.507351,"lng":-0.127758,"hdg":274,"spd":8.3,"acc":6}
//! {"seq":    43,"t":…,"trip":"trip-7","type":"status","eta_s":95,"status":"arriving"}
//! ```
//!
//! The rules: whoever first says where a trip's car is drives it, and nobody else may say so. A position that is not
//! newer than the one that is known is refused; a detour on the net must not drive the car backwards.
//!
//! What it teaches: routine and urgent on one line. A position is replaced by the next one, so it may be lost and it
//! may be some seconds old, and the app draws the car where it will be by now. That the car is there cannot wait. And
//! both directions differ: drivers talk, riders listen, so one car in a tunnel leaves others blind. Whoever opens the
//! app late does not need the way the car took: the newest position and the newest word are all there is to know, and
//! that is the snapshot.

#[cfg(test)]
mod tests;

use super::{
    Draft, Identity, Message, Participant, Publish, Refusal, Rules, Sight, envelope, main_class,
};
use crate::feed::Choices;
use crate::scenario::Scenario;
use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::collections::BTreeMap;

/// Streams of the seed for where cars go.
const STREAM: u64 = 4 << 40;
/// Metres in one degree of a meridian.
const DEGREE_M: f64 = 111_320.0;

/// What there is to know of a trip: the members of the newest position and of the server's newest word, as they stand
/// in their events. The server keeps one of each trip, and so does each rider.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Picture {
    position: Option<Box<RawValue>>,
    status: Option<Box<RawValue>>,
}

impl Picture {
    fn keep(&mut self, own: &str) {
        let own = own.strip_prefix(',').unwrap_or(own);
        let Ok(members) = RawValue::from_string(format!("{{{own}}}")) else {
            return;
        };
        if own.starts_with("\"lat\":") {
            self.position = Some(members);
        } else {
            self.status = Some(members);
        }
    }

    /// `{"position":{…},"status":null}`
    fn write(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// A trip as the server knows it.
#[derive(Default)]
struct Trip {
    /// Who drives, once it is known.
    driver: Option<String>,
    /// The instant of the newest position.
    newest_us: u64,
    picture: Picture,
}

/// The server's half.
#[derive(Default)]
pub struct Dispatch {
    trips: BTreeMap<String, Trip>,
}

impl Rules for Dispatch {
    fn receive(&mut self, message: &Message<'_>) -> Result<Vec<Draft>, Refusal> {
        if message.class != "position" {
            return Err(Refusal::bad(format!(
                "a driver has no class {:?}: write \"position\"",
                message.class
            )));
        }
        let t_us = message.number("t")?;
        let fields = position(
            within(message, "lat", -90.0, 90.0)?,
            within(message, "lng", -180.0, 180.0)?,
            within(message, "hdg", 0.0, 359.0)?,
            within(message, "spd", 0.0, 100.0)?,
            within(message, "acc", 0.0, 10_000.0)?,
        );
        if let Some(trip) = self.trips.get(message.topic)
            && let Some(driver) = &trip.driver
        {
            if driver != message.from {
                return Err(Refusal::no("not your trip"));
            }
            if t_us <= trip.newest_us {
                return Err(Refusal::stale("older than what is known"));
            }
        }
        let trip = self.trips.entry(message.topic.to_owned()).or_default();
        trip.driver = Some(message.from.to_owned());
        trip.newest_us = t_us;
        trip.picture.keep(&fields);
        Ok(vec![Draft {
            topic: message.topic.to_owned(),
            class: message.class.to_owned(),
            fields,
        }])
    }

    fn announce(&mut self, draft: &Draft) {
        let trip = self.trips.entry(draft.topic.clone()).or_default();
        trip.picture.keep(&draft.fields);
    }

    fn has_snapshots(&self) -> bool {
        true
    }

    fn snapshot(&self, topic: &str) -> String {
        match self.trips.get(topic) {
            Some(trip) => trip.picture.write(),
            None => Picture::default().write(),
        }
    }
}

/// A member that is a number in a range, ends included.
fn within(message: &Message<'_>, name: &str, least: f64, most: f64) -> Result<f64, Refusal> {
    let number = message.fields.get(name).and_then(|value| value.as_f64());
    number
        .filter(|number| (least..=most).contains(number))
        .ok_or_else(|| {
            Refusal::bad(format!(
                "{name:?} has to be a number from {least} to {most}"
            ))
        })
}

/// The members of a position. Degrees have six digits after the point (a tenth of a metre), the speed in metres per
/// second has one, the heading in degrees and the accuracy in metres have none.
fn position(lat: f64, lng: f64, heading: f64, speed: f64, accuracy: f64) -> String {
    format!(
        ",\"lat\":{lat:.6},\"lng\":{lng:.6},\"hdg\":{heading:.0},\"spd\":{speed:.1},\"acc\":{accuracy:.0}"
    )
}

/// A driver's half: the phone in the car says where it is.
pub struct Driver {
    trip: String,
    class: &'static str,
    acknowledge: bool,
    choices: Choices,
    lat: f64,
    lng: f64,
    /// Degrees; it heads west, so that there are always three digits.
    heading: f64,
    moved_ns: u64,
}

impl Driver {
    pub fn new(scenario: &Scenario, identity: &Identity) -> Self {
        let mut choices = Choices::new(scenario.seed, STREAM | u64::from(identity.client));
        Self {
            trip: identity.home.clone(),
            class: main_class(scenario),
            acknowledge: scenario.acknowledge,
            lat: 51.4 + 0.2 * choices.unit(),
            lng: -0.2 - 0.2 * choices.unit(),
            heading: f64::from(200 + choices.below(140)),
            choices,
            moved_ns: 0,
        }
    }
}

impl Participant for Driver {
    /// The car has gone on at the speed of a town, and turned a little.
    fn act(&mut self, class: &str, now_ns: u64) -> Vec<Publish> {
        if class != self.class {
            return Vec::new();
        }
        let seconds = now_ns.saturating_sub(self.moved_ns) as f64 / 1e9;
        self.moved_ns = now_ns;
        let turn = f64::from(self.choices.below(31)) - 15.0;
        self.heading = (self.heading + turn).clamp(181.0, 359.0);
        let speed = f64::from(50 + self.choices.below(50)) / 10.0;
        let accuracy = f64::from(3 + self.choices.below(7));
        let degrees = speed * seconds / DEGREE_M;
        let course = self.heading.to_radians();
        let parallel = libm::cos(self.lat.to_radians());
        self.lat = (self.lat + degrees * libm::cos(course)).clamp(10.0, 80.0);
        self.lng = (self.lng + degrees * libm::sin(course) / parallel).clamp(-9.9, -0.1);
        vec![Publish {
            topic: self.trip.clone(),
            class: class.to_owned(),
            fields: position(self.lat, self.lng, self.heading, speed, accuracy),
            acknowledge: self.acknowledge,
        }]
    }
}

/// A rider's half: the picture of each trip that it follows.
pub struct Rider {
    topic_member: String,
    trips: BTreeMap<String, Picture>,
}

impl Rider {
    pub fn new(scenario: &Scenario) -> Self {
        Self {
            topic_member: scenario.topic.clone(),
            trips: BTreeMap::new(),
        }
    }
}

impl Participant for Rider {
    fn act(&mut self, _class: &str, _now_ns: u64) -> Vec<Publish> {
        Vec::new()
    }

    fn see(&mut self, payload: &[u8]) -> Sight {
        if let Some((trip, own)) = envelope::open(payload, &self.topic_member) {
            self.trips.entry(trip.to_owned()).or_default().keep(own);
        }
        Sight::Next
    }

    fn load(&mut self, topic: &str, _seq: u64, snapshot: &[u8]) {
        if let Ok(picture) = serde_json::from_slice(snapshot) {
            self.trips.insert(topic.to_owned(), picture);
        }
    }

    fn state(&self, topic: &str) -> Option<Bytes> {
        let text = match self.trips.get(topic) {
            Some(picture) => picture.write(),
            None => Picture::default().write(),
        };
        Some(text.into())
    }
}
