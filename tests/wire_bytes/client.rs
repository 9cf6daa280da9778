//! What the client halves send: each follows a scripted server that only listens, or answers with
//! literal bytes.

use crate::raw::hear;
use crate::support::scenario;
use pushlab::clock::{MS, S};
use pushlab::measure::recorder::{Expectation, Recorder};
use pushlab::net::{Buffers, Dialer, sim};
use pushlab::run::sim_config;
use pushlab::scenario::{self, Scenario};
use pushlab::transport::{self, Client, ClientSetup, Part};
use serde_json::json;
use tokio::io::AsyncWriteExt;

/// What the client half behind this door says first, then after each of these answers.
fn says(scenario: &Scenario, path: &str, answers: &[&str]) -> Vec<Vec<u8>> {
    let entry = transport::ALL
        .iter()
        .find(|entry| entry.descriptor.path == path)
        .expect("a door of the lab");
    let buffers = Buffers::for_scenario(scenario);
    let client = Client::new(ClientSetup {
        number: 0,
        dialer: Dialer::Simulated { client: 0 },
        recorder: Recorder::new(Expectation::tape([], 1).measured(0, 60 * S)),
        buffers,
        start_ns: 0,
        phase_ns: 0,
        until_ns: 60 * S,
        seed: 1,
        part: Part::default(),
    });
    let report = sim::run(sim_config(scenario, buffers), async {
        let client = tokio::spawn((entry.build)(scenario).follow(client));
        let mut wire = sim::accept().await;
        let mut said = vec![hear(&mut wire, 500 * MS).await];
        for answer in answers {
            wire.write_all(answer.as_bytes())
                .await
                .expect("an open wire");
            said.push(hear(&mut wire, 1_100 * MS).await);
        }
        client.abort();
        said
    });
    report.expect("a run that does not stall").output
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).expect("text")
}

/// One client of a lean scenario.
fn lean() -> Scenario {
    scenario(json!({"clients": 1}))
}

#[test]
fn lean_short_poll() {
    let said = says(&lean(), "/poll", &["HTTP/1.1 204 No Content\r\n\r\n"]);
    let head = "GET /poll?since=000000 HTTP/1.1\r\nHost: lab.example\r\nAccept: */*\r\n\r\n";
    assert_eq!(text(&said[0]), head);
    // Asked again on the same connection, one interval after the first question.
    assert_eq!(text(&said[1]), head);
}

#[test]
fn lean_short_poll_for_the_newest() {
    let scenario = scenario(json!({"clients": 1, "poll_delivery": "latest"}));
    let head = "GET /poll?latest=1 HTTP/1.1\r\nHost: lab.example\r\nAccept: */*\r\n\r\n";
    assert_eq!(text(&says(&scenario, "/poll", &[])[0]), head);
}

#[test]
fn lean_long_poll() {
    let said = says(&lean(), "/long-poll", &[]);
    let head = "GET /long-poll?since=000000&hold=25000 HTTP/1.1\r\n\
                Host: lab.example\r\nAccept: */*\r\n\r\n";
    assert_eq!(text(&said[0]), head);
}

#[test]
fn lean_event_stream() {
    let said = says(&lean(), "/events", &[]);
    let head = "GET /events HTTP/1.1\r\nHost: lab.example\r\nAccept: text/event-stream\r\n\r\n";
    assert_eq!(text(&said[0]), head);
}

/// The head of the upgrade, and the key in it that a phase of 0 makes.
const UPGRADE: &str = "GET /ws HTTP/1.1\r\nHost: lab.example\r\nConnection: Upgrade\r\n\
    Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: 000000000000000000000A==\r\n";

/// What switches to WebSocket for that key: base64(SHA-1(key + GUID)), RFC 6455, 4.2.2.
pub const SWITCHING: &str = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\n\
    Upgrade: websocket\r\nSec-WebSocket-Accept: V4o2Oveu73F7irZSv6tMGUnOSOI=\r\n\r\n";

#[test]
fn lean_websocket() {
    let said = says(&lean(), "/ws", &[SWITCHING]);
    assert_eq!(text(&said[0]), format!("{UPGRADE}\r\n"));
    // The hello, a masked text frame of 11 bytes; its mask is random.
    let (head, mask, body) = (&said[1][..2], &said[1][2..6], &said[1][6..]);
    let hello: Vec<u8> = body
        .iter()
        .zip(mask.iter().cycle())
        .map(|(a, b)| a ^ b)
        .collect();
    assert_eq!((head, text(&hello)), (&b"\x81\x8b"[..], "{\"since\":0}"));
}

/// What Chromium 156 sends with `fetch` and `cache: "no-store"`, in its order; host and path are the
/// lab's.
const CHROMIUM_FETCH: &str = "GET /poll?since=000000 HTTP/1.1\r\n\
    Host: lab.example\r\n\
    Connection: keep-alive\r\n\
    Pragma: no-cache\r\n\
    Cache-Control: no-cache\r\n\
    sec-ch-ua-platform: \"Linux\"\r\n\
    User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36\r\n\
    sec-ch-ua: \"Not:A-Brand\";v=\"8\", \"Chromium\";v=\"156\"\r\n\
    sec-ch-ua-mobile: ?0\r\n\
    Accept: */*\r\n\
    Sec-Fetch-Site: same-origin\r\n\
    Sec-Fetch-Mode: cors\r\n\
    Sec-Fetch-Dest: empty\r\n\
    Referer: http://lab.example/\r\n\
    Accept-Encoding: gzip, deflate, br, zstd\r\n\
    Accept-Language: en-US,en;q=0.9\r\n\
    \r\n";

#[test]
fn browser_short_poll() {
    let scenario = scenario(json!({"clients": 1, "headers": "browser"}));
    let said = says(&scenario, "/poll", &[]);
    // Captured: 540 bytes from a headless browser for /poll?since=0 on a host of 14 characters.
    // Here 5 more in the path, 3 fewer in each of Host and Referer, and no "Headless".
    assert_eq!(said[0].len(), 540 + 5 - 2 * 3 - "Headless".len());
    // Header names are written in title case; Chromium writes its newer ones in small letters.
    assert_eq!(text(&said[0]).to_lowercase(), CHROMIUM_FETCH.to_lowercase());
}

#[test]
fn browser_event_stream() {
    let scenario = scenario(json!({"clients": 1, "headers": "browser"}));
    let said = says(&scenario, "/events", &[]);
    let expected = CHROMIUM_FETCH
        .replace("/poll?since=000000", "/events")
        .replace("Accept: */*", "Accept: text/event-stream");
    assert_eq!(text(&said[0]).to_lowercase(), expected.to_lowercase());
}

#[test]
fn browser_websocket() {
    let scenario = scenario(json!({"clients": 1, "headers": "browser"}));
    let said = says(&scenario, "/ws", &[]);
    let extra = "Pragma: no-cache\r\nCache-Control: no-cache\r\n\
        User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36\r\n\
        Origin: http://lab.example\r\nAccept-Encoding: gzip, deflate, br, zstd\r\n\
        Accept-Language: en-US,en;q=0.9\r\n\
        Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n\r\n";
    // Further names are written in small letters: other bytes than Chromium's, but as many.
    let expected = format!("{UPGRADE}{extra}").to_lowercase();
    assert_eq!(text(&said[0]).to_lowercase(), expected);
}

/// The poll of 2009, as published: 716 bytes, and 193 bytes of answer head.
#[test]
fn the_published_heads_of_2009() {
    let scenario = scenario::shipped("kaazing").expect("it is shipped");
    let said = says(&scenario, "/poll", &[]);
    let cookie = [
        "Constant",
        "ProtectedConstant",
        "Property",
        "ProtectedProperty",
        "Method",
        "ProtectedMethod",
        "Event",
        "Style",
        "Effect",
    ]
    .map(|what| format!("showInherited{what}=false"))
    .join("; ");
    let expected = format!(
        "GET /PollingStock//PollingStock HTTP/1.1\r\n\
         Host: localhost:8080\r\n\
         User-Agent: Mozilla/5.0 (Windows; U; Windows NT 5.1; en-US; rv:1.9.1.5) Gecko/20091102 Firefox/3.5.5\r\n\
         Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8\r\n\
         Accept-Language: en-us\r\n\
         Accept-Encoding: gzip,deflate\r\n\
         Accept-Charset: ISO-8859-1,utf-8;q=0.7,*;q=0.7\r\n\
         Keep-Alive: 300\r\n\
         Connection: keep-alive\r\n\
         Referer: http://www.example.com/PollingStock/\r\n\
         Cookie: {cookie}\r\n\
         \r\n"
    );
    assert_eq!(text(&said[0]), expected);
    assert_eq!(said[0].len(), 716);
}
