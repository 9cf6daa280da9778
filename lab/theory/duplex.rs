//! Both at once: how late a client's own message is while the server publishes, by who may use which connection when.
//!
//! The server publishes r events and a client m messages a second, both Poisson. A message takes u to the server, an
//! event or an answer d to the client, and R = u + d. The server takes no time. Sending may be part of u and d: with a
//! line of b bit/s a message of n bytes is 8 n / b longer on its way.
//!
//! *WebSocket*: each direction is free whatever the other does. A message takes u, an event d.
//!
//! *A second connection* (`POST` beside an event stream or beside long polls): HTTP/1.1 takes one question at a time, so
//! a message that comes less than R after the one before waits for its answer. The connection is a queue with Poisson
//! arrivals and the fixed service R (M/D/1), in which the mean wait is m R² / 2 (1 - m R) (Pollaczek and Khinchine).
//! The first message opens the connection and takes R longer; whoever counts few messages sees that.
//!
//! *In turns* (polls and messages on one connection): when an answer comes, the client sends a waiting message, if there
//! is one, and then asks again. It never sends two messages without a question between them, which waits in line. A
//! question takes V = R + W: it finds news at the server that were born in the blind time b since the last answer left,
//! and then W = 0, or waits for an event, at most for the hold H:
//!
//! ```text
//! E(W)  = e^(-r b) (1 - e^(-r H)) / r
//! E(W²) = 2 e^(-r b) (1 - e^(-r H) (1 + r H)) / r²
//! ```
//!
//! b is R if the question follows an answer (V₁) and 2R if it follows a message (V₂). So each message takes the line for
//! S = R + V₂, its own round trip and the question behind it, and while nobody has anything to say the line is taken by
//! one V₁ after another. That is the queue M/G/1 whose server goes on vacations: V₁ is a vacation, S a service. Its mean
//! wait is that of the queue and the rest of a vacation (Fuhrmann and Cooper 1985):
//!
//! ```text
//! m E(S²) / 2 (1 - m E(S))  +  E(V₁²) / 2 E(V₁)
//! ```
//!
//! For few messages and slow events that is 1/r, the wait for the next event. With m E(S) >= 1 there is no mean: whoever
//! says more than 1 / E(S) messages a second, about one per event, waits longer and longer.
//!
//! *The other way*: an event waits while no question is held, for the rest of the blind time. Per second there are
//! (1 - m E(S)) / E(V₁) blind times of R and m of 2R, and a blind time b makes events late by b²/2 for each of the r:
//! (1 - m E(S)) / E(V₁) R²/2 + 2 m R² on average. With m = 0 that is long polling alone.

use libm::exp;

/// What the laws need: per second, and seconds; all above zero and finite.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Duplex {
    /// Events of the server, Poisson.
    pub events_per_s: f64,
    /// Messages of one client, Poisson.
    pub messages_per_s: f64,
    /// From client to server.
    pub up_s: f64,
    /// From server to client.
    pub down_s: f64,
    /// How long the server holds a question.
    pub hold_s: f64,
}

/// Mean delays, seconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Delays {
    /// From the wish to say something until the server has it. Its confirmation is there `down_s` later.
    pub upward_s: f64,
    /// From the birth of an event until it is seen.
    pub downward_s: f64,
}

/// First and second moment.
#[derive(Debug, Clone, Copy)]
struct Moments {
    mean: f64,
    square: f64,
}

impl Moments {
    /// The same and something fixed.
    fn after(self, fixed: f64) -> Self {
        Self {
            mean: fixed + self.mean,
            square: fixed * fixed + 2.0 * fixed * self.mean + self.square,
        }
    }
}

impl Duplex {
    fn round_trip_s(&self) -> f64 {
        self.up_s + self.down_s
    }

    /// A WebSocket: neither direction waits for the other.
    pub fn socket(&self) -> Delays {
        Delays {
            upward_s: self.up_s,
            downward_s: self.down_s,
        }
    }

    /// `POST` on a connection of its own beside an event stream. `None` if there are more messages than round trips.
    pub fn beside_stream(&self) -> Option<Delays> {
        let round_trip_s = self.round_trip_s();
        let load = self.messages_per_s * round_trip_s;
        (load < 1.0).then(|| Delays {
            upward_s: self.up_s + load * round_trip_s / (2.0 * (1.0 - load)),
            downward_s: self.down_s,
        })
    }

    /// The same beside long polls.
    pub fn beside_polls(&self) -> Option<Delays> {
        let beside = self.beside_stream()?;
        let round_trip_s = self.round_trip_s();
        let blind_s = round_trip_s * round_trip_s / (2.0 * self.question(round_trip_s).mean);
        Some(Delays {
            downward_s: self.down_s + blind_s,
            ..beside
        })
    }

    /// Polls and messages in turns on one connection. `None` if there is more to say than turns to say it.
    pub fn in_turns(&self) -> Option<Delays> {
        let round_trip_s = self.round_trip_s();
        let (vacation, service) = (self.question(round_trip_s), self.turn());
        let load = self.messages_per_s * service.mean;
        let queue_s = self.messages_per_s * service.square / (2.0 * (1.0 - load));
        let rest_s = vacation.square / (2.0 * vacation.mean);
        let square_s2 = round_trip_s * round_trip_s;
        let polls_per_s = (1.0 - load) / vacation.mean;
        let blind_s = polls_per_s * square_s2 / 2.0 + 2.0 * self.messages_per_s * square_s2;
        (load < 1.0).then_some(Delays {
            upward_s: self.up_s + queue_s + rest_s,
            downward_s: self.down_s + blind_s,
        })
    }

    /// Most messages that one can say per second in turns.
    pub fn most_in_turns_per_s(&self) -> f64 {
        1.0 / self.turn().mean
    }

    /// S: a message's round trip, and the question behind it.
    fn turn(&self) -> Moments {
        let round_trip_s = self.round_trip_s();
        self.question(2.0 * round_trip_s).after(round_trip_s)
    }

    /// V: how long a question takes the line after so long a blind time.
    fn question(&self, blind_s: f64) -> Moments {
        let (rate, hold) = (self.events_per_s, self.events_per_s * self.hold_s);
        let none = exp(-rate * blind_s);
        let wait = Moments {
            mean: none * (1.0 - exp(-hold)) / rate,
            square: 2.0 * none * (1.0 - exp(-hold) * (1.0 + hold)) / (rate * rate),
        };
        wait.after(self.round_trip_s())
    }
}
