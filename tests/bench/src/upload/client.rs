//! The processes that send.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use clap::Args;
use homon_domain::ids::DeviceId;
use homon_interop::city::Identity;
use homon_seal::{PackageName, Sha256Digest};
use homon_upload::{Budget, CancellationToken, UploadJob};
use serde::{Deserialize, Serialize};

use crate::Result;

const PATIENT: Budget = Budget { within: Duration::from_secs(600), failures: 20 };

/// What one tablet sends.
#[derive(Clone, Debug, Args, Serialize, Deserialize)]
pub(crate) struct Sending {
    #[arg(long)]
    pub(super) address: SocketAddr,
    #[arg(long)]
    pub(super) ca: PathBuf,
    #[arg(long)]
    pub(super) certificate: PathBuf,
    #[arg(long)]
    pub(super) key: PathBuf,
    #[arg(long)]
    pub(super) device: String,
    #[arg(long)]
    pub(super) package: String,
    #[arg(long)]
    pub(super) file: PathBuf,
    #[arg(long)]
    pub(super) bytes: u64,
    #[arg(long)]
    pub(super) sha256: String,
}

impl Sending {
    /// The command line that [`crate::Cli`] reads into the same.
    pub(super) fn arguments(&self) -> Vec<String> {
        let path = |path: &Path| path.display().to_string();
        let pairs = [
            ("--address", self.address.to_string()),
            ("--ca", path(&self.ca)),
            ("--certificate", path(&self.certificate)),
            ("--key", path(&self.key)),
            ("--device", self.device.clone()),
            ("--package", self.package.clone()),
            ("--file", path(&self.file)),
            ("--bytes", self.bytes.to_string()),
            ("--sha256", self.sha256.clone()),
        ];
        pairs.into_iter().flat_map(|(name, value)| [name.to_owned(), value]).collect()
    }

    /// What is sent.
    pub(super) fn job(&self) -> Result<UploadJob> {
        let device: DeviceId = self.device.parse()?;
        let name: PackageName = self.package.parse().map_err(|_| "no name of a package")?;
        let sha256: Sha256Digest = self.sha256.parse()?;
        Ok(UploadJob { file: self.file.clone(), package: name.of(device), sha256, bytes: self.bytes })
    }

    async fn upload(&self) -> Result<()> {
        let identity = Identity { ca: self.ca.clone(), certificate: self.certificate.clone(), key: self.key.clone() };
        let uploader = identity.uploader(self.address)?;
        uploader.upload(&self.job()?, PATIENT, |_| {}, &CancellationToken::new()).await?;
        Ok(())
    }
}

/// One tablet.
pub(super) fn send(sending: &Sending) -> Result<()> {
    tokio::runtime::Runtime::new()?.block_on(sending.upload())
}

/// All tablets of a list, to one address, at once; each sends its files one after the other. Says how long it took, in
/// nanoseconds.
pub(super) fn crowd(list: &Path, address: SocketAddr) -> Result<()> {
    let tablets: Vec<Vec<Sending>> = serde_json::from_slice(&std::fs::read(list)?)?;
    let began = Instant::now();
    tokio::runtime::Runtime::new()?.block_on(async {
        let sending = tablets.into_iter().map(|files| tokio::spawn(send_all(files, address)));
        for tablet in sending.collect::<Vec<_>>() {
            tablet.await??;
        }
        Ok::<_, Box<dyn std::error::Error + Send + Sync>>(())
    })?;
    println!("{}", began.elapsed().as_nanos());
    Ok(())
}

async fn send_all(files: Vec<Sending>, address: SocketAddr) -> Result<()> {
    for sending in files {
        Sending { address, ..sending }.upload().await?;
    }
    Ok(())
}
