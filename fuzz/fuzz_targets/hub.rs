//! What clients publish: no bytes panic, what is not taken changes nothing, and what comes again changes nothing more.
#![no_main]

use libfuzzer_sys::fuzz_target;
use pushlab::app;
use pushlab::feed::Feed;
use pushlab::hub::{Charter, Hub, Reply};
use pushlab::scenario::shipped;

const APPS: [&str; 5] = ["chat", "ride", "auction", "whiteboard", "document"];

fn stands(hub: &Hub) -> (u64, Option<String>) {
    let snapshot = hub.snapshot(None).ok().map(|(_, snapshot)| snapshot);
    (hub.feed().head(), snapshot)
}

fuzz_target!(|input: (u8, &[u8])| {
    let (app, bytes) = input;
    let scenario = shipped(APPS[usize::from(app) % APPS.len()]).expect("it is shipped");
    let charter = Charter::new(&scenario, 0);
    let hub = Hub::new(Feed::new(100), charter, app::rules(&scenario), None);
    for text in app::examples(&scenario, "me", 0) {
        hub.receive("me", text.as_bytes(), 0);
    }
    // Each line is a message.
    for text in bytes.split(|&byte| byte == b'\n').take(8) {
        let before = stands(&hub);
        let reply = hub.receive("me", text, 1_000_000_000);
        if matches!(reply, Reply::Bad { .. } | Reply::Refused { .. }) {
            assert_eq!(stands(&hub), before);
            continue;
        }
        let taken = stands(&hub);
        assert_eq!(hub.receive("me", text, 1_000_000_000), reply);
        assert_eq!(stands(&hub), taken);
    }
});
