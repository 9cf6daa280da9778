//! What was found, and under which condition, in a few sentences. Nothing is canned: each is chosen and filled by the
//! figures, and says as readily that polling was cheaper, or as fast, as that push was.

use super::finding_people::{self, judged};
use super::rank::{Entry, Ranked, TAIL, TIE, for_all, least_tail, most, names, p99, ranked, times};
use super::verdict::verdict;
use crate::chart::{directions, evidence, figures, format, not_verified, outages, rate};
use crate::measure::{Results, lie};
use crate::scenario::Percent;

/// The percentile that tails are compared by.
const TAIL_SHARE: f64 = 0.99;

/// A finding in sentences.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Finding {
    /// What a reader must know before anything else: runs that were not verified or not finished.
    pub warnings: Vec<String>,
    /// What was found, in two or three sentences.
    pub sentences: Vec<String>,
    /// What a closer look adds: tails, ages, thin evidence.
    pub details: Vec<String>,
}

impl Finding {
    /// All of it as one paragraph, warnings first.
    pub fn text(&self) -> String {
        self.warnings
            .iter()
            .chain(&self.sentences)
            .chain(&self.details)
            .map(String::as_str)
            .collect::<Vec<_>>()
            .join(" ")
    }
}

/// The finding of a run.
pub fn finding(results: &Results) -> Finding {
    let mut warnings = vec![];
    if results.partial {
        warnings.push(
            "Warning: the run was ended early; all figures are for the part that was run.".into(),
        );
    }
    warnings.extend(lie::label(&results.lies).map(|label| format!("{label}.")));
    for note in &results.notes {
        warnings.push(format!("Note: {note}."));
    }
    for transport in results.transports.iter().filter(|t| figures(t).is_none()) {
        warnings.push(format!(
            "Warning: {} was {}. It has no figures and takes no part in what follows.",
            transport.label,
            not_verified(transport)
        ));
    }
    let entries: Vec<Entry> = results
        .transports
        .iter()
        .filter_map(|t| figures(t).map(|f| (t, f)))
        .filter(|(t, f)| t.delivered > 0 && f.latency_samples > 0)
        .collect();
    if entries.is_empty() {
        let nothing = "There is nothing to compare: no verified transport delivered an event.";
        return Finding {
            warnings,
            sentences: vec![nothing.into()],
            details: vec![],
        };
    }
    let speed = ranked(&entries, |(_, f)| f.latency_us.p50);
    let cost = ranked(&entries, |(_, f)| f.bytes_per_event);
    let mut sentences = match judged(&entries) {
        // Where there is a budget, speed is a means: who keeps it, and then who is cheap.
        Some(judged) => {
            let mut sentences = vec![format!("{}, {}", condition(results), judged.verdict())];
            sentences.extend(match judged.divided() {
                false => cost_sentence(&cost),
                true => cost_sentence(&ranked(&judged.met, |(_, f)| f.bytes_per_event))
                    .map(|sentence| format!("Among those that did: {}", lower_first(&sentence))),
            });
            sentences.push(speed_sentence(&speed));
            sentences
        }
        None => {
            let verdict = format!("{}, {}", condition(results), verdict(&speed, &cost));
            let mut sentences = vec![verdict, speed_sentence(&speed)];
            sentences.extend(cost_sentence(&cost));
            sentences
        }
    };
    let mut details: Vec<String> = tail_sentence(&speed[0]).into_iter().collect();
    details.extend(finding_people::details(&entries));
    details.extend(replaced_sentence(&entries));
    details.extend(age_sentence(&entries));
    details.extend(few_events(&entries));
    if let Some(label) = lie::short_label(&results.lies) {
        for sentence in sentences.iter_mut().chain(&mut details) {
            *sentence = format!("[{label}] {sentence}");
        }
    }
    Finding {
        warnings,
        sentences,
        details,
    }
}

/// Under which condition all this holds.
fn condition(results: &Results) -> String {
    let scenario = &results.scenario;
    let mut condition = match results.network.as_str() {
        "loopback" if results.delay_line => format!(
            "On loopback with a delay line of {}",
            directions(&scenario.delay, "each way")
        ),
        "loopback" => "On loopback".to_owned(),
        _ => format!("Over {}", directions(&scenario.delay, "each way")),
    };
    let also = if results.delay_line { " and" } else { " with" };
    condition.push_str(&format!("{also} {}", rate(results)));
    if results.network != "loopback" {
        if [scenario.loss.down, scenario.loss.up] != [Percent::ZERO; 2] {
            condition.push_str(&format!(
                " and loss of {}",
                directions(&scenario.loss, "each way")
            ));
        }
        for outages in outages(scenario) {
            condition.push_str(&format!(" and {outages}"));
        }
    }
    condition
}

fn speed_sentence(groups: &[Vec<Ranked>]) -> String {
    let (fastest, slower) = (&groups[0], &groups[1..]);
    // What holds for all that tie: the last of them.
    let best = most(fastest);
    if slower.is_empty() && fastest.len() > 1 {
        return format!(
            "{} tied within 5 %: each showed half of all events within {}.",
            names(fastest),
            format::time(best)
        );
    }
    let mut sentence = format!(
        "{} showed half of all events within {}",
        names(fastest),
        format::time(best)
    );
    for (us, (transport, _)) in slower.iter().flatten() {
        sentence.push_str(&format!(
            "; {} ({}) needed {}{}",
            transport.label,
            transport.settings,
            format::time(*us),
            times(*us, best)
        ));
    }
    sentence + "."
}

/// Equal medians can hide unequal tails.
fn tail_sentence(fastest: &[Ranked]) -> Option<String> {
    let best = least_tail(fastest);
    let (good, bad): (Vec<Ranked>, Vec<Ranked>) =
        fastest.iter().partition(|entry| p99(entry) <= best * TAIL);
    let (_, (transport, figures)) = bad.iter().max_by(|a, b| p99(a).total_cmp(&p99(b)))?;
    Some(format!(
        "Among the slowest events they differ: 99 % were there within {} with {}, but within {} with {}.",
        format::time(good.iter().map(p99).fold(best, f64::max)),
        names(&good),
        format::time(figures.latency_us.p99),
        transport.label
    ))
}

fn cost_sentence(groups: &[Vec<Ranked>]) -> Option<String> {
    let (cheapest, dearer) = (&groups[0], &groups[1..]);
    let lowest = for_all(cheapest, format::bytes);
    if dearer.is_empty() {
        return Some(match cheapest.len() {
            1 => format!(
                "An event cost {lowest} on the wire with {}.",
                names(cheapest)
            ),
            _ => format!(
                "On the wire an event cost {lowest} with each of them (they are within 5 %)."
            ),
        });
    }
    let mut sentence = format!(
        "An event cost fewest bytes with {}: {lowest} on the wire",
        names(cheapest)
    );
    let answers = |(transport, figures): Entry| {
        let per_answer = transport.delivered as f64 / figures.requests as f64;
        // What people publish is a request too, but its answer brings no event.
        let upward = figures.people.as_ref().and_then(|p| p.upward.as_ref());
        let polls = figures.bytes.http_headers > 0 && figures.requests > 0 && upward.is_none();
        (polls && per_answer > 1.0 + TIE).then(|| {
            format!(
                " (each of its answers brought {} events on average)",
                format::significant(per_answer)
            )
        })
    };
    sentence.push_str(
        &answers(cheapest[0].1)
            .filter(|_| cheapest.len() == 1)
            .unwrap_or_default(),
    );
    let costs = dearer
        .iter()
        .flatten()
        .map(|(bytes, (transport, figures))| {
            let empty = figures.empty_answers as f64 / figures.requests.max(1) as f64;
            let wasted = if empty > TIE {
                format!(", {} of its answers empty", format::percent(empty))
            } else {
                String::new()
            };
            format!(
                "{} {}{}{wasted}",
                transport.label,
                format::bytes(*bytes),
                times(*bytes, most(cheapest))
            )
        });
    Some(format!(
        "{sentence}; {}.",
        costs.collect::<Vec<_>>().join("; ")
    ))
}

/// Who wants the newest event alone is shown few of them, and its figures are about all.
fn replaced_sentence(entries: &[Entry]) -> Option<String> {
    let shown = entries
        .iter()
        .filter(|(t, _)| t.superseded > 0)
        .map(|(t, _)| {
            format!(
                "{} showed {} of {} events",
                t.label,
                format::count(t.delivered),
                format::count(t.kept_up())
            )
        });
    let shown: Vec<String> = shown.collect();
    (!shown.is_empty()).then(|| {
        format!(
            "{}; each of the others was replaced by a newer one first, and counts as seen when that one was.",
            shown.join("; ")
        )
    })
}

/// Age is what a viewer notices, and where events are rare it differs far less than latency does.
fn age_sentence(entries: &[Entry]) -> Option<String> {
    let aged = entries.iter().filter(|(_, f)| f.age_us.is_some()).copied();
    let groups = ranked(&aged.collect::<Vec<_>>(), |(_, f)| {
        f.mean_age_us().unwrap_or_default()
    });
    let (young, old) = (groups.first()?, groups.last()?);
    if entries.len() < 2 {
        return None;
    }
    if groups.len() == 1 {
        let age = for_all(young, format::time);
        return Some(format!(
            "What stood on the screen was on average {age} old with each of them."
        ));
    }
    Some(format!(
        "What stood on the screen was on average {} old with {}, and {} old with {}{}.",
        for_all(young, format::time),
        names(young),
        for_all(old, format::time),
        names(old),
        times(most(old), most(young))
    ))
}

/// A sentence as it goes on behind a colon.
fn lower_first(sentence: &str) -> String {
    let mut letters = sentence.chars();
    let first = letters.next().map(|c| c.to_ascii_lowercase());
    first.into_iter().chain(letters).collect()
}

fn few_events(entries: &[Entry]) -> Option<String> {
    let events = entries.iter().map(|(_, f)| f.latency_events).min()?;
    (evidence::borne_out(events) < TAIL_SHARE).then(|| {
        format!(
            "Only {} stand behind the latencies, too few for a reliable 99th percentile (marked *).",
            format::counted(events, "event")
        )
    })
}
