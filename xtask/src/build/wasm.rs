//! One cdylib crate to an optimized WebAssembly module with its JavaScript bindings.

use std::ffi::OsStr;
use std::fs;
use std::hash::{DefaultHasher, Hasher as _};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use flate2::Compression;
use flate2::write::GzEncoder;
use wasm_bindgen_cli_support::Bindgen;

use crate::process;
use crate::progress::Progress;
use crate::workspace::Workspace;

/// A crate that becomes a module.
#[derive(Debug)]
pub(super) struct Package {
    pub(super) crate_name: &'static str,
    /// Where the module and its bindings go; owned by this build, except for modules copied to it.
    pub(super) folder: &'static str,
    pub(super) goal: Goal,
}

/// What a module is made for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Goal {
    /// People download it.
    Size,
    /// It runs in isolates, which hand it to its bindings.
    Speed,
}

/// What rustc 1.95 emits for wasm32-unknown-unknown; wasm-opt refuses features it was not told of.
const WASM_OPT: &[&str] = &[
    "--enable-bulk-memory",
    "--enable-bulk-memory-opt",
    "--enable-call-indirect-overlong",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
    "--strip-debug",
    "--strip-producers",
];

/// Functions that are made of one generic stand side by side, where gzip finds what they have in common: 2 % of the
/// Worker. Another 0.7 % is that the first KB of memory is taken for unused: it is the end of the stack, and whatever
/// gets there is about to trap.
const SHORT: &[&str] = &["--low-memory-unused", "--reorder-functions-by-name"];

/// Functions that are called at one place only stay functions, unless they are short. The first request of an
/// isolate waits until what it calls is compiled, all of a function or nothing, and long ones take more than
/// their share: the first validation is a tenth faster, later ones are the same.
const SEPARATE: &[&str] = &["--one-caller-inline-max-function-size", "300"];

pub(super) fn build(workspace: &Workspace, progress: &Progress, package: &Package) -> Result<()> {
    let compiled = compile(workspace, progress, package)?;
    finish(workspace, progress, &compiled, &workspace.path(package.folder), package.goal)
}

/// Bindings and optimization of a compiled module.
pub(super) fn finish(
    workspace: &Workspace,
    progress: &Progress,
    compiled: &Path,
    folder: &Path,
    goal: Goal,
) -> Result<()> {
    let name = compiled.file_stem().and_then(OsStr::to_str).context("a module without a name")?;
    let stamp = folder.join(".stamp");
    let inputs = fingerprint(workspace, compiled)?;
    let label = format!("optimize {}", name.replace('_', "-"));
    let optimized = folder.join(format!("{name}_bg.wasm"));
    if fs::read_to_string(&stamp).is_ok_and(|known| known == inputs) && optimized.exists() {
        progress.nothing_to_do(&label);
        return Ok(());
    }
    let mut step = progress.step(label);
    // Gone before the work begins: what an interrupted build leaves is never taken for complete.
    let _ = fs::remove_dir_all(folder);
    bind(compiled, folder, name, goal).with_context(|| format!("wasm-bindgen refuses {name}"))?;
    step.note("wasm-opt");
    let mut wasm_opt = workspace.command("node");
    wasm_opt.arg(workspace.npm_program("binaryen/bin/wasm-opt")).args(WASM_OPT);
    match goal {
        Goal::Size => wasm_opt.arg("-Oz"),
        Goal::Speed => wasm_opt.args(["--enable-simd", "-O3"]).args(SEPARATE),
    };
    wasm_opt.args(SHORT).arg(&optimized).arg("-o").arg(&optimized);
    process::run(&mut step, &mut wasm_opt)?;
    let bindings = folder.join(format!("{name}.js"));
    let mut esbuild = workspace.command("node");
    esbuild.arg(workspace.npm_program("esbuild/bin/esbuild")).arg(&bindings);
    esbuild.args(["--minify", "--format=esm", "--log-level=warning", "--allow-overwrite"]);
    esbuild.arg(format!("--outfile={}", bindings.display()));
    process::run(&mut step, &mut esbuild)?;
    fs::write(&stamp, inputs)?;
    step.done(&sizes(&optimized)?);
    Ok(())
}

pub(super) fn compile(
    workspace: &Workspace,
    progress: &Progress,
    package: &Package,
) -> Result<PathBuf> {
    let mut cargo = workspace.cargo();
    cargo.args(["build", "--profile", PROFILE, "--target", TARGET, "-p", package.crate_name]);
    let settings = if package.goal == Goal::Size { SMALL } else { FAST };
    cargo.args(settings.iter().flat_map(|setting| ["--config", setting]));
    process::run_step(progress, &format!("compile {}", package.crate_name), &mut cargo)?;
    Ok(workspace.target().join(TARGET).join(PROFILE).join(format!("{}.wasm", module_name(package))))
}

fn bind(compiled: &Path, folder: &Path, name: &str, goal: Goal) -> Result<()> {
    let mut bindgen = Bindgen::new();
    bindgen
        .input_path(compiled)
        .out_name(name)
        .web(true)?
        // index.d.ts and explain.d.ts describe the package; bindings are nobody's interface.
        .typescript(false)
        // Whoever loads the module says where it is; a default would be a URL that workerd cannot have.
        .omit_default_module_path(true);
    // After a trap the Worker starts a fresh instance of the module: the old one may be inconsistent.
    bindgen.reset_state_function(goal == Goal::Speed);
    bindgen.generate(folder)
}

/// Of all that decides how the result looks: the compiled crate and the tools.
fn fingerprint(workspace: &Workspace, compiled: &Path) -> Result<String> {
    let mut hasher = DefaultHasher::new();
    let read =
        |path: &Path| fs::read(path).with_context(|| format!("cannot read {}", path.display()));
    hasher.write(&read(compiled)?);
    hasher.write(&read(&workspace.path("Cargo.lock"))?);
    hasher.write(&read(&workspace.path("edge-worker/package-lock.json"))?);
    hasher.write(include_bytes!("wasm.rs"));
    Ok(format!("{:016x}", hasher.finish()))
}

fn sizes(module: &Path) -> Result<String> {
    let bytes = fs::read(module)?;
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(&bytes)?;
    let kilobytes = |length: usize| (length + 512) / 1024;
    let compressed = encoder.finish()?.len();
    Ok(format!("{} KB, gzip {} KB", kilobytes(bytes.len()), kilobytes(compressed)))
}

fn module_name(package: &Package) -> String {
    package.crate_name.replace('-', "_")
}

/// What makes a module smaller: code without unrolled loops, and SHA-2 in its compact form.
const SMALL: &[&str] = &[
    r#"profile.wasm.opt-level="z""#,
    r#"profile.wasm.package.deskgate-xmldsig.opt-level="z""#,
    r#"target.wasm32-unknown-unknown.rustflags=["--cfg=sha2_backend_soft=\"compact\""]"#,
];

/// Vector instructions, which every runtime of Workers has: what looks at each byte of a message takes a
/// fraction of the time. Browsers are not asked for them.
const FAST: &[&str] = &[r#"target.wasm32-unknown-unknown.rustflags=["-Ctarget-feature=+simd128"]"#];

/// Of Cargo.toml.
const PROFILE: &str = "wasm";

const TARGET: &str = "wasm32-unknown-unknown";
