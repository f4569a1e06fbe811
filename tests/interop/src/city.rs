//! A city as `homon-city init` founds it, with its intake in this process, and devices as `homon-city enrol` takes them in.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::Utc;
use homon_city::desk::programme::Example;
use homon_city::desk::{CityFolder, enrol, init, serving};
use homon_city::intake::{layout, serve};
use homon_domain::platform::{Clock, SystemClock};
use homon_domain::programme::Programme;
use homon_seal::enrolment::FORMAT;
use homon_seal::recipients::RecipientKind;
use homon_seal::{
    Enrolment, EnrolmentRequest, HeldReceipt, Identity as MailboxKey, PackageName, Sha256Digest, Signer, SigningKey,
};
use homon_upload::{CancellationToken, Endpoint, UploadJob, Uploader};
use rcgen::{CertificateParams, KeyPair};
use ring::rand::{SecureRandom, SystemRandom};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::Result;
use crate::vault::SigningVault;

/// A founded city in a folder.
pub struct City {
    home: PathBuf,
    /// What `homon-city` keeps.
    pub folder: CityFolder,
}

/// An enrolled device whose key lies in a file.
pub struct Device {
    /// The city's answer.
    pub enrolment: Enrolment<Programme>,
    /// What it proves itself with.
    pub identity: Identity,
    folder: PathBuf,
}

/// What a client needs to speak to whatever has a certificate of the city. All are files in PEM.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Identity {
    /// The certificate of the city's authority.
    pub ca: PathBuf,
    /// The client's certificate.
    pub certificate: PathBuf,
    /// Its key.
    pub key: PathBuf,
}

/// An intake in this process.
pub struct Intake {
    /// Where it listens.
    pub address: SocketAddr,
    stop: CancellationToken,
    serving: JoinHandle<Result<(), homon_city::intake::IntakeError>>,
}

impl City {
    /// Founds a city below `home`, whose intake is on the loopback.
    ///
    /// # Errors
    /// What `init` says.
    pub fn found(home: &Path) -> Result<Self> {
        let (folder, rules) = (CityFolder::new(&home.join("city")), home.join("programme.toml"));
        fs::write(&rules, Example::Shimonoseki.text())?;
        init::init(&folder, &rules, "https://127.0.0.1:8443", RecipientKind::X25519, &SystemClock)?;
        Ok(Self { home: home.to_owned(), folder })
    }

    /// Takes a device in.
    ///
    /// # Errors
    /// What `enrol` says.
    pub fn enrol(&self, label: &str) -> Result<Device> {
        let key = SigningKey::make();
        let request = request(&key, label)?;
        let enrolled = enrol::enrol(&self.folder, &request, &SystemClock)?;
        let enrolment = Enrolment::verify(&enrolled.token, &enrolled.ca_fingerprint, &key.public_key())?;
        let folder = self.home.join(label);
        fs::create_dir_all(&folder)?;
        let identity =
            Identity { ca: self.ca(), certificate: folder.join("device.pem"), key: folder.join("device.key") };
        fs::write(&identity.certificate, &enrolment.client_certificate_pem)?;
        fs::write(&identity.key, key.to_pkcs8_pem().as_bytes())?;
        Ok(Device { enrolment, identity, folder })
    }

    /// Starts the intake on any port. Certificates of the city are for the address, not for the port.
    ///
    /// # Errors
    /// When its keys cannot be read, or no port is free.
    pub async fn serve(&self) -> Result<Intake> {
        let config = serving::intake_config(&self.folder, Arc::new(SystemClock) as Arc<dyn Clock>)?;
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let (address, stop) = (listener.local_addr()?, CancellationToken::new());
        let serving = tokio::spawn(serve(config, listener, stop.clone().cancelled_owned()));
        Ok(Intake { address, stop, serving })
    }

    /// The folder of everything that arrives.
    #[must_use]
    pub fn store(&self) -> PathBuf {
        self.home.join("city").join("store")
    }

    /// The certificate of the city's authority, in PEM.
    #[must_use]
    pub fn ca(&self) -> PathBuf {
        self.folder.desk().ca()
    }

    /// What a client gets for a package that the city holds: the package is there, byte for byte, and the receipt is
    /// the intake's.
    ///
    /// # Errors
    /// When the package or the receipt is not there, or another one is.
    pub fn verify_held(&self, device: &Device, job: &UploadJob, token: &str) -> Result<()> {
        HeldReceipt::verify(token, &device.enrolment.held_keys(), &job.package, job.sha256)?;
        let stored = fs::read(self.store().join(layout::package(&job.package)))?;
        if stored == fs::read(&job.file)? { Ok(()) } else { Err("the stored package has other bytes".into()) }
    }
}

impl Device {
    /// A sealed file on the device: random bytes, as ciphertext looks.
    ///
    /// # Errors
    /// When the name is none of a package; the system's.
    pub fn seal(&self, name: &str, bytes: usize) -> Result<UploadJob> {
        let package = name.parse::<PackageName>().map_err(|_| "no name of a package")?.of(self.enrolment.device);
        let mut content = vec![0; bytes];
        SystemRandom::new().fill(&mut content).map_err(|_| "the system has no random bytes")?;
        let file = self.folder.join(format!("{}.age", name.replace('/', "-")));
        fs::write(&file, &content)?;
        Ok(UploadJob { file, package, sha256: Sha256Digest::of(&content), bytes: bytes as u64 })
    }
}

impl Identity {
    /// Our client, to whatever listens at an address with a certificate of the city.
    ///
    /// # Errors
    /// When a file is not there, or not what it should be.
    pub fn uploader(&self, address: SocketAddr) -> Result<Uploader> {
        let key = SigningKey::from_pkcs8_pem(&fs::read_to_string(&self.key)?)?;
        let endpoint = Endpoint {
            base_url: format!("https://{address}"),
            // Certificates of the city are for the address.
            server_name: address.ip().to_string(),
            ca_pem: fs::read_to_string(&self.ca)?,
            client_certificate_pem: fs::read_to_string(&self.certificate)?,
        };
        Ok(Uploader::new(&endpoint, Arc::new(SigningVault::new(&key)?))?)
    }
}

impl Intake {
    /// Stops it, and waits until it has stopped.
    ///
    /// # Errors
    /// What it ended with.
    pub async fn stop(self) -> Result<()> {
        self.stop.cancel();
        Ok(self.serving.await??)
    }
}

fn request(key: &SigningKey, label: &str) -> Result<String> {
    let pair = KeyPair::try_from(key.to_pkcs8_der())?;
    let request = EnrolmentRequest {
        format: FORMAT,
        csr_pem: CertificateParams::default().serialize_request(&pair)?.pem()?,
        mailbox: MailboxKey::make_x25519().recipient(),
        label: label.parse().map_err(|_| "no label of a device")?,
        device_key: key.public_key(),
        made_at: Utc::now(),
    };
    Ok(request.sign(Signer::City(key))?)
}
