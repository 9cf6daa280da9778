//! Which topics a client follows, and when it leaves one for the next.

use crate::clock;

/// A client's topics.
#[derive(Debug, Clone)]
pub struct Following {
    /// The names of all topics.
    pub names: std::sync::Arc<[String]>,
    /// Those that it follows: neighbours, its own first.
    pub first: u32,
    pub count: u32,
    /// How often it moves on to the next; 0 for never.
    pub every_ns: u64,
    /// When it does so next.
    pub next_ns: u64,
}

impl Following {
    /// The numbers of the topics.
    pub fn topics(&self) -> Vec<u32> {
        let all = self.names.len() as u32;
        (0..self.count).map(|k| (self.first + k) % all).collect()
    }

    /// Their names.
    pub fn names(&self) -> Vec<&str> {
        let name = |topic: u32| self.names[topic as usize].as_str();
        self.topics().into_iter().map(name).collect()
    }

    /// Moves on if it is time. Returns whether it did.
    pub fn turn(&mut self) -> bool {
        if !self.due() {
            return false;
        }
        while self.due() {
            self.first = (self.first + 1) % self.names.len() as u32;
            self.next_ns += self.every_ns;
        }
        true
    }

    /// Waits until it is time to move on.
    pub async fn wait(&self) {
        let forever = u64::MAX / 2;
        let at_ns = if self.every_ns == 0 {
            forever
        } else {
            self.next_ns
        };
        clock::sleep_until(at_ns).await;
    }

    fn due(&self) -> bool {
        self.every_ns > 0 && clock::now_ns() >= self.next_ns
    }
}
