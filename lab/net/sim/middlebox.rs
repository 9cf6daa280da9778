//! A box on the way that ends connections: the proxy or address translator at the client's end of the line.

use super::network::Network;
use super::with;
use crate::clock;

/// When the box forgets connections. By default it never does.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Middlebox {
    /// All of them at each of these instants, which rise.
    pub cuts_ns: Vec<u64>,
    /// Each one over which no data has passed for this long, either way.
    pub idle_ns: Option<u64>,
}

impl Middlebox {
    /// Does its work until it is aborted, or until nothing is left for it to do. Belongs into a simulated run.
    pub async fn work(self) {
        let cuts = async {
            for at_ns in self.cuts_ns {
                clock::sleep_until(at_ns).await;
                with(Network::cut_all);
            }
        };
        let idle = async {
            let Some(idle_ns) = self.idle_ns.filter(|&idle_ns| idle_ns > 0) else {
                return;
            };
            loop {
                let next_ns = with(|network| network.cut_idle(clock::now_ns(), idle_ns)).0;
                clock::sleep_until(next_ns).await;
            }
        };
        tokio::join!(biased; cuts, idle);
    }
}

impl Network {
    /// Resets every open connection.
    fn cut_all(&mut self) {
        for id in 0..self.connections.len() as u32 {
            self.cut(id);
        }
    }

    /// Resets what was silent for `idle_ns`; when to look again.
    fn cut_idle(&mut self, now_ns: u64, idle_ns: u64) -> u64 {
        let mut next_ns = now_ns + idle_ns;
        for id in 0..self.connections.len() as u32 {
            let connection = &mut self.connections[id as usize];
            if !connection.open() {
                continue;
            }
            match connection.passed_ns + idle_ns {
                due_ns if due_ns <= now_ns => self.cut(id),
                due_ns => next_ns = next_ns.min(due_ns),
            }
        }
        next_ns
    }
}

#[cfg(test)]
mod tests {
    use super::Middlebox;
    use crate::clock::{self, MS, S, US};
    use crate::net::sim::{LinkConfig, SimConfig, SocketBuffers, accept, dial, run};
    use std::io::ErrorKind;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    /// A server that says something every `every_ns` on a line of 50 ms; when each side
    /// found the connection reset, microseconds.
    fn resets(middlebox: Middlebox, every_ns: u64) -> Option<(u64, u64)> {
        let link = LinkConfig {
            delay_ns: 50 * MS,
            jitter_ns: 0,
            bits_per_second: 1_000_000_000_000,
            queue_bytes: 100_000,
            loss_ppm: 0,
            outages_ns: vec![],
        };
        let config = SimConfig {
            outages_of: vec![],
            clients: 1,
            down: link.clone(),
            up: link,
            seed: 1,
            buffers: SocketBuffers {
                down: 8_192,
                up: 8_192,
            },
            first_port: 40_000,
            taps: Vec::new(),
        };
        let main = async move {
            let middlebox = tokio::spawn(middlebox.work());
            let server = tokio::spawn(async move {
                let mut wire = accept().await;
                let mut buffer = [0; 16];
                loop {
                    tokio::select! {
                        biased;
                        read = wire.read(&mut buffer) => return read.map_err(|e| (e.kind(), clock::now_ns())),
                        () = clock::sleep(every_ns) => wire.write_all(b"still here").await.expect("a write"),
                    }
                }
            });
            let mut wire = dial(0).await.expect("a connection");
            let mut buffer = [0; 1_024];
            let client = async {
                loop {
                    if let Err(error) = wire.read(&mut buffer).await {
                        return (error.kind(), clock::now_ns());
                    }
                }
            };
            let client = tokio::select! {
                biased;
                reset = client => Some(reset),
                () = clock::sleep(60 * S) => None,
            };
            middlebox.abort();
            let client = client?;
            let server = server.await.expect("no panic").expect_err("a reset");
            assert_eq!(
                (client.0, server.0),
                (ErrorKind::ConnectionReset, ErrorKind::ConnectionReset)
            );
            // A packet takes a nanosecond to leave.
            Some((client.1 / US, server.1 / US))
        };
        run(config, main).expect("a run that does not stall").output
    }

    #[test]
    fn a_cut_reaches_the_server_a_transit_later() {
        let cut = Middlebox {
            cuts_ns: vec![3 * S],
            idle_ns: None,
        };
        assert_eq!(resets(cut, S), Some((3_000_000, 3_050_000)));
        assert_eq!(resets(Middlebox::default(), S), None);
    }

    #[test]
    fn silence_is_cut_when_it_lasts() {
        let idle = |idle_ns| Middlebox {
            cuts_ns: Vec::new(),
            idle_ns: Some(idle_ns),
        };
        // A word every second keeps a connection alive for which two seconds are allowed.
        assert_eq!(resets(idle(2 * S), S), None);
        // The handshake passes the client at 100 ms; the first word would come at 150 + 2,000 ms.
        assert_eq!(resets(idle(2 * S), 2 * S), Some((2_100_000, 2_150_000)));
    }
}
