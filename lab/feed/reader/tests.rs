use super::super::{Feed, MAX_BATCH};
use super::*;
use proptest::prelude::*;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Wake, Waker};

fn publish(feed: &Feed, topic: &str, from: Option<&str>) -> u64 {
    let event = feed.append(|seq| Event {
        seq,
        topic: topic.to_owned(),
        born_ns: seq,
        payload: seq.to_string().into(),
        from: from.map(Arc::from),
    });
    event.seq
}

fn of(topics: &[&str]) -> Interest {
    Interest {
        topics: Some(topics.iter().map(|&topic| topic.to_owned()).collect()),
        not_from: None,
    }
}

fn seqs(batch: &Batch) -> Vec<u64> {
    batch.iter().map(|event| event.seq).collect()
}

#[test]
fn a_reader_sees_what_interests_in_the_order_of_the_feed() {
    let feed = Feed::new(100);
    for topic in ["a", "b", "c", "b", "a", "c"] {
        publish(&feed, topic, Some(topic));
    }
    let since = |interest, cursor| seqs(&feed.reader(interest).since(cursor).unwrap());
    assert_eq!(since(of(&["a"]), 0), [1, 5]);
    assert_eq!(since(of(&["a"]), 1), [5]);
    assert_eq!(since(of(&["c", "a"]), 0), [1, 3, 5, 6]);
    assert_eq!(since(of(&["a", "a"]), 0), [1, 5], "each topic counts once");
    assert!(since(of(&["unknown"]), 0).is_empty());
    assert!(since(of(&[]), 0).is_empty());
    assert!(since(of(&["a", "b"]), u64::MAX).is_empty());
    assert_eq!(since(Interest::default(), 4), [5, 6]);
    let not_mine = |topics: Option<&[&str]>| Interest {
        topics: topics.and_then(|topics| of(topics).topics),
        not_from: Some("b".into()),
    };
    assert_eq!(since(not_mine(None), 0), [1, 3, 5, 6]);
    assert_eq!(since(not_mine(Some(&["a", "b"])), 0), [1, 5]);
    assert_eq!(feed.reader(of(&["b"])).head(), 6);
}

#[test]
fn the_newest_of_each_topic() {
    let feed = Feed::new(100);
    for (topic, from) in [("a", "x"), ("b", "x"), ("a", "y"), ("c", "x"), ("c", "y")] {
        publish(&feed, topic, Some(from));
    }
    let newest = |interest, cursor| seqs(&feed.reader(interest).newest_since(cursor));
    assert_eq!(newest(of(&["c", "b", "a"]), 0), [2, 3, 5]);
    assert_eq!(newest(of(&["c", "b", "a"]), 2), [3, 5]);
    assert!(newest(of(&["a"]), 3).is_empty());
    assert_eq!(newest(Interest::default(), 0), [5]);
    assert!(newest(Interest::default(), 5).is_empty());
    let not_from_y = |topics| Interest {
        topics,
        not_from: Some("y".into()),
    };
    assert_eq!(newest(not_from_y(None), 0), [4]);
    assert_eq!(newest(not_from_y(of(&["a", "c"]).topics), 0), [1, 4]);
}

#[test]
fn only_what_interested_is_missed() {
    let feed = Feed::new(2);
    publish(&feed, "a", Some("me"));
    publish(&feed, "b", None);
    publish(&feed, "b", None);
    publish(&feed, "b", None);
    publish(&feed, "c", None);
    let since = |interest, cursor| feed.reader(interest).since(cursor);
    let gone = |oldest_cursor| Err(Forgotten { oldest_cursor });
    assert_eq!(since(of(&["a"]), 0), gone(1));
    assert_eq!(since(of(&["a"]), 1), Ok(vec![]));
    assert_eq!(seqs(&since(of(&["c"]), 0).unwrap()), [5]);
    assert_eq!(since(of(&["a", "b", "c"]), 2), gone(3));
    assert_eq!(since(Interest::default(), 2), gone(3));
    let mine = Interest {
        not_from: Some("me".into()),
        ..of(&["a"])
    };
    assert_eq!(since(mine, 0), Ok(vec![]), "his own he did not miss");
}

#[test]
fn a_batch_of_many_topics_is_as_bounded_as_any() {
    let feed = Feed::new(3 * MAX_BATCH);
    for _ in 0..MAX_BATCH {
        publish(&feed, "a", None);
        publish(&feed, "b", None);
    }
    let batch = feed.reader(of(&["a", "b"])).since(4).unwrap();
    assert_eq!(batch, feed.since(4).unwrap());
    assert_eq!(batch.len(), MAX_BATCH);
}

#[test]
fn asking_for_topics_that_nobody_publishes_leaves_nothing_behind() {
    let feed = Feed::new(10);
    let first = feed.reader(of(&["a", "b"]));
    let second = first.clone();
    let third = feed.reader(of(&["b"]));
    drop(first);
    let topics = || third.log.lock().topics.len();
    assert_eq!(topics(), 2);
    publish(&feed, "a", None);
    assert_eq!(seqs(&second.since(0).unwrap()), [1]);
    drop(second);
    assert_eq!(topics(), 2, "a has an event, b a reader");
    let log = third.log.clone();
    drop(third);
    assert_eq!(log.lock().topics.len(), 1);
}

/// Counts how often it was woken, and notes its name where all do.
struct Bell {
    name: &'static str,
    rung: AtomicUsize,
    order: Arc<Mutex<Vec<&'static str>>>,
}

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.rung.fetch_add(1, Ordering::Relaxed);
        self.order.lock().unwrap().push(self.name);
    }
}

fn bell(name: &'static str, order: &Arc<Mutex<Vec<&'static str>>>) -> Arc<Bell> {
    Arc::new(Bell {
        name,
        rung: AtomicUsize::new(0),
        order: order.clone(),
    })
}

#[test]
fn only_those_who_are_interested_are_woken_and_in_the_order_of_waiting() {
    let order = Arc::default();
    let feed = Feed::new(100);
    let waiting = [
        ("b", of(&["b"])),
        ("late ab", of(&["b", "a"])),
        ("a", of(&["a"])),
        ("ab", of(&["a", "b"])),
        ("all", Interest::default()),
        ("none", of(&[])),
    ];
    let mut waiting = waiting.map(|(name, interest)| {
        let reader = feed.reader(interest);
        let after = Box::pin(async move { reader.after(0).await.map(|batch| seqs(&batch)) });
        (bell(name, &order), after)
    });
    let mut poll = |who: usize| {
        let (bell, after) = &mut waiting[who];
        let waker = Waker::from(bell.clone());
        let poll = after.as_mut().poll(&mut Context::from_waker(&waker));
        (poll, bell.rung.load(Ordering::Relaxed))
    };
    for who in [0, 2, 3, 4, 5, 1] {
        assert_eq!(poll(who), (Poll::Pending, 0));
    }
    publish(&feed, "other", None);
    assert_eq!(std::mem::take(&mut *order.lock().unwrap()), ["all"]);
    publish(&feed, "a", None);
    assert_eq!(
        std::mem::take(&mut *order.lock().unwrap()),
        ["a", "ab", "late ab"]
    );
    assert_eq!(poll(2), (Poll::Ready(Ok(vec![2])), 1));
    assert_eq!(poll(3), (Poll::Ready(Ok(vec![2])), 1));
    publish(&feed, "b", None);
    assert_eq!(*order.lock().unwrap(), ["b", "late ab"]);
    assert_eq!(poll(0), (Poll::Ready(Ok(vec![3])), 1));
    assert_eq!(poll(1), (Poll::Ready(Ok(vec![2, 3])), 2));
    assert_eq!(poll(4), (Poll::Ready(Ok(vec![1, 2, 3])), 1));
    assert_eq!(poll(5), (Poll::Pending, 0));
}

#[test]
fn ones_own_events_end_no_waiting() {
    let order = Arc::default();
    let feed = Feed::new(100);
    let reader = feed.reader(Interest {
        not_from: Some("me".into()),
        ..of(&["a", "b"])
    });
    let mut after = Box::pin(reader.newest_after(0));
    let waker = Waker::from(bell("me", &order));
    let mut poll = || {
        after
            .as_mut()
            .poll(&mut Context::from_waker(&waker))
            .map(|batch| seqs(&batch))
    };
    assert_eq!(poll(), Poll::Pending);
    publish(&feed, "a", Some("me"));
    assert_eq!(poll(), Poll::Pending);
    publish(&feed, "b", Some("you"));
    publish(&feed, "b", Some("me"));
    assert_eq!(poll(), Poll::Ready(vec![2]));
}

const NAMES: [&str; 4] = ["a", "b", "c", "d"];

proptest! {
    /// Whatever is published and at whatever pace it is read: a reader who follows his cursor gets what
    /// interests him once and in order, or is told that he missed some of it, and then he did.
    #[test]
    fn following_the_cursor_yields_what_interests(
        steps in prop::collection::vec((prop::collection::vec((0usize..4, 0usize..4), 0..12), any::<bool>()), 1..40),
        topics in prop::option::of(prop::collection::vec(0usize..4, 0..5)),
        me in prop::option::of(0usize..3),
        capacity in prop_oneof![Just(10_000), 1usize..30],
    ) {
        let feed = Feed::new(capacity);
        let not_from = me.map(|me| Arc::from(NAMES[me]));
        let names = topics.clone().map(|topics| topics.iter().map(|&topic| NAMES[topic].to_owned()).collect());
        let reader = feed.reader(Interest { topics: names, not_from });
        let wants = |&(_, topic, from): &(u64, usize, usize)| {
            topics.as_ref().is_none_or(|topics| topics.contains(&topic)) && me != Some(from)
        };
        let (mut all, mut cursor) = (Vec::new(), 0);
        for (burst, reads) in steps {
            for (topic, from) in burst {
                // The last of the names stands for nobody.
                let seq = publish(&feed, NAMES[topic], (from < 3).then(|| NAMES[from]));
                all.push((seq, topic, from));
            }
            if !reads {
                continue;
            }
            let kept = all.len().saturating_sub(capacity) as u64;
            let news: Vec<_> = all.iter().filter(|event| event.0 > cursor && wants(event)).collect();
            let expected: Vec<_> = news.iter().map(|event| event.0).collect();
            let missed = news.iter().map(|event| event.0).filter(|seq| *seq <= kept).max();
            match reader.since(cursor) {
                Ok(batch) => {
                    prop_assert_eq!(missed, None);
                    prop_assert_eq!(seqs(&batch), expected);
                    cursor = batch.last().map_or(cursor, |event| event.seq);
                }
                Err(gone) => {
                    prop_assert_eq!(Some(gone.oldest_cursor), missed);
                    cursor = gone.oldest_cursor;
                }
            }
        }
        let mut newest: Vec<_> = (0..4)
            .filter_map(|topic| all.iter().rfind(|event| event.1 == topic && wants(event)))
            .map(|event| event.0)
            .filter(|seq| *seq > all.len().saturating_sub(capacity) as u64)
            .collect();
        newest.sort_unstable();
        if topics.is_none() {
            newest.drain(..newest.len().saturating_sub(1));
        }
        prop_assert_eq!(seqs(&reader.newest_since(0)), newest);
    }

    /// With a single topic, its reader and the reader of the whole feed are the same.
    #[test]
    fn one_topic_is_the_whole_feed(events in 0u64..60, capacity in 1usize..40, cursor in 0u64..70) {
        let feed = Feed::new(capacity);
        (0..events).for_each(|_| { publish(&feed, "a", None); });
        for topics in [&["a"][..], &["a", "b"]] {
            let reader = feed.reader(of(topics));
            prop_assert_eq!(reader.since(cursor), feed.since(cursor));
            prop_assert_eq!(reader.since(cursor), feed.reader(Interest::default()).since(cursor));
            prop_assert_eq!(reader.newest_since(0), feed.latest().into_iter().collect::<Vec<_>>());
        }
    }
}
