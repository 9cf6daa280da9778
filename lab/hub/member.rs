//! Who publishes: the numbers of their messages, the answers that they may ask for again, and how fast they are.

use super::{Problem, Reply};
use std::collections::{BTreeMap, VecDeque};

/// How many of a client's last answers are remembered: it may have so many messages on their way at once.
const REMEMBERED: usize = 256;
/// How many answers are remembered of all clients together, and how many of each even if there are more: thousands
/// of names that nobody needs must not fill the memory.
const REMEMBERED_OF_ALL: usize = 1_000_000;
const LEAST_REMEMBERED: usize = 8;
/// How far a number may be ahead of the one before: what needed no answer may have been lost on its way.
const LARGEST_JUMP: u64 = 10_000;
/// How many clients are remembered.
const MOST_MEMBERS: usize = 100_000;
/// After this long a client that is silent may be forgotten, if the place is needed.
const FORGET_NS: u64 = 600 * 1_000_000_000;
/// Seconds of messages that may come at once.
const BURST_SECONDS: f64 = 2.0;

/// Time between two looks for clients to forget: looking through all of them takes a while.
const LOOK_NS: u64 = 1_000_000_000;

/// All who ever published.
pub(super) struct Members {
    members: BTreeMap<String, Member>,
    per_second: f64,
    /// Answers that are remembered of all.
    answers: usize,
    /// Before this instant nobody can be forgotten.
    room_ns: u64,
}

struct Member {
    /// The number of its newest message.
    last: u64,
    /// Its newest answers, oldest first.
    answers: VecDeque<(u64, Reply)>,
    /// Messages that it may send at once: a bucket that fills at the allowed rate.
    allowed: f64,
    seen_ns: u64,
}

/// How a message stands to those before it.
pub(super) enum Standing<'a> {
    New,
    /// It has come before; this was the answer.
    Repeated(&'a Reply),
}

impl Members {
    /// Each may publish so many messages per second.
    pub fn new(per_second: f64) -> Self {
        Self {
            members: BTreeMap::new(),
            per_second,
            answers: 0,
            room_ns: 0,
        }
    }

    /// Looks a message up, and counts it against its sender's allowance.
    pub fn standing(&mut self, client: &str, n: u64, now_ns: u64) -> Result<Standing<'_>, Problem> {
        if !self.members.contains_key(client) {
            self.make_room(now_ns)?;
        }
        let burst = self.per_second * BURST_SECONDS;
        let member = self
            .members
            .entry(client.to_owned())
            .or_insert_with(|| Member {
                last: 0,
                answers: VecDeque::new(),
                allowed: burst,
                seen_ns: now_ns,
            });
        let passed = now_ns.saturating_sub(member.seen_ns) as f64 / 1e9;
        member.allowed = (member.allowed + passed * self.per_second).min(burst);
        member.seen_ns = now_ns;
        if member.allowed < 1.0 {
            return Err(Problem::TooFast);
        }
        member.allowed -= 1.0;
        if n > member.last {
            let expected = member.last + 1;
            return if n - member.last > LARGEST_JUMP {
                Err(Problem::Sequence(format!(
                    "\"n\" is {n}: the next number of this client is {expected}"
                )))
            } else {
                Ok(Standing::New)
            };
        }
        let answer = member.answers.iter().find(|(known, _)| *known == n);
        answer
            .map(|(_, reply)| Standing::Repeated(reply))
            .ok_or_else(|| {
                Problem::Sequence(format!(
                    "\"n\" is {n}: that number is taken, and its answer forgotten; the next is {}",
                    member.last + 1
                ))
            })
    }

    /// Keeps the answer to a new message.
    pub fn remember(&mut self, client: &str, n: u64, reply: Reply, now_ns: u64) {
        let Some(member) = self.members.get_mut(client) else {
            return;
        };
        member.last = n;
        member.seen_ns = now_ns;
        member.answers.push_back((n, reply));
        self.answers += 1;
        let kept = if self.answers > REMEMBERED_OF_ALL {
            LEAST_REMEMBERED
        } else {
            REMEMBERED
        };
        while member.answers.len() > kept {
            member.answers.pop_front();
            self.answers -= 1;
        }
    }

    /// Forgets whoever has been silent for long, if there are too many.
    fn make_room(&mut self, now_ns: u64) -> Result<(), Problem> {
        if self.members.len() < MOST_MEMBERS {
            return Ok(());
        }
        if now_ns < self.room_ns {
            return Err(Problem::TooMany);
        }
        let mut longest_ns = now_ns;
        self.members.retain(|_, member| {
            let stays = now_ns.saturating_sub(member.seen_ns) <= FORGET_NS;
            if stays {
                longest_ns = longest_ns.min(member.seen_ns);
            } else {
                self.answers -= member.answers.len();
            }
            stays
        });
        self.room_ns = (longest_ns + FORGET_NS).max(now_ns + LOOK_NS);
        if self.members.len() < MOST_MEMBERS {
            return Ok(());
        }
        Err(Problem::TooMany)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const S: u64 = 1_000_000_000;

    fn sequence(problem: Result<Standing<'_>, Problem>) -> String {
        match problem {
            Err(problem) => problem.to_string(),
            Ok(_) => "fine".into(),
        }
    }

    #[test]
    fn numbers_rise_and_answers_are_given_again() {
        let mut members = Members::new(100.0);
        for n in [1, 2, 5] {
            assert!(matches!(members.standing("a", n, 0), Ok(Standing::New)));
            members.remember("a", n, Reply::Taken { n, seq: 10 + n }, 0);
        }
        let again = members.standing("a", 2, 0);
        assert!(matches!(
            again,
            Ok(Standing::Repeated(Reply::Taken { n: 2, seq: 12 }))
        ));
        assert!(sequence(members.standing("a", 3, 0)).contains("the next is 6"));
        assert!(
            sequence(members.standing("a", 20_000, 0))
                .contains("the next number of this client is 6")
        );
        assert!(matches!(members.standing("b", 1, 0), Ok(Standing::New)));
    }

    #[test]
    fn a_client_that_is_too_fast_waits_and_others_do_not() {
        let mut members = Members::new(100.0);
        let fast = (1..=300).filter(|n| {
            let fine = members.standing("a", *n, 0).is_ok();
            members.remember("a", *n, Reply::Silent, 0);
            fine
        });
        assert_eq!(fast.count(), 200);
        assert!(members.standing("b", 1, 0).is_ok());
        assert!(members.standing("a", 301, S).is_ok());
    }

    #[test]
    fn a_crowd_of_names_fills_no_memory_and_takes_nobodys_place() {
        let mut members = Members::new(1_000.0);
        assert!(members.standing("honest", 1, 0).is_ok());
        members.remember("honest", 1, Reply::Taken { n: 1, seq: 1 }, 0);
        for client in 1..MOST_MEMBERS {
            let name = client.to_string();
            for n in 1..=12 {
                assert!(members.standing(&name, n, 0).is_ok());
                members.remember(&name, n, Reply::Silent, 0);
            }
        }
        assert!(members.answers <= REMEMBERED_OF_ALL + LEAST_REMEMBERED * MOST_MEMBERS);
        let kept: usize = members
            .members
            .values()
            .map(|member| member.answers.len())
            .sum();
        assert_eq!(kept, members.answers);
        // Nobody new, until the others have been silent for long.
        let full =
            |outcome: Result<Standing<'_>, Problem>| matches!(outcome, Err(Problem::TooMany));
        assert!(full(members.standing("new", 1, 0)));
        assert!(full(members.standing("new", 1, FORGET_NS)));
        assert!(matches!(
            members.standing("honest", 1, FORGET_NS),
            Ok(Standing::Repeated(Reply::Taken { n: 1, seq: 1 }))
        ));
        let later = FORGET_NS + LOOK_NS;
        assert!(members.standing("new", 1, later).is_ok());
        assert_eq!(members.members.len(), 2);
        assert_eq!(members.answers, 1);
    }
}
