//! The peers that are not on npm: Python packages in an environment of their own, and a Cargo workspace with
//! its own lock. Everything stays below the target folder, and is made again when a lock changes.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result};

use crate::build::foreign_module;
use crate::process;
use crate::progress::Progress;
use crate::workspace::Workspace;

const REQUIREMENTS: &str = "bench/peers/requirements.txt";

pub(super) fn prepare(workspace: &Workspace, progress: &Progress) -> Result<()> {
    let folder = workspace.target().join("bench");
    fs::create_dir_all(&folder)?;
    let python = folder.join("python");
    install_python(workspace, progress, &python)?;
    let target = folder.join("peers");
    let mut native = cargo(workspace, &target);
    native.args(["-p", "deskgate-bench-peers"]);
    read_headers_with(&mut native, &python)?;
    process::run_step(progress, "compile bergshamra, samael and jsonwebtoken", &mut native)?;
    for (package, name) in [("bergshamra-wasm", "bergshamra"), ("hello-worker", "hello")] {
        let mut wasm = cargo(workspace, &target);
        wasm.args(["--target", WASM, "-p", package]);
        process::run_step(progress, &format!("compile {package}"), &mut wasm)?;
        let module = package.replace('-', "_");
        let compiled = target.join(WASM).join("release").join(format!("{module}.wasm"));
        foreign_module(workspace, progress, &compiled, &folder.join(name))?;
    }
    Ok(())
}

const WASM: &str = "wasm32-unknown-unknown";

fn cargo(workspace: &Workspace, target: &Path) -> Command {
    let mut cargo = workspace.cargo();
    cargo.args(["build", "--release", "--locked", "--manifest-path"]);
    cargo.arg(workspace.path("bench/peers/Cargo.toml")).env("CARGO_TARGET_DIR", target);
    cargo
}

fn install_python(workspace: &Workspace, progress: &Progress, folder: &Path) -> Result<()> {
    let wanted = fs::read_to_string(workspace.path(REQUIREMENTS))?;
    let stamp = folder.join(".requirements.txt");
    if fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
        progress.nothing_to_do("install python3-saml and xmlsec");
        return Ok(());
    }
    let mut step = progress.step("install python3-saml and xmlsec");
    let mut venv = workspace.command("python3");
    venv.args(["-m", "venv", "--clear"]).arg(folder);
    process::run(&mut step, &mut venv)?;
    let mut pip = workspace.command(folder.join("bin/python3"));
    pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"]);
    pip.args(["--only-binary", "lxml,xmlsec,libclang", "--requirement", REQUIREMENTS]);
    process::run(&mut step, &mut pip)?;
    fs::write(stamp, wanted)?;
    step.done("");
    Ok(())
}

/// samael reads the headers of xmlsec with libclang. That of PyPI lacks the headers of a compiler, so those
/// of GCC do.
fn read_headers_with(cargo: &mut Command, python: &Path) -> Result<()> {
    if env::var_os("LIBCLANG_PATH").is_some() {
        return Ok(());
    }
    let library = find(&python.join("lib"), "clang/native").context("pip left no libclang")?;
    cargo.env("LIBCLANG_PATH", library);
    if let Some(version) = process::probe(Command::new("gcc").arg("-print-file-name=include")) {
        cargo.env("BINDGEN_EXTRA_CLANG_ARGS", format!("-I{}", version.trim()));
    }
    Ok(())
}

/// lib/python3.X/site-packages/`name`.
fn find(library: &Path, name: &str) -> Option<PathBuf> {
    let versions = fs::read_dir(library).ok()?.flatten();
    let mut found = versions.map(|version| version.path().join("site-packages").join(name));
    found.find(|folder| folder.is_dir())
}
