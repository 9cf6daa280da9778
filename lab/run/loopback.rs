//! A run over kernel sockets: server, clients and publisher do not share a thread, so that CPU time belongs to the
//! right side. Server and publisher are a process of their own where there is a program to start.

use super::gauge::{Gauge, Used};
use super::serving::{listen, publish, serve};
use super::stage::Stage;
use super::{Outcome, Prepared, RunError, follow, latest, limits, process};
use crate::clock::{self, MS, Origin, S};
use crate::cpu;
use crate::feed::Feed;
use crate::hub::Hub;
use crate::measure::recorder::Recorder;
use crate::measure::summary::{Load, Side};
use crate::net::loopback::{Meter, Reading};
use crate::net::{Dialer, Network};
use crate::scenario::Connection;
use crate::theory::Law;
use crate::transport::Entry;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, Scope, ScopedJoinHandle};
use tokio::runtime::Runtime;
use tokio::sync::oneshot;

/// Time to set both sides up before the run's zero.
pub(super) const LEAD_NS: u64 = 50 * MS;
/// How often a run looks whether it should end early.
pub(super) const GLANCE_NS: u64 = 50 * MS;
/// How long clients may take, beside a poll interval or a batch, to see what was published until then.
const CATCH_UP_NS: u64 = 2 * S;

/// A server that is up, wherever it is.
pub(super) trait Host: Sync {
    fn address(&self) -> SocketAddr;
    /// The run's zero, which server and clients share.
    fn origin(&self) -> Origin;
    /// Asks it to publish nothing more; the recorder is told what was published until then.
    fn cut(&self);
    /// Ends it; what it used, or why it is gone already.
    fn end(self) -> Result<Used, RunError>;
}

pub(super) fn run(prepared: &Prepared, entry: &Entry) -> Result<Outcome, RunError> {
    let program = prepared.server_program();
    limits::check(prepared, program.is_some())?;
    let recorder = prepared.recorder(latest(entry, &prepared.scenario));
    let stage = prepared.is_app().then(|| Stage::new(prepared, &recorder));
    let (reading, load) = match program {
        Some(program) => {
            let (server, gone) = process::Server::start(program, prepared, entry, &recorder)?;
            meet(prepared, entry, &recorder, None, server, gone)?
        }
        None => thread::scope(|scope| {
            let hub = match &stage {
                Some(stage) => stage.hub.clone(),
                None => prepared.feed(),
            };
            let (server, signs) = Threads::start(scope, prepared, entry, &recorder, hub)?;
            let stage = stage.as_ref().zip(Some(signs.announced));
            meet(prepared, entry, &recorder, stage, server, signs.gone)
        })?,
    };
    if let Some(stage) = &stage {
        stage.compare_states(prepared, &recorder);
    }
    let mut outcome = Outcome::new(
        prepared,
        entry,
        Network::Loopback,
        &recorder,
        reading.ledger,
        load,
    );
    if let Some(disagreement) = reading.disagreement {
        outcome.problem(disagreement);
    }
    outcome.segments_known = reading.segments_known;
    Ok(outcome)
}

/// Lets the clients follow a server that is up, and ends it.
fn meet(
    prepared: &Prepared,
    entry: &Entry,
    recorder: &Recorder,
    stage: Option<(&Stage, oneshot::Receiver<()>)>,
    server: impl Host,
    gone: oneshot::Receiver<()>,
) -> Result<(Reading, Load), RunError> {
    let followed = thread::scope(|scope| {
        let clients = || clients(prepared, entry, recorder, stage, &server, gone);
        joined(scope.spawn(clients))
    });
    // Whatever came of the clients, no server is left behind; and why it is gone explains the rest.
    let used = server.end()?;
    let (reading, clients) = followed?;
    // A client that connects for each question holds no connection: what the process gained is nothing of one.
    let scenario = &prepared.scenario;
    let holds =
        entry.descriptor.law == Law::Push || scenario.poll_connection == Connection::KeepAlive;
    let per_client = |bytes| bytes as f64 / f64::from(scenario.clients);
    let load = Load {
        server: used.side,
        clients,
        server_memory_bytes_per_connection: used.memory_gained.filter(|_| holds).map(per_client),
    };
    Ok((reading, load))
}

/// The clients' thread; the ledger, and its CPU time. Ends at once when the server is gone.
fn clients(
    prepared: &Prepared,
    entry: &Entry,
    recorder: &Recorder,
    stage: Option<(&Stage, oneshot::Receiver<()>)>,
    server: &impl Host,
    gone: oneshot::Receiver<()>,
) -> Result<(Reading, Side), RunError> {
    server.origin().install();
    let meter = Meter::default();
    let gauge = Gauge::new(cpu::thread_ns, || None);
    let reading = runtime()?.block_on(async {
        let dialer = |_| Dialer::Tcp {
            server: server.address(),
            meter: meter.clone(),
        };
        let (stage, announced) = stage.unzip();
        let cut = cut(prepared, recorder, server);
        let follow = follow(prepared, entry, recorder, stage, dialer, cut);
        let play = async {
            if let Some((stage, announced)) = stage.zip(announced) {
                stage
                    .play(prepared, async {
                        let _ = announced.await; // gone with the publisher, who then has nothing to say either
                    })
                    .await;
                stage.end(recorder);
            }
            std::future::pending().await
        };
        tokio::select! {
            biased;
            // Never ends, and first: what ends at the end of the window comes after the reading there.
            () = gauge.watch(prepared) => {}
            _ = gone => {}
            () = follow => {}
            () = play => {}
        }
        meter.read().await
    });
    Ok((reading, gauge.used().side))
}

/// Ends once a run that was asked to end early has nothing more to wait for.
async fn cut(prepared: &Prepared, recorder: &Recorder, server: &impl Host) {
    while !prepared.interrupt.asked() {
        clock::sleep(GLANCE_NS).await;
    }
    server.cut();
    // Clients that catch up do so within a poll; one that does not is named by the verification.
    let scenario = &prepared.scenario;
    let wait_ns = scenario.poll_every.max(scenario.batch_every).as_nanos();
    let limit_ns = clock::now_ns() + wait_ns + CATCH_UP_NS;
    while !recorder.cut_and_complete() && clock::now_ns() < limit_ns {
        clock::sleep(GLANCE_NS).await;
    }
}

/// The server as a thread, and the publisher as another.
struct Threads<'scope> {
    address: SocketAddr,
    origin: Origin,
    over: Arc<AtomicBool>,
    stop: oneshot::Sender<()>,
    server: ScopedJoinHandle<'scope, Result<Used, RunError>>,
}

/// What the threads let the clients know.
struct Signs {
    /// The server is gone.
    gone: oneshot::Receiver<()>,
    /// The server has said all that it had to say of its own.
    announced: oneshot::Receiver<()>,
}

impl<'scope> Threads<'scope> {
    fn start<'env>(
        scope: &'scope Scope<'scope, 'env>,
        prepared: &'env Prepared,
        entry: &'env Entry,
        recorder: &'env Recorder,
        hub: Hub,
    ) -> Result<(Self, Signs), RunError> {
        let (listener, address) = listen()?;
        let origin = Origin::ahead(LEAD_NS);
        let (stop, stopped) = oneshot::channel();
        let (leaves, gone) = oneshot::channel();
        let (announces, announced) = oneshot::channel();
        let over = Arc::new(AtomicBool::new(false));
        let server = scope.spawn({
            let hub = hub.clone();
            move || {
                origin.install();
                let _leaves: oneshot::Sender<()> = leaves; // dropped at the end, however that comes
                // The memory is that of both sides.
                let gauge = Gauge::new(cpu::thread_ns, || None);
                serve(prepared, entry, hub, listener, &gauge, stopped)
            }
        });
        scope.spawn({
            let over = over.clone();
            move || {
                origin.install();
                let asked = || prepared.interrupt.asked() || over.load(Ordering::Relaxed);
                if let Some(cut) = publish(prepared, &hub, asked) {
                    recorder.cut(cut.published, cut.at_ns);
                }
                let _ = announces.send(()); // clients that have given up need not be told
            }
        });
        let threads = Self {
            address,
            origin,
            over,
            stop,
            server,
        };
        Ok((threads, Signs { gone, announced }))
    }
}

impl Host for Threads<'_> {
    fn address(&self) -> SocketAddr {
        self.address
    }

    fn origin(&self) -> Origin {
        self.origin
    }

    /// The publisher looks for itself whether it is asked to end.
    fn cut(&self) {}

    fn end(self) -> Result<Used, RunError> {
        let _ = self.stop.send(()); // a server that has failed is gone already
        self.over.store(true, Ordering::Relaxed);
        joined(self.server)
    }
}

impl Prepared {
    /// The ticker's feed before anything is published.
    pub(super) fn feed(&self) -> Hub {
        Hub::of(Feed::new(self.events.len().max(1)))
    }
}

pub(super) fn runtime() -> Result<Runtime, RunError> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(environment("cannot start an asynchronous runtime"))
}

fn joined<T>(thread: ScopedJoinHandle<'_, Result<T, RunError>>) -> Result<T, RunError> {
    thread
        .join()
        .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

pub(super) fn environment(what: &'static str) -> impl Fn(std::io::Error) -> RunError {
    move |error| RunError::Environment(format!("{what}: {error}"))
}
