//! What a person reads about a finding or a refusal, in plain English. The apps have a catalogue of their own.

use homon_photo::crop::CropRefused;
use homon_photo::finding::{Edge, Finding, Side, Weight};

/// What is wrong and what to do about it.
#[must_use]
pub fn finding(finding: Finding) -> String {
    match finding {
        Finding::NoFace => "no face was found: point the camera at the person".into(),
        Finding::TwoFaces => "another face is in the picture: the photo shows one person only".into(),
        Finding::FaceUnreadable => "the face cannot be read: is something in front of it?".into(),
        Finding::HeadTooSmall => "the head is too small: go closer".into(),
        Finding::HeadTooLarge => "the head is too large: go back".into(),
        Finding::CutOff(edge) => format!("the head is cut off {}: leave more room there", at(edge)),
        Finding::OffCentre(edge) => format!("there is too little room {}", at(edge)),
        Finding::TurnedAway(side) => format!("the head is turned to the {}: look at the camera", of(side)),
        Finding::Nodded => "the head is nodded: raise the chin".into(),
        Finding::LeantBack => "the head is leant back: lower the chin".into(),
        Finding::Tilted(side) => format!("the head is tilted to the {}: hold it upright", of(side)),
        Finding::EyesClosed => "an eye is closed: take it again with open eyes".into(),
        Finding::MouthOpen => "the mouth is open: close it".into(),
        Finding::Blurred => "the face is blurred: hold still, let the camera focus".into(),
        Finding::TooDark => "the face is too dark: more light from the front".into(),
        Finding::TooBright => "the face is too bright: less light".into(),
        Finding::SideLight(side) => format!("the light comes from the {}: turn to the light", of(side)),
        Finding::LittleContrast => "the light on the face is flat".into(),
        Finding::HarshLight => "the light on the face is hard: no sun, no lamp close by".into(),
        Finding::BackgroundPatterned => "the background is not plain: hang a sheet behind the person".into(),
        Finding::UnnaturalColour => "the skin has an odd colour: other light, or white balance".into(),
        Finding::BlackAndWhite => "the picture has no colours".into(),
        Finding::OverCompressed => "the file was compressed too strongly: take the camera's own file".into(),
    }
}

fn at(edge: Edge) -> &'static str {
    match edge {
        Edge::Left => "on the left",
        Edge::Right => "on the right",
        Edge::Top => "above",
        Edge::Bottom => "below",
    }
}

fn of(side: Side) -> &'static str {
    match side {
        Side::Left => "left of the picture",
        Side::Right => "right of the picture",
    }
}

/// What a finding means.
#[must_use]
pub fn weight(weight: Weight) -> &'static str {
    match weight {
        Weight::Decides => "must be mended",
        Weight::Warns => "look at it",
        Weight::Informs => "to be known",
        Weight::Noted(_) => "noted as an exception",
    }
}

/// Why no photo can be cut out.
#[must_use]
pub fn crop_refused(refused: CropRefused) -> String {
    format!("no photo can be cut out: {refused}")
}
