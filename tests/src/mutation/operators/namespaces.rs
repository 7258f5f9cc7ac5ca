//! Namespaces declared again, bound otherwise, undeclared, and prefixes renamed.

use super::{Edits, Operator, Subject, split};

pub(super) const OPERATORS: &[Operator] = &[
    Operator {
        name: "namespace declared that nobody uses",
        weight: 1,
        instances: |s| s.markup.elements.len(),
        make: |s, n, _| declare(s, n, "xmlns:unused=\"urn:unused\""),
    },
    Operator {
        name: "namespace declared again as it is",
        weight: 1,
        instances: |s| s.markup.elements.len(),
        make: |s, n, random| {
            let namespaces = s.markup.namespaces(n);
            if namespaces.is_empty() {
                return None;
            }
            let (prefix, name) = random.pick(&namespaces);
            let colon = if prefix.is_empty() { "" } else { ":" };
            declare(s, n, &format!("xmlns{colon}{prefix}=\"{name}\""))
        },
    },
    Operator {
        name: "prefix bound to another namespace",
        weight: 2,
        instances: |s| s.markup.elements.len() * CONFUSABLE.len(),
        make: |s, n, random| {
            let (change, element) = split(n, CONFUSABLE.len());
            let namespaces = s.markup.namespaces(element);
            if namespaces.is_empty() {
                return None;
            }
            let (prefix, name) = random.pick(&namespaces);
            let colon = if prefix.is_empty() { "" } else { ":" };
            let declaration = format!("xmlns{colon}{prefix}");
            let name = CONFUSABLE[change](name);
            if let Some(own) = s.markup.attribute(element, &declaration) {
                return Some(Edits::replace(&own.value, name));
            }
            declare(s, element, &format!("{declaration}=\"{name}\""))
        },
    },
    Operator {
        name: "default namespace declared or undeclared",
        weight: 1,
        instances: |s| s.markup.elements.len() * DEFAULTS.len(),
        make: |s, n, _| {
            let (default, element) = split(n, DEFAULTS.len());
            declare(s, element, &format!("xmlns=\"{}\"", DEFAULTS[default]))
        },
    },
    Operator {
        name: "prefix renamed",
        weight: 1,
        instances: |s| s.markup.elements.len(),
        make: |s, n, _| rename(s, n),
    },
    Operator {
        name: "element with another prefix",
        weight: 1,
        instances: |s| s.markup.elements.len() * PREFIXES.len(),
        make: |s, n, _| {
            let (prefix, element) = split(n, PREFIXES.len());
            with_prefix(s, element, PREFIXES[prefix])
        },
    },
    Operator {
        name: "namespaces declared on the root",
        weight: 1,
        instances: |s| s.markup.elements.len(),
        make: |s, n, _| {
            let own = s.markup.elements[n].attributes.iter();
            let own: Vec<_> =
                own.filter(|a| s.markup.part(&a.name).starts_with("xmlns:")).collect();
            let text: String =
                own.iter().map(|a| format!(" {}", s.markup.part(&a.range))).collect();
            let edits = Edits::insert(s.markup.elements[0].name.end, text);
            (n > 0).then(|| own.iter().fold(edits, |e, a| e.and_replace(&a.range, "")))
        },
    },
];

const CONFUSABLE: &[fn(&str) -> String] = &[
    |name| format!("{name}/"),
    |name| format!("{name}#"),
    str::to_uppercase,
    |name| name.replace("2.0", "1.0"),
    |name| name.replace('a', "\u{430}"),
    |name| format!(" {name}"),
    |name| name.replace("http:", "https:"),
    |name| format!("{name}%20"),
    |_| String::new(),
    |_| "urn:x".to_owned(),
    |_| "http://www.w3.org/XML/1998/namespace".to_owned(),
    |_| "urn:oasis:names:tc:SAML:2.0:protocol".to_owned(),
    |name| format!("{}&#{};", &name[..name.len().saturating_sub(1)], last(name)),
];

const DEFAULTS: &[&str] = &[
    "",
    "urn:x",
    "urn:oasis:names:tc:SAML:2.0:assertion",
    "urn:oasis:names:tc:SAML:2.0:protocol",
    "http://www.w3.org/2000/09/xmldsig#",
];

const PREFIXES: &[&str] = &["", "ds", "samlp", "saml", "xml", "xmlns", "undeclared"];

fn last(name: &str) -> u32 {
    name.chars().last().map_or(0, u32::from)
}

fn declare(s: &Subject<'_>, element: usize, declaration: &str) -> Option<Edits> {
    let name = declaration.split_once('=')?.0;
    let at = s.markup.elements.get(element)?.name.end;
    s.markup
        .attribute(element, name)
        .is_none()
        .then(|| Edits::insert(at, format!(" {declaration}")))
}

/// In the whole subtree, with a declaration where it begins.
fn rename(s: &Subject<'_>, top: usize) -> Option<Edits> {
    let prefix = s.markup.prefix(top);
    let namespace = s.markup.namespace(top);
    let at = s.markup.elements[top].name.end;
    let mut edits = Edits::insert(at, format!(" xmlns:renamed=\"{namespace}\""));
    for element in 0..s.markup.elements.len() {
        if s.markup.is_inside(element, top)
            && s.markup.prefix(element) == prefix
            && s.markup.namespace(element) == namespace
        {
            edits = renamed(s, element, "renamed", edits);
        }
    }
    Some(edits)
}

fn with_prefix(s: &Subject<'_>, element: usize, prefix: &str) -> Option<Edits> {
    (s.markup.prefix(element) != prefix).then(|| renamed(s, element, prefix, Edits::default()))
}

fn renamed(s: &Subject<'_>, element: usize, prefix: &str, edits: Edits) -> Edits {
    let colon = if prefix.is_empty() { "" } else { ":" };
    let name = format!("{prefix}{colon}{}", s.markup.local_name(element));
    let found = &s.markup.elements[element];
    let edits = edits.and_replace(&found.name, name.as_str());
    if found.range == found.open {
        return edits;
    }
    edits.and_replace(&(found.content.end..found.range.end), format!("</{name}>"))
}
