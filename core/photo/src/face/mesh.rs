//! The points of a face: MediaPipe's face landmarks, 468 of them.

use crate::face::Face;
use crate::geometry::{Point, Square};
use crate::network::{ModelError, Network, Scratch};
use crate::picture::Picture;

/// The side of the square at which the network looks.
const SIDE: usize = 192;
/// How many points a face has.
pub(super) const POINTS: usize = 468;
/// The square is so much larger than the longer side of the detector's box.
const MARGIN: f32 = 1.5;

/// A face's points.
#[derive(Clone, PartialEq, Debug)]
pub struct Mesh {
    /// In pixels of the picture; numbered as MediaPipe numbers them.
    points: Vec<Point>,
    /// Towards the viewer (negative) or away, in the same unit.
    depths: Vec<f32>,
    /// How sure the network is that this is a face, 0 to 1. Below 0.5 the points mean nothing.
    pub confidence: f32,
    /// Where the network looked.
    pub square: Square,
}

impl Mesh {
    /// A face whose points are known; those that are not named lie at the origin.
    #[cfg(test)]
    pub(crate) fn of_points(named: &[(usize, [f32; 3])]) -> Self {
        let (mut points, mut depths) = (vec![Point::default(); POINTS], vec![0.0; POINTS]);
        for (number, [x, y, z]) in named {
            points[*number] = Point::new(*x, *y);
            depths[*number] = *z;
        }
        Self { points, depths, confidence: 1.0, square: Square { middle: Point::default(), side: 1.0, angle: 0.0 } }
    }

    /// The point with this number.
    ///
    /// # Panics
    /// From 468 on.
    #[must_use]
    pub fn point(&self, number: usize) -> Point {
        self.points[number]
    }

    /// How far the point with this number lies towards the viewer (negative) or away, in pixels.
    ///
    /// # Panics
    /// From 468 on.
    #[must_use]
    pub fn depth(&self, number: usize) -> f32 {
        self.depths[number]
    }

    /// The same face in a picture of which each pixel was cut into `scale` × `scale`.
    #[must_use]
    pub(crate) fn enlarged(&self, scale: f32) -> Self {
        let out = |point: &Point| point.enlarged(scale);
        Self {
            points: self.points.iter().map(out).collect(),
            depths: self.depths.iter().map(|depth| depth * scale).collect(),
            confidence: self.confidence,
            square: Square {
                middle: self.square.middle.enlarged(scale),
                side: self.square.side * scale,
                angle: self.square.angle,
            },
        }
    }

    /// All points in order.
    #[must_use]
    pub fn points(&self) -> &[Point] {
        &self.points
    }
}

/// Finds the points of a face.
pub struct MeshFinder {
    network: Network,
    scratch: Scratch,
}

impl MeshFinder {
    /// Reads the model.
    ///
    /// # Errors
    /// [`ModelError`] when the file is damaged or another network.
    pub fn read(file: &[u8]) -> Result<Self, ModelError> {
        let network = Network::read(file)?;
        if network.input_len() != SIDE * SIDE * 3 || network.output_lens() != [POINTS * 3, 1] {
            return Err(ModelError::Shape);
        }
        Ok(Self { scratch: network.scratch(), network })
    }

    /// The points of a face that was found in this picture.
    pub fn find(&mut self, picture: &Picture<'_>, face: &Face) -> Mesh {
        let (across, down) = (face.right_eye.x - face.left_eye.x, face.right_eye.y - face.left_eye.y);
        let side = face.bounds.width.max(face.bounds.height) * MARGIN;
        self.find_in(picture, Square { middle: face.bounds.middle(), side, angle: down.atan2(across) })
    }

    /// The points of the face in a square that is turned so that the eyes are level.
    pub fn find_in(&mut self, picture: &Picture<'_>, square: Square) -> Mesh {
        let input = self.network.input(&mut self.scratch);
        for (place, pixel) in input.as_chunks_mut::<3>().0.iter_mut().enumerate() {
            let along = |index: usize| index as f32 / SIDE as f32;
            let at = square.place(along(place % SIDE), along(place / SIDE));
            *pixel = picture.between(at.x, at.y).map(|value| value / 255.0);
        }
        self.network.run(&mut self.scratch);
        let numbers = self.network.output(&self.scratch, 0).as_chunks::<3>().0;
        let place = |[x, y, _]: &[f32; 3]| square.place(x / SIDE as f32, y / SIDE as f32);
        let flag = self.network.output(&self.scratch, 1)[0];
        Mesh {
            points: numbers.iter().map(place).collect(),
            depths: numbers.iter().map(|[_, _, z]| z * square.side / SIDE as f32).collect(),
            confidence: 1.0 / (1.0 + (-flag).exp()),
            square,
        }
    }
}
