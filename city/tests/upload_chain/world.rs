//! A city and its tablets: certificates, vaults, the server, sealed files.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use homon_city::intake::{
    DeviceRecord, IntakeConfig, IntakeError, IntakeLimits, Listeners, Registry, StorePlace, device_uri, layout,
    layout::ReceiptKind, serve,
};
use homon_domain::ids::DeviceId;
use homon_domain::platform::{Clock, KeyAlias, KeyVault, SystemClock, VaultError, VaultKind};
use homon_seal::{HeldReceipt, PackageKey, PackageName, PublicKey, Sha256Digest, SigningKey};
use homon_upload::{Budget, CancellationToken, Endpoint, UploadError, UploadJob, Uploader};
use rcgen::{BasicConstraints, CertificateParams, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, SanType};
use ring::rand::{SecureRandom, SystemRandom};
use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use zeroize::Zeroizing;

/// The name in the server's certificate. Nobody can look it up, and nobody needs to.
pub(crate) const SERVER_NAME: &str = "intake.test";

pub(crate) struct Authority {
    pub(crate) pem: String,
    issuer: Issuer<'static, KeyPair>,
}

impl Authority {
    pub(crate) fn make() -> Self {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.distinguished_name.push(rcgen::DnType::CommonName, "a city");
        let key = KeyPair::generate().unwrap();
        let pem = params.self_signed(&key).unwrap().pem();
        Self { pem, issuer: Issuer::new(params, key) }
    }

    /// A certificate and its key, both in PEM.
    pub(crate) fn server(&self) -> (String, String) {
        let mut params = CertificateParams::new(vec![SERVER_NAME.to_owned()]).unwrap();
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        let key = KeyPair::generate().unwrap();
        (params.signed_by(&key, &self.issuer).unwrap().pem(), key.serialize_pem())
    }

    /// A client certificate for a device, changed as the test wants it.
    pub(crate) fn client(
        &self,
        device: DeviceId,
        key: &KeyPair,
        change: impl FnOnce(&mut CertificateParams),
    ) -> rcgen::Certificate {
        let mut params = CertificateParams::default();
        params.subject_alt_names = vec![SanType::URI(device_uri(device).as_str().try_into().unwrap())];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        change(&mut params);
        params.signed_by(key, &self.issuer).unwrap()
    }
}

/// The signing half of a key store.
pub(crate) struct TestVault(pub(crate) Result<EcdsaKeyPair, VaultError>);

impl KeyVault for TestVault {
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
        Ok(self.0.as_ref().map_err(|error| *error)?.public_key().as_ref().to_vec())
    }
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, VaultError> {
        let key = self.0.as_ref().map_err(|error| *error)?;
        Ok(key.sign(&SystemRandom::new(), message).unwrap().as_ref().to_vec())
    }
}

/// A tablet.
pub(crate) struct Tablet {
    pub(crate) device: DeviceId,
    pub(crate) vault: Arc<dyn KeyVault>,
    pub(crate) certificate_pem: String,
    pub(crate) key_pem: String,
}

/// A city with its intake.
pub(crate) struct World {
    pub(crate) authority: Authority,
    pub(crate) receipt_key: PublicKey,
    pub(crate) limits: IntakeLimits,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) folder: tempfile::TempDir,
    receipt_pem: Zeroizing<String>,
    server: (String, String),
}

pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    stop: CancellationToken,
    serving: JoinHandle<Result<(), IntakeError>>,
}

impl Server {
    pub(crate) async fn stop(self) {
        self.stop.cancel();
        self.serving.await.unwrap().unwrap();
    }
}

impl World {
    pub(crate) fn make() -> Self {
        let authority = Authority::make();
        let receipt_key = SigningKey::make();
        let server = authority.server();
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("store")).unwrap();
        Self {
            authority,
            receipt_key: receipt_key.public_key(),
            limits: IntakeLimits::default(),
            clock: Arc::new(SystemClock),
            folder,
            receipt_pem: receipt_key.to_pkcs8_pem(),
            server,
        }
    }

    /// The intake's folder.
    pub(crate) fn store(&self) -> PathBuf {
        self.folder.path().join("store")
    }

    /// Puts an object into the store, as a former process left it.
    pub(crate) fn put(&self, name: &str, bytes: &[u8]) {
        let path = self.store().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }

    pub(crate) fn registry(&self) -> Registry {
        Registry::new(StorePlace::Folder(self.store()))
    }

    pub(crate) fn config(&self) -> IntakeConfig {
        IntakeConfig {
            store: StorePlace::Folder(self.store()),
            ca_pem: self.authority.pem.clone(),
            certificate_pem: self.server.0.clone(),
            key_pem: Zeroizing::new(self.server.1.clone()),
            receipt_key: SigningKey::from_pkcs8_pem(&self.receipt_pem).unwrap(),
            former_receipt_keys: Vec::new(),
            clock: Arc::clone(&self.clock),
            limits: self.limits,
        }
    }

    pub(crate) async fn serve(&self) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let stop = CancellationToken::new();
        let serving = tokio::spawn(serve(self.config(), listener, stop.clone().cancelled_owned()));
        Server { address, stop, serving }
    }

    /// As [`World::serve`], with the address at which the people who keep it running ask.
    pub(crate) async fn serve_watched(&self) -> (Server, SocketAddr) {
        let [tablets, metrics] = [TcpListener::bind("127.0.0.1:0").await, TcpListener::bind("127.0.0.1:0").await];
        let (tablets, metrics) = (tablets.unwrap(), metrics.unwrap());
        let (address, watched) = (tablets.local_addr().unwrap(), metrics.local_addr().unwrap());
        let listeners = Listeners { tablets, metrics: Some(metrics) };
        let stop = CancellationToken::new();
        let serving = tokio::spawn(serve(self.config(), listeners, stop.clone().cancelled_owned()));
        (Server { address, stop, serving }, watched)
    }

    /// A tablet that is enrolled.
    pub(crate) fn enrol(&self) -> Tablet {
        self.enrol_with(|_| {})
    }

    pub(crate) fn enrol_with(&self, change: impl FnOnce(&mut CertificateParams)) -> Tablet {
        let (device, key) = (DeviceId::make(), KeyPair::generate().unwrap());
        let certificate = self.authority.client(device, &key, change);
        self.registry()
            .write(&DeviceRecord {
                device,
                certificate_sha256: Sha256Digest::of(certificate.der()),
                former_certificate_sha256: None,
                public_key: SigningKey::from_pkcs8_der(key.serialized_der()).unwrap().public_key(),
                enrolled_at: chrono::Utc::now(),
                revoked_at: None,
            })
            .unwrap();
        tablet(device, &key, &certificate)
    }

    pub(crate) fn endpoint(&self, tablet: &Tablet, address: SocketAddr) -> Endpoint {
        Endpoint {
            base_url: format!("https://{address}"),
            server_name: SERVER_NAME.to_owned(),
            ca_pem: self.authority.pem.clone(),
            client_certificate_pem: tablet.certificate_pem.clone(),
        }
    }

    pub(crate) fn uploader(&self, tablet: &Tablet, address: SocketAddr) -> Uploader {
        Uploader::new(&self.endpoint(tablet, address), Arc::clone(&tablet.vault)).unwrap()
    }

    /// A sealed file on the tablet: random bytes, as ciphertext looks.
    pub(crate) fn seal(&self, tablet: &Tablet, name: &str, bytes: usize) -> UploadJob {
        let package: PackageKey = name.parse::<PackageName>().unwrap().of(tablet.device);
        let content = random(bytes);
        let folder = self.folder.path().join(format!("tablet-{}", tablet.device));
        std::fs::create_dir_all(&folder).unwrap();
        let file = folder.join(format!("{}.age", name.replace('/', "-")));
        std::fs::write(&file, &content).unwrap();
        UploadJob { file, package, sha256: Sha256Digest::of(&content), bytes: bytes as u64 }
    }

    /// Holds when the city has exactly the tablet's bytes, the token says so, and nothing is left over.
    pub(crate) fn assert_held(&self, job: &UploadJob, token: &HeldToken) {
        let stored = std::fs::read(self.store().join(layout::package(&job.package))).unwrap();
        assert!(stored == std::fs::read(&job.file).unwrap(), "the stored package has other bytes");
        HeldReceipt::verify(&token.0, &[self.receipt_key], &job.package, job.sha256).unwrap();
        let receipt = self.store().join(layout::receipt(&job.package, ReceiptKind::Held));
        assert_eq!(std::fs::read_to_string(receipt).unwrap(), token.0);
    }

    /// The files of uploads: records, and bytes not yet composed.
    pub(crate) fn uploads(&self) -> (Vec<PathBuf>, Vec<PathBuf>) {
        files_below(&self.store().join("uploads"))
            .into_iter()
            .partition(|path| path.extension().is_some_and(|extension| extension == "json"))
    }
}

pub(crate) fn tablet(device: DeviceId, key: &KeyPair, certificate: &rcgen::Certificate) -> Tablet {
    let signing =
        EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, key.serialized_der(), &SystemRandom::new()).unwrap();
    Tablet {
        device,
        vault: Arc::new(TestVault(Ok(signing))),
        certificate_pem: certificate.pem(),
        key_pem: key.serialize_pem(),
    }
}

pub(crate) fn random(bytes: usize) -> Vec<u8> {
    let mut content = vec![0; bytes];
    SystemRandom::new().fill(&mut content).unwrap();
    content
}

pub(crate) fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files_below(&path)) } else { found.push(path) }
    }
    found.sort();
    found
}

pub(crate) const PATIENT: Budget = Budget { within: Duration::from_secs(60), failures: 50 };
pub(crate) const ONE_TRY: Budget = Budget { within: Duration::from_secs(20), failures: 1 };

/// A *held* receipt as it arrived.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct HeldToken(pub(crate) String);

/// Uploads without listening to progress, and fetches the receipt.
pub(crate) async fn upload(uploader: &Uploader, job: &UploadJob, budget: Budget) -> Result<HeldToken, UploadError> {
    uploader.upload(job, budget, |_| {}, &CancellationToken::new()).await?;
    Ok(held(uploader, job).await)
}

/// The receipt for a package that is held.
pub(crate) async fn held(uploader: &Uploader, job: &UploadJob) -> HeldToken {
    let mut receipts = uploader.receipts().await;
    // An intake that was stopped may still be starting: on a bucket that takes a moment.
    for _ in 0..150 {
        if let Err(UploadError::Offline | UploadError::RetryLater { .. }) = receipts {
            tokio::time::sleep(Duration::from_millis(100)).await;
            receipts = uploader.receipts().await;
        }
    }
    let of_the_job = receipts.unwrap().into_iter().find(|tokens| tokens.package == job.package.name());
    HeldToken(of_the_job.and_then(|tokens| tokens.held).expect("what was uploaded is held"))
}
