//! A door that breaks one rule, around one that keeps them all.

use super::socket;
use http_body_util::{BodyExt, Either, StreamBody};
use hyper::Request;
use hyper::body::{Bytes, Frame, Incoming};
use pushlab::hub::Hub;
use pushlab::transport::{Answer, Client, Costs, Events, Task, Transport};
use std::sync::Arc;

/// The event that goes wrong, born soon after the check has begun, and the cursors around it.
const VICTIM: u64 = 30;
const BEFORE_VICTIM: &str = "29";
const AFTER_VICTIM: &str = "30";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// One event never comes.
    Drop,
    /// One event comes twice.
    Repeat,
    /// One event comes with another text.
    Alter,
    /// Every reader begins at the beginning.
    IgnoreCursor,
    /// A cursor that is none counts as 0.
    Lenient,
    /// Holds no question.
    Impatient,
}

pub struct Faulty {
    inner: Arc<dyn Transport>,
    fault: Fault,
}

impl Faulty {
    pub fn around(inner: Arc<dyn Transport>, fault: Fault) -> Arc<dyn Transport> {
        Arc::new(Self { inner, fault })
    }
}

impl Fault {
    /// What becomes of a line or block of text.
    pub fn applied(self, text: &str) -> String {
        if !text.contains(&format!("\"seq\":{VICTIM},")) {
            return text.to_owned();
        }
        match self {
            Fault::Drop => String::new(),
            Fault::Repeat => text.repeat(2),
            Fault::Alter => text.replace("\"t\":0", "\"t\":1"),
            _ => text.to_owned(),
        }
    }
}

impl Transport for Faulty {
    fn serve(self: Arc<Self>, mut request: Request<Incoming>, hub: Hub) -> Task<Answer> {
        let fault = self.fault;
        Box::pin(async move {
            if request.headers().contains_key("upgrade") {
                return socket::serve(request, hub.feed().clone(), fault);
            }
            rewrite(&mut request, fault);
            let (head, body) = self.inner.clone().serve(request, hub).await.into_parts();
            if !matches!(fault, Fault::Drop | Fault::Repeat | Fault::Alter) {
                return Answer::from_parts(head, body);
            }
            // A stream's pieces are whole blocks, a poll's answer is one piece of whole lines.
            let end = if head
                .headers
                .get("content-type")
                .is_some_and(|kind| kind == "text/event-stream")
            {
                "\n\n"
            } else {
                "\n"
            };
            let body = futures_util::stream::unfold(body, move |mut body| async move {
                let piece = body.frame().await?.ok()?.into_data().ok()?;
                let text = String::from_utf8_lossy(&piece).into_owned();
                let text: String = text
                    .split_inclusive(end)
                    .map(|text| fault.applied(text))
                    .collect();
                Some((Ok(Frame::data(Bytes::from(text))), body))
            });
            let mut answer =
                Answer::from_parts(head, Either::Right(StreamBody::new(body).boxed_unsync()));
            answer.headers_mut().remove("content-length");
            answer
        })
    }

    fn follow(self: Arc<Self>, client: Client) -> Task<()> {
        self.inner.clone().follow(client)
    }

    fn settings(&self) -> String {
        self.inner.settings()
    }

    fn costs(&self, events: &Events) -> Costs {
        self.inner.costs(events)
    }
}

/// Makes of a request what a door with this fault takes it for.
fn rewrite(request: &mut Request<Incoming>, fault: Fault) {
    let query = request.uri().query().unwrap_or_default();
    let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    let pairs = pairs.map(|(name, value)| {
        let good = !value.is_empty()
            && value.bytes().all(|byte| byte.is_ascii_digit())
            && value.len() < 20;
        let value = match (fault, name) {
            (Fault::IgnoreCursor, "since") if good => "0",
            (Fault::Impatient, "hold") if good => "0",
            // Nobody can tell what it never had: who waits for the victim waits for its successor.
            (Fault::Drop, "since") if value == BEFORE_VICTIM => AFTER_VICTIM,
            (Fault::Lenient, _) if !good => "0",
            _ => value,
        };
        format!("{name}={value}")
    });
    let query: Vec<_> = pairs.collect();
    let target = match query.is_empty() {
        true => request.uri().path().to_owned(),
        false => format!("{}?{}", request.uri().path(), query.join("&")),
    };
    *request.uri_mut() = target.parse().expect("a target");
    let forgets = match fault {
        Fault::IgnoreCursor => has_good_id(request),
        Fault::Lenient => !has_good_id(request),
        _ => false,
    };
    if forgets {
        request.headers_mut().remove("last-event-id");
    }
}

fn has_good_id(request: &Request<Incoming>) -> bool {
    let id = request.headers().get("last-event-id");
    id.is_some_and(|id| id.as_bytes().iter().all(u8::is_ascii_digit))
}
