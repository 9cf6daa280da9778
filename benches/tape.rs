//! A conversation of the lab's client with the lab's server, written down so that either can be played to the other.
//!
//! Everything is in the memory of one thread. A round is what is said from publishing an event until the next one is
//! published.

use crate::message::MARK;
use crate::world;
use pushlab::feed::Feed;
use pushlab::measure::recorder::Recorder;
use pushlab::net::memory::{self, MemoryDialer, MemoryListener};
use pushlab::net::{Dialer, Listener};
use pushlab::theory::Law;
use pushlab::transport::Entry;
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};
use tokio::task::JoinHandle;

/// Events of a conversation; the first one is in the opening.
pub const EVENTS: u64 = 512;

/// What went up and then down.
#[derive(Default)]
pub struct Step {
    pub up: Vec<u8>,
    pub down: Vec<u8>,
}

pub struct Tape {
    /// Until the first event is there.
    pub opening: Vec<Step>,
    pub rounds: Vec<Step>,
}

impl Tape {
    /// Bytes of the stream for each event, both ways, without the opening.
    pub fn bytes_per_event(&self) -> f64 {
        let bytes = self
            .rounds
            .iter()
            .map(|round| round.up.len() + round.down.len());
        bytes.sum::<usize>() as f64 / self.rounds.len().max(1) as f64
    }
}

/// The lab's server in memory, and what publishes for it. It ends with the runtime.
pub fn server(entry: &Entry) -> (Feed, MemoryDialer) {
    let feed = Feed::new(EVENTS as usize);
    let (dialer, listener) = memory::network();
    let server = world::server(entry, &feed, 16);
    tokio::spawn(server.run(Listener::Memory(listener)));
    (feed, dialer)
}

/// The lab's client in memory, who is to see all events.
pub fn client(entry: &Entry) -> (Recorder, MemoryListener, JoinHandle<()>) {
    let (dialer, listener) = memory::network();
    let recorder = world::recorder(EVENTS, 1);
    let client = world::client(0, Dialer::Memory(dialer), &recorder);
    let task = tokio::spawn((entry.build)(&world::scenario()).follow(client));
    (recorder, listener, task)
}

/// Waits until the client has seen event `seq`.
pub async fn seen(recorder: &Recorder, seq: u64) {
    while recorder.cursor(0) < seq {
        tokio::task::yield_now().await;
    }
}

/// Lets both talk through a go-between who writes it down.
pub async fn record(entry: &Entry) -> Tape {
    let (feed, dialer) = server(entry);
    let (recorder, listener, task) = client(entry);
    let near = listener.accept().await.expect("the client dials");
    let far = dialer.dial().expect("the server listens");
    let mut between = Between { near, far };
    world::publish(&feed, 1);
    let mut opening = vec![];
    while recorder.cursor(0) < 1 {
        between.carry(&mut opening, false).await;
        pause().await;
    }
    let mut rounds = vec![];
    for seq in 2..=EVENTS {
        let mut steps = vec![];
        if entry.descriptor.law == Law::Push {
            world::publish(&feed, seq);
        } else {
            // The next one is published when the question is there, and before it is passed on: no answer is empty.
            let question = between.question().await;
            world::publish(&feed, seq);
            between.ask(&question).await;
            steps.push(Step {
                up: question,
                down: vec![],
            });
        }
        while recorder.cursor(0) < seq {
            between.carry(&mut steps, true).await;
        }
        let mut round = Step::default();
        for step in steps {
            round.up.extend(step.up);
            round.down.extend(step.down);
        }
        assert!(round.down.contains(&MARK), "an event came down");
        rounds.push(round);
    }
    task.abort();
    Tape { opening, rounds }
}

/// Lets the others go on.
async fn pause() {
    for _ in 0..4 {
        tokio::task::yield_now().await;
    }
}

struct Between {
    near: DuplexStream,
    far: DuplexStream,
}

impl Between {
    /// Passes on what either says, if one says something now. With `answers` the client is not listened to: what it
    /// asks next belongs to the next round.
    async fn carry(&mut self, steps: &mut Vec<Step>, answers: bool) {
        let (mut up, mut down) = ([0; 16 * 1024], [0; 16 * 1024]);
        tokio::select! {
            biased;
            count = self.far.read(&mut down) => {
                let told = &down[..count.expect("memory can be read")];
                assert!(!told.is_empty(), "the server goes on");
                if steps.is_empty() {
                    steps.push(Step::default());
                }
                if let Some(step) = steps.last_mut() {
                    step.down.extend_from_slice(told);
                }
                self.near.write_all(told).await.expect("the client is there");
            }
            count = self.near.read(&mut up), if !answers => {
                let said = &up[..count.expect("memory can be read")];
                assert!(!said.is_empty(), "the client goes on");
                match steps.last_mut() {
                    Some(step) if step.down.is_empty() => step.up.extend_from_slice(said),
                    _ => steps.push(Step { up: said.to_vec(), down: vec![] }),
                }
                self.far.write_all(said).await.expect("the server is there");
            }
            () = pause() => {}
        }
    }

    /// The client's next question, whole.
    async fn question(&mut self) -> Vec<u8> {
        let (mut question, mut piece) = (vec![], [0; 4096]);
        while !question.ends_with(b"\r\n\r\n") {
            let count = self
                .near
                .read(&mut piece)
                .await
                .expect("memory can be read");
            assert!(count > 0, "the client goes on");
            question.extend_from_slice(&piece[..count]);
        }
        question
    }

    async fn ask(&mut self, question: &[u8]) {
        self.far
            .write_all(question)
            .await
            .expect("the server is there");
    }
}
