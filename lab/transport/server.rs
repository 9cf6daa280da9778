//! The one HTTP server: one port, one feed, a door for each transport.

use super::{Answer, Descriptor, Transport, http};
use crate::clock::HyperTimer;
use crate::feed::Feed;
use crate::net::{Buffers, Listener, Wire};
use hyper::body::Incoming;
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

/// A connection's place among those a server allows. It travels with each request, so that a
/// transport that keeps the connection after an upgrade keeps the place too.
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
    pub feed: Feed,
    pub buffers: Buffers,
    /// Most connections at once; further ones wait to be accepted.
    pub connections: usize,
    /// How long a connection may take to send a request's head, from the end of the answer before.
    pub head_timeout: Option<Duration>,
}

impl Server {
    /// Accepts connections until the listener fails.
    pub async fn run(self, listener: Listener) -> io::Result<()> {
        let slots = Arc::new(Semaphore::new(self.connections));
        loop {
            let Ok(permit) = slots.clone().acquire_owned().await else {
                return Ok(());
            };
            let wire = match listener.accept().await {
                Ok(wire) => wire,
                // One connection that failed while being accepted is not the listener's end.
                Err(error) if error.kind() == io::ErrorKind::ConnectionAborted => continue,
                Err(error) => return Err(error),
            };
            let slot = Slot {
                buffers: self.buffers,
                permit: Arc::new(permit),
            };
            tokio::spawn(self.clone().connection(wire, slot));
        }
    }

    /// Serves one connection until it closes or is handed over by an upgrade.
    async fn connection(self, wire: Wire, slot: Slot) {
        let buffer = slot.buffers.http;
        let head_timeout = self.head_timeout;
        let service = service_fn(move |mut request: Request<Incoming>| {
            let server = self.clone();
            request.extensions_mut().insert(slot.clone());
            async move { Ok::<_, Infallible>(server.answer(request).await) }
        });
        let connection = http1::Builder::new()
            .timer(HyperTimer)
            .header_read_timeout(head_timeout)
            .title_case_headers(true)
            .auto_date_header(false) // our answers carry the date of our clock
            .max_buf_size(buffer)
            .max_headers(MOST_HEADERS)
            .serve_connection(TokioIo::new(wire), service)
            .with_upgrades();
        // Clients come and go; how a connection ended is theirs to know.
        let _ = connection.await;
    }

    /// Routes a request to the door with its path.
    async fn answer(&self, request: Request<Incoming>) -> Answer {
        let path = request.uri().path();
        let Some(door) = self.doors.iter().find(|door| door.path == path) else {
            let mut text = String::from("no such door; there are:\n");
            for door in self.doors.iter() {
                let _ = writeln!(text, "  {:<12} {}", door.path, door.descriptor.label);
            }
            return http::plain(StatusCode::NOT_FOUND, &text);
        };
        if request.method() != Method::GET {
            let mut answer =
                http::plain(StatusCode::METHOD_NOT_ALLOWED, "this door takes GET only\n");
            answer
                .headers_mut()
                .insert("allow", hyper::header::HeaderValue::from_static("GET"));
            return answer;
        }
        door.transport
            .clone()
            .serve(request, self.feed.clone())
            .await
    }
}
