//! How a server process is told to publish: `GET /publish?count=8&born=NS` over HTTP, answered without a body.
//! The same for all servers, whatever they are written in.

use crate::message::now_ns;
use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

const END: &[u8] = b"\r\n\r\n";
const DONE: &[u8] = b"HTTP/1.1 204 No Content\r\n\r\n";
/// How long a server may take to answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// What is to be published.
pub struct Order {
    pub count: u64,
    /// The instant that the messages are planned for.
    pub born_ns: u64,
}

/// Obeys one connection after the other, for ever.
pub async fn obey(listener: TcpListener, mut publish: impl FnMut(Order)) -> io::Result<()> {
    loop {
        let (mut stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        let mut text = Vec::new();
        while let Ok(count) = stream.read_buf(&mut text).await
            && count > 0
        {
            while let Some(end) = memchr::memmem::find(&text, END) {
                publish(order(&text[..end]));
                text.drain(..end + END.len());
                if stream.write_all(DONE).await.is_err() {
                    break;
                }
            }
        }
    }
}

fn order(head: &[u8]) -> Order {
    let head = String::from_utf8_lossy(head);
    let target = head.split(' ').nth(1).unwrap_or_default();
    let query = target.split_once('?').map_or("", |(_, query)| query);
    let number = |name: &str| {
        let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        let value = pairs.find(|(key, _)| *key == name)?.1;
        value.parse().ok()
    };
    Order {
        count: number("count").unwrap_or(1),
        born_ns: number("born").unwrap_or_else(now_ns),
    }
}

/// The other side: tells a server.
pub struct Control {
    stream: TcpStream,
    text: Vec<u8>,
}

impl Control {
    pub fn connect(port: u16) -> io::Result<Self> {
        let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        Ok(Self {
            stream,
            text: Vec::new(),
        })
    }

    /// Has so many messages published at once, planned for `born_ns`. [`settle`](Self::settle) has to follow.
    pub fn publish(&mut self, count: u64, born_ns: u64) -> io::Result<()> {
        let question = format!(
            "GET /publish?count={count}&born={born_ns} HTTP/1.1\r\nHost: localhost\r\n\r\n"
        );
        self.stream.write_all(question.as_bytes())
    }

    /// Reads the answer.
    pub fn settle(&mut self) -> io::Result<()> {
        let mut buffer = [0; 4096];
        loop {
            if let Some(end) = memchr::memmem::find(&self.text, END) {
                let fine = self.text.starts_with(b"HTTP/1.1 20");
                self.text.drain(..end + END.len());
                return if fine {
                    Ok(())
                } else {
                    Err(io::Error::other(
                        "the server did not take the order to publish",
                    ))
                };
            }
            match self.stream.read(&mut buffer)? {
                0 => return Err(io::Error::other("the server closed the control connection")),
                count => self.text.extend_from_slice(&buffer[..count]),
            }
        }
    }
}
