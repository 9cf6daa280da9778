//! The events that are expected so far, in the order of the feed and topic by topic.

use super::{Expectation, Expected};
use std::sync::Arc;

/// All events so far. A *stream* is a topic, or the whole tape; a *place* is an event's index in its stream.
#[derive(Debug)]
pub(super) struct Log {
    first: Arc<[Expected]>,
    more: Vec<Expected>,
    by_topic: bool,
    /// By topic: the numbers of its events, rising. Empty for a tape.
    streams: Vec<Vec<u32>>,
    /// By event: its place in its topic. Empty for a tape.
    places: Vec<u32>,
}

impl Log {
    pub fn new(expectation: &Expectation) -> Self {
        let mut log = Self {
            first: expectation.events.clone(),
            more: Vec::new(),
            by_topic: expectation.by_topic,
            streams: Vec::new(),
            places: Vec::new(),
        };
        if log.by_topic {
            log.streams.resize(expectation.topics as usize, Vec::new());
            for (event, seq) in expectation.events.iter().zip(1..) {
                log.enter(event.topic, seq);
            }
        }
        log
    }

    /// Number of events, and of the last one.
    pub fn len(&self) -> u64 {
        (self.first.len() + self.more.len()) as u64
    }

    /// Appends an event; its number.
    pub fn push(&mut self, event: Expected) -> u64 {
        let seq = self.len() + 1;
        if self.by_topic {
            self.enter(event.topic, seq as u32);
        }
        self.more.push(event);
        seq
    }

    fn enter(&mut self, topic: u32, seq: u32) {
        let topic = topic as usize;
        if topic >= self.streams.len() {
            self.streams.resize(topic + 1, Vec::new());
        }
        self.places.push(self.streams[topic].len() as u32);
        self.streams[topic].push(seq);
    }

    /// Event `seq`, from 1.
    pub fn get(&self, seq: u64) -> Option<&Expected> {
        let index = usize::try_from(seq.checked_sub(1)?).ok()?;
        match index.checked_sub(self.first.len()) {
            None => Some(&self.first[index]),
            Some(index) => self.more.get(index),
        }
    }

    /// The stream of an event of the log.
    pub fn stream(&self, event: &Expected) -> u32 {
        if self.by_topic { event.topic } else { 0 }
    }

    /// The place of event `seq`, which is in the log, in its stream.
    pub fn place(&self, seq: u64) -> u64 {
        match self.by_topic {
            false => seq - 1,
            true => u64::from(self.places[seq as usize - 1]),
        }
    }

    /// The number of the event at a place of a stream.
    pub fn seq_at(&self, stream: u32, place: u64) -> Option<u64> {
        match self.by_topic {
            false => (place < self.len()).then_some(place + 1),
            true => {
                let seqs = self.streams.get(stream as usize)?;
                seqs.get(usize::try_from(place).ok()?)
                    .map(|&seq| u64::from(seq))
            }
        }
    }

    /// The event at a place of a stream.
    pub fn at(&self, stream: u32, place: u64) -> Option<&Expected> {
        self.get(self.seq_at(stream, place)?)
    }

    /// How many events of a stream have numbers up to `seq`: the place of the first one after it.
    pub fn up_to(&self, stream: u32, seq: u64) -> u64 {
        match self.by_topic {
            false => seq.min(self.len()),
            true => self.streams.get(stream as usize).map_or(0, |seqs| {
                seqs.partition_point(|&other| u64::from(other) <= seq) as u64
            }),
        }
    }

    /// All events with their numbers.
    pub fn iter(&self) -> impl Iterator<Item = (u64, &Expected)> {
        (1..).zip(self.first.iter().chain(&self.more))
    }
}
