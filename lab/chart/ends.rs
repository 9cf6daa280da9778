//! Who stands at both ends of an order, for the words beside a chart: all that share a place, never one of them alone.

use super::format::listed;

/// Who has the least and who the most, with the value as it is printed; one entry where all print the same. `sorted`
/// holds names and values from the least to the most.
pub fn ends<'a>(sorted: &'a [(&str, String)]) -> Vec<(String, &'a str)> {
    let (Some((_, least)), Some((_, most))) = (sorted.first(), sorted.last()) else {
        return vec![];
    };
    let mut values = vec![least, most];
    values.dedup();
    let named = |value: &'a String| {
        let same = sorted.iter().filter(|(_, other)| other == value);
        let names: Vec<&str> = same.map(|(name, _)| *name).collect();
        (listed(&names), value.as_str())
    };
    values.into_iter().map(named).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn those_that_share_a_place_are_named_together() {
        let of = |values: &[(&'static str, &str)]| {
            let sorted = values.iter().map(|&(name, value)| (name, value.to_owned()));
            let sorted: Vec<_> = sorted.collect();
            let ends = ends(&sorted);
            ends.into_iter()
                .map(|(names, value)| format!("{names}: {value}"))
                .collect::<Vec<_>>()
        };
        assert_eq!(
            of(&[("a", "0 B"), ("b", "0 B"), ("c", "2 B"), ("d", "9 B")]),
            ["a and b: 0 B", "d: 9 B"]
        );
        assert_eq!(of(&[("a", "1 B"), ("b", "1 B")]), ["a and b: 1 B"]);
        assert!(of(&[]).is_empty());
    }
}
