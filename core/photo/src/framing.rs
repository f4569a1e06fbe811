//! Whether the print can be cut out of a still, and what is in the way.

use crate::crop::{self, CropRefused, Head};
use crate::finding::{Edge, Finding};
use crate::profile::Profile;

/// Nearer than this to an edge, as a share of the face, the head counts as cut: who segments a picture finds no hair in
/// its last pixels.
const CUT: f32 = 0.02;

/// What is in the way of the print. `across` are the leftmost and the rightmost point of the face; all is in pixels of
/// the still.
pub(crate) fn findings(head: &Head, across: [f32; 2], picture: [u32; 2], profile: &Profile) -> Vec<Finding> {
    let face = head.crown.distance(head.chin);
    let [width, height] = picture.map(|side| side as f32);
    let rooms = [
        (Edge::Left, across[0]),
        (Edge::Right, width - across[1]),
        (Edge::Top, head.crown.y),
        (Edge::Bottom, height - head.chin.y),
    ];
    let cut = rooms.into_iter().filter(|(_, room)| *room < CUT * face);
    let mut found: Vec<_> = cut.map(|(edge, _)| Finding::CutOff(edge)).collect();
    let geometry = &profile.geometry;
    // The print is smallest where the face takes the most of it.
    let least = face / (geometry.face + geometry.face_tolerance);
    if geometry.width * least > width || geometry.height * least > height {
        found.push(Finding::HeadTooLarge);
    }
    if found.is_empty()
        && let Err(refused) = crop::fits(picture, head, geometry, &profile.file)
    {
        let nearer = if head.eyes.x < width / 2.0 { Edge::Left } else { Edge::Right };
        found.push(match refused {
            CropRefused::CutOffAbove => Finding::OffCentre(Edge::Top),
            CropRefused::CutOffBelow => Finding::OffCentre(Edge::Bottom),
            CropRefused::CutOffAside => Finding::OffCentre(nearer),
            CropRefused::TooFewPixels { .. } => Finding::HeadTooSmall,
            CropRefused::NoHead | CropRefused::File(_) => Finding::FaceUnreadable,
        });
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crop::CrownFrom;
    use crate::geometry::Point;
    use crate::portrait::FileRules;

    /// A face of 680 pixels: 20 pixels are a millimetre.
    fn found(x: f32, crown: f32, picture: [u32; 2]) -> Vec<Finding> {
        found_under(x, crown, picture, &Profile::default())
    }

    fn found_under(x: f32, crown: f32, picture: [u32; 2], profile: &Profile) -> Vec<Finding> {
        let at = |down: f32| Point::new(x, crown + down);
        let head = Head { crown: at(0.0), eyes: at(340.0), chin: at(680.0), roll: 0.0, crown_from: CrownFrom::Mask };
        findings(&head, [x - 250.0, x + 250.0], picture, profile)
    }

    #[test]
    fn the_print_itself_is_fine() {
        assert_eq!(found(350.0, 80.0, [700, 900]), []);
    }

    #[test]
    fn each_edge_is_named() {
        let wide = [2000, 2000];
        assert_eq!(found(280.0, 500.0, wide), [Finding::OffCentre(Edge::Left)]);
        assert_eq!(found(1720.0, 500.0, wide), [Finding::OffCentre(Edge::Right)]);
        assert_eq!(found(1000.0, 30.0, wide), [Finding::OffCentre(Edge::Top)]);
        assert_eq!(found(1000.0, 1290.0, wide), [Finding::OffCentre(Edge::Bottom)]);
        assert_eq!(found(200.0, 500.0, wide), [Finding::CutOff(Edge::Left)]);
        assert_eq!(found(1800.0, 500.0, wide), [Finding::CutOff(Edge::Right)]);
        assert_eq!(found(1000.0, 0.0, wide), [Finding::CutOff(Edge::Top)]);
        assert_eq!(found(1000.0, 1400.0, wide), [Finding::CutOff(Edge::Bottom)]);
    }

    #[test]
    fn a_picture_smaller_than_the_print_holds_a_head_too_large() {
        assert_eq!(found(320.0, 60.0, [640, 900]), [Finding::HeadTooLarge]);
        assert_eq!(found(400.0, 60.0, [800, 800]), [Finding::HeadTooLarge]);
    }

    #[test]
    fn a_print_of_too_few_pixels_holds_a_head_too_small() {
        let file = FileRules { min_side: 800, ..FileRules::default() };
        let profile = Profile { file, ..Profile::default() };
        assert_eq!(found_under(1000.0, 500.0, [2000, 2000], &profile), [Finding::HeadTooSmall]);
    }
}
