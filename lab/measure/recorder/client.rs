//! One client: its counts, what it follows, and how far it has come there.

use super::log::Log;
use crate::measure::age::Screen;
use std::ops::Range;

/// One client's counts.
#[derive(Debug, Clone, Default)]
pub struct ClientBook {
    /// The newest event it has, or a snapshot has for it; with what it follows, its question to the server.
    pub cursor: u64,
    /// What it should see by what it followed; filled in at the end.
    pub expected: u64,
    pub delivered: u64,
    pub superseded: u64,
    /// What it did not see as events, because a snapshot stands for them.
    pub in_snapshots: u64,
    pub duplicated: u64,
    pub out_of_order: u64,
    pub altered: u64,
    /// When it first dialled, its first event, and when it was current, if it came late.
    pub dialled_ns: Option<u64>,
    pub first_event_ns: Option<u64>,
    pub current_ns: Option<u64>,
    /// The newest event when it first dialled, while it has not caught up with that; only of one that comes late.
    pub(super) behind: Option<u64>,
    /// Connections: now, and at most.
    pub(super) open: u32,
    pub most_open: u32,
    /// Whether it was ever given a snapshot, and whether it ever found out that it had missed something.
    pub(super) joined: bool,
    pub(super) gap: bool,
    /// What it follows now, by stream.
    pub(super) tracks: Vec<Track>,
    /// What it followed and follows: from this the expected events are counted, whatever came.
    pub(super) spans: Vec<Span>,
    /// Screens of topics that it left.
    left: (u128, u64, u64),
}

/// A stream that a client follows.
#[derive(Debug, Clone, Default)]
pub(super) struct Track {
    pub stream: u32,
    /// The place up to which it has everything.
    pub position: u64,
    /// The place of the newest event that it shows.
    pub shown: Option<u64>,
    pub screen: Screen,
}

/// A stretch of a stream: the events after `from` up to `to`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Span {
    pub stream: u32,
    pub from: u64,
    pub to: Option<u64>,
}

/// Which events a client wants.
#[derive(Clone, Copy)]
pub(super) struct Reader<'a> {
    pub log: &'a Log,
    pub client: u32,
    pub echo: bool,
}

impl Reader<'_> {
    /// Whether it wants the event at a place, which exists.
    pub fn wants(&self, stream: u32, place: u64) -> bool {
        self.echo
            || self
                .log
                .at(stream, place)
                .is_none_or(|event| event.from != Some(self.client))
    }

    /// The first place from here on whose event it wants, or the end of the stream.
    pub fn next(&self, stream: u32, mut place: u64) -> u64 {
        while !self.wants(stream, place) {
            place += 1;
        }
        place
    }

    /// How many events it wants at these places.
    pub fn count(&self, stream: u32, places: Range<u64>) -> u64 {
        match self.echo {
            true => places.end.saturating_sub(places.start),
            false => places.filter(|&place| self.wants(stream, place)).count() as u64,
        }
    }

    /// When the event was born that comes after this place.
    pub fn next_born_ns(&self, stream: u32, place: u64) -> Option<u64> {
        let next = self.next(stream, place + 1);
        self.log.at(stream, next).map(|event| event.born_ns)
    }
}

impl Track {
    pub fn new(stream: u32, position: u64) -> Self {
        Self {
            stream,
            position,
            ..Self::default()
        }
    }

    /// From now on the screen shows the event at this place.
    pub fn show(
        &mut self,
        place: u64,
        born_ns: u64,
        now_ns: u64,
        window: &Range<u64>,
        reader: Reader<'_>,
    ) {
        self.learn(reader);
        let next = reader.next_born_ns(self.stream, place);
        self.screen.show(now_ns, born_ns, next, window);
        self.shown = Some(place);
    }

    /// Finds out when the event after the one shown was born, if it came to be meanwhile.
    pub fn learn(&mut self, reader: Reader<'_>) {
        if let Some(shown) = self.shown
            && self.screen.is_newest()
        {
            self.screen
                .outdated_at(reader.next_born_ns(self.stream, shown));
        }
    }

    /// The number of the first event that the client lacks, none after `last`.
    pub fn lacks(&mut self, last: u64, reader: Reader<'_>) -> Option<u64> {
        self.position = reader.next(self.stream, self.position);
        reader
            .log
            .seq_at(self.stream, self.position)
            .filter(|&seq| seq <= last)
    }
}

impl ClientBook {
    /// A client that follows the tape, or nothing yet.
    pub(super) fn new(tape: bool) -> Self {
        let mut client = Self::default();
        if tape {
            client.tracks.push(Track::new(0, 0));
            client.spans.push(Span {
                stream: 0,
                from: 0,
                to: None,
            });
        }
        client
    }

    /// What it follows of a stream, if it does.
    pub(super) fn track(&mut self, stream: u32) -> Option<&mut Track> {
        let index = self
            .tracks
            .binary_search_by_key(&stream, |track| track.stream)
            .ok()?;
        self.tracks.get_mut(index)
    }

    /// The stream and number of an event up to `last` that it lacks of what it follows.
    pub(super) fn lacks(&mut self, last: u64, reader: Reader<'_>) -> Option<(u32, u64)> {
        self.tracks
            .iter_mut()
            .find_map(|track| Some((track.stream, track.lacks(last, reader)?)))
    }

    /// Whether nothing has come to it yet.
    pub(super) fn is_new(&self) -> bool {
        !self.joined && !self.gap && self.delivered + self.superseded + self.in_snapshots == 0
    }

    /// Events up to `last` that it should see, from what it followed. `own` are the streams and numbers of events that
    /// it does not want.
    pub(super) fn count_expected(&self, last: u64, own: &[(u32, u64)], log: &Log) -> u64 {
        let in_span = |span: &Span| {
            let to = span.to.unwrap_or(last).min(last);
            let from = span.from.min(to);
            let all = log.up_to(span.stream, to) - log.up_to(span.stream, from);
            let mine = own
                .iter()
                .filter(|&&(stream, seq)| stream == span.stream && from < seq && seq <= to);
            all - mine.count() as u64
        };
        self.spans.iter().map(in_span).sum()
    }

    /// It leaves a stream: its screen goes dark.
    pub(super) fn leave(&mut self, mut track: Track, now_ns: u64, window: &Range<u64>) {
        track.screen.stop(now_ns, window);
        let (age, observed, stale) = track.screen.totals();
        self.left.0 += age;
        self.left.1 += observed;
        self.left.2 += stale;
    }

    /// `(age x time in ns^2, observed ns, stale ns)` over all its screens: one per topic.
    pub fn screens(&self) -> (u128, u64, u64) {
        let totals = self.tracks.iter().map(|track| track.screen.totals());
        totals.fold(self.left, |sum, one| {
            (sum.0 + one.0, sum.1 + one.1, sum.2 + one.2)
        })
    }
}
