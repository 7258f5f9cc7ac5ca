//! Which module of the core and of what it stands on, and which crate of the workspace, may use which.

use super::Source;

/// A module of the core or of xmldsig, whose modules the core shows as its own, and the modules it may name. A module that is not here may use nothing.
///
/// xml <- c14n <- dsig, xenc <- saml; crypto and x509 stand below them; identity is what saml and jose
/// both speak; session and policy use identity and jose; helpdesk makes tokens for others out of what a
/// session knows; desk is the configuration of all.
const MODULES: &[(&str, &[&str])] = &[
    ("base64", &[]),
    ("time", &[]),
    ("limits", &[]),
    ("remedy", &[]),
    ("diagnostic", &["base64", "remedy"]),
    ("identity", &[]),
    ("crypto", LEAVES),
    ("x509", &["crypto"]),
    ("xml", &[]),
    // A digest is a sink for canonical bytes.
    ("c14n", &["xml", "crypto"]),
    ("dsig", &["xml", "c14n", "crypto"]),
    ("xenc", &["xml", "crypto"]),
    ("saml", &["dsig", "xenc", "c14n", "x509", "xml", "crypto", "identity"]),
    ("jose", &["crypto", "identity"]),
    ("policy", &["identity", "jose"]),
    // What is known of other systems is data.
    ("preset", &[]),
    ("session", &["preset", "policy", "identity", "jose", "crypto"]),
    ("helpdesk", &["session", "identity", "jose", "crypto"]),
    (
        "desk",
        &[
            "preset", "helpdesk", "policy", "session", "saml", "dsig", "xenc", "x509", "crypto",
            "identity", "jose",
        ],
    ),
];

/// What every module may use.
const LEAVES: &[&str] = &["base64", "time", "limits", "diagnostic", "remedy"];

/// A crate and the crates of this workspace that it may depend on. fuzz/ is not here: it is compiled with
/// libFuzzer and has lints of its own.
const CRATES: &[(&str, &[&str])] = &[
    ("xmldsig", &[]),
    ("core", &["deskgate-xmldsig"]),
    ("edge-worker", &["deskgate-core"]),
    ("wasm-pkg", &["deskgate-core"]),
    ("wasm-pkg/explain", &["deskgate-core"]),
    ("cli", &["deskgate-core"]),
    ("origin", &["deskgate-core"]),
    ("demo", &["deskgate-core", "deskgate-origin"]),
    ("tests", &["deskgate-core", "deskgate-origin"]),
    ("xtask", &[]),
];

/// A crate and what only its tests may depend on.
const TESTS: (&str, &str) = ("edge-worker", "deskgate-fuzz");

pub(super) fn violations(source: &Source) -> Vec<String> {
    match source.path.rsplit_once('/') {
        Some((folder, "Cargo.toml")) => crate_violations(source, folder),
        _ if source.path.ends_with(".rs") => module_violations(source),
        _ => Vec::new(),
    }
}

fn crate_violations(source: &Source, folder: &str) -> Vec<String> {
    let path = &source.path;
    let Some((_, allowed)) = CRATES.iter().find(|(name, _)| *name == folder) else {
        return Vec::new();
    };
    let is_ours = |name: &&str| *name == "deskgate" || name.starts_with("deskgate-");
    let is_for_tests = |line: &str| {
        let tests = source.text.split_once("[dev-dependencies]").map_or("", |(_, tests)| tests);
        folder == TESTS.0 && line.starts_with(TESTS.1) && tests.contains(line)
    };
    let dependencies = source.text.lines().skip_while(|line| !line.contains("dependencies]"));
    let mut violations: Vec<String> = dependencies
        .filter(|line| !is_for_tests(line))
        .filter_map(|line| line.split(['.', ' ', '=']).next())
        .filter(is_ours)
        .filter(|name| !allowed.contains(name))
        .map(|name| format!("{path}: this crate may not depend on {name}"))
        .collect();
    if !source.text.contains("[lints]\nworkspace = true") {
        violations.push(format!("{path}: the lints of the workspace are not switched on"));
    }
    violations
}

fn module_violations(source: &Source) -> Vec<String> {
    let Some(module) = module_of(&source.path) else { return Vec::new() };
    let allowed =
        MODULES.iter().find(|(name, _)| *name == module).map_or(&[][..], |(_, allowed)| allowed);
    let may_use = |name: &str| name == module || LEAVES.contains(&name) || allowed.contains(&name);
    let is_leaf = LEAVES.contains(&module);
    used_modules(source.product_text())
        .into_iter()
        .filter(|(_, name)| {
            !(if is_leaf { allowed.contains(name) || *name == module } else { may_use(name) })
        })
        .map(|(line, name)| {
            format!(
                "{}:{line}: {module} may not use {name} (xtask/src/tidy/direction.rs)",
                source.path
            )
        })
        .collect()
}

/// `xmldsig/src/xml/tree.rs` and `xmldsig/src/xml.rs` are module xml; lib.rs is none.
fn module_of(path: &str) -> Option<&str> {
    let inside = path.strip_prefix("core/src/").or_else(|| path.strip_prefix("xmldsig/src/"))?;
    let module = inside.split('/').next()?;
    let module = module.strip_suffix(".rs").unwrap_or(module);
    (module != "lib").then_some(module)
}

/// The first segments of all paths that begin with `crate::`, with their lines; comments do not count.
fn used_modules(text: &str) -> Vec<(usize, &str)> {
    let mut used = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let code = line.split("//").next().unwrap_or_default();
        for after in code.split("crate::").skip(1) {
            let names = match after.strip_prefix('{') {
                Some(group) => group.split(',').collect(),
                None => vec![after],
            };
            used.extend(names.into_iter().filter_map(first_segment).map(|name| (number + 1, name)));
        }
    }
    used
}

fn first_segment(path: &str) -> Option<&str> {
    let path = path.trim_start();
    let end = path.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(path.len());
    (end > 0).then(|| &path[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn violations_of(path: &str, text: &str) -> Vec<String> {
        violations(&Source { path: path.into(), text: text.into() })
    }

    #[test]
    fn an_arrow_of_the_architecture_is_accepted() {
        assert!(
            violations_of("xmldsig/src/dsig/verify.rs", "use crate::c14n::canonicalize;")
                .is_empty()
        );
        assert!(
            violations_of("xmldsig/src/xml/tree.rs", "use crate::limits::XmlLimits;").is_empty()
        );
    }

    #[test]
    fn an_arrow_against_the_architecture_is_refused() {
        for text in
            ["use crate::saml::Error;", "let x = crate::saml::y();", "use crate::{xml, saml};"]
        {
            let found = violations_of("xmldsig/src/dsig/verify.rs", text);
            assert_eq!(found.len(), 1, "{text}: {found:?}");
        }
        assert_eq!(violations_of("core/src/time.rs", "use crate::limits::X;").len(), 1);
    }

    #[test]
    fn links_and_unit_tests_may_point_anywhere() {
        let text =
            "//! See [`crate::saml`].\n\n#[cfg(test)]\nmod tests {\n    use crate::saml::X;\n}\n";
        assert!(violations_of("xmldsig/src/dsig/verify.rs", text).is_empty());
    }

    #[test]
    fn a_crate_depends_on_the_core_at_most() {
        let text = "[dependencies]\ndeskgate-core.workspace = true\ndeskgate-edge.workspace = true\n\n[lints]\nworkspace = true\n";
        assert_eq!(violations_of("cli/Cargo.toml", text).len(), 1);
        assert_eq!(violations_of("core/Cargo.toml", text).len(), 2);
        assert_eq!(violations_of("xmldsig/Cargo.toml", text).len(), 2);
    }
}
