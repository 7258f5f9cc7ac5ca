//! Words that may not stand in a tracked file, and attributes that need a reason.

use super::Source;

/// A word, the files it may not stand in, and why.
struct Rule {
    word: &'static str,
    applies: fn(&str) -> bool,
    why: &'static str,
}

// The words are cut in two so that this file does not offend itself.
const RULES: &[Rule] = &[
    Rule { word: concat!("TO", "DO"), applies: is_source, why: "do it, or open an issue" },
    Rule { word: concat!("FIX", "ME"), applies: is_source, why: "do it, or open an issue" },
    Rule {
        word: concat!("#[ign", "ore"),
        applies: is_source,
        why: "a test that does not run proves nothing",
    },
    Rule {
        word: concat!("#[al", "low("),
        applies: is_source,
        why: "use #[expect(..., reason = ...)]",
    },
    Rule { word: concat!("db", "g!("), applies: is_source, why: "left from debugging" },
    Rule { word: concat!("to", "do!("), applies: is_source, why: "not finished" },
    Rule { word: concat!("unimpl", "emented!("), applies: is_source, why: "not finished" },
    Rule {
        word: concat!("print", "ln!("),
        applies: is_core,
        why: "the core neither prints nor logs",
    },
    Rule {
        word: concat!("\"resol", "ved\":"),
        applies: is_npm_lock,
        why: "names the registry of one machine",
    },
    Rule { word: concat!("/var", "/tmp/"), applies: is_any, why: "a path of one machine" },
    Rule { word: concat!("/ro", "ot/"), applies: is_any, why: "a path of one machine" },
    Rule { word: concat!("/wo", "rk/"), applies: is_any, why: "a path of one machine" },
];

/// The only source of crates; a mirror in its place would be one machine's.
const CRATES_IO: &str = "source = \"registry+https://github.com/rust-lang/crates.io-index\"";

pub(super) fn violations(source: &Source) -> Vec<String> {
    let mut violations = Vec::new();
    for rule in RULES.iter().filter(|rule| (rule.applies)(&source.path)) {
        let lines = source.text.lines().enumerate().filter(|(_, line)| line.contains(rule.word));
        violations.extend(lines.map(|(number, _)| place(source, number, rule.word, rule.why)));
    }
    if source.path == "Cargo.lock" {
        let is_foreign = |line: &&str| line.starts_with("source = ") && *line != CRATES_IO;
        let foreign = source.text.lines().filter(is_foreign);
        violations.extend(foreign.map(|line| format!("Cargo.lock: {line}: not from crates.io")));
    }
    violations.extend(expectations_without_reason(source));
    violations
}

fn expectations_without_reason(source: &Source) -> Vec<String> {
    if !source.path.ends_with(".rs") {
        return Vec::new();
    }
    let opening = concat!("#[exp", "ect(");
    let starts = source.text.match_indices(opening);
    starts
        .filter(|(at, _)| {
            let attribute = source.text[*at..].split(")]").next().unwrap_or_default();
            !attribute.contains("reason = ")
        })
        .map(|(at, _)| {
            let number = source.text[..at].matches('\n').count();
            place(source, number, opening, "without a reason")
        })
        .collect()
}

fn place(source: &Source, line_index: usize, word: &str, why: &str) -> String {
    format!("{}:{}: {word} {why}", source.path, line_index + 1)
}

fn is_any(_: &str) -> bool {
    true
}

fn is_source(path: &str) -> bool {
    [".rs", ".mjs", ".js", ".ts", ".toml"].iter().any(|ending| path.ends_with(ending))
}

fn is_core(path: &str) -> bool {
    ["core/src/", "xmldsig/src/"].iter().any(|folder| path.starts_with(folder))
        && !super::is_test_file(path)
}

fn is_npm_lock(path: &str) -> bool {
    path.ends_with("package-lock.json")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(path: &str, text: &str, expected: usize) {
        let found = violations(&Source { path: path.into(), text: text.into() });
        assert_eq!(found.len(), expected, "{found:?}");
    }

    #[test]
    fn forbidden_words_are_found_where_they_are_forbidden() {
        check("core/src/time.rs", concat!("// TO", "DO later"), 1);
        check("docs/README.md", concat!("a TO", "DO list"), 0);
        check("core/src/time.rs", concat!("print", "ln!(\"x\");"), 1);
        check("xmldsig/src/base64.rs", concat!("print", "ln!(\"x\");"), 1);
        check("cli/src/main.rs", concat!("print", "ln!(\"x\");"), 0);
    }

    #[test]
    fn an_expectation_needs_its_reason() {
        check("cli/src/main.rs", concat!("#[exp", "ect(unused)]"), 1);
        check(
            "cli/src/main.rs",
            concat!("#[exp", "ect(\n  unused,\n  reason = \"because\"\n)]"),
            0,
        );
    }

    #[test]
    fn lock_files_name_no_machine() {
        check("tests/package-lock.json", concat!("\"resol", "ved\": \"https://mirror/x.tgz\""), 1);
        check("Cargo.lock", "source = \"registry+https://mirror/index\"", 1);
        check("Cargo.lock", CRATES_IO, 0);
    }
}
