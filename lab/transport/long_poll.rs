//! # Long polling: "Tell me as soon as there is something"
//!
//! ```text
//! client                                                 server
//!   | GET /long-poll?since=000041&hold=25000   ------>     |   held until there is news ...
//!   |                                                      |
//!   |                                                      * event 42 is born
//!   |   <------   HTTP/1.1 200 OK                          |   ... then answered at once
//!   |             {"seq":    42,...}                       |
//!   | GET /long-poll?since=000042&hold=25000   ------>     |   and asked again at once
//!   |                                                      * event 43 is born meanwhile: it
//!   |   <------   HTTP/1.1 200 OK                          |   waits for the question to arrive
//! ```
//!
//! *Cost*: a full request and answer head per batch of events.
//! *May* open a connection for each question (`poll_connection`): the blind time then doubles.
//! *Resumes* by itself, like short polling: the cursor is in the question.
//! *Hurts*: after an answer the server is blind for one round trip. Events born then wait for the
//! next question, so at high rates the mean delay doubles and the worst case is three transits
//! (RFC 6202, 2.2). What waits leaves together: the batch grows and the cost per event falls.

use super::client::Lost;
use super::heads::Heads;
use super::http::{Asker, Query, Turns, lines};
use super::{Answer, Client, Costs, Descriptor, Entry, Events, Task, Transport, http, post};
use crate::clock;
use crate::hub::Hub;
use crate::measure::Marker;
use crate::scenario::{Delivery, Scenario, Span, Upstream, spaced};
use crate::theory::Law;
use hyper::body::Incoming;
use hyper::{Request, StatusCode};
use std::sync::Arc;

pub const DESCRIPTOR: Descriptor = Descriptor {
    id: "long-poll",
    label: "Long polling",
    path: "/long-poll",
    color: "#CC79A7",
    marker: Marker::Square,
    law: Law::LongPoll,
    fields: &["poll_connection", "hold", "hold_delivery", "upstream"],
};

pub const ENTRY: Entry = Entry {
    descriptor: &DESCRIPTOR,
    build: |scenario| Arc::new(LongPoll::new(scenario)),
};

/// Longest time a question is held, whatever it asks for (RFC 6202, 5.5: up to 120 s work in practice).
const LONGEST_HOLD_MS: u64 = 120_000;
/// How much longer than the hold a client waits before it takes the connection for lost.
const PATIENCE_NS: u64 = 10 * clock::S;

/// Its settings in one run.
pub struct LongPoll {
    /// How long the server holds a question.
    hold: Span,
    /// Every event, or only the newest of each topic.
    delivery: Delivery,
    /// Over which connection its clients publish.
    upstream: Upstream,
    heads: Arc<Heads>,
}

impl LongPoll {
    fn new(scenario: &Scenario) -> Self {
        Self {
            hold: scenario.hold,
            delivery: scenario.hold_delivery,
            upstream: scenario.upstream,
            heads: Arc::new(Heads::polls(&scenario.headers, scenario.poll_connection)),
        }
    }

    /// The question of a client that has everything up to `cursor` and has these further wishes.
    fn question(&self, cursor: u64, wishes: &str) -> String {
        let hold_ms = self.hold.as_nanos() / clock::MS;
        let latest = match self.delivery {
            Delivery::Every => "",
            Delivery::Latest => "&latest=1",
        };
        format!(
            "{}?since={cursor:06}&hold={hold_ms}{latest}{wishes}",
            DESCRIPTOR.path
        )
    }
}

impl Transport for LongPoll {
    fn serve(self: Arc<Self>, request: Request<Incoming>, hub: Hub) -> Task<Answer> {
        Box::pin(async move {
            let query = Query::of(&request);
            let (since, hold_ms) = match (query.since(), query.hold_ms()) {
                (Ok(since), Ok(hold_ms)) => (since.unwrap_or(0), hold_ms),
                (Err(refusal), _) | (_, Err(refusal)) => return *refusal,
            };
            let feed = match query.reader(&hub) {
                Ok(feed) => feed,
                Err(refusal) => return *refusal,
            };
            let newest = query.latest();
            let hold_ns = match hold_ms {
                Some(hold_ms) => hold_ms.min(LONGEST_HOLD_MS) * clock::MS,
                None => self.hold.as_nanos(),
            };
            // Its head would keep hyper's read buffer for as long as it is held, and hyper would make another.
            drop(request);
            tokio::select! {
                biased;
                news = feed.after(since) => match news {
                    Ok(_) if newest => self.heads.batch(&feed.newest_since(since)),
                    Ok(events) => self.heads.batch(&events),
                    Err(gone) => http::forgotten(gone.oldest_cursor),
                },
                () = clock::sleep(hold_ns) => self.heads.batch(&Vec::new()),
            }
        })
    }

    fn follow(self: Arc<Self>, mut client: Client) -> Task<()> {
        Box::pin(async move {
            let line = Asker::turns(client.line(), self.heads.clone());
            let _publishing = post::beside(&client, &self.heads, self.upstream, &line);
            clock::sleep_until(client.start_ns()).await;
            while !client.over() {
                if self.ask(&mut client, &line).await.is_err() {
                    client.back_off().await;
                }
            }
        })
    }

    fn settings(&self) -> String {
        let hold = spaced(&self.hold.to_string());
        let latest = match self.delivery {
            Delivery::Every => "",
            Delivery::Latest => ", newest value only",
        };
        let (connection, turns) = (self.heads.connection(), post::settings(self.upstream));
        format!("held up to {hold}{latest}{connection}{turns}")
    }

    fn costs(&self, events: &Events) -> Costs {
        Costs {
            event_framing: 1.0, // the line end
            request_head: self.heads.request_bytes(&self.question(0, "")),
            answer_head: self.heads.answer_bytes(events.payload_bytes + 1.0),
            empty_head: self.heads.empty_bytes(),
            ..Costs::default()
        }
    }
}

impl LongPoll {
    /// One question, and what its answer brings, one event per line. When the run is over, or the client wants other
    /// topics, a question that is still held is given up, and its connection with it.
    async fn ask(&self, client: &mut Client, line: &Turns) -> Result<(), Lost> {
        client.turn();
        if client.needs_snapshot() {
            return post::catch_up(client, line).await;
        }
        let patience_ns = self.hold.as_nanos() + PATIENCE_NS;
        let question = self.question(client.cursor(), &client.wishes());
        let asked = async {
            let mut line = line.lock().await;
            tokio::select! {
                biased;
                answer = line.ask(&question) => Some(answer),
                () = client.restless() => None,
            }
        };
        match client.read(patience_ns, asked).await? {
            Some(Some(Ok((StatusCode::OK, body)))) => {
                for line in lines(&body) {
                    client.saw(line);
                }
            }
            Some(Some(Ok((StatusCode::NO_CONTENT, _)))) => client.empty_answer(),
            Some(Some(Ok((StatusCode::GONE, _)))) => {
                client.forgotten();
                return Err(Lost);
            }
            // A server that refuses is not asked again at once.
            Some(Some(_)) => return Err(Lost),
            Some(None) | None => {}
        }
        Ok(())
    }
}
