//! A run over kernel sockets: the server, the clients and the publisher on threads of their own, so
//! that CPU time belongs to the right side.

use super::stage::Stage;
use super::{Outcome, Prepared, RunError, follow, latest};
use crate::clock::{self, MS, Origin, S};
use crate::cpu;
use crate::feed::Feed;
use crate::hub::Hub;
use crate::measure::recorder::Recorder;
use crate::measure::summary::{Load, Side};
use crate::net::delay_line::Delay;
use crate::net::loopback::{Meter, Reading, open_files};
use crate::net::{Dialer, Listener, Network};
use crate::transport::Entry;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::thread::{self, ScopedJoinHandle};
use tokio::runtime::Runtime;
use tokio::sync::oneshot;

/// Time to set the threads up before the run's zero.
const LEAD_NS: u64 = 50 * MS;
/// How often a run looks whether it should end early.
const GLANCE_NS: u64 = 50 * MS;
/// How long clients may take, beside a poll interval or a batch, to see what was published until then.
const CATCH_UP_NS: u64 = 2 * S;
/// Descriptors that a run needs beside two per client.
const SPARE_DESCRIPTORS: u64 = 64;

pub(super) fn run(prepared: &Prepared, entry: &Entry) -> Result<Outcome, RunError> {
    enough_descriptors(prepared.scenario.clients)?;
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .map_err(environment("cannot listen on 127.0.0.1"))?;
    listener
        .set_nonblocking(true)
        .map_err(environment("cannot use the listening socket"))?;
    let server = listener
        .local_addr()
        .map_err(environment("cannot use the listening socket"))?;
    let recorder = prepared.recorder(latest(entry, &prepared.scenario));
    let stage = prepared.is_app().then(|| Stage::new(prepared, &recorder));
    let hub = match &stage {
        Some(stage) => stage.hub.clone(),
        None => Hub::of(Feed::new(prepared.events.len().max(1))),
    };
    let (announced, all_announced) = oneshot::channel();
    let origin = Origin::ahead(LEAD_NS);
    let (stop, stopped) = oneshot::channel();
    let (reading, cpu) = thread::scope(|scope| {
        let server_side = scope.spawn({
            let hub = hub.clone();
            move || serve(prepared, entry, hub, listener, origin, stopped)
        });
        scope.spawn(|| {
            publish(prepared, &recorder, &hub, origin);
            let _ = announced.send(()); // clients that have given up need not be told
        });
        let (stage, recorder) = (stage.as_ref(), &recorder);
        let clients_side = scope.spawn(move || {
            let played = async {
                let _ = all_announced.await;
            };
            clients(
                prepared,
                entry,
                recorder,
                stage.zip(Some(played)),
                server,
                origin,
            )
        });
        let (reading, client_ns) = joined(clients_side)?;
        let _ = stop.send(()); // a server that has failed is gone already
        let server_ns = joined(server_side)?;
        Ok((
            reading,
            Load {
                server: side(server_ns),
                clients: side(client_ns),
                server_memory_bytes_per_connection: None,
            },
        ))
    })?;
    if let Some(stage) = &stage {
        stage.compare_states(prepared, &recorder);
    }
    let mut outcome = Outcome::new(
        prepared,
        entry,
        Network::Loopback,
        &recorder,
        reading.ledger,
        cpu,
    );
    if let Some(disagreement) = reading.disagreement {
        outcome.problem(disagreement);
    }
    outcome.segments_known = reading.segments_known;
    Ok(outcome)
}

/// The server's thread; its CPU time.
fn serve(
    prepared: &Prepared,
    entry: &Entry,
    hub: Hub,
    listener: TcpListener,
    origin: Origin,
    stopped: oneshot::Receiver<()>,
) -> Result<Option<u64>, RunError> {
    origin.install();
    let ended = runtime()?.block_on(async {
        let listener = tokio::net::TcpListener::from_std(listener)?;
        let listener = match prepared.delay_line {
            true => Listener::Delayed(listener, Delay::of(&prepared.scenario)),
            false => Listener::Tcp(listener),
        };
        tokio::select! {
            biased;
            _ = stopped => Ok(()),
            () = hub.tick() => Ok(()),
            ended = prepared.server(entry, hub.clone()).run(listener) => ended,
        }
    });
    ended.map_err(environment("the server stopped"))?;
    Ok(cpu::thread_ns())
}

/// The clients' thread; the ledger, and its CPU time.
fn clients(
    prepared: &Prepared,
    entry: &Entry,
    recorder: &Recorder,
    stage: Option<(&Stage, impl Future<Output = ()>)>,
    server: SocketAddr,
    origin: Origin,
) -> Result<(Reading, Option<u64>), RunError> {
    origin.install();
    let meter = Meter::default();
    let reading = runtime()?.block_on(async {
        let dialer = |_| Dialer::Tcp {
            server,
            meter: meter.clone(),
        };
        let (stage, announced) = stage.unzip();
        let cut = cut(prepared, recorder);
        let follow = follow(prepared, entry, recorder, stage, dialer, cut);
        let play = async {
            if let Some((stage, announced)) = stage.zip(announced) {
                stage.play(prepared, announced).await;
                stage.end(recorder);
            }
            std::future::pending().await
        };
        tokio::select! {
            biased;
            () = follow => {}
            () = play => {}
        }
        meter.read().await
    });
    Ok((reading, cpu::thread_ns()))
}

/// The publisher's thread: a blocking sleep is far finer than the runtime's timers.
fn publish(prepared: &Prepared, recorder: &Recorder, hub: &Hub, origin: Origin) {
    origin.install();
    let scenario = &prepared.scenario;
    for event in &prepared.events {
        if !sleep(prepared, scenario.published_ns(event.born_ns)) {
            return recorder.cut(event.seq - 1, clock::now_ns());
        }
        hub.feed().publish(event.clone());
    }
    for announcement in prepared.announcements.iter() {
        if !sleep(prepared, scenario.published_ns(announcement.at_ns)) {
            break;
        }
        hub.announce(announcement.draft.clone(), announcement.at_ns);
    }
    // People may go on when the server has nothing more to say.
    if prepared.is_app() && !sleep(prepared, prepared.end_ns()) {
        recorder.cut(u64::MAX, clock::now_ns());
    }
}

/// Sleeps until an instant; false if the run was asked to end before.
fn sleep(prepared: &Prepared, until_ns: u64) -> bool {
    while clock::now_ns() < until_ns {
        if prepared.interrupt.asked() {
            return false;
        }
        clock::block_until(until_ns.min(clock::now_ns() + GLANCE_NS));
    }
    true
}

/// Ends once a run that was asked to end early has nothing more to wait for.
async fn cut(prepared: &Prepared, recorder: &Recorder) {
    while !prepared.interrupt.asked() {
        clock::sleep(GLANCE_NS).await;
    }
    // Clients that catch up do so within a poll; one that does not is named by the verification.
    let scenario = &prepared.scenario;
    let wait_ns = scenario.poll_every.max(scenario.batch_every).as_nanos();
    let limit_ns = clock::now_ns() + wait_ns + CATCH_UP_NS;
    while !recorder.cut_and_complete() && clock::now_ns() < limit_ns {
        clock::sleep(GLANCE_NS).await;
    }
}

fn side(cpu_ns: Option<u64>) -> Side {
    Side {
        cpu_ns,
        share: None,
    }
}

fn runtime() -> Result<Runtime, RunError> {
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

fn environment(what: &'static str) -> impl Fn(std::io::Error) -> RunError {
    move |error| RunError::Environment(format!("{what}: {error}"))
}

/// Each connection has two ends in this process.
fn enough_descriptors(clients: u32) -> Result<(), RunError> {
    let needed = 2 * u64::from(clients) + SPARE_DESCRIPTORS;
    match open_files() {
        Some(allowed) if allowed < needed => Err(RunError::Environment(format!(
            "{clients} clients need {needed} open files, this shell allows {allowed}: \
             run `ulimit -n {needed}` first, or use fewer --clients"
        ))),
        _ => Ok(()),
    }
}
