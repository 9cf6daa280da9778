//! Long polling as many servers did it: without a queue, or with one event per response.

use super::{Variant, newest, witness};
use crate::clock;
use crate::feed::{Event, Feed};
use crate::hub::Hub;
use crate::transport::{Answer, Descriptor, Entry, LONG_POLL, Task, Transport};
use hyper::body::Incoming;
use hyper::{Request, Uri};
use std::sync::Arc;

/// Signals whoever is waiting just then; what is born while nobody waits is gone.
pub const NO_QUEUE: Entry = Entry {
    descriptor: &Descriptor {
        id: "long-poll-no-queue",
        label: "Long polling without a queue",
        ..*LONG_POLL.descriptor
    },
    build: |scenario| Variant::build(&LONG_POLL, scenario, without_queue),
};

/// Keeps everything and answers with one event at a time.
pub const ONE_EVENT: Entry = Entry {
    descriptor: &Descriptor {
        id: "long-poll-one-event",
        label: "Long polling, one event per response",
        ..*LONG_POLL.descriptor
    },
    build: |scenario| Variant::build(&LONG_POLL, scenario, one_event),
};

/// The real one, with a witness.
pub const WITH_CURSOR: Entry = Entry {
    descriptor: &Descriptor {
        id: "long-poll-with-cursor",
        label: "Long polling with a cursor",
        ..*LONG_POLL.descriptor
    },
    build: |scenario| Variant::build(&LONG_POLL, scenario, with_cursor),
};

fn with_cursor(real: Arc<dyn Transport>, request: Request<Incoming>, hub: Hub) -> Task<Answer> {
    witness::note(hub.feed(), number(request.uri(), "since"));
    real.serve(request, hub)
}

fn without_queue(
    real: Arc<dyn Transport>,
    mut request: Request<Incoming>,
    hub: Hub,
) -> Task<Answer> {
    let now = newest(hub.feed());
    witness::note(hub.feed(), now);
    ask(&mut request, "since", now);
    real.serve(request, hub)
}

fn one_event(real: Arc<dyn Transport>, mut request: Request<Incoming>, hub: Hub) -> Task<Answer> {
    Box::pin(async move {
        let since = number(request.uri(), "since");
        let hold_ns = number(request.uri(), "hold") * clock::MS;
        let first = tokio::select! {
            biased;
            news = hub.feed().after(since) => news.ok().and_then(|events| events.into_iter().next()),
            () = clock::sleep(hold_ns) => None,
        };
        // The real server answers from a log that has this event and no other.
        let single = Feed::new(1);
        if let Some(event) = first {
            single.publish(Arc::new(Event {
                seq: 1,
                ..(*event).clone()
            }));
        }
        ask(&mut request, "since", 0);
        ask(&mut request, "hold", 0);
        real.serve(request, Hub::of(single)).await
    })
}

/// A whole number in the query; 0 without it.
fn number(uri: &Uri, name: &str) -> u64 {
    let mut pairs = uri.query().unwrap_or_default().split('&');
    pairs
        .find_map(|pair| pair.strip_prefix(name)?.strip_prefix('=')?.parse().ok())
        .unwrap_or(0)
}

/// Changes a number in the question.
fn ask(request: &mut Request<Incoming>, name: &str, value: u64) {
    let uri = asking(request.uri(), name, value);
    *request.uri_mut() = uri;
}

fn asking(uri: &Uri, name: &str, value: u64) -> Uri {
    let others = uri.query().unwrap_or_default().split('&').filter(|pair| {
        let (key, _) = pair.split_once('=').unwrap_or((pair, ""));
        !key.is_empty() && key != name
    });
    let mut target = format!("{}?{name}={value}", uri.path());
    for pair in others {
        target.push('&');
        target.push_str(pair);
    }
    // A target that was valid stays so.
    target.parse().unwrap_or_else(|_| uri.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_can_be_changed() {
        let uri: Uri = "/poll?since=000041&hold=25000".parse().expect("a target");
        assert_eq!((number(&uri, "since"), number(&uri, "hold")), (41, 25_000));
        let uri = asking(&uri, "since", 7);
        assert_eq!(uri, "/poll?since=7&hold=25000");
        let bare: Uri = "/poll".parse().expect("a target");
        assert_eq!(number(&bare, "since"), 0);
        assert_eq!(asking(&bare, "hold", 0), "/poll?hold=0");
    }
}
