//! What a run of an application needs beside its clients: people with their scripts, a hub, and a witness.
//!
//! The scripts are made before anything starts and are the same for every transport: who acts when, and what the
//! server publishes of its own. What people say depends on what they have seen by then, so the events of the feed are
//! known only as they come to be. They are expected the moment the hub has numbered them, before anybody can see them;
//! afterwards [`judge_again`](super::rejudge) checks the hub itself.

use super::beginning::Beginning;
use super::rejudge::Watcher;
use super::script::Script;
use super::{Interrupt, Prepared};
use crate::app::{self, Identity, Participant};
use crate::clock;
use crate::feed::Feed;
use crate::hub::{Charter, Hub, Witness};
use crate::measure::recorder::{Class, Expectation, Recorder};
use crate::scenario::{App, Follow, Scenario, Span};
use crate::transport::person::{Person, PersonSetup};
use crate::transport::{Following, Part};
use std::sync::Arc;
use tokio::sync::Notify;
use tokio::task::JoinSet;

/// Events that the log keeps if the scenario does not say.
const HISTORY: usize = 1_000_000;
/// How long after the end what needs no confirmation may take to arrive.
const ARRIVAL_NS: u64 = 30 * clock::S;

/// The people of a run, the hub that they speak to, and who watches it.
pub(super) struct Stage {
    pub hub: Hub,
    pub watcher: Arc<Watcher>,
    people: Vec<Person>,
    names: Arc<[String]>,
    ending: Arc<Notify>,
}

impl Prepared {
    /// Whether the scenario is an application, whose events come to be while it runs.
    pub(super) fn is_app(&self) -> bool {
        self.scenario.app != App::Ticker
    }

    /// The kinds of message and their budgets.
    pub(super) fn classes(&self) -> Vec<Class> {
        let class = |(name, budget): (String, Span)| Class {
            name,
            budget_ns: (!budget.is_zero()).then(|| budget.as_nanos()),
        };
        app::classes(&self.scenario)
            .into_iter()
            .map(class)
            .collect()
    }

    /// What is expected of an application before anything has happened.
    pub(super) fn open_expectation(&self, latest: bool) -> Expectation {
        let scenario = &self.scenario;
        Expectation {
            latest,
            classes: self.classes(),
            topics: scenario.topics,
            by_topic: true,
            echo: scenario.echo,
            open: true,
            late: scenario.late,
            ..Expectation::tape([], scenario.clients)
                .measured(scenario.warm_up.as_nanos(), self.end_ns())
        }
    }
}

impl Stage {
    pub fn new(prepared: &Prepared, recorder: &Recorder) -> Self {
        let scenario = &prepared.scenario;
        let names: Arc<[String]> = (0..scenario.topics)
            .map(|index| app::topic_name(scenario, index))
            .collect();
        let classes: Arc<[String]> = app::classes(scenario)
            .into_iter()
            .map(|(name, _)| name)
            .collect();
        let watcher = Arc::new(Watcher::new(recorder.clone(), &names, classes.clone()));
        let history = match scenario.history {
            0 => HISTORY,
            events => events as usize,
        };
        let mut charter = Charter::new(scenario, clock::EPOCH_US);
        let mut rules = app::rules(scenario);
        if let Some(tamper) = prepared.tamper {
            rules = tamper(&mut charter, rules);
        }
        let hub = Hub::new(
            Feed::new(history),
            charter,
            rules,
            Some(watcher.clone() as Arc<dyn Witness>),
        );
        let person = |client| {
            Person::new(PersonSetup {
                client,
                name: client.to_string(),
                participant: participant(prepared, client, &names),
                recorder: recorder.clone(),
                classes: classes.clone(),
                epoch_us: clock::EPOCH_US,
                needs_snapshot: hub.has_snapshots(),
            })
        };
        Self {
            people: (0..scenario.clients).map(person).collect(),
            hub,
            watcher,
            names,
            ending: Arc::new(Notify::new()),
        }
    }

    /// What a client follows that comes at `start_ns`.
    fn following(&self, scenario: &Scenario, client: u32, start_ns: u64) -> Following {
        let all = scenario.topics;
        let every_ns = scenario.switch_every.as_nanos();
        Following {
            names: self.names.clone(),
            first: client % all,
            count: match scenario.follow {
                Follow::Topics(count) => count.min(all),
                Follow::All => all,
            },
            every_ns,
            next_ns: start_ns + every_ns,
        }
    }

    /// A client's part.
    pub fn part(
        &self,
        prepared: &Prepared,
        recorder: &Recorder,
        client: u32,
        at: &Beginning,
        latest: bool,
    ) -> Part {
        let scenario = &prepared.scenario;
        let following = self.following(scenario, client, at.start_ns);
        let named = match scenario.follow {
            Follow::Topics(_) => true,
            // Of many topics together there would be only one newest event: so they are named.
            Follow::All => latest && scenario.topics > 1,
        };
        recorder.follows(client, &following.topics(), 0, at.start_ns);
        Part {
            ending: Some(self.ending.clone()),
            following: named.then_some(following),
            person: Some(self.people[client as usize].clone()),
        }
    }

    /// Plays the scripts to their end: resolves once nobody has anything to say any more and every answer is there.
    pub async fn play(&self, prepared: &Prepared, announced: impl Future<Output = ()>) {
        let mut acting = JoinSet::new();
        let people = self.people.iter().zip(prepared.beginnings());
        for (client, (person, at)) in (0_u32..).zip(people) {
            let script = prepared.scripts.get(client as usize).cloned();
            acting.spawn(act(
                person.clone(),
                script.unwrap_or_default(),
                at.start_ns,
                prepared.end_ns(),
                prepared.interrupt.clone(),
            ));
        }
        announced.await;
        while acting.join_next().await.is_some() {}
        let give_up_ns = prepared.end_ns() + ARRIVAL_NS;
        while !self.people.iter().all(Person::arrived)
            && clock::now_ns() < give_up_ns
            && !prepared.interrupt.asked()
        {
            clock::sleep(clock::MS).await;
        }
        while self.hub.has_plans() && !prepared.interrupt.asked() {
            // The last of the rules' own deeds is at most as far away as the end of the run.
            clock::sleep(clock::MS).await;
        }
    }

    /// Nothing more will be published: whoever has everything may go.
    pub fn end(&self, recorder: &Recorder) {
        self.hub.close();
        recorder.no_more();
        self.ending.notify_waiters();
    }

    /// Compares what every screen shows at the end with what the server has.
    pub fn compare_states(&self, prepared: &Prepared, recorder: &Recorder) {
        let Some(rules) = self.watcher.judge_again(&prepared.scenario) else {
            return;
        };
        // Who goes from topic to topic has seen only a part of each, and so has who wants only the newest.
        if !prepared.scenario.switch_every.is_zero() || recorder.expectation().latest {
            return;
        }
        for (client, person) in (0_u32..).zip(&self.people) {
            for topic in self.following(&prepared.scenario, client, 0).names() {
                if let Some(state) = person.state(topic) {
                    let truth = rules.snapshot(topic);
                    recorder.state_compared(state == truth.as_bytes(), || {
                        format!("client {client} and the server do not agree on {topic} in the end")
                    });
                }
            }
        }
    }
}

/// One person's part of the play, from its coming to its going.
async fn act(
    person: Person,
    script: Arc<Script>,
    start_ns: u64,
    end_ns: u64,
    interrupt: Interrupt,
) {
    clock::sleep_until(start_ns).await;
    person.arrive();
    for (at_ns, class) in script.iter() {
        if *at_ns < start_ns {
            continue;
        }
        clock::sleep_precisely_until(*at_ns).await;
        if interrupt.asked() {
            break;
        }
        person.act(class, *at_ns);
    }
    if !interrupt.asked() {
        clock::sleep_until(end_ns).await;
    }
    person.leave();
    person.finished().await;
}

fn participant(prepared: &Prepared, client: u32, names: &[String]) -> Box<dyn Participant> {
    let identity = identity(&prepared.scenario, client, names);
    match &prepared.trace {
        Some(trace) => app::replaying(&prepared.scenario, &identity, trace),
        None => app::participant(&prepared.scenario, &identity),
    }
}

/// Who sits before a client: its topic is its own, and the first clients of each topic publish.
fn identity(scenario: &Scenario, client: u32, names: &[String]) -> Identity {
    let topic = client % scenario.topics;
    let place = client / scenario.topics;
    Identity {
        client,
        name: client.to_string(),
        home: names[topic as usize].clone(),
        publishes: place < scenario.publishers,
        of_topic: (scenario.publishers, place),
    }
}
