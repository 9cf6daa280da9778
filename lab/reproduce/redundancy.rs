//! E3: polls for nothing, values never seen, and when that is what one wants.

use super::context::kaazing;
use super::measured::quotient;
use super::plots::{axis, series, variant};
use super::{Context, Measured, Reading, Study, Trial};
use crate::chart::precise;
use crate::measure::Marker;
use crate::measure::plot::{Plot, PlotMark, Quantity};
use crate::run::RunError;
use crate::transport::{Entry, SHORT_POLL, WEBSOCKET};
use serde_json::{Value, json};

pub const STUDY: Study = Study {
    id: "E3",
    title: "Redundant, missed, conflated",
    question: "How many polls bring nothing, how many values does a poller never see, and when does that save bytes?",
    claim: "With a poll a second and an update every 50 s, 96 % of the polls are unnecessary; a poller slower than its \
            source loses updates (Bozdag et al. 2009, 2007). \"Pull sends seven times the packets.\"",
    set_up: "Polls on a timer. Redundant: every second, an update every 1 to 50 s, 5 clients, 3,000 polls each and more. \
             Missed: only the newest value, every 5 s, an update a second. Then updates at random instants (Poisson). \
             Bytes: the published heads of Lubbers & Greco 2010, 20 B, one client, newest value only, and a WebSocket that \
             sends every value or the newest one each second.",
    formula: "empty: 1 - T/P, or exp(-lambda T) at random instants; never shown: 1 - P/T, or 1 - (1 - exp(-lambda T)) / \
              (lambda T); push costs more from (heads + body + 3 x 52) / (20 + 2 + 2 x 52) events per poll on",
    folklore: &[
        (
            "Pull sends 7x the packets of push",
            "a ratio that grows with P/T and is no constant; the seven is one point of it",
        ),
        (
            "Push is always cheaper",
            "a poll for the newest value conflates for free; above 8.6 events per poll every push together costs more, \
             even with the published heads. Push that sends the newest value once a second is cheapest",
        ),
    ],
    real_sockets: false,
    run,
};

/// Publish intervals, s.
pub const PUBLISH_S: [u32; 5] = [1, 5, 15, 30, 50];
/// Share of redundant polls that Bozdag et al. 2009 report for P = 50 s.
const PUBLISHED_EMPTY: f64 = 0.96;
/// Events per second around the crossover.
pub const AROUND: [u32; 2] = [8, 9];
/// Where push costs clearly more, events per second.
pub const FAST: u32 = 20;

fn run(context: &Context) -> Result<Measured, RunError> {
    let mut trials: Vec<(&Entry, Value)> = Vec::new();
    for publish_s in PUBLISH_S {
        // In whole numbers of updates: 60 of them, or as many as take 3,000 polls.
        let span_s = (60 * publish_s).max(3_000);
        trials.push((
            &SHORT_POLL,
            json!({
                "clients": 5, "arrivals": "fixed", "rate": format!("{}/s", 1.0 / f64::from(publish_s)),
                "poll_every": "1s", "warm_up": "0s", "duration": format!("{span_s}s"),
            }),
        ));
    }
    trials.push((
        &SHORT_POLL,
        json!({
            "clients": 5, "arrivals": "fixed", "rate": "1/s", "poll_every": "5s", "poll_delivery": "latest",
            "duration": "15000s",
        }),
    ));
    for (rate, delivery) in [("1/s", "every"), ("2/s", "latest")] {
        trials.push((
            &SHORT_POLL,
            json!({
                "clients": 5, "rate": rate, "poll_every": "1s", "poll_delivery": delivery, "duration": "8000s",
            }),
        ));
    }
    let ticker = |rate: u32| {
        let mut fields = kaazing();
        fields["clients"] = 1.into();
        fields["rate"] = format!("{rate}/s").into();
        fields["duration"] = "1000s".into();
        fields
    };
    for rate in [FAST, AROUND[0], AROUND[1]] {
        trials.push((&SHORT_POLL, ticker(rate)));
        trials.push((&WEBSOCKET, ticker(rate)));
    }
    let mut conflated = ticker(FAST);
    conflated["batch_every"] = "1s".into();
    conflated["push_delivery"] = "latest".into();
    trials.push((&WEBSOCKET, conflated));
    let trials = context.trials(&trials)?;

    let mut measured = Measured::default();
    let (redundant, trials) = trials.split_at(PUBLISH_S.len());
    for (publish_s, trial) in PUBLISH_S.into_iter().zip(redundant) {
        measured.put(format!("empty/{publish_s}"), empty(trial));
    }
    if let [
        missed,
        random,
        random_latest,
        fast_poll,
        fast_push,
        below_poll,
        below_push,
        above_poll,
        above_push,
        conflated,
    ] = trials
    {
        measured.put("missed", never_shown(missed));
        measured.put("empty/poisson", empty(random));
        measured.put("missed/poisson", never_shown(random_latest));
        measured.put("bytes/poll", per_second(fast_poll));
        measured.put("bytes/push", per_second(fast_push));
        measured.put("bytes/conflated", per_second(conflated));
        let poll = quotient(fast_poll.bytes(), fast_poll.read(|f| f.requests as f64));
        let push = quotient(fast_push.bytes(), Ok(fast_push.result.delivered as f64));
        measured.put("crossover", quotient(poll, push));
        for (rate, poll, push) in [
            (AROUND[0], below_poll, below_push),
            (AROUND[1], above_poll, above_push),
        ] {
            let ratio = quotient(per_second(push), per_second(poll));
            measured.put(format!("over/{rate}"), ratio);
        }
    }
    measured.finding = finding(&measured);
    if let Some(empty) = measured
        .get("empty/50")
        .filter(|empty| (empty - PUBLISHED_EMPTY).abs() > 0.01)
    {
        measured.notes.push(format!(
            "Here we differ from the source: {} of the polls bring nothing, Bozdag et al. 2009 report {}. They count about 250 \
             items for 10 published in 500 s: their pollers asked about every 2 s and not each second, as those do that wait \
             after each answer, or whose machine is busy.",
            precise(Quantity::Share, empty),
            precise(Quantity::Share, PUBLISHED_EMPTY)
        ));
    }
    measured.plot = Some(plot(&measured));
    Ok(measured)
}

/// Share of polls that brought nothing new.
fn empty(trial: &Trial) -> Reading {
    trial.read(|f| f.empty_answers as f64 / f.requests as f64)
}

/// Share of updates that a newer one replaced before they were shown.
fn never_shown(trial: &Trial) -> Reading {
    let (shown, replaced) = (
        trial.result.delivered as f64,
        trial.result.superseded as f64,
    );
    trial.read(|_| replaced / (shown + replaced))
}

fn per_second(trial: &Trial) -> Reading {
    Ok(trial.bytes()? / trial.client_s())
}

fn finding(measured: &Measured) -> String {
    let text = |id: &str, quantity| measured.text(id, quantity);
    let mut finding = format!(
        "Of the polls each second for an update every 50 s, {} bring nothing. A poller every 5 s never shows {} of the \
         updates that come each second. With {FAST} updates a second, sending each costs {}, a poller for the newest value \
         {}, and push of the newest value once a second {}.",
        text("empty/50", Quantity::Share),
        text("missed", Quantity::Share),
        text("bytes/push", Quantity::BytesPerSecond),
        text("bytes/poll", Quantity::BytesPerSecond),
        text("bytes/conflated", Quantity::BytesPerSecond),
    );
    if let (Some(below), Some(above)) = (measured.get("over/8"), measured.get("over/9")) {
        let verb = |ratio: f64| if ratio < 1.0 { "less" } else { "more" };
        finding += &format!(
            " Push costs {} than polling at {} updates per poll, and {} at {}.",
            verb(below),
            AROUND[0],
            verb(above),
            AROUND[1]
        );
    }
    finding
}

fn plot(measured: &Measured) -> Plot {
    let bytes_of_push = |rate: f64| 126.0 * rate;
    let rates = [AROUND[0], AROUND[1], FAST];
    let push = rates.map(|rate| {
        let bytes = match rate {
            FAST => measured.get("bytes/push"),
            _ => measured
                .get(&format!("over/{rate}"))
                .zip(measured.get("bytes/poll"))
                .map(|(ratio, poll)| ratio * poll),
        };
        (f64::from(rate), bytes)
    });
    let fast = f64::from(FAST);
    Plot {
        id: "e3".into(),
        title: "Where sending everything costs more than asking once a second".into(),
        reading:
            "Bytes per second on the cable for one client, by updates per second; dashed: the law"
                .into(),
        alt: format!(
            "Line chart of bytes per second over the update rate. {}",
            measured.finding
        ),
        x: axis("updates per second", Quantity::PerSecond, false),
        y: axis("bytes per second", Quantity::BytesPerSecond, false),
        series: vec![
            series(
                &WEBSOCKET,
                "WebSocket, every update",
                push,
                [0.0, fast].map(|rate| [rate, bytes_of_push(rate)]).to_vec(),
            ),
            series(
                &SHORT_POLL,
                "a poll a second for the newest",
                [(fast, measured.get("bytes/poll"))],
                [0.0, fast].map(|rate| [rate, 1_086.0]).to_vec(),
            ),
            variant(
                "WebSocket, the newest each second",
                "#6a3d9a",
                Marker::Square,
                [(fast, measured.get("bytes/conflated"))],
                [0.0, fast].map(|rate| [rate, 126.0]).to_vec(),
            ),
        ],
        marks: measured
            .get("crossover")
            .map(|x| PlotMark {
                x: Some(x),
                y: None,
                label: format!("equal at {x:.1}"),
            })
            .into_iter()
            .collect(),
    }
}
