//! Who waits for what: for the message about a run that has stalled.

use super::endpoint::Side;
use super::with;

/// Who waits for what on the network of this thread.
pub(super) fn list() -> Vec<String> {
    with(|network| {
        let mut lines = Vec::new();
        for connection in &mut network.connections {
            let client = connection.client;
            for (side, name) in [
                (Side::Client, "client"),
                (Side::Server, "server, for client"),
            ] {
                let end = connection.end(side);
                let state = end.socket().state();
                if end.reader.is_some() {
                    lines.push(format!("{name} {client} waits to read ({state})"));
                }
                if end.writer.is_some() {
                    lines.push(format!("{name} {client} waits to write ({state})"));
                }
            }
        }
        if network.acceptor.is_some() {
            lines.push("the server waits for a connection".into());
        }
        lines
    })
    .0
}
