//! How a call that may panic is called in the list.

use std::fmt;
use std::fs;

use super::module::Site;
use crate::workspace::Workspace;

/// A line of docs/panics.toml. Line numbers, hashes and versions are left out: they change with every
/// edit, and the reason does not.
#[derive(Debug)]
pub(super) enum Place {
    /// The allocator has no more memory, or was asked for more than there can be.
    Memory,
    /// File and function of ours.
    Ours { file: String, function: String },
    /// Package and file of somebody else.
    Other { package: String, file: String },
    /// A function of ours, whose arguments decide whether a file of std panics.
    Through { caller: String, file: String },
    /// Without a location: the crate of the caller, for ours the caller itself, and what it calls.
    Unlocated { caller: String, callee: String },
}

/// The folders of our crates that are compiled to WebAssembly.
const OURS: [&str; 4] = ["xmldsig/src/", "core/src/", "edge-worker/src/", "wasm-pkg/src/"];

pub(super) fn is_ours(entry: &str) -> bool {
    OURS.iter().any(|folder| entry.starts_with(folder)) || entry.starts_with("deskgate_")
}

impl Place {
    pub(super) fn of(site: &Site, workspace: &Workspace) -> Self {
        let callee = site.callee.as_deref().unwrap_or("a trap");
        let is_memory = ["alloc::raw_vec::", "alloc::alloc::handle_alloc_error"];
        if is_memory.iter().any(|start| callee.starts_with(start)) {
            return Self::Memory;
        }
        let Some((file, line)) = &site.location else {
            let caller = crate_of(&site.caller);
            let is_ours = caller.starts_with("deskgate_") && site.callee.is_some();
            let caller = if is_ours { named(&site.caller) } else { caller };
            return Self::Unlocated { caller, callee: without_arguments(callee) };
        };
        if OURS.iter().any(|folder| file.starts_with(folder)) {
            let source = fs::read_to_string(workspace.path(file)).unwrap_or_default();
            return Self::in_source(file, &source, *line);
        }
        let (package, file) = package_and_file(file);
        let caller = site.caller.trim_start_matches('<');
        if package == "std" && caller.starts_with("deskgate_") && !is_inner(&file) {
            return Self::Through { caller: named(&site.caller), file };
        }
        Self::Other { package, file }
    }

    fn in_source(file: &str, source: &str, line: u32) -> Self {
        let lines: Vec<&str> = source.lines().take(line as usize).collect();
        let function = lines.iter().rev().find_map(|line| {
            let (before, after) = line.split_once("fn ")?;
            let is_code =
                !before.contains("//") && !before.ends_with(|c: char| c.is_alphanumeric());
            let end = after.find(|c: char| !c.is_alphanumeric() && c != '_')?;
            is_code.then(|| after[..end].to_owned())
        });
        Self::Ours { file: file.to_owned(), function: function.unwrap_or_default() }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Memory => f.write_str("memory"),
            Self::Ours { file, function } => write!(f, "{file} {function}"),
            Self::Other { package, file } => write!(f, "{package} {file}"),
            Self::Through { caller, file } => write!(f, "{caller} -> std {file}"),
            Self::Unlocated { caller, callee } => write!(f, "{caller} -> {callee}"),
        }
    }
}

/// The first path in a demangled name. Exports, whose names have a hash, count as one.
fn crate_of(name: &str) -> String {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let path = name.split("::").next().filter(|_| name.contains("::"));
    let word = path.map(|path| path.rsplit(|c| !is_word(c)).next().unwrap_or_default());
    word.filter(|word| !word.is_empty()).unwrap_or("an export").to_owned()
}

/// A function, for a closure the one that it stands in.
fn named(function: &str) -> String {
    let end = function.find("::{").unwrap_or(function.len());
    function[..end].to_owned()
}

/// Whether what a file of std checks is its own invariant, whatever the arguments are: searching
/// and sorting, trees, and writing into a string.
fn is_inner(file: &str) -> bool {
    let inner = [
        "alloc/src/collections/btree/",
        "alloc/src/fmt.rs",
        "alloc/src/str.rs",
        "alloc/src/string.rs",
        "core/src/net/",
        "core/src/slice/memchr.rs",
        "core/src/slice/sort/",
        "core/src/str/pattern.rs",
        "core/src/unicode/",
        // The isolate's state, about which there is one rule: isolate.rs.
        "std/src/thread/local.rs",
    ];
    inner.iter().any(|start| file.starts_with(start))
}

/// Without the arguments of generic functions, which depend on who calls.
fn without_arguments(name: &str) -> String {
    let end = name.find("::<").unwrap_or(name.len());
    name[..end].to_owned()
}

/// `/.../registry/src/INDEX/der-0.8.3/src/reader.rs`, `/rustc/HASH/library/core/src/str/mod.rs` and
/// `/rust/deps/dlmalloc-0.2.11/src/dlmalloc.rs`.
fn package_and_file(path: &str) -> (String, String) {
    if let Some((_, file)) = path.split_once("/library/") {
        return ("std".to_owned(), file.to_owned());
    }
    let parts: Vec<&str> = path.split('/').collect();
    let source = parts.iter().rposition(|part| *part == "src").unwrap_or(parts.len());
    let folder = source.checked_sub(1).and_then(|at| parts.get(at)).copied().unwrap_or(path);
    let version = folder
        .match_indices('-')
        .find(|(at, _)| folder[at + 1..].starts_with(|c: char| c.is_ascii_digit()));
    let package = version.map_or(folder, |(at, _)| &folder[..at]);
    let file = parts[source..].join("/");
    (package.to_owned(), file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_has_no_version_and_no_line() {
        let name = |path: &str| {
            let (package, file) = package_and_file(path);
            format!("{package} {file}")
        };
        assert_eq!(name("/a/registry/src/index-1/der-0.8.3/src/reader.rs"), "der src/reader.rs");
        assert_eq!(
            name("/a/src/i/rsa-0.10.0-rc.20/src/algorithms/pss.rs"),
            "rsa src/algorithms/pss.rs"
        );
        assert_eq!(name("/a/src/i/const-oid-0.10.1/src/arcs.rs"), "const-oid src/arcs.rs");
        assert_eq!(name("/rustc/5980/library/core/src/str/mod.rs"), "std core/src/str/mod.rs");
        assert_eq!(crate_of("<&mut serde_json::de::Deserializer<R> as x::Y>::z"), "serde_json");
        assert_eq!(crate_of("handle_f2fd127e82001fd3"), "an export");
    }

    #[test]
    fn a_place_of_ours_is_a_function() {
        let source =
            "fn a() {}\n\n// A fn in prose.\npub(crate) const fn b_c<T>() {\n    x.unwrap()\n}\n";
        assert_eq!(Place::in_source("core/src/a.rs", source, 5).to_string(), "core/src/a.rs b_c");
    }
}
