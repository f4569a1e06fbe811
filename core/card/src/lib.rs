//! My Number card: APDUs out, readings back. The platform owns the radio link, [`CardTransport`].
//!
//! So far the commands that need no PIN and the meaning of the answers. A PIN of the card has no type, no field and no
//! buffer here. May depend on `homon-domain` only.

pub mod apdu;

/// Why the card did not answer.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum TransportError {
    /// The card left the field. Hold it to the tablet again.
    #[error("the card was taken away")]
    CardLost,
    /// The tablet's NFC is switched off, missing or in use.
    #[error("the card reader is not available")]
    Unavailable,
}

/// The platform's link to one card in its field (ISO 14443), from the tap until the card leaves.
pub trait CardTransport: Send + Sync {
    /// Sends one command APDU and waits for the whole response APDU, the two status bytes included.
    ///
    /// # Errors
    /// Any [`TransportError`].
    fn transmit(&self, apdu: &[u8]) -> Result<Vec<u8>, TransportError>;
}
