//! One server, one port, one feed, all doors: a client of each kind follows at the same time, and
//! all see the same.

use crate::raw::{server, with_server};
use crate::support::{events, scenario};
use pushlab::clock::{self, MS, Origin, S};
use pushlab::feed::{Event, Feed};
use pushlab::measure::recorder::{Expectation, Expected, Recorder};
use pushlab::net::loopback::Meter;
use pushlab::net::{Buffers, Dialer, Listener};
use pushlab::scenario::Scenario;
use pushlab::transport::{self, Client, ClientSetup, Part};
use serde_json::json;
use std::net::Ipv4Addr;
use std::sync::Arc;
use tokio::task::JoinSet;

/// Events every 20 ms, and the end of the run.
fn news() -> (Vec<Arc<Event>>, u64) {
    (events((1..=100).map(|i| i * 20 * MS)), 2_100 * MS)
}

/// A recorder of one client of each kind.
pub fn recorder(events: &[Arc<Event>], until_ns: u64) -> Recorder {
    let expected = |event: &Arc<Event>| Expected::tick(event.born_ns, event.payload.clone());
    let clients = transport::ALL.len() as u32;
    Recorder::new(Expectation::tape(events.iter().map(expected), clients).measured(0, until_ns))
}

/// One client of each kind follows until all have everything.
pub async fn follow(
    scenario: &Scenario,
    recorder: &Recorder,
    until_ns: u64,
    dialer: impl Fn(u32) -> Dialer,
) {
    let mut clients = JoinSet::new();
    for (number, entry) in (0..).zip(transport::ALL) {
        let client = Client::new(ClientSetup {
            number,
            dialer: dialer(number),
            recorder: recorder.clone(),
            buffers: Buffers::for_scenario(scenario),
            start_ns: u64::from(number) * MS,
            phase_ns: u64::from(number) * MS,
            until_ns,
            seed: 1,
            part: Part::default(),
        });
        clients.spawn((entry.build)(scenario).follow(client));
    }
    while clients.join_next().await.is_some() {}
}

/// Publishes every event at its instant.
pub async fn publish(events: Vec<Arc<Event>>, feed: Feed) {
    for event in events {
        clock::sleep_until(event.born_ns).await;
        feed.publish(event);
    }
}

/// Each client has each event once, in order, with its content.
fn check(recorder: &Recorder) {
    let book = recorder.close();
    assert_eq!(book.problem, None);
    for (client, entry) in book.clients.iter().zip(transport::ALL) {
        let id = entry.descriptor.id;
        assert_eq!((client.cursor, client.delivered), (100, 100), "{id}");
        assert_eq!(client.duplicated + client.out_of_order, 0, "{id}");
        assert_eq!(client.altered, 0, "{id}");
    }
}

#[test]
fn simulated() {
    let fields = json!({"clients": transport::ALL.len(), "poll_every": "100ms"});
    let (events, until_ns) = news();
    let recorder = recorder(&events, until_ns);
    let feed = Feed::new(events.len());
    with_server(fields.clone(), feed.clone(), async {
        tokio::spawn(publish(events, feed));
        let dialer = |client| Dialer::Simulated { client };
        follow(&scenario(fields), &recorder, until_ns, dialer).await;
    });
    check(&recorder);
}

#[test]
fn loopback() {
    let scenario = scenario(json!({"poll_every": "100ms"}));
    let (events, until_ns) = news();
    let recorder = recorder(&events, until_ns);
    let feed = Feed::new(events.len());
    Origin::ahead(0).install();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let reading = runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await;
        let listener = listener.expect("a free port on 127.0.0.1");
        let address = listener.local_addr().expect("its address");
        let server = tokio::spawn(server(&scenario, feed.clone()).run(Listener::Tcp(listener)));
        tokio::spawn(publish(events, feed));
        let meter = Meter::default();
        let dialer = |_| Dialer::Tcp {
            server: address,
            meter: meter.clone(),
        };
        // Only a client that hangs needs the limit: the run then fails and says who.
        tokio::select! {
            biased;
            () = follow(&scenario, &recorder, until_ns, dialer) => {}
            () = clock::sleep_until(until_ns + 60 * S) => {}
        }
        server.abort();
        meter.read().await
    });
    check(&recorder);
    assert_eq!(reading.disagreement, None);
    assert_eq!(reading.ledger.connections, transport::ALL.len() as u64);
}
