//! The log by topic: what a reader of a few topics reads without going through all the others.

use super::{Event, Forgotten};
use slab::Slab;
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use tokio::sync::Notify;

/// All topics that were published or are being read.
#[derive(Debug, Default)]
pub struct Topics {
    ids: BTreeMap<String, usize>,
    topics: Slab<Topic>,
}

/// One of them.
#[derive(Debug, Default)]
pub struct Topic {
    name: String,
    /// Its events that the log still has, oldest first.
    events: VecDeque<Arc<Event>>,
    lost: Lost,
    published: bool,
    readers: usize,
    grown: Arc<Notify>,
}

impl Topics {
    /// Takes in the next event; whom to wake.
    pub fn push(&mut self, event: &Arc<Event>) -> Arc<Notify> {
        let id = self.id(&event.topic);
        let topic = &mut self.topics[id];
        topic.published = true;
        topic.events.push_back(event.clone());
        topic.grown.clone()
    }

    /// Drops the oldest event of the log, which is also the oldest of its topic.
    pub fn forget(&mut self, oldest: &Event) {
        let id = self.id(&oldest.topic);
        let topic = &mut self.topics[id];
        topic.events.pop_front();
        topic.lost.note(oldest);
    }

    /// Somebody begins to read a topic: its id, and what tells of its growth.
    pub fn enter(&mut self, name: &str) -> (usize, Arc<Notify>) {
        let id = self.id(name);
        let topic = &mut self.topics[id];
        topic.readers += 1;
        (id, topic.grown.clone())
    }

    /// One of those who read it leaves. Asking for topics that nobody publishes leaves nothing behind.
    pub fn leave(&mut self, id: usize) {
        let topic = &mut self.topics[id];
        topic.readers -= 1;
        if topic.readers == 0 && !topic.published {
            let topic = self.topics.remove(id);
            self.ids.remove(&topic.name);
        }
    }

    /// A topic that somebody reads.
    pub fn get(&self, id: usize) -> &Topic {
        &self.topics[id]
    }

    fn id(&mut self, name: &str) -> usize {
        if let Some(&id) = self.ids.get(name) {
            return id;
        }
        let id = self.topics.insert(Topic {
            name: name.to_owned(),
            ..Topic::default()
        });
        self.ids.insert(name.to_owned(), id);
        id
    }

    #[cfg(test)]
    pub fn len(&self) -> usize {
        assert_eq!(self.ids.len(), self.topics.len());
        self.ids.len()
    }
}

impl Topic {
    /// What is newer than the cursor and still kept, oldest first.
    pub fn newer(&self, cursor: u64) -> impl DoubleEndedIterator<Item = &Arc<Event>> {
        let start = self.events.partition_point(|event| event.seq <= cursor);
        self.events.range(start..)
    }

    pub fn lost(&self) -> &Lost {
        &self.lost
    }
}

/// What was forgotten. Two numbers suffice to tell each client whether he missed something of others.
#[derive(Debug, Default)]
pub struct Lost {
    /// The newest forgotten event, 0 if there is none, and who published it.
    newest: u64,
    from: Option<Arc<str>>,
    /// The newest forgotten event of anybody else.
    of_others: u64,
}

impl Lost {
    pub fn note(&mut self, event: &Event) {
        if event.from != self.from {
            self.of_others = self.newest;
            self.from.clone_from(&event.from);
        }
        self.newest = event.seq;
    }

    /// The newest forgotten event, 0 if there is none.
    pub fn newest(&self) -> u64 {
        self.newest
    }

    /// The newest forgotten event that this client did not publish itself, 0 if there is none.
    pub fn newest_for(&self, me: Option<&Arc<str>>) -> u64 {
        match me {
            Some(_) if self.from.as_ref() == me => self.of_others,
            _ => self.newest,
        }
    }

    /// Whether somebody with this cursor missed nothing that was not his own.
    pub fn check(&self, cursor: u64, me: Option<&Arc<str>>) -> Result<(), Forgotten> {
        let oldest_cursor = self.newest_for(me);
        if cursor < oldest_cursor {
            return Err(Forgotten { oldest_cursor });
        }
        Ok(())
    }
}
