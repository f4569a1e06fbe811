//! Reading a flatbuffer: tables, vectors and scalars by offset, each offset checked before it is followed.
//!
//! The format is that of the FlatBuffers internals document: little endian, a table begins with the distance to its
//! `vtable`, which holds where each field lies, 0 for a field that is not there.

use super::ModelError;

/// A whole buffer.
#[derive(Clone, Copy)]
pub(super) struct Buffer<'a>(pub(super) &'a [u8]);

/// A table in it.
#[derive(Clone, Copy)]
pub(super) struct Table<'a> {
    buffer: Buffer<'a>,
    at: usize,
}

impl<'a> Buffer<'a> {
    fn bytes<const N: usize>(self, at: usize) -> Result<[u8; N], ModelError> {
        let end = at.checked_add(N).ok_or(ModelError::Malformed)?;
        self.0.get(at..end).and_then(|bytes| bytes.try_into().ok()).ok_or(ModelError::Malformed)
    }

    fn u16(self, at: usize) -> Result<usize, ModelError> {
        Ok(u16::from_le_bytes(self.bytes(at)?).into())
    }

    fn u32(self, at: usize) -> Result<usize, ModelError> {
        usize::try_from(u32::from_le_bytes(self.bytes(at)?)).map_err(|_| ModelError::Malformed)
    }

    fn follow(self, at: usize) -> Result<usize, ModelError> {
        at.checked_add(self.u32(at)?).ok_or(ModelError::Malformed)
    }

    /// The table that the buffer is about, if it carries this file identifier.
    pub(super) fn root(self, identifier: &[u8; 4]) -> Result<Table<'a>, ModelError> {
        if self.bytes::<4>(4)? != *identifier {
            return Err(ModelError::Malformed);
        }
        Ok(Table { buffer: self, at: self.follow(0)? })
    }
}

impl<'a> Table<'a> {
    /// Where a field lies; `None` when the table has no such field.
    fn field(&self, slot: usize) -> Result<Option<usize>, ModelError> {
        let distance = i32::from_le_bytes(self.buffer.bytes(self.at)?);
        let distance = isize::try_from(distance).map_err(|_| ModelError::Malformed)?;
        let vtable = self.at.checked_add_signed(-distance).ok_or(ModelError::Malformed)?;
        let place = 4 + 2 * slot;
        if place + 2 > self.buffer.u16(vtable)? {
            return Ok(None);
        }
        let offset = self.buffer.u16(vtable.checked_add(place).ok_or(ModelError::Malformed)?)?;
        Ok(if offset == 0 { None } else { Some(self.at.checked_add(offset).ok_or(ModelError::Malformed)?) })
    }

    pub(super) fn u8(&self, slot: usize) -> Result<u8, ModelError> {
        self.field(slot)?.map_or(Ok(0), |at| self.buffer.bytes(at).map(u8::from_le_bytes))
    }

    pub(super) fn u32(&self, slot: usize) -> Result<usize, ModelError> {
        self.field(slot)?.map_or(Ok(0), |at| self.buffer.u32(at))
    }

    pub(super) fn i32(&self, slot: usize, default: i32) -> Result<i32, ModelError> {
        self.field(slot)?.map_or(Ok(default), |at| self.buffer.bytes(at).map(i32::from_le_bytes))
    }

    pub(super) fn table(&self, slot: usize) -> Result<Option<Table<'a>>, ModelError> {
        let Some(at) = self.field(slot)? else { return Ok(None) };
        Ok(Some(Table { buffer: self.buffer, at: self.buffer.follow(at)? }))
    }

    /// Where a vector's elements begin, and how many there are; all of them lie within the buffer.
    fn vector(&self, slot: usize, size: usize) -> Result<(usize, usize), ModelError> {
        let Some(at) = self.field(slot)? else { return Ok((0, 0)) };
        let at = self.buffer.follow(at)?;
        let (first, length) = (at + 4, self.buffer.u32(at)?);
        let end = length.checked_mul(size).and_then(|bytes| bytes.checked_add(first));
        if end.is_none_or(|end| end > self.buffer.0.len()) {
            return Err(ModelError::Malformed);
        }
        Ok((first, length))
    }

    pub(super) fn bytes(&self, slot: usize) -> Result<&'a [u8], ModelError> {
        let (first, length) = self.vector(slot, 1)?;
        Ok(&self.buffer.0[first..first + length])
    }

    pub(super) fn i32s(&self, slot: usize) -> Result<Vec<i32>, ModelError> {
        let (first, length) = self.vector(slot, 4)?;
        (0..length).map(|index| self.buffer.bytes(first + 4 * index).map(i32::from_le_bytes)).collect()
    }

    pub(super) fn tables(&self, slot: usize) -> Result<Vec<Table<'a>>, ModelError> {
        let (first, length) = self.vector(slot, 4)?;
        let table = |index| Ok(Table { buffer: self.buffer, at: self.buffer.follow(first + 4 * index)? });
        (0..length).map(table).collect()
    }
}
