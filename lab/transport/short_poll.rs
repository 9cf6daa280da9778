//! # Short polling: "Anything new?" again and again
//!
//! ```text
//! client                                        server
//!   | GET /poll?since=000041 HTTP/1.1   ------>   |   every T, news or not
//!   | Host: lab.example                           |
//!   | Accept: */*                                 |
//!   |                                             |
//!   |   <------   HTTP/1.1 200 OK                 |   at once: everything after the cursor,
//!   |             Content-Type: application/x-ndjson    one event per line
//!   |             Content-Length: 140             |
//!   |             {"seq":    42,...}              |
//!   |             {"seq":    43,...}              |
//!   |                                             |
//!   |   <------   HTTP/1.1 204 No Content         |   or: nothing new
//! ```
//!
//! *Cost*: a full request and answer head per question, asked whether or not anything happened.
//! *Resumes* by itself: the cursor in the next question is all there is.
//! *Hurts*: an event waits for the next question, T/2 on average; asking more often costs bytes.
//! *May* open a connection for each question (`poll_connection`), as pollers did before keep-alive.
//! *Shines*: many events per question share one head, and with `latest` only the newest is sent.

use super::client::Lost;
use super::heads::Heads;
use super::http::{Asker, Query, Turns, at_once, lines};
use super::{Answer, Client, Costs, Descriptor, Entry, Events, Task, Transport, http, post};
use crate::clock;
use crate::hub::Hub;
use crate::measure::Marker;
use crate::scenario::{Delivery, Discipline, Scenario, Span, Upstream, spaced};
use crate::theory::Law;
use hyper::body::Incoming;
use hyper::{Request, StatusCode};
use std::sync::Arc;

pub const DESCRIPTOR: Descriptor = Descriptor {
    id: "short-poll",
    label: "Short polling",
    path: "/poll",
    color: "#D55E00",
    marker: Marker::Triangle,
    law: Law::ShortPoll,
    fields: &[
        "poll_every",
        "poll_discipline",
        "poll_delivery",
        "poll_connection",
        "upstream",
    ],
};

pub const ENTRY: Entry = Entry {
    descriptor: &DESCRIPTOR,
    build: |scenario| Arc::new(ShortPoll::new(scenario)),
};

/// How long a client waits for an answer before it takes the connection for lost.
const PATIENCE_NS: u64 = 10 * clock::S;

/// Its settings in one run.
pub struct ShortPoll {
    /// Time between questions.
    every: Span,
    /// What that time is measured from.
    discipline: Discipline,
    /// Every event, or only the newest.
    delivery: Delivery,
    /// Over which connection its clients publish.
    upstream: Upstream,
    heads: Arc<Heads>,
}

impl ShortPoll {
    fn new(scenario: &Scenario) -> Self {
        Self {
            every: scenario.poll_every,
            discipline: scenario.poll_discipline,
            delivery: scenario.poll_delivery,
            upstream: scenario.upstream,
            heads: Arc::new(Heads::polls(&scenario.headers, scenario.poll_connection)),
        }
    }

    /// What there is for whoever asks, at once, even if that is nothing: it is what makes this polling.
    fn answer(&self, query: &Query, hub: &Hub) -> Answer {
        let (since, feed) = match (query.since(), query.reader(hub)) {
            (Ok(since), Ok(feed)) => (since, feed),
            (Err(refusal), _) | (_, Err(refusal)) => return *refusal,
        };
        // Without a cursor a poller wants the newest value.
        if since.is_none() || query.latest() {
            return self.heads.batch(&feed.newest_since(since.unwrap_or(0)));
        }
        match feed.since(since.unwrap_or(0)) {
            Ok(events) => self.heads.batch(&events),
            Err(gone) => http::forgotten(gone.oldest_cursor),
        }
    }

    /// The question of a client that has everything up to `cursor` and has these further wishes.
    fn question(&self, cursor: u64, wishes: &str) -> String {
        let path = DESCRIPTOR.path;
        match (&self.heads.poll_path, self.delivery) {
            (Some(literal), _) => literal.clone(),
            (None, Delivery::Every) => format!("{path}?since={cursor:06}{wishes}"),
            // Of the whole feed there is one newest event: the poller need not say what it has.
            (None, Delivery::Latest) if wishes.is_empty() => format!("{path}?latest=1"),
            (None, Delivery::Latest) => format!("{path}?since={cursor:06}&latest=1{wishes}"),
        }
    }
}

impl Transport for ShortPoll {
    fn serve(self: Arc<Self>, request: Request<Incoming>, hub: Hub) -> Task<Answer> {
        at_once(self.answer(&Query::of(&request), &hub))
    }

    fn follow(self: Arc<Self>, mut client: Client) -> Task<()> {
        Box::pin(async move {
            let line = Asker::turns(client.line(), self.heads.clone());
            let _publishing = post::beside(&client, &self.heads, self.upstream, &line);
            let every_ns = self.every.as_nanos();
            let mut next_ns = client.phase_ns();
            loop {
                clock::sleep_until(next_ns).await;
                if client.over() {
                    return;
                }
                if self.ask(&mut client, &line).await.is_err() {
                    client.back_off().await;
                    next_ns = clock::now_ns();
                    continue;
                }
                let now_ns = clock::now_ns();
                next_ns = match self.discipline {
                    // The first beat of the timer after the answer; a late answer skips beats.
                    Discipline::Timer => {
                        let phase_ns = client.phase_ns();
                        phase_ns + ((now_ns - phase_ns) / every_ns + 1) * every_ns
                    }
                    Discipline::Sleep => now_ns + every_ns,
                };
            }
        })
    }

    fn moved_to(&self) -> Option<&str> {
        self.heads.poll_path.as_deref()
    }

    fn settings(&self) -> String {
        let discipline = match self.discipline {
            Discipline::Timer => "timer",
            Discipline::Sleep => "sleep after answer",
        };
        let delivery = match self.delivery {
            Delivery::Every => "",
            Delivery::Latest => ", newest value only",
        };
        let every = spaced(&self.every.to_string());
        let connection = self.heads.connection();
        let turns = post::settings(self.upstream);
        format!("every {every}, {discipline}{delivery}{connection}{turns}")
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

impl ShortPoll {
    /// One question, and what its answer brings: one event per line. Whoever comes asks for a snapshot first, if the
    /// application has them.
    async fn ask(&self, client: &mut Client, line: &Turns) -> Result<(), Lost> {
        client.turn();
        if client.needs_snapshot() {
            return post::catch_up(client, line).await;
        }
        let question = self.question(client.cursor(), &client.wishes());
        let asked = async { line.lock().await.ask(&question).await };
        let (status, body) = client.expect(PATIENCE_NS, asked).await?;
        let mut news = false;
        match status {
            StatusCode::OK => {
                for line in lines(&body) {
                    news |= client.saw(line);
                }
            }
            StatusCode::GONE => client.forgotten(),
            _ => {}
        }
        if !news {
            client.empty_answer();
        }
        Ok(())
    }
}
