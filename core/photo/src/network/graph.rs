//! A TensorFlow Lite file as a list of operations, in the order in which they are computed.
//!
//! Field numbers and operator codes are those of the published schema (`tensorflow/lite/schema/schema.fbs`, version 3).

use super::ModelError;
use super::flatbuffer::{Buffer, Table};

/// More elements than any tensor of the three networks has, by far.
const MOST_ELEMENTS: usize = 1 << 24;

/// A tensor: what is computed, or a constant.
pub(super) struct Tensor {
    pub(super) shape: Vec<usize>,
    pub(super) constant: Option<Constant>,
}

/// Numbers that stand in the file.
#[derive(Clone)]
pub(super) enum Constant {
    Floats(Vec<f32>),
    Integers(Vec<i32>),
}

/// How a window is laid at the border.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Padding {
    /// Zeros around, so that each stride has a window.
    Same,
    /// Whole windows only.
    Valid,
}

/// Steps and border of a window.
#[derive(Clone, Copy)]
pub(super) struct Window {
    pub(super) padding: Padding,
    /// Rows, columns.
    pub(super) stride: [usize; 2],
}

/// What becomes of each element after an operation.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Curve {
    Relu,
    Relu6,
    HardSwish,
    Logistic,
}

pub(super) enum Operation {
    Convolve(Window),
    ConvolveDepthwise(Window),
    /// A convolution that goes the other way and makes the picture larger, with a bias.
    ConvolveTransposed(Window),
    Add,
    Multiply,
    Curve(Curve),
    /// A slope for negative numbers, of each channel.
    Prelu,
    Pad,
    MaxPool(Window, [usize; 2]),
    AveragePool(Window, [usize; 2]),
    Reshape,
    Concatenate {
        axis: i32,
    },
    Resize {
        align_corners: bool,
        half_pixel_centres: bool,
    },
    /// Constants in half precision, which are read as what they are.
    Dequantize,
}

pub(super) struct Node {
    pub(super) operation: Operation,
    pub(super) inputs: Vec<usize>,
    pub(super) output: usize,
    /// Done to the output before anyone sees it.
    pub(super) fused: Option<Curve>,
}

pub(super) struct Graph {
    pub(super) tensors: Vec<Tensor>,
    pub(super) nodes: Vec<Node>,
    pub(super) inputs: Vec<usize>,
    pub(super) outputs: Vec<usize>,
}

impl Graph {
    pub(super) fn read(file: &[u8]) -> Result<Self, ModelError> {
        let model = Buffer(file).root(b"TFL3")?;
        let codes = model.tables(1)?.iter().map(Code::read).collect::<Result<Vec<_>, _>>()?;
        let buffers = model.tables(4)?;
        let [graph] = model.tables(2)?[..] else { return Err(ModelError::Malformed) };
        let tensors = graph.tables(0)?.iter().map(|table| tensor(table, &buffers)).collect::<Result<Vec<_>, _>>()?;
        let nodes = graph.tables(3)?.iter().map(|table| node(table, &codes)).collect::<Result<Vec<_>, _>>()?;
        let graph = Self { nodes, inputs: indices(&graph, 1)?, outputs: indices(&graph, 2)?, tensors };
        graph.check_indices()?;
        Ok(graph)
    }

    fn check_indices(&self) -> Result<(), ModelError> {
        let within = |index: &usize| *index < self.tensors.len();
        let nodes = self.nodes.iter().all(|node| node.inputs.iter().all(within) && within(&node.output));
        let ends = self.inputs.iter().chain(&self.outputs).all(within);
        if nodes && ends { Ok(()) } else { Err(ModelError::Malformed) }
    }
}

/// What an operator is called in this file.
enum Code<'a> {
    Built(i32),
    Custom(&'a [u8]),
}

impl<'a> Code<'a> {
    fn read(table: &Table<'a>) -> Result<Self, ModelError> {
        // Codes up to 127 stand in the first field of old files, later ones in the last field.
        let code = table.i32(3, 0)?.max(table.u8(0)?.cast_signed().into());
        Ok(if code == 32 { Self::Custom(table.bytes(1)?) } else { Self::Built(code) })
    }
}

fn indices(table: &Table<'_>, slot: usize) -> Result<Vec<usize>, ModelError> {
    // -1 stands for an operand that was left out: none of ours may be.
    table.i32s(slot)?.into_iter().map(|index| usize::try_from(index).map_err(|_| ModelError::Malformed)).collect()
}

fn tensor(table: &Table<'_>, buffers: &[Table<'_>]) -> Result<Tensor, ModelError> {
    let shape = indices(table, 0)?;
    let elements = shape.iter().try_fold(1_usize, |product, side| product.checked_mul(*side));
    let elements = elements.filter(|count| (1..=MOST_ELEMENTS).contains(count)).ok_or(ModelError::Malformed)?;
    let bytes = buffers.get(table.u32(2)?).ok_or(ModelError::Malformed)?.bytes(0)?;
    let constant = if bytes.is_empty() { None } else { Some(constant(table.u8(1)?, bytes)?) };
    let fits = constant.as_ref().is_none_or(|constant| constant.len() == elements);
    if fits { Ok(Tensor { shape, constant }) } else { Err(ModelError::Malformed) }
}

impl Constant {
    fn len(&self) -> usize {
        match self {
            Self::Floats(floats) => floats.len(),
            Self::Integers(integers) => integers.len(),
        }
    }
}

fn constant(kind: u8, bytes: &[u8]) -> Result<Constant, ModelError> {
    let whole = |size: usize| if bytes.len().is_multiple_of(size) { Ok(()) } else { Err(ModelError::Malformed) };
    match kind {
        0 => {
            whole(4)?;
            Ok(Constant::Floats(bytes.as_chunks().0.iter().map(|four| f32::from_le_bytes(*four)).collect()))
        }
        1 => {
            whole(2)?;
            Ok(Constant::Floats(bytes.as_chunks().0.iter().map(|two| half(u16::from_le_bytes(*two))).collect()))
        }
        2 => {
            whole(4)?;
            Ok(Constant::Integers(bytes.as_chunks().0.iter().map(|four| i32::from_le_bytes(*four)).collect()))
        }
        other => Err(ModelError::ElementType(other)),
    }
}

/// A number of IEEE 754's binary16.
fn half(bits: u16) -> f32 {
    let sign = if bits >> 15 == 1 { -1.0 } else { 1.0 };
    let (exponent, fraction) = (i32::from(bits >> 10 & 0x1f), f32::from(bits & 0x3ff));
    match exponent {
        0 => sign * fraction * 2_f32.powi(-24),
        0x1f if fraction == 0.0 => sign * f32::INFINITY,
        0x1f => f32::NAN,
        _ => sign * (1024.0 + fraction) * 2_f32.powi(exponent - 25),
    }
}

fn node(table: &Table<'_>, codes: &[Code<'_>]) -> Result<Node, ModelError> {
    let [output] = indices(table, 2)?[..] else { return Err(ModelError::Malformed) };
    let options = Options(table.table(4)?);
    let (operation, fused_at) = match codes.get(table.u32(0)?).ok_or(ModelError::Malformed)? {
        Code::Built(code) => built(*code, &options)?,
        Code::Custom(b"Convolution2DTransposeBias") => (Operation::ConvolveTransposed(transposed(table)?), None),
        Code::Custom(_) => return Err(ModelError::Operator(32)),
    };
    let fused = fused_at.map_or(Ok(None), |slot| options.curve(slot))?;
    Ok(Node { operation, inputs: indices(table, 1)?, output, fused })
}

/// The operation, and in which field of its options a fused curve stands.
fn built(code: i32, options: &Options<'_>) -> Result<(Operation, Option<usize>), ModelError> {
    Ok(match code {
        0 => (Operation::Add, Some(0)),
        1 => (Operation::AveragePool(options.window()?, options.sides()?), Some(5)),
        2 => (Operation::Concatenate { axis: options.i32(0, 0)? }, Some(1)),
        3 => (Operation::Convolve(options.undilated_window(4)?), Some(3)),
        4 => (Operation::ConvolveDepthwise(options.undilated_window(5)?), Some(4)),
        6 => (Operation::Dequantize, None),
        14 => (Operation::Curve(Curve::Logistic), None),
        17 => (Operation::MaxPool(options.window()?, options.sides()?), Some(5)),
        18 => (Operation::Multiply, Some(0)),
        19 => (Operation::Curve(Curve::Relu), None),
        22 => (Operation::Reshape, None),
        23 => {
            let (align_corners, half_pixel_centres) = (options.flag(2)?, options.flag(3)?);
            (Operation::Resize { align_corners, half_pixel_centres }, None)
        }
        34 => (Operation::Pad, None),
        54 => (Operation::Prelu, None),
        117 => (Operation::Curve(Curve::HardSwish), None),
        other => return Err(ModelError::Operator(other)),
    })
}

/// The options of an operation; fields that are not there have their defaults.
struct Options<'a>(Option<Table<'a>>);

impl Options<'_> {
    fn i32(&self, slot: usize, default: i32) -> Result<i32, ModelError> {
        self.0.as_ref().map_or(Ok(default), |table| table.i32(slot, default))
    }

    fn u8(&self, slot: usize) -> Result<u8, ModelError> {
        self.0.as_ref().map_or(Ok(0), |table| table.u8(slot))
    }

    fn flag(&self, slot: usize) -> Result<bool, ModelError> {
        self.u8(slot).map(|flag| flag != 0)
    }

    fn side(&self, slot: usize) -> Result<usize, ModelError> {
        usize::try_from(self.i32(slot, 0)?).ok().filter(|side| (1..=4096).contains(side)).ok_or(ModelError::Malformed)
    }

    /// In every kind of options the padding stands first, then the steps by columns and by rows.
    fn window(&self) -> Result<Window, ModelError> {
        let padding = match self.u8(0)? {
            0 => Padding::Same,
            1 => Padding::Valid,
            _ => return Err(ModelError::Malformed),
        };
        Ok(Window { padding, stride: [self.side(2)?, self.side(1)?] })
    }

    fn undilated_window(&self, dilation: usize) -> Result<Window, ModelError> {
        if self.i32(dilation, 1)? == 1 && self.i32(dilation + 1, 1)? == 1 {
            self.window()
        } else {
            Err(ModelError::Dilation)
        }
    }

    /// The rows and columns of a pool's window.
    fn sides(&self) -> Result<[usize; 2], ModelError> {
        Ok([self.side(4)?, self.side(3)?])
    }

    fn curve(&self, slot: usize) -> Result<Option<Curve>, ModelError> {
        match self.u8(slot)? {
            0 => Ok(None),
            1 => Ok(Some(Curve::Relu)),
            3 => Ok(Some(Curve::Relu6)),
            _ => Err(ModelError::Malformed),
        }
    }
}

/// MediaPipe's operator keeps its options as three little-endian integers: the padding (1 is "same"), the steps by columns
/// and by rows.
fn transposed(table: &Table<'_>) -> Result<Window, ModelError> {
    let options = table.bytes(5)?;
    let [padding, columns, rows] = *options.as_chunks::<4>().0 else { return Err(ModelError::Malformed) };
    let step = |bytes| usize::try_from(i32::from_le_bytes(bytes)).ok().filter(|step| (1..=64).contains(step));
    match (i32::from_le_bytes(padding), step(rows).zip(step(columns))) {
        (1, Some((rows, columns))) => Ok(Window { padding: Padding::Same, stride: [rows, columns] }),
        _ => Err(ModelError::Malformed),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_precision_is_read_as_ieee_754_has_it() {
        assert_eq!(half(0x3c00), 1.0);
        assert_eq!(half(0xc000), -2.0);
        assert_eq!(half(0x7bff), 65504.0);
        assert_eq!(half(0x0400), 2_f32.powi(-14));
        assert_eq!(half(0x0001), 2_f32.powi(-24));
        assert_eq!(half(0x3555), 0.333_251_95);
        assert_eq!(half(0xfc00), f32::NEG_INFINITY);
        assert!(half(0x7e00).is_nan());
    }
}
