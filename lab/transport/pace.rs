//! When a push sends: each event as it is born, or what is new together, on a grid of time; and a sign of life when it
//! has been silent for long.

use crate::clock::{self, Alarm};
use crate::feed::{Batch, Forgotten, Reader};
use crate::scenario::{Delivery, Scenario, Span, spaced};

/// How a scenario paces its pushes.
#[derive(Debug, Clone, Copy)]
pub struct Pacing {
    /// At most one send in this time; zero for at once.
    every: Span,
    delivery: Delivery,
}

impl Pacing {
    pub fn new(scenario: &Scenario) -> Self {
        Self {
            every: scenario.batch_every,
            delivery: scenario.push_delivery,
        }
    }

    /// Whether events wait for each other.
    pub fn gathers(self) -> bool {
        self.every != Span::ZERO
    }

    /// What people are told, if it is out of the ordinary.
    pub fn settings(self) -> String {
        let mut text = String::new();
        if self.gathers() {
            text += &format!(", together every {}", spaced(&self.every.to_string()));
        }
        if self.delivery == Delivery::Latest {
            text += ", newest value only";
        }
        text
    }

    /// The news of one connection that opens now.
    pub fn open(self, feed: Reader) -> News {
        News {
            feed,
            every_ns: self.every.as_nanos(),
            latest: self.delivery == Delivery::Latest,
            next_ns: clock::now_ns(),
            due: 0,
        }
    }
}

impl News {
    /// From now on it is this that the connection has to send. Returns what is left to send of what it had until now, and
    /// the event after which the new counts.
    pub fn change(&mut self, feed: Reader, cursor: u64) -> Result<(Batch, u64), Forgotten> {
        let head = self.feed.head();
        let mut left = match self.latest {
            false => self.feed.since(cursor)?,
            true => self.feed.newest_since(cursor),
        };
        left.retain(|event| event.seq <= head);
        self.feed = feed;
        Ok((left, head))
    }
}

/// What one connection has to send, and when.
pub struct News {
    feed: Reader,
    every_ns: u64,
    latest: bool,
    /// The next beat that is free. Beats are `every_ns` apart and counted from the opening, so that an
    /// event waits for the next one as it would for a poller: uniformly up to `every_ns`.
    next_ns: u64,
    /// Everything up to this event may leave; the beat for it has passed.
    due: u64,
}

impl News {
    /// Waits until there is something newer than the cursor and time to send it. Dropping it half-way
    /// loses nothing.
    pub async fn after(&mut self, cursor: u64) -> Result<Batch, Forgotten> {
        let mut news = self.feed.after(cursor).await?;
        // What is left of the last beat leaves at once. Not all that is due need be of interest here.
        let waits = news.first().is_none_or(|event| event.seq > self.due);
        if self.every_ns > 0 && waits {
            let now_ns = clock::now_ns();
            let late_ns = now_ns.saturating_sub(self.next_ns);
            let beat_ns = self.next_ns + late_ns.div_ceil(self.every_ns) * self.every_ns;
            clock::sleep_until(beat_ns).await;
            self.next_ns = beat_ns + self.every_ns;
            self.due = self.feed.head();
            news = self.feed.since(cursor)?;
        }
        if self.latest {
            return Ok(self.feed.newest_since(cursor));
        }
        if self.every_ns > 0 {
            news.retain(|event| event.seq <= self.due);
        }
        Ok(news)
    }
}

/// How long a connection has been silent.
pub struct Silence {
    /// After so much silence there is a sign of life; zero for never.
    longest_ns: u64,
    since_ns: u64,
    alarm: Alarm,
}

impl Silence {
    pub fn new(longest_ns: u64) -> Self {
        Self {
            longest_ns,
            since_ns: clock::now_ns(),
            alarm: Alarm::default(),
        }
    }

    /// Something is being sent.
    pub fn restart(&mut self) {
        if self.longest_ns > 0 {
            self.since_ns = clock::now_ns();
        }
    }

    /// Waits until the silence has lasted. Dropping it half-way loses nothing.
    pub async fn long_enough(&mut self) {
        if self.longest_ns == 0 {
            return std::future::pending().await;
        }
        let due_ns = self.since_ns.saturating_add(self.longest_ns);
        self.alarm.until(due_ns).await;
    }
}
