//! IDs removed, changed and doubled, in every spelling that some reader takes for an ID.

use super::{Edits, Operator, Subject, split};

pub(super) const OPERATORS: &[Operator] = &[
    Operator {
        name: "ID removed",
        weight: 1,
        instances: |s| ids(s).len(),
        make: |s, n, _| Some(Edits::remove(&ids(s)[n].1)),
    },
    Operator {
        name: "ID changed",
        weight: 1,
        instances: |s| ids(s).len() * CHANGES.len(),
        make: |s, n, _| {
            let (id, change) = split(n, ids(s).len());
            let (_, range) = &ids(s)[id];
            let (name, value) = s.markup.part(range).split_once("=\"")?;
            let value = CHANGES[change](value.trim_end_matches('"'));
            Some(Edits::replace(range, format!("{name}=\"{value}\"")))
        },
    },
    Operator {
        name: "ID on another element",
        weight: 2,
        instances: |s| ids(s).len() * s.markup.elements.len() * SPELLINGS.len(),
        make: |s, n, _| {
            let (spelling, rest) = split(n, SPELLINGS.len());
            let (id, element) = split(rest, ids(s).len());
            let value = s.markup.part(&ids(s)[id].1).split_once('=')?.1;
            let at = s.markup.elements[element].name.end;
            Some(Edits::insert(at, format!(" {}={value}", SPELLINGS[spelling])))
        },
    },
    Operator {
        name: "another ID on another element",
        weight: 1,
        instances: |s| s.markup.elements.len() * SPELLINGS.len(),
        make: |s, n, _| {
            let (spelling, element) = split(n, SPELLINGS.len());
            let at = s.markup.elements[element].name.end;
            Some(Edits::insert(at, format!(" {}=\"_another\"", SPELLINGS[spelling])))
        },
    },
    Operator {
        name: "IDs swapped",
        weight: 1,
        instances: |s| ids(s).len() * ids(s).len(),
        make: |s, n, _| {
            let ids = ids(s);
            let (one, other) = split(n, ids.len());
            let [one, other] = [one, other].map(|at| &ids[at].1);
            let edits = Edits::replace(one, s.markup.part(other));
            Some(edits.and_replace(other, s.markup.part(one)))
        },
    },
    Operator {
        name: "ID and Reference changed together",
        weight: 1,
        instances: |s| ids(s).len(),
        make: |s, n, _| {
            let (_, range) = &ids(s)[n];
            let value = s.markup.part(range).split_once('=')?.1.trim_matches('"');
            let edits = Edits::replace(range, "ID=\"_renamed\"");
            let references = s.markup.all("Reference").into_iter();
            let uris = references.filter_map(|r| s.markup.attribute(r, "URI"));
            let own = uris.filter(|uri| s.markup.part(&uri.value).strip_prefix('#') == Some(value));
            Some(own.fold(edits, |edits, uri| edits.and_replace(&uri.value, "#_renamed")))
        },
    },
];

const SPELLINGS: &[&str] = &["ID", "Id", "id", "iD", "xml:id", "AssertionID", "xmlns:ID"];

const CHANGES: &[fn(&str) -> String] = &[
    |_| String::new(),
    |_| "_other".to_owned(),
    |id| format!(" {id}"),
    |id| format!("{id} "),
    |id| format!("{id}&#10;"),
    |id| format!("#{id}"),
    str::to_uppercase,
    |id| id.replace('_', "%5F"),
    |id| format!("{id}\u{200b}"),
];

/// Elements with an ID, and its range.
fn ids(s: &Subject<'_>) -> Vec<(usize, std::ops::Range<usize>)> {
    let attributes = s.markup.attributes().into_iter();
    let ids = attributes.filter(|(_, a)| matches!(s.markup.part(&a.name), "ID" | "Id"));
    ids.map(|(element, attribute)| (element, attribute.range)).collect()
}
