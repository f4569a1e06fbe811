//! Where the repository is and what cargo knows about it.

use std::path::{Path, PathBuf};

use cargo_metadata::{Metadata, MetadataCommand};

/// The repository this xtask was built from.
pub(crate) struct Workspace {
    /// The folder of the workspace's `Cargo.toml`.
    pub(crate) root: PathBuf,
    /// Where cargo builds; follows `CARGO_TARGET_DIR`.
    pub(crate) target: PathBuf,
}

impl Workspace {
    /// Asks cargo, without reaching the network.
    pub(crate) fn find() -> Result<Self, String> {
        let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("../Cargo.toml");
        let metadata = read(MetadataCommand::new().manifest_path(manifest).no_deps())?;
        Ok(Self {
            root: metadata.workspace_root.into_std_path_buf(),
            target: metadata.target_directory.into_std_path_buf(),
        })
    }

    /// The members and what their manifests name, without resolving anything.
    pub(crate) fn members(&self) -> Result<Metadata, String> {
        read(MetadataCommand::new().manifest_path(self.root.join("Cargo.toml")).no_deps())
    }

    /// The whole resolved tree for all platforms, as `Cargo.lock` has it. Fetches what is not on the machine yet.
    pub(crate) fn tree(&self) -> Result<Metadata, String> {
        let locked = ["--locked".to_owned()];
        read(MetadataCommand::new().manifest_path(self.root.join("Cargo.toml")).other_options(locked))
    }

    /// The folder of fetched tools.
    pub(crate) fn tools(&self) -> PathBuf {
        self.target.join("tools")
    }
}

fn read(command: &MetadataCommand) -> Result<Metadata, String> {
    command.exec().map_err(|error| format!("cargo metadata: {error}"))
}
