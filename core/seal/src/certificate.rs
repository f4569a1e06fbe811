//! The little that is needed of X.509: fingerprints, public keys, and who signed what.

use homon_domain::ids::DeviceId;
use x509_parser::certification_request::X509CertificationRequest;
use x509_parser::extensions::GeneralName;
use x509_parser::pem::{Pem, parse_x509_pem};
use x509_parser::prelude::{FromDer, X509Certificate};
use x509_parser::x509::SubjectPublicKeyInfo;

use crate::digest::Sha256Digest;
use crate::keys::PublicKey;

const EC_PUBLIC_KEY: &str = "1.2.840.10045.2.1";
const P_256: &str = "1.2.840.10045.3.1.7";

/// The text or bytes are not what they should be.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Unreadable;

const DEVICE_URN: &str = "urn:uuid:";

/// The subject alternative name (a URI, RFC 9562 section 4) under which a client certificate names its device.
#[must_use]
pub fn device_uri(device: DeviceId) -> String {
    format!("{DEVICE_URN}{device}")
}

/// The device that a client certificate names. `None` unless it names exactly one.
#[must_use]
pub fn device_of_certificate(der: &[u8]) -> Option<DeviceId> {
    let certificate = certificate(der).ok()?;
    let names = certificate.subject_alternative_name().ok()??;
    let mut devices = names.value.general_names.iter().filter_map(|name| match name {
        GeneralName::URI(uri) => uri.strip_prefix(DEVICE_URN)?.parse().ok(),
        _ => None,
    });
    match (devices.next(), devices.next()) {
        (Some(device), None) => Some(device),
        _ => None,
    }
}

/// A certificate's DER, out of a text of exactly one PEM block.
pub(crate) fn certificate_der(pem: &str) -> Result<Vec<u8>, Unreadable> {
    Ok(one_block(pem, "CERTIFICATE")?.contents)
}

/// The DER of every certificate in a text of PEM blocks.
pub(crate) fn all_certificates_der(pem: &str) -> Result<Vec<Vec<u8>>, Unreadable> {
    let blocks = Pem::iter_from_buffer(pem.as_bytes());
    blocks
        .map(|block| match block {
            Ok(block) if block.label == "CERTIFICATE" => Ok(block.contents),
            _ => Err(Unreadable),
        })
        .collect()
}

/// The SHA-256 of a certificate's DER, as `openssl x509 -fingerprint -sha256` shows it.
pub(crate) fn fingerprint(der: &[u8]) -> Sha256Digest {
    Sha256Digest::of(der)
}

/// The P-256 key of a certificate.
pub(crate) fn certificate_key(der: &[u8]) -> Result<PublicKey, Unreadable> {
    public_key(certificate(der)?.public_key())
}

/// Whether the certificate was signed by the authority's key.
pub(crate) fn is_signed_by(der: &[u8], authority_der: &[u8]) -> Result<bool, Unreadable> {
    let authority = certificate(authority_der)?;
    Ok(certificate(der)?.verify_signature(Some(authority.public_key())).is_ok())
}

/// The P-256 key of a PKCS#10 request, which must have signed the request itself.
pub(crate) fn request_key(pem: &str) -> Result<PublicKey, Unreadable> {
    let block = one_block(pem, "CERTIFICATE REQUEST")?;
    let (rest, request) = X509CertificationRequest::from_der(&block.contents).map_err(|_| Unreadable)?;
    if !rest.is_empty() || request.verify_signature().is_err() {
        return Err(Unreadable);
    }
    public_key(&request.certification_request_info.subject_pki)
}

fn certificate(der: &[u8]) -> Result<X509Certificate<'_>, Unreadable> {
    match X509Certificate::from_der(der) {
        Ok(([], certificate)) => Ok(certificate),
        _ => Err(Unreadable),
    }
}

fn one_block(pem: &str, label: &str) -> Result<Pem, Unreadable> {
    let (rest, block) = parse_x509_pem(pem.as_bytes()).map_err(|_| Unreadable)?;
    let alone = pem.trim_start().starts_with("-----BEGIN") && rest.trim_ascii().is_empty();
    if alone && block.label == label { Ok(block) } else { Err(Unreadable) }
}

fn public_key(info: &SubjectPublicKeyInfo<'_>) -> Result<PublicKey, Unreadable> {
    let curve = info.algorithm.parameters.as_ref().and_then(|parameters| parameters.as_oid().ok());
    let is_p256 = info.algorithm.algorithm.to_id_string() == EC_PUBLIC_KEY
        && curve.is_some_and(|oid| oid.to_id_string() == P_256);
    if !is_p256 {
        return Err(Unreadable);
    }
    PublicKey::from_sec1(&info.subject_public_key.data).map_err(|_| Unreadable)
}
