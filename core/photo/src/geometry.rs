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
