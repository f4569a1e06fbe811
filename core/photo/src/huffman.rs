//! Huffman tables and the bits of a scan (ITU-T T.81, annexes C and F).

use crate::portrait::PhotoRefused;

/// A table: for every sixteen bits, how many of them the code takes, and its symbol. No code takes none.
pub(crate) struct HuffmanTable {
    codes: Vec<(u8, u8)>,
}

impl HuffmanTable {
    /// A table from how many codes there are of each length from 1 to 16, and their symbols in order.
    ///
    /// # Errors
    /// [`PhotoRefused::Damaged`] for more codes than bits can tell apart.
    pub(crate) fn new(counts: &[u8], symbols: &[u8]) -> Result<Self, PhotoRefused> {
        let mut codes = Vec::with_capacity(1 << 16);
        let mut symbols = symbols.iter();
        for (length, count) in (1u8..=16).zip(counts) {
            for symbol in symbols.by_ref().take(usize::from(*count)) {
                codes.resize(codes.len() + (1 << (16 - length)), (length, *symbol));
            }
        }
        if codes.len() > 1 << 16 {
            return Err(PhotoRefused::Damaged);
        }
        codes.resize(1 << 16, (0, 0));
        Ok(Self { codes })
    }
}

/// The bits of one scan.
pub(crate) struct Bits<'a> {
    data: &'a [u8],
    /// The next bits, the first one highest.
    window: u64,
    available: u32,
}

impl<'a> Bits<'a> {
    /// `data` is all that stands between a scan header and the next marker, restart markers included.
    pub(crate) fn new(data: &'a [u8]) -> Self {
        Self { data, window: 0, available: 0 }
    }

    /// The next symbol.
    ///
    /// # Errors
    /// [`PhotoRefused::Truncated`] where the data ends; [`PhotoRefused::Damaged`] for bits that are no code.
    pub(crate) fn symbol(&mut self, table: &HuffmanTable) -> Result<u8, PhotoRefused> {
        self.fill();
        let next = usize::try_from(self.window >> 48).expect("sixteen bits");
        let (length, symbol) = table.codes[next];
        if length == 0 {
            return Err(if self.available < 16 { PhotoRefused::Truncated } else { PhotoRefused::Damaged });
        }
        self.skip(u32::from(length))?;
        Ok(symbol)
    }

    /// The value of the next `count` bits, 16 at most.
    ///
    /// # Errors
    /// [`PhotoRefused::Truncated`] where the data ends.
    pub(crate) fn value(&mut self, count: u32) -> Result<u32, PhotoRefused> {
        self.fill();
        let value = if count == 0 { 0 } else { u32::try_from(self.window >> (64 - count)).expect("sixteen bits") };
        self.skip(count)?;
        Ok(value)
    }

    /// Leaves the rest of the byte and reads the restart marker, of which `number` counts.
    ///
    /// # Errors
    /// [`PhotoRefused::Damaged`] where it is not there.
    pub(crate) fn restart(&mut self, number: u32) -> Result<(), PhotoRefused> {
        let code = 0xD0 + u8::try_from(number % 8).expect("less than eight");
        self.fill();
        self.data = self.data.strip_prefix(&[0xFF, code]).ok_or(PhotoRefused::Damaged)?;
        (self.window, self.available) = (0, 0);
        Ok(())
    }

    fn skip(&mut self, count: u32) -> Result<(), PhotoRefused> {
        self.available = self.available.checked_sub(count).ok_or(PhotoRefused::Truncated)?;
        self.window <<= count;
        Ok(())
    }

    /// Takes bytes up to the next restart marker or the end, as many as fit.
    fn fill(&mut self) {
        while self.available <= 56 {
            let (byte, taken) = match self.data {
                [0xFF, 0x00, ..] => (0xFF, 2),
                [0xFF, ..] | [] => return,
                [byte, ..] => (*byte, 1),
            };
            self.data = &self.data[taken..];
            self.window |= u64::from(byte) << (56 - self.available);
            self.available += 8;
        }
    }
}
