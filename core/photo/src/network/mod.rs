//! Running the three networks: an interpreter for exactly the operators that are in their files.
//!
//! A file is read once into a [`Network`], which knows after that what to compute and into which memory, so that a run
//! cannot fail and allocates nothing. Why not a library: `docs/decisions/0032-a-small-interpreter.md`.

mod activation;
mod depthwise;
mod flatbuffer;
mod graph;
mod matrix;
mod plan;
mod simple;

use fearless_simd::Level;
use thiserror::Error;

use graph::Graph;
use plan::{Span, Step};

/// Why a model file is not taken.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
pub enum ModelError {
    /// The file is not a model, or was cut or changed.
    #[error("the model file is damaged: fetch it again")]
    Malformed,
    /// The file has an operator that is not among those of the three networks: its code in the schema.
    #[error("the model file has operator {0}, which is not known here")]
    Operator(i32),
    /// The file holds constants of another type: its code in the schema.
    #[error("the model file has constants of type {0}, which is not known here")]
    ElementType(u8),
    /// The file has a convolution with gaps.
    #[error("the model file has a dilated convolution, which is not known here")]
    Dilation,
    /// Two shapes in the file do not go together.
    #[error("the shapes in the model file do not fit together")]
    Shape,
}

/// A network, ready to run.
pub struct Network {
    level: Level,
    steps: Vec<Step>,
    input: Span,
    outputs: Vec<Span>,
    slots: Vec<usize>,
    aside: usize,
}

/// The memory in which a network computes. Made once, used for each run.
pub struct Scratch {
    slots: Vec<Vec<f32>>,
    /// Windows laid side by side, or a row of zeros.
    aside: Vec<f32>,
}

impl Network {
    /// Reads a TensorFlow Lite file.
    ///
    /// # Errors
    /// [`ModelError`] when the file is damaged or has what the three networks have not.
    pub fn read(file: &[u8]) -> Result<Self, ModelError> {
        plan::plan(Graph::read(file)?)
    }

    /// How many numbers go in: rows × columns × channels.
    #[must_use]
    pub fn input_len(&self) -> usize {
        self.input.len
    }

    /// How many numbers come out of each output, in the order of the file.
    #[must_use]
    pub fn output_lens(&self) -> Vec<usize> {
        self.outputs.iter().map(|span| span.len).collect()
    }

    /// Memory for this network.
    #[must_use]
    pub fn scratch(&self) -> Scratch {
        let slots = self.slots.iter().map(|len| vec![0.0; *len]).collect();
        Scratch { slots, aside: vec![0.0; self.aside] }
    }

    /// The numbers that go in, to be written before [`Network::run`].
    pub fn input<'a>(&self, scratch: &'a mut Scratch) -> &'a mut [f32] {
        &mut scratch.slots[self.input.slot][..self.input.len]
    }

    /// Computes all outputs from the input. The input's memory is used for other things on the way.
    pub fn run(&self, scratch: &mut Scratch) {
        for step in &self.steps {
            step.run(self.level, scratch);
        }
    }

    /// What came out.
    ///
    /// # Panics
    /// When the network has no such output.
    #[must_use]
    pub fn output<'a>(&self, scratch: &'a Scratch, index: usize) -> &'a [f32] {
        let span = self.outputs[index];
        &scratch.slots[span.slot][..span.len]
    }
}

#[cfg(test)]
mod tests;
