//! Where the intake is, and how it is recognised.

use std::sync::Arc;
use std::time::Duration;

use homon_domain::platform::KeyVault;
use reqwest::{Client, Url, redirect, retry};
use rustls::client::{Resumption, WebPkiServerVerifier};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use rustls::{ClientConfig, RootCertStore};

use crate::client_key::ClientKey;
use crate::pin::PinnedServer;

const CONNECT: Duration = Duration::from_secs(20);

/// The intake, as the enrolment names it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Endpoint {
    /// Where it listens, such as `https://intake.city.example:8443`.
    pub base_url: String,
    /// The name in its certificate.
    pub server_name: String,
    /// The city's CA: the only one that is trusted.
    pub ca_pem: String,
    /// The device's client certificate, for the key in the vault.
    pub client_certificate_pem: String,
}

/// Which part of an endpoint can't be used. The enrolment is damaged: enrol again.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum EndpointError {
    /// The address is not an https URL of a server.
    #[error("the intake's address is not an https URL")]
    Url,
    /// The name is not one that a certificate can have.
    #[error("the intake's name is not a server name")]
    ServerName,
    /// The CA's certificate can't be read.
    #[error("the CA's certificate can't be read")]
    Authority,
    /// The client certificate can't be read.
    #[error("the client certificate can't be read")]
    ClientCertificate,
    /// TLS can't be set up on this device.
    #[error("TLS can't be set up")]
    Tls,
}

impl Endpoint {
    /// The address that all requests start from. Its path ends with a slash, so that joining keeps all of it.
    pub(crate) fn url(&self) -> Result<Url, EndpointError> {
        let mut url = Url::parse(&self.base_url).map_err(|_| EndpointError::Url)?;
        let is_plain = url.username().is_empty() && url.password().is_none() && url.query().is_none();
        if url.scheme() != "https" || !is_plain {
            return Err(EndpointError::Url);
        }
        if !url.path().ends_with('/') {
            url.set_path(&format!("{}/", url.path()));
        }
        Ok(url)
    }

    /// An HTTP client that speaks to this intake and to nothing else: no proxy, no redirect, no other CA.
    pub(crate) fn client(&self, vault: Arc<dyn KeyVault>) -> Result<Client, EndpointError> {
        Client::builder()
            .tls_backend_preconfigured(self.tls(vault)?)
            .https_only(true)
            .http1_only()
            .no_proxy()
            .redirect(redirect::Policy::none())
            .retry(retry::never())
            .referer(false)
            .connect_timeout(CONNECT)
            // A connection for each request: after a change of network a kept one is dead and does not say so, and
            // hyper-util 0.1 waits on its pool for ever when a connection is closed the moment it is made.
            .pool_max_idle_per_host(0)
            .build()
            .map_err(|_| EndpointError::Tls)
    }

    fn tls(&self, vault: Arc<dyn KeyVault>) -> Result<ClientConfig, EndpointError> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut roots = RootCertStore::empty();
        for certificate in certificates(&self.ca_pem).ok_or(EndpointError::Authority)? {
            roots.add(certificate).map_err(|_| EndpointError::Authority)?;
        }
        let verifier = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider))
            .build()
            .map_err(|_| EndpointError::Authority)?;
        let name = ServerName::try_from(self.server_name.clone()).map_err(|_| EndpointError::ServerName)?;
        let chain = certificates(&self.client_certificate_pem).ok_or(EndpointError::ClientCertificate)?;
        let identity = CertifiedKey::new(chain, Arc::new(ClientKey(vault)));
        let mut config = ClientConfig::builder_with_provider(provider)
            .with_protocol_versions(&[&rustls::version::TLS13])
            .map_err(|_| EndpointError::Tls)?
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(PinnedServer { verifier, name }))
            .with_client_cert_resolver(Arc::new(SingleCertAndKey::from(identity)));
        // The intake gives no tickets: every connection proves the key anew.
        config.resumption = Resumption::disabled();
        Ok(config)
    }
}

/// All certificates of a PEM text, of which there is at least one.
fn certificates(pem: &str) -> Option<Vec<CertificateDer<'static>>> {
    let read: Vec<_> = CertificateDer::pem_slice_iter(pem.as_bytes()).collect::<Result<_, _>>().ok()?;
    if read.is_empty() { None } else { Some(read) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(base_url: &str) -> Endpoint {
        Endpoint {
            base_url: base_url.to_owned(),
            server_name: "intake.example".to_owned(),
            ca_pem: String::new(),
            client_certificate_pem: String::new(),
        }
    }

    #[test]
    fn only_a_plain_https_address_is_taken() {
        assert_eq!(at("https://192.0.2.1:8443").url().unwrap().as_str(), "https://192.0.2.1:8443/");
        assert_eq!(at("https://city.example/homon").url().unwrap().as_str(), "https://city.example/homon/");
        for wrong in ["", "city.example", "http://city.example", "https://a:b@city.example", "https://c.example/?x"] {
            assert_eq!(at(wrong).url(), Err(EndpointError::Url), "{wrong}");
        }
    }
}
