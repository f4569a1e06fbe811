//! Whether the print can be cut out of a picture.

use crate::finding::{Edge, Finding};
use crate::geometry::Point;
use crate::profile::Geometry;

/// The head in a picture, all in pixels.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) struct Head {
    /// The highest point, hair included.
    pub(crate) crown: Point,
    /// The lowest point.
    pub(crate) chin: Point,
    /// Between the eyes.
    pub(crate) eyes: Point,
    /// The leftmost and the rightmost point of the face.
    pub(crate) cheeks: [f32; 2],
}

/// Nearer than this to an edge, as a share of the face, the head counts as cut: who segments a picture finds no hair in
/// its last pixels.
const CUT: f32 = 0.02;

/// What stands in the way of the print.
pub(crate) fn findings(head: &Head, [width, height]: [f32; 2], geometry: &Geometry) -> Vec<Finding> {
    let face = head.crown.distance(head.chin).max(1.0);
    let cut = cut_off(head, [width, height], CUT * face);
    let mut found: Vec<_> = cut.into_iter().map(Finding::CutOff).collect();
    // The print is smallest where the face takes the most of it.
    let most = face / (geometry.face_mm - geometry.face_tolerance_mm);
    let least = face / (geometry.face_mm + geometry.face_tolerance_mm);
    if geometry.width_mm.min(geometry.height_mm) * most < geometry.min_side_px as f32 {
        found.push(Finding::HeadTooSmall);
    }
    if geometry.width_mm * least > width || geometry.height_mm * least > height {
        found.push(Finding::HeadTooLarge);
    } else if found.iter().all(|finding| !matches!(finding, Finding::CutOff(_))) {
        found.extend(beyond(head, [width, height], geometry, least).into_iter().map(Finding::OffCentre));
    }
    found
}

fn cut_off(head: &Head, [width, height]: [f32; 2], margin: f32) -> Vec<Edge> {
    let edges = [
        (Edge::Left, head.cheeks[0]),
        (Edge::Right, width - head.cheeks[1]),
        (Edge::Top, head.crown.y),
        (Edge::Bottom, height - head.chin.y),
    ];
    edges.into_iter().filter(|(_, room)| *room < margin).map(|(edge, _)| edge).collect()
}

/// The edges over which the smallest print would reach, wherever it may lie. `scale` is in pixels for a millimetre.
fn beyond(head: &Head, [width, height]: [f32; 2], geometry: &Geometry, scale: f32) -> Vec<Edge> {
    let half = geometry.width_mm / 2.0 * scale;
    let (least, most) =
        (geometry.above_mm - geometry.above_tolerance_mm, geometry.above_mm + geometry.above_tolerance_mm);
    let rooms = [
        (Edge::Left, head.eyes.x - half),
        (Edge::Right, width - head.eyes.x - half),
        (Edge::Top, head.crown.y - least * scale),
        (Edge::Bottom, height - (head.crown.y + (geometry.height_mm - most) * scale)),
    ];
    rooms.into_iter().filter(|(_, room)| *room < 0.0).map(|(edge, _)| edge).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A face of 680 pixels in the middle of a picture: 20 pixels are a millimetre.
    fn head(x: f32, crown: f32) -> Head {
        let eyes = Point::new(x, crown + 340.0);
        Head { crown: Point::new(x, crown), chin: Point::new(x, crown + 680.0), eyes, cheeks: [x - 250.0, x + 250.0] }
    }

    fn found(x: f32, crown: f32, size: [f32; 2]) -> Vec<Finding> {
        findings(&head(x, crown), size, &Geometry::default())
    }

    #[test]
    fn the_print_itself_is_fine() {
        assert_eq!(found(350.0, 80.0, [700.0, 900.0]), []);
    }

    #[test]
    fn each_edge_is_named() {
        let wide = [2000.0, 2000.0];
        assert_eq!(found(300.0, 500.0, wide), [Finding::OffCentre(Edge::Left)]);
        assert_eq!(found(1700.0, 500.0, wide), [Finding::OffCentre(Edge::Right)]);
        assert_eq!(found(1000.0, 30.0, wide), [Finding::OffCentre(Edge::Top)]);
        assert_eq!(found(1000.0, 1290.0, wide), [Finding::OffCentre(Edge::Bottom)]);
        assert_eq!(found(200.0, 500.0, wide), [Finding::CutOff(Edge::Left)]);
        assert_eq!(found(1800.0, 500.0, wide), [Finding::CutOff(Edge::Right)]);
        assert_eq!(found(1000.0, 0.0, wide), [Finding::CutOff(Edge::Top)]);
        assert_eq!(found(1000.0, 1400.0, wide), [Finding::CutOff(Edge::Bottom)]);
    }

    #[test]
    fn a_picture_smaller_than_the_print_holds_a_head_too_large() {
        assert_eq!(found(320.0, 60.0, [640.0, 900.0]), [Finding::HeadTooLarge]);
        assert_eq!(found(400.0, 60.0, [800.0, 800.0]), [Finding::HeadTooLarge]);
    }

    #[test]
    fn a_print_of_too_few_pixels_holds_a_head_too_small() {
        let geometry = Geometry { min_side_px: 800, ..Geometry::default() };
        assert_eq!(findings(&head(1000.0, 500.0), [2000.0, 2000.0], &geometry), [Finding::HeadTooSmall]);
    }
}
