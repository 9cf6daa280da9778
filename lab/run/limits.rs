//! What a run over kernel sockets needs of this machine, asked for and checked before anything starts: one that runs
//! out of something half-way measures that and not the transports.

use super::{Prepared, RunError};
use crate::os;
use crate::scenario::{App, Scenario, Size, spaced};

/// Descriptors that a process needs beside its ends of the connections.
const SPARE_FILES: u64 = 64;
/// Memory that a connection takes on both sides together, sockets in the kernel included, bytes: about twice what was
/// measured with ten thousand clients of the most expensive transport.
const MEMORY_PER_CONNECTION: u64 = 128 << 10;
/// Memory that an event takes in each process beside its text, bytes: a little more than measured with 300,000 of them.
const MEMORY_PER_EVENT: u64 = 512;
/// Memory beside, bytes: both programs, the report.
const SPARE_MEMORY: u64 = 128 << 20;

/// What there is of each; nothing where the system does not tell.
#[derive(Clone, Copy)]
struct Granted {
    open_files: Option<u64>,
    ports: Option<u64>,
    memory: Option<u64>,
}

/// What a run needs.
#[derive(Clone, Copy)]
struct Needs {
    clients: u64,
    /// Connections of each client.
    each: u64,
    /// Ends of a connection in one process.
    ends: u64,
    /// Memory for the events, which does not depend on the clients, bytes.
    events: u64,
}

impl Needs {
    /// Of an application the events are not known before, and not counted.
    fn of(prepared: &Prepared, apart: bool) -> Self {
        let texts = prepared
            .events
            .iter()
            .map(|event| event.payload.len() as u64);
        let texts: u64 = texts.sum();
        let copies = if apart { 2 } else { 1 };
        Self {
            clients: u64::from(prepared.scenario.clients),
            each: connections_per_client(&prepared.scenario),
            ends: ends(apart),
            events: copies * (prepared.events.len() as u64 * MEMORY_PER_EVENT + texts),
        }
    }

    fn files(&self) -> u64 {
        self.clients * self.each * self.ends + SPARE_FILES
    }

    fn ports(&self) -> u64 {
        self.clients * self.each
    }

    fn memory(&self) -> u64 {
        self.clients * self.each * MEMORY_PER_CONNECTION + self.events + SPARE_MEMORY
    }
}

/// Asks for as many open files as are needed, and checks that this machine is large enough; `apart` if the server is a
/// process of its own.
pub(super) fn check(prepared: &Prepared, apart: bool) -> Result<(), RunError> {
    let needs = Needs::of(prepared, apart);
    let granted = Granted {
        open_files: os::ask_for_open_files(needs.files()),
        ports: os::ports(),
        memory: os::available_memory(),
    };
    fits(&needs, &granted)
}

/// How many files a process of a run opens: each connection has two ends, which are in one process or in two.
pub(super) fn open_files(scenario: &Scenario, apart: bool) -> u64 {
    let connections = u64::from(scenario.clients) * connections_per_client(scenario);
    connections * ends(apart) + SPARE_FILES
}

/// Most connections that a client keeps: people publish over another one, unless what they read from carries both ways.
fn connections_per_client(scenario: &Scenario) -> u64 {
    match scenario.app {
        App::Ticker => 1,
        _ => 2,
    }
}

fn ends(apart: bool) -> u64 {
    if apart { 1 } else { 2 }
}

fn fits(needs: &Needs, granted: &Granted) -> Result<(), RunError> {
    let Needs { clients, .. } = *needs;
    let too_large = |needs, remedy| Err(RunError::TooLarge { needs, remedy });
    // The largest number of clients for which there is enough, as advice; nothing if there is none.
    let fewer = |room: u64| match room {
        0 => String::new(),
        _ => format!("use at most --clients {room}, or "),
    };
    let files = needs.files();
    if let Some(allowed) = granted.open_files.filter(|allowed| *allowed < files) {
        let room = allowed.saturating_sub(SPARE_FILES) / (needs.each * needs.ends);
        // What a program may ask for by itself it has asked for.
        return too_large(
            format!(
                "{clients} clients need {files} open files, and this shell's hard limit (`ulimit -Hn`) is {allowed}"
            ),
            format!(
                "{}have root raise it (on Linux `sudo prlimit --pid $$ --nofile={files}` for this shell, \
                 /etc/security/limits.conf for everyone, `--ulimit nofile={files}` for a container)",
                fewer(room)
            ),
        );
    }
    let wanted = needs.ports();
    if let Some(ports) = granted.ports.filter(|ports| *ports < wanted) {
        return too_large(
            format!(
                "{clients} clients need {wanted} ports, and this machine gives {ports} to outgoing connections"
            ),
            format!(
                "{}widen net.ipv4.ip_local_port_range (`sudo sysctl -w net.ipv4.ip_local_port_range='1024 65535'`)",
                fewer(ports / needs.each)
            ),
        );
    }
    let memory = needs.memory();
    if let Some(free) = granted.memory.filter(|free| *free < memory) {
        let room = free.saturating_sub(SPARE_MEMORY + needs.events);
        return too_large(
            format!(
                "{clients} clients need about {} of memory, and {} are free",
                megabytes(memory.next_multiple_of(MEGABYTE)),
                megabytes(free)
            ),
            format!(
                "{}end other programs first",
                fewer(room / (needs.each * MEMORY_PER_CONNECTION))
            ),
        );
    }
    Ok(())
}

const MEGABYTE: u64 = 1_000_000;

/// In whole megabytes, `1.31 GB`: nobody counts memory more closely.
fn megabytes(bytes: u64) -> String {
    match bytes / MEGABYTE {
        0 => "0 MB".into(),
        whole => spaced(&Size::from_bytes(whole * MEGABYTE).to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(needs: Needs, granted: Granted) -> String {
        let error = fits(&needs, &granted).err();
        error.map_or_else(String::new, |error| error.to_string())
    }

    /// Readers of a feed; the server is a process of its own.
    fn readers(clients: u64) -> Needs {
        Needs {
            clients,
            each: 1,
            ends: 1,
            events: 0,
        }
    }

    /// People; the server is a thread.
    fn people(clients: u64) -> Needs {
        Needs {
            clients,
            each: 2,
            ends: 2,
            events: 0,
        }
    }

    const PLENTY: Granted = Granted {
        open_files: Some(1 << 20),
        ports: Some(28_232),
        memory: Some(64 << 30),
    };

    fn files(open_files: u64) -> Granted {
        Granted {
            open_files: Some(open_files),
            ..PLENTY
        }
    }

    fn memory(bytes: u64) -> Granted {
        Granted {
            memory: Some(bytes),
            ..PLENTY
        }
    }

    #[test]
    fn what_is_short_is_named_with_a_remedy() {
        assert_eq!(told(readers(10_000), files(10_064)), "");
        let message = told(readers(10_000), files(10_063));
        for words in [
            "10000 clients need 10064 open files, and this shell's hard limit (`ulimit -Hn`) is 10063: ",
            ": use at most --clients 9999, or have root raise it",
            "--nofile=10064",
        ] {
            assert!(message.contains(words), "{message}");
        }
        let message = told(readers(1), files(64));
        assert!(message.contains("is 64: have root raise it"), "{message}");

        assert_eq!(told(readers(28_232), PLENTY), "");
        let message = told(readers(28_233), PLENTY);
        assert!(message.contains("at most --clients 28232,"), "{message}");

        let enough = memory(SPARE_MEMORY + 1_000 * MEMORY_PER_CONNECTION);
        assert_eq!(told(readers(1_000), enough), "");
        let message = told(readers(1_001), enough);
        assert!(message.contains("at most --clients 1000,"), "{message}");
        // 1,001 x 131,072 + 134,217,728 bytes, and one connection less.
        let amounts = "about 266 MB of memory, and 265 MB are free";
        assert!(message.contains(amounts), "{message}");
        let message = told(readers(1), memory(0));
        assert!(message.contains("0 MB are free: end other"), "{message}");
        let message = told(readers(10_000), memory(0));
        assert!(message.contains("about 1.445 GB of"), "{message}");
    }

    #[test]
    fn people_have_two_connections_and_a_thread_has_both_ends() {
        assert_eq!(told(people(1_000), files(4_064)), "");
        let message = told(people(1_000), files(4_063));
        assert!(message.contains("need 4064 open files"), "{message}");
        assert!(message.contains("at most --clients 999,"), "{message}");

        assert_eq!(told(people(14_116), PLENTY), "");
        let message = told(people(14_117), PLENTY);
        assert!(message.contains("need 28234 ports"), "{message}");
        assert!(message.contains("at most --clients 14116,"), "{message}");

        let enough = memory(SPARE_MEMORY + 1_000 * MEMORY_PER_CONNECTION);
        assert_eq!(told(people(500), enough), "");
        assert!(told(people(501), enough).contains("at most --clients 500,"));
    }

    #[test]
    fn a_scenario_says_what_it_needs() {
        let needs = |name: &str, apart| {
            let scenario = crate::scenario::load(name).expect("shipped");
            Needs::of(&Prepared::new(scenario).expect("no file"), apart)
        };
        let alone = needs("ticker", true);
        assert_eq!((alone.each, alone.ends), (1, 1));
        let both = needs("ticker", false);
        assert_eq!((both.each, both.ends), (1, 2));
        assert!(both.events > 0);
        assert_eq!(alone.events, 2 * both.events);
        let chat = needs("chat", false);
        assert_eq!((chat.each, chat.ends), (2, 2));
        let scenario = crate::scenario::load("chat").expect("shipped");
        assert_eq!(open_files(&scenario, false), chat.files());
    }

    #[test]
    fn events_need_memory_too() {
        let many = Needs {
            events: 1 << 30,
            ..readers(1)
        };
        let short = memory(SPARE_MEMORY + MEMORY_PER_CONNECTION);
        assert_eq!(told(readers(1), short), "");
        let message = told(many, short);
        assert!(
            message.ends_with("are free: end other programs first"),
            "{message}"
        );
    }

    #[test]
    fn where_the_system_does_not_tell_nothing_is_refused() {
        let silent = Granted {
            open_files: None,
            ports: None,
            memory: None,
        };
        assert_eq!(told(people(100_000), silent), "");
    }
}
