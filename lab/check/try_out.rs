//! Finds out by itself what may be published at a server: it may be any application, or none.

use super::target::{Answer, Target};
use crate::clock::{self, S};
use serde_json::Value;

const PATIENCE_NS: u64 = 5 * S;

/// The members of messages that may lead to an event, one after another, the last of which can be published again and
/// again; `NAME` stands for the client, and `TEXT` for something that nobody has said before.
const TRIALS: &[&[&str]] = &[
    &[r#""class":"join""#, r#""text":"TEXT""#],
    &[r#""class":"commit","shape":"NAME-SERIAL","all":[1,2,3,4]"#],
    &[r#""id":1,"rev":0,"pos":0,"del":0,"ins":"TEXT""#],
    &[r#""amount":10050,"seen":10000"#],
    &[r#""text":"TEXT""#],
    &[""],
];

/// How to publish something at a server.
pub struct Way {
    pub topic: String,
    trial: &'static [&'static str],
}

/// Somebody who publishes: a name of its own, and the number of its last message.
pub struct Voice {
    pub name: String,
    pub n: u64,
}

impl Voice {
    /// A name that nobody has had before.
    pub fn new() -> Self {
        let us = clock::epoch_us() + clock::now_ns() / clock::US;
        static COUNT: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(0);
        let count = COUNT.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let name = format!("check-{us}-{count}");
        Self { name, n: 0 }
    }
}

impl Way {
    /// The last message of the way, of whoever has gone it up to there.
    pub fn message(&self, voice: &mut Voice) -> String {
        self.text(voice, self.trial.last().copied().unwrap_or_default())
    }

    fn text(&self, voice: &mut Voice, members: &str) -> String {
        voice.n += 1;
        let Voice { name, n } = voice;
        let members = members
            .replace("NAME", name)
            .replace("SERIAL", &n.to_string())
            .replace("TEXT", &format!("{name} says {n}"));
        let comma = if members.is_empty() { "" } else { "," };
        format!(r#"{{"n":{n},"topic":"{}"{comma}{members}}}"#, self.topic)
    }

    /// Publishes all but the last message: then the last one is in order.
    pub async fn begin(&self, target: &Target) -> Result<Voice, String> {
        let mut voice = Voice::new();
        for members in &self.trial[..self.trial.len() - 1] {
            let text = self.text(&mut voice, members);
            confirmed(&post(target, &voice.name, text).await?)?;
        }
        Ok(voice)
    }
}

/// Publishes a message over HTTP.
pub async fn post(target: &Target, name: &str, text: String) -> Result<Answer, String> {
    let path = format!("/publish?client={name}");
    let json = [("content-type", "application/json")];
    target.ask("POST", &path, &json, text, PATIENCE_NS).await
}

/// The number of the event that came of a message, if the answer is a confirmation that says so.
pub fn confirmed(answer: &Answer) -> Result<u64, String> {
    answer.is(200)?;
    let seen = || format!("no confirmation: {}", super::journal::shown(&answer.body));
    let said: Value = serde_json::from_slice(&answer.body).map_err(|_| seen())?;
    match (&said["ok"], said["seq"].as_u64()) {
        (Value::Bool(true), Some(seq)) => Ok(seq),
        _ => Err(seen()),
    }
}

/// A way to publish here: `Ok(None)` if nobody publishes, `Err` if somebody may, but nothing was found that is taken.
pub async fn find(target: &Target) -> Result<Option<Way>, String> {
    let probe = post(target, &Voice::new().name, String::from("{}")).await?;
    if probe.status == 404 || probe.status == 405 {
        return Ok(None);
    }
    for topic in topics(target).await {
        for trial in TRIALS {
            let topic = topic.clone();
            let way = Way { topic, trial };
            let Ok(mut voice) = way.begin(target).await else {
                continue;
            };
            let text = way.message(&mut voice);
            let answer = post(target, &voice.name, text).await?;
            if confirmed(&answer).is_ok_and(|seq| seq > 0) {
                return Ok(Some(way));
            }
        }
    }
    Err(String::from("none of the check's messages was taken"))
}

/// Topics of the server, at most three: words of what it says to one that does not exist, and of its events.
pub async fn topics(target: &Target) -> Vec<String> {
    let mut texts = Vec::new();
    for path in ["/snapshot", "/poll?topics=no-such-topic&since=0", "/poll"] {
        if let Ok(answer) = target.get(path).await {
            texts.push(String::from_utf8_lossy(&answer.body).into_owned());
        }
    }
    let mut found: Vec<String> = Vec::new();
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    for text in texts {
        let words = text.split(|c| !plain(c)).map(|word| word.trim_matches('.'));
        // Two words or capitals are likely names, and more than these would be many questions.
        let likely =
            |word: &&str| word.contains('-') || word.chars().any(|c| c.is_ascii_uppercase());
        for word in words
            .filter(|word| likely(word) && word.len() <= 32)
            .take(100)
        {
            if word == "no-such-topic" || found.iter().any(|known| known == word) {
                continue;
            }
            let known = target.get(&format!("/poll?since=0&topics={word}")).await;
            if known.is_ok_and(|answer| answer.status.is_success()) {
                found.push(word.to_owned());
            }
            if found.len() == 3 {
                return found;
            }
        }
    }
    found
}
