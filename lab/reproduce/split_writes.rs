//! E10: Nagle's algorithm, delayed acknowledgements, and messages written in two pieces.

use super::plots::{axis, names, variant};
use super::{Context, Measured, Reading, Study};
use crate::clock::{self, MS};
use crate::measure::Marker;
use crate::measure::plot::{Plot, Quantity};
use crate::run::RunError;
use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

pub const STUDY: Study = Study {
    id: "E10",
    title: "Does Nagle delay every push by 40 ms?",
    question: "A message is written in one piece or in two, with Nagle's algorithm or TCP_NODELAY. When is it late?",
    claim: "\"Nagle delays every push by 40 ms\" (folklore). Linux delays acknowledgements by 40 to 200 ms (Linux, \
            include/net/tcp.h).",
    set_up: "Kernel sockets on 127.0.0.1, nothing else in between. Answers of 160 bytes written as head and body. Pushes \
             of 64 bytes written in one piece, or as header and payload, to a client that only listens and to one that \
             sends 8 bytes after each. Medians of at least 55 exchanges.",
    formula: "Nagle holds the second piece until the first is acknowledged; a peer that has just sent something itself \
              waits 40 ms before it acknowledges, hoping to have more to send",
    folklore: &[(
        "Nagle delays every push by 40 ms",
        "not a message written at once, and not a stream to a client that only listens; only messages written in pieces \
         on a connection where both sides talk",
    )],
    real_sockets: true,
    run,
};

/// How messages travel: id, and in words.
pub const PATTERNS: [(&str, &str); 5] = [
    ("answer", "answer in two writes"),
    ("push-1-silent", "push in one write, client silent"),
    ("push-1-talks", "push in one write, client answers"),
    ("push-2-silent", "push in two writes, client silent"),
    ("push-2-talks", "push in two writes, client answers"),
];
/// With Nagle's algorithm and without it.
pub const MODES: [(&str, bool); 2] = [("nagle", false), ("nodelay", true)];

/// The id of a figure.
pub fn of(pattern: &str, mode: &str) -> String {
    format!("{pattern}/{mode}")
}

/// Exchanges where each is late, and where none is.
const LATE: usize = 55;
const PROMPT: usize = 101;
/// Between two pushes: longer than any delay that is looked for, and short.
const LATE_EVERY_NS: u64 = 50 * MS;
const PROMPT_EVERY_NS: u64 = 3 * MS;
/// How long a read may take before the system is taken for broken.
const PATIENCE: Duration = Duration::from_secs(2);
const REQUEST: [u8; 100] = [b'q'; 100];
const HEAD: [u8; 140] = [b'h'; 140];
const BODY: [u8; 20] = [b'b'; 20];
/// A push: a header of 4 bytes, then the instant and filler.
const HEADER: usize = 4;
const PUSH: usize = 64;
const REPLY: [u8; 8] = [b'r'; 8];

fn run(_: &Context) -> Result<Measured, RunError> {
    let mut measured = Measured::default();
    let late = |id: &str, nodelay: bool| !nodelay && matches!(id, "answer" | "push-2-talks");
    let mut all = Vec::new();
    for (id, _) in PATTERNS {
        for (mode, nodelay) in MODES {
            all.push((id, mode, nodelay));
        }
    }
    // Those that mostly wait do so together; the others must not disturb each other.
    let (waiting, prompt): (Vec<_>, Vec<_>) = all
        .into_iter()
        .partition(|&(id, _, nodelay)| late(id, nodelay));
    let readings: Vec<_> = thread::scope(|scope| {
        let started: Vec<_> = waiting
            .iter()
            .map(|&(id, mode, nodelay)| {
                let thread = scope.spawn(move || median(id, nodelay, LATE, LATE_EVERY_NS));
                (id, mode, thread)
            })
            .collect();
        let crashed = |_| Err("an exchange crashed".to_owned());
        let joined = started
            .into_iter()
            .map(|(id, mode, thread)| (id, mode, thread.join().unwrap_or_else(crashed)));
        joined.collect()
    });
    for (id, mode, reading) in readings {
        measured.put(of(id, mode), reading);
    }
    for (id, mode, nodelay) in prompt {
        let reading = median(id, nodelay, PROMPT, PROMPT_EVERY_NS);
        measured.put(of(id, mode), reading);
    }
    measured.finding = finding(&measured);
    measured.plot = Some(plot(&measured));
    measured.notes.push(format!(
        "Measured on this machine's kernel ({}); the exact delays are its own. Linux gives 35 to 60 ms where Nagle and a \
         delayed acknowledgement meet.",
        std::env::consts::OS
    ));
    Ok(measured)
}

/// The median time of a pattern, microseconds.
fn median(id: &str, nodelay: bool, count: usize, every_ns: u64) -> Reading {
    let times = match id {
        "answer" => answers(nodelay, count),
        _ => {
            let pieces = if id.starts_with("push-2") { 2 } else { 1 };
            pushes(nodelay, pieces, id.ends_with("talks"), count, every_ns)
        }
    };
    let mut times = times.map_err(|error| format!("sockets on 127.0.0.1: {error}"))?;
    times.sort_unstable();
    let middle = times.get(times.len() / 2);
    middle
        .map(|&ns| ns as f64 / 1e3)
        .ok_or_else(|| "no exchange was made".to_owned())
}

/// Both ends of a connection: the server's and the client's.
fn connected(nodelay: bool) -> io::Result<(TcpStream, TcpStream)> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let client = TcpStream::connect(listener.local_addr()?)?;
    let (server, _) = listener.accept()?;
    for end in [&server, &client] {
        end.set_nodelay(nodelay)?;
        end.set_read_timeout(Some(PATIENCE))?;
    }
    Ok((server, client))
}

/// From a question to the last byte of its answer, nanoseconds each.
fn answers(nodelay: bool, count: usize) -> io::Result<Vec<u64>> {
    let (mut server, mut client) = connected(nodelay)?;
    let serving = thread::spawn(move || -> io::Result<()> {
        let mut request = REQUEST;
        for _ in 0..count {
            server.read_exact(&mut request)?;
            server.write_all(&HEAD)?;
            server.write_all(&BODY)?;
        }
        Ok(())
    });
    let mut answer = [0; HEAD.len() + BODY.len()];
    let mut times = Vec::with_capacity(count);
    for _ in 0..count {
        let asked_ns = clock::now_ns();
        client.write_all(&REQUEST)?;
        client.read_exact(&mut answer)?;
        times.push(clock::now_ns() - asked_ns);
    }
    ended(serving)?;
    Ok(times)
}

/// From before a push is written to its last byte at the client, nanoseconds each.
fn pushes(
    nodelay: bool,
    pieces: usize,
    talks: bool,
    count: usize,
    every_ns: u64,
) -> io::Result<Vec<u64>> {
    let (mut server, mut client) = connected(nodelay)?;
    let pushing = thread::spawn(move || -> io::Result<()> {
        let mut reply = REPLY;
        let mut next_ns = clock::now_ns();
        for _ in 0..count {
            next_ns = clock::now_ns().max(next_ns + every_ns);
            clock::block_until(next_ns);
            let mut push = [b'p'; PUSH];
            push[HEADER..HEADER + 8].copy_from_slice(&clock::now_ns().to_le_bytes());
            if pieces == 2 {
                server.write_all(&push[..HEADER])?;
                server.write_all(&push[HEADER..])?;
            } else {
                server.write_all(&push)?;
            }
            if talks {
                server.read_exact(&mut reply)?;
            }
        }
        Ok(())
    });
    let mut times = Vec::with_capacity(count);
    for _ in 0..count {
        let mut push = [0; PUSH];
        client.read_exact(&mut push)?;
        let seen_ns = clock::now_ns();
        let mut written = [0; 8];
        written.copy_from_slice(&push[HEADER..HEADER + 8]);
        times.push(seen_ns.saturating_sub(u64::from_le_bytes(written)));
        if talks {
            client.write_all(&REPLY)?;
        }
    }
    ended(pushing)?;
    Ok(times)
}

fn ended(thread: thread::JoinHandle<io::Result<()>>) -> io::Result<()> {
    let crashed = |_| Err(io::Error::other("the other side crashed"));
    thread.join().unwrap_or_else(crashed)
}

fn finding(measured: &Measured) -> String {
    let time = |pattern, mode| measured.text(&of(pattern, mode), Quantity::Time);
    format!(
        "An answer written in two pieces takes {} with Nagle's algorithm and {} without. A push takes {} in one piece, {} \
         in two to a silent client, and {} in two to a client that answers; with TCP_NODELAY the last one takes {}.",
        time("answer", "nagle"),
        time("answer", "nodelay"),
        time("push-1-silent", "nagle"),
        time("push-2-silent", "nagle"),
        time("push-2-talks", "nagle"),
        time("push-2-talks", "nodelay"),
    )
}

fn plot(measured: &Measured) -> Plot {
    let points = |mode: &str| -> Vec<(f64, Option<f64>)> {
        let at =
            |(place, (id, _)): (usize, (&str, &str))| (place as f64, measured.get(&of(id, mode)));
        PATTERNS.into_iter().enumerate().map(at).collect()
    };
    let alt = format!(
        "Dot chart of the median time of a message, by how it is written, with Nagle's algorithm and with TCP_NODELAY. {}",
        measured.finding
    );
    Plot {
        id: "e10".into(),
        title: "How late is a message, by how it is written?".into(),
        reading: "Median time to the last byte, kernel sockets on 127.0.0.1".into(),
        alt,
        x: names(
            "an answer in two writes; pushes in one or two, client silent or answering",
            [
                "answer in two",
                "one, silent",
                "one, answered",
                "two, silent",
                "two, answered",
            ],
        ),
        y: axis("time to the last byte", Quantity::Time, true),
        series: vec![
            variant(
                "Nagle's algorithm",
                "#D55E00",
                Marker::Triangle,
                points("nagle"),
                Vec::new(),
            ),
            variant(
                "TCP_NODELAY",
                "#0072B2",
                Marker::Circle,
                points("nodelay"),
                Vec::new(),
            ),
        ],
        marks: Vec::new(),
    }
}
