//! `cargo xtask size`: what a page or a server loads for each entry point of the npm package, what an
//! isolate loads, and what is in it.

mod account;

use std::collections::BTreeSet;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use flate2::Compression;
use flate2::write::GzEncoder;

use crate::build;
use crate::progress::Progress;
use crate::setup::Setup;
use crate::workspace::Workspace;

/// An entry point, its first module, and the WebAssembly that it loads, if any.
const ENTRY_POINTS: [(&str, &str, Option<&str>); 6] = [
    (".", "index.mjs", Some("pkg/deskgate_wasm_bg.wasm")),
    ("./explain", "explain.mjs", Some("explain/pkg/deskgate_explain_wasm_bg.wasm")),
    ("./express", "express.mjs", None),
    ("./fastify", "fastify.mjs", None),
    ("./groups", "groups.mjs", None),
    ("./hono", "hono.mjs", None),
];

pub(crate) fn run(
    workspace: &Workspace,
    progress: &Progress,
    setup: &Setup<'_>,
) -> Result<ExitCode> {
    build::npm_package(workspace, progress, setup)?;
    let package = workspace.path("wasm-pkg");
    println!("{:<12} {:>12} {:>12}", "entry point", "bytes", "after gzip");
    for (name, entry, wasm) in ENTRY_POINTS {
        let mut files = BTreeSet::new();
        collect(&package.join(entry), &mut files)?;
        files.extend(wasm.map(|wasm| package.join(wasm)));
        let mut totals = (0, 0);
        for file in &files {
            let bytes =
                fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
            totals = (totals.0 + bytes.len(), totals.1 + compressed(&bytes)?);
        }
        println!("{name:<12} {:>12} {:>12}", totals.0, totals.1);
    }
    build::worker(workspace, progress, setup)?;
    println!();
    worker(workspace, progress)?;
    Ok(ExitCode::SUCCESS)
}

/// Areas smaller than this are summed up.
const SMALL_AREA: usize = 4096;

fn worker(workspace: &Workspace, progress: &Progress) -> Result<()> {
    println!("{:<28} {:>12} {:>12}", "the Worker", "bytes", "after gzip");
    let mut totals = (0, 0);
    let mut files: Vec<PathBuf> = fs::read_dir(workspace.worker())?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<_, _>>()?;
    files.retain(|file| {
        file.extension().is_some_and(|kind| kind == "wasm" || kind == "js" || kind == "mjs")
    });
    files.sort();
    for file in &files {
        let bytes = fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
        let sizes = (bytes.len(), compressed(&bytes)?);
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        println!("{name:<28} {:>12} {:>12}", sizes.0, sizes.1);
        totals = (totals.0 + sizes.0, totals.1 + sizes.1);
    }
    println!("{:<28} {:>12} {:>12}", "together", totals.0, totals.1);
    println!("\n{:<28} {:>12}   before wasm-opt", "in the module", "bytes");
    let [compiled, _] = build::compiled_modules(workspace, progress)?;
    let areas = account::of(&fs::read(compiled)?)?;
    let (large, small): (Vec<_>, Vec<_>) =
        areas.into_iter().partition(|(_, bytes)| *bytes >= SMALL_AREA);
    for (name, bytes) in &large {
        println!("{name:<28} {bytes:>12}");
    }
    println!("{:<28} {:>12}", "the rest", small.iter().map(|(_, bytes)| bytes).sum::<usize>());
    Ok(())
}

/// A module and all that it imports.
fn collect(module: &Path, found: &mut BTreeSet<PathBuf>) -> Result<()> {
    if !found.insert(module.to_owned()) {
        return Ok(());
    }
    let text =
        fs::read_to_string(module).with_context(|| format!("cannot read {}", module.display()))?;
    let folder = module.parent().unwrap_or(module);
    for name in text.lines().filter_map(imported) {
        collect(&folder.join(name), found)?;
    }
    Ok(())
}

/// The module of ours that a line imports.
fn imported(line: &str) -> Option<&str> {
    let (_, name) = line.split_once(" from \"./")?;
    name.strip_suffix("\";")
}

fn compressed(bytes: &[u8]) -> Result<usize> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modules_of_ours_are_followed_and_others_are_not() {
        assert_eq!(imported(r#"import { once } from "./arguments.mjs";"#), Some("arguments.mjs"));
        assert_eq!(imported(r#"export { A } from "./errors.mjs";"#), Some("errors.mjs"));
        assert_eq!(imported(r#"import { readFile } from "node:fs/promises";"#), None);
    }
}
