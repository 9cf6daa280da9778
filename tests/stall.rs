//! A simulation in which nothing can happen any more ends with an error that says who waits for
//! what. It must never hang.

use crate::support::{events, scenario};
use pushlab::clock::{self, S};
use pushlab::feed::Feed;
use pushlab::net::{Buffers, sim};
use pushlab::run::sim_config;
use serde_json::json;
use std::future::pending;
use std::io::ErrorKind;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// Runs `main` on a clean simulated network; how it stalled, in words.
fn stalls<F: Future>(main: F) -> String {
    let scenario = scenario(json!({"clients": 20}));
    let config = sim_config(&scenario, Buffers::for_scenario(&scenario));
    match sim::run(config, main) {
        Ok(_) => panic!("the run ended although nothing could happen any more"),
        Err(stalled) => stalled.to_string(),
    }
}

#[test]
fn a_client_that_reads_what_nobody_writes() {
    let message = stalls(async {
        let server = tokio::spawn(async {
            let _wire = sim::accept().await;
            pending::<()>().await;
        });
        let mut wire = sim::dial(3).await.expect("a clean link");
        let read = wire.read(&mut [0; 16]).await;
        server.abort();
        read
    });
    let start = "the simulation stalled at ";
    assert!(message.starts_with(start), "{message}");
    let why = "nothing can happen any more, but client 3 waits to read (ESTABLISHED)";
    assert!(message.contains(why), "{message}");
}

#[test]
fn a_server_that_reads_what_no_client_writes() {
    let message = stalls(async {
        let _client = sim::dial(0).await.expect("a clean link");
        sim::accept().await.read(&mut [0; 16]).await
    });
    let expected = "server, for client 0 waits to read (ESTABLISHED)";
    assert!(message.contains(expected), "{message}");
}

/// Here something can always happen: TCP asks a full receiver for room again and again. After about
/// an hour without progress the connection is given up, so that this ends, too.
#[test]
fn a_writer_whose_reader_never_reads_gets_an_error() {
    let scenario = scenario(json!({"clients": 1}));
    let config = sim_config(&scenario, Buffers::for_scenario(&scenario));
    let report = sim::run(config, async {
        let mut client = sim::dial(0).await.expect("a clean link");
        let _server = sim::accept().await;
        client
            .write_all(&[0; 1_000_000])
            .await
            .map_err(|error| error.kind())
    });
    let written = report.expect("an end of its own").output;
    assert_eq!(written, Err(ErrorKind::BrokenPipe));
}

#[test]
fn a_server_that_nobody_dials() {
    let message = stalls(sim::accept());
    assert!(
        message.contains("the server waits for a connection"),
        "{message}"
    );
}

#[test]
fn a_reader_of_a_feed_that_nobody_fills() {
    let feed = Feed::new(10);
    feed.publish(events([0]).remove(0));
    let message = stalls(async {
        clock::sleep(5 * S).await;
        feed.after(1).await
    });
    assert_eq!(
        message,
        "the simulation stalled at 5.000 s: nothing can happen any more, but the run still waits \
         for an event that nobody will publish"
    );
}

#[test]
fn many_that_wait_are_counted() {
    let message = stalls(async {
        let server = tokio::spawn(async {
            let mut wires = Vec::new();
            loop {
                wires.push(sim::accept().await);
            }
        });
        let mut clients = tokio::task::JoinSet::new();
        for client in 0..20 {
            clients.spawn(async move {
                let mut wire = sim::dial(client).await.expect("a clean link");
                wire.read(&mut [0; 16]).await.map(drop)
            });
        }
        while clients.join_next().await.is_some() {}
        server.abort();
    });
    assert!(message.contains("client 0 waits to read"), "{message}");
    assert!(message.ends_with("and 13 more"), "{message}");
}
