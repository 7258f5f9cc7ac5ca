//! `docs/ATTACKS.md` names a defence and a test for each attack, `docs/REQUIREMENTS.md` code and a test
//! for each requirement. Both have to exist, or a list says that something is there which is not.

use super::Source;

/// A document, and the head of those of its tables that are looked at. In their second and third cells,
/// what stands in backticks with `::` is a name.
struct List {
    path: &'static str,
    head: [&'static str; 3],
}

const LISTS: [List; 2] = [
    List { path: "docs/ATTACKS.md", head: ["Attack", "Defence", "Test"] },
    List { path: "docs/REQUIREMENTS.md", head: ["Requirement", "Code", "Test"] },
];

pub(super) fn violations(sources: &[Source]) -> Vec<String> {
    LISTS.iter().flat_map(|list| list_violations(list, sources)).collect()
}

fn list_violations(list: &List, sources: &[Source]) -> Vec<String> {
    let List { path, head } = list;
    let Some(document) = sources.iter().find(|source| source.path == *path) else {
        return vec![format!("{path} is missing")];
    };
    let mut violations = Vec::new();
    let mut is_checked = false;
    for (number, line) in document.text.lines().enumerate() {
        let cells = cells(line);
        if cells.is_empty() {
            is_checked = false;
        } else if cells == head {
            is_checked = true;
        } else if is_checked && !line.starts_with("| ---") {
            let problems = row_problems(&cells, list, sources);
            violations
                .extend(problems.into_iter().map(|text| format!("{path}:{}: {text}", number + 1)));
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

fn row_problems(cells: &[&str], list: &List, sources: &[Source]) -> Vec<String> {
    let [what, code, tests] = list.head.map(str::to_lowercase);
    let [_, code_cell, test_cell] = cells else {
        return vec![format!("a row has {what}, {code} and {tests}, not {} cells", cells.len())];
    };
    let mut problems = Vec::new();
    for (what, cell, exists) in
        [(code, code_cell, has_item as fn(&str, &str) -> bool), (tests, test_cell, has_test)]
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
        let requirements = document.replace("Attack | Defence", "Requirement | Code");
        let sources = [
            source("docs/ATTACKS.md", &document),
            source("docs/REQUIREMENTS.md", &requirements),
            source("core/src/a.rs", RUST),
            source("e2e/a.mjs", "test(\"a door is shut\", () => {});"),
        ];
        let attacks = expected.iter().map(|text| format!("docs/ATTACKS.md:9: {text}"));
        let words = [("defence", "code"), ("attack", "requirement")];
        let requirements = expected.iter().map(|text| {
            let text = words.iter().fold((*text).to_owned(), |text, (a, b)| text.replace(a, b));
            format!("docs/REQUIREMENTS.md:9: {text}")
        });
        assert_eq!(violations(&sources), attacks.chain(requirements).collect::<Vec<_>>());
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
    fn the_lists_themselves_have_to_exist() {
        let missing = ["docs/ATTACKS.md is missing", "docs/REQUIREMENTS.md is missing"];
        assert_eq!(violations(&[]), missing);
    }
}
