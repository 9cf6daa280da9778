//! What a run over kernel sockets needs of this machine, asked for and checked before anything starts: one that runs
//! out of something half-way measures that and not the transports.

use super::RunError;
use crate::os;
use crate::scenario::Scenario;

/// Descriptors that a process needs beside its ends of the connections.
const SPARE_FILES: u64 = 64;
/// Memory that a client takes on both sides together, sockets in the kernel included, bytes: about twice what was
/// measured with ten thousand clients of the most expensive transport.
const MEMORY_PER_CLIENT: u64 = 128 << 10;
/// Memory beside, bytes: both programs, the events, the report.
const SPARE_MEMORY: u64 = 128 << 20;

/// What there is of each; nothing where the system does not tell.
struct Granted {
    open_files: Option<u64>,
    ports: Option<u64>,
    memory: Option<u64>,
}

/// Asks for as many open files as are needed, and checks that this machine is large enough; `apart` if the server is a
/// process of its own.
pub(super) fn check(scenario: &Scenario, apart: bool) -> Result<(), RunError> {
    let granted = Granted {
        open_files: os::ask_for_open_files(open_files(scenario, apart)),
        ports: os::ports(),
        memory: os::available_memory(),
    };
    fits(scenario, apart, &granted).map_err(RunError::Environment)
}

/// How many files a process of a run opens: each connection has two ends, which are in one process or in two.
pub(super) fn open_files(scenario: &Scenario, apart: bool) -> u64 {
    let ends = if apart { 1 } else { 2 };
    ends * u64::from(scenario.clients) + SPARE_FILES
}

fn fits(scenario: &Scenario, apart: bool, granted: &Granted) -> Result<(), String> {
    let clients = u64::from(scenario.clients);
    let files = open_files(scenario, apart);
    if let Some(allowed) = granted.open_files.filter(|allowed| *allowed < files) {
        return Err(format!(
            "{clients} clients need {files} open files, this shell allows {allowed}: \
             run `ulimit -n {files}` first, or use fewer --clients"
        ));
    }
    if let Some(ports) = granted.ports.filter(|ports| *ports < clients) {
        return Err(format!(
            "{clients} clients need as many ports, this machine gives {ports} to outgoing connections: widen \
             net.ipv4.ip_local_port_range (`sudo sysctl -w net.ipv4.ip_local_port_range='1024 65535'`), or use at most \
             --clients {ports}"
        ));
    }
    let memory = clients * MEMORY_PER_CLIENT + SPARE_MEMORY;
    if let Some(free) = granted.memory.filter(|free| *free < memory) {
        let megabytes = |bytes: u64| bytes >> 20;
        let room = free.saturating_sub(SPARE_MEMORY) / MEMORY_PER_CLIENT;
        let remedy = match room {
            0 => "end other programs first".to_owned(),
            _ => format!("use at most --clients {room}, or end other programs first"),
        };
        return Err(format!(
            "{clients} clients need about {} MB of memory, {} MB are free: {remedy}",
            megabytes(memory),
            megabytes(free)
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(clients: u32, apart: bool, granted: Granted) -> String {
        let scenario = Scenario {
            clients,
            ..crate::scenario::load("ticker").expect("shipped")
        };
        fits(&scenario, apart, &granted).err().unwrap_or_default()
    }

    fn plenty() -> Granted {
        Granted {
            open_files: Some(1 << 20),
            ports: Some(28_232),
            memory: Some(64 << 30),
        }
    }

    #[test]
    fn what_is_short_is_named_with_a_remedy() {
        let files = |open_files| Granted {
            open_files: Some(open_files),
            ..plenty()
        };
        assert_eq!(told(10_000, true, files(10_064)), "");
        let message = told(10_000, true, files(10_063));
        assert!(message.contains("need 10064 open files"), "{message}");
        assert!(message.contains("`ulimit -n 10064`"), "{message}");
        // Both ends in one process.
        assert_eq!(told(10_000, false, files(20_064)), "");
        assert!(told(10_000, false, files(20_063)).contains("`ulimit -n 20064`"));

        assert_eq!(told(28_232, true, plenty()), "");
        let message = told(28_233, true, plenty());
        assert!(message.contains("at most --clients 28232"), "{message}");

        let memory = |bytes| Granted {
            memory: Some(bytes),
            ..plenty()
        };
        let enough = SPARE_MEMORY + 1_000 * MEMORY_PER_CLIENT;
        assert_eq!(told(1_000, true, memory(enough)), "");
        let message = told(1_001, true, memory(enough));
        assert!(message.contains("at most --clients 1000,"), "{message}");
        let message = told(1, true, memory(0));
        assert!(message.contains("0 MB are free: end other"), "{message}");
    }

    #[test]
    fn where_the_system_does_not_tell_nothing_is_refused() {
        let silent = Granted {
            open_files: None,
            ports: None,
            memory: None,
        };
        assert_eq!(told(100_000, true, silent), "");
    }
}
