//! Who acts when: made before a run, the same for every transport.

use super::RunError;
use crate::app::{self, Draft, Samples, Trace};
use crate::feed::{Choices, Instants};
use crate::scenario::{App, Arrivals, Rate, RatePer, Rush, Sample, Scenario, Speaker};
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::path::Path;
use std::sync::Arc;

/// Streams of the seed: when clients act, when the server does, and what it says.
const ACTS: u64 = 6 << 40;
const ANNOUNCEMENTS: u64 = 7 << 40;
const TEXTS: u64 = 8 << 40;

/// When a client acts, and with which class of message.
pub type Script = Vec<(u64, Arc<str>)>;

/// Something that the server publishes of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Announcement {
    pub at_ns: u64,
    pub draft: Draft,
}

/// One kind of message and its rate.
struct Kind<'a> {
    number: u64,
    class: &'a str,
    from: Speaker,
    rate: Rate,
    per: RatePer,
    arrivals: Arrivals,
    sample: &'a Sample,
}

fn kinds(scenario: &Scenario) -> Vec<Kind<'_>> {
    let main = Kind {
        number: 0,
        class: app::main_class(scenario),
        from: match scenario.publishers {
            0 => Speaker::Server,
            _ => Speaker::Clients,
        },
        rate: scenario.rate,
        per: scenario.rate_per,
        arrivals: scenario.arrivals,
        sample: &scenario.message,
    };
    let also = scenario.also.iter().zip(1..).filter_map(|(also, number)| {
        Some(Kind {
            number,
            class: &also.class,
            from: also.from,
            rate: also.rate?,
            per: match also.from {
                Speaker::Server => RatePer::Topic,
                Speaker::Clients => RatePer::Publisher,
            },
            arrivals: also.arrivals,
            sample: &also.message,
        })
    });
    std::iter::once(main).chain(also).collect()
}

/// The scripts of all clients of an application; those who do not publish have empty ones. `end_ns` is the end of the
/// run: nobody acts from then on.
pub fn scripts(scenario: &Scenario, end_ns: u64) -> Vec<Arc<Script>> {
    if scenario.app == App::Ticker {
        return Vec::new();
    }
    let kinds = kinds(scenario);
    let script = |client: u32| {
        let mut script = Script::new();
        if client / scenario.topics < scenario.publishers {
            for kind in kinds.iter().filter(|kind| kind.from == Speaker::Clients) {
                let stream = ACTS | kind.number << 32 | u64::from(client);
                let rate = per_publisher(kind, scenario);
                let class: Arc<str> = kind.class.into();
                let instants = instants(scenario, kind.arrivals, rate, stream);
                let instants = instants.take_while(|at_ns| *at_ns < end_ns);
                script.extend(instants.map(|at_ns| (at_ns, class.clone())));
            }
            script.sort_by_key(|(at_ns, _)| *at_ns);
        }
        Arc::new(script)
    };
    (0..scenario.clients).map(script).collect()
}

/// The recorded typing that a scenario names.
pub fn trace(scenario: &Scenario) -> Result<Option<Trace>, RunError> {
    let Some(file) = scenario
        .replay
        .as_ref()
        .filter(|_| scenario.app == App::Document)
    else {
        return Ok(None);
    };
    let gap_ns = (1e9 / scenario.rate.as_per_second()) as u64;
    Trace::read(Path::new(file), scenario.speed, gap_ns)
        .map(Some)
        .map_err(RunError::Trace)
}

/// Lets the first client type what was recorded, once the warm-up is over, and nobody else. Returns how many
/// transactions are left when the run ends.
pub fn typed(
    scripts: &mut [Arc<Script>],
    scenario: &Scenario,
    trace: &Trace,
    end_ns: u64,
) -> usize {
    let class: Arc<str> = app::main_class(scenario).into();
    let from_ns = scenario.warm_up.as_nanos();
    let instants = trace
        .txns
        .iter()
        .map(|txn| from_ns.saturating_add(txn.at_ns));
    let typed: Script = instants
        .take_while(|at_ns| *at_ns < end_ns)
        .map(|at_ns| (at_ns, class.clone()))
        .collect();
    let left = trace.txns.len() - typed.len();
    scripts.fill(Arc::default());
    if let Some(first) = scripts.first_mut() {
        *first = Arc::new(typed);
    }
    left
}

/// What the server publishes of its own, in order and without end: each is made when it is asked for.
pub struct Announcements {
    sources: Vec<Source>,
    /// The next of each source; at equal instants in the order of kinds and topics.
    next: BinaryHeap<Reverse<(u64, usize)>>,
}

/// One kind of message on one topic.
struct Source {
    topic: String,
    class: String,
    samples: Samples,
    instants: Box<dyn Iterator<Item = u64> + Send>,
}

impl Announcements {
    /// Those of a scenario; none if only clients publish there.
    pub fn new(scenario: &Scenario) -> Self {
        let mut announcements = Self {
            sources: Vec::new(),
            next: BinaryHeap::new(),
        };
        if scenario.app == App::Ticker {
            return announcements;
        }
        let kinds = kinds(scenario).into_iter();
        for kind in kinds.filter(|kind| kind.from == Speaker::Server) {
            for topic in 0..scenario.topics {
                let stream = kind.number << 32 | u64::from(topic);
                let rate = per_topic(&kind, scenario);
                let said = Choices::new(scenario.seed, TEXTS | stream);
                let instants = instants(scenario, kind.arrivals, rate, ANNOUNCEMENTS | stream);
                announcements.sources.push(Source {
                    topic: app::topic_name(scenario, topic),
                    class: kind.class.to_owned(),
                    samples: Samples::new(kind.sample, said),
                    instants: Box::new(instants),
                });
            }
        }
        (0..announcements.sources.len()).for_each(|source| announcements.plan(source));
        announcements
    }

    fn plan(&mut self, source: usize) {
        if let Some(at_ns) = self.sources[source].instants.next() {
            self.next.push(Reverse((at_ns, source)));
        }
    }
}

impl Iterator for Announcements {
    type Item = Announcement;

    fn next(&mut self) -> Option<Announcement> {
        let Reverse((at_ns, number)) = self.next.pop()?;
        self.plan(number);
        let source = &mut self.sources[number];
        Some(Announcement {
            at_ns,
            draft: Draft {
                topic: source.topic.clone(),
                class: source.class.clone(),
                fields: source.samples.next_fields(),
            },
        })
    }
}

/// What the server publishes of its own before `end_ns`, in order.
pub fn announcements(scenario: &Scenario, end_ns: u64) -> Vec<Announcement> {
    Announcements::new(scenario)
        .take_while(|announcement| announcement.at_ns < end_ns)
        .collect()
}

fn per_publisher(kind: &Kind<'_>, scenario: &Scenario) -> f64 {
    let rate = kind.rate.as_per_second();
    let of_topic = f64::from(scenario.publishers.max(1));
    match kind.per {
        RatePer::Publisher => rate,
        RatePer::Topic => rate / of_topic,
        RatePer::All => rate / of_topic / f64::from(scenario.topics),
    }
}

fn per_topic(kind: &Kind<'_>, scenario: &Scenario) -> f64 {
    let rate = kind.rate.as_per_second();
    match kind.per {
        RatePer::All => rate / f64::from(scenario.topics),
        RatePer::Topic | RatePer::Publisher => rate,
    }
}

fn instants(
    scenario: &Scenario,
    arrivals: Arrivals,
    rate: f64,
    stream: u64,
) -> impl Iterator<Item = u64> + use<> {
    let choices = Choices::new(scenario.seed, stream);
    let rush = scenario.rush;
    let mut instants = Instants::new(arrivals, rate, choices);
    std::iter::from_fn(move || Some(instants.next_ns()))
        .map(move |at_ns| rush.map_or(at_ns, |rush| hurried(at_ns, rush)))
}

/// An instant of the usual pace, moved to where it comes with a rush: while it lasts time runs `times` as fast.
fn hurried(at_ns: u64, rush: Rush) -> u64 {
    let (from, lasts) = (rush.at.as_nanos(), rush.lasts.as_nanos());
    let inside = (lasts as f64 * rush.times).round() as u64;
    match at_ns.checked_sub(from) {
        None => at_ns,
        Some(into) if into < inside => from + (into as f64 / rush.times) as u64,
        Some(into) => from + lasts + (into - inside),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::parse;

    const S: u64 = 1_000_000_000;

    fn scenario(fields: &str) -> Scenario {
        parse(&format!(r#"{{"name":"x","app":"topics",{fields}}}"#), "x").expect("a scenario")
    }

    #[test]
    fn a_rate_is_everybodys_a_topics_or_a_publishers() {
        for (per, acts) in [("all", 1_000), ("topic", 2_000), ("publisher", 6_000)] {
            let fields = format!(
                r#""clients":8,"topics":2,"publishers":3,"rate":"10/s","rate_per":"{per}","arrivals":"fixed","message":{{"x":1}}"#
            );
            let scripts = scripts(&scenario(&fields), 100 * S);
            assert_eq!(scripts.len(), 8);
            assert_eq!(
                scripts.iter().filter(|script| !script.is_empty()).count(),
                6
            );
            let all: usize = scripts.iter().map(|script| script.len()).sum();
            assert!(all.abs_diff(acts) <= 6, "{per}: {all}");
        }
    }

    #[test]
    fn a_rush_is_dense_and_what_follows_is_not() {
        let usual = scenario(
            r#""clients":1,"publishers":1,"rate":"1/s","arrivals":"fixed","message":{"x":1}"#,
        );
        let rush = scenario(
            r#""clients":1,"publishers":1,"rate":"1/s","arrivals":"fixed","message":{"x":1},"rush":{"at":"10s","for":"5s","times":4}"#,
        );
        let at = |scenario: &Scenario| -> Vec<u64> {
            let scripts = scripts(scenario, 30 * S);
            scripts[0].iter().map(|(at_ns, _)| *at_ns).collect()
        };
        assert_eq!(at(&usual).len(), 30);
        let hurried = at(&rush);
        let between = |from, to| {
            hurried
                .iter()
                .filter(|at| (from * S..to * S).contains(*at))
                .count()
        };
        assert_eq!(
            (between(0, 10), between(10, 15), between(15, 30)),
            (10, 20, 15)
        );
        assert!(hurried.is_sorted());
    }

    #[test]
    fn the_server_speaks_on_every_topic() {
        let server = scenario(
            r#""clients":4,"topics":3,"rate":"2/s","rate_per":"topic","arrivals":"jittered","message":{"score":[12,30]}"#,
        );
        let all = announcements(&server, 50 * S);
        assert!(all.is_sorted_by_key(|one| one.at_ns));
        for topic in ["topic-1", "topic-2", "topic-3"] {
            let count = all.iter().filter(|one| one.draft.topic == topic).count();
            assert!((94..107).contains(&count), "{count}");
        }
        assert!(all[0].draft.fields.starts_with(",\"score\":["));
        assert!(
            scripts(&server, 50 * S)
                .iter()
                .all(|script| script.is_empty())
        );
    }

    #[test]
    fn announcements_made_one_by_one_are_those_made_at_once_and_sorted() {
        let server = scenario(
            r#""clients":4,"topics":3,"rate":"2/s","rate_per":"topic","arrivals":"fixed","message":{"x":[12,30]},
               "also":[{"class":"word","from":"server","rate":"3/s","message":{"y":1}}]"#,
        );
        let end_ns = 20 * S;
        let mut all = Vec::new();
        for kind in kinds(&server) {
            for topic in 0..server.topics {
                let stream = kind.number << 32 | u64::from(topic);
                let choices = Choices::new(server.seed, TEXTS | stream);
                let mut samples = Samples::new(kind.sample, choices);
                let rate = per_topic(&kind, &server);
                let instants = instants(&server, kind.arrivals, rate, ANNOUNCEMENTS | stream);
                all.extend(instants.take_while(|at_ns| *at_ns < end_ns).map(|at_ns| {
                    Announcement {
                        at_ns,
                        draft: Draft {
                            topic: app::topic_name(&server, topic),
                            class: kind.class.to_owned(),
                            fields: samples.next_fields(),
                        },
                    }
                }));
            }
        }
        all.sort_by_key(|announcement| announcement.at_ns);
        assert_eq!(announcements(&server, end_ns), all);
        // A day of them is no more in memory than two.
        let tomorrow = Announcements::new(&server).nth(1_000_000);
        assert!(tomorrow.is_some_and(|one| one.at_ns > 60_000 * S));
    }
}
