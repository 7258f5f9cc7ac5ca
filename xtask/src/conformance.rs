//! `cargo xtask conformance`: the counts of docs/CONFORMANCE.md, from the runs that they are about.

use std::process::ExitCode;

use anyhow::{Context as _, Result};

use crate::progress::Progress;
use crate::setup::Setup;
use crate::workspace::Workspace;
use crate::{build, differential, mutate};

/// The test programs whose vectors others have written, and those that compare the crypto providers; each
/// prints its counts.
const SUITES: &[&str] = &[
    "corpus_rows",
    "saml_vectors",
    "saml_in_workerd",
    "metadata_vectors",
    "xmldsig_vectors",
    "xmlenc_vectors",
    "c14n_vectors",
    "xml_well_formedness",
    "jwt_vectors",
    "wycheproof",
    "ed25519",
];

/// Builds what the suites load, runs them, a few thousand mutants, and the comparison with `options`.
pub(crate) fn run(
    workspace: &Workspace,
    progress: &Progress,
    setup: &Setup<'_>,
    options: &differential::Options,
) -> Result<ExitCode> {
    build::host_crypto(workspace, progress, setup)?;
    let mut tests = workspace.cargo();
    tests.args(["test", "--quiet", "--locked", "--no-fail-fast", "-p", "deskgate-tests"]);
    tests.args(SUITES.iter().flat_map(|suite| ["--test", suite]));
    let vectors = tests.args(["--", "--nocapture"]).status().context("cannot start the suites")?;
    let mutants = mutate::run(workspace, &mutate::Options::QUICK)?;
    let compared = differential::run(workspace, setup, options)?;
    let all = vectors.success() && [mutants, compared] == [ExitCode::SUCCESS; 2];
    Ok(if all { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
