//! What a report folder holds: the measured values, from which everything else in it is drawn.

use super::{Failure, journal};
use crate::chart::{self, Chart};
use crate::measure::literature::{LITERATURE_SCHEMA, LITERATURE_VERSION, Literature};
use crate::measure::sweep::{SweepResults, Trial};
use crate::measure::{
    BOTH_SCHEMA, BOTH_VERSION, Both, Results, SCHEMA, SCORECARD_SCHEMA, SCORECARD_VERSION,
    Scorecard, VERSION,
};
use crate::report;
use std::fs;
use std::io::Read;
use std::path::Path;

/// The file of runs.
const RECORDING: &str = "recording.json";
/// The file of published claims.
const LITERATURE: &str = "literature.json";
pub const PAGE: &str = "index.html";
const MARKDOWN: &str = "report.md";
/// Longest recording that is read.
const LARGEST: u64 = 50 << 20;

/// Names and contents.
pub type Files = Vec<(String, Vec<u8>)>;

/// The measured values of one command.
#[derive(Debug)]
pub enum Recording {
    /// One scenario on one network.
    Run(Box<Results>),
    /// The same scenario on both.
    Both(Box<Both>),
    /// One scenario at many points.
    Sweep(Box<SweepResults>),
    /// Published claims, put to the test.
    Literature(Box<Literature>),
    /// Scenarios, judged by their budgets.
    Scorecard(Box<Scorecard>),
}

impl Recording {
    /// Reads a report folder, or the file in it; a message names the file.
    pub fn read(path: &Path) -> Result<Self, Failure> {
        let is_sweep = |path: &Path| path.file_name().is_some_and(|name| name == journal::NAME);
        let (sweep, literature) = (path.join(journal::NAME), path.join(LITERATURE));
        match path {
            file if is_sweep(file) => journal::read(file).map(|sweep| Self::Sweep(Box::new(sweep))),
            _ if sweep.is_file() => journal::read(&sweep).map(|sweep| Self::Sweep(Box::new(sweep))),
            _ if literature.is_file() => Self::read_json(&literature),
            file if file.is_file() => Self::read_json(file),
            folder => Self::read_json(&folder.join(RECORDING)),
        }
    }

    fn read_json(path: &Path) -> Result<Self, Failure> {
        let file = fs::File::open(path).map_err(|error| {
            Failure::Usage(format!(
                "{}: {error}: give a folder that pushlab wrote",
                path.display()
            ))
        })?;
        let mut text = String::new();
        file.take(LARGEST)
            .read_to_string(&mut text)
            .map_err(|error| Failure::file(path.display(), error))?;
        let remedy = Self::remedy(path);
        let broken = |what: String| Failure::Usage(format!("{}: {what}: {remedy}", path.display()));
        let head: serde_json::Value = serde_json::from_str(&text)
            .map_err(|error| broken(format!("not a recording ({error})")))?;
        let is = |schema, version| head["schema"] == schema && head["version"] == version;
        let read = if is(SCHEMA, VERSION) {
            serde_json::from_value(head).map(|results| Self::Run(Box::new(results)))
        } else if is(BOTH_SCHEMA, BOTH_VERSION) {
            serde_json::from_value(head).map(|both| Self::Both(Box::new(both)))
        } else if is(LITERATURE_SCHEMA, LITERATURE_VERSION) {
            serde_json::from_value(head).map(|literature| Self::Literature(Box::new(literature)))
        } else if is(SCORECARD_SCHEMA, SCORECARD_VERSION) {
            serde_json::from_value(head).map(|scorecard| Self::Scorecard(Box::new(scorecard)))
        } else {
            return Err(broken(format!(
                "written as {} version {}, this program reads {SCHEMA} version {VERSION}, {BOTH_SCHEMA} \
                 version {BOTH_VERSION}, {LITERATURE_SCHEMA} version {LITERATURE_VERSION} and {SCORECARD_SCHEMA} \
                 version {SCORECARD_VERSION}",
                head["schema"], head["version"]
            )));
        };
        read.map_err(|error| broken(format!("not a recording ({error})")))
    }

    /// What to do about a file that is no recording.
    fn remedy(path: &Path) -> String {
        let is_one = [RECORDING, LITERATURE]
            .iter()
            .any(|name| path.ends_with(name));
        match path.parent() {
            // What is drawn from it, perhaps, or a note that somebody has put beside it.
            Some(folder) if !is_one && Self::is_in(folder) => {
                format!("give the folder that it is in, {}", folder.display())
            }
            _ => "measure it again".into(),
        }
    }

    /// Whether everything in it was verified and is as it should be.
    pub fn verified(&self) -> bool {
        match self {
            Self::Run(results) => results.transports.iter().all(|t| t.verified),
            Self::Both(both) => both.verified(),
            Self::Sweep(sweep) => {
                let fine = |trial: &Trial| trial.figures.is_some() || trial.not_run.is_some();
                sweep.trials.iter().all(fine)
            }
            Self::Literature(literature) => !literature.off(),
            Self::Scorecard(scorecard) => {
                let mut candidates = scorecard.cards.iter().flat_map(|card| &card.candidates);
                candidates.all(|candidate| candidate.verified)
            }
        }
    }

    /// Whether a run or a scorecard was not measured to its end. A sweep's file says it by what is missing in it.
    pub fn partial(&self) -> bool {
        match self {
            Self::Run(results) => results.partial,
            Self::Both(both) => both.simulated.partial || both.loopback.partial,
            Self::Scorecard(scorecard) => scorecard.partial,
            Self::Sweep(_) | Self::Literature(_) => false,
        }
    }

    /// For the terminal.
    pub fn terminal(&self, width: u16) -> String {
        match self {
            Self::Run(results) => report::terminal(results, width, true),
            Self::Both(both) => report::both::terminal(both, width),
            Self::Sweep(sweep) => report::sweep_terminal(sweep, width, true),
            Self::Literature(literature) => report::literature::terminal(literature, width, true),
            Self::Scorecard(scorecard) => report::scorecard::terminal(scorecard, width, true),
        }
    }

    /// The public results as one JSON object: without the charts' series.
    pub fn json(&self) -> Result<String, Failure> {
        let text = match self {
            Self::Run(results) => serde_json::to_string_pretty(&public(results)),
            Self::Both(both) => serde_json::to_string_pretty(&Both {
                simulated: public(&both.simulated),
                loopback: public(&both.loopback),
                ..(**both).clone()
            }),
            Self::Sweep(sweep) => serde_json::to_value(&sweep.head).and_then(|mut json| {
                json["trials"] = serde_json::to_value(&sweep.trials)?;
                serde_json::to_string_pretty(&json)
            }),
            Self::Literature(literature) => serde_json::to_string_pretty(literature),
            Self::Scorecard(scorecard) => serde_json::to_string_pretty(scorecard),
        };
        text.map_err(internal)
    }

    /// What people look at: page, Markdown and charts, on request as PNG too.
    pub fn pictures(&self, png: bool) -> Result<Files, Failure> {
        let (charts, page, markdown) = match self {
            Self::Run(results) => {
                let page = match png {
                    true => report::html_beside_png(results),
                    false => report::html(results),
                };
                (chart::all(results), page, report::markdown(results))
            }
            Self::Both(both) => {
                let page = match png {
                    true => report::both::html_beside_png(both),
                    false => report::both::html(both),
                };
                (
                    vec![chart::agreement(both)],
                    page,
                    report::both::markdown(both),
                )
            }
            Self::Sweep(sweep) => (
                chart::sweep::all(sweep),
                report::sweep_html(sweep),
                report::sweep_markdown(sweep),
            ),
            Self::Literature(literature) => (
                report::literature::charts(literature),
                report::literature::html(literature),
                report::literature::markdown(literature),
            ),
            Self::Scorecard(scorecard) => {
                let page = match png {
                    true => report::scorecard::html_beside_png(scorecard),
                    false => report::scorecard::html(scorecard),
                };
                (
                    chart::scorecard::scorecard(scorecard),
                    page,
                    report::scorecard::markdown(scorecard),
                )
            }
        };
        let mut files = drawings(charts, png)?;
        files.push((PAGE.to_owned(), page.into_bytes()));
        files.push((MARKDOWN.to_owned(), markdown.into_bytes()));
        Ok(files)
    }

    /// The file that everything else is drawn from.
    pub fn file(&self) -> Result<(String, Vec<u8>), Failure> {
        let (name, text) = match self {
            Self::Run(results) => (
                RECORDING,
                serde_json::to_string(results).map_err(internal)? + "\n",
            ),
            Self::Both(both) => (
                RECORDING,
                serde_json::to_string(both).map_err(internal)? + "\n",
            ),
            Self::Sweep(sweep) => (journal::NAME, journal::text(sweep)?),
            Self::Literature(literature) => (
                LITERATURE,
                serde_json::to_string(literature).map_err(internal)? + "\n",
            ),
            Self::Scorecard(scorecard) => (
                RECORDING,
                serde_json::to_string(scorecard).map_err(internal)? + "\n",
            ),
        };
        Ok((name.to_owned(), text.into_bytes()))
    }

    /// Whether a folder is a report: one with a recording, or one of pictures alone.
    pub fn is_in(folder: &Path) -> bool {
        let has = |name| folder.join(name).is_file();
        has(RECORDING) || has(journal::NAME) || has(LITERATURE) || (has(PAGE) && has(MARKDOWN))
    }
}

fn drawings(charts: Vec<Chart>, png: bool) -> Result<Files, Failure> {
    let mut files = vec![];
    for chart in charts {
        if png {
            let picture = chart::png(&chart.svg).map_err(|error| {
                Failure::Usage(format!(
                    "cannot draw {} as PNG: {error}: leave out --png",
                    chart.id
                ))
            })?;
            files.push((format!("{}.png", chart.id), picture));
        }
        files.push((format!("{}.svg", chart.id), chart.svg.into_bytes()));
    }
    Ok(files)
}

fn public(results: &Results) -> Results {
    let mut results = results.clone();
    results.feed_labels.clear();
    for transport in &mut results.transports {
        transport.series = None;
    }
    results
}

fn internal(error: serde_json::Error) -> Failure {
    Failure::Internal(error.to_string())
}
