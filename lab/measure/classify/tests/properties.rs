//! What must hold for any pieces and any bytes.

use super::transports::ALL;
use super::{classify, turns};
use crate::measure::classify::Direction;
use proptest::prelude::*;
use proptest::sample::Index;

/// Cuts every turn at the given places.
fn cut<'a>(
    turns: &'a [(Direction, Vec<u8>)],
    cuts: &[Index],
) -> impl Iterator<Item = (Direction, &'a [u8])> {
    turns.iter().flat_map(move |(direction, turn)| {
        let mut at: Vec<usize> = cuts.iter().map(|cut| cut.index(turn.len() + 1)).collect();
        at.extend([0, turn.len()]);
        at.sort_unstable();
        let pieces: Vec<_> = at.windows(2).map(|ends| &turn[ends[0]..ends[1]]).collect();
        pieces.into_iter().map(|piece| (*direction, piece))
    })
}

fn whole(turns: &[(Direction, Vec<u8>)]) -> impl Iterator<Item = (Direction, &[u8])> {
    (turns.iter()).map(|(direction, turn)| (*direction, &turn[..]))
}

fn direction() -> impl Strategy<Value = Direction> {
    any::<bool>().prop_map(|up| if up { Direction::Up } else { Direction::Down })
}

proptest! {
    #[test]
    fn pieces_do_not_matter(which in 0..ALL.len(), cuts in prop::collection::vec(any::<Index>(), 0..12)) {
        let turns = turns(ALL[which]);
        prop_assert_eq!(classify(cut(&turns, &cuts)), classify(whole(&turns)));
    }

    /// Streams that are almost right get deep into the parsers.
    #[test]
    fn nor_do_they_in_a_damaged_stream(
        which in 0..ALL.len(),
        damage in prop::collection::vec((any::<Index>(), any::<Index>(), any::<u8>()), 1..6),
        cuts in prop::collection::vec(any::<Index>(), 0..12),
    ) {
        let mut turns = turns(ALL[which]);
        for (turn, byte, value) in damage {
            let turn = turn.index(turns.len());
            let bytes = &mut turns[turn].1;
            let byte = byte.index(bytes.len());
            bytes[byte] = value;
        }
        prop_assert_eq!(classify(cut(&turns, &cuts)), classify(whole(&turns)));
    }

    #[test]
    fn any_bytes_may_come(
        start in 0..ALL.len(),
        opening in 0..3_usize,
        noise in prop::collection::vec((direction(), prop::collection::vec(any::<u8>(), 0..200)), 0..8),
    ) {
        let mut pieces = turns(ALL[start]);
        pieces.truncate(opening);
        pieces.extend(noise);
        let (layers, _) = classify(whole(&pieces));
        let fed: usize = pieces.iter().map(|(_, piece)| piece.len()).sum();
        prop_assert_eq!(layers.up.len() + layers.down.len(), fed);
    }
}
