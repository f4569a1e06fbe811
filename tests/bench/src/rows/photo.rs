//! Rows of photos: each network, a preview frame, a portrait, and its memory.

use std::path::Path;

use crate::Result;
use crate::report::{Against, Row};
use crate::sides::{Rounds, Side, in_turns, peak_megabytes};

/// What a frame may take, in milliseconds.
const FRAME_MS: f64 = 20.0;
/// What a portrait of twelve megapixels may take.
const STILL_MS: f64 = 250.0;
/// What the process may hold at most while it looks at one, in megabytes.
const STILL_MB: f64 = 120.0;

pub(super) fn measure(folder: &Path) -> Result<Vec<Row>> {
    let networks = [
        ("the face detector", Side::DetectorHomon, Side::DetectorLiteRt),
        ("the face landmarks", Side::LandmarksHomon, Side::LandmarksLiteRt),
        ("the segmentation", Side::SegmentationHomon, Side::SegmentationLiteRt),
    ];
    let mut rows =
        networks.into_iter().map(|(name, ours, peer)| network(folder, name, ours, peer)).collect::<Result<Vec<_>>>()?;
    rows.push(frame(folder)?);
    rows.push(still(folder)?);
    Ok(rows)
}

fn network(folder: &Path, name: &str, ours: Side, peer: Side) -> Result<Row> {
    let times = in_turns(folder, &[ours, peer], Rounds { warm_up: 20, measured: 200 })?;
    let ours = times[0][0];
    Ok(Row {
        name: format!("{name}, one thread"),
        compared: "Network::run on numbers that are there; against Interpreter.invoke of LiteRT (XNNPACK) on the same file",
        ours: Some(ours),
        against: vec![Against::peer("LiteRT", ours, times[1][0], Some(1.5))],
    })
}

fn frame(folder: &Path) -> Result<Row> {
    let times = in_turns(folder, &[Side::Frame], Rounds { warm_up: 8, measured: 100 })?;
    let ours = times[0][0];
    let milliseconds = |nanoseconds: u64| nanoseconds as f64 / 1e6;
    Ok(Row {
        name: "a preview frame, 1280×960 in camera planes".to_owned(),
        compared: "Guide::check_frame; every fourth frame also looks for the person",
        ours: Some(ours),
        against: vec![
            Against::measure("half of all frames", milliseconds(ours.median), "ms", Some(FRAME_MS)),
            Against::measure("95 of 100 frames", milliseconds(ours.p95), "ms", Some(FRAME_MS)),
        ],
    })
}

fn still(folder: &Path) -> Result<Row> {
    let times = in_turns(folder, &[Side::StillHomon, Side::StillMediaPipe], Rounds { warm_up: 2, measured: 15 })?;
    let (ours, findings) = (times[0][0], times[0][1]);
    Ok(Row {
        name: "a portrait of 12 megapixels".to_owned(),
        compared: "from the bytes of a JPEG to findings and the cut photo; against cv2.imread, FaceMesh and SelfieSegmentation of \
                   MediaPipe, which answer points and mask only",
        ours: Some(ours),
        against: vec![
            Against::measure("from bytes to findings and photo", ours.median as f64 / 1e6, "ms", Some(STILL_MS)),
            Against::peer("to the findings, MediaPipe to points and mask", findings, times[1][0], Some(1.0)),
            Against::peer("with the photo cut out, MediaPipe without", ours, times[1][0], None),
            Against::measure(
                "peak of memory, the whole process",
                peak_megabytes(folder, Side::StillHomon, 3)?,
                "MB",
                Some(STILL_MB),
            ),
        ],
    })
}
