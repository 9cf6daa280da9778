//! What is measured. Each prints one line of JSON.

use crate::control::Control;
use crate::message::now_ns;
use crate::opening::{Asks, Opening};
use crate::reader::Reader;
use crate::{capture, latency, process};
use clap::{Args, Subcommand, ValueEnum};
use pushlab::{os, transport};
use serde_json::{Value, json};
use std::io;
use std::net::Ipv4Addr;
use std::time::{Duration, Instant};

/// How long a server may be silent before it is given up.
const PATIENCE: Duration = Duration::from_secs(20);

#[derive(Args)]
pub struct Read {
    #[command(subcommand)]
    what: What,
}

#[derive(Args)]
struct Server {
    /// Where it listens, on 127.0.0.1.
    #[arg(long)]
    port: u16,
    /// Where it is told to publish.
    #[arg(long)]
    control: Option<u16>,
    /// Connections are opened as the lab's client of this transport does; otherwise with a plain word.
    #[arg(long)]
    via: Option<String>,
    /// Its process, for CPU time and memory.
    #[arg(long)]
    pid: Option<u32>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Answers {
    News,
    Empty,
}

#[derive(Subcommand)]
enum What {
    /// Deliveries per second: so many messages at once to all, the next once all have them.
    Fan {
        #[command(flatten)]
        server: Server,
        #[arg(long, default_value_t = 1000)]
        connections: usize,
        #[arg(long, default_value_t = 1)]
        window: u64,
        #[arg(long, default_value_t = 2.0)]
        seconds: f64,
        /// Instead of a time: exactly so many rounds, to count instructions.
        #[arg(long)]
        rounds: Option<u64>,
    },
    /// Latency from the planned instant: a message to all, so many times per second.
    Rate {
        #[command(flatten)]
        server: Server,
        #[arg(long, default_value_t = 1000)]
        connections: usize,
        #[arg(long, default_value_t = 10.0)]
        rate: f64,
        #[arg(long, default_value_t = 5.0)]
        seconds: f64,
    },
    /// Memory of the server per connection: once they stand, and once each has had a message.
    Idle {
        #[command(flatten)]
        server: Server,
        #[arg(long, default_value_t = 10_000)]
        connections: usize,
    },
    /// Requests per second, each connection asking the same again after each answer.
    Poll {
        #[command(flatten)]
        server: Server,
        #[arg(long, default_value_t = 64)]
        connections: usize,
        #[arg(long, value_enum, default_value = "news")]
        answers: Answers,
        #[arg(long, default_value_t = 2.0)]
        seconds: f64,
    },
}

pub fn run(read: &Read) -> io::Result<Value> {
    match &read.what {
        What::Fan {
            server,
            connections,
            window,
            seconds,
            rounds,
        } => fan(server, *connections, *window, span(*seconds), *rounds),
        What::Rate {
            server,
            connections,
            rate,
            seconds,
        } => self::rate(server, *connections, *rate, span(*seconds)),
        What::Idle {
            server,
            connections,
        } => idle(server, *connections),
        What::Poll {
            server,
            connections,
            answers,
            seconds,
        } => poll(server, *connections, *answers, span(*seconds)),
    }
}

fn span(seconds: f64) -> Duration {
    Duration::from_secs_f64(seconds.clamp(0.001, 3600.0))
}

impl Server {
    fn opening(&self) -> io::Result<Opening> {
        let Some(id) = &self.via else {
            return Ok(Opening::plain());
        };
        let known = |entry: &&transport::Entry| entry.descriptor.id == id;
        let entry = transport::ALL.iter().find(known);
        let entry = entry.ok_or_else(|| {
            let ids: Vec<_> = transport::ALL.iter().map(|e| e.descriptor.id).collect();
            io::Error::other(format!("--via is one of {}", ids.join(", ")))
        })?;
        Ok(capture::opening(entry))
    }

    fn control(&self) -> io::Result<Control> {
        let missing = || io::Error::other("--control says where the server is told to publish");
        Control::connect(self.control.ok_or_else(missing)?)
    }

    fn open(&self, opening: &Opening, connections: usize) -> io::Result<Reader> {
        let needed = connections as u64 + 100;
        if let Some(allowed) = os::ask_for_open_files(needed)
            && allowed < needed
        {
            return Err(io::Error::other(format!(
                "{needed} open files are needed, {allowed} allowed: see ulimit -n"
            )));
        }
        let address = (Ipv4Addr::LOCALHOST, self.port).into();
        let mut reader = Reader::open(address, opening, connections)?;
        reader.stand(PATIENCE)?;
        Ok(reader)
    }

    fn cpu_us(&self) -> Option<f64> {
        process::cpu_us(self.pid?)
    }

    fn resident_kib(&self) -> Option<f64> {
        process::resident_kib(self.pid?)
    }

    /// CPU time since `before_us` for each of so many things.
    fn cpu_us_each(&self, before_us: Option<f64>, things: u64) -> Option<f64> {
        Some((self.cpu_us()? - before_us?) / things.max(1) as f64)
    }
}

/// Publishes at once and waits until all of it is everywhere.
fn round(reader: &mut Reader, control: &mut Control, messages: u64) -> io::Result<()> {
    reader.expect(messages);
    control.publish(messages, now_ns())?;
    reader.finish(PATIENCE)?;
    control.settle()
}

fn fan(
    server: &Server,
    connections: usize,
    window: u64,
    span: Duration,
    rounds: Option<u64>,
) -> io::Result<Value> {
    let mut reader = server.open(&server.opening()?, connections)?;
    let mut control = server.control()?;
    let warm = Instant::now();
    while rounds.is_none() && warm.elapsed() < span / 5 {
        round(&mut reader, &mut control, window)?;
    }
    reader.reset();
    let cpu_us = server.cpu_us();
    let start = Instant::now();
    let mut done = 0;
    while rounds.map_or(start.elapsed() < span, |rounds| done < rounds) {
        round(&mut reader, &mut control, window)?;
        done += 1;
    }
    let seconds = start.elapsed().as_secs_f64();
    Ok(json!({
        "what": "fan",
        "connections": connections,
        "window": window,
        "deliveries": reader.messages,
        "per_second": reader.messages as f64 / seconds,
        "server_cpu_us": server.cpu_us_each(cpu_us, reader.messages),
        "bytes_each": reader.bytes as f64 / reader.messages as f64,
        "latency_p50_us": latency::us(&reader.latency, 0.5),
        "latency_p99_us": latency::us(&reader.latency, 0.99),
    }))
}

fn rate(server: &Server, connections: usize, rate: f64, span: Duration) -> io::Result<Value> {
    let mut reader = server.open(&server.opening()?, connections)?;
    let mut control = server.control()?;
    round(&mut reader, &mut control, 1)?;
    reader.reset();
    let gap_ns = (1e9 / rate.max(0.001)) as u64;
    let messages = (span.as_nanos() as u64 / gap_ns).max(1);
    let first_ns = now_ns() + 50_000_000;
    let cpu_us = server.cpu_us();
    reader.expect(messages);
    // On a thread of its own: planned instants do not wait for a reader that is busy.
    std::thread::scope(|scope| {
        let publishing = scope.spawn(move || {
            for message in 0..messages {
                let born_ns = first_ns + message * gap_ns;
                while let left @ 1.. = born_ns.saturating_sub(now_ns()) {
                    std::thread::sleep(Duration::from_nanos(left));
                }
                control.publish(1, born_ns)?;
                control.settle()?;
            }
            Ok::<_, io::Error>(())
        });
        reader.finish(PATIENCE)?;
        publishing.join().expect("publishing does not panic")
    })?;
    Ok(json!({
        "what": "rate",
        "connections": connections,
        "rate": rate,
        "deliveries": reader.messages,
        "server_cpu_us": server.cpu_us_each(cpu_us, reader.messages),
        "latency_p50_us": latency::us(&reader.latency, 0.5),
        "latency_p99_us": latency::us(&reader.latency, 0.99),
        "latency_max_us": reader.latency.max() as f64 / 1e3,
    }))
}

fn idle(server: &Server, connections: usize) -> io::Result<Value> {
    let opening = server.opening()?;
    let before_kib = server.resident_kib();
    let mut reader = server.open(&opening, connections)?;
    // Questions that are held get no answer to wait for: what they need is there by then.
    reader.read_for(Duration::from_secs(1))?;
    let each = |now_kib: Option<f64>| Some((now_kib? - before_kib?) / connections as f64);
    let standing_kib = each(server.resident_kib());
    round(&mut reader, &mut server.control()?, 1)?;
    reader.read_for(Duration::from_secs(1))?;
    Ok(json!({
        "what": "idle",
        "connections": connections,
        "before_kib": before_kib,
        "standing_kib_each": standing_kib,
        "served_kib_each": each(server.resident_kib()),
    }))
}

fn poll(
    server: &Server,
    connections: usize,
    answers: Answers,
    span: Duration,
) -> io::Result<Value> {
    let cursor = match answers {
        Answers::News => 0,
        Answers::Empty => 1,
    };
    let opening = server.opening()?.always(cursor);
    assert_eq!(opening.asks, Asks::Same);
    // Where there is a feed, it has one message. Who comes later finds it there.
    if server.control.is_some() {
        let mut control = server.control()?;
        control.publish(1, now_ns())?;
        control.settle()?;
    }
    let mut reader = server.open(&opening, connections)?;
    reader.read_for(span / 5)?;
    reader.reset();
    let cpu_us = server.cpu_us();
    let start = Instant::now();
    reader.read_for(span)?;
    let seconds = start.elapsed().as_secs_f64();
    let due = match answers {
        Answers::News => reader.answers,
        Answers::Empty => 0,
    };
    if reader.news != due || reader.answers == 0 {
        return Err(io::Error::other(format!(
            "{} of {} answers brought news, instead of {due}: start the server anew for each measurement",
            reader.news, reader.answers
        )));
    }
    Ok(json!({
        "what": "poll",
        "connections": connections,
        "answers": reader.answers,
        "news": reader.news,
        "per_second": reader.answers as f64 / seconds,
        "server_cpu_us": server.cpu_us_each(cpu_us, reader.answers),
        "bytes_each": reader.bytes as f64 / reader.answers as f64,
    }))
}
