//! What clients see: events, snapshots, and the topics that they follow.

use super::client::{Reader, Span, Track};
use super::{Book, Expected, Recorder, State};

/// How many points of the watched screen are kept.
const SCREEN_POINTS: usize = 100_000;

impl Recorder {
    /// A client sees an event: checks it and books it. Returns whether it was new to the client.
    pub fn saw(&self, client: u32, seq: Option<u64>, payload: &[u8], now_ns: u64) -> bool {
        let expectation = &self.0.expectation;
        let mut state = self.lock();
        let State { log, book, .. } = &mut *state;
        let Some((seq, expected)) = seq.and_then(|seq| Some((seq, log.get(seq)?))) else {
            book.clients[client as usize].altered += 1;
            book.wrong(|| {
                format!(
                    "client {client} saw an event that was never published: {}",
                    shown(payload)
                )
            });
            return false;
        };
        if expected.payload != payload {
            book.clients[client as usize].altered += 1;
            book.wrong(|| {
                format!(
                    "client {client} saw event {seq} altered: {} instead of {}",
                    shown(payload),
                    shown(&expected.payload)
                )
            });
        }
        let reader = Reader {
            log,
            client,
            echo: expectation.echo,
        };
        let (stream, place) = (log.stream(expected), log.place(seq));
        let window = expectation.from_ns..book.to_ns;
        // What comes after a run was cut is looked at, but no longer counted.
        let last = match book.cut && expectation.open {
            true => book.expected,
            false => u64::MAX,
        };
        let own = &mut book.clients[client as usize];
        let cursor = own.cursor;
        let mine = !reader.echo && expected.from == Some(client);
        let Some(track) = own.track(stream).filter(|_| !mine) else {
            own.altered += 1;
            book.wrong(|| match mine {
                true => format!("client {client} was sent event {seq}, which is its own"),
                false => {
                    let topic = stream + 1;
                    format!(
                        "client {client} saw event {seq} of topic {topic}, which it does not follow"
                    )
                }
            });
            return false;
        };
        if place < track.position {
            if expectation.latest && track.shown == Some(place) {
                return false; // asked for the newest value and got the one it had
            }
            own.duplicated += 1;
            book.wrong(|| format!("client {client} saw event {seq} after event {cursor}"));
            return false;
        }
        let next = reader.next(stream, track.position);
        let mut replaced = 0..0;
        let skipped = next < place;
        track.position = place + 1;
        let born_ns = match expectation.is_plain() {
            true => expected.born_ns,
            // What was planned earlier may be numbered later: the screen does not get older by it.
            false => expected.born_ns.max(track.screen.born_ns()),
        };
        track.show(place, born_ns, now_ns, &window, reader);
        if expectation.latest {
            replaced = next..place.min(log.up_to(stream, last));
            own.superseded += reader.count(stream, replaced.clone());
        } else if skipped || seq <= cursor {
            own.out_of_order += 1;
        }
        own.cursor = cursor.max(seq);
        own.delivered += u64::from(seq <= last);
        if skipped && !expectation.latest {
            let missing = log.seq_at(stream, next).unwrap_or_default();
            book.wrong(|| match expectation.by_topic {
                false => format!("client {client} saw event {seq} right after event {cursor}"),
                true => {
                    let topic = stream + 1;
                    format!(
                        "client {client} saw event {seq} of topic {topic} before event {missing}"
                    )
                }
            });
        } else if seq <= cursor {
            book.clients[client as usize].out_of_order += u64::from(expectation.latest);
            book.wrong(|| format!("client {client} saw event {seq} after event {cursor}"));
        }
        // With this one the client has caught up with those that it replaced, too.
        for place in replaced.filter(|&place| reader.wants(stream, place)) {
            let Some((seq, event)) = log.seq_at(stream, place).zip(log.at(stream, place)) else {
                continue;
            };
            book.caught_up(seq, event, now_ns, expectation.from_ns);
        }
        if seq <= last {
            book.delivered(client, seq, expected, now_ns, expectation.from_ns);
        }
        if client == expectation.watched() {
            book.watch(now_ns, born_ns, expectation.is_plain());
        }
        self.came_on(&mut state, client, now_ns);
        true
    }

    /// A client is given a snapshot that stands for everything up to event `seq`. For one to whom nothing has come yet
    /// it is where it begins: nothing before it is expected. For others it is a repair: the events of what it follows
    /// that it lacked count as delivered by it.
    pub fn joined(&self, client: u32, seq: u64, now_ns: u64) {
        let expectation = &self.0.expectation;
        let mut state = self.lock();
        let State { log, book, .. } = &mut *state;
        let events = log.len();
        if seq > events {
            return book.wrong(|| {
                format!(
                    "client {client} got a snapshot of event {seq}, but there are only {events}"
                )
            });
        }
        let reader = Reader {
            log,
            client,
            echo: expectation.echo,
        };
        let window = expectation.from_ns..book.to_ns;
        let last = match book.cut && expectation.open {
            true => book.expected,
            false => u64::MAX,
        };
        let own = &mut book.clients[client as usize];
        let begins = own.is_new();
        own.joined = true;
        own.cursor = own.cursor.max(seq);
        if begins {
            for span in own.spans.iter_mut().filter(|span| span.to.is_none()) {
                span.from = span.from.max(seq);
            }
        }
        let mut tracks = std::mem::take(&mut own.tracks);
        for track in &mut tracks {
            let stream = track.stream;
            let end = log.up_to(stream, seq);
            let lacked = track.position..end;
            if lacked.is_empty() {
                continue;
            }
            track.position = end;
            let mut born_ns = track.screen.born_ns();
            for place in lacked {
                let Some(event) = log.at(stream, place) else {
                    continue;
                };
                born_ns = born_ns.max(event.born_ns);
                let seq = log.seq_at(stream, place).unwrap_or_default();
                if !begins && seq <= last && reader.wants(stream, place) {
                    book.clients[client as usize].in_snapshots += 1;
                    book.delivered(client, seq, event, now_ns, expectation.from_ns);
                }
            }
            track.show(end - 1, born_ns, now_ns, &window, reader);
            if client == expectation.watched() {
                book.watch(now_ns, born_ns, expectation.is_plain());
            }
        }
        book.clients[client as usize].tracks = tracks;
        self.came_on(&mut state, client, now_ns);
    }

    /// What a client follows from the event after `since` on; before that it was nothing, or the topics of the call
    /// before. To be called when the client comes, and before its first snapshot. The same topics again change
    /// nothing. On a tape it means nothing: all follow all of it.
    pub fn follows(&self, client: u32, topics: &[u32], since: u64, now_ns: u64) {
        let expectation = &self.0.expectation;
        if !expectation.by_topic {
            return;
        }
        let mut state = self.lock();
        let State { log, book, .. } = &mut *state;
        let events = log.len();
        let reader = Reader {
            log,
            client,
            echo: expectation.echo,
        };
        let window = expectation.from_ns..book.to_ns;
        let own = &mut book.clients[client as usize];
        let cursor = own.cursor;
        let mut faults = Vec::new();
        if since > events {
            faults.push(format!(
                "client {client} follows from after event {since} on, but there are only {events}"
            ));
        }
        // A snapshot may have come before it said what it follows.
        if since < cursor && !own.tracks.is_empty() {
            faults.push(format!(
                "client {client} follows other topics from after event {since} on, but had seen event {cursor}"
            ));
        }
        let since = since.max(cursor);
        own.cursor = since;
        let mut wanted = topics.to_vec();
        wanted.sort_unstable();
        wanted.dedup();
        let (stay, go): (Vec<_>, Vec<_>) = std::mem::take(&mut own.tracks)
            .into_iter()
            .partition(|track| wanted.binary_search(&track.stream).is_ok());
        for mut track in go {
            let stream = track.stream;
            track.learn(reader);
            if let Some(missing) = track.lacks(since, reader) {
                if expectation.latest {
                    // It no longer wanted to know.
                    let end = log.up_to(stream, since);
                    own.superseded += reader.count(stream, track.position..end);
                } else {
                    let topic = stream + 1;
                    faults.push(format!(
                        "client {client} left topic {topic} before it saw event {missing}"
                    ));
                }
            }
            own.leave(track, now_ns, &window);
            for span in &mut own.spans {
                if span.stream == stream && span.to.is_none() {
                    span.to = Some(since);
                }
            }
        }
        own.tracks = stay;
        for stream in wanted {
            if own.track(stream).is_none() {
                let track = Track::new(stream, log.up_to(stream, since));
                own.tracks.push(track);
                own.tracks.sort_unstable_by_key(|track| track.stream);
                own.spans.push(Span {
                    stream,
                    from: since,
                    to: None,
                });
            }
        }
        for fault in faults {
            book.wrong(|| fault);
        }
    }
}

impl Book {
    /// An event has come to a client, as such or in a snapshot.
    fn delivered(&mut self, client: u32, seq: u64, event: &Expected, now_ns: u64, from_ns: u64) {
        self.clients[client as usize]
            .first_event_ns
            .get_or_insert(now_ns);
        self.from_clients += u64::from(event.from.is_some());
        self.caught_up(seq, event, now_ns, from_ns);
    }

    /// A client has come as far as this event: it was shown the event, or a newer one instead.
    fn caught_up(&mut self, seq: u64, event: &Expected, now_ns: u64, from_ns: u64) {
        if (from_ns..self.to_ns).contains(&event.born_ns) {
            self.book(seq, event.class, now_ns.saturating_sub(event.born_ns));
        }
    }

    /// The watched client shows something new. Births keep the order of a plain tape; elsewhere what is older than the
    /// newest of any topic is left out.
    fn watch(&mut self, now_ns: u64, born_ns: u64, plain: bool) {
        let newest = self.watched_screen.last();
        let newer = plain || newest.is_none_or(|&(_, newest_ns)| newest_ns < born_ns);
        if newer && self.watched_screen.len() < SCREEN_POINTS {
            self.watched_screen.push((now_ns, born_ns));
        }
    }
}

/// The beginning of a text, for a message.
fn shown(payload: &[u8]) -> String {
    const SHOWN: usize = 80;
    let text = String::from_utf8_lossy(&payload[..payload.len().min(SHOWN)]);
    format!("{text:?}")
}
