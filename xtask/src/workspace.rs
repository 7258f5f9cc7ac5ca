//! Where things are: the repository, the target folder, and what the steps make in them.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The folders of this checkout.
#[derive(Debug)]
pub(crate) struct Workspace {
    root: PathBuf,
    target: PathBuf,
}

impl Workspace {
    /// The checkout that this program was compiled from.
    pub(crate) fn locate() -> Self {
        let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
        let root = manifest.parent().unwrap_or(manifest).to_owned();
        let target = env::var_os("CARGO_TARGET_DIR")
            .map_or_else(|| root.join("target"), |dir| root.join(dir));
        Self { root, target }
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// Cargo's target folder; everything that the steps write goes below it or is ignored by git.
    pub(crate) fn target(&self) -> &Path {
        &self.target
    }

    /// A file of the repository.
    pub(crate) fn path(&self, relative: &str) -> PathBuf {
        self.root.join(relative)
    }

    /// The loadable Worker: modules and WebAssembly, as `wrangler.toml` names them.
    pub(crate) fn worker(&self) -> PathBuf {
        self.path("edge-worker/build")
    }

    /// A program that the npm packages of edge-worker/ bring.
    pub(crate) fn npm_program(&self, relative: &str) -> PathBuf {
        self.path("edge-worker/node_modules").join(relative)
    }

    /// The native `workerd`, without the Node.js launcher around it.
    pub(crate) fn workerd(&self) -> PathBuf {
        let system = if cfg!(target_os = "macos") { "darwin" } else { "linux" };
        let machine = if cfg!(target_arch = "aarch64") { "arm64" } else { "64" };
        self.npm_program(&format!("@cloudflare/workerd-{system}-{machine}/bin/workerd"))
    }

    /// A command that runs in the root of the repository.
    pub(crate) fn command(&self, program: impl AsRef<Path>) -> Command {
        let mut command = Command::new(program.as_ref());
        command.current_dir(&self.root);
        command
    }

    /// The cargo that runs this program, in the root of the repository.
    pub(crate) fn cargo(&self) -> Command {
        let mut command = self.command(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        // `cargo run` describes the package xtask in the environment. Build scripts that watch these
        // variables (ring's does) would run again whenever cargo is called without xtask.
        for (name, _) in env::vars_os() {
            let is_of_package =
                |name: &str| name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_");
            if name.to_str().is_some_and(is_of_package) {
                command.env_remove(name);
            }
        }
        command
    }
}
