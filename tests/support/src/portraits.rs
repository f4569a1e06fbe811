//! Invented portraits: drawn, not photographed. A face-coloured oval before a plain light ground, with noise so that
//! the file weighs what a photograph weighs.

use image::codecs::jpeg::JpegEncoder;
use image::{ExtendedColorType, ImageError};

use crate::chance::Xorshift;
use crate::scenario::PhotoRecipe;

/// Draws a portrait as a JPEG of roughly the size that the recipe asks for; the same recipe gives the same bytes.
///
/// # Errors
/// The encoder's, which a recipe within the file rules never meets.
pub fn draw(recipe: PhotoRecipe) -> Result<Vec<u8>, ImageError> {
    encode(recipe, noise_for(recipe)?)
}

/// How much noise brings the file to its size, found on a picture with a sixteenth of the pixels. A few steps towards
/// the size are enough; nobody weighs it exactly.
fn noise_for(recipe: PhotoRecipe) -> Result<usize, ImageError> {
    let small = PhotoRecipe { width: recipe.width / 4, height: recipe.height / 4, ..recipe };
    let wanted = recipe.kilobytes as usize * 1024 / 16;
    let mut noise = 12;
    for _ in 0..4 {
        let weighs = encode(small, noise)?.len();
        if weighs.abs_diff(wanted) < wanted / 8 {
            break;
        }
        noise = (noise * wanted / weighs.max(1)).clamp(1, 90);
    }
    Ok(noise)
}

fn encode(recipe: PhotoRecipe, noise: usize) -> Result<Vec<u8>, ImageError> {
    const QUALITY: u8 = 90;
    let pixels = paint(recipe, noise);
    let mut jpeg = Vec::new();
    let mut encoder = JpegEncoder::new_with_quality(&mut jpeg, QUALITY);
    encoder.encode(&pixels, recipe.width, recipe.height, ExtendedColorType::Rgb8)?;
    Ok(jpeg)
}

fn paint(recipe: PhotoRecipe, noise: usize) -> Vec<u8> {
    const GROUND: [i32; 3] = [226, 230, 235];
    const SKIN: [i32; 3] = [214, 178, 150];
    let (width, height) = (i64::from(recipe.width), i64::from(recipe.height));
    let mut random = Xorshift::of(recipe.seed);
    let mut pixels = Vec::with_capacity((width * height * 3) as usize);
    let (radius_x, radius_y) = (width * 27 / 100, height * 34 / 100);
    for y in 0..height {
        for x in 0..width {
            let (dx, dy) = ((x - width / 2) * 1000 / radius_x, (y - height * 48 / 100) * 1000 / radius_y);
            let colour = if dx * dx + dy * dy < 1_000_000 { SKIN } else { GROUND };
            let grain = random.between(-(noise as i32), noise as i32);
            pixels.extend(colour.map(|channel| (channel + grain).clamp(0, 255) as u8));
        }
    }
    pixels
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_portrait_is_accepted_and_weighs_what_was_asked() {
        let recipe = PhotoRecipe { width: 900, height: 1200, kilobytes: 400, seed: 7 };
        let jpeg = draw(recipe).unwrap();
        assert_eq!(jpeg, draw(recipe).unwrap());
        assert!((250..600).contains(&(jpeg.len() / 1024)), "{}", jpeg.len());
        homon_photo::accept_portrait(&jpeg, &homon_photo::FileRules::default()).unwrap();
    }
}
