//! `docs/ATTACKS.md` names a defence and a test for each attack. Both have to exist, or the list says
//! that something is defended which is not.

use super::Source;

const DOCUMENT: &str = "docs/ATTACKS.md";

/// The head of the tables that are looked at. What stands in backticks with `::` is a name.
const HEAD: [&str; 3] = ["Attack", "Defence", "Test"];

pub(super) fn violations(sources: &[Source]) -> Vec<String> {
    let Some(document) = sources.iter().find(|source| source.path == DOCUMENT) else {
        return vec![format!("{DOCUMENT} is missing")];
    };
    let mut violations = Vec::new();
    let mut is_checked = false;
    for (number, line) in document.text.lines().enumerate() {
        let cells = cells(line);
        if cells.is_empty() {
            is_checked = false;
        } else if cells == HEAD {
            is_checked = true;
        } else if is_checked && !line.starts_with("| ---") {
            let problems = row_problems(&cells, sources);
            violations.extend(
                problems.into_iter().map(|text| format!("{DOCUMENT}:{}: {text}", number + 1)),
            );
        }
    }
    violations
}

/// The cells of a line of a table; none for other lines.
fn cells(line: &str) -> Vec<&str> {
    match line.strip_prefix('|').and_then(|line| line.strip_suffix('|')) {
        Some(inside) => inside.split('|').map(str::trim).collect(),
        None => Vec::new(),
    }
}

fn row_problems(cells: &[&str], sources: &[Source]) -> Vec<String> {
    let [_, defence, test] = cells else {
        return vec![format!("a row has attack, defence and test, not {} cells", cells.len())];
    };
    let mut problems = Vec::new();
    for (what, cell, exists) in
        [("defence", defence, has_item as fn(&str, &str) -> bool), ("test", test, has_test)]
    {
        let quoted = cell.split('`').skip(1).step_by(2);
        let names: Vec<&str> = quoted.filter(|quoted| quoted.contains("::")).collect();
        if names.is_empty() {
            problems.push(format!("no {what} is named"));
        }
        let is_missing = |name: &&str| !is_there(name, sources, exists);
        let missing = names.into_iter().filter(is_missing);
        problems.extend(missing.map(|name| format!("there is no {what} {name}")));
    }
    problems
}

/// `path/of/file::name`.
fn is_there(name: &str, sources: &[Source], exists: fn(&str, &str) -> bool) -> bool {
    let Some((path, name)) = name.split_once("::") else { return false };
    let last = name.rsplit("::").next().unwrap_or(name);
    sources.iter().any(|source| source.path == path && exists(&source.text, last))
}

/// Whether the name stands in the text as a whole word.
fn has_item(text: &str, name: &str) -> bool {
    let is_outside = |c: Option<char>| !c.is_some_and(|c| c == '_' || c.is_ascii_alphanumeric());
    !name.is_empty()
        && text.match_indices(name).any(|(at, _)| {
            is_outside(text[..at].chars().next_back())
                && is_outside(text[at + name.len()..].chars().next())
        })
}

/// Whether the text has a function of this name marked as a test, or a JavaScript test of this name.
fn has_test(text: &str, name: &str) -> bool {
    let opening = format!("fn {name}(");
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let is_marked = |at: usize| {
        let above = lines[..at].iter().rev();
        above
            .take_while(|line| line.starts_with("#[") || line.starts_with("//"))
            .any(|line| *line == "#[test]")
    };
    lines.iter().enumerate().any(|(at, line)| line.starts_with(&opening) && is_marked(at))
        || lines.iter().any(|line| line.starts_with(&format!("test(\"{name}\"")))
}

#[cfg(test)]
mod tests {
    use super::*;

    const RUST: &str = "struct Gate;\n#[test]\nfn it_holds() {}\n#[test]\n/// Why.\nfn it_lasts() {}\nfn helper() {}\n";

    #[track_caller]
    fn check(row: &str, expected: &[&str]) {
        let document = format!(
            "# Attacks\n\n| Attack | Not yet |\n| --- | --- |\n| a | `nothing` |\n\n\
             | Attack | Defence | Test |\n| --- | --- | --- |\n{row}\n"
        );
        let source = |path: &str, text: &str| Source { path: path.into(), text: text.into() };
        let sources = [
            source(DOCUMENT, &document),
            source("core/src/a.rs", RUST),
            source("e2e/a.mjs", "test(\"a door is shut\", () => {});"),
        ];
        let expected: Vec<_> =
            expected.iter().map(|text| format!("docs/ATTACKS.md:9: {text}")).collect();
        assert_eq!(violations(&sources), expected);
    }

    #[test]
    fn a_row_that_names_what_exists_is_accepted() {
        check("| a | `core/src/a.rs::Gate` | `core/src/a.rs::it_holds` |", &[]);
        check("| a | the `core/src/a.rs::a::Gate` | `core/src/a.rs::tests::it_lasts`, yes |", &[]);
        check("| a | `core/src/a.rs::Gate` | `e2e/a.mjs::a door is shut` |", &[]);
    }

    #[test]
    fn a_name_that_does_not_exist_is_a_violation() {
        let gate = "`core/src/a.rs::Gate`";
        for name in [
            "core/src/a.rs::it_held",
            "core/src/a.rs::helper",
            "core/src/b.rs::it_holds",
            "e2e/a.mjs::a door",
        ] {
            check(&format!("| a | {gate} | `{name}` |"), &[&format!("there is no test {name}")]);
        }
        check(
            "| a | `core/src/a.rs::Gat` | `core/src/a.rs::it_holds` |",
            &["there is no defence core/src/a.rs::Gat"],
        );
    }

    #[test]
    fn a_row_without_a_name_is_a_violation() {
        check("| a | none | none |", &["no defence is named", "no test is named"]);
        check("| a | `Gate` | `it_holds` |", &["no defence is named", "no test is named"]);
        check("| a | b |", &["a row has attack, defence and test, not 2 cells"]);
    }

    #[test]
    fn the_list_itself_has_to_exist() {
        assert_eq!(violations(&[]), ["docs/ATTACKS.md is missing"]);
    }
}
