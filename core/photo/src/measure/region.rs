//! Parts of a picture that lie within a convex outline.

use std::ops::Range;

use crate::geometry::Point;

/// A convex part of a picture: for each row, from which column to which.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Region {
    top: usize,
    spans: Vec<Range<usize>>,
}

impl Region {
    /// The pixels within the convex hull of some points, as far as they lie in a picture of that size.
    pub(crate) fn hull(points: &[Point], width: usize, height: usize) -> Self {
        let hull = hull(points);
        let (top, bottom) = rows_of(&hull, height);
        let spans = (top..bottom).map(|row| span(&hull, row as f32, width)).collect();
        Self { top, spans }
    }

    /// A rectangle, as far as it lies in a picture of that size.
    pub(crate) fn rectangle(left: f32, top: f32, side: f32, width: usize, height: usize) -> Self {
        let from = |place: f32, len: usize| (place.max(0.0) as usize).min(len);
        let columns = from(left, width)..from(left + side, width);
        let (top, bottom) = (from(top, height), from(top + side, height));
        Self { top, spans: vec![columns; bottom - top] }
    }

    /// Each row with its columns.
    pub(crate) fn rows(&self) -> impl Iterator<Item = (usize, Range<usize>)> + '_ {
        self.spans.iter().enumerate().map(|(row, span)| (self.top + row, span.clone()))
    }

    /// Each pixel, across and down.
    pub(crate) fn pixels(&self) -> impl Iterator<Item = (usize, usize)> + '_ {
        self.rows().flat_map(|(y, span)| span.map(move |x| (x, y)))
    }
}

fn rows_of(hull: &[Point], height: usize) -> (usize, usize) {
    let first = hull.iter().map(|point| point.y).fold(f32::INFINITY, f32::min);
    let last = hull.iter().map(|point| point.y).fold(f32::NEG_INFINITY, f32::max);
    let top = (first.ceil().max(0.0) as usize).min(height);
    let bottom = ((last.floor() + 1.0).max(0.0) as usize).min(height);
    (top, bottom.max(top))
}

/// Where a row meets the hull.
fn span(hull: &[Point], row: f32, width: usize) -> Range<usize> {
    let (mut from, mut until) = (f32::INFINITY, f32::NEG_INFINITY);
    for (index, a) in hull.iter().enumerate() {
        let b = hull[(index + 1) % hull.len()];
        if (a.y <= row) == (b.y <= row) && a.y != row {
            continue;
        }
        let along = if a.y == b.y { 0.0 } else { (row - a.y) / (b.y - a.y) };
        let x = a.x + along.clamp(0.0, 1.0) * (b.x - a.x);
        (from, until) = (from.min(x), until.max(x));
    }
    let first = (from.ceil().max(0.0) as usize).min(width);
    let last = ((until.floor() + 1.0).max(0.0) as usize).min(width);
    first..last.max(first)
}

/// The corners of the convex hull in order (Andrew's monotone chain).
fn hull(points: &[Point]) -> Vec<Point> {
    let mut sorted = points.to_vec();
    sorted.sort_by(|a, b| a.x.total_cmp(&b.x).then(a.y.total_cmp(&b.y)));
    let mut hull = half(&sorted);
    sorted.reverse();
    hull.extend(half(&sorted));
    hull
}

/// One side of the hull without its last corner, which is the first of the other side.
fn half(sorted: &[Point]) -> Vec<Point> {
    let turns = |a: Point, b: Point, c: Point| (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x);
    let mut side: Vec<Point> = Vec::new();
    for point in sorted {
        while let [.., a, b] = side[..]
            && turns(a, b, *point) <= 0.0
        {
            side.pop();
        }
        side.push(*point);
    }
    side.pop();
    side
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(region: &Region) -> Vec<(usize, Range<usize>)> {
        region.rows().collect()
    }

    #[test]
    fn a_hull_holds_its_corners_and_what_lies_between() {
        let points = [(2.0, 1.0), (6.0, 1.0), (4.0, 5.0), (4.0, 2.0)].map(|(x, y)| Point::new(x, y));
        let expected = [(1, 2..7), (2, 3..6), (3, 3..6), (4, 4..5), (5, 4..5)];
        assert_eq!(rows(&Region::hull(&points, 9, 9)), expected);
    }

    #[test]
    fn what_lies_beyond_the_picture_is_left_out() {
        let points = [(-3.0, -3.0), (20.0, -3.0), (20.0, 20.0), (-3.0, 20.0)].map(|(x, y)| Point::new(x, y));
        assert_eq!(Region::hull(&points, 4, 3).pixels().count(), 12);
        assert_eq!(Region::rectangle(2.0, 1.0, 5.0, 4, 3).pixels().count(), 4);
        assert_eq!(Region::rectangle(9.0, 9.0, 5.0, 4, 3).pixels().count(), 0);
    }

    #[test]
    fn points_that_are_no_numbers_are_nowhere() {
        let points = [Point::new(f32::NAN, f32::NAN); 4];
        assert_eq!(Region::hull(&points, 4, 3).pixels().count(), 0);
    }
}
