//! Which pixels are the person: MediaPipe's selfie segmentation.

use crate::network::{ModelError, Network, Scratch};
use crate::picture::Picture;

/// The side of the square at which the network looks.
const SIDE: usize = 256;

/// How surely each place of a picture is the person.
#[derive(Clone, PartialEq, Debug)]
pub struct PersonMask {
    values: Vec<f32>,
    width: usize,
    height: usize,
}

impl PersonMask {
    /// At a place of the picture, 0 to 1; places beyond the border are as the nearest one.
    #[must_use]
    pub fn at(&self, x: usize, y: usize) -> f32 {
        let cell = |place: usize, len: usize| (place * SIDE / len).min(SIDE - 1);
        self.values[cell(y, self.height) * SIDE + cell(x, self.width)]
    }
}

/// Finds the person.
pub struct PersonFinder {
    network: Network,
    scratch: Scratch,
}

impl PersonFinder {
    /// Reads the model.
    ///
    /// # Errors
    /// [`ModelError`] when the file is damaged or another network.
    pub fn read(file: &[u8]) -> Result<Self, ModelError> {
        let network = Network::read(file)?;
        if network.input_len() != SIDE * SIDE * 3 || network.output_lens() != [SIDE * SIDE] {
            return Err(ModelError::Shape);
        }
        Ok(Self { scratch: network.scratch(), network })
    }

    /// Which pixels of the picture are the person.
    pub fn find(&mut self, picture: &Picture<'_>) -> PersonMask {
        let (width, height) = (picture.width(), picture.height());
        let input = self.network.input(&mut self.scratch);
        for (place, pixel) in input.as_chunks_mut::<3>().0.iter_mut().enumerate() {
            let along = |index: usize, len: usize| (index as f32 + 0.5) * len as f32 / SIDE as f32 - 0.5;
            let colour = picture.between(along(place % SIDE, width), along(place / SIDE, height));
            *pixel = colour.map(|value| value / 255.0);
        }
        self.network.run(&mut self.scratch);
        PersonMask { values: self.network.output(&self.scratch, 0).to_vec(), width, height }
    }
}
