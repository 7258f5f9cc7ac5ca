//! `cargo xtask advisories`: what is known to be wrong with the versions in `Cargo.lock`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use rustsec::report::{Report, Settings};
use rustsec::{Database, Lockfile};

use crate::workspace::Workspace;

/// Where the advisories are.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// A checkout of <https://github.com/rustsec/advisory-db>
    #[arg(long, value_name = "FOLDER", default_value = "../advisory-db")]
    database: PathBuf,
}

/// Advisories that do not concern us, and why. One that is not in the way any more fails.
const ACCEPTED: &[(&str, &str)] = &[(
    "RUSTSEC-2023-0071",
    "timing of RSA private keys: at the edge they are the host's, natively an opt-in (attacks P-07)",
)];

pub(crate) fn run(workspace: &Workspace, options: &Options) -> Result<ExitCode> {
    let folder = &options.database;
    if !folder.join("crates").is_dir() {
        println!(
            "SKIPPED advisories: there is no checkout of the database in {}",
            folder.display()
        );
        return Ok(ExitCode::SUCCESS);
    }
    let found = found(folder, &workspace.path("Cargo.lock"))?;
    let complaints = complaints(&found.advisories);
    for complaint in &complaints {
        println!("{complaint}");
    }
    let Found { packages, known, advisories } = &found;
    let accepted = advisories.len().saturating_sub(complaints.len());
    println!(
        "advisories: {packages} locked packages, {known} advisories known; {} apply, {accepted} of them accepted",
        advisories.len()
    );
    Ok(if complaints.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

struct Found {
    packages: usize,
    known: usize,
    /// ID, and what it says of which package.
    advisories: Vec<(String, String)>,
}

/// Vulnerabilities, and what is unsound, unmaintained or yanked.
fn found(database: &Path, lockfile: &Path) -> Result<Found> {
    let database = Database::open(database).context("the advisory database cannot be read")?;
    let lockfile = Lockfile::load(lockfile).context("Cargo.lock cannot be read")?;
    let report = Report::generate(&database, &lockfile, &Settings::default());
    let vulnerabilities = report.vulnerabilities.list.iter().map(|found| {
        let package = &found.package;
        let text = format!("{} {}: {}", package.name, package.version, found.advisory.title);
        (found.advisory.id.to_string(), text)
    });
    let warnings = report.warnings.values().flatten().map(|warning| {
        let package = format!("{} {}", warning.package.name, warning.package.version);
        let advisory = warning.advisory.as_ref();
        let id =
            advisory.map_or_else(|| "no advisory".to_owned(), |advisory| advisory.id.to_string());
        let title = advisory.map_or("", |advisory| advisory.title.as_str());
        (id, format!("{package}: {}: {title}", warning.kind.as_str()))
    });
    Ok(Found {
        packages: lockfile.packages.len(),
        known: database.iter().count(),
        advisories: vulnerabilities.chain(warnings).collect(),
    })
}

/// What is not accepted, and what is accepted for nothing.
fn complaints(found: &[(String, String)]) -> Vec<String> {
    let is_accepted = |id: &str| ACCEPTED.iter().any(|(accepted, _)| *accepted == id);
    let open =
        found.iter().filter(|(id, _)| !is_accepted(id)).map(|(id, text)| format!("{id} {text}"));
    let idle = ACCEPTED.iter().filter(|(id, _)| !found.iter().any(|(other, _)| other == id));
    let idle = idle.map(|(id, _)| format!("{id} is accepted and does not apply any more"));
    open.chain(idle).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_advisory_is_accepted_by_its_id_and_only_while_it_applies() {
        let found = |ids: &[&str]| -> Vec<_> {
            ids.iter().map(|id| ((*id).to_owned(), "x 1.0.0: y".to_owned())).collect()
        };
        assert_eq!(complaints(&found(&["RUSTSEC-2023-0071"])), [""; 0]);
        let other = complaints(&found(&["RUSTSEC-2023-0071", "RUSTSEC-2099-0001"]));
        assert_eq!(other, ["RUSTSEC-2099-0001 x 1.0.0: y"]);
        let none = "RUSTSEC-2023-0071 is accepted and does not apply any more";
        assert_eq!(complaints(&[]), [none]);
    }
}
