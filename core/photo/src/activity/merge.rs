//! One box for each face from all that the detectors say.

use crate::activity::{FaceBox, FoundBy};
use crate::geometry::Bounds;

/// Boxes that share more than this are of the same face.
const SAME: f32 = 0.3;
/// A box that lies so far in another one is of the same face, unless it is much smaller.
const INSIDE: f32 = 0.7;
/// A box with less of the other's area may be a small face before a large shape that is none.
const MUCH_SMALLER: f32 = 0.1;

/// The largest box takes in all that are of the same face, and reaches around them.
pub(super) fn merge(mut found: Vec<FaceBox>) -> Vec<FaceBox> {
    let key = |face: &FaceBox| (face.bounds.area(), face.bounds.left, face.bounds.top);
    found.sort_by(|a, b| {
        let (a, b) = (key(a), key(b));
        b.0.total_cmp(&a.0).then(a.1.total_cmp(&b.1)).then(a.2.total_cmp(&b.2))
    });
    let mut faces: Vec<FaceBox> = Vec::new();
    for next in found {
        match faces.iter_mut().find(|face| is_same(&face.bounds, &next.bounds)) {
            Some(face) => *face = both(face, &next),
            None => faces.push(next),
        }
    }
    // From the upper left, so that a list of them is read like the picture.
    faces.sort_by(|a, b| a.bounds.top.total_cmp(&b.bounds.top).then(a.bounds.left.total_cmp(&b.bounds.left)));
    faces
}

fn is_same(large: &Bounds, small: &Bounds) -> bool {
    let shared = large.overlap(small);
    let both = shared / (1.0 + shared) * (large.area() + small.area());
    shared > SAME || (both > INSIDE * small.area() && small.area() > MUCH_SMALLER * large.area())
}

fn both(one: &FaceBox, other: &FaceBox) -> FaceBox {
    let (a, b) = (one.bounds, other.bounds);
    let (left, top) = (a.left.min(b.left), a.top.min(b.top));
    let (right, bottom) = ((a.left + a.width).max(b.left + b.width), (a.top + a.height).max(b.top + b.height));
    let found_by = if one.found_by == other.found_by { one.found_by } else { FoundBy::Both };
    FaceBox { bounds: Bounds { left, top, width: right - left, height: bottom - top }, found_by }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn face(left: f32, top: f32, side: f32, found_by: FoundBy) -> FaceBox {
        FaceBox { bounds: Bounds { left, top, width: side, height: side }, found_by }
    }

    #[test]
    fn boxes_of_one_face_become_one_that_reaches_around_them() {
        let found = vec![
            face(100.0, 100.0, 50.0, FoundBy::BlazeFace),
            face(110.0, 95.0, 52.0, FoundBy::SeetaFace),
            face(108.0, 104.0, 30.0, FoundBy::BlazeFace),
        ];
        let merged = merge(found);
        assert_eq!(merged.len(), 1);
        assert_eq!(merged[0].found_by, FoundBy::Both);
        assert_eq!(merged[0].bounds, Bounds { left: 100.0, top: 95.0, width: 62.0, height: 55.0 });
    }

    #[test]
    fn neighbours_stay_two_and_a_small_face_in_a_large_shape_is_kept() {
        let neighbours = vec![face(0.0, 0.0, 50.0, FoundBy::BlazeFace), face(40.0, 0.0, 50.0, FoundBy::BlazeFace)];
        assert_eq!(merge(neighbours).len(), 2);
        let shape = vec![face(0.0, 0.0, 200.0, FoundBy::BlazeFace), face(80.0, 80.0, 60.0, FoundBy::SeetaFace)];
        assert_eq!(merge(shape).len(), 2);
    }
}
