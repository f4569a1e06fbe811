//! Commands to the card and the meaning of its answers.
//!
//! None of this comes from a specification by the issuer. The bytes are those that public software was seen to use:
//! `jpki/myna` and OpenSC (`card-jpki.c`) for the commands, `soltia48/myna-card` for applications and status words.
//! When a generation of cards changes one, one line here changes.

/// The identifier of an application on the card.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ApplicationIdentifier([u8; 10]);

impl ApplicationIdentifier {
    /// JPKI (公的個人認証): the certificates. `jpki/myna`, OpenSC.
    pub const JPKI: Self = Self([0xD3, 0x92, 0xF0, 0x00, 0x26, 0x01, 0x00, 0x00, 0x00, 0x01]);
    /// 券面事項入力補助: the four attributes as text. `soltia48/myna-card`.
    pub const INPUT_SUPPORT: Self = Self([0xD3, 0x92, 0x10, 0x00, 0x31, 0x00, 0x01, 0x01, 0x04, 0x08]);
    /// 券面確認: the face of the card as pictures. `soltia48/myna-card`.
    pub const VISUAL: Self = Self([0xD3, 0x92, 0x10, 0x00, 0x31, 0x00, 0x01, 0x01, 0x04, 0x02]);
}

/// The identifier of an elementary file, or of a PIN's reference, within the selected application.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct FileIdentifier(pub u16);

/// A position in a file. READ BINARY has 15 bits for it; the sixteenth would name another file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Offset(u16);

impl Offset {
    /// `None` from 32768 on.
    #[must_use]
    pub fn new(bytes: u16) -> Option<Self> {
        (bytes < 0x8000).then_some(Self(bytes))
    }
}

/// A command that the card takes without a PIN.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Command {
    /// SELECT an application.
    SelectApplication(ApplicationIdentifier),
    /// SELECT an elementary file or a PIN's reference.
    SelectFile(FileIdentifier),
    /// READ BINARY from the selected file.
    ReadBinary {
        /// From where.
        offset: Offset,
        /// How many bytes; 0 asks for 256.
        length: u8,
    },
    /// VERIFY without a body: asks how many tries the selected PIN has left, and costs none.
    AskTriesLeft,
}

impl Command {
    /// The command as bytes.
    #[must_use]
    pub fn encode(self) -> Vec<u8> {
        match self {
            Self::SelectApplication(ApplicationIdentifier(id)) => [&[0x00, 0xA4, 0x04, 0x0C, 0x0A][..], &id].concat(),
            Self::SelectFile(FileIdentifier(id)) => [&[0x00, 0xA4, 0x02, 0x0C, 0x02][..], &id.to_be_bytes()].concat(),
            Self::ReadBinary { offset: Offset(offset), length } => {
                [&[0x00, 0xB0][..], &offset.to_be_bytes(), &[length]].concat()
            }
            Self::AskTriesLeft => vec![0x00, 0x20, 0x00, 0x80],
        }
    }
}

/// What the two status bytes say.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Status {
    /// `9000`: done.
    Done,
    /// `63Cx`: the PIN has this many tries left, at least one.
    TriesLeft(u8),
    /// `63C0`, `6984` or `6983`: the PIN is locked and must be set anew at the city's office. Cards were seen to answer
    /// with the first once, then with the second; another library knows the third.
    Locked,
    /// Anything else, as the card sent it.
    Other(u16),
}

impl From<u16> for Status {
    fn from(word: u16) -> Self {
        match word {
            0x9000 => Self::Done,
            0x63C0 | 0x6983 | 0x6984 => Self::Locked,
            0x63C1..=0x63CF => Self::TriesLeft(word.to_be_bytes()[1] & 0x0F),
            other => Self::Other(other),
        }
    }
}

/// An answer of the card.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Response<'a> {
    /// What it read, without the status. It may hold personal data, so the type has no debug output.
    pub data: &'a [u8],
    /// How it went.
    pub status: Status,
}

impl<'a> Response<'a> {
    /// Splits an answer; `None` when it has no status, so that it is none.
    #[must_use]
    pub fn parse(answer: &'a [u8]) -> Option<Self> {
        let (data, status) = answer.split_last_chunk::<2>()?;
        Some(Self { data, status: u16::from_be_bytes(*status).into() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(command: Command) -> String {
        command.encode().iter().map(|byte| format!("{byte:02X}")).collect()
    }

    #[test]
    fn commands_are_those_that_cards_were_seen_to_take() {
        let read = |offset, length| Command::ReadBinary { offset: Offset::new(offset).unwrap(), length };
        let select = Command::SelectApplication;
        assert_eq!(hex(select(ApplicationIdentifier::JPKI)), "00A4040C0AD392F000260100000001");
        assert_eq!(hex(select(ApplicationIdentifier::INPUT_SUPPORT)), "00A4040C0AD3921000310001010408");
        assert_eq!(hex(select(ApplicationIdentifier::VISUAL)), "00A4040C0AD3921000310001010402");
        assert_eq!(hex(Command::SelectFile(FileIdentifier(0x000A))), "00A4020C02000A");
        assert_eq!(hex(read(0, 4)), "00B0000004");
        assert_eq!(hex(read(0x0123, 0)), "00B0012300");
        assert_eq!(hex(Command::AskTriesLeft), "00200080");
    }

    #[test]
    fn an_offset_cannot_name_another_file() {
        assert!(Offset::new(0x7FFF).is_some());
        assert_eq!(Offset::new(0x8000), None);
    }

    #[test]
    fn three_words_mean_locked() {
        for word in [0x63C0, 0x6983, 0x6984] {
            assert_eq!(Status::from(word), Status::Locked);
        }
        assert_eq!(Status::from(0x63C3), Status::TriesLeft(3));
        assert_eq!(Status::from(0x63CF), Status::TriesLeft(15));
        assert_eq!(Status::from(0x9000), Status::Done);
        for word in [0x6300, 0x63BF, 0x63D0, 0x6985, 0x6A82, 0x9001] {
            assert_eq!(Status::from(word), Status::Other(word));
        }
    }

    #[test]
    fn an_answer_ends_with_its_status() {
        let parsed = |answer| Response::parse(answer).map(|response| (response.data, response.status));
        assert_eq!(parsed(&[0x30, 0x82, 0x90, 0x00]), Some((&[0x30, 0x82][..], Status::Done)));
        assert_eq!(parsed(&[0x63, 0xC2]), Some((&[][..], Status::TriesLeft(2))));
        assert_eq!(parsed(&[0x90]), None);
        assert_eq!(parsed(&[]), None);
    }
}
