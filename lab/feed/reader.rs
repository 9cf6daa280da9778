//! The feed as one reader sees it: the topics he follows, without what he published himself.

use super::log::{Log, batch};
use super::topics::Lost;
use super::{Batch, Event, Forgotten};
use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use tokio::sync::Notify;

/// What a reader wants of the feed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Interest {
    /// These topics; `None` for the whole feed.
    pub topics: Option<Vec<String>>,
    /// Nothing that this client published itself.
    pub not_from: Option<Arc<str>>,
}

/// The feed through somebody's eyes. Cheap to clone. Cursors are the same numbers as for everybody, so
/// that a reader may change his interest and keep his cursor.
#[derive(Debug, Clone)]
pub struct Reader {
    log: Arc<Log>,
    /// `None` for the whole feed.
    followed: Option<Arc<Followed>>,
    not_from: Option<Arc<str>>,
}

/// Topics that are being read, each once.
#[derive(Debug)]
struct Followed {
    log: Arc<Log>,
    topics: Vec<(usize, Arc<Notify>)>,
}

impl Reader {
    pub(super) fn new(log: Arc<Log>, interest: Interest) -> Self {
        let followed = interest.topics.map(|mut names| {
            names.sort_unstable();
            names.dedup();
            let mut kept = log.lock();
            let topics = names.iter().map(|name| kept.topics.enter(name)).collect();
            let log = log.clone();
            Arc::new(Followed { log, topics })
        });
        Self {
            log,
            followed,
            not_from: interest.not_from,
        }
    }

    /// The number of the newest event of the whole feed, 0 if there was none.
    pub fn head(&self) -> u64 {
        self.log.lock().head()
    }

    /// What interests and is newer than the cursor, at once and in order; possibly nothing.
    pub fn since(&self, cursor: u64) -> Result<Batch, Forgotten> {
        let kept = self.log.lock();
        let Some(followed) = &self.followed else {
            if self.not_from.is_none() {
                return kept.since(cursor);
            }
            kept.lost.check(cursor, self.not_from.as_ref())?;
            return Ok(batch(kept.newer(cursor).filter(|event| self.wants(event))));
        };
        let newest_lost = |lost: &Lost| lost.newest_for(self.not_from.as_ref());
        let topics = followed.topics.iter().map(|(id, _)| kept.topics.get(*id));
        match topics.clone().map(|topic| newest_lost(topic.lost())).max() {
            Some(oldest_cursor) if cursor < oldest_cursor => {
                return Err(Forgotten { oldest_cursor });
            }
            _ => {}
        }
        if let [(id, _)] = followed.topics[..] {
            let newer = kept.topics.get(id).newer(cursor);
            return Ok(batch(newer.filter(|event| self.wants(event))));
        }
        let newer = topics.flat_map(|topic| {
            let newer = topic.newer(cursor).filter(|event| self.wants(event));
            newer.take(super::MAX_BATCH)
        });
        let mut newer: Vec<_> = newer.collect();
        // The stable sort finds the runs that are in order already and only merges them.
        newer.sort_by_key(|event| event.seq);
        Ok(batch(newer.into_iter()))
    }

    /// Waits until something that interests is newer than the cursor. Dropping it half-way loses nothing.
    pub async fn after(&self, cursor: u64) -> Result<Batch, Forgotten> {
        self.wait(|| self.since(cursor)).await
    }

    /// The newest event of each topic of interest that is newer than the cursor, in order; of the whole
    /// feed the newest one alone. What the log forgot is not among them: nothing comes of a topic that
    /// has been quiet while everything kept was about others.
    pub fn newest_since(&self, cursor: u64) -> Batch {
        let kept = self.log.lock();
        let Some(followed) = &self.followed else {
            return self.last_of(kept.newer(cursor)).into_iter().collect();
        };
        let mut newest: Batch = followed
            .topics
            .iter()
            .filter_map(|(id, _)| self.last_of(kept.topics.get(*id).newer(cursor)))
            .collect();
        newest.sort_unstable_by_key(|event| event.seq);
        newest
    }

    /// Waits until something that interests is newer than the cursor, then as `newest_since`.
    pub async fn newest_after(&self, cursor: u64) -> Batch {
        let newest = self.wait(|| Ok(self.newest_since(cursor))).await;
        newest.unwrap_or_default()
    }

    fn wants(&self, event: &Event) -> bool {
        self.not_from.is_none() || event.from != self.not_from
    }

    fn last_of<'a>(
        &self,
        mut newer: impl DoubleEndedIterator<Item = &'a Arc<Event>>,
    ) -> Option<Arc<Event>> {
        newer.rfind(|event| self.wants(event)).cloned()
    }

    /// Waits until `look` finds something.
    async fn wait(&self, look: impl Fn() -> Result<Batch, Forgotten>) -> Result<Batch, Forgotten> {
        let topics = match &self.followed {
            None => return until(&self.log.grown, look).await,
            Some(followed) => &followed.topics[..],
        };
        if let [(_, grown)] = topics {
            return until(grown, look).await;
        }
        loop {
            // Listen before looking, as below.
            let mut grown: Vec<_> = topics
                .iter()
                .map(|(_, grown)| Box::pin(grown.notified()))
                .collect();
            for grown in &mut grown {
                grown.as_mut().enable();
            }
            let batch = look()?;
            if !batch.is_empty() {
                return Ok(batch);
            }
            // All are asked, and always in the same order: each has to know whom to wake.
            poll_fn(|context| {
                let mut any = Poll::Pending;
                for grown in &mut grown {
                    if grown.as_mut().poll(context).is_ready() {
                        any = Poll::Ready(());
                    }
                }
                any
            })
            .await;
        }
    }
}

impl Drop for Followed {
    fn drop(&mut self) {
        let mut kept = self.log.lock();
        for (id, _) in &self.topics {
            kept.topics.leave(*id);
        }
    }
}

/// Waits until `look` finds something, and looks again whenever something has grown.
pub(super) async fn until(
    grown: &Notify,
    look: impl Fn() -> Result<Batch, Forgotten>,
) -> Result<Batch, Forgotten> {
    loop {
        // Listen before looking: what is published in between is not missed.
        let mut grown = pin!(grown.notified());
        grown.as_mut().enable();
        let batch = look()?;
        if !batch.is_empty() {
            return Ok(batch);
        }
        grown.await;
    }
}

#[cfg(test)]
mod tests;
