//! The server process's side: serves as it is told by the run that started it, and ends with it.

use super::words::{Answer, Fault, Heard, Order, Word, hear, say};
use crate::clock::Origin;
use crate::cpu;
use crate::os;
use crate::run::gauge::{Gauge, Used};
use crate::run::serving::{listen, publish, serve};
use crate::run::{Interrupt, Prepared, RunError, limits};
use crate::transport::{self, Entry};
use std::io::{self, BufRead, BufReader};
use std::process::exit;
use std::thread;
use tokio::sync::oneshot;

/// The exit code of a process whose run is gone: nobody is left to read it.
const ORPHANED: i32 = 3;

/// Serves a run as the lines on standard input ask for, and answers on standard output.
pub fn serve_parent() -> Result<(), RunError> {
    os::take_small_pages();
    let mut words = BufReader::new(io::stdin());
    let Heard::Said(order) = hear::<Order>(&mut words) else {
        return Err(RunError::Environment(
            "a server process is started by `pushlab run --network loopback`, and not by hand: \
             `pushlab serve` serves whoever comes"
                .into(),
        ));
    };
    let answer = match serve_order(order, words) {
        Ok(used) => Answer::Ended {
            cpu_ns: used.side.cpu_ns,
            cpu_share: used.side.share,
            memory_gained_bytes: used.memory_gained,
        },
        Err(error) => Answer::Failed {
            fault: Fault::of(&error),
            message: error.to_string(),
        },
    };
    answered(&answer);
    Ok(())
}

fn serve_order(order: Order, mut words: impl BufRead + Send + 'static) -> Result<Used, RunError> {
    let entry = entry(&order.transport)?;
    os::ask_for_open_files(limits::open_files(&order.scenario, true));
    let prepared = Prepared {
        delay_line: order.delay_line,
        buffer_factor: order.buffer_factor,
        ..Prepared::new(order.scenario)?
    };
    let hub = prepared.feed();
    let (listener, address) = listen()?;
    let gauge = Gauge::new(cpu::process_ns, os::resident_memory);
    answered(&Answer::Ready {
        port: address.port(),
    });
    let Heard::Said(Word::Start { origin_ns }) = hear(&mut words) else {
        exit(ORPHANED);
    };
    let origin = Origin::at_monotonic_ns(origin_ns).ok_or_else(|| {
        RunError::Internal("the clock of another process means nothing here".into())
    })?;
    origin.install();
    let (stop, stopped) = oneshot::channel();
    thread::spawn({
        let interrupt = prepared.interrupt.clone();
        move || heed(words, &interrupt, stop)
    });
    thread::scope(|scope| {
        scope.spawn(|| {
            origin.install();
            if let Some(cut) = publish(&prepared, &hub, || prepared.interrupt.asked()) {
                answered(&Answer::Cut {
                    published: cut.published,
                    at_ns: cut.at_ns,
                });
            }
        });
        let used = serve(&prepared, entry, hub.clone(), listener, &gauge, stopped);
        // However serving ended: the publisher is not to be waited for.
        prepared.interrupt.ask();
        used
    })
}

fn entry(id: &str) -> Result<&'static Entry, RunError> {
    let found = transport::ALL
        .iter()
        .find(|entry| entry.descriptor.id == id);
    found.ok_or_else(|| RunError::Environment(format!("this program has no transport {id}")))
}

/// Does what the run says. When it says nothing more it is gone, and so is this process, whatever it is doing.
fn heed(mut words: impl BufRead, interrupt: &Interrupt, stop: oneshot::Sender<()>) {
    loop {
        match hear(&mut words) {
            Heard::Said(Word::Cut {}) => interrupt.ask(),
            Heard::Said(Word::Stop {}) => break,
            Heard::Said(Word::Start { .. }) => {}
            Heard::Nonsense(_) | Heard::End => exit(ORPHANED),
        }
    }
    let _ = stop.send(()); // a server that has failed says so itself
    // Whatever still goes on, it does not go on without the run.
    while !matches!(hear::<Word>(&mut words), Heard::End) {}
    exit(ORPHANED);
}

/// Says something to the run; without it there is nothing left to do.
fn answered(answer: &Answer) {
    if say(&mut io::stdout().lock(), answer).is_err() {
        exit(ORPHANED);
    }
}
