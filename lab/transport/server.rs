//! The one HTTP server: one port, one feed, a door for each transport.

pub use super::upgrade::Origins;

use super::http::at_once;
use super::patient::Patient;
use super::{Answer, Descriptor, Task, Transport, http, post};
use crate::clock;
use crate::clock::HyperTimer;
use crate::hub::Hub;
use crate::net::{Buffers, Listener, Wire};
use hyper::body::{Body, Incoming};
use hyper::header::{ALLOW, HeaderValue, RETRY_AFTER, UPGRADE};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, StatusCode};
use hyper_util::rt::TokioIo;
use std::convert::Infallible;
use std::fmt::Write;
use std::io;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Most header lines in a request.
const MOST_HEADERS: usize = 64;
/// Longest path and query of a request, bytes.
const LONGEST_TARGET: usize = 4 << 10;
/// How many connections beyond a server's limit are told so at once; further ones are just closed.
const MOST_REFUSALS: usize = 64;
/// How long the listener rests when the system has no more descriptors or memory for it.
const REST_NS: u64 = 100 * clock::MS;

/// A door: a transport behind its path.
#[derive(Clone)]
pub struct Door {
    pub descriptor: &'static Descriptor,
    /// Where it is; the descriptor's path unless a scenario's literal headers say otherwise.
    pub path: String,
    pub transport: Arc<dyn Transport>,
}

impl Door {
    /// A transport at its place.
    pub fn new(descriptor: &'static Descriptor, transport: Arc<dyn Transport>) -> Self {
        let path = transport.moved_to().unwrap_or(descriptor.path).to_owned();
        Self {
            descriptor,
            path,
            transport,
        }
    }
}

/// A connection's place among those a server allows. It travels with the request for an upgrade, so that a
/// transport that keeps the connection keeps the place too.
#[derive(Debug, Clone)]
pub struct Slot {
    /// Buffer sizes of the connection.
    pub buffers: Buffers,
    #[expect(dead_code, reason = "held, not read")]
    permit: Arc<OwnedSemaphorePermit>,
}

/// What a server serves and within which limits.
#[derive(Clone)]
pub struct Server {
    pub doors: Arc<[Door]>,
    pub hub: Hub,
    pub buffers: Buffers,
    /// Most connections at once; further ones are answered with 503.
    pub connections: usize,
    /// How long a connection may take to send a request's head, from the end of the answer before;
    /// also how long it may take nothing of what is sent to it.
    pub head_timeout: Option<Duration>,
}

impl Server {
    /// Accepts connections until the listener fails. Foreign pages may not open WebSockets.
    pub async fn run(self, listener: Listener) -> io::Result<()> {
        self.run_for(listener, Origins::default()).await
    }

    /// The same, with these origins' pages allowed.
    pub async fn run_for(self, listener: Listener, origins: Origins) -> io::Result<()> {
        let slots = Arc::new(Semaphore::new(self.connections));
        let refusals = Arc::new(Semaphore::new(MOST_REFUSALS));
        loop {
            let wire = match listener.accept().await {
                Ok(wire) => wire,
                // One connection that failed while being accepted is not the listener's end.
                Err(error) if error.kind() == io::ErrorKind::ConnectionAborted => continue,
                // Connections hold all there is: those that end give some back.
                Err(error) if is_shortage(&error) => {
                    clock::sleep(REST_NS).await;
                    continue;
                }
                Err(error) => return Err(error),
            };
            let place = match slots.clone().try_acquire_owned() {
                Ok(permit) => Place::Served(Slot {
                    buffers: self.buffers,
                    permit: Arc::new(permit),
                }),
                Err(_) => match refusals.clone().try_acquire_owned() {
                    Ok(permit) => Place::Refused(permit),
                    Err(_) => continue,
                },
            };
            let server = self.clone();
            tokio::spawn(server.connection(wire, place, origins.clone()));
        }
    }

    /// Serves one connection until it closes or is handed over by an upgrade.
    async fn connection(self, wire: Wire, place: Place, origins: Origins) {
        let buffer = self.buffers.http;
        let head_timeout = self.head_timeout;
        let place = Arc::new(place);
        let service = service_fn(move |mut request: Request<Incoming>| {
            // What a question needs until it is routed is let go before its answer is waited for: an
            // answer that is held, or a stream, keeps little.
            let answer = match &*place {
                Place::Refused(_) => at_once(overcrowded()),
                Place::Served(slot) => {
                    // Only after an upgrade is there anything of a request that outlives its connection.
                    if request.headers().contains_key(UPGRADE) {
                        request.extensions_mut().insert(slot.clone());
                    }
                    self.answer(request, &origins)
                }
            };
            async { Ok::<_, Infallible>(answer.await) }
        });
        let connection = http1::Builder::new()
            .timer(HyperTimer)
            .header_read_timeout(head_timeout)
            .title_case_headers(true)
            .auto_date_header(false) // our answers carry the date of our clock
            .max_buf_size(buffer)
            .max_headers(MOST_HEADERS)
            .serve_connection(TokioIo::new(Patient::new(wire, head_timeout)), service)
            .with_upgrades();
        // Clients come and go; how a connection ended is theirs to know.
        let _ = connection.await;
    }

    /// Routes a request to the door with its path.
    fn answer(&self, request: Request<Incoming>, origins: &Origins) -> Task<Answer> {
        let target = request.uri().path_and_query();
        if target.is_some_and(|target| target.as_str().len() > LONGEST_TARGET) {
            let text = "the path and query are longer than 4096 bytes\n";
            return at_once(http::plain(StatusCode::URI_TOO_LONG, text));
        }
        let path = request.uri().path();
        if path == post::PUBLISH {
            return match origins.refusal(&request) {
                Some(refusal) => at_once(refusal),
                None => {
                    let hub = self.hub.clone();
                    Box::pin(async move { post::publish(request, &hub).await })
                }
            };
        }
        let snapshot = path == post::SNAPSHOT;
        let door = self.doors.iter().find(|door| door.path == path);
        if door.is_none() && !snapshot {
            let mut text = String::from("no such door; there are:\n");
            for door in self.doors.iter() {
                let _ = writeln!(text, "  {:<12} {}", door.path, door.descriptor.label);
            }
            return at_once(http::plain(StatusCode::NOT_FOUND, &text));
        }
        if request.method() != Method::GET {
            let text = "this door takes GET only\n";
            let mut answer = http::plain(StatusCode::METHOD_NOT_ALLOWED, text);
            let headers = answer.headers_mut();
            headers.insert(ALLOW, HeaderValue::from_static("GET"));
            return at_once(answer);
        }
        if !request.body().is_end_stream() {
            let text = "this door takes no body\n";
            return at_once(http::last(http::plain(StatusCode::PAYLOAD_TOO_LARGE, text)));
        }
        if let Some(refusal) = origins.refusal(&request) {
            return at_once(refusal);
        }
        match door {
            Some(door) => door.transport.clone().serve(request, self.hub.clone()),
            None => at_once(post::snapshot(&request, &self.hub)),
        }
    }
}

/// A connection's place: among those that are served, or among the few that are told why not.
enum Place {
    Served(Slot),
    Refused(#[expect(dead_code, reason = "held, not read")] OwnedSemaphorePermit),
}

/// The answer to a connection too many.
fn overcrowded() -> Answer {
    let text = "too many connections: come back later\n";
    let mut answer = http::last(http::plain(StatusCode::SERVICE_UNAVAILABLE, text));
    let headers = answer.headers_mut();
    headers.insert(RETRY_AFTER, HeaderValue::from_static("5"));
    answer
}

/// Whether the system is out of something that closing connections gives back.
fn is_shortage(error: &io::Error) -> bool {
    #[cfg(unix)]
    let known = [libc::EMFILE, libc::ENFILE, libc::ENOBUFS, libc::ENOMEM];
    #[cfg(not(unix))]
    let known = [10_024, 10_055]; // WSAEMFILE, WSAENOBUFS
    error
        .raw_os_error()
        .is_some_and(|code| known.contains(&code))
}
