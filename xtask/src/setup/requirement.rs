//! The table of requirements. A new one is a variant and a row.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::process::probe;
use crate::workspace::Workspace;

/// Something that a command needs on this machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Need {
    Node,
    WasmTarget,
    BareMetalTarget,
    EdgePackages,
    TestPackages,
    NpmPackages,
    Chromium,
    SimpleSamlPhp,
    Xmlsec,
    Xmllint,
    PyJwt,
    Python3Saml,
    Libxml2,
    CxxCompiler,
    Django,
    Flask,
    Go,
    Nginx,
    Envoy,
    XmlsecHeaders,
    PythonVenv,
    Wrk,
    Valgrind,
}

/// What one need is about.
#[derive(Debug)]
pub(crate) struct Requirement {
    pub(crate) name: &'static str,
    pub(crate) purpose: &'static str,
    pub(crate) source: Source,
}

/// Where a requirement comes from, and with that how to see whether it is there.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Source {
    /// Packages of the Debian archive, and a look whether they are usable, whoever installed them.
    Debian { packages: &'static [&'static str], is_usable: fn() -> bool },
    /// The folder of a package.json with its lock file.
    Npm(&'static str),
    /// Wheels of the Python package index, by a file with their hashes.
    Python(&'static str),
    /// A target of the Rust toolchain.
    Rustup(&'static str),
}

/// playwright-core and wrangler 4.86 run from this version on.
const OLDEST_NODE: u32 = 20;

impl Need {
    /// In the order of installation: npm packages need Node.js.
    pub(crate) const ALL: [Self; 23] = [
        Self::Node,
        Self::WasmTarget,
        Self::BareMetalTarget,
        Self::EdgePackages,
        Self::TestPackages,
        Self::NpmPackages,
        Self::Chromium,
        Self::SimpleSamlPhp,
        Self::Xmlsec,
        Self::Xmllint,
        Self::PyJwt,
        Self::Python3Saml,
        Self::Libxml2,
        Self::CxxCompiler,
        Self::Django,
        Self::Flask,
        Self::Go,
        Self::Nginx,
        Self::Envoy,
        Self::XmlsecHeaders,
        Self::PythonVenv,
        Self::Wrk,
        Self::Valgrind,
    ];

    pub(crate) fn requirement(self) -> Requirement {
        let (name, purpose, source) = match self {
            Self::Node => (
                "Node.js 20 and npm",
                "runs wasm-opt, wrangler and tests (Debian 12 has 18, which is too old)",
                Source::Debian { packages: &["nodejs", "npm"], is_usable: has_node },
            ),
            Self::WasmTarget => (
                "target wasm32",
                "the Worker and the npm package are WebAssembly",
                Source::Rustup("wasm32-unknown-unknown"),
            ),
            Self::BareMetalTarget => (
                "target thumbv7em",
                "a target without std proves that the core needs none",
                Source::Rustup("thumbv7em-none-eabi"),
            ),
            Self::EdgePackages => (
                "npm packages of the edge",
                "workerd, wrangler and wasm-opt",
                Source::Npm("edge-worker"),
            ),
            Self::TestPackages => (
                "npm packages of the tests",
                "jose, xml-crypto, node-saml, samlify, and what the browser journeys are written with",
                Source::Npm("tests"),
            ),
            Self::NpmPackages => (
                "npm packages of our own",
                "Express, Fastify, Hono, Deno, Bun, publint and others that test @deskgate/verify",
                Source::Npm("wasm-pkg"),
            ),
            Self::Chromium => (
                "Chromium",
                "the browser of the journeys",
                Source::Debian { packages: &["chromium"], is_usable: || answers("chromium") },
            ),
            Self::SimpleSamlPhp => (
                "SimpleSAMLphp",
                "an identity provider that nobody here wrote (Debian adds apache2, unused)",
                Source::Debian { packages: SIMPLESAMLPHP, is_usable: has_simplesamlphp },
            ),
            Self::Xmlsec => (
                "xmlsec1",
                "a second opinion on signatures",
                Source::Debian { packages: &["xmlsec1"], is_usable: || answers("xmlsec1") },
            ),
            Self::Xmllint => (
                "xmllint",
                "a second opinion on canonical XML",
                Source::Debian { packages: &["libxml2-utils"], is_usable: || answers("xmllint") },
            ),
            Self::PyJwt => (
                "PyJWT",
                "a second opinion on tokens",
                Source::Debian {
                    packages: &["python3-jwt", "python3-cryptography"],
                    is_usable: has_py_jwt,
                },
            ),
            Self::Python3Saml => (
                "python3-saml",
                "a service provider that nobody here wrote",
                Source::Debian {
                    packages: &["python3-onelogin-saml2"],
                    is_usable: has_python3_saml,
                },
            ),
            Self::Libxml2 => (
                "libxml2 and Python",
                "a second opinion on generated documents",
                Source::Debian { packages: &["libxml2", "python3"], is_usable: has_libxml2 },
            ),
            Self::CxxCompiler => (
                "C++ compiler",
                "libFuzzer is C++, in source",
                Source::Debian { packages: &["g++"], is_usable: || answers("c++") },
            ),
            Self::Django => (
                "Django",
                "runs the page for Python in docs/origins, under gunicorn",
                Source::Debian { packages: &["python3-django", "gunicorn"], is_usable: has_django },
            ),
            Self::Flask => (
                "Flask",
                "runs the page for Python in docs/origins",
                Source::Debian { packages: &["python3-flask"], is_usable: has_flask },
            ),
            Self::Go => (
                "Go",
                "runs the page for Go in docs/origins",
                Source::Debian { packages: &["golang-go"], is_usable: has_go },
            ),
            Self::Nginx => (
                "nginx",
                "runs the page for nginx in docs/origins (Debian also starts it, unused)",
                Source::Debian { packages: &["nginx"], is_usable: has_nginx },
            ),
            Self::Envoy => (
                "Envoy",
                "runs the page for Envoy in docs/origins",
                Source::Python("tests/python.txt"),
            ),
            Self::XmlsecHeaders => (
                "headers of xmlsec",
                "samael, a peer of cargo xtask bench, is built with them",
                Source::Debian {
                    packages: &["libxmlsec1-dev", "libssl-dev", "pkg-config", "gcc"],
                    is_usable: has_xmlsec_headers,
                },
            ),
            Self::PythonVenv => (
                "Python's venv",
                "python3-saml and xmlsec for cargo xtask bench are installed into one",
                Source::Debian { packages: &["python3-venv"], is_usable: has_python_venv },
            ),
            Self::Wrk => (
                "wrk",
                "puts load on gateways in cargo xtask bench",
                Source::Debian { packages: &["wrk"], is_usable: has_wrk },
            ),
            Self::Valgrind => (
                "valgrind",
                "counts the instructions of the core",
                Source::Debian { packages: &["valgrind"], is_usable: || answers("valgrind") },
            ),
        };
        Requirement { name, purpose, source }
    }
}

impl Requirement {
    pub(crate) fn is_present(&self, workspace: &Workspace) -> bool {
        match self.source {
            Source::Debian { is_usable, .. } => is_usable(),
            Source::Npm(folder) => npm_lock_is_installed(workspace, folder),
            Source::Python(list) => wheels_are_installed(workspace, list),
            Source::Rustup(target) => has_rust_target(target),
        }
    }
}

const SIMPLESAMLPHP: &[&str] =
    &["simplesamlphp", "php-cli", "php-xml", "php-mbstring", "php-sqlite3", "php-curl"];

fn has_simplesamlphp() -> bool {
    let modules = probe(Command::new("php").arg("-m")).unwrap_or_default().to_lowercase();
    let has_module = |name: &str| modules.lines().any(|line| line == name);
    Path::new("/usr/share/simplesamlphp/www").is_dir()
        && ["dom", "mbstring", "pdo_sqlite", "curl"].into_iter().all(has_module)
}

fn has_node() -> bool {
    let version = probe(Command::new("node").arg("--version")).unwrap_or_default();
    let major = version.trim().trim_start_matches('v').split('.').next().unwrap_or_default();
    major.parse().is_ok_and(|major: u32| major >= OLDEST_NODE) && answers("npm")
}

/// Asks rustc and not rustup: the toolchain of a distribution has targets too.
fn has_rust_target(target: &str) -> bool {
    probe(Command::new("rustc").args(["--print", "target-libdir", "--target", target]))
        .is_some_and(|folder| Path::new(folder.trim()).is_dir())
}

/// Debian's own Python: another one earlier in the path does not see Debian's packages.
fn has_py_jwt() -> bool {
    probe(Command::new("/usr/bin/python3").args(["-c", "import jwt, cryptography"])).is_some()
}

fn has_flask() -> bool {
    probe(Command::new("/usr/bin/python3").args(["-c", "import flask"])).is_some()
}

fn has_django() -> bool {
    probe(Command::new("/usr/bin/python3").args(["-c", "import django, gunicorn"])).is_some()
}

fn has_go() -> bool {
    probe(Command::new("go").arg("version")).is_some()
}

fn has_nginx() -> bool {
    probe(Command::new("nginx").arg("-v")).is_some()
}

fn has_xmlsec_headers() -> bool {
    probe(Command::new("pkg-config").args(["--exists", "xmlsec1", "openssl"])).is_some()
}

fn has_python_venv() -> bool {
    probe(Command::new("python3").args(["-c", "import ensurepip, venv"])).is_some()
}

/// It has no option that succeeds.
fn has_wrk() -> bool {
    Command::new("wrk").arg("--version").output().is_ok()
}

fn has_python3_saml() -> bool {
    probe(Command::new("/usr/bin/python3").args(["-c", "import onelogin.saml2"])).is_some()
}

/// As tests/differential/libxml2.py loads it.
fn has_libxml2() -> bool {
    let load = "import ctypes; ctypes.CDLL('libxml2.so.2')";
    probe(Command::new("/usr/bin/python3").args(["-c", load])).is_some()
}

fn answers(program: &str) -> bool {
    probe(Command::new(program).arg("--version")).is_some()
}

/// Where wheels are unpacked.
pub(super) fn wheels(workspace: &Workspace) -> PathBuf {
    workspace.target().join("python")
}

fn wheels_are_installed(workspace: &Workspace, list: &str) -> bool {
    let installed = fs::read(wheels(workspace).join(INSTALLED_LIST));
    let wanted = fs::read(workspace.path(list));
    matches!((installed, wanted), (Ok(installed), Ok(wanted)) if installed == wanted)
}

/// Records that the wheels of the present list are there.
pub(super) fn remember_wheels(workspace: &Workspace, list: &str) -> std::io::Result<u64> {
    fs::copy(workspace.path(list), wheels(workspace).join(INSTALLED_LIST))
}

const INSTALLED_LIST: &str = ".installed.txt";

/// Nothing that npm leaves behind tells that a lock file changed since, so we keep a copy of ours.
fn npm_lock_is_installed(workspace: &Workspace, folder: &str) -> bool {
    let installed = fs::read(workspace.path(&format!("{folder}/{INSTALLED_LOCK}")));
    let wanted = fs::read(workspace.path(&format!("{folder}/package-lock.json")));
    matches!((installed, wanted), (Ok(installed), Ok(wanted)) if installed == wanted)
}

/// Records that the packages of the present lock file are there.
pub(super) fn remember_npm_lock(workspace: &Workspace, folder: &str) -> std::io::Result<u64> {
    fs::copy(
        workspace.path(&format!("{folder}/package-lock.json")),
        workspace.path(&format!("{folder}/{INSTALLED_LOCK}")),
    )
}

const INSTALLED_LOCK: &str = "node_modules/.installed-lock.json";
