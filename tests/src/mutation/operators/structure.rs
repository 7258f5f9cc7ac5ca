//! Elements moved, copied, wrapped, unwrapped, removed, swapped and renamed.

use super::{DS, Edits, Markup, Operator, SAML, SAMLP, Subject, XENC, split};

pub(super) const OPERATORS: &[Operator] = &[
    Operator {
        name: "element moved",
        weight: 4,
        instances: |s| 2 * 4 * pairs(s),
        make: |s, n, _| transfer(s, n, true),
    },
    Operator {
        name: "element copied",
        weight: 4,
        instances: |s| 3 * 4 * pairs(s),
        make: |s, n, _| transfer(s, n, false),
    },
    Operator {
        name: "element wrapped",
        weight: 3,
        instances: |s| s.markup.elements.len() * (WRAPPERS.len() * (WRAPPERS.len() + 1)),
        make: |s, n, _| wrap(s, n),
    },
    Operator {
        name: "element unwrapped",
        weight: 1,
        instances: elements,
        make: |s, n, _| {
            let element = &s.markup.elements[n];
            Some(Edits::replace(&element.range, s.markup.part(&element.content)))
        },
    },
    Operator {
        name: "element removed",
        weight: 1,
        instances: elements,
        make: |s, n, _| Some(Edits::remove(&s.markup.elements[n].range)),
    },
    Operator {
        name: "content removed",
        weight: 1,
        instances: elements,
        make: |s, n, _| Some(Edits::remove(&s.markup.elements[n].content)),
    },
    Operator {
        name: "elements swapped",
        weight: 1,
        instances: pairs,
        make: |s, n, _| {
            let (one, other) = split(n, s.markup.elements.len());
            let [one_range, other_range] = [one, other].map(|e| &s.markup.elements[e].range);
            let edits = Edits::replace(one_range, s.markup.carried(other));
            Some(edits.and_replace(other_range, s.markup.carried(one)))
        },
    },
    Operator {
        name: "element renamed",
        weight: 1,
        instances: |s| elements(s) * NAMES.len(),
        make: |s, n, _| {
            let (name, element) = split(n, NAMES.len());
            rename(&s.markup, element, NAMES[name])
        },
    },
    Operator {
        name: "element nested deeply",
        weight: 1,
        instances: elements,
        make: |s, n, random| {
            let depth = random.pick(&[24, 32, 33, 60]);
            let [open, close] = ["<x>", "</x>"].map(|tag| tag.repeat(depth));
            let range = &s.markup.elements[n].range;
            Some(Edits::insert(range.start, open).and_insert(range.end, close))
        },
    },
    Operator {
        name: "element written as two tags or one",
        weight: 1,
        instances: elements,
        make: |s, n, _| other_tags(&s.markup, n),
    },
];

fn elements(s: &Subject<'_>) -> usize {
    s.markup.elements.len()
}

fn pairs(s: &Subject<'_>) -> usize {
    elements(s) * elements(s)
}

/// What real and imagined messages hold other elements in.
const WRAPPERS: &[(&str, &str, &str)] = &[
    (SAMLP, "Extensions", ""),
    (SAMLP, "StatusDetail", ""),
    (SAMLP, "Response", " ID=\"_wrapper\" Version=\"2.0\" IssueInstant=\"2026-11-21T12:00:00Z\""),
    (SAML, "Assertion", " ID=\"_wrapper\" Version=\"2.0\" IssueInstant=\"2026-11-21T12:00:00Z\""),
    (SAML, "Advice", ""),
    (SAML, "AttributeValue", ""),
    (SAML, "Subject", ""),
    (SAML, "SubjectConfirmationData", ""),
    (SAML, "EncryptedAssertion", ""),
    (DS, "Object", ""),
    (DS, "KeyInfo", ""),
    (DS, "Signature", ""),
    (XENC, "EncryptedData", ""),
    ("http://schemas.xmlsoap.org/soap/envelope/", "Body", ""),
    ("urn:x", "x", ""),
];

/// Names that another reader might take for the same, or that mean something else.
const NAMES: &[&str] = &[
    "Assertion",
    "Response",
    "EncryptedAssertion",
    "LogoutResponse",
    "ArtifactResponse",
    "Signature",
    "x",
    "assertion",
    "\u{410}ssertion",
    "NameID",
];

/// Source, target and where: before, after, first inside, last inside. As it is written, with its
/// namespaces, and (copies) with its namespaces and without its IDs.
fn transfer(s: &Subject<'_>, n: usize, removes: bool) -> Option<Edits> {
    let markup = &s.markup;
    let (position, rest) = split(n, 4);
    let (source, rest) = split(rest, markup.elements.len());
    let (target, form) = split(rest, markup.elements.len());
    if removes && markup.is_inside(target, source) {
        return None;
    }
    let text = match form {
        0 => markup.element_text(source).to_owned(),
        1 => markup.carried(source),
        _ => without_ids(&markup.carried(source))?,
    };
    let to = &markup.elements[target];
    let at = match position {
        0 => to.range.start,
        1 => to.range.end,
        // Inside an empty-element tag there is no place.
        2 if !to.content.is_empty() => to.content.start,
        3 if !to.content.is_empty() => to.content.end,
        _ => return None,
    };
    let edits = Edits::insert(at, text);
    let from = &markup.elements[source].range;
    Some(if removes { edits.and_replace(from, "") } else { edits })
}

fn without_ids(text: &str) -> Option<String> {
    let markup = Markup::scan(text)?;
    let attributes = markup.attributes().into_iter();
    let ids = attributes.filter(|(_, a)| matches!(markup.part(&a.name), "ID" | "Id"));
    let edits = ids.fold(Edits::default(), |edits, (_, a)| edits.and_replace(&a.range, ""));
    Some(edits.apply(text).unwrap_or_else(|| text.to_owned()))
}

/// One wrapper, or one in another.
fn wrap(s: &Subject<'_>, n: usize) -> Option<Edits> {
    let (outer, rest) = split(n, WRAPPERS.len());
    let (inner, element) = split(rest, WRAPPERS.len() + 1);
    let wrappers = [Some(WRAPPERS[outer]), WRAPPERS.get(inner).copied()];
    let wrappers = wrappers.iter().flatten();
    let (mut before, mut after) = (String::new(), String::new());
    for (namespace, name, attributes) in wrappers {
        before.push_str(&format!("<w:{name} xmlns:w=\"{namespace}\"{attributes}>"));
        after.insert_str(0, &format!("</w:{name}>"));
    }
    let range = &s.markup.elements.get(element)?.range;
    Some(Edits::insert(range.start, before).and_insert(range.end, after))
}

fn rename(markup: &Markup<'_>, element: usize, name: &str) -> Option<Edits> {
    let prefix = markup.prefix(element);
    let name = if prefix.is_empty() { name.to_owned() } else { format!("{prefix}:{name}") };
    let found = &markup.elements[element];
    let edits = Edits::replace(&found.name, name.as_str());
    if found.range == found.open {
        return Some(edits);
    }
    let close = found.content.end..found.range.end;
    Some(edits.and_replace(&close, format!("</{name}>")))
}

fn other_tags(markup: &Markup<'_>, element: usize) -> Option<Edits> {
    let found = &markup.elements[element];
    if found.range == found.open {
        let slash = found.open.end - 2..found.open.end;
        return Some(Edits::replace(&slash, format!("></{}>", markup.name(element))));
    }
    let rest = found.open.end - 1..found.range.end;
    found.content.is_empty().then(|| Edits::replace(&rest, "/>"))
}
