//! What is to come, in order, for very many entries.
//!
//! One heap of everything would be walked through from top to bottom for every packet, and most of it
//! are timers that nobody will wait for in the end. So only the entries of the current millisecond are
//! kept in order. Those of a later one are just collected, and sorted when its turn comes.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap, VecDeque};

/// Length of a bucket: about a millisecond, as a power of two.
const BUCKET_BITS: u32 = 20;
/// Buckets whose memory is kept for the next ones.
const SPARE: usize = 64;

/// A priority queue: the least entry comes first.
#[derive(Debug)]
pub(super) struct Queue<E> {
    /// The current bucket, the last one first.
    current: Vec<E>,
    /// What was added to it, or to earlier ones, since its turn came: as long as each comes after the one before, and
    /// for a crowd that does the same at the same time that is nearly all, it is in order by itself.
    run: VecDeque<E>,
    /// The rest of what was added.
    added: BinaryHeap<Reverse<E>>,
    /// The number of the current bucket.
    bucket: u64,
    later: BTreeMap<u64, Vec<E>>,
    /// Empty ones.
    spare: Vec<Vec<E>>,
    len: usize,
}

impl<E: Ord> Queue<E> {
    pub fn new() -> Self {
        Self {
            current: Vec::new(),
            run: VecDeque::new(),
            added: BinaryHeap::new(),
            bucket: 0,
            later: BTreeMap::new(),
            spare: Vec::new(),
            len: 0,
        }
    }

    /// How many entries there are.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Adds an entry of this instant. Entries must compare by their instants first.
    pub fn push(&mut self, at_ns: u64, entry: E) {
        self.len += 1;
        let bucket = at_ns >> BUCKET_BITS;
        if bucket <= self.bucket {
            return match self.run.back() {
                Some(last) if entry < *last => self.added.push(Reverse(entry)),
                _ => self.run.push_back(entry),
            };
        }
        let spare = &mut self.spare;
        let later = self.later.entry(bucket);
        later
            .or_insert_with(|| spare.pop().unwrap_or_default())
            .push(entry);
    }

    /// Takes the least entry.
    pub fn pop(&mut self) -> Option<E> {
        while self.current.is_empty() && self.run.is_empty() && self.added.is_empty() {
            let (bucket, mut entries) = self.later.pop_first()?;
            entries.sort_unstable_by(|a, b| b.cmp(a));
            let empty = std::mem::replace(&mut self.current, entries);
            if self.spare.len() < SPARE {
                self.spare.push(empty);
            }
            self.bucket = bucket;
        }
        self.len -= 1;
        let added = self.added.peek().map(|Reverse(entry)| entry);
        match (self.current.last(), self.run.front(), added) {
            (Some(current), run, added) if first(current, run) && first(current, added) => {
                self.current.pop()
            }
            (_, Some(run), added) if first(run, added) => self.run.pop_front(),
            _ => self.added.pop().map(|Reverse(entry)| entry),
        }
    }

    /// Forgets the entries that are not to be kept.
    pub fn retain(&mut self, mut keep: impl FnMut(&E) -> bool) {
        self.current.retain(&mut keep);
        self.run.retain(&mut keep);
        self.added.retain(|Reverse(entry)| keep(entry));
        for entries in self.later.values_mut() {
            entries.retain(&mut keep);
        }
        self.later.retain(|_, entries| !entries.is_empty());
        let later: usize = self.later.values().map(Vec::len).sum();
        self.len = self.current.len() + self.run.len() + self.added.len() + later;
    }
}

/// Whether an entry comes before another, if there is another.
fn first<E: Ord>(entry: &E, other: Option<&E>) -> bool {
    other.is_none_or(|other| entry < other)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// As one heap of everything: entries at random distances, half a bucket to many, and now and
        /// then every third is forgotten.
        #[test]
        fn it_is_a_priority_queue(
            steps in prop::collection::vec((0..3_u8, 0..40_u32, any::<u16>()), 0..400),
        ) {
            let (mut queue, mut model) = (Queue::new(), BinaryHeap::new());
            let (mut now_ns, mut order) = (0, 0_u64);
            for (what, bits, distance) in steps {
                if what == 0 && bits == 7 {
                    queue.retain(|&(_, order): &(u64, u64)| order % 3 != 0);
                    model.retain(|&Reverse((_, order))| order % 3 != 0);
                } else if what == 0 {
                    let next = queue.pop();
                    prop_assert_eq!(next, model.pop().map(|Reverse(entry)| entry));
                    now_ns = next.map_or(now_ns, |(at_ns, _)| at_ns);
                } else {
                    order += 1;
                    let at_ns = now_ns + (u64::from(distance) << bits >> 16);
                    queue.push(at_ns, (at_ns, order));
                    model.push(Reverse((at_ns, order)));
                }
                prop_assert_eq!(queue.len(), model.len());
            }
            while let Some(Reverse(entry)) = model.pop() {
                prop_assert_eq!(queue.pop(), Some(entry));
            }
            prop_assert_eq!(queue.pop(), None);
        }
    }
}
