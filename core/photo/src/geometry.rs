//! Points, and maps from one picture to another.

/// A point in pixels, from the left and from the top.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Point {
    /// From the left.
    pub x: f32,
    /// From the top.
    pub y: f32,
}

impl Point {
    /// The point at these places.
    #[must_use]
    pub const fn new(x: f32, y: f32) -> Self {
        Self { x, y }
    }

    /// The point in the middle of two.
    #[must_use]
    pub fn middle(self, other: Self) -> Self {
        Self { x: (self.x + other.x) / 2.0, y: (self.y + other.y) / 2.0 }
    }

    /// The same place in a picture of which each pixel was cut into `scale` × `scale`. The middle of the first pixel is
    /// (0, 0) in both.
    #[must_use]
    pub(crate) fn enlarged(self, scale: f32) -> Self {
        let out = |place: f32| (place + 0.5) * scale - 0.5;
        Self { x: out(self.x), y: out(self.y) }
    }

    /// How far it is to another point.
    #[must_use]
    pub fn distance(self, other: Self) -> f32 {
        (self.x - other.x).hypot(self.y - other.y)
    }
}

/// A square that may be turned: the part of a picture at which a network looks.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Square {
    /// Its middle.
    pub middle: Point,
    /// The length of a side in pixels.
    pub side: f32,
    /// How far it is turned clockwise, in radians.
    pub angle: f32,
}

impl Square {
    /// Where a place of the square lies in the picture; (0, 0) is its upper left corner, (1, 1) its lower right.
    #[must_use]
    pub fn place(&self, x: f32, y: f32) -> Point {
        let (sin, cos) = self.angle.sin_cos();
        let (x, y) = ((x - 0.5) * self.side, (y - 0.5) * self.side);
        Point::new(self.middle.x + x * cos - y * sin, self.middle.y + x * sin + y * cos)
    }
}

/// Turns, scales and moves, and keeps every shape.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Similarity {
    /// Scale times the cosine and the sine of the angle, clockwise.
    turn: [f32; 2],
    /// Where (0, 0) comes to lie.
    origin: Point,
}

impl Similarity {
    /// The one that brings some points closest to others, by the squares of the distances. Points that are all the same
    /// are only moved.
    #[must_use]
    pub fn between<const N: usize>(from: &[Point; N], to: &[Point; N]) -> Self {
        let mean = |points: &[Point; N]| {
            let sum = points.iter().fold(Point::default(), |sum, point| Point::new(sum.x + point.x, sum.y + point.y));
            Point::new(sum.x / N as f32, sum.y / N as f32)
        };
        let (here, there) = (mean(from), mean(to));
        let (mut along, mut across, mut squares) = (0.0, 0.0, 0.0);
        for (a, b) in from.iter().zip(to) {
            let (a, b) = (Point::new(a.x - here.x, a.y - here.y), Point::new(b.x - there.x, b.y - there.y));
            along += a.x * b.x + a.y * b.y;
            across += a.x * b.y - a.y * b.x;
            squares += a.x * a.x + a.y * a.y;
        }
        let turn = if squares > 0.0 { [along / squares, across / squares] } else { [1.0, 0.0] };
        let turned = Self { turn, origin: Point::default() }.apply(here);
        Self { turn, origin: Point::new(there.x - turned.x, there.y - turned.y) }
    }

    /// Where a point comes to lie.
    #[must_use]
    pub fn apply(&self, point: Point) -> Point {
        let [cos, sin] = self.turn;
        Point::new(cos * point.x - sin * point.y + self.origin.x, sin * point.x + cos * point.y + self.origin.y)
    }

    /// The way back. Where everything was laid on one point there is none, and the numbers are not finite.
    #[must_use]
    pub fn inverse(&self) -> Self {
        let [cos, sin] = self.turn;
        let squares = cos * cos + sin * sin;
        let turn = [cos / squares, -sin / squares];
        let back = Self { turn, origin: Point::default() }.apply(self.origin);
        Self { turn, origin: Point::new(-back.x, -back.y) }
    }
}

/// A rectangle that stands upright, in pixels.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Bounds {
    /// Its left side.
    pub left: f32,
    /// Its upper side.
    pub top: f32,
    /// From left to right.
    pub width: f32,
    /// From top to bottom.
    pub height: f32,
}

impl Bounds {
    /// Its middle.
    #[must_use]
    pub fn middle(&self) -> Point {
        Point::new(self.left + self.width / 2.0, self.top + self.height / 2.0)
    }

    /// Its area.
    #[must_use]
    pub fn area(&self) -> f32 {
        self.width.max(0.0) * self.height.max(0.0)
    }

    /// What both cover, as a share of what either covers.
    #[must_use]
    pub fn overlap(&self, other: &Self) -> f32 {
        let across = (self.left + self.width).min(other.left + other.width) - self.left.max(other.left);
        let down = (self.top + self.height).min(other.top + other.height) - self.top.max(other.top);
        let both = across.max(0.0) * down.max(0.0);
        let either = self.area() + other.area() - both;
        if either > 0.0 { both / either } else { 0.0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_similarity_is_found_and_goes_back() {
        let from = [(10.0, 20.0), (40.0, 25.0), (30.0, 60.0)].map(|(x, y)| Point::new(x, y));
        // Twice as large, a quarter clockwise, moved.
        let to = from.map(|point| Point::new(-2.0 * point.y + 7.0, 2.0 * point.x - 3.0));
        let found = Similarity::between(&from, &to);
        for (a, b) in from.into_iter().zip(to) {
            assert!(found.apply(a).distance(b) < 1e-3);
            assert!(found.inverse().apply(b).distance(a) < 1e-3);
        }
    }

    #[test]
    fn one_point_is_only_moved() {
        let found = Similarity::between(&[Point::new(1.0, 1.0); 3], &[Point::new(4.0, 6.0); 3]);
        assert_eq!(found.apply(Point::new(2.0, 2.0)), Point::new(5.0, 7.0));
    }
}
