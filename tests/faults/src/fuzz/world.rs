//! The keys of the fuzz targets. They are nobody's: they open and sign only what these targets make, and stand here so
//! that what was found once can be tried again.

use std::sync::OnceLock;

use homon_domain::ids::{DeviceId, MailNumber, PartNumber, SealNumber, VisitId};
use homon_seal::{Identity, PackageKey, SigningKey, Subject};

const SIGNING: &str = "-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgXeeMM8VqXclhNpRL
FdwdFo76qYi6O8p2GsO5XGOJmsahRANCAAQYVk4pSHJp3XgO472UqzexPbJ3kqSC
rt+ZDT3eKDTRZavBE0QjLg7qCwtl+gQyL14MnhbidWKeslKg6jWox8w9
-----END PRIVATE KEY-----
";
const IDENTITY: &str = "AGE-SECRET-KEY-1X6DMMVVWJLE6Z0FDRET38DWF645JWG5RGHAPT93D9QTKDZ7Z60QQP603TT";

/// Who seals, signs and reads.
pub(super) struct World {
    pub(super) signing: SigningKey,
    pub(super) identity: Identity,
    /// The one package.
    pub(super) key: PackageKey,
    /// The one mail.
    pub(super) number: MailNumber,
}

impl World {
    pub(super) fn get() -> &'static Self {
        static WORLD: OnceLock<World> = OnceLock::new();
        WORLD.get_or_init(|| {
            let device: DeviceId = "5b0c8f0e-7f1c-4e6a-9d52-0f6f3f1f2a01".parse().expect("a UUID");
            let visit: VisitId = "c1f7a2d4-3b60-4c59-8a0e-6d5d8f2b9c02".parse().expect("a UUID");
            let subject = Subject::Visit { visit, part: PartNumber::FIRST };
            Self {
                signing: SigningKey::from_pkcs8_pem(SIGNING).expect("a P-256 key"),
                identity: Identity::parse(IDENTITY).expect("an age identity"),
                key: PackageKey { device, subject, seal: SealNumber::FIRST },
                number: MailNumber::FIRST,
            }
        })
    }
}
