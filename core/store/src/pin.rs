//! The PIN by which a member of staff signs in to the tablet. It has nothing to do with the PINs of a resident's card.

use std::fmt;

use zeroize::Zeroizing;

/// A staff PIN of 6 to 12 digits. Wiped from memory when dropped; never shown.
pub struct Pin(Zeroizing<String>);

/// The text is not a PIN.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("a PIN is 6 to 12 digits")]
pub struct NotAPin;

impl Pin {
    /// Takes what was typed.
    ///
    /// # Errors
    /// [`NotAPin`] unless it is 6 to 12 ASCII digits.
    pub fn new(typed: &str) -> Result<Self, NotAPin> {
        let is_pin = (6..=12).contains(&typed.len()) && typed.bytes().all(|byte| byte.is_ascii_digit());
        if is_pin { Ok(Self(Zeroizing::new(typed.to_owned()))) } else { Err(NotAPin) }
    }

    /// Whether it is among the first that anyone would try: one step from digit to digit (`777777`, `123456`,
    /// `864208`), or up to three digits repeated (`121212`, `123123`).
    #[must_use]
    pub fn is_trivial(&self) -> bool {
        let digits = self.0.as_bytes();
        let step = |pair: &[u8]| (10 + pair[1] - pair[0]) % 10;
        let one_step = digits.windows(3).all(|three| step(&three[..2]) == step(&three[1..]));
        let repeats = |period: usize| digits[period..].iter().zip(digits).all(|(later, earlier)| later == earlier);
        one_step || (1..=3).any(repeats)
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl fmt::Debug for Pin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pin(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pin_is_six_to_twelve_ascii_digits() {
        assert!(Pin::new("508261").is_ok());
        assert!(Pin::new("508261508261").is_ok());
        for wrong in ["", "50826", "5082615082615", "50826a", "５０８２６１", "508 261", "-508261"] {
            assert_eq!(Pin::new(wrong).unwrap_err(), NotAPin);
        }
        assert_eq!(format!("{:?}", Pin::new("508261").unwrap()), "Pin(..)");
    }

    #[test]
    fn trivial_pins_are_known() {
        let is_trivial = |digits: &str| Pin::new(digits).unwrap().is_trivial();
        for trivial in
            ["000000", "777777777777", "123456", "987654", "890123", "135791", "864208", "121212", "123123", "9119119"]
        {
            assert!(is_trivial(trivial), "{trivial}");
        }
        for fine in ["508261", "123457", "112233", "123412", "000001"] {
            assert!(!is_trivial(fine), "{fine}");
        }
    }
}
