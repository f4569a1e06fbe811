//! The city's certificate authority (CA): it vouches for the intake and for each tablet, and signs enrolments.

use chrono::{DateTime, Datelike, Utc};
use homon_domain::ids::{Code, DeviceId};
use homon_seal::enrolment::ca_fingerprint;
use homon_seal::{PublicKey, Sha256Digest, SigningKey};
use rcgen::{
    BasicConstraints, CertificateParams, CertificateSigningRequestParams, DistinguishedName, DnType,
    ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose, SanType, SubjectPublicKeyInfo, date_time_ymd,
};
use x509_parser::pem::parse_x509_pem;
use zeroize::Zeroizing;

use super::files;
use super::folder::DeskFolder;
use super::key_files::{self, KeyFileError};
use super::server_name::ServerName;
use crate::intake::device_uri;

/// How many years a certificate of the city is good for.
const YEARS: i32 = 10;

/// A certificate could not be made or read.
#[derive(Debug, thiserror::Error)]
pub enum AuthorityError {
    /// The authority's key is not here.
    #[error(transparent)]
    Key(#[from] KeyFileError),
    /// `ca.pem` can't be read, or does not belong to the key beside it.
    #[error("the authority's certificate ca.pem can't be read, or is not that of the key beside it")]
    BadCertificate,
    /// The tablet's certificate request holds something that no such request needs.
    #[error("the certificate request can't be read")]
    BadRequest,
    /// The certificate could not be written.
    #[error("a certificate could not be made: {0}")]
    Certificate(#[from] rcgen::Error),
}

/// The authority with its key: only the desk has it.
#[derive(Debug)]
pub struct Authority {
    key: SigningKey,
    certificate_pem: String,
}

impl Authority {
    /// A new authority for a programme.
    ///
    /// # Errors
    /// [`AuthorityError::Certificate`].
    pub fn make(programme: &Code, now: DateTime<Utc>) -> Result<Self, AuthorityError> {
        let key = SigningKey::make();
        let mut params = params(&format!("homon city {programme}"), now);
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::DigitalSignature];
        let certificate_pem = params.self_signed(&rcgen_key(&key)?)?.pem();
        Ok(Self { key, certificate_pem })
    }

    /// The authority of a desk.
    ///
    /// # Errors
    /// [`AuthorityError::Key`], [`AuthorityError::BadCertificate`].
    pub fn read(desk: &DeskFolder) -> Result<Self, AuthorityError> {
        let key = key_files::signing_key(&desk.ca_key())?;
        let certificate_pem = files::read_text(&desk.ca()).map_err(KeyFileError::from)?;
        let authority = Self { key, certificate_pem };
        if certified_key(&authority.certificate_pem)? == authority.key.public_key() {
            Ok(authority)
        } else {
            Err(AuthorityError::BadCertificate)
        }
    }

    /// The certificate, in PEM.
    #[must_use]
    pub fn certificate_pem(&self) -> &str {
        &self.certificate_pem
    }

    /// The key, which also signs enrolments.
    #[must_use]
    pub fn key(&self) -> &SigningKey {
        &self.key
    }

    /// What people compare.
    ///
    /// # Errors
    /// [`AuthorityError::BadCertificate`].
    pub fn fingerprint(&self) -> Result<Sha256Digest, AuthorityError> {
        ca_fingerprint(&self.certificate_pem).map_err(|_| AuthorityError::BadCertificate)
    }

    /// A key and a certificate for the intake, both in PEM.
    ///
    /// # Errors
    /// [`AuthorityError::Certificate`].
    pub fn issue_server(
        &self,
        name: &ServerName,
        now: DateTime<Utc>,
    ) -> Result<(Zeroizing<String>, String), AuthorityError> {
        let key = SigningKey::make();
        let mut params = params("homon intake", now);
        params.subject_alt_names = vec![name.to_san()?];
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        let certificate = params.signed_by(&rcgen_key(&key)?, &self.issuer()?)?;
        Ok((key.to_pkcs8_pem(), certificate.pem()))
    }

    /// A tablet's client certificate in PEM, for the key of its request. Nothing else of the request is taken over:
    /// the city alone says what the tablet is called.
    ///
    /// # Errors
    /// [`AuthorityError::BadRequest`], [`AuthorityError::Certificate`].
    pub fn issue_client(
        &self,
        request_pem: &str,
        device: DeviceId,
        now: DateTime<Utc>,
    ) -> Result<String, AuthorityError> {
        let request = CertificateSigningRequestParams::from_pem(request_pem).map_err(|_| AuthorityError::BadRequest)?;
        Ok(client_params(device, now)?.signed_by(&request.public_key, &self.issuer()?)?.pem())
    }

    /// A certificate of this authority for the key of another one's client certificate: the tablet keeps its key and its
    /// name.
    ///
    /// # Errors
    /// [`AuthorityError::BadCertificate`], [`AuthorityError::Certificate`].
    pub fn renew_client(&self, pem: &str, device: DeviceId, now: DateTime<Utc>) -> Result<String, AuthorityError> {
        let (_, block) = parse_x509_pem(pem.as_bytes()).map_err(|_| AuthorityError::BadCertificate)?;
        let certificate = block.parse_x509().map_err(|_| AuthorityError::BadCertificate)?;
        let key = SubjectPublicKeyInfo::from_der(certificate.public_key().raw)?;
        Ok(client_params(device, now)?.signed_by(&key, &self.issuer()?)?.pem())
    }

    fn issuer(&self) -> Result<Issuer<'static, KeyPair>, AuthorityError> {
        Ok(Issuer::from_ca_cert_pem(&self.certificate_pem, rcgen_key(&self.key)?)?)
    }
}

/// The keys of every authority that the city has had, the present one first: each may have signed an enrolment.
///
/// # Errors
/// [`AuthorityError::Key`], [`AuthorityError::BadCertificate`].
pub fn keys(desk: &DeskFolder) -> Result<Vec<PublicKey>, AuthorityError> {
    let mut paths = vec![desk.ca()];
    let former = files::names_in(&desk.former()).map_err(KeyFileError::from)?;
    paths.extend(former.iter().filter(|name| name.ends_with(".pem")).map(|name| desk.former().join(name)));
    paths.iter().map(|path| certified_key(&files::read_text(path).map_err(KeyFileError::from)?)).collect()
}

/// The public key in a certificate.
fn certified_key(pem: &str) -> Result<PublicKey, AuthorityError> {
    let (_, block) = parse_x509_pem(pem.as_bytes()).map_err(|_| AuthorityError::BadCertificate)?;
    let certificate = block.parse_x509().map_err(|_| AuthorityError::BadCertificate)?;
    PublicKey::from_sec1(&certificate.public_key().subject_public_key.data).map_err(|_| AuthorityError::BadCertificate)
}

/// The certificate of the second authority that tablets pin while one takes the other's place: the next one before it
/// signs, the former one after that. `None` at all other times.
///
/// # Errors
/// [`KeyFileError`].
pub fn other_authority(desk: &DeskFolder) -> Result<Option<String>, KeyFileError> {
    for path in [desk.next_ca(), desk.former_ca()] {
        match files::read_text(&path) {
            Ok(pem) => return Ok(Some(pem)),
            Err(error) if error.is_missing() => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(None)
}

fn rcgen_key(key: &SigningKey) -> Result<KeyPair, rcgen::Error> {
    KeyPair::try_from(key.to_pkcs8_der())
}

fn client_params(device: DeviceId, now: DateTime<Utc>) -> Result<CertificateParams, rcgen::Error> {
    let mut params = params(&device.to_string(), now);
    params.subject_alt_names = vec![SanType::URI(device_uri(device).as_str().try_into()?)];
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    Ok(params)
}

/// Good from the beginning of the last year, because a tablet's clock may lag behind, until ten years from now. No
/// certificate runs out with a visit unsent: who may come is for the intake's registry to say.
fn params(common_name: &str, now: DateTime<Utc>) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, common_name);
    params.not_before = date_time_ymd(now.year() - 1, 1, 1);
    params.not_after = date_time_ymd(now.year() + YEARS, 12, 31);
    params.use_authority_key_identifier_extension = true;
    params
}

#[cfg(test)]
mod tests {
    use x509_parser::prelude::{FromDer, X509Certificate};

    use super::*;
    use crate::intake::device_of_certificate;

    fn now() -> DateTime<Utc> {
        "2026-09-24T00:00:00Z".parse().unwrap()
    }

    fn der(pem: &str) -> Vec<u8> {
        x509_parser::pem::parse_x509_pem(pem.as_bytes()).unwrap().1.contents
    }

    fn authority() -> Authority {
        Authority::make(&"training".parse().unwrap(), now()).unwrap()
    }

    #[test]
    fn a_client_certificate_says_what_the_city_says() {
        let authority = authority();
        let device = DeviceId::make();
        let mut wish = CertificateParams::new(vec!["intake.example".to_owned()]).unwrap();
        wish.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        wish.distinguished_name.push(DnType::CommonName, "somebody else");
        let key = KeyPair::generate().unwrap();
        let request = wish.serialize_request(&key).unwrap().pem().unwrap();
        let issued = der(&authority.issue_client(&request, device, now()).unwrap());
        assert_eq!(device_of_certificate(&issued), Some(device));
        let (_, issued) = X509Certificate::from_der(&issued).unwrap();
        assert!(!issued.is_ca());
        assert_eq!(issued.subject().to_string(), format!("CN={device}"));
        assert_eq!(&*issued.public_key().subject_public_key.data, key.public_key_raw());
        let ca = der(authority.certificate_pem());
        let (_, ca) = X509Certificate::from_der(&ca).unwrap();
        issued.verify_signature(Some(ca.public_key())).unwrap();
        assert!(ca.is_ca());
    }

    #[test]
    fn a_certificate_outlasts_the_contract_and_a_slow_clock() {
        let pem = authority().certificate_pem;
        let der = der(&pem);
        let (_, ca) = X509Certificate::from_der(&der).unwrap();
        assert_eq!(ca.validity().not_before.to_datetime().year(), 2025);
        assert_eq!(ca.validity().not_after.to_datetime().year(), 2036);
    }

    #[test]
    fn a_request_that_is_none_is_refused() {
        let refused = authority().issue_client("no request", DeviceId::make(), now());
        assert!(matches!(refused, Err(AuthorityError::BadRequest)));
    }
}
