//! The floor of fan-out: what any server does that writes each message to each subscriber, and nothing else.
//!
//! One thread, which another one orders to publish. For each message and each subscriber one non-blocking `write` of
//! the same 100 bytes, in the order of coming. No framing, no queue per subscriber, no wake-up of tasks; TCP_NODELAY as
//! everywhere. A server that joins several messages of a backlog in one `write` can be faster.

use crate::message::message;
use mio::net::{TcpListener, TcpStream};
use mio::{Events, Interest, Poll, Token, Waker};
use std::io::{self, Read, Write};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;

const LISTENER: Token = Token(usize::MAX);
const WAKER: Token = Token(usize::MAX - 1);
/// What greets a subscriber, so that he knows that he stands.
const GREETING: &[u8] = b"welcome\n";

/// All subscribers, and the socket that they come to.
pub struct Floor {
    pub address: SocketAddr,
    poll: Poll,
    listener: TcpListener,
    subscribers: Vec<TcpStream>,
    seq: u64,
}

impl Floor {
    pub fn bind(address: SocketAddr) -> io::Result<Self> {
        let poll = Poll::new()?;
        let mut listener = TcpListener::bind(address)?;
        poll.registry()
            .register(&mut listener, LISTENER, Interest::READABLE)?;
        Ok(Self {
            address: listener.local_addr()?,
            poll,
            listener,
            subscribers: Vec::new(),
            seq: 0,
        })
    }

    /// Serves until all handles are gone.
    fn serve(mut self, orders: &Receiver<(u64, u64)>) -> io::Result<()> {
        let mut events = Events::with_capacity(1024);
        loop {
            match self.poll.poll(&mut events, None) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                outcome => outcome?,
            }
            for event in &events {
                match event.token() {
                    LISTENER => self.accept()?,
                    WAKER => {}
                    Token(number) => self.hear(number)?,
                }
            }
            loop {
                match orders.try_recv() {
                    Ok((messages, born_ns)) => self.publish(messages, born_ns)?,
                    Err(std::sync::mpsc::TryRecvError::Empty) => break,
                    Err(std::sync::mpsc::TryRecvError::Disconnected) => return Ok(()),
                }
            }
        }
    }

    fn accept(&mut self) -> io::Result<()> {
        loop {
            let mut stream = match self.listener.accept() {
                Ok((stream, _)) => stream,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(()),
                Err(error) => return Err(error),
            };
            stream.set_nodelay(true)?;
            self.poll.registry().register(
                &mut stream,
                Token(self.subscribers.len()),
                Interest::READABLE,
            )?;
            stream.write_all(GREETING)?;
            self.subscribers.push(stream);
        }
    }

    /// What a subscriber says is read and means nothing.
    fn hear(&mut self, number: usize) -> io::Result<()> {
        let mut said = [0; 4096];
        loop {
            match self.subscribers[number].read(&mut said) {
                Ok(4096) => {}
                // Gone subscribers are of no interest: a bench ends with them.
                Ok(_) | Err(_) => return Ok(()),
            }
        }
    }

    /// One write per message and subscriber.
    fn publish(&mut self, messages: u64, born_ns: u64) -> io::Result<()> {
        for _ in 0..messages {
            self.seq += 1;
            let message = message(self.seq, born_ns);
            for subscriber in &mut self.subscribers {
                match subscriber.write(&message) {
                    Ok(count) if count == message.len() => {}
                    Ok(_) => return Err(io::ErrorKind::WriteZero.into()),
                    // Whoever has left is written to in vain.
                    Err(error) if error.kind() != io::ErrorKind::WouldBlock => {}
                    // Readers of a bench keep up: more than a socket buffer never waits.
                    Err(error) => return Err(error),
                }
            }
        }
        Ok(())
    }
}

/// Tells the floor's thread to publish.
pub struct Orders {
    send: Sender<(u64, u64)>,
    waker: Arc<Waker>,
}

impl Orders {
    /// So many messages at once, planned for `born_ns`.
    pub fn publish(&self, messages: u64, born_ns: u64) {
        let sent = self.send.send((messages, born_ns));
        sent.expect("the floor's thread is alive");
        self.waker.wake().expect("an event counter takes a wake-up");
    }
}

/// The floor on a thread of its own. It ends when this is dropped.
pub struct OnThread {
    #[allow(dead_code, reason = "peers chose the port themselves")]
    pub address: SocketAddr,
    orders: Option<Orders>,
    thread: Option<JoinHandle<()>>,
}

impl OnThread {
    pub fn start(address: SocketAddr) -> io::Result<Self> {
        let floor = Floor::bind(address)?;
        let address = floor.address;
        let waker = Arc::new(Waker::new(floor.poll.registry(), WAKER)?);
        let (send, orders) = channel();
        let thread = std::thread::spawn(move || {
            floor.serve(&orders).expect("readers of the floor keep up");
        });
        Ok(Self {
            address,
            orders: Some(Orders { send, waker }),
            thread: Some(thread),
        })
    }

    /// What publishes from another thread.
    pub fn orders(&self) -> &Orders {
        self.orders.as_ref().expect("there until dropped")
    }
}

impl Drop for OnThread {
    fn drop(&mut self) {
        // The waker is kept until the thread has ended: closed before, it would take the wake-up with it.
        let waker = self.orders.take().map(|Orders { send, waker }| {
            drop(send);
            let _ = waker.wake(); // it looks, and ends if nobody else has orders
            waker
        });
        if let Some(Err(panic)) = self.thread.take().map(JoinHandle::join)
            && !std::thread::panicking()
        {
            std::panic::resume_unwind(panic);
        }
        drop(waker);
    }
}
