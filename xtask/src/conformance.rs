//! `cargo xtask conformance`: the counts of docs/CONFORMANCE.md, from the runs that they are about.

use std::process::ExitCode;

use anyhow::{Context as _, Result};

use crate::progress::Progress;
use crate::setup::Setup;
use crate::workspace::Workspace;
use crate::{build, differential};

/// The test programs whose vectors others have written; each prints its counts.
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
];

/// Builds what the suites load, runs them and the comparison with `options`.
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
    let compared = differential::run(workspace, setup, options)?;
    Ok(if vectors.success() { compared } else { ExitCode::FAILURE })
}
