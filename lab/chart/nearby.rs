//! Finds room for a few words beside a point, away from lines and from other words.

use super::canvas::Point;
use super::labels::Area;

/// The part of a sheet that is being filled.
pub struct Room {
    /// Nothing is placed outside.
    pub bounds: Area,
    /// What has text already.
    pub taken: Vec<Area>,
    /// Points of lines and markers, which had better stay visible.
    pub dots: Vec<Point>,
    /// Points that words beside them would seem to belong to.
    pub markers: Vec<Point>,
}

impl Room {
    /// Takes a place for words of this size near `anchor`, or none where all would hide more than `most` dots.
    pub fn near(&mut self, anchor: Point, size: (i32, i32), most: usize) -> Option<Area> {
        let best = candidates(anchor, size)
            .enumerate()
            .filter(|(_, area)| self.is_free(*area))
            .map(|(rank, area)| (self.hidden(area), rank, area))
            .filter(|(hidden, ..)| *hidden <= most)
            .min_by_key(|(hidden, rank, area)| {
                6 * hidden + rank + 12 * self.others(anchor, *area)
            })?;
        self.taken.push(best.2);
        Some(best.2)
    }

    /// Whether nothing at all is there.
    pub fn is_empty(&self, area: Area) -> bool {
        self.is_free(area) && self.hidden(area) == 0
    }

    fn is_free(&self, area: Area) -> bool {
        let (wide, b) = (area.widened(4), self.bounds);
        area.left >= b.left
            && area.right <= b.right
            && area.top >= b.top
            && area.bottom <= b.bottom
            && !self.taken.iter().any(|taken| taken.overlaps(wide))
    }

    /// How many other points the words would seem to belong to.
    fn others(&self, anchor: Point, area: Area) -> usize {
        let wide = area.widened(18);
        let other = |marker: &&Point| **marker != anchor && wide.holds(**marker);
        self.markers.iter().filter(other).count()
    }

    fn hidden(&self, area: Area) -> usize {
        let wide = area.widened(4);
        self.dots.iter().filter(|dot| wide.holds(**dot)).count()
    }
}

/// Places around a point, the most natural ones first.
fn candidates((x, y): Point, (width, height): (i32, i32)) -> impl Iterator<Item = Area> {
    const SIDES: [(i32, i32); 8] = [
        (1, 0),
        (1, -1),
        (0, -1),
        (1, 1),
        (0, 1),
        (-1, -1),
        (-1, 1),
        (-1, 0),
    ];
    [14, 26, 44, 70, 104, 150]
        .into_iter()
        .flat_map(move |gap| SIDES.map(|side| (gap, side)))
        .map(move |(gap, (dx, dy))| {
            let left = match dx {
                1 if dy != 0 => x + gap / 2,
                1 => x + gap,
                -1 if dy != 0 => x - gap / 2 - width,
                -1 => x - gap - width,
                _ => x - width / 2,
            };
            let top = match dy {
                1 => y + gap,
                -1 => y - gap - height,
                _ => y - height / 2,
            };
            Area {
                left,
                top,
                right: left + width,
                bottom: top + height,
            }
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_stand_beside_their_point_and_never_on_each_other() {
        let bounds = Area {
            left: 0,
            top: 0,
            right: 400,
            bottom: 400,
        };
        let mut room = Room {
            bounds,
            taken: vec![],
            dots: vec![(200, 200)],
            markers: vec![(200, 200)],
        };
        let placed: Vec<Area> = (0..6)
            .filter_map(|_| room.near((200, 200), (80, 20), 0))
            .collect();
        assert_eq!(placed.len(), 6);
        for (i, area) in placed.iter().enumerate() {
            assert!(!area.holds((200, 200)));
            assert!(placed[..i].iter().all(|other| !area.overlaps(*other)));
        }
        assert_eq!(room.near((200, 200), (500, 20), 9), None);
    }
}
