//! A preview frame is looked at where it lies. Alone in its program: every piece of memory is counted.

use std::alloc::System;
use std::time::Duration;

use homon_photo::live::{Guide, LiveLimits};
use homon_photo::picture::{Picture, Plane, Rotation, Samples};
use homon_photo_tools::{Models, portraits};
use image::imageops::FilterType;
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

#[global_allocator]
static MEMORY: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

const WIDTH: usize = 1280;
const HEIGHT: usize = 960;

#[test]
fn no_copy_of_a_frame_is_made() {
    let models = Models::find().unwrap();
    let mut guide = Guide::new(models.files(), LiveLimits::default()).unwrap();
    let portrait = image::open(portraits().unwrap().last().unwrap()).unwrap();
    let luma = portrait.resize_to_fill(WIDTH as u32, HEIGHT as u32, FilterType::Triangle).into_luma8().into_raw();
    let colour = vec![128; WIDTH * HEIGHT / 4];
    let plane = |bytes, row_stride| Plane { bytes, row_stride, pixel_stride: 1 };
    let chroma = plane(&colour, WIDTH / 2);
    let samples = Samples::Yuv420 { y: plane(&luma, WIDTH), u: chroma, v: chroma };
    let picture = Picture::new(samples, WIDTH, HEIGHT, Rotation::None).unwrap();
    let mut look = |round: u64| guide.check_frame(&picture, Duration::from_millis(round * 33));
    // The first frames make the memory in which all later ones are worked on; every fourth looks for the person.
    assert!((0..8).filter_map(|round| look(round).face).count() > 0, "the face in the frame was not found");
    for round in 8..16 {
        let region = Region::new(MEMORY);
        look(round);
        let made = region.change().bytes_allocated;
        assert!(made < WIDTH * HEIGHT, "{made} bytes were made for a frame of {}", WIDTH * HEIGHT);
    }
}
