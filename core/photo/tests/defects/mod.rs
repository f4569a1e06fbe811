//! Portraits made worse, step by step.

use homon_photo::face::{Finders, Mesh};
use homon_photo::geometry::Point;
use homon_photo::landmarks::Landmarks;
use homon_photo::picture::Picture;
use image::imageops::{self, FilterType};
use image::{Rgb, RgbImage};

/// A portrait and where its face is.
pub(crate) struct Subject {
    pub(crate) name: &'static str,
    pub(crate) image: RgbImage,
    pub(crate) landmarks: Landmarks,
    mesh: Mesh,
}

impl Subject {
    pub(crate) fn find(finders: &mut Finders, name: &'static str, image: RgbImage) -> Self {
        let picture = picture(&image);
        let face = finders.faces.find(&picture)[0];
        let mesh = finders.mesh.find(&picture, &face);
        Self { name, landmarks: Landmarks::of(&mesh), mesh, image }
    }

    /// T, in pixels.
    pub(crate) fn unit(&self) -> f32 {
        self.landmarks.eyes_to_chin()
    }

    fn middle(&self) -> Point {
        self.landmarks.eyes().middle(self.landmarks.chin)
    }

    /// Each pixel from somewhere else, or given.
    fn warped(&self, pixel: impl Fn(f32, f32) -> Warp) -> RgbImage {
        let source = picture(&self.image);
        RgbImage::from_fn(self.image.width(), self.image.height(), |x, y| match pixel(x as f32, y as f32) {
            Warp::From(x, y) => Rgb(source.between(x, y).map(|value| value.round() as u8)),
            Warp::Colour(colour) => Rgb(colour),
        })
    }

    fn coloured(&self, change: impl Fn(f32, f32, [f32; 3]) -> [f32; 3]) -> RgbImage {
        RgbImage::from_fn(self.image.width(), self.image.height(), |x, y| {
            let colour = change(x as f32, y as f32, self.image.get_pixel(x, y).0.map(f32::from));
            Rgb(colour.map(|value| value.round().clamp(0.0, 255.0) as u8))
        })
    }

    /// Out of focus by a Gaussian of so many hundredths of T.
    pub(crate) fn out_of_focus(&self, amount: f32) -> RgbImage {
        if amount == 0.0 { self.image.clone() } else { imageops::blur(&self.image, amount * self.unit() / 100.0) }
    }

    /// Moved by so many hundredths of T while the shutter was open.
    pub(crate) fn moved(&self, amount: f32, direction: [f32; 2]) -> RgbImage {
        let source = picture(&self.image);
        let length = amount * self.unit() / 100.0;
        let steps = (length * 1.5) as u8 + 8;
        RgbImage::from_fn(self.image.width(), self.image.height(), |x, y| {
            let mut sum = [0.0; 3];
            for step in 0..steps {
                let along = (f32::from(step) / f32::from(steps - 1) - 0.5) * length;
                let colour = source.between(x as f32 + along * direction[0], y as f32 + along * direction[1]);
                sum.iter_mut().zip(colour).for_each(|(sum, value)| *sum += value / f32::from(steps));
            }
            Rgb(sum.map(|value| value.round() as u8))
        })
    }

    /// With so much of the light.
    pub(crate) fn lit(&self, light: f32) -> RgbImage {
        self.coloured(|_, _, colour| colour.map(|value| stored(linear(value) * light)))
    }

    /// With less light from one side: 0 leaves all of it, 1 takes it away at the far ear.
    pub(crate) fn shaded(&self, amount: f32, from_left: bool) -> RgbImage {
        let middle = self.middle().x;
        self.coloured(|x, _, colour| {
            let along = ((x - middle) / self.unit() + 0.6).clamp(0.0, 1.2) / 1.2;
            let away = if from_left { along } else { 1.0 - along };
            colour.map(|value| stored(linear(value) * (1.0 - amount * away)))
        })
    }

    /// 1 leaves the colours, 0 takes them away.
    pub(crate) fn faded(&self, colours: f32) -> RgbImage {
        self.coloured(|_, _, [red, green, blue]| {
            let grey = 0.299 * red + 0.587 * green + 0.114 * blue;
            [red, green, blue].map(|value| grey + (value - grey) * colours)
        })
    }

    /// Under blue light, 0 to 1.
    pub(crate) fn blue(&self, amount: f32) -> RgbImage {
        self.coloured(|_, _, [red, green, blue]| [red * (1.0 - 0.6 * amount), green, blue * (1.0 + 0.5 * amount)])
    }

    /// The head turned by some degrees, as the depths of its mesh say; behind the ears the depth is made up.
    pub(crate) fn turned(&self, yaw: f32, pitch: f32) -> RgbImage {
        let (middle, unit) = (self.middle(), self.unit());
        let ((sin_yaw, cos_yaw), (sin_pitch, cos_pitch)) = (yaw.to_radians().sin_cos(), pitch.to_radians().sin_cos());
        let depths = Depths::of(&self.mesh, middle, unit);
        let axis = 0.5 * unit;
        self.warped(|x, y| {
            // From where does this pixel come? Searched by going back and forth a few times.
            let (mut u, mut v) = (x, y);
            for _ in 0..12 {
                let depth = depths.at(u, v) - axis;
                let (across, down) = (u - middle.x, v - middle.y);
                // Yaw first, then pitch.
                let (turned, behind) = (across * cos_yaw - depth * sin_yaw, across * sin_yaw + depth * cos_yaw);
                let nodded = down * cos_pitch - behind * sin_pitch;
                u += 0.6 * (x - middle.x - turned);
                v += 0.6 * (y - middle.y - nodded);
            }
            let fade = depths.share(x, y);
            Warp::From(x + (u - x) * fade, y + (v - y) * fade)
        })
    }

    /// The whole picture turned clockwise.
    pub(crate) fn tilted(&self, degrees: f32) -> RgbImage {
        let (sin, cos) = degrees.to_radians().sin_cos();
        let middle = self.middle();
        self.warped(|x, y| {
            let (x, y) = (x - middle.x, y - middle.y);
            Warp::From(middle.x + x * cos + y * sin, middle.y - x * sin + y * cos)
        })
    }

    /// Lids drawn over the eyes: 0 leaves them open, 1 closes them.
    pub(crate) fn lids_down(&self, amount: f32) -> RgbImage {
        let eyes = [self.landmarks.left_eye, self.landmarks.right_eye];
        let (half_width, half_height) = (0.2 * self.unit(), 0.085 * self.unit());
        let skin = self.skin();
        self.warped(|x, y| {
            for eye in eyes {
                let (across, down) = ((x - eye.x) / half_width, (y - eye.y) / half_height);
                let arc = (1.0 - across * across).max(0.0);
                let lid = arc * (-1.0 + 1.7 * amount);
                if down > -arc && down < lid {
                    // The lashes end the lid.
                    let lash = lid - down < 0.2 && amount > 0.0;
                    return Warp::Colour(if lash { skin.map(|value| value / 3) } else { skin });
                }
            }
            Warp::From(x, y)
        })
    }

    /// The lower lip and the jaw moved down by a share of T, dark between.
    pub(crate) fn mouth_open(&self, amount: f32) -> RgbImage {
        let (unit, eyes) = (self.unit(), self.landmarks.eyes());
        let (lips, half_width) = (eyes.y + 0.58 * unit, 0.36 * unit);
        self.warped(|x, y| {
            let across = (x - eyes.x) / half_width;
            let gap = amount * unit * (1.0 - across * across).max(0.0).sqrt();
            if y <= lips || gap == 0.0 {
                return Warp::From(x, y);
            }
            if y < lips + gap {
                return Warp::Colour([45, 15, 15]);
            }
            let fades = 1.0 - ((y - lips - gap) / (0.9 * unit)).clamp(0.0, 1.0);
            Warp::From(x, y - gap * fades)
        })
    }

    /// A part of the picture: its middle in T right of and below the face's, its height in T, as wide as a print. Beyond
    /// the border the picture goes on as its last pixel.
    pub(crate) fn part(&self, right: f32, below: f32, height: f32) -> RgbImage {
        let (unit, middle) = (self.unit(), self.middle());
        let (tall, wide) = (height * unit, height * unit * 35.0 / 45.0);
        let (left, top) = (middle.x + right * unit - wide / 2.0, middle.y + below * unit - tall / 2.0);
        let source = picture(&self.image);
        RgbImage::from_fn(wide as u32, tall as u32, |x, y| {
            Rgb(source.between(left.floor() + x as f32, top.floor() + y as f32).map(|value| value as u8))
        })
    }

    /// With another head beside, of so many times the size.
    pub(crate) fn with_another(&self, size: f32) -> RgbImage {
        let one = self.part(0.0, 0.0, 4.0);
        let mut image = RgbImage::from_pixel(one.width() * 2, one.height(), Rgb([180, 180, 180]));
        imageops::replace(&mut image, &one, 0, 0);
        let scaled = |length: u32| ((length as f32 * size) as u32).max(1);
        let other = imageops::resize(&one, scaled(one.width()), scaled(one.height()), FilterType::Triangle);
        imageops::replace(&mut image, &other, i64::from(one.width()), 0);
        image
    }

    /// Before a plain wall with stripes of so many steps of brightness.
    pub(crate) fn before_stripes(&self, finders: &mut Finders, steps: f32) -> RgbImage {
        let person = finders.person.find(&picture(&self.image));
        let stripe = self.unit() / 5.0;
        self.coloured(|x, y, colour| {
            let share = person.at(x as usize, y as usize).clamp(0.0, 1.0);
            let wall = 200.0 + if ((x / stripe) as u32).is_multiple_of(2) { steps / 2.0 } else { -steps / 2.0 };
            colour.map(|value| share * value + (1.0 - share) * wall)
        })
    }

    /// The mean of the cheek to the left.
    fn skin(&self) -> [u8; 3] {
        let (unit, eye, source) = (self.unit(), self.landmarks.left_eye, picture(&self.image));
        let places = (0..25_u8).map(|place| [f32::from(place % 5) / 4.0, f32::from(place / 5) / 4.0]);
        let mut sum = [0.0; 3];
        for [along, down] in places {
            let colour = source.between(eye.x + (0.2 * along - 0.05) * unit, eye.y + (0.25 + 0.2 * down) * unit);
            sum.iter_mut().zip(colour).for_each(|(sum, value)| *sum += value / 25.0);
        }
        sum.map(|value| value as u8)
    }
}

/// How far each place of the head lies behind the tip of the nose, on a coarse grid around the face.
struct Depths {
    values: Vec<f32>,
    middle: Point,
    unit: f32,
}

/// Places of the grid across and down, and how far it reaches, in T.
const CELLS: usize = 48;
const REACH: f32 = 2.4;

impl Depths {
    fn of(mesh: &Mesh, middle: Point, unit: f32) -> Self {
        let nose = (0..mesh.points().len()).map(|number| mesh.depth(number)).fold(f32::INFINITY, f32::min);
        let value = |index: usize| {
            let place = |cell: usize| ((cell as f32 + 0.5) / CELLS as f32 - 0.5) * REACH * unit;
            let at = Point::new(middle.x + place(index % CELLS), middle.y + place(index / CELLS));
            let (mut sum, mut weights) = (0.0, 0.0);
            for (number, point) in mesh.points().iter().enumerate() {
                let distance = point.distance(at) / unit;
                // Around the face the head goes on backwards.
                let weight = 1.0 / (distance * distance + 0.0004).powi(2);
                sum += weight * (mesh.depth(number) - nose);
                weights += weight;
            }
            sum / weights
        };
        Self { values: (0..CELLS * CELLS).map(value).collect(), middle, unit }
    }

    fn at(&self, x: f32, y: f32) -> f32 {
        let cell = |place: f32| (place / (REACH * self.unit) + 0.5) * CELLS as f32 - 0.5;
        let (x, y) = (cell(x - self.middle.x), cell(y - self.middle.y));
        let value = |column: f32, row: f32| {
            let index = |place: f32| place.clamp(0.0, CELLS as f32 - 1.0) as usize;
            self.values[index(row) * CELLS + index(column)]
        };
        let (along, down) = (x - x.floor(), y - y.floor());
        let row = |row: f32| value(x.floor(), row) * (1.0 - along) + value(x.floor() + 1.0, row) * along;
        row(y.floor()) * (1.0 - down) + row(y.floor() + 1.0) * down
    }

    /// 1 at the head, 0 where nothing is to move.
    fn share(&self, x: f32, y: f32) -> f32 {
        let away = self.middle.distance(Point::new(x, y)) / self.unit;
        ((1.6 - away) / 0.5).clamp(0.0, 1.0)
    }
}

enum Warp {
    From(f32, f32),
    Colour([u8; 3]),
}

/// As the finders see it.
pub(crate) fn picture(image: &RgbImage) -> Picture<'_> {
    Picture::rgb(image.as_raw(), image.width() as usize, image.height() as usize).unwrap()
}

fn linear(value: f32) -> f32 {
    let value = value / 255.0;
    if value > 0.04045 { ((value + 0.055) / 1.055).powf(2.4) } else { value / 12.92 }
}

fn stored(light: f32) -> f32 {
    let light = light.clamp(0.0, 1.0);
    255.0 * if light > 0.003_130_8 { 1.055 * light.powf(1.0 / 2.4) - 0.055 } else { light * 12.92 }
}
