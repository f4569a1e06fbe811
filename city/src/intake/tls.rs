//! The server's side of TLS: version 1.3 only, ring only, and no connection without a certificate of the city's CA.

use std::sync::Arc;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{NoServerSessionStorage, WebPkiClientVerifier};
use rustls::{RootCertStore, ServerConfig};

/// The intake's certificate, key or CA can't be used.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// Not PEM, or not of the kind it should be.
    #[error("the {0} is not readable as PEM")]
    Pem(&'static str),
    /// rustls refuses the certificate, or the key does not fit it.
    #[error("the intake's certificate and key can't be used: {0}")]
    Refused(#[from] rustls::Error),
    /// The CA can't verify client certificates.
    #[error("the CA can't verify clients: {0}")]
    Verifier(#[from] rustls::server::VerifierBuilderError),
}

/// Builds the configuration from PEM: the CA that signs client certificates, the server's chain and its key.
pub(super) fn server_config(ca_pem: &str, chain_pem: &str, key_pem: &str) -> Result<ServerConfig, TlsError> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut roots = RootCertStore::empty();
    for certificate in certificates(ca_pem, "CA certificate")? {
        roots.add(certificate)?;
    }
    let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider)).build()?;
    let key = PrivateKeyDer::from_pem_slice(key_pem.as_bytes()).map_err(|_| TlsError::Pem("server key"))?;
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS13])?
        .with_client_cert_verifier(verifier)
        .with_single_cert(certificates(chain_pem, "server certificate")?, key)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    // A resumed session would skip the client's certificate, and with it the check of its dates.
    config.session_storage = Arc::new(NoServerSessionStorage {});
    config.send_tls13_tickets = 0;
    Ok(config)
}

fn certificates(pem: &str, what: &'static str) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let read: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem.as_bytes()).collect();
    match read {
        Ok(certificates) if !certificates.is_empty() => Ok(certificates),
        _ => Err(TlsError::Pem(what)),
    }
}
