//! The server's side of a loopback run, the same on a thread and in a process of its own: it listens, serves, and
//! publishes at the planned instants.

use super::gauge::{Gauge, Used};
use super::loopback::{GLANCE_NS, environment, runtime};
use super::{Prepared, RunError};
use crate::clock;
use crate::hub::Hub;
use crate::net::Listener;
use crate::net::delay_line::Delay;
use crate::transport::Entry;
use socket2::{Domain, Socket, Type};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use tokio::sync::oneshot;

/// Connections that may wait to be accepted; the system allows fewer where it must. Thousands of clients connect within
/// a second, and one that finds the queue full tries again only after a second.
const BACKLOG: i32 = 4096;

/// The end of a run that was asked for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cut {
    /// Events that were published until then.
    pub published: u64,
    pub at_ns: u64,
}

/// Listens on a free port of this machine alone.
pub(super) fn listen() -> Result<(TcpListener, SocketAddr), RunError> {
    let open = || {
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
        socket.bind(&SocketAddr::from((Ipv4Addr::LOCALHOST, 0)).into())?;
        socket.listen(BACKLOG)?;
        socket.set_nonblocking(true)?;
        let listener = TcpListener::from(socket);
        let address = listener.local_addr()?;
        Ok((listener, address))
    };
    open().map_err(environment("cannot listen on 127.0.0.1"))
}

/// Serves on this thread until it is told to stop; what that took.
pub(super) fn serve(
    prepared: &Prepared,
    entry: &Entry,
    hub: Hub,
    listener: TcpListener,
    gauge: &Gauge,
    stopped: oneshot::Receiver<()>,
) -> Result<Used, RunError> {
    let ended = runtime()?.block_on(async {
        let listener = tokio::net::TcpListener::from_std(listener)?;
        let listener = match prepared.delay_line {
            true => Listener::Delayed(listener, Delay::of(&prepared.scenario)),
            false => Listener::Tcp(listener),
        };
        tokio::select! {
            biased;
            // Never ends, and first: what ends at the end of the window comes after the reading there.
            () = gauge.watch(prepared) => Ok(()),
            _ = stopped => {
                gauge.close(prepared);
                Ok(())
            }
            () = hub.tick() => Ok(()),
            ended = prepared.server(entry, hub.clone()).run(listener) => ended,
        }
    });
    ended.map_err(environment("the server stopped"))?;
    Ok(gauge.used())
}

/// Publishes what the server has to say, each at its instant, and goes on until the end of the measured window, as people
/// may. On a thread of its own: a blocking sleep is far finer than the runtime's timers. Tells where it was if it was
/// `asked` to end before.
pub(super) fn publish(prepared: &Prepared, hub: &Hub, asked: impl Fn() -> bool) -> Option<Cut> {
    let scenario = &prepared.scenario;
    let cut = |published| {
        Some(Cut {
            published,
            at_ns: clock::now_ns(),
        })
    };
    for event in &prepared.events {
        if !sleep(scenario.published_ns(event.born_ns), &asked) {
            return cut(event.seq - 1);
        }
        hub.feed().publish(event.clone());
    }
    for announcement in prepared.announcements.iter() {
        if !sleep(scenario.published_ns(announcement.at_ns), &asked) {
            return cut(u64::MAX);
        }
        hub.announce(announcement.draft.clone(), announcement.at_ns);
    }
    match sleep(prepared.end_ns(), &asked) {
        true => None,
        false => cut(u64::MAX),
    }
}

/// Sleeps until an instant; false if the run was asked to end before.
fn sleep(until_ns: u64, asked: impl Fn() -> bool) -> bool {
    while clock::now_ns() < until_ns {
        if asked() {
            return false;
        }
        clock::block_until(until_ns.min(clock::now_ns() + GLANCE_NS));
    }
    true
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;
    use crate::clock::{Origin, S};
    use crate::{cpu, os, scenario, transport};

    #[test]
    fn who_is_told_to_end_at_the_end_of_the_window_reads_first() {
        let scenario = scenario::load("ticker").expect("shipped");
        let prepared = Prepared::new(scenario).expect("no file");
        let served = |began_ago_ns: u64| {
            let now_ns = Origin::ahead(0).monotonic_ns().expect("a clock");
            let origin = now_ns.checked_sub(began_ago_ns);
            let origin = origin
                .and_then(Origin::at_monotonic_ns)
                .expect("a machine that is up for long enough");
            origin.install();
            let gauge = Gauge::new(cpu::process_ns, os::resident_memory);
            let (stop, stopped) = oneshot::channel();
            stop.send(()).expect("a receiver");
            let (listener, _) = listen().expect("a port");
            let hub = prepared.feed();
            serve(
                &prepared,
                &transport::ALL[0],
                hub,
                listener,
                &gauge,
                stopped,
            )
            .expect("a server")
        };
        // Both ends of the window have come when the server first looks, and so has the word to stop.
        let used = served(prepared.end_ns() + S);
        assert!(used.memory_gained.is_some(), "{used:?}");
        // Told to end before, it has nothing to say of the end.
        let used = served(prepared.end_ns() - S);
        assert_eq!(used.memory_gained, None, "{used:?}");
    }
}
