//! Whether what stands in the file of a sweep can be one: charts and tables rely on it.

use crate::measure::sweep::{SweepHead, Trial};
use std::collections::BTreeMap;

/// Says what is wrong, and on which line. A trial that stands there twice would count twice.
pub fn check(head: &SweepHead, trials: &[Trial]) -> Result<(), String> {
    let first = |problem: &str| Err(format!("line 1: {problem}"));
    if let Err(error) = head.sweep.validate() {
        return first(&format!("no valid sweep ({error})"));
    }
    let shape = head.sweep.shape();
    if head.parties.is_empty() || head.parties.iter().any(|p| p.affected.len() != shape.len()) {
        return first("the field \"parties\" does not fit the axes");
    }
    let mut seen = BTreeMap::new();
    for (line, trial) in (2..).zip(trials) {
        let about = |problem: &str| Err(format!("line {line}: {problem}"));
        let Some(party) = head
            .parties
            .iter()
            .find(|party| party.id == trial.transport)
        else {
            return about(&format!(
                "the field \"transport\" is {:?}, which this sweep has not",
                trial.transport
            ));
        };
        // On an axis that cannot affect it, a transport is run at the first value alone.
        let on_grid = trial.at.len() == shape.len()
            && trial
                .at
                .iter()
                .zip(&shape)
                .all(|(index, size)| index < size)
            && party.stands_for(&trial.at) == trial.at;
        if !on_grid {
            return about(&format!(
                "the field \"at\" is {:?}, which is no point of this sweep",
                trial.at
            ));
        }
        if trial.repeat >= head.sweep.repeats {
            return about(&format!(
                "the field \"repeat\" is {}, and this sweep has {} repeats",
                trial.repeat, head.sweep.repeats
            ));
        }
        if let Some(earlier) = seen.insert((&trial.at, &trial.transport, trial.repeat), line) {
            return about(&format!("the same trial as on line {earlier}"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::sweep::SweepResults;
    use crate::report::fixture;

    #[test]
    fn what_cannot_be_a_sweep_is_named_with_its_line() {
        let whole = fixture::sweeps::sweep(&["poll_every=100ms..10s:12log"]);
        assert_eq!(check(&whole.head, &whole.trials), Ok(()));
        let problem = |change: fn(&mut SweepResults)| {
            let mut results = whole.clone();
            change(&mut results);
            check(&results.head, &results.trials).unwrap_err()
        };
        for (problem, part) in [
            (
                problem(|s| s.head.sweep.vary.clear()),
                "line 1: no valid sweep",
            ),
            (
                problem(|s| s.head.parties.clear()),
                "line 1: the field \"parties\"",
            ),
            (
                problem(|s| s.head.parties[0].affected.clear()),
                "line 1: the field \"parties\"",
            ),
            (
                problem(|s| s.trials[1].transport = "pigeon".into()),
                "line 3: the field \"transport\"",
            ),
            (
                problem(|s| s.trials[0].at[0] = 77),
                "line 2: the field \"at\" is [77]",
            ),
            (
                problem(|s| s.trials[0].at.clear()),
                "line 2: the field \"at\" is []",
            ),
            (
                problem(|s| s.trials[0].repeat = 99),
                "line 2: the field \"repeat\" is 99",
            ),
            (
                problem(|s| s.trials.push(s.trials[0].clone())),
                "the same trial as on line 2",
            ),
        ] {
            assert!(problem.contains(part), "{problem} lacks {part}");
        }
    }
}
