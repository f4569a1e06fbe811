//! Finding faces: BlazeFace, short range.

use crate::geometry::{Bounds, Point};
use crate::network::{ModelError, Network, Scratch};
use crate::picture::Picture;

/// The side of the picture at which the network looks.
const SIDE: usize = 128;
/// Numbers for each anchor: middle and size of the box, and six points.
const NUMBERS: usize = 16;
const ANCHORS: usize = 896;
/// Below this it is no face.
const LEAST_SCORE: f32 = 0.5;
/// Boxes that share more than this are of the same face.
const SAME: f32 = 0.3;

/// A face that was found.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Face {
    /// From the brow to the chin, and from cheek to cheek.
    pub bounds: Bounds,
    /// The eye that lies to the left in the picture: the person's right one.
    pub left_eye: Point,
    /// The eye that lies to the right in the picture.
    pub right_eye: Point,
    /// The tip of the nose.
    pub nose: Point,
    /// The middle of the mouth.
    pub mouth: Point,
    /// How sure the network is, 0.5 to 1.
    pub score: f32,
}

/// Finds faces.
pub struct Detector {
    network: Network,
    scratch: Scratch,
    anchors: Vec<Point>,
}

/// Where the picture lies in the network's square: scale and border.
#[derive(Clone, Copy)]
struct Letterbox {
    scale: f32,
    left: f32,
    top: f32,
}

impl Detector {
    /// Reads the model.
    ///
    /// # Errors
    /// [`ModelError`] when the file is damaged or another network.
    pub fn read(file: &[u8]) -> Result<Self, ModelError> {
        let network = Network::read(file)?;
        if network.input_len() != SIDE * SIDE * 3 || network.output_lens() != [ANCHORS * NUMBERS, ANCHORS] {
            return Err(ModelError::Shape);
        }
        Ok(Self { scratch: network.scratch(), network, anchors: anchors() })
    }

    /// All faces, the surest first. Faces much smaller than an eighth of the picture are not found.
    pub fn find(&mut self, picture: &Picture<'_>) -> Vec<Face> {
        let letterbox = self.lay_in(picture);
        self.network.run(&mut self.scratch);
        let (numbers, scores) = (self.network.output(&self.scratch, 0), self.network.output(&self.scratch, 1));
        let numbers = numbers.as_chunks::<NUMBERS>().0;
        let candidates = numbers.iter().zip(scores).zip(&self.anchors).filter_map(|((numbers, score), anchor)| {
            let score = 1.0 / (1.0 + (-score.clamp(-100.0, 100.0)).exp());
            (score >= LEAST_SCORE).then(|| letterbox.face(numbers, *anchor, score))
        });
        merge(candidates.collect())
    }

    fn lay_in(&mut self, picture: &Picture<'_>) -> Letterbox {
        let (width, height) = (picture.width() as f32, picture.height() as f32);
        let scale = width.max(height) / SIDE as f32;
        let letterbox =
            Letterbox { scale, left: (width - scale * SIDE as f32) / 2.0, top: (height - scale * SIDE as f32) / 2.0 };
        let input = self.network.input(&mut self.scratch);
        for (place, pixel) in input.as_chunks_mut::<3>().0.iter_mut().enumerate() {
            let at = letterbox.out((place % SIDE) as f32, (place / SIDE) as f32);
            let inside = at.x >= 0.0 && at.y >= 0.0 && at.x < width && at.y < height;
            // The border is black.
            let colour = if inside { picture.between(at.x, at.y) } else { [0.0; 3] };
            *pixel = colour.map(|value| value / 127.5 - 1.0);
        }
        letterbox
    }
}

impl Letterbox {
    /// From the network's square to the picture.
    fn out(&self, x: f32, y: f32) -> Point {
        Point::new(x * self.scale + self.left, y * self.scale + self.top)
    }

    fn face(&self, numbers: &[f32; NUMBERS], anchor: Point, score: f32) -> Face {
        let point = |index: usize| self.out(numbers[index] + anchor.x, numbers[index + 1] + anchor.y);
        let (middle, width, height) = (point(0), numbers[2] * self.scale, numbers[3] * self.scale);
        let bounds = Bounds { left: middle.x - width / 2.0, top: middle.y - height / 2.0, width, height };
        Face { bounds, left_eye: point(4), right_eye: point(6), nose: point(8), mouth: point(10), score }
    }
}

/// Sixteen by sixteen places with two anchors, eight by eight with six, in pixels of the network's square.
fn anchors() -> Vec<Point> {
    let grid = |cells: usize, each: usize| {
        let step = SIDE as f32 / cells as f32;
        let place = move |index: usize| (index as f32 + 0.5) * step;
        (0..cells * cells * each).map(move |index| Point::new(place(index / each % cells), place(index / each / cells)))
    };
    grid(16, 2).chain(grid(8, 6)).collect()
}

/// One face from all boxes that share much with the surest one: their mean, weighted by how sure each is.
fn merge(mut candidates: Vec<Face>) -> Vec<Face> {
    candidates.sort_by(|a, b| b.score.total_cmp(&a.score));
    let mut faces = Vec::new();
    while let Some(surest) = candidates.first().copied() {
        let (same, others): (Vec<Face>, Vec<Face>) =
            candidates.into_iter().partition(|face| face.bounds.overlap(&surest.bounds) > SAME);
        // A box without area shares nothing with anything, itself included.
        if same.is_empty() {
            candidates = others.into_iter().skip(1).collect();
            continue;
        }
        faces.push(mean(&same, surest.score));
        candidates = others;
    }
    faces
}

fn mean(faces: &[Face], score: f32) -> Face {
    let total: f32 = faces.iter().map(|face| face.score).sum();
    let of = |number: fn(&Face) -> f32| faces.iter().map(|face| number(face) * face.score).sum::<f32>() / total;
    Face {
        bounds: Bounds {
            left: of(|face| face.bounds.left),
            top: of(|face| face.bounds.top),
            width: of(|face| face.bounds.width),
            height: of(|face| face.bounds.height),
        },
        left_eye: Point::new(of(|face| face.left_eye.x), of(|face| face.left_eye.y)),
        right_eye: Point::new(of(|face| face.right_eye.x), of(|face| face.right_eye.y)),
        nose: Point::new(of(|face| face.nose.x), of(|face| face.nose.y)),
        mouth: Point::new(of(|face| face.mouth.x), of(|face| face.mouth.y)),
        score,
    }
}
