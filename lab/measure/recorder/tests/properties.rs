//! Whatever is published and followed: what an honest server sends is verified, and with any one change it is not.

use super::*;
use proptest::prelude::*;
use proptest::sample::Index;

#[derive(Debug, Clone)]
enum Step {
    Follow(Vec<u32>, u64),
    See(u64, bytes::Bytes),
}

/// What an honest server sends a client that follows other topics after some of the events.
fn honest(events: &[Expected], switches: &[(u64, Vec<u32>)], echo: bool) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut follows: &[u32] = &[];
    for seq in 0..=events.len() as u64 {
        if let Some(event) = seq.checked_sub(1).and_then(|i| events.get(i as usize))
            && follows.contains(&event.topic)
            && (echo || event.from != Some(0))
        {
            steps.push(Step::See(seq, event.payload.clone()));
        }
        for (_, topics) in switches.iter().filter(|(after, _)| *after == seq) {
            follows = topics;
            steps.push(Step::Follow(topics.clone(), seq));
        }
    }
    steps
}

/// Whether a run with these steps is verified.
fn verified(events: &[Expected], steps: &[Step], echo: bool) -> bool {
    let recorder = Recorder::new(Expectation {
        echo,
        open: true,
        ..topics([])
    });
    for event in events {
        recorder.expect(event.clone());
    }
    recorder.no_more();
    for (at_ns, step) in (100 * MS..).zip(steps) {
        match step {
            Step::Follow(topics, since) => recorder.follows(0, topics, *since, at_ns),
            Step::See(seq, payload) => {
                recorder.saw(0, Some(*seq), payload, at_ns);
            }
        }
    }
    let complete = recorder.complete(0);
    let fault = fault(&recorder);
    assert!(complete || fault.is_some());
    fault.is_none()
}

fn any_events() -> impl Strategy<Value = Vec<Expected>> {
    let one = (0..3u32, proptest::option::of(0..2u32));
    proptest::collection::vec(one, 2..30).prop_map(|events| {
        (1..)
            .zip(events)
            .map(|(n, (topic, from))| event(topic, n, from))
            .collect()
    })
}

/// At the beginning and after some events: a set of topics, perhaps an empty one.
fn any_switches() -> impl Strategy<Value = Vec<(u64, Vec<u32>)>> {
    let set = || proptest::collection::vec(0..3u32, 0..4);
    let more = proptest::collection::btree_map(1..30u64, set(), 0..4);
    (set(), more).prop_map(|(first, more)| std::iter::once((0, first)).chain(more).collect())
}

proptest! {
    #[test]
    fn honest_is_verified_and_nothing_else(
        events in any_events(),
        switches in any_switches(),
        echo in any::<bool>(),
        change in 0..5,
        at in any::<Index>(),
        which in any::<Index>(),
    ) {
        let steps = honest(&events, &switches, echo);
        let seen: Vec<usize> = (0..steps.len())
            .filter(|&i| matches!(steps[i], Step::See(..)))
            .collect();
        // Somebody who never follows anything is no client.
        if steps.iter().any(|step| matches!(step, Step::Follow(topics, _) if !topics.is_empty())) {
            prop_assert!(verified(&events, &steps, echo), "{steps:?}");
        }
        let mut changed = steps.clone();
        match change {
            0..4 if seen.is_empty() => return Ok(()),
            0 => {
                changed.remove(seen[at.index(seen.len())]);
            }
            1 => {
                let step = changed[seen[at.index(seen.len())]].clone();
                changed.insert(which.index(steps.len() - 1) + 1, step);
            }
            2 if seen.len() < 2 => return Ok(()),
            2 => {
                let first = at.index(seen.len() - 1);
                changed.swap(seen[first], seen[first + 1]);
            }
            3 => {
                let Step::See(_, payload) = &mut changed[seen[at.index(seen.len())]] else {
                    unreachable!("only what is seen is among these");
                };
                *payload = [payload, &b"!"[..]].concat().into();
            }
            _ => {
                let sent = |seq: u64| steps.iter().any(|s| matches!(s, Step::See(n, _) if *n == seq));
                let others: Vec<u64> = (1..=events.len() as u64).filter(|&seq| !sent(seq)).collect();
                if others.is_empty() {
                    return Ok(());
                }
                let seq = others[which.index(others.len())];
                let payload = events[seq as usize - 1].payload.clone();
                changed.insert(at.index(steps.len()) + 1, Step::See(seq, payload));
            }
        }
        prop_assert!(!verified(&events, &changed, echo), "{changed:?}");
    }
}
