//! Servers as processes. Each ends with its standard input, so that none outlives who started it.

use crate::{bare_hyper, control, floor, lab_server, runtime::runtime};
use pushlab::transport;
use std::io::{self, Read};
use std::net::{Ipv4Addr, SocketAddr};
use tokio::net::{TcpListener, TcpSocket};

/// Connections that may wait to be accepted.
const BACKLOG: u32 = 4096;

pub fn floor(port: u16, control: u16) -> io::Result<()> {
    end_with_input();
    let floor = floor::OnThread::start(at(port))?;
    let orders = floor.orders();
    runtime().block_on(async {
        let listener = listen(control)?;
        control::obey(listener, |order| orders.publish(order.count, order.born_ns)).await
    })
}

pub fn lab(port: u16, control: u16, connections: usize) -> io::Result<()> {
    end_with_input();
    runtime().block_on(async {
        let (bound, mut publisher) = lab_server::bind_to(at(port), transport::ALL, connections)?;
        tokio::spawn(bound.serve());
        let listener = listen(control)?;
        control::obey(listener, |order| {
            publisher.publish(order.count, order.born_ns);
        })
        .await
    })
}

pub fn bare_hyper(port: u16, answer: bare_hyper::Fixed) -> io::Result<()> {
    end_with_input();
    runtime().block_on(async { bare_hyper::serve(listen(port)?, answer).await })
}

fn at(port: u16) -> SocketAddr {
    (Ipv4Addr::LOCALHOST, port).into()
}

fn listen(port: u16) -> io::Result<TcpListener> {
    let socket = TcpSocket::new_v4()?;
    socket.set_reuseaddr(true)?;
    socket.bind(at(port))?;
    socket.listen(BACKLOG)
}

fn end_with_input() {
    std::thread::spawn(|| {
        let _ = io::copy(&mut io::stdin().lock().take(u64::MAX), &mut io::sink());
        std::process::exit(0);
    });
}
