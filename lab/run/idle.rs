//! What silence costs: short runs of the same scenario without its events.
//!
//! Two runs, one longer by some minutes: the difference is what these minutes cost clients that are connected
//! already. Connecting and leaving are in both, and so is the unfinished last round of whatever is periodic.

use super::stage::Stage;
use super::{Prepared, RunError, simulated};
use crate::clock::S;
use crate::measure::{Bytes, Idle};
use crate::scenario::{App, Scenario, Span};
use crate::transport::Entry;

/// Length of the shorter run, and by how much the other one is longer.
const BEFORE_MIN: u64 = 1;
const LONGER_MIN: u64 = 5;
/// Idle clients do not affect each other: a few are enough.
const CLIENTS: u32 = 2;

impl Prepared {
    /// The same scenario for some minutes in which nothing happens: no events, and no outages, which would cost
    /// reconnects rather than silence.
    fn idle(&self, minutes: u64) -> Self {
        let scenario = Scenario {
            clients: self.scenario.clients.min(CLIENTS),
            warm_up: Span::ZERO,
            duration: Span::from_millis(minutes * 60_000),
            outages: Vec::new(),
            late: 0,
            switch_every: Span::ZERO,
            // Nobody comes in, and nobody says so.
            app: match self.scenario.app {
                App::Ticker => App::Ticker,
                _ => App::Topics,
            },
            ..(*self.scenario).clone()
        };
        Self {
            buffer_factor: self.buffer_factor,
            interrupt: self.interrupt.clone(),
            lies: self.lies.clone(),
            tamper: self.tamper,
            ..Self::silent(scenario)
        }
    }
}

/// The cost of idle minutes on the simulated network; none where the clients saw an event that nobody published.
pub(super) fn measure(prepared: &Prepared, entry: &Entry) -> Result<Option<Idle>, RunError> {
    let before = silence(&prepared.idle(BEFORE_MIN), entry)?;
    let after = silence(&prepared.idle(BEFORE_MIN + LONGER_MIN), entry)?;
    Ok(before.zip(after).map(|(before, after)| Idle {
        client_minutes: after.client_minutes - before.client_minutes,
        requests: after.requests.saturating_sub(before.requests),
        packets: after.packets.saturating_sub(before.packets),
        bytes: difference(&after.bytes, &before.bytes),
    }))
}

fn silence(prepared: &Prepared, entry: &Entry) -> Result<Option<Idle>, RunError> {
    let recorder = prepared.recorder(false);
    let stage = prepared.is_app().then(|| Stage::new(prepared, &recorder));
    let report = simulated::record(prepared, entry, &recorder, stage.as_ref(), Vec::new())?;
    let book = recorder.close();
    if book.problem.is_some() {
        return Ok(None);
    }
    let minutes = prepared.scenario.duration.as_nanos() / (60 * S);
    Ok(Some(Idle {
        client_minutes: u64::from(prepared.scenario.clients) * minutes,
        requests: book.requests,
        packets: report.ledger.packets_up + report.ledger.packets_down,
        bytes: prepared.told(report.ledger).to_bytes(),
    }))
}

/// Layer by layer, so that the layers still add up. On a lossy line chance could make the longer run cheaper in one
/// of them; that is nothing, not less than nothing.
fn difference(after: &Bytes, before: &Bytes) -> Bytes {
    let layer = |of: fn(&Bytes) -> u64| of(after).saturating_sub(of(before));
    Bytes {
        payload: layer(|b| b.payload),
        framing: layer(|b| b.framing),
        http_headers: layer(|b| b.http_headers),
        setup: layer(|b| b.setup),
        tls: layer(|b| b.tls),
        tcp_ip: layer(|b| b.tcp_ip),
        total: layer(|b| b.total),
        up: layer(|b| b.up),
        down: layer(|b| b.down),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transport::ALL;

    fn idle(overrides: &str) -> Vec<Idle> {
        let text = format!(r#"{{"name":"silence","duration":"1s"{overrides}}}"#);
        let scenario: Scenario = serde_json::from_str(&text).unwrap();
        let prepared = Prepared::new(scenario).unwrap();
        ALL.iter()
            .map(|entry| measure(&prepared, entry).unwrap().unwrap())
            .collect()
    }

    #[test]
    fn a_minute_holds_what_the_settings_say() {
        // Two clients, five minutes: one question a second, a held one every 25 s and a round trip, a heartbeat
        // every 15 s (with its pong for WebSocket), and nothing else.
        let idle = idle("");
        assert!(idle.iter().all(|idle| idle.client_minutes == 10));
        let requests: Vec<u64> = idle.iter().map(|idle| idle.requests).collect();
        assert_eq!(requests, [600, 24, 0, 0]);
        let packets: Vec<u64> = idle.iter().map(|idle| idle.packets).collect();
        assert_eq!(packets, [3 * 600, 3 * 24, 2 * 40, 3 * 40]);
        for idle in idle {
            let b = idle.bytes;
            assert_eq!((b.payload, b.setup), (0, 0));
            assert_eq!(b.framing + b.http_headers + b.tcp_ip, b.total);
            assert_eq!(b.up + b.down, b.total);
        }
    }

    #[test]
    fn without_heartbeats_an_open_connection_is_silent() {
        let idle = idle(r#","heartbeat":"off","outages":[{"at":"1s","for":"1s"}]"#);
        assert_eq!([idle[2].bytes.total, idle[3].bytes.total], [0, 0]);
    }
}
