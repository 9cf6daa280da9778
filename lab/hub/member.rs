//! Who publishes: the numbers of their messages, the answers that they may ask for again, and how fast they are.

use super::{Problem, Reply};
use std::collections::{BTreeMap, VecDeque};

/// How many of a client's last answers are remembered: it may have so many messages on their way at once.
const REMEMBERED: usize = 256;
/// How far a number may be ahead of the one before: what needed no answer may have been lost on its way.
const LARGEST_JUMP: u64 = 10_000;
/// How many clients are remembered.
const MOST_MEMBERS: usize = 100_000;
/// After this long a client that is silent may be forgotten, if the place is needed.
const FORGET_NS: u64 = 600 * 1_000_000_000;
/// Seconds of messages that may come at once.
const BURST_SECONDS: f64 = 2.0;

/// All who ever published.
pub(super) struct Members {
    members: BTreeMap<String, Member>,
    per_second: f64,
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
        if member.answers.len() == REMEMBERED {
            member.answers.pop_front();
        }
        member.answers.push_back((n, reply));
    }

    fn make_room(&mut self, now_ns: u64) -> Result<(), Problem> {
        if self.members.len() < MOST_MEMBERS {
            return Ok(());
        }
        let silent = self.members.iter().min_by_key(|(_, member)| member.seen_ns);
        let silent = silent
            .filter(|(_, member)| now_ns.saturating_sub(member.seen_ns) > FORGET_NS)
            .map(|(name, _)| name.clone());
        match silent {
            Some(name) => {
                self.members.remove(&name);
                Ok(())
            }
            None => Err(Problem::TooMany),
        }
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
}
