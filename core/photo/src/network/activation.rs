//! What becomes of each number after an operation.

use fearless_simd::prelude::*;

use super::graph::Curve;

/// A curve, with what it needs.
#[derive(Clone)]
pub(super) enum Activation {
    None,
    Curve(Curve),
    /// The slope for negative numbers of each channel, followed by zeros to a whole vector.
    Prelu(Vec<f32>),
}

impl Activation {
    pub(super) const fn is_none(&self) -> bool {
        matches!(self, Self::None)
    }

    /// Of one vector, whose first number belongs to `channel`.
    #[inline(always)]
    pub(super) fn of<S: Simd, V: SimdFloat<S, Element = f32>>(&self, simd: S, value: V, channel: usize) -> V {
        let zero = V::splat(simd, 0.0);
        match self {
            Self::None => value,
            Self::Curve(Curve::Relu) => value.max(zero),
            Self::Curve(Curve::Relu6) => value.max(zero).min(V::splat(simd, 6.0)),
            Self::Curve(Curve::HardSwish) => {
                let gate = (value + 3.0).max(zero).min(V::splat(simd, 6.0));
                value * (gate * (1.0 / 6.0))
            }
            Self::Curve(Curve::Logistic) => {
                let mut value = value;
                value.as_mut_slice().iter_mut().for_each(|number| *number = logistic(*number));
                value
            }
            Self::Prelu(slopes) => {
                let slope = V::from_slice(simd, &slopes[channel..channel + V::LEN]);
                value.min(zero).mul_add(slope, value.max(zero))
            }
        }
    }

    /// Of one number of `channel`.
    pub(super) fn of_one(&self, value: f32, channel: usize) -> f32 {
        match self {
            Self::None => value,
            Self::Curve(Curve::Relu) => value.max(0.0),
            Self::Curve(Curve::Relu6) => value.clamp(0.0, 6.0),
            Self::Curve(Curve::HardSwish) => value * ((value + 3.0).clamp(0.0, 6.0) / 6.0),
            Self::Curve(Curve::Logistic) => logistic(value),
            Self::Prelu(slopes) => value.max(0.0) + slopes[channel] * value.min(0.0),
        }
    }
}

fn logistic(value: f32) -> f32 {
    1.0 / (1.0 + (-value).exp())
}
