//! The stock tus programs: where they are, and how they are run.

use std::ffi::OsStr;
use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

use crate::Result;
use crate::city::{City, Device};

/// How long a stock program may take: on a busy machine, much longer than it needs.
const PATIENCE: Duration = Duration::from_secs(120);

/// Node.js, Python, and the libraries for both, as `cargo xtask` sets them up.
pub struct Stock {
    node: PathBuf,
    python: PathBuf,
    /// The programs of this crate, beside the libraries for Node.js, which looks for them there.
    programs: TempDir,
}

/// A running `@tus/server`. It ends when this is dropped.
pub struct TusServer {
    /// Where it listens.
    pub address: SocketAddr,
    /// Where it keeps what it receives.
    pub folder: PathBuf,
    commands: ChildStdin,
    said: Lines<BufReader<ChildStdout>>,
    child: Child,
}

/// What one of the stock clients is to do.
pub struct Task<'a> {
    /// Where the server listens, or what stands between.
    pub address: SocketAddr,
    /// The file.
    pub file: &'a Path,
    /// `Upload-Metadata`.
    pub metadata: Value,
    /// The address of the upload, where it goes on with one and the library does not remember it.
    pub url: Option<String>,
    /// Options of the library.
    pub options: Value,
}

impl Stock {
    /// Finds the programs by `HOMON_TUS_NODE`, `HOMON_TUS_MODULES` and `HOMON_TUS_PYTHON`; `None` where they are not set.
    ///
    /// # Errors
    /// The system's.
    pub fn find() -> Result<Option<Self>> {
        let path = |name| std::env::var_os(name).map(PathBuf::from);
        let (node, modules, python) = (path("HOMON_TUS_NODE"), path("HOMON_TUS_MODULES"), path("HOMON_TUS_PYTHON"));
        let (Some(node), Some(modules), Some(python)) = (node, modules, python) else { return Ok(None) };
        let programs = tempfile::tempdir()?;
        let write = |name: &str, text: &str| fs::write(programs.path().join(name), text);
        write("server.mjs", include_str!("../programs/server.mjs"))?;
        write("client.mjs", include_str!("../programs/client.mjs"))?;
        write("client.py", include_str!("../programs/client.py"))?;
        std::os::unix::fs::symlink(modules, programs.path().join("node_modules"))?;
        Ok(Some(Self { node, python, programs }))
    }

    /// Starts `@tus/server` with the city's certificate and its authority, so that it takes the city's devices.
    ///
    /// # Errors
    /// When it does not start.
    pub async fn server(&self, city: &City, folder: PathBuf) -> Result<TusServer> {
        fs::create_dir_all(&folder)?;
        let given = json!({
            "folder": &folder,
            "path": "/v1/packages",
            "certificate": city.folder.server_certificate(),
            "key": city.folder.server_key(),
            "ca": city.folder.intake_ca(),
        });
        let mut child = self.start(&self.node, "server.mjs", &given).stdin(Stdio::piped()).spawn()?;
        let commands = child.stdin.take().ok_or("standard input is piped")?;
        let mut said = BufReader::new(child.stdout.take().ok_or("standard output is piped")?).lines();
        let line = tokio::time::timeout(PATIENCE, said.next_line()).await??.unwrap_or_default();
        let address = line.strip_prefix("listening on ").ok_or("the stock server does not listen")?.parse()?;
        Ok(TusServer { address, folder, commands, said, child })
    }

    /// Lets `tus-js-client` upload a file for a device. It remembers the addresses of uploads in a file beside it.
    ///
    /// # Errors
    /// When the program does not run; what it was refused is among what it says.
    pub async fn tus_js_client(&self, device: &Device, task: &Task<'_>) -> Result<Value> {
        let mut given = given(device, task);
        given["ca"] = json!(device.identity.ca);
        given["storage"] = json!(task.file.with_extension("storage"));
        said(&mut self.start(&self.node, "client.mjs", &given)).await
    }

    /// Lets `tuspy` upload a file for a device.
    ///
    /// # Errors
    /// As [`Stock::tus_js_client`].
    pub async fn tuspy(&self, device: &Device, task: &Task<'_>) -> Result<Value> {
        let given = given(device, task);
        said(self.start(&self.python, "client.py", &given).env("REQUESTS_CA_BUNDLE", &device.identity.ca)).await
    }

    fn start(&self, program: impl AsRef<OsStr>, script: &str, given: &Value) -> Command {
        let mut command = Command::new(program);
        command.arg(self.programs.path().join(script)).arg(given.to_string());
        command.stdin(Stdio::null()).stdout(Stdio::piped()).kill_on_drop(true);
        command
    }
}

impl TusServer {
    /// Lets the upload whose PATCH breaks off next expire.
    ///
    /// # Errors
    /// When the server is gone.
    pub async fn let_the_next_expire(&mut self) -> Result<()> {
        self.commands.write_all(b"expire\n").await?;
        let line = tokio::time::timeout(PATIENCE, self.said.next_line()).await??;
        if line.as_deref() == Some("expire") { Ok(()) } else { Err("the stock server said something else".into()) }
    }

    /// The files that it has received, complete or not, without its notes on them.
    ///
    /// # Errors
    /// The system's.
    pub fn files(&self) -> Result<Vec<PathBuf>> {
        let entries = fs::read_dir(&self.folder)?.collect::<Result<Vec<_>, _>>()?;
        let files = entries.into_iter().map(|entry| entry.path());
        Ok(files.filter(|path| path.extension().is_none_or(|extension| extension != "json")).collect())
    }

    /// Its process.
    #[must_use]
    pub fn process(&self) -> Option<u32> {
        self.child.id()
    }
}

fn given(device: &Device, task: &Task<'_>) -> Value {
    json!({
        "endpoint": format!("https://{}/v1/packages", task.address),
        "file": task.file,
        "url": task.url,
        "metadata": task.metadata,
        "certificate": device.identity.certificate,
        "key": device.identity.key,
        "options": task.options,
    })
}

/// Runs a program to its end, and reads what it says.
async fn said(command: &mut Command) -> Result<Value> {
    let output = tokio::time::timeout(PATIENCE, command.output()).await??;
    serde_json::from_slice(&output.stdout).map_err(|_| format!("the stock client ended with {}", output.status).into())
}
