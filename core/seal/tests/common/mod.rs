//! What the tests of this crate share: a vault that only signs, fixed names, and a small package.
#![allow(dead_code, unreachable_pub)]

use std::collections::BTreeMap;
use std::io::Cursor;

use chrono::{DateTime, TimeZone, Utc};
use homon_domain::ids::{ActivityPhotoId, DeviceId, PartNumber, SealNumber, VisitId};
use homon_domain::platform::{KeyAlias, KeyVault, VaultError, VaultKind};
use homon_domain::programme::Mode;
use homon_seal::reader::{self, OpenError, OpenedPackage};
use homon_seal::{
    Closing, EntryPath, Identity, Limits, PackageKey, PackageWriter, PublicKey, Recipients, Sealed, Signer, Subject,
};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair};
use uuid::uuid;
use zeroize::Zeroizing;

/// The signing half of a software vault: sealing asks for nothing else.
pub struct SigningVault(EcdsaKeyPair);

impl SigningVault {
    pub fn make() -> Self {
        let random = SystemRandom::new();
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &random).unwrap();
        Self::from_pkcs8_der(pkcs8.as_ref())
    }

    pub fn from_pkcs8_der(der: &[u8]) -> Self {
        Self(EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, der, &SystemRandom::new()).unwrap())
    }

    pub fn public_key(&self) -> PublicKey {
        PublicKey::from_sec1(self.0.public_key().as_ref()).unwrap()
    }
}

impl KeyVault for SigningVault {
    fn kind(&self) -> VaultKind {
        VaultKind::Software
    }
    fn create(&self, _: &KeyAlias) -> Result<(), VaultError> {
        Err(VaultError::Unavailable)
    }
    fn wrap(&self, _: &KeyAlias, _: &[u8]) -> Result<Vec<u8>, VaultError> {
        Err(VaultError::Unavailable)
    }
    fn unwrap(&self, _: &KeyAlias, _: &[u8]) -> Result<Zeroizing<Vec<u8>>, VaultError> {
        Err(VaultError::Unavailable)
    }
    fn destroy(&self, _: &KeyAlias) -> Result<(), VaultError> {
        Err(VaultError::Unavailable)
    }
    fn contains(&self, _: &KeyAlias) -> Result<bool, VaultError> {
        Err(VaultError::Unavailable)
    }
    fn device_public_key(&self) -> Result<Vec<u8>, VaultError> {
        Ok(self.0.public_key().as_ref().to_vec())
    }
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, VaultError> {
        let signature = self.0.sign(&SystemRandom::new(), message).map_err(|_| VaultError::Unavailable)?;
        Ok(signature.as_ref().to_vec())
    }
}

pub fn device() -> DeviceId {
    DeviceId(uuid!("5b0c8f0e-7f1c-4e6a-9d52-0f6f3f1f2a01"))
}

pub fn visit_subject() -> Subject {
    Subject::Visit { visit: VisitId(uuid!("c1f7a2d4-3b60-4c59-8a0e-6d5d8f2b9c02")), part: PartNumber::new(2).unwrap() }
}

pub fn visit_key() -> PackageKey {
    PackageKey { device: device(), subject: visit_subject(), seal: SealNumber::FIRST }
}

pub fn noon() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2025, 11, 4, 3, 0, 0).unwrap()
}

pub fn case(number: u32) -> EntryPath {
    EntryPath::Case(format!("2-{number:03}").parse().unwrap())
}

pub fn photo(number: u32) -> EntryPath {
    EntryPath::Photo(format!("2-{number:03}").parse().unwrap())
}

pub fn activity_record() -> EntryPath {
    EntryPath::ActivityRecord(ActivityPhotoId(uuid!("0f0a2c51-7f0e-4b7e-9f55-0a8f0d7c1e09")))
}

pub fn activity_photo() -> EntryPath {
    EntryPath::ActivityPhoto(ActivityPhotoId(uuid!("0f0a2c51-7f0e-4b7e-9f55-0a8f0d7c1e09")))
}

pub fn closing() -> Closing {
    Closing {
        handover: None,
        programme: "shimonoseki".parse().unwrap(),
        mode: Mode::Training,
        counts: BTreeMap::from([("ready".into(), 1), ("received".into(), 2), ("revisit".into(), 1)]),
        audit_head: Some(homon_seal::Sha256Digest::of(b"audit")),
        reason: None,
    }
}

/// The entries of the small package.
pub fn small_entries() -> Vec<(EntryPath, Vec<u8>)> {
    vec![
        (EntryPath::Visit, br#"{"site":"care-home-1"}"#.repeat(20)),
        (case(1), br#"{"case":1}"#.to_vec()),
        (photo(1), (0..5_000_u32).map(|at| (at * at / 97) as u8).collect()),
        (case(2), br#"{"case":2}"#.to_vec()),
        (EntryPath::Audit, Vec::new()),
        (activity_record(), br#"{"faces":2}"#.to_vec()),
        (activity_photo(), (0..7_000_u32).map(|at| (at * at / 89) as u8).collect()),
    ]
}

pub fn seal_small(vault: &SigningVault, recipients: &Recipients) -> Sealed<Vec<u8>> {
    let mut writer = PackageWriter::new(Vec::new(), recipients, visit_key(), noon()).unwrap();
    for (path, content) in small_entries() {
        writer.add_bytes(path, &content).unwrap();
    }
    writer.finish(Signer::Device(vault), closing()).unwrap()
}

pub fn only(identity: &Identity) -> Recipients {
    Recipients::new(vec![identity.recipient()]).unwrap()
}

/// Opens as the desk does, which knows one device.
pub fn open(
    sealed: &[u8],
    identity: &Identity,
    vault: &SigningVault,
) -> Result<OpenedPackage<Cursor<Vec<u8>>>, OpenError> {
    let key_of = |id| (id == device()).then(|| vault.public_key());
    reader::open(Cursor::new(sealed.to_vec()), std::slice::from_ref(identity), key_of, &Limits::default())
}
