//! The opening handshake of WebSocket as HTTP sees it (RFC 6455, 4): the question, the answer, and who may ask.

use super::Answer;
use super::heads::{HOST as LAB, Heads};
use super::http::{plain, whole_body};
use bytes::Bytes;
use hyper::header::{
    CONNECTION, HOST, HeaderMap, HeaderName, HeaderValue, ORIGIN, SEC_WEBSOCKET_ACCEPT,
    SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_VERSION, UPGRADE,
};
use hyper::{Method, Request, Response, StatusCode, Version};
use std::sync::Arc;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;

/// Which web pages may open a WebSocket. A browser lets any page do that to any server and only
/// says which page it was (RFC 6455, 10.2): the server has to refuse. Pages of the server's own
/// host may, and programs, which send no `Origin`; others only when listed here.
#[derive(Debug, Clone, Default)]
pub struct Origins(Arc<[String]>);

impl Origins {
    /// Also these, written as browsers send them: `https://example.org:8443`. `*` is everybody.
    pub fn allow(others: impl IntoIterator<Item = String>) -> Self {
        Self(others.into_iter().collect())
    }

    /// The refusal of an upgrade that a foreign page asks for, or of what it wants to publish. Other requests need
    /// none: without CORS headers the browser itself keeps their answers from foreign pages.
    pub(super) fn refusal<B>(&self, request: &Request<B>) -> Option<Answer> {
        let headers = request.headers();
        let upgrades = headers.contains_key(UPGRADE);
        let foreign = (upgrades || request.method() == Method::POST)
            && headers
                .get_all(ORIGIN)
                .iter()
                .any(|origin| !self.allows(origin.as_bytes(), headers.get(HOST)));
        foreign.then(|| {
            plain(
                StatusCode::FORBIDDEN,
                if upgrades {
                    "pages of this origin may not open a WebSocket here: see --allow-origin\n"
                } else {
                    "pages of this origin may not publish here\n"
                },
            )
        })
    }

    fn allows(&self, origin: &[u8], host: Option<&HeaderValue>) -> bool {
        let own = [&b"http://"[..], b"https://"]
            .iter()
            .filter_map(|scheme| origin.strip_prefix(*scheme))
            .any(|rest| host.is_some_and(|host| rest.eq_ignore_ascii_case(host.as_bytes())));
        let listed = |other: &String| other == "*" || origin.eq_ignore_ascii_case(other.as_bytes());
        own || self.0.iter().any(listed)
    }
}

/// The client's request. Its key need not be secret, only look like 16 bytes in base 64: made from the instant of
/// connecting, so that a simulated run has the same bytes each time.
pub(super) fn ask(path: &str, heads: &Heads, start_ns: u64) -> Request<()> {
    let mut request = Request::new(());
    *request.uri_mut() = format!("ws://{LAB}{path}").parse().unwrap_or_default();
    let key = format!("{start_ns:021}A==");
    *request.headers_mut() = heads.upgrade().clone();
    let lines = [
        (HOST, LAB),
        (CONNECTION, "Upgrade"),
        (UPGRADE, "websocket"),
        (SEC_WEBSOCKET_VERSION, "13"),
        (SEC_WEBSOCKET_KEY, &key),
    ];
    for (name, value) in lines {
        if let Ok(value) = HeaderValue::from_str(value) {
            request.headers_mut().insert(name, value);
        }
    }
    request
}

/// Checks an upgrade request: the 101 that accepts it, or the refusal.
pub(crate) fn accept<B>(request: &Request<B>) -> Result<Answer, Box<Answer>> {
    let headers = request.headers();
    if request.version() != Version::HTTP_11
        || !has_token(headers, UPGRADE, "websocket")
        || !has_token(headers, CONNECTION, "upgrade")
    {
        let text = "this door is for WebSocket: send an upgrade request\n";
        return Err(Box::new(upgrade_required(text, UPGRADE, "websocket")));
    }
    let version = headers.get(SEC_WEBSOCKET_VERSION);
    if version.map(HeaderValue::as_bytes) != Some(b"13") {
        let text = "only WebSocket version 13 is spoken here\n";
        return Err(Box::new(upgrade_required(
            text,
            SEC_WEBSOCKET_VERSION,
            "13",
        )));
    }
    let key = headers.get(SEC_WEBSOCKET_KEY).map(HeaderValue::as_bytes);
    let Some(key) = key.filter(|key| is_key(key)) else {
        let text = "Sec-WebSocket-Key is not 16 bytes in base64\n";
        return Err(Box::new(plain(StatusCode::BAD_REQUEST, text)));
    };
    let mut answer = Response::new(whole_body(Bytes::new()));
    *answer.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
    let headers = answer.headers_mut();
    headers.insert(CONNECTION, HeaderValue::from_static("Upgrade"));
    headers.insert(UPGRADE, HeaderValue::from_static("websocket"));
    if let Ok(accept) = HeaderValue::from_str(&derive_accept_key(key)) {
        headers.insert(SEC_WEBSOCKET_ACCEPT, accept);
    }
    Ok(answer)
}

fn upgrade_required(text: &str, name: HeaderName, value: &'static str) -> Answer {
    let mut answer = plain(StatusCode::UPGRADE_REQUIRED, text);
    let headers = answer.headers_mut();
    headers.insert(name, HeaderValue::from_static(value));
    answer
}

/// Whether a header's comma-separated list has this token.
fn has_token(headers: &HeaderMap, name: HeaderName, token: &str) -> bool {
    let lines = headers
        .get_all(name)
        .iter()
        .filter_map(|line| line.to_str().ok());
    lines
        .flat_map(|line| line.split(','))
        .any(|item| item.trim().eq_ignore_ascii_case(token))
}

/// 16 bytes in base64 are 22 characters and two of padding.
fn is_key(key: &[u8]) -> bool {
    let digit = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/');
    key.len() == 24 && key.ends_with(b"==") && key[..22].iter().all(digit)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(origins: &Origins, origin: &str) -> bool {
        let request = Request::builder()
            .header("upgrade", "websocket")
            .header("host", "127.0.0.1:8089")
            .header("origin", origin)
            .body(());
        origins.refusal(&request.unwrap()).is_some()
    }

    #[test]
    fn own_pages_and_listed_ones_may() {
        let origins = Origins::allow(["https://lab.example".to_owned()]);
        assert!(!refused(&origins, "http://127.0.0.1:8089"));
        assert!(!refused(&origins, "https://lab.example"));
        for foreign in [
            "http://127.0.0.1",
            "http://127.0.0.1:80890",
            "http://lab.example",
            "https://lab.example.org",
            "null",
            "",
        ] {
            assert!(refused(&origins, foreign), "{foreign:?}");
        }
        assert!(!refused(&Origins::allow(["*".to_owned()]), "null"));
    }

    #[test]
    fn a_key_is_sixteen_bytes() {
        assert!(is_key(b"dGhlIHNhbXBsZSBub25jZQ=="));
        for bad in [
            &b""[..],
            b"x",
            b"dGhlIHNhbXBsZSBub25jZQ=",
            b"dGhlIHNhbXBsZSBub25 ZQ==",
        ] {
            assert!(!is_key(bad));
        }
    }
}
