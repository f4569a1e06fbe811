//! A signed token as QR codes (ISO/IEC 18004) that follow each other on a screen, for a tablet with a camera and no network.
//!
//! One code holds 2,953 bytes at most, an enrolment some twenty thousand. So the token is packed and cut up by RaptorQ
//! (RFC 6330), whose later codes are mixtures of the first: a code that the camera missed is made good by any other, and
//! nobody waits for it to come round again. Nothing here is secret or trusted: who reads a token verifies its signature, as
//! with a file.
//!
//! A code says `HOMON` and, in base32 (RFC 4648 section 6, without padding): eight bytes of the SHA-256 of the packed token;
//! its length in four bytes; the FEC Payload ID (RFC 6330 section 3.2) of the one source block; a symbol of 400 bytes.
//! Letters and digits alone, so that a code reader that types is understood on any keyboard.

use std::collections::HashSet;
use std::io::{Read, Write};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use data_encoding::BASE32_NOPAD;
use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;
use qrcode::{Color, EcLevel, QrCode, Version};
use raptorq::{Decoder, Encoder, EncodingPacket, ObjectTransmissionInformation};

use crate::digest::Sha256Digest;
use crate::jws::MAX_TOKEN;

const SCHEME: &str = "HOMON";

/// Bytes of a packed token in one code. 77 modules across then: as fine as a tablet's camera reads across a table.
const SYMBOL: u16 = 400;

/// A code with [`SYMBOL`] bytes fits. Its lowest level of correction is enough where other codes help out.
const VERSION: Version = Version::Normal(15);

/// What a person can be asked to hold the tablet for: a minute of codes.
const MOST_SYMBOLS: usize = 300;

/// For each symbol, so many codes: the symbol itself, and mixtures.
const ROUNDS: usize = 3;

/// One code as it is drawn: dark modules on a light ground, with four light modules around.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Code {
    /// What it says.
    pub text: String,
    /// Modules on each side.
    pub side: usize,
    /// Whether a module is dark, row by row.
    pub dark: Vec<bool>,
}

/// Why a token has no codes.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum CodeError {
    /// It is not a token.
    #[error("the text is not a signed token")]
    NotAToken,
    /// It would take longer than a minute to read, or does not fit into the one code.
    #[error("the text is too long for codes; hand over the file")]
    TooLong,
}

/// One code that says all of a short text, for a camera across a table.
///
/// # Errors
/// [`CodeError::TooLong`] above 2,331 bytes.
pub fn still(text: &str) -> Result<Code, CodeError> {
    let code = QrCode::with_error_correction_level(text, EcLevel::M).map_err(|_| CodeError::TooLong)?;
    Ok(drawn(text, &code))
}

/// The codes of a token, to be shown one after another, over and over. Five in a second can be read.
///
/// # Errors
/// Any [`CodeError`].
pub fn codes(token: &str) -> Result<Vec<Code>, CodeError> {
    let packed = pack(token).ok_or(CodeError::NotAToken)?;
    let label = Label::of(&packed).ok_or(CodeError::TooLong)?;
    let mixtures = label.symbols() * (ROUNDS - 1);
    let packets = Encoder::new(&packed, label.cut()).get_encoded_packets(mixtures as u32);
    let part = |packet| {
        let text = label.with(packet);
        let code = QrCode::with_version(&text, VERSION, EcLevel::L).map_err(|_| CodeError::TooLong)?;
        Ok(drawn(&text, &code))
    };
    packets.iter().map(part).collect()
}

fn drawn(text: &str, code: &QrCode) -> Code {
    let dark = code.to_colors().into_iter().map(|colour| colour == Color::Dark).collect();
    Code { text: text.to_owned(), side: code.width(), dark }
}

/// What stands on each code of one token.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Label {
    /// The first bytes of the packed token's SHA-256.
    digest: [u8; 8],
    /// Bytes of the packed token.
    length: u32,
}

impl Label {
    /// `None` for what would take too long to read.
    fn of(packed: &[u8]) -> Option<Self> {
        let digest = *Sha256Digest::of(packed).0.first_chunk()?;
        Self { digest, length: u32::try_from(packed.len()).ok()? }.bounded()
    }

    /// How many symbols the packed token has.
    fn symbols(self) -> usize {
        (self.length as usize).div_ceil(usize::from(SYMBOL))
    }

    fn bounded(self) -> Option<Self> {
        (1..=MOST_SYMBOLS).contains(&self.symbols()).then_some(self)
    }

    /// One source block, undivided, aligned to eight bytes.
    fn cut(self) -> ObjectTransmissionInformation {
        ObjectTransmissionInformation::new(u64::from(self.length), SYMBOL, 1, 1, 8)
    }

    fn with(self, packet: &EncodingPacket) -> String {
        let bytes = [&self.digest[..], &self.length.to_be_bytes(), &packet.serialize()].concat();
        SCHEME.to_owned() + &BASE32_NOPAD.encode(&bytes)
    }

    /// The label and the symbol of a code; `None` for any that [`codes`] would not have made.
    fn read(text: &str) -> Option<(Self, EncodingPacket)> {
        let bytes = BASE32_NOPAD.decode(text.to_ascii_uppercase().strip_prefix(SCHEME)?.as_bytes()).ok()?;
        let (digest, rest) = bytes.split_first_chunk()?;
        let (length, packet) = rest.split_first_chunk()?;
        let label = Self { digest: *digest, length: u32::from_be_bytes(*length) }.bounded()?;
        // The identifier of the symbol has four bytes.
        let packet = (packet.len() == 4 + usize::from(SYMBOL)).then(|| EncodingPacket::deserialize(packet))?;
        let id = packet.payload_id();
        let is_sent = id.source_block_number() == 0 && (id.encoding_symbol_id() as usize) < label.symbols() * ROUNDS;
        is_sent.then_some((label, packet))
    }
}

/// What a code said that was read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Reading {
    /// Not a part of a token.
    Other,
    /// A part; the token is read to so many hundredths.
    Part(u8),
    /// The whole token.
    Whole(String),
}

/// Puts a token together again. Codes may come in any order, more than once, and with gaps.
#[derive(Default)]
pub struct CodeReader {
    begun: Option<Begun>,
}

struct Begun {
    label: Label,
    decoder: Decoder,
    /// The symbols that were read.
    read: HashSet<u32>,
}

impl CodeReader {
    /// Takes what one code says. A code of another token begins anew.
    pub fn read(&mut self, text: &str) -> Reading {
        let Some((label, packet)) = Label::read(text) else { return Reading::Other };
        let begun = match self.begun.take().filter(|begun| begun.label == label) {
            Some(begun) => self.begun.insert(begun),
            None => self.begun.insert(Begun { label, decoder: Decoder::new(label.cut()), read: HashSet::new() }),
        };
        if !begun.read.insert(packet.payload_id().encoding_symbol_id()) {
            return Reading::Part(begun.share());
        }
        let Some(packed) = begun.decoder.decode(packet) else { return Reading::Part(begun.share()) };
        self.begun = None;
        // A code that was made up gives other bytes.
        if Label::of(&packed) != Some(label) {
            return Reading::Other;
        }
        unpack(&packed).map_or(Reading::Other, Reading::Whole)
    }
}

impl Begun {
    /// In hundredths, and not quite all: the last code may have to be another.
    fn share(&self) -> u8 {
        u8::try_from(self.read.len() * 100 / self.label.symbols()).map_or(99, |share| share.min(99))
    }
}

/// A token without its base64, which no packing can shorten: length of the header, header, length of the signature,
/// signature, claims; lengths in two bytes, the higher first.
fn pack(token: &str) -> Option<Vec<u8>> {
    let [header, claims, signature] = parts(token)?.map(|part| URL_SAFE_NO_PAD.decode(part).ok());
    let (header, claims, signature) = (header?, claims?, signature?);
    let length = |bytes: &[u8]| Some(u16::try_from(bytes.len()).ok()?.to_be_bytes());
    let (header_length, signature_length) = (length(&header)?, length(&signature)?);
    let mut packed = DeflateEncoder::new(Vec::new(), Compression::best());
    for piece in [&header_length[..], &header, &signature_length, &signature, &claims] {
        packed.write_all(piece).ok()?;
    }
    packed.finish().ok()
}

fn parts(token: &str) -> Option<[&str; 3]> {
    let mut parts = token.split('.');
    let found = [parts.next()?, parts.next()?, parts.next()?];
    parts.next().is_none().then_some(found)
}

fn unpack(packed: &[u8]) -> Option<String> {
    let mut plain = Vec::new();
    DeflateDecoder::new(packed).take(MAX_TOKEN as u64).read_to_end(&mut plain).ok()?;
    let (header, rest) = measured(&plain)?;
    let (signature, claims) = measured(rest)?;
    let [header, claims, signature] = [header, claims, signature].map(|part| URL_SAFE_NO_PAD.encode(part));
    Some(format!("{header}.{claims}.{signature}"))
}

/// Bytes behind their length, and what follows them.
fn measured(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = bytes.split_first_chunk()?;
    rest.split_at_checked(usize::from(u16::from_be_bytes(*length)))
}

#[cfg(test)]
mod tests;
