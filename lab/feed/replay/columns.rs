//! What the columns of a replayed file are for.

/// Names of the column with the time, the most telling first; upper and lower case are the same.
const TIME_NAMES: [&str; 4] = ["timestamp", "time", "ts", "t"];
/// Names of the column with the topic; without one the file's name is the topic.
const TOPIC_NAMES: [&str; 3] = ["symbol", "sym", "topic"];

/// Which column is which.
pub(super) struct Columns {
    pub(super) time: usize,
    pub(super) topic: Option<usize>,
}

impl Columns {
    /// Finds them by name, or says which is missing, double or taken.
    pub(super) fn new<'a>(names: impl Iterator<Item = &'a str>) -> Result<Self, String> {
        let names: Vec<_> = names.collect();
        let find = |wanted: &[&str]| {
            wanted.iter().find_map(|wanted| {
                names
                    .iter()
                    .position(|name| name.eq_ignore_ascii_case(wanted))
            })
        };
        let Some(time) = find(&TIME_NAMES) else {
            let names = names.join(", ");
            let shown: String = names.chars().take(200).collect();
            return Err(format!(
                "has no column \"timestamp\", \"time\", \"t\" or \"ts\" (it has: {shown}): name one so"
            ));
        };
        for (index, name) in names.iter().enumerate().filter(|(index, _)| *index != time) {
            if *name == "seq" || *name == "t" {
                return Err(format!(
                    "column {name:?} is written by the lab itself: rename or remove it"
                ));
            }
            if names[..index].contains(name) {
                return Err(format!("column {name:?} appears twice: rename one of them"));
            }
        }
        Ok(Self {
            time,
            topic: find(&TOPIC_NAMES),
        })
    }
}
