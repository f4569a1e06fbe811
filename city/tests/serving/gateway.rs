//! An S3 server that we did not write: versitygw, with its buckets in a temporary folder.

use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use tempfile::TempDir;

const ACCESS: &str = "homon-test";
const SECRET: &str = "a-secret-of-the-test";

/// The server, while it is kept.
pub(crate) struct Gateway {
    process: Child,
    folder: TempDir,
    address: SocketAddr,
    scheme: &'static str,
}

impl Gateway {
    /// Starts the server with one bucket; `None`, loudly, where it is not installed.
    pub(crate) fn start() -> Option<Self> {
        Self::start_with(None)
    }

    /// The same with TLS, by a certificate and its key in PEM.
    pub(crate) fn start_with(tls: Option<(&str, &str)>) -> Option<Self> {
        let Some(program) = std::env::var_os("HOMON_VERSITYGW") else {
            let on_build_machine = std::env::var("CI").is_ok_and(|value| value == "true");
            assert!(!on_build_machine, "HOMON_VERSITYGW is not set: run `cargo xtask test`, which installs it");
            #[allow(clippy::print_stderr, reason = "a skipped test must not look like one that passed")]
            {
                eprintln!("SKIPPED: HOMON_VERSITYGW is not set; `cargo xtask test` installs versitygw and sets it");
            }
            return None;
        };
        let folder = tempfile::tempdir().unwrap();
        for name in ["buckets", "sidecar"] {
            std::fs::create_dir(folder.path().join(name)).unwrap();
        }
        std::fs::create_dir(folder.path().join("buckets").join(Self::BUCKET)).unwrap();
        let mut tls_arguments = Vec::new();
        for (argument, pem) in tls.into_iter().flat_map(|(certificate, key)| [("--cert", certificate), ("--key", key)])
        {
            let file = folder.path().join(format!("{}.pem", argument.trim_matches('-')));
            std::fs::write(&file, pem).unwrap();
            tls_arguments.extend([argument.into(), file.into_os_string()]);
        }
        // Free now; the server takes it a moment later.
        let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let process = Command::new(program)
            .args(["--quiet", "--keep-alive", "--access", ACCESS, "--secret", SECRET, "--region", "us-east-1"])
            .args(["--port", &address.to_string()])
            .args(&tls_arguments)
            .args(["posix", "--sidecar"])
            .arg(folder.path().join("sidecar"))
            .arg(folder.path().join("buckets"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let scheme = if tls.is_some() { "https" } else { "http" };
        let gateway = Self { process, folder, address, scheme };
        gateway.wait();
        Some(gateway)
    }

    const BUCKET: &str = "homon";

    fn wait(&self) {
        for _ in 0..500 {
            if TcpStream::connect(self.address).is_ok() {
                return;
            }
            sleep(Duration::from_millis(20));
        }
        panic!("the S3 server did not start");
    }

    /// The store of a city in its bucket.
    pub(crate) fn store(&self) -> String {
        format!("s3://{}/cities/one", Self::BUCKET)
    }

    /// Where the server keeps the objects of that store, each in a file of its name.
    pub(crate) fn objects(&self) -> PathBuf {
        self.folder.path().join("buckets").join(Self::BUCKET).join("cities/one")
    }

    /// What says to a program where the server is and who is asking.
    pub(crate) fn environment(&self) -> Vec<(&'static str, String)> {
        vec![
            ("AWS_ENDPOINT_URL", format!("{}://{}", self.scheme, self.address)),
            ("AWS_REGION", "us-east-1".to_owned()),
            ("AWS_ACCESS_KEY_ID", ACCESS.to_owned()),
            ("AWS_SECRET_ACCESS_KEY", SECRET.to_owned()),
        ]
    }

    /// Ends the server; its objects stay.
    pub(crate) fn end(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }

    /// The bucket as `object_store` sees it.
    pub(crate) fn client(&self) -> object_store::aws::AmazonS3 {
        // The HTTP client takes the provider of the process, and there may be one already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        object_store::aws::AmazonS3Builder::new()
            .with_bucket_name(Self::BUCKET)
            .with_endpoint(format!("http://{}", self.address))
            .with_allow_http(true)
            .with_region("us-east-1")
            .with_access_key_id(ACCESS)
            .with_secret_access_key(SECRET)
            .build()
            .unwrap()
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
