//! The two spellings of one ECDSA P-256 signature.
//!
//! Key stores and TLS speak ASN.1 DER (RFC 3279 section 2.2.3: a SEQUENCE of two INTEGERs); JWS wants the two numbers
//! as 32 bytes each (RFC 7518 section 3.4). Only DER's one canonical form is read.

/// The bytes are not an ECDSA P-256 signature in DER.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("not an ECDSA P-256 signature in DER")]
pub struct NotASignature;

const SEQUENCE: u8 = 0x30;
const INTEGER: u8 = 0x02;
const NUMBER_BYTES: usize = 32;

/// Turns DER into r followed by s, 32 bytes each, big-endian.
///
/// # Errors
/// [`NotASignature`] for anything but canonical DER of two positive numbers of at most 32 bytes.
pub fn fixed_from_der(der: &[u8]) -> Result<[u8; 2 * NUMBER_BYTES], NotASignature> {
    let (body, rest) = element(SEQUENCE, der)?;
    let (r, body) = element(INTEGER, body)?;
    let (s, body) = element(INTEGER, body)?;
    if !(rest.is_empty() && body.is_empty()) {
        return Err(NotASignature);
    }
    let mut fixed = [0; 2 * NUMBER_BYTES];
    let (left, right) = fixed.split_at_mut(NUMBER_BYTES);
    place(r, left)?;
    place(s, right)?;
    Ok(fixed)
}

/// Turns r followed by s into DER. Zero stays zero: whether a signature is valid is not asked here.
#[must_use]
pub fn der_from_fixed(fixed: &[u8; 2 * NUMBER_BYTES]) -> Vec<u8> {
    let (r, s) = fixed.split_at(NUMBER_BYTES);
    let mut body = integer(r);
    body.extend(integer(s));
    // At most 2 + 33 bytes twice: the length always fits the short form.
    let mut der = vec![SEQUENCE, body.len() as u8];
    der.extend(body);
    der
}

/// Splits off one element with a short-form length: its content and what follows it.
fn element(tag: u8, bytes: &[u8]) -> Result<(&[u8], &[u8]), NotASignature> {
    match bytes {
        [first, length, rest @ ..] if *first == tag && *length < 0x80 => {
            rest.split_at_checked(usize::from(*length)).ok_or(NotASignature)
        }
        _ => Err(NotASignature),
    }
}

/// Writes the content of a positive INTEGER right-aligned into `to`.
fn place(content: &[u8], to: &mut [u8]) -> Result<(), NotASignature> {
    let magnitude = match content {
        // A leading zero is there to keep a set top bit from meaning "negative", and for nothing else.
        [0, rest @ ..] if rest.first().is_some_and(|byte| *byte >= 0x80) => rest,
        [first, ..] if (1..0x80).contains(first) => content,
        _ => return Err(NotASignature),
    };
    let start = to.len().checked_sub(magnitude.len()).ok_or(NotASignature)?;
    to[start..].copy_from_slice(magnitude);
    Ok(())
}

fn integer(number: &[u8]) -> Vec<u8> {
    let significant = number.iter().position(|byte| *byte != 0).unwrap_or(number.len() - 1);
    let magnitude = &number[significant..];
    let padding = usize::from(magnitude[0] >= 0x80);
    let mut der = vec![INTEGER, (padding + magnitude.len()) as u8];
    der.resize(2 + padding, 0);
    der.extend(magnitude);
    der
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use ring::rand::SystemRandom;
    use ring::signature::{
        ECDSA_P256_SHA256_ASN1, ECDSA_P256_SHA256_ASN1_SIGNING, ECDSA_P256_SHA256_FIXED,
        ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair, UnparsedPublicKey,
    };

    use super::*;

    fn pairs() -> (EcdsaKeyPair, EcdsaKeyPair) {
        let random = SystemRandom::new();
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &random).unwrap();
        let asn1 = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, pkcs8.as_ref(), &random).unwrap();
        let fixed = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8.as_ref(), &random).unwrap();
        (asn1, fixed)
    }

    /// Many signatures of one key: about every second number needs a padding zero, every 256th is shorter.
    #[test]
    fn what_ring_signs_in_one_spelling_it_verifies_in_the_other() {
        let (asn1, fixed) = pairs();
        let random = SystemRandom::new();
        let public = asn1.public_key().as_ref();
        let mut lengths = std::collections::BTreeSet::new();
        for round in 0..1_500_u32 {
            let message = round.to_be_bytes();
            let der = asn1.sign(&random, &message).unwrap();
            let turned = fixed_from_der(der.as_ref()).unwrap();
            UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, public).verify(&message, &turned).unwrap();
            assert_eq!(der_from_fixed(&turned), der.as_ref());
            lengths.insert(der.as_ref().len());

            let plain = fixed.sign(&random, &message).unwrap();
            let plain: [u8; 64] = plain.as_ref().try_into().unwrap();
            let turned = der_from_fixed(&plain);
            UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, public).verify(&message, &turned).unwrap();
            assert_eq!(fixed_from_der(&turned), Ok(plain));
        }
        // Shorter ones come by chance; the property below makes them on purpose.
        assert!(lengths.len() >= 3, "{lengths:?}");
    }

    fn number() -> impl Strategy<Value = [u8; 32]> {
        (0..32usize, any::<[u8; 32]>()).prop_map(|(zeros, mut bytes)| {
            bytes[..zeros].fill(0);
            bytes[31] |= 1;
            bytes
        })
    }

    proptest! {
        #[test]
        fn every_pair_of_positive_numbers_comes_back(r in number(), s in number()) {
            let mut fixed = [0; 64];
            fixed[..32].copy_from_slice(&r);
            fixed[32..].copy_from_slice(&s);
            prop_assert_eq!(fixed_from_der(&der_from_fixed(&fixed)), Ok(fixed));
        }

        #[test]
        fn whatever_is_read_has_one_spelling(r in number(), s in number(), at in 0usize..72, to in any::<u8>()) {
            let mut fixed = [0; 64];
            fixed[..32].copy_from_slice(&r);
            fixed[32..].copy_from_slice(&s);
            let mut der = der_from_fixed(&fixed);
            let at = at % der.len();
            der[at] = to;
            if let Ok(fixed) = fixed_from_der(&der) {
                prop_assert_eq!(der_from_fixed(&fixed), der);
            }
        }

        #[test]
        fn a_changed_length_or_tag_is_refused(r in number(), s in number(), at in 0usize..2, bit in 0u8..8) {
            let mut fixed = [0; 64];
            fixed[..32].copy_from_slice(&r);
            fixed[32..].copy_from_slice(&s);
            let mut der = der_from_fixed(&fixed);
            der[at] ^= 1 << bit;
            prop_assert_eq!(fixed_from_der(&der), Err(NotASignature));
        }
    }

    #[test]
    fn other_spellings_are_refused() {
        assert!(fixed_from_der(&[0x30, 6, 2, 1, 1, 2, 1, 1]).is_ok());
        for wrong in [
            &[][..],
            &[0x30, 0],
            &[0x30, 3, 2, 1, 1],
            &[0x30, 6, 2, 1, 1, 2, 1, 1, 0],
            &[0x30, 0x81, 6, 2, 1, 1, 2, 1, 1],
            &[0x30, 7, 2, 1, 1, 2, 2, 0, 1],
            &[0x30, 6, 2, 1, 0x80, 2, 1, 1],
            &[0x30, 6, 2, 1, 0, 2, 1, 1],
            &[0x30, 5, 2, 0, 2, 1, 1],
            &[0x30, 9, 2, 1, 1, 2, 1, 1, 2, 1, 1],
        ] {
            assert_eq!(fixed_from_der(wrong), Err(NotASignature), "{wrong:?}");
        }
        let mut long = vec![0x30, 38, 2, 33];
        long.extend([1; 33]);
        long.extend([2, 1, 1]);
        assert_eq!(fixed_from_der(&long), Err(NotASignature));
    }
}
