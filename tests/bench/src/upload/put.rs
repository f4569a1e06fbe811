//! The plain PUT: takes a body, writes it to a file, and answers when that is durable. No protocol, no digest, no receipt.

use std::convert::Infallible;
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use http_body_util::{BodyExt, Empty};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

use crate::Result;

/// Bytes that are written at a time.
const PIECE: usize = 1 << 20;
/// As the intake's connections have it.
const BUFFER: usize = 64 << 10;

/// TLS as the intake has it: version 1.3, ring, certificates of the city's authority only.
pub(super) fn acceptor(ca: &Path, certificate: &Path, key: &Path) -> Result<TlsAcceptor> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut roots = RootCertStore::empty();
    for authority in CertificateDer::pem_file_iter(ca)? {
        roots.add(authority?)?;
    }
    let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider)).build()?;
    let chain = CertificateDer::pem_file_iter(certificate)?.collect::<Result<_, _>>()?;
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS13])?
        .with_client_cert_verifier(verifier)
        .with_single_cert(chain, PrivateKeyDer::from_pem_file(key)?)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(config)))
}

/// Takes every body into `folder`.
pub(super) async fn serve(listener: TcpListener, acceptor: TlsAcceptor, folder: PathBuf) {
    while let Ok((stream, _)) = listener.accept().await {
        tokio::spawn(connection(stream, acceptor.clone(), folder.clone()));
    }
}

async fn connection(stream: TcpStream, acceptor: TlsAcceptor, folder: PathBuf) {
    let _ = stream.set_nodelay(true);
    let Ok(stream) = acceptor.accept(stream).await else { return };
    let take = service_fn(move |request| take(request, folder.clone()));
    let mut connection = http1::Builder::new();
    let _ = connection.max_buf_size(BUFFER).serve_connection(TokioIo::new(stream), take).await;
}

async fn take(request: Request<Incoming>, folder: PathBuf) -> Result<Response<Empty<Bytes>>, Infallible> {
    let status = match store(request.into_body(), &folder).await {
        Ok(()) => StatusCode::CREATED,
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR,
    };
    let mut response = Response::new(Empty::new());
    *response.status_mut() = status;
    Ok(response)
}

async fn store(mut body: Incoming, folder: &Path) -> Result<()> {
    let (draft, name) = (folder.join("draft"), folder.join("received"));
    let mut file = File::create(&draft)?;
    let (mut piece, mut bytes) = (Vec::new(), 0);
    while let Some(frame) = body.frame().await {
        let data = frame?.into_data().unwrap_or_default();
        bytes += data.len();
        piece.push(data);
        if bytes >= PIECE {
            file = write(file, std::mem::take(&mut piece)).await?;
            bytes = 0;
        }
    }
    let file = write(file, piece).await?;
    let folder = folder.to_owned();
    tokio::task::spawn_blocking(move || {
        file.sync_all()?;
        std::fs::rename(draft, name)?;
        File::open(folder)?.sync_all()
    })
    .await??;
    Ok(())
}

async fn write(mut file: File, piece: Vec<Bytes>) -> Result<File> {
    let written = tokio::task::spawn_blocking(move || {
        piece.iter().try_for_each(|bytes| file.write_all(bytes))?;
        Ok::<_, std::io::Error>(file)
    });
    Ok(written.await??)
}
