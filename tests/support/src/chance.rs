//! Numbers that look random and are the same in each run.

/// Marsaglia's generator.
pub(crate) struct Xorshift(u64);

impl Xorshift {
    /// The numbers of a seed.
    pub(crate) fn of(seed: u32) -> Self {
        // Neighbouring seeds must not begin alike, and none may be 0.
        Self((u64::from(seed) + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    /// The next number.
    pub(crate) fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    /// A number of these, the ends among them.
    pub(crate) fn between(&mut self, least: i32, most: i32) -> i32 {
        let count = u64::from(most.abs_diff(least)) + 1;
        least + (self.next() % count) as i32
    }
}
