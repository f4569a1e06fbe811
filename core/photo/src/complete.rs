//! Proof that a JPEG's scans hold every block of the picture.
//!
//! Decoders fill in what is missing, as grey or as the last block repeated, and report success. A portrait whose lower
//! half is grey would come back weeks later, so every code of every scan is read here first.

use crate::huffman::{Bits, HuffmanTable};
use crate::portrait::PhotoRefused;
use crate::segments::Input;

/// The number of coefficients of a block.
const BLOCK: usize = 64;

/// Reads a stripped JPEG to its end.
///
/// # Errors
/// [`PhotoRefused::Truncated`] where data is missing, [`PhotoRefused::Damaged`] where it is no picture.
pub(crate) fn check(jpeg: &[u8]) -> Result<(), PhotoRefused> {
    let mut input = Input::new(jpeg.get(2..).ok_or(PhotoRefused::NotJpeg)?);
    let mut picture = Picture::default();
    loop {
        match input.marker()? {
            0xD9 => return picture.all_is_there(),
            0xDA => picture.scan(input.segment()?, input.entropy_coded()?)?,
            0xC4 => picture.tables(input.segment()?)?,
            code @ 0xC0..=0xC2 => picture.frame(code == 0xC2, input.segment()?)?,
            0xDD => picture.restart_interval(input.segment()?)?,
            _ => drop(input.segment()?),
        }
    }
}

/// What is known so far.
#[derive(Default)]
struct Picture {
    progressive: bool,
    /// Units of all components, one row after the other.
    mcus: (usize, usize),
    components: Vec<Component>,
    dc_tables: [Option<HuffmanTable>; 4],
    ac_tables: [Option<HuffmanTable>; 4],
    restart_interval: usize,
}

struct Component {
    id: u8,
    /// Blocks of an interleaved unit, across and down.
    sampling: (usize, usize),
    /// Blocks that hold picture, across and down.
    blocks: (usize, usize),
    /// For each block with its padding, which coefficients are not zero so far. Progressive pictures only.
    nonzero: Vec<u64>,
    /// For each coefficient, how many low bits are still to come; `None` where nothing came.
    missing_bits: [Option<u8>; BLOCK],
}

/// What a scan header says.
struct Scan {
    /// Index of the component, its DC table, its AC table.
    parts: Vec<(usize, usize, usize)>,
    from: usize,
    until: usize,
    refines: bool,
    missing_bits: u8,
}

impl Picture {
    fn frame(&mut self, progressive: bool, content: &[u8]) -> Result<(), PhotoRefused> {
        let [_, h1, h0, w1, w0, _, specified @ ..] = content else { return Err(PhotoRefused::Damaged) };
        let (width, height) = (u16::from_be_bytes([*w1, *w0]).into(), u16::from_be_bytes([*h1, *h0]).into());
        let samplings: Vec<_> =
            specified.chunks_exact(3).map(|c| (usize::from(c[1] >> 4), usize::from(c[1] & 15))).collect();
        if samplings.iter().any(|(h, v)| !(1..=4).contains(h) || !(1..=4).contains(v)) {
            return Err(PhotoRefused::Damaged);
        }
        let most = samplings.iter().fold((1, 1), |(h, v), next| (next.0.max(h), next.1.max(v)));
        let size: (usize, usize) = (width, height);
        self.progressive = progressive;
        self.mcus = (size.0.div_ceil(8 * most.0), size.1.div_ceil(8 * most.1));
        let mcus = self.mcus.0 * self.mcus.1;
        let component = |(specified, (h, v)): (&[u8], (usize, usize))| Component {
            id: specified[0],
            sampling: (h, v),
            blocks: ((size.0 * h).div_ceil(most.0).div_ceil(8), (size.1 * v).div_ceil(most.1).div_ceil(8)),
            nonzero: if progressive { vec![0; mcus * h * v] } else { Vec::new() },
            missing_bits: [None; BLOCK],
        };
        self.components = specified.chunks_exact(3).zip(samplings).map(component).collect();
        Ok(())
    }

    fn tables(&mut self, mut content: &[u8]) -> Result<(), PhotoRefused> {
        while let [kind, rest @ ..] = content {
            let (counts, rest) = rest.split_at_checked(16).ok_or(PhotoRefused::Damaged)?;
            let symbols = counts.iter().map(|count| usize::from(*count)).sum();
            let (symbols, rest) = rest.split_at_checked(symbols).ok_or(PhotoRefused::Damaged)?;
            let tables = if kind >> 4 == 0 { &mut self.dc_tables } else { &mut self.ac_tables };
            let slot = tables.get_mut(usize::from(kind & 15)).ok_or(PhotoRefused::Damaged)?;
            *slot = Some(HuffmanTable::new(counts, symbols)?);
            content = rest;
        }
        Ok(())
    }

    fn restart_interval(&mut self, content: &[u8]) -> Result<(), PhotoRefused> {
        let [high, low] = content else { return Err(PhotoRefused::Damaged) };
        self.restart_interval = u16::from_be_bytes([*high, *low]).into();
        Ok(())
    }

    fn scan_header(&self, content: &[u8]) -> Result<Scan, PhotoRefused> {
        let [count, rest @ ..] = content else { return Err(PhotoRefused::Damaged) };
        let (parts, rest) = rest.split_at_checked(usize::from(*count) * 2).ok_or(PhotoRefused::Damaged)?;
        let part = |pair: &[u8]| {
            let index = self.components.iter().position(|component| component.id == pair[0])?;
            Some((index, usize::from(pair[1] >> 4), usize::from(pair[1] & 15)))
        };
        let parts: Option<Vec<_>> = parts.chunks_exact(2).map(part).collect();
        let ([from, until, bits], Some(parts)) = (rest, parts) else { return Err(PhotoRefused::Damaged) };
        let (from, until) = if self.progressive { (usize::from(*from), usize::from(*until)) } else { (0, BLOCK - 1) };
        let (refines, missing_bits) = if self.progressive { (bits >> 4 != 0, bits & 15) } else { (false, 0) };
        let band_fits = !self.progressive || (from == 0 && until == 0) || (from > 0 && parts.len() == 1);
        if parts.is_empty() || from > until || until >= BLOCK || !band_fits {
            return Err(PhotoRefused::Damaged);
        }
        Ok(Scan { parts, from, until, refines, missing_bits })
    }

    fn scan(&mut self, header: &[u8], data: &[u8]) -> Result<(), PhotoRefused> {
        let scan = self.scan_header(header)?;
        let mut reader = BlockReader { bits: Bits::new(data), end_of_band_run: 0 };
        let units = match scan.parts.as_slice() {
            [(only, ..)] => self.components[*only].blocks,
            _ => self.mcus,
        };
        let mut restarts = 0;
        for unit in 0..units.0 * units.1 {
            if self.restart_interval > 0 && unit > 0 && unit % self.restart_interval == 0 {
                reader.bits.restart(restarts)?;
                reader.end_of_band_run = 0;
                restarts += 1;
            }
            self.unit(&scan, &mut reader, (unit % units.0, unit / units.0))?;
        }
        for (index, ..) in &scan.parts {
            self.components[*index].missing_bits[scan.from..=scan.until].fill(Some(scan.missing_bits));
        }
        Ok(())
    }

    /// One block of a component that stands alone in its scan, or the blocks of all components of the scan.
    fn unit(&mut self, scan: &Scan, reader: &mut BlockReader<'_>, at: (usize, usize)) -> Result<(), PhotoRefused> {
        let mut unused = 0;
        let alone = scan.parts.len() == 1;
        for (index, dc, ac) in &scan.parts {
            let component = &mut self.components[*index];
            let (across, down) = if alone { (1, 1) } else { component.sampling };
            let stride = self.mcus.0 * component.sampling.0;
            for block in 0..across * down {
                let (x, y) = (at.0 * across + block % across, at.1 * down + block / across);
                let nonzero = component.nonzero.get_mut(y * stride + x).unwrap_or(&mut unused);
                let dc = self.dc_tables.get(*dc).and_then(Option::as_ref);
                let ac = self.ac_tables.get(*ac).and_then(Option::as_ref);
                if self.progressive {
                    reader.progressive(scan, dc, ac, nonzero)?;
                } else {
                    reader.sequential(dc, ac)?;
                }
            }
        }
        Ok(())
    }

    fn all_is_there(&self) -> Result<(), PhotoRefused> {
        let whole = |component: &Component| component.missing_bits == [Some(0); BLOCK];
        if self.components.iter().all(whole) { Ok(()) } else { Err(PhotoRefused::Truncated) }
    }
}

/// Reads blocks without keeping their values.
struct BlockReader<'a> {
    bits: Bits<'a>,
    /// How many blocks are still without coefficients in this band.
    end_of_band_run: u32,
}

type Table<'a> = Option<&'a HuffmanTable>;

impl BlockReader<'_> {
    /// Annex F.2.2: the first coefficient, then runs of zeros with the coefficient that ends them.
    fn sequential(&mut self, dc: Table<'_>, ac: Table<'_>) -> Result<(), PhotoRefused> {
        let ac = ac.ok_or(PhotoRefused::Damaged)?;
        self.first_coefficient(dc)?;
        let mut at = 1;
        while at < BLOCK {
            let symbol = self.bits.symbol(ac)?;
            let (zeros, size) = (usize::from(symbol >> 4), u32::from(symbol & 15));
            if size == 0 && zeros < 15 {
                return Ok(());
            }
            self.bits.value(size)?;
            at += zeros + 1;
        }
        if at == BLOCK { Ok(()) } else { Err(PhotoRefused::Damaged) }
    }

    fn first_coefficient(&mut self, dc: Table<'_>) -> Result<(), PhotoRefused> {
        let size = u32::from(self.bits.symbol(dc.ok_or(PhotoRefused::Damaged)?)?);
        if size > 11 {
            return Err(PhotoRefused::Damaged);
        }
        self.bits.value(size).map(drop)
    }

    /// Annex G.1.2: one of the four kinds of progressive scan.
    fn progressive(
        &mut self,
        scan: &Scan,
        dc: Table<'_>,
        ac: Table<'_>,
        nonzero: &mut u64,
    ) -> Result<(), PhotoRefused> {
        match (scan.from, scan.refines) {
            (0, false) => self.first_coefficient(dc),
            (0, true) => self.bits.value(1).map(drop),
            (_, false) => self.first_band(scan, ac.ok_or(PhotoRefused::Damaged)?, nonzero),
            (_, true) => self.refined_band(scan, ac.ok_or(PhotoRefused::Damaged)?, nonzero),
        }
    }

    fn first_band(&mut self, scan: &Scan, ac: &HuffmanTable, nonzero: &mut u64) -> Result<(), PhotoRefused> {
        if self.end_of_band_run > 0 {
            self.end_of_band_run -= 1;
            return Ok(());
        }
        let mut at = scan.from;
        while at <= scan.until {
            let symbol = self.bits.symbol(ac)?;
            let (zeros, size) = (symbol >> 4, u32::from(symbol & 15));
            if size == 0 && zeros < 15 {
                self.end_of_band_run = self.run(zeros)? - 1;
                return Ok(());
            }
            self.bits.value(size)?;
            at += usize::from(zeros);
            if size > 0 {
                *nonzero |= 1u64.checked_shl(u32::try_from(at).unwrap_or(u32::MAX)).ok_or(PhotoRefused::Damaged)?;
            }
            at += 1;
        }
        if at == scan.until + 1 { Ok(()) } else { Err(PhotoRefused::Damaged) }
    }

    fn refined_band(&mut self, scan: &Scan, ac: &HuffmanTable, nonzero: &mut u64) -> Result<(), PhotoRefused> {
        let mut at = scan.from;
        while self.end_of_band_run == 0 && at <= scan.until {
            let symbol = self.bits.symbol(ac)?;
            let (zeros, size) = (symbol >> 4, symbol & 15);
            if size == 0 && zeros < 15 {
                self.end_of_band_run = self.run(zeros)?;
                break;
            }
            self.bits.value(u32::from(size.min(1)))?;
            at = self.corrections(at, scan.until, zeros, *nonzero)?;
            if size > 0 {
                if at > scan.until {
                    return Err(PhotoRefused::Damaged);
                }
                *nonzero |= 1 << at;
            }
            at += 1;
        }
        if self.end_of_band_run > 0 {
            self.corrections(at, scan.until, u8::MAX, *nonzero)?;
            self.end_of_band_run -= 1;
        }
        Ok(())
    }

    /// Reads one bit for each coefficient that is not zero, on the way to the zero one after `zeros` others.
    fn corrections(&mut self, mut at: usize, until: usize, mut zeros: u8, nonzero: u64) -> Result<usize, PhotoRefused> {
        while at <= until {
            if nonzero >> at & 1 == 1 {
                self.bits.value(1)?;
            } else if zeros == 0 {
                break;
            } else {
                zeros -= 1;
            }
            at += 1;
        }
        Ok(at)
    }

    /// How many blocks have no further coefficients, this one included.
    fn run(&mut self, exponent: u8) -> Result<u32, PhotoRefused> {
        let exponent = u32::from(exponent);
        Ok((1 << exponent) + self.bits.value(exponent)?)
    }
}
