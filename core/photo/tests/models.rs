//! The model files themselves, whole and damaged.

#![allow(clippy::unwrap_used, reason = "a test ends where something is not as it should be")]

mod support;

use homon_photo::face::{Finders, ModelFiles, ModelsError};
use homon_photo::network::Network;
use support::Models;

#[test]
fn a_file_in_the_place_of_another_is_told() {
    let Some(models) = Models::find("a_file_in_the_place_of_another_is_told") else { return };
    let files = models.files();
    assert!(Finders::read(files).is_ok());
    let swapped = ModelFiles { landmarks: files.detector, ..files };
    assert!(matches!(Finders::read(swapped), Err(ModelsError::Landmarks(_))));
    let cut = ModelFiles { segmentation: &files.segmentation[..files.segmentation.len() / 2], ..files };
    assert!(matches!(Finders::read(cut), Err(ModelsError::Segmentation(_))));
}

#[test]
fn no_damaged_model_makes_anything_panic() {
    let Some(models) = Models::find("no_damaged_model_makes_anything_panic") else { return };
    let files = models.files();
    for file in [files.detector, files.landmarks, files.segmentation] {
        let mut refused = 0;
        // Tables and vectors stand at the end, weights before them, and the root at the beginning.
        let tables = file.len() - 40_000..file.len();
        for at in (0..64).chain(tables.step_by(499)) {
            for change in [0x01, 0x80, 0xff] {
                let mut damaged = file.to_vec();
                damaged[at] ^= change;
                match Network::read(&damaged) {
                    // What can be read can be run.
                    Ok(network) => network.run(&mut network.scratch()),
                    Err(_) => refused += 1,
                }
            }
        }
        assert!(refused > 20, "{refused}");
        for len in (0..file.len()).step_by(file.len() / 50) {
            assert!(Network::read(&file[..len]).is_err(), "{len}");
        }
    }
}
