//! Uploads one sealed file, over as many connections as it takes.

use std::fs::File;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use homon_domain::platform::KeyVault;
use homon_seal::{PackageName, Sha256Digest};
use reqwest::Url;
use tokio::sync::OnceCell;
use tokio_util::sync::CancellationToken;

use crate::endpoint::{Endpoint, EndpointError};
use crate::error::UploadError;
use crate::job::UploadJob;
use crate::offers::Offers;
use crate::part::Part;
use crate::retry::Backoff;
use crate::sending::{send, unreadable};
use crate::trouble::Trouble;
use crate::tus::{Server, Tokens};

/// How far an upload has come, in bytes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Progress {
    /// What has left the tablet. Goes back when a connection breaks: what was on the way did not arrive.
    pub sent: u64,
    /// The length of the file.
    pub total: u64,
}

/// How long an upload may try. It gives up by itself for no other reason that time could mend.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Budget {
    /// The time for everything. When it runs out, what arrived stays and the next call goes on there.
    pub within: Duration,
    /// Failures in a row without one byte gained.
    pub failures: u32,
}

/// The receipts for one package as they arrived: **not verified**. Only `homon_seal`'s `verify` makes them worth
/// anything.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ReceiptTokens {
    /// The package they claim to be for.
    pub package: PackageName,
    /// The intake's word.
    pub held: Option<String>,
    /// The desk's word.
    pub opened: Option<String>,
}

/// Speaks to one intake as one device. Needs a tokio runtime.
#[derive(Clone, Debug)]
pub struct Uploader {
    pub(crate) server: Server,
    backoff: Backoff,
    /// Asked for once, by whoever needs it first.
    offers: Arc<OnceCell<Offers>>,
}

impl Uploader {
    /// Prepares for the endpoint; connects to nothing yet. The vault signs at each handshake, on the thread that
    /// drives the connection.
    ///
    /// # Errors
    /// Any [`EndpointError`].
    pub fn new(endpoint: &Endpoint, vault: Arc<dyn KeyVault>) -> Result<Self, EndpointError> {
        let server = Server::new(endpoint.client(vault)?, &endpoint.url()?)?;
        Ok(Self { server, backoff: Backoff::default(), offers: Arc::default() })
    }

    /// Uploads the file, or what is missing of it: when this returns, the server has all of it. What that is worth says
    /// the *held* receipt among the [`receipts`](Self::receipts).
    ///
    /// Calling it again, after any error or in another process, goes on at the byte where the intake stands; for a
    /// package that is held already it sends nothing.
    ///
    /// # Errors
    /// Any [`UploadError`]; [`UploadError::Offline`] and [`UploadError::RetryLater`] only when the budget is used up.
    pub async fn upload(
        &self,
        job: &UploadJob,
        budget: Budget,
        progress: impl Fn(Progress) + Send + Sync,
        cancel: &CancellationToken,
    ) -> Result<(), UploadError> {
        let reached = AtomicBool::new(false);
        let run = Run {
            uploader: self,
            job,
            progress: &progress,
            reached: &reached,
            location: None,
            offset: 0,
            is_checked: false,
        };
        tokio::select! {
            biased;
            () = cancel.cancelled() => Err(UploadError::Cancelled),
            ended = run.until_done(budget.failures) => ended,
            () = tokio::time::sleep(budget.within) => Err(match reached.load(Ordering::Relaxed) {
                true => UploadError::RetryLater { after: None },
                false => UploadError::Offline,
            }),
        }
    }

    /// Lets the server remove what arrived of a package that will never be completed, because a later one took its
    /// place. One try; where the server offers no such thing, or holds the package already, nothing happens.
    ///
    /// # Errors
    /// Any [`UploadError`] that is not about a file.
    pub async fn terminate(&self, job: &UploadJob) -> Result<(), UploadError> {
        if !self.offers().await.map_err(Trouble::into_error)?.termination {
            return Ok(());
        }
        let terminated = async {
            // Creating an upload that is there finds it.
            let (location, _) = self.server.create(job).await?;
            self.server.terminate(&location).await
        };
        match terminated.await {
            Ok(()) | Err(Trouble::Gone) => Ok(()),
            Err(Trouble::Final(UploadError::Refused { code })) if code.starts_with("already_held") => Ok(()),
            Err(trouble) => Err(trouble.into_error()),
        }
    }

    async fn offers(&self) -> Result<Offers, Trouble> {
        self.offers.get_or_try_init(|| self.server.offers()).await.copied()
    }

    /// The receipts that wait for this device. One try.
    ///
    /// # Errors
    /// Any [`UploadError`] that is not about a file.
    pub async fn receipts(&self) -> Result<Vec<ReceiptTokens>, UploadError> {
        let tokens = self.server.receipts().await.map_err(Trouble::into_error)?;
        // A name that this version does not know is for a later one.
        Ok(tokens.into_iter().filter_map(ReceiptTokens::read).collect())
    }
}

impl ReceiptTokens {
    fn read(tokens: Tokens) -> Option<Self> {
        Some(Self { package: tokens.package.parse().ok()?, held: tokens.held, opened: tokens.opened })
    }
}

/// One call of [`Uploader::upload`].
struct Run<'a, P> {
    uploader: &'a Uploader,
    job: &'a UploadJob,
    progress: &'a P,
    /// Whether there was ever more than silence.
    reached: &'a AtomicBool,
    location: Option<Url>,
    /// Where the intake stands, as far as it has said.
    offset: u64,
    /// Whether the file was compared with what was sealed.
    is_checked: bool,
}

impl<P: Fn(Progress) + Send + Sync> Run<'_, P> {
    async fn until_done(mut self, tries: u32) -> Result<(), UploadError> {
        self.look_at_file().await.map_err(Trouble::into_error)?;
        let mut failures = 0;
        loop {
            let before = self.offset;
            let trouble = match self.attempt().await {
                Ok(()) => return Ok(()),
                Err(Trouble::Final(error)) => return Err(error),
                Err(trouble) => trouble,
            };
            if trouble != Trouble::Offline {
                self.reached.store(true, Ordering::Relaxed);
            }
            failures = if self.offset > before { 1 } else { failures + 1 };
            tracing::debug!(package = %self.job.package.name(), offset = self.offset, failures, ?trouble, "upload broke");
            if failures >= tries {
                return Err(trouble.into_error());
            }
            let random = getrandom::u32().unwrap_or(u32::MAX);
            tokio::time::sleep(self.uploader.backoff.wait(failures, random, trouble.asked())).await;
        }
    }

    /// Finds where the intake stands, and sends the rest.
    async fn attempt(&mut self) -> Result<(), Trouble> {
        let with_checksum = self.uploader.offers().await?.checksum;
        let location = self.resume().await?;
        // The checksum of a request that carries everything is the digest that was sealed: the intake finds a file that is
        // another one, and an upload without a break spares the tablet reading it twice.
        let is_verified_there = with_checksum && self.offset == 0;
        if !is_verified_there && !self.is_checked {
            self.check_file().await?;
            self.is_checked = true;
        }
        while self.offset < self.job.bytes {
            let report = |sent| (self.progress)(Progress { sent, total: self.job.bytes });
            let part = Part::next(self.job, self.offset, with_checksum).await?;
            match send(&self.uploader.server, self.job, &location, &part, &report).await {
                Ok(offset) => self.stand_at(offset)?,
                Err(Trouble::WrongBytes) => {
                    // Whatever was gained may be gone: this counts as a try without a gain.
                    self.offset = 0;
                    self.check_file().await?;
                    return Err(Trouble::WrongBytes);
                }
                Err(trouble) => return Err(trouble),
            }
        }
        (self.progress)(Progress { sent: self.job.bytes, total: self.job.bytes });
        Ok(())
    }

    /// Asks where the upload continues, and creates it where it is not known.
    async fn resume(&mut self) -> Result<Url, Trouble> {
        if let Some(location) = self.location.take() {
            match self.uploader.server.offset(&location).await {
                Ok(offset) => {
                    self.stand_at(offset)?;
                    self.location = Some(location.clone());
                    return Ok(location);
                }
                Err(Trouble::Gone) => {}
                Err(trouble) => {
                    self.location = Some(location);
                    return Err(trouble);
                }
            }
        }
        let (location, offset) = self.uploader.server.create(self.job).await?;
        self.stand_at(offset)?;
        self.location = Some(location.clone());
        Ok(location)
    }

    fn stand_at(&mut self, offset: u64) -> Result<(), Trouble> {
        self.reached.store(true, Ordering::Relaxed);
        self.offset = offset;
        if offset > self.job.bytes { Err(crate::answer::not_tus()) } else { Ok(()) }
    }

    /// Whether the file is there, and as long as what was sealed.
    async fn look_at_file(&self) -> Result<(), Trouble> {
        let found = tokio::fs::metadata(&self.job.file).await.map_err(unreadable)?;
        if found.len() == self.job.bytes { Ok(()) } else { Err(Trouble::Final(UploadError::FileChanged)) }
    }

    /// Compares the file with what was sealed: for another one no receipt would be given.
    async fn check_file(&self) -> Result<(), Trouble> {
        let path = self.job.file.clone();
        let read = tokio::task::spawn_blocking(move || Sha256Digest::of_reader(&mut File::open(path)?)).await;
        let found = read.map_err(std::io::Error::other).flatten().map_err(unreadable)?;
        let is_same = found == (self.job.bytes, self.job.sha256);
        if is_same { Ok(()) } else { Err(Trouble::Final(UploadError::FileChanged)) }
    }
}
