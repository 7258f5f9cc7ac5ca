//! `cargo xtask build`: Rust to WebAssembly, bindings, optimization, and the folder that workerd loads.
//!
//! wasm-bindgen is used as a library: its executable and worker-build would be eight minutes of
//! compilation on a small machine, and worker-build fetches tools from outside the registries.

mod wasm;

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use clap::Args;

use self::wasm::{Goal, Package};
use crate::progress::Progress;
use crate::setup::{Need, Setup};
use crate::workspace::Workspace;

/// What to build.
#[derive(Args)]
pub(crate) struct Options {
    /// Only the Worker.
    #[arg(long)]
    edge_only: bool,
    /// Only the npm package.
    #[arg(long, conflicts_with_all = ["edge_only", "host_crypto"])]
    npm_only: bool,
    /// Also the crypto provider of the Worker as a module of its own, which tests put vectors to.
    #[arg(long)]
    host_crypto: bool,
}

const EDGE: Package =
    Package { crate_name: "deskgate-edge", folder: "edge-worker/build", goal: Goal::Speed };

/// The modules of the npm package: one for tokens, and one for those who look into SAML responses.
const NPM: [Package; 2] = [
    Package { crate_name: "deskgate-wasm", folder: "wasm-pkg/pkg", goal: Goal::Size },
    Package {
        crate_name: "deskgate-explain-wasm",
        folder: "wasm-pkg/explain/pkg",
        goal: Goal::Size,
    },
];

/// The crypto provider of the Worker, alone, for the tests.
const HOST_CRYPTO: Package =
    Package { crate_name: "deskgate-tests-host", folder: "tests/host/build", goal: Goal::Speed };

/// The core for `cargo xtask bench`.
const BENCH: Package =
    Package { crate_name: "deskgate-bench-wasm", folder: "bench/wasm/build", goal: Goal::Speed };

pub(crate) fn run(
    workspace: &Workspace,
    progress: &Progress,
    setup: &Setup<'_>,
    options: &Options,
) -> Result<ExitCode> {
    if options.npm_only {
        npm_package(workspace, progress, setup)?;
        return Ok(ExitCode::SUCCESS);
    }
    worker(workspace, progress, setup)?;
    if !options.edge_only {
        npm_package(workspace, progress, setup)?;
    }
    if options.host_crypto {
        host_crypto(workspace, progress, setup)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Builds edge-worker/build/, which `wrangler.toml` and `cargo xtask dev` load.
pub(crate) fn worker(workspace: &Workspace, progress: &Progress, setup: &Setup<'_>) -> Result<()> {
    setup.require(&[Need::Node, Need::WasmTarget, Need::EdgePackages])?;
    wasm::build(workspace, progress, &EDGE)?;
    copy_modules(&workspace.path("edge-worker"), &workspace.worker())
}

/// Builds the WebAssembly inside the npm package.
pub(crate) fn npm_package(
    workspace: &Workspace,
    progress: &Progress,
    setup: &Setup<'_>,
) -> Result<()> {
    setup.require(&[Need::Node, Need::WasmTarget, Need::EdgePackages])?;
    NPM.iter().try_for_each(|package| wasm::build(workspace, progress, package))
}

/// Builds tests/host/build/, which only tests load.
pub(crate) fn host_crypto(
    workspace: &Workspace,
    progress: &Progress,
    setup: &Setup<'_>,
) -> Result<()> {
    setup.require(&[Need::Node, Need::WasmTarget, Need::EdgePackages])?;
    wasm::build(workspace, progress, &HOST_CRYPTO)
}

/// Builds bench/wasm/build/, which only `cargo xtask bench` loads.
pub(crate) fn bench(workspace: &Workspace, progress: &Progress, setup: &Setup<'_>) -> Result<()> {
    setup.require(&[Need::Node, Need::WasmTarget, Need::EdgePackages])?;
    wasm::build(workspace, progress, &BENCH)
}

/// Gives a compiled module of somebody else bindings and optimization, as ours get.
pub(crate) fn foreign_module(
    workspace: &Workspace,
    progress: &Progress,
    compiled: &Path,
    folder: &Path,
) -> Result<()> {
    wasm::finish(workspace, progress, compiled, folder, Goal::Speed)
}

/// Compiles what runs on every request, names of functions included, and says where they are.
pub(crate) fn compiled_modules(workspace: &Workspace, progress: &Progress) -> Result<[PathBuf; 2]> {
    Ok([wasm::compile(workspace, progress, &EDGE)?, wasm::compile(workspace, progress, &NPM[0])?])
}

/// Puts the hand-written modules beside the generated ones.
fn copy_modules(from: &Path, to: &Path) -> Result<()> {
    for entry in fs::read_dir(from)? {
        let path = entry?.path();
        if path.extension() == Some(OsStr::new("mjs")) {
            let name = path.file_name().context("a file without a name")?;
            fs::copy(&path, to.join(name))
                .with_context(|| format!("cannot copy {}", path.display()))?;
        }
    }
    Ok(())
}
