//! The floor of polling: hyper as it is, on one thread, with one fixed answer to everything.
//!
//! The answer has the headers and the size of the lab's own: 100 bytes and a line end, or nothing.

use crate::message::message;
use bytes::Bytes;
use http_body_util::Full;
use hyper::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Response, StatusCode};
use hyper_util::rt::TokioIo;
use std::convert::Infallible;
use std::io;
use tokio::net::TcpListener;

/// Which fixed answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Fixed {
    /// 200 with one message in a line.
    News,
    /// 204.
    Empty,
}

/// Answers for ever; has to run in a `LocalSet` or on a current-thread runtime.
pub async fn serve(listener: TcpListener, fixed: Fixed) -> io::Result<()> {
    let mut line = message(1, 0).to_vec();
    line.push(b'\n');
    let line = Bytes::from(line);
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        let line = line.clone();
        let service = service_fn(move |_| {
            let answer = answer(fixed, &line);
            async move { Ok::<_, Infallible>(answer) }
        });
        tokio::spawn(async move {
            // Clients come and go.
            let _ = http1::Builder::new()
                .serve_connection(TokioIo::new(stream), service)
                .await;
        });
    }
}

/// hyper itself adds Date and Content-Length.
fn answer(fixed: Fixed, line: &Bytes) -> Response<Full<Bytes>> {
    if fixed == Fixed::Empty {
        let mut answer = Response::new(Full::default());
        *answer.status_mut() = StatusCode::NO_CONTENT;
        return answer;
    }
    let mut answer = Response::new(Full::new(line.clone()));
    let headers = answer.headers_mut();
    headers.insert(
        CONTENT_TYPE,
        HeaderValue::from_static("application/x-ndjson"),
    );
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    answer
}
