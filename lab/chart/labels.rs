//! Direct labels: finds room for a name beside its line, so that no chart needs a legend box and no two texts overlap.

use super::canvas::Point;
use super::style::MARKER;

/// A rectangle in pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Area {
    pub left: i32,
    pub top: i32,
    pub right: i32,
    pub bottom: i32,
}

impl Area {
    pub fn overlaps(self, other: Self) -> bool {
        self.left < other.right
            && other.left < self.right
            && self.top < other.bottom
            && other.top < self.bottom
    }

    pub fn holds(self, (x, y): Point) -> bool {
        self.left <= x && x <= self.right && self.top <= y && y <= self.bottom
    }

    pub fn widened(self, by: i32) -> Self {
        Self {
            left: self.left - by,
            top: self.top - by,
            right: self.right + by,
            bottom: self.bottom + by,
        }
    }
}

/// A label's place and the point of its line that it belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Placed {
    pub area: Area,
    pub anchor: Point,
}

/// Places labels of the given sizes inside `room`, each level with a point of its own line, as near to it as the
/// lines and the other labels allow. `lines` are paths in pixels; the first `sizes.len()` of them get the labels.
/// A label gets no place only where no free one is left.
pub fn place(room: Area, sizes: &[(i32, i32)], lines: &[Vec<Point>]) -> Vec<Option<Placed>> {
    let dots: Vec<Point> = lines.iter().flat_map(|line| dotted(line)).collect();
    let mut taken: Vec<Area> = vec![];
    let mut placed = vec![];
    for (size, line) in sizes.iter().zip(lines) {
        let best = candidates(room, *size, line)
            .filter(|(label, span)| {
                !taken
                    .iter()
                    .any(|t| t.overlaps(*span) || t.overlaps(label.area.widened(6)))
            })
            .min_by_key(|(label, span)| {
                let covered = dots
                    .iter()
                    .filter(|dot| label.area.widened(MARKER + 4).holds(**dot))
                    .count() as i32;
                let middle = (room.top + room.bottom) / 2;
                (span.right - span.left) + 60 * covered + (label.anchor.1 - middle).abs() / 4
            });
        if let Some((_, span)) = best {
            taken.push(span);
        }
        placed.push(best.map(|(label, _)| label));
    }
    placed
}

/// Tops of labels of one height beside points at the given heights: as near to them as it goes without touching, in
/// the order of the points, between `room.0` and `room.1` if there is room for all.
pub fn spread(wanted: &[i32], height: i32, room: (i32, i32)) -> Vec<i32> {
    let mut order: Vec<usize> = (0..wanted.len()).collect();
    order.sort_by_key(|&i| wanted[i]);
    let mut tops = vec![0; wanted.len()];
    let mut free = room.0;
    for &i in &order {
        tops[i] = free.max(wanted[i] - height / 2);
        free = tops[i] + height;
    }
    // Pushed down beyond the end: back up from there.
    let mut limit = room.1;
    for &i in order.iter().rev() {
        tops[i] = tops[i].min(limit - height);
        limit = tops[i];
    }
    tops
}

/// All places for one label, each with the area that the label and its leader take up together.
fn candidates(
    room: Area,
    (width, height): (i32, i32),
    line: &[Point],
) -> impl Iterator<Item = (Placed, Area)> {
    let columns = (room.left..=room.right - width).step_by(10);
    let rows = (room.top..=room.bottom - height).step_by(8);
    rows.flat_map(move |top| columns.clone().map(move |left| (left, top)))
        .filter_map(move |(left, top)| {
            let area = Area {
                left,
                top,
                right: left + width,
                bottom: top + height,
            };
            let anchor = crossing(line, top + height / 2)?;
            let clear = anchor.0 + 22 <= area.left || anchor.0 >= area.right + 22;
            let span = Area {
                left: area.left.min(anchor.0 - 12),
                right: area.right.max(anchor.0 + 12),
                ..area
            };
            clear.then_some((Placed { area, anchor }, span))
        })
}

/// Where a path first meets the height `y`.
fn crossing(line: &[Point], y: i32) -> Option<Point> {
    line.windows(2).find_map(|pair| {
        let ((x0, y0), (x1, y1)) = (pair[0], pair[1]);
        if y < y0.min(y1) || y > y0.max(y1) || y0 == y1 {
            return None;
        }
        let part = f64::from(y - y0) / f64::from(y1 - y0);
        Some((x0 + (f64::from(x1 - x0) * part).round() as i32, y))
    })
}

/// Points along a path, close enough together that a label cannot slip between them.
pub fn dotted(line: &[Point]) -> Vec<Point> {
    let mut dots = vec![];
    for pair in line.windows(2) {
        let ((x0, y0), (x1, y1)) = (pair[0], pair[1]);
        let steps = ((x1 - x0).abs().max((y1 - y0).abs()) / 8).max(1);
        dots.extend((0..=steps).map(|i| (x0 + (x1 - x0) * i / steps, y0 + (y1 - y0) * i / steps)));
    }
    dots
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seven_lines_on_one_spot_get_seven_labels_that_do_not_touch() {
        let room = Area {
            left: 100,
            top: 110,
            right: 1240,
            bottom: 560,
        };
        let lines = vec![vec![(110, 560), (112, 110)]; 7];
        let placed: Vec<_> = place(room, &[(400, 50); 7], &lines)
            .into_iter()
            .flatten()
            .collect();
        assert_eq!(placed.len(), 7);
        for (i, a) in placed.iter().enumerate() {
            assert!(placed[..i].iter().all(|b| !a.area.overlaps(b.area)));
            assert!(a.area.left >= 100 && a.area.right <= 1240);
        }
    }

    #[test]
    fn labels_beside_ends_keep_order_and_distance() {
        assert_eq!(spread(&[300, 100, 302], 50, (100, 568)), [275, 100, 325]);
        assert_eq!(spread(&[568, 567, 566], 50, (100, 568)), [518, 468, 418]);
        assert!(spread(&[], 50, (100, 568)).is_empty());
    }

    #[test]
    fn without_room_there_is_no_label() {
        let room = Area {
            left: 0,
            top: 0,
            right: 50,
            bottom: 50,
        };
        assert_eq!(place(room, &[(400, 20)], &[vec![(0, 50), (50, 0)]]), [None]);
        assert_eq!(place(room, &[(10, 10)], &[vec![]]), [None]);
    }
}
