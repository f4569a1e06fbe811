//! From a list of operations to steps: what is computed by what, into which memory.

use super::activation::Activation;
use super::depthwise::Depthwise;
use super::graph::{Constant, Graph, Node, Operation, Window};
use super::matrix::{WIDE, Weights};
use super::simple::{self, Border, Frame, Scaling};
use super::{ModelError, Network, Scratch};
use fearless_simd::Level;

/// Where a tensor lies: a slot of the scratch memory, from its beginning.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Span {
    pub(super) slot: usize,
    pub(super) len: usize,
}

/// One operation, ready to run.
pub(super) struct Step {
    kernel: Kernel,
    from: Vec<Span>,
    to: Span,
    activation: Activation,
    channels: usize,
}

enum Kernel {
    Convolve(Frame, Weights),
    Depthwise(Depthwise),
    Transposed { from: [usize; 2], window: [usize; 2], channels: usize, weights: Weights },
    Add,
    Multiply,
    Scale,
    Activate,
    Pad(Border),
    MaxPool(Frame),
    AveragePool(Frame),
    Concatenate(Vec<usize>),
    Resize(Scaling),
}

impl Step {
    pub(super) fn run(&self, level: Level, scratch: &mut Scratch) {
        let mut slot = std::mem::take(&mut scratch.slots[self.to.slot]);
        let mut aside = std::mem::take(&mut scratch.aside);
        self.compute(level, &scratch.slots, &mut aside, &mut slot[..self.to.len]);
        scratch.slots[self.to.slot] = slot;
        scratch.aside = aside;
    }

    /// `to` holds what was there before, which is the first operand of what is done in place.
    fn compute(&self, level: Level, slots: &[Vec<f32>], aside: &mut [f32], to: &mut [f32]) {
        let from = |index: usize| &slots[self.from[index].slot][..self.from[index].len];
        let activation = &self.activation;
        match &self.kernel {
            Kernel::Convolve(frame, weights) if frame.is_pixelwise() => weights.apply(level, from(0), to, activation),
            Kernel::Convolve(frame, weights) => {
                let windows = &mut aside[..frame.to[1] * frame.window_len()];
                for (row, to) in to.chunks_exact_mut(frame.to[1] * weights.outputs).enumerate() {
                    frame.lay_row(from(0), row, windows);
                    weights.apply(level, windows, to, activation);
                }
            }
            Kernel::Depthwise(depthwise) => {
                let zeros = &mut aside[..depthwise.frame.from[1] * depthwise.frame.channels];
                zeros.fill(0.0);
                depthwise.apply(level, from(0), to, zeros, activation);
            }
            Kernel::Transposed { from: [_, columns], window, channels, weights } => {
                let products = &mut aside[..columns * weights.outputs];
                let rows = from(0).chunks_exact(columns * weights.inputs);
                for (from, to) in rows.zip(to.chunks_exact_mut(columns * weights.outputs)) {
                    weights.apply(level, from, products, activation);
                    simple::spread_row(products, *window, *channels, to);
                }
            }
            Kernel::Add | Kernel::Multiply | Kernel::Scale | Kernel::Activate => {
                self.compute_in_place(level, slots, to)
            }
            Kernel::Pad(border) => simple::pad(border, from(0), to),
            Kernel::MaxPool(frame) => simple::max_pool(level, frame, from(0), to),
            Kernel::AveragePool(frame) => simple::average_pool(level, frame, from(0), to),
            Kernel::Concatenate(lens) => {
                let parts: Vec<_> = lens.iter().enumerate().map(|(index, len)| (from(index), *len)).collect();
                simple::concatenate(&parts, to);
            }
            Kernel::Resize(scaling) => simple::resize(level, scaling, from(0), to),
        }
    }

    fn compute_in_place(&self, level: Level, slots: &[Vec<f32>], to: &mut [f32]) {
        let from = |index: usize| &slots[self.from[index].slot][..self.from[index].len];
        if self.from[0].slot != self.to.slot {
            to.copy_from_slice(from(0));
        }
        match self.kernel {
            Kernel::Add => simple::add(level, from(1), to, self.channels, &self.activation),
            Kernel::Multiply => simple::multiply(level, from(1), to, self.channels, &self.activation),
            Kernel::Scale => simple::scale(level, from(1), to, &self.activation),
            _ => simple::activate(level, to, self.channels, &self.activation),
        }
    }

    /// How much memory the step takes aside.
    fn aside(&self) -> usize {
        match &self.kernel {
            Kernel::Convolve(frame, _) => frame.to[1] * frame.window_len(),
            Kernel::Depthwise(depthwise) => depthwise.frame.from[1] * depthwise.frame.channels,
            Kernel::Transposed { from, weights, .. } => from[1] * weights.outputs,
            _ => 0,
        }
    }
}

/// Makes a network of a graph.
pub(super) fn plan(graph: Graph) -> Result<Network, ModelError> {
    let [input] = graph.inputs[..] else { return Err(ModelError::Shape) };
    let mut planner = Planner::new(&graph);
    planner.read_constants()?;
    let input = planner.define(input, 0)?;
    for index in 0..graph.nodes.len() {
        planner.add(index)?;
    }
    let outputs = graph.outputs.iter().map(|output| planner.span(*output)).collect::<Result<_, _>>()?;
    let aside = planner.steps.iter().map(Step::aside).max().unwrap_or_default();
    let Planner { steps, slots, .. } = planner;
    let slots = slots.into_iter().map(|slot| slot.len).collect();
    Ok(Network { level: Level::new(), steps, input, outputs, slots, aside })
}

/// A piece of memory that tensors use one after the other.
struct Slot {
    len: usize,
    /// The last node that needs what is in it.
    until: usize,
}

struct Planner<'a> {
    graph: &'a Graph,
    /// Which tensor is only another name for which one.
    names: Vec<usize>,
    /// The nodes that read each tensor; one beyond the last node for an output.
    readers: Vec<Vec<usize>>,
    spans: Vec<Option<Span>>,
    constants: Vec<Option<Constant>>,
    slots: Vec<Slot>,
    /// Nodes that are done with the one before them.
    done: Vec<bool>,
    steps: Vec<Step>,
}

impl<'a> Planner<'a> {
    fn new(graph: &'a Graph) -> Self {
        let mut names: Vec<usize> = (0..graph.tensors.len()).collect();
        for node in graph.nodes.iter().filter(|node| matches!(node.operation, Operation::Reshape)) {
            if let Some(input) = node.inputs.first() {
                names[node.output] = names[*input];
            }
        }
        let mut readers = vec![Vec::new(); graph.tensors.len()];
        for (index, node) in graph.nodes.iter().enumerate() {
            for input in &node.inputs {
                readers[names[*input]].push(index);
            }
        }
        for output in &graph.outputs {
            readers[names[*output]].push(graph.nodes.len());
        }
        Self {
            graph,
            names,
            readers,
            spans: vec![None; graph.tensors.len()],
            constants: graph.tensors.iter().map(|tensor| tensor.constant.clone()).collect(),
            slots: Vec::new(),
            done: vec![false; graph.nodes.len()],
            steps: Vec::new(),
        }
    }

    /// Constants in half precision have been read as what they are; where they are widened, they get their second name.
    fn read_constants(&mut self) -> Result<(), ModelError> {
        for node in self.graph.nodes.iter().filter(|node| matches!(node.operation, Operation::Dequantize)) {
            let [input] = node.inputs[..] else { return Err(ModelError::Shape) };
            let len = self.len(node.output);
            self.constants[node.output] = Some(Constant::Floats(self.floats(input, len)?.to_vec()));
        }
        Ok(())
    }

    fn shape(&self, tensor: usize) -> &'a [usize] {
        &self.graph.tensors[tensor].shape
    }

    fn len(&self, tensor: usize) -> usize {
        self.shape(tensor).iter().product()
    }

    /// Rows, columns, channels of a single picture.
    fn picture(&self, tensor: usize) -> Result<[usize; 3], ModelError> {
        match *self.shape(tensor) {
            [1, rows, columns, channels] => Ok([rows, columns, channels]),
            _ => Err(ModelError::Shape),
        }
    }

    /// Where a tensor lies that was computed before.
    fn span(&self, tensor: usize) -> Result<Span, ModelError> {
        let span = self.spans[self.names[tensor]].ok_or(ModelError::Shape)?;
        if span.len == self.len(tensor) { Ok(span) } else { Err(ModelError::Shape) }
    }

    fn floats(&self, tensor: usize, len: usize) -> Result<&[f32], ModelError> {
        match &self.constants[tensor] {
            Some(Constant::Floats(floats)) if floats.len() == len => Ok(floats),
            _ => Err(ModelError::Shape),
        }
    }

    /// Memory for a tensor that a node computes: the best of the slots that nothing needs any more, or a new one.
    fn define(&mut self, tensor: usize, node: usize) -> Result<Span, ModelError> {
        let len = self.len(tensor);
        let free = self.slots.iter().enumerate().filter(|(_, slot)| slot.until < node);
        let best = free.min_by_key(|(_, slot)| (slot.len < len, slot.len.abs_diff(len))).map(|(index, _)| index);
        let slot = best.unwrap_or_else(|| {
            self.slots.push(Slot { len: 0, until: 0 });
            self.slots.len() - 1
        });
        self.take(tensor, node, slot)
    }

    fn take(&mut self, tensor: usize, node: usize, slot: usize) -> Result<Span, ModelError> {
        let (name, len) = (self.names[tensor], self.len(tensor));
        if self.spans[name].is_some() || self.constants[name].is_some() {
            return Err(ModelError::Shape);
        }
        let until = self.readers[name].iter().copied().max().unwrap_or(node);
        self.slots[slot] = Slot { len: len.max(self.slots[slot].len), until };
        let span = Span { slot, len };
        self.spans[name] = Some(span);
        Ok(span)
    }

    fn add(&mut self, index: usize) -> Result<(), ModelError> {
        let node = &self.graph.nodes[index];
        match node.operation {
            _ if self.done[index] => Ok(()),
            Operation::Dequantize => Ok(()),
            Operation::Reshape => self.span(node.output).map(drop),
            _ => self.add_step(index, node),
        }
    }

    fn add_step(&mut self, index: usize, node: &'a Node) -> Result<(), ModelError> {
        let (kernel, inputs) = self.kernel(node)?;
        let from = inputs.iter().map(|input| self.span(*input)).collect::<Result<Vec<_>, _>>()?;
        let (activation, output) = self.activation(index, node)?;
        let is_in_place = matches!(kernel, Kernel::Add | Kernel::Multiply | Kernel::Scale | Kernel::Activate);
        let first = from[0];
        // Nothing else needs the first operand after this: the result takes its place.
        let to = if is_in_place
            && self.slots[first.slot].until == index
            && from.iter().skip(1).all(|span| span.slot != first.slot)
        {
            self.take(output, index, first.slot)?
        } else {
            self.define(output, index)?
        };
        let channels = *self.shape(output).last().ok_or(ModelError::Shape)?;
        self.steps.push(Step { kernel, from, to, activation, channels });
        Ok(())
    }

    /// What is done to the result at once, and the tensor that it then is: a curve that follows and is the only one to read
    /// the result is taken along.
    fn activation(&mut self, index: usize, node: &Node) -> Result<(Activation, usize), ModelError> {
        let own = match (&node.operation, node.fused) {
            (Operation::Curve(curve), None) => Activation::Curve(*curve),
            (_, Some(curve)) => Activation::Curve(curve),
            (Operation::Prelu, None) => self.slopes(node)?,
            (_, None) => Activation::None,
        };
        if !own.is_none() {
            return Ok((own, node.output));
        }
        let [reader] = self.readers[self.names[node.output]][..] else { return Ok((own, node.output)) };
        let Some(next) = self.graph.nodes.get(reader).filter(|next| next.inputs.first() == Some(&node.output)) else {
            return Ok((own, node.output));
        };
        let following = match next.operation {
            Operation::Curve(curve) => Activation::Curve(curve),
            Operation::Prelu if !matches!(node.operation, Operation::ConvolveTransposed(_)) => self.slopes(next)?,
            _ => return Ok((own, node.output)),
        };
        if reader <= index || self.shape(next.output) != self.shape(node.output) {
            return Err(ModelError::Shape);
        }
        self.done[reader] = true;
        Ok((following, next.output))
    }

    fn slopes(&self, node: &Node) -> Result<Activation, ModelError> {
        let ([_, slopes], Some(channels)) = (&node.inputs[..], self.shape(node.output).last()) else {
            return Err(ModelError::Shape);
        };
        let mut slopes = self.floats(*slopes, *channels)?.to_vec();
        slopes.resize(channels + WIDE, 0.0);
        Ok(Activation::Prelu(slopes))
    }

    /// What computes a node, and which tensors it reads.
    fn kernel(&self, node: &Node) -> Result<(Kernel, Vec<usize>), ModelError> {
        let output = node.output;
        let one = |kernel: Kernel, input: usize| Ok((kernel, vec![input]));
        match (&node.operation, &node.inputs[..]) {
            (Operation::Convolve(window), [input, weights, bias]) => {
                one(self.convolution(*window, [*input, *weights, *bias, output])?, *input)
            }
            (Operation::ConvolveDepthwise(window), [input, weights, bias]) => {
                one(self.depthwise(*window, [*input, *weights, *bias, output])?, *input)
            }
            (Operation::ConvolveTransposed(window), [input, weights, bias]) => {
                one(self.transposed(*window, [*input, *weights, *bias, output])?, *input)
            }
            (Operation::Add, [a, b]) if self.all_alike(&[*a, *b, output]) => Ok((Kernel::Add, vec![*a, *b])),
            (Operation::Multiply, [a, b]) if self.all_alike(&[*a, *b, output]) => Ok((Kernel::Multiply, vec![*a, *b])),
            (Operation::Multiply, [a, b]) if self.all_alike(&[*a, output]) => {
                let [_, _, channels] = self.picture(*a)?;
                if self.picture(*b)? == [1, 1, channels] {
                    Ok((Kernel::Scale, vec![*a, *b]))
                } else {
                    Err(ModelError::Shape)
                }
            }
            (Operation::Curve(_), [input]) | (Operation::Prelu, [input, _]) if self.all_alike(&[*input, output]) => {
                one(Kernel::Activate, *input)
            }
            (Operation::Pad, [input, border]) => one(self.pad(*input, *border, output)?, *input),
            (Operation::MaxPool(window, sides), [input]) => {
                one(Kernel::MaxPool(self.pool(*window, *sides, *input, output)?), *input)
            }
            (Operation::AveragePool(window, sides), [input]) => {
                one(Kernel::AveragePool(self.pool(*window, *sides, *input, output)?), *input)
            }
            (Operation::Concatenate { axis }, inputs) if !inputs.is_empty() => {
                Ok((self.concatenation(*axis, inputs, output)?, inputs.to_vec()))
            }
            (Operation::Resize { align_corners, half_pixel_centres }, [input, _]) => {
                let ([rows, columns, channels], to) = (self.picture(*input)?, self.picture(output)?);
                if channels != to[2] {
                    return Err(ModelError::Shape);
                }
                let (from, to) = ([rows, columns], [to[0], to[1]]);
                let (align_corners, half_pixel_centres) = (*align_corners, *half_pixel_centres);
                one(Kernel::Resize(Scaling { from, to, channels, align_corners, half_pixel_centres }), *input)
            }
            _ => Err(ModelError::Shape),
        }
    }

    fn all_alike(&self, tensors: &[usize]) -> bool {
        tensors.windows(2).all(|pair| self.shape(pair[0]) == self.shape(pair[1]))
    }

    fn convolution(&self, window: Window, [input, weights, bias, output]: [usize; 4]) -> Result<Kernel, ModelError> {
        let (from, to) = (self.picture(input)?, self.picture(output)?);
        let [outputs, rows, columns, channels] = *self.shape(weights) else { return Err(ModelError::Shape) };
        if channels != from[2] || outputs != to[2] {
            return Err(ModelError::Shape);
        }
        let frame = Frame::new(from, to, [rows, columns], window)?;
        let weights = self.floats(weights, self.len(weights))?;
        Ok(Kernel::Convolve(frame, Weights::new(weights, self.floats(bias, outputs)?, frame.window_len())))
    }

    fn depthwise(&self, window: Window, [input, weights, bias, output]: [usize; 4]) -> Result<Kernel, ModelError> {
        let (from, to) = (self.picture(input)?, self.picture(output)?);
        let [1, rows, columns, channels] = *self.shape(weights) else { return Err(ModelError::Shape) };
        if channels != from[2] || channels != to[2] {
            return Err(ModelError::Shape);
        }
        let frame = Frame::new(from, to, [rows, columns], window)?;
        let (weights, bias) = (self.floats(weights, self.len(weights))?, self.floats(bias, channels)?);
        Ok(Kernel::Depthwise(Depthwise { frame, weights: weights.to_vec(), bias: bias.to_vec() }))
    }

    /// Only windows that do not overlap: each pixel becomes a block of its own.
    fn transposed(&self, window: Window, [input, weights, bias, output]: [usize; 4]) -> Result<Kernel, ModelError> {
        let ([rows, columns, inputs], to) = (self.picture(input)?, self.picture(output)?);
        let [high, wide] = window.stride;
        let channels = to[2];
        if *self.shape(weights) != [channels, high, wide, inputs] || to[0] != rows * high || to[1] != columns * wide {
            return Err(ModelError::Shape);
        }
        let (weights, bias) = (self.floats(weights, self.len(weights))?, self.floats(bias, channels)?);
        let places = high * wide;
        let row = |place: usize, channel: usize| &weights[(channel * places + place) * inputs..][..inputs];
        let pairs = (0..places).flat_map(|place| (0..channels).map(move |channel| (place, channel)));
        let laid: Vec<f32> = pairs.flat_map(|(place, channel)| row(place, channel)).copied().collect();
        let weights = Weights::new(&laid, &bias.repeat(places), inputs);
        Ok(Kernel::Transposed { from: [rows, columns], window: [high, wide], channels, weights })
    }

    fn pool(&self, window: Window, sides: [usize; 2], input: usize, output: usize) -> Result<Frame, ModelError> {
        let (from, to) = (self.picture(input)?, self.picture(output)?);
        if from[2] == to[2] { Frame::new(from, to, sides, window) } else { Err(ModelError::Shape) }
    }

    fn pad(&self, input: usize, border: usize, output: usize) -> Result<Kernel, ModelError> {
        let sides = |tensor| <[usize; 4]>::try_from(self.shape(tensor)).map_err(|_| ModelError::Shape);
        let Some(Constant::Integers(border)) = &self.constants[border] else { return Err(ModelError::Shape) };
        let (from, to, border) = (sides(input)?, sides(output)?, border.as_chunks::<2>().0);
        if border.len() != 4 {
            return Err(ModelError::Shape);
        }
        let mut before = [0; 4];
        for axis in 0..4 {
            let [first, last] = border[axis].map(|side| usize::try_from(side).ok().filter(|side| *side <= to[axis]));
            let (first, last) = first.zip(last).ok_or(ModelError::Shape)?;
            if from[axis] + first + last != to[axis] {
                return Err(ModelError::Shape);
            }
            before[axis] = first;
        }
        Ok(Kernel::Pad(Border { from, to, before }))
    }

    /// How many numbers of each part stand together.
    fn concatenation(&self, axis: i32, inputs: &[usize], output: usize) -> Result<Kernel, ModelError> {
        let to = self.shape(output);
        let axis =
            usize::try_from(if axis < 0 { axis + to.len() as i32 } else { axis }).map_err(|_| ModelError::Shape)?;
        let mut along = 0;
        let mut lens = Vec::with_capacity(inputs.len());
        for input in inputs {
            let from = self.shape(*input);
            let is_alike =
                from.len() == to.len() && (0..to.len()).all(|other| other == axis || from[other] == to[other]);
            if !is_alike || axis >= to.len() {
                return Err(ModelError::Shape);
            }
            along += from[axis];
            lens.push(from[axis..].iter().product());
        }
        if along == to[axis] { Ok(Kernel::Concatenate(lens)) } else { Err(ModelError::Shape) }
    }
}
