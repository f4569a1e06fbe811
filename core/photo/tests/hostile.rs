//! Files that are broken, absurd, or made to keep a decoder busy: each is refused by name, in bounded memory.

#![allow(clippy::unwrap_used, reason = "a test ends where something is not as it should be")]

use homon_photo::{Colours, FileRules, PhotoRefused, Upright, accept_portrait};
use image::codecs::jpeg::JpegEncoder;
use image::{ImageFormat, Rgb, RgbImage};

const FIXTURES: [&[u8]; 5] = [
    include_bytes!("../testdata/progressive.jpg"),
    include_bytes!("../testdata/restarts.jpg"),
    include_bytes!("../testdata/wide-subsampling.jpg"),
    include_bytes!("../testdata/grey-progressive.jpg"),
    include_bytes!("../testdata/rgb-coded.jpg"),
];
const PROGRESSIVE: &[u8] = FIXTURES[0];
const CMYK: &[u8] = include_bytes!("../testdata/cmyk.jpg");
/// Rules that the small pictures keep.
const SMALL: FileRules = FileRules { min_bytes: 100, max_bytes: 1_000_000, min_side: 16, max_side: 6000 };

/// What all of this may take. A picture of 36 million pixels would take more than twice as much.
const MOST_KILOBYTES: usize = 48 * 1024;

/// What is to become of a file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Fate {
    /// Another kind of file.
    NotJpeg,
    /// A kind of JPEG that is not taken.
    Unsupported,
    /// Cut off or damaged.
    Broken,
    TooManyBytes,
    TooManyPixels,
    TooFewPixels,
    /// What is absurd about it is left out.
    Taken,
}

impl Fate {
    fn of(result: Result<(), PhotoRefused>) -> Self {
        match result {
            Ok(()) => Self::Taken,
            Err(PhotoRefused::NotJpeg) => Self::NotJpeg,
            Err(PhotoRefused::UnsupportedKind | PhotoRefused::Cmyk) => Self::Unsupported,
            Err(PhotoRefused::Truncated | PhotoRefused::Damaged) => Self::Broken,
            Err(PhotoRefused::TooManyBytes { .. }) => Self::TooManyBytes,
            Err(PhotoRefused::TooManyPixels { .. }) => Self::TooManyPixels,
            Err(PhotoRefused::TooFewPixels { .. }) => Self::TooFewPixels,
            Err(refused) => panic!("{refused}"),
        }
    }
}

type File = (&'static str, Vec<u8>, Fate);

fn picture() -> RgbImage {
    RgbImage::from_fn(96, 64, |x, y| Rgb([(x * 2) as u8, (y * 3) as u8, (x * y) as u8]))
}

fn baseline() -> Vec<u8> {
    let mut jpeg = Vec::new();
    picture().write_with_encoder(JpegEncoder::new_with_quality(&mut jpeg, 90)).unwrap();
    jpeg
}

fn png() -> Vec<u8> {
    let mut png = std::io::Cursor::new(Vec::new());
    picture().write_to(&mut png, ImageFormat::Png).unwrap();
    png.into_inner()
}

fn segment(code: u8, content: &[u8]) -> Vec<u8> {
    let length = u16::try_from(content.len() + 2).unwrap();
    [&[0xFF, code], &length.to_be_bytes()[..], content].concat()
}

/// Where the first segment with this code begins.
fn at(jpeg: &[u8], code: u8) -> usize {
    let mut at = 2;
    while jpeg[at + 1] != code {
        assert_ne!(jpeg[at + 1], 0xDA, "no segment {code:02X}");
        at += 2 + usize::from(u16::from_be_bytes([jpeg[at + 2], jpeg[at + 3]]));
    }
    at
}

/// With a segment right after the start of the image.
fn with(jpeg: &[u8], segment: &[u8]) -> Vec<u8> {
    [&jpeg[..2], segment, &jpeg[2..]].concat()
}

/// Without the first segment with this code.
fn without(jpeg: &[u8], code: u8) -> Vec<u8> {
    let from = at(jpeg, code);
    let length = 2 + usize::from(u16::from_be_bytes([jpeg[from + 2], jpeg[from + 3]]));
    [&jpeg[..from], &jpeg[from + length..]].concat()
}

/// With other bytes at a place of the first segment with this code, counted from its marker.
fn changed(jpeg: &[u8], code: u8, place: usize, bytes: &[u8]) -> Vec<u8> {
    let mut changed = jpeg.to_vec();
    let from = at(jpeg, code) + place;
    changed[from..from + bytes.len()].copy_from_slice(bytes);
    changed
}

/// With other sides in its frame header.
fn sized(jpeg: &[u8], code: u8, width: u16, height: u16) -> Vec<u8> {
    changed(jpeg, code, 5, &[height.to_be_bytes(), width.to_be_bytes()].concat())
}

fn tiff(directory: &[u8]) -> Vec<u8> {
    segment(0xE1, &[b"Exif\0\0MM\0\x2A\0\0\0\x08", directory].concat())
}

fn other_formats() -> Vec<File> {
    let png = png();
    let mut bomb = png.clone();
    bomb[16..24].copy_from_slice(&[0, 0, 0xEA, 0x60, 0, 0, 0xEA, 0x60]);
    let animated = [&png[..33], b"\0\0\0\x08acTL\0\0\xFF\xFF\0\0\0\0\0\0\0\0", &png[33..]].concat();
    let gif =
        [&b"GIF89a\x60\0\x40\0\x80\0\0\0\0\0\xFF\xFF\xFF"[..], &b"!\xFF\x0BNETSCAPE2.0\x03\x01\0\0\0".repeat(500)]
            .concat();
    let noise = (0..5000u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    let entities =
        [&b"<!DOCTYPE svg [<!ENTITY a \"aaaaaaaaaa\">"[..], &b"<!ENTITY b \"&a;&a;&a;&a;&a;\">".repeat(100)].concat();
    let files: [(&str, Vec<u8>); 18] = [
        ("nothing", Vec::new()),
        ("one byte", vec![0xFF]),
        ("the start of an image and no more", vec![0xFF, 0xD8]),
        ("PNG", png.clone()),
        ("cut PNG", png[..png.len() / 2].to_vec()),
        ("PNG of 60,000 × 60,000", bomb),
        ("animated PNG", animated),
        ("animated GIF", gif),
        ("animated WebP", b"RIFF\x20\0\0\0WEBPVP8X\x0A\0\0\0\x02\0\0\0\xFF\xFF\xFF\xFF\xFF\xFFANIM".to_vec()),
        ("BMP", b"BM\x36\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0\xFF\xFF\xFF\x7F\xFF\xFF\xFF\x7F".to_vec()),
        ("TIFF", b"II\x2A\0\x08\0\0\0\xFF\xFF".to_vec()),
        ("HEIC", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic".to_vec()),
        ("JPEG 2000", b"\0\0\0\x0CjP  \r\n\x87\n".to_vec()),
        ("JPEG XL", b"\xFF\x0A\xFF\xFF\xFF".to_vec()),
        ("entities in entities", entities),
        ("ZIP", b"PK\x03\x04\x14\0\0\0".to_vec()),
        ("noise", noise),
        ("JPEG behind a byte", [b" ", baseline().as_slice()].concat()),
    ];
    files.into_iter().map(|(name, bytes)| (name, bytes, Fate::NotJpeg)).collect()
}

fn bombs() -> Vec<File> {
    let (baseline, all) = (baseline(), 0xDA);
    let scans_from = PROGRESSIVE.windows(2).position(|pair| pair == [0xFF, all]).unwrap();
    let (head, scans) = (&PROGRESSIVE[..scans_from], &PROGRESSIVE[scans_from..PROGRESSIVE.len() - 2]);
    // Four by four blocks of one component for each of the others.
    let wide = changed(&sized(PROGRESSIVE, 0xC2, 5990, 5990), 0xC2, 11, &[0x44]);
    vec![
        ("65,535 × 65,535", sized(&baseline, 0xC0, 65535, 65535), Fate::TooManyPixels),
        ("20,000 × 20,000", sized(&baseline, 0xC0, 20_000, 20_000), Fate::TooManyPixels),
        ("20,000 wide", sized(&baseline, 0xC0, 20_000, 64), Fate::TooManyPixels),
        ("20,000 high", sized(PROGRESSIVE, 0xC2, 64, 20_000), Fate::TooManyPixels),
        ("no width", sized(&baseline, 0xC0, 0, 64), Fate::TooFewPixels),
        ("no height", sized(&baseline, 0xC0, 96, 0), Fate::TooFewPixels),
        ("nothing at all", sized(PROGRESSIVE, 0xC2, 0, 0), Fate::TooFewPixels),
        ("6000 × 6000 of a few bytes", sized(&baseline, 0xC0, 6000, 6000), Fate::Broken),
        ("6000 × 6000 of a few bytes, progressive", sized(PROGRESSIVE, 0xC2, 6000, 6000), Fate::Broken),
        ("5990 × 5990 of a few bytes, in the widest blocks", wide, Fate::Broken),
        ("a hundred times the scans", [head, &scans.repeat(100), &[0xFF, 0xD9]].concat(), Fate::Unsupported),
        ("two megabytes of fill bytes", with(&baseline, &vec![0xFF; 2 << 20]), Fate::Taken),
        ("a thousand comments", with(&baseline, &segment(0xFE, &[b'x'; 60_000]).repeat(1000)), Fate::Taken),
        ("twelve hundred comments", with(&baseline, &segment(0xFE, &[b'x'; 60_000]).repeat(1200)), Fate::TooManyBytes),
        ("a film behind it", [baseline.as_slice(), &baseline.repeat(1000)].concat(), Fate::Taken),
        ("an empty scan that never ends", [&baseline[..baseline.len() - 2], &vec![0; 3 << 20]].concat(), Fate::Broken),
    ]
}

fn metadata() -> Vec<File> {
    let baseline = baseline();
    let entry =
        |kind: u8, count: [u8; 4], value: [u8; 4]| [&[0, 1, 0x01, 0x12, 0, kind][..], &count, &value, &[0; 4]].concat();
    let one = [0, 0, 0, 1];
    let profile =
        |number: u8, count: u8| segment(0xE2, &[b"ICC_PROFILE\0", &[number, count][..], &[0xAA; 300]].concat());
    let everything = (0..=255).flat_map(|number| profile(number, 255)).collect::<Vec<u8>>();
    let files: [(&str, Vec<u8>); 14] = [
        ("Exif of two bytes", segment(0xE1, b"Exif\0\0MM")),
        ("Exif that begins behind its end", segment(0xE1, b"Exif\0\0MM\0\x2A\xFF\xFF\xFF\xFF")),
        ("Exif that goes on where it began", tiff(&[0, 0, 0, 0, 0, 8])),
        ("Exif of 65,535 entries", tiff(&[0xFF; 40])),
        ("an orientation of four thousand million numbers", tiff(&entry(3, [0xFF; 4], [0xFF; 4]))),
        ("an orientation in words", tiff(&entry(2, one, *b"left"))),
        ("an orientation as a fraction far away", tiff(&entry(5, one, [0xFF; 4]))),
        ("orientation 0", tiff(&entry(3, one, [0; 4]))),
        ("orientation 9", tiff(&entry(3, one, [0, 9, 0, 0]))),
        ("a hundred Exifs", tiff(&entry(3, one, [0, 9, 0, 0])).repeat(100)),
        ("Exif of a rotten byte order", segment(0xE1, b"Exif\0\0XX\0\x2A\0\0\0\x08\xFF\xFF")),
        ("a profile of no parts", profile(0, 0)),
        ("a profile of all parts", everything),
        ("a profile of nonsense", profile(1, 1)),
    ];
    files.into_iter().map(|(name, metadata)| (name, with(&baseline, &metadata), Fate::Taken)).collect()
}

fn structures() -> Vec<File> {
    let baseline = baseline();
    let frame = 0xC0;
    let [header, quarter, end] = [at(&baseline, frame), baseline.len() / 4, baseline.len()];
    let coded = |code: u8| changed(&baseline, frame, 1, &[code]);
    let length = |bytes: [u8; 2]| changed(&baseline, frame, 2, &bytes);
    let twice = [&baseline[..header], &baseline[header..header + 19], &baseline[header..]].concat();
    let swapped = [&baseline[..quarter], &baseline[quarter * 2..quarter * 3], &baseline[quarter..]].concat();
    let restarts = segment(0xDD, &[0, 1]);
    let huge_table = segment(0xC4, &[&[0][..], &[0xFF; 16], &[0; 4080]].concat());
    vec![
        ("lossless", coded(0xC3), Fate::Unsupported),
        ("hierarchical", coded(0xC5), Fate::Unsupported),
        ("arithmetic", coded(0xC9), Fate::Unsupported),
        ("arithmetic and progressive", coded(0xCA), Fate::Unsupported),
        ("lines counted afterwards", with(&baseline, &segment(0xDC, &[0, 64])), Fate::Unsupported),
        ("twelve bits", changed(&baseline, frame, 4, &[12]), Fate::Unsupported),
        ("four inks", CMYK.to_vec(), Fate::Unsupported),
        ("blocks of no size", changed(&baseline, frame, 11, &[0]), Fate::Broken),
        ("blocks of five by five", changed(&baseline, frame, 11, &[0x55]), Fate::Broken),
        ("a segment shorter than its length", length([0, 1]), Fate::Broken),
        ("a segment longer than the file", length([0xFF, 0xFF]), Fate::Broken),
        ("two frames", twice, Fate::Broken),
        ("no frame", without(&baseline, frame), Fate::Broken),
        ("no codes", without(&without(&without(&without(&baseline, 0xC4), 0xC4), 0xC4), 0xC4), Fate::Broken),
        ("too many codes", with(&baseline, &huge_table), Fate::Broken),
        ("restarts that do not come", with(&baseline, &restarts), Fate::Broken),
        ("no scan", [&baseline[..at(&baseline, 0xDA)], &[0xFF, 0xD9]].concat(), Fate::Broken),
        ("no end", baseline[..end - 2].to_vec(), Fate::Broken),
        ("a start within", with(&baseline, &[0xFF, 0xD8]), Fate::Broken),
        ("a piece in the wrong place", swapped, Fate::Broken),
        ("cut in the first quarter", baseline[..quarter].to_vec(), Fate::Broken),
        ("cut in the middle", baseline[..end / 2].to_vec(), Fate::Broken),
        ("cut and closed", [&baseline[..end * 3 / 4], &[0xFF, 0xD9]].concat(), Fate::Broken),
        (
            "progressive, its last scan missing",
            {
                let last = PROGRESSIVE.windows(2).rposition(|pair| pair == [0xFF, 0xDA]).unwrap();
                [&PROGRESSIVE[..last], &[0xFF, 0xD9]].concat()
            },
            Fate::Broken,
        ),
    ]
}

#[test]
fn every_hostile_file_meets_its_fate_in_bounded_memory() {
    let files = [other_formats(), bombs(), metadata(), structures()].concat();
    assert!(files.len() >= 70, "{}", files.len());
    let before = peak_kilobytes();
    for (name, bytes, fate) in &files {
        let accepted = accept_portrait(bytes, &SMALL);
        assert_eq!(Fate::of(accepted.as_ref().map(|_| ()).map_err(|refused| *refused)), *fate, "{name}: as a portrait");
        assert_eq!(Fate::of(Upright::decode(bytes).map(|_| ())), *fate, "{name}: to look at");
        if let Ok(photo) = accepted {
            assert!(!photo.turned && photo.colours != Colours::Converted, "{name}");
            assert_eq!((photo.width, photo.height), (96, 64), "{name}");
        }
    }
    if let Some((before, after)) = before.zip(peak_kilobytes()) {
        assert!(after - before < MOST_KILOBYTES, "{} KB more than before", after - before);
    }
}

/// The most memory that this process ever had, where the system says so.
fn peak_kilobytes() -> Option<usize> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?.split_whitespace().next()?.parse().ok()
}

/// What holds for any bytes: nothing panics, and what is taken can be looked at and is taken again as it is.
fn refused_or_whole(bytes: &[u8]) {
    let (accepted, seen) = (accept_portrait(bytes, &SMALL), Upright::decode(bytes));
    let Ok(photo) = accepted else { return };
    let seen = seen.unwrap();
    assert_eq!((photo.width, photo.height), (seen.width(), seen.height()));
    assert_eq!(accept_portrait(&photo.jpeg, &SMALL).unwrap().jpeg, photo.jpeg);
}

#[test]
fn changed_files_are_refused_or_whole() {
    let mut random = 88_172_645_463_325_252_u64;
    let mut next = |below: usize| {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        (random % below as u64) as usize
    };
    let originals: Vec<Vec<u8>> = FIXTURES.iter().map(|file| file.to_vec()).chain([baseline(), png()]).collect();
    for original in &originals {
        for _ in 0..150 {
            let mut changed = original.clone();
            for _ in 0..=next(6) {
                let place = next(changed.len());
                match next(4) {
                    0 => changed[place] ^= 1 << next(8),
                    1 => changed[place] = [0, 0xFF, 0xD8, 0xDA, 0xC4][next(5)],
                    2 => changed.truncate(place.max(1)),
                    _ => {
                        let piece = changed[place..(place + next(200)).min(changed.len())].to_vec();
                        changed.splice(place..place, piece);
                    }
                }
            }
            refused_or_whole(&changed);
        }
    }
}
