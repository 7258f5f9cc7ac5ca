//! `cargo xtask panics`: what remains of panics in the release WebAssembly, compared with
//! docs/panics.toml, which says for each why no input reaches it.
//!
//! A panic in WebAssembly is a call of a function that does not return; it ends in the instruction
//! `unreachable`. The compiler removed those that it could prove impossible, so what is found here is what
//! is left after link-time optimization, in the modules that are deployed. A call is placed by the source location that
//! it passes on, which inlining does not change.

mod module;
mod site;

use std::collections::BTreeMap;
use std::fs;
use std::process::ExitCode;

use anyhow::{Context as _, Result, bail};

use self::module::Module;
use self::site::Place;
use crate::build;
use crate::progress::Progress;
use crate::setup::{Need, Setup};
use crate::workspace::Workspace;

/// Of the root of the repository.
const LIST: &str = "docs/panics.toml";

/// An entry of the list.
struct Known {
    place: String,
    is_used: bool,
}

pub(crate) fn run(
    workspace: &Workspace,
    progress: &Progress,
    setup: &Setup<'_>,
) -> Result<ExitCode> {
    setup.require(&[Need::WasmTarget])?;
    check(workspace, progress)?;
    Ok(ExitCode::SUCCESS)
}

/// Compiles both modules and compares. Most of the time is in the compilation, which the build needs too.
pub(crate) fn check(workspace: &Workspace, progress: &Progress) -> Result<()> {
    let mut found: BTreeMap<String, usize> = BTreeMap::new();
    for path in build::compiled_modules(workspace, progress)? {
        let bytes = fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
        let module = Module::parse(&bytes)?;
        for site in module.sites() {
            *found.entry(Place::of(&site, workspace).to_string()).or_default() += 1;
        }
    }
    let step = progress.step("panics that remain");
    let complaints = compare(workspace, &found)?;
    if complaints.is_empty() {
        let calls: usize = found.values().sum();
        step.done(&format!("{calls} calls at {} places, all of them in {LIST}", found.len()));
        return Ok(());
    }
    step.failed("");
    bail!("{}", complaints.join("\n"));
}

fn compare(workspace: &Workspace, found: &BTreeMap<String, usize>) -> Result<Vec<String>> {
    let mut known = read_list(workspace)?;
    let mut complaints = Vec::new();
    for place in found.keys() {
        let mut is_known = false;
        for entry in known.iter_mut().filter(|entry| covers(&entry.place, place)) {
            (entry.is_used, is_known) = (true, true);
        }
        if !is_known {
            complaints.push(format!(
                "{place}: may panic; make that impossible, or add it to {LIST} with the reason why no \
                 input gets there"
            ));
        }
    }
    let gone = known.iter().filter(|entry| !entry.is_used);
    complaints.extend(
        gone.map(|entry| format!("{}: cannot panic any more; remove it from {LIST}", entry.place)),
    );
    Ok(complaints)
}

/// Ours are named one by one. Of others an entry may name a file, a folder or the whole crate.
fn covers(entry: &str, place: &str) -> bool {
    let rest = place.strip_prefix(entry);
    rest.is_some_and(|rest| {
        rest.is_empty() || (rest.starts_with(['/', ' ']) && !site::is_ours(entry))
    })
}

fn read_list(workspace: &Workspace) -> Result<Vec<Known>> {
    let text = fs::read_to_string(workspace.path(LIST)).context(LIST)?;
    let list: toml::Table = text.parse().context(LIST)?;
    let entries = list.get("panic").and_then(toml::Value::as_array).context("no entries")?;
    let entry = |entry: &toml::Value| {
        let text = |name: &str| entry.get(name).and_then(toml::Value::as_str).unwrap_or_default();
        if text("place").is_empty() || text("why").len() < 20 {
            bail!("{LIST}: an entry has a place and says why: {entry}");
        }
        Ok(Known { place: text("place").to_owned(), is_used: false })
    };
    entries.iter().map(entry).collect()
}

#[cfg(test)]
mod tests {
    use super::covers;

    #[test]
    fn an_entry_covers_its_place_and_of_other_crates_what_is_below() {
        assert!(covers("der src/reader.rs", "der src/reader.rs"));
        assert!(covers("der", "der src/reader.rs"));
        assert!(covers("rsa src/algorithms", "rsa src/algorithms/pss.rs"));
        assert!(!covers("der", "der_derive src/lib.rs"));
        assert!(!covers("xmldsig/src/xml/tree.rs", "xmldsig/src/xml/tree.rs root"));
    }
}
