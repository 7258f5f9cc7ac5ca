//! Attributes removed, changed, added, moved and written otherwise.

use super::{EVIL, Edits, Operator, Subject, split};

pub(super) const OPERATORS: &[Operator] = &[
    Operator {
        name: "attribute removed",
        weight: 1,
        instances: attributes,
        make: |s, n, _| Some(Edits::remove(&s.markup.attributes()[n].1.range)),
    },
    Operator {
        name: "attribute changed",
        weight: 2,
        instances: |s| attributes(s) * CHANGES.len(),
        make: |s, n, _| {
            let (change, attribute) = split(n, CHANGES.len());
            let value = s.markup.attributes()[attribute].1.value.clone();
            Some(Edits::replace(&value, CHANGES[change](s.markup.part(&value))))
        },
    },
    Operator {
        name: "character reference in an attribute",
        weight: 1,
        instances: attributes,
        make: |s, n, random| {
            let value = s.markup.attributes()[n].1.value.clone();
            let characters: Vec<(usize, char)> = s.markup.part(&value).char_indices().collect();
            // A character of a reference is none of its own.
            if characters.is_empty() || s.markup.part(&value).contains('&') {
                return None;
            }
            let (at, character) = random.pick(&characters);
            let at = value.start + at;
            let reference = match random.below(2) {
                0 => format!("&#{};", u32::from(character)),
                _ => format!("&#x{:x};", u32::from(character)),
            };
            Some(Edits::replace(&(at..at + character.len_utf8()), reference))
        },
    },
    Operator {
        name: "attribute added",
        weight: 2,
        instances: |s| s.markup.elements.len() * ADDED.len(),
        make: |s, n, _| {
            let (added, element) = split(n, ADDED.len());
            let at = s.markup.elements[element].name.end;
            Some(Edits::insert(at, format!(" {}", ADDED[added])))
        },
    },
    Operator {
        name: "attribute doubled",
        weight: 1,
        instances: attributes,
        make: |s, n, _| {
            let (element, attribute) = s.markup.attributes().swap_remove(n);
            let name = s.markup.part(&attribute.name);
            let at = s.markup.elements[element].name.end;
            Some(Edits::insert(at, format!(" {name}=\"{EVIL}\"")))
        },
    },
    Operator {
        name: "attribute moved to another element",
        weight: 1,
        instances: |s| attributes(s) * s.markup.elements.len(),
        make: |s, n, _| {
            let (element, attribute) = split(n, s.markup.elements.len());
            let (_, attribute) = s.markup.attributes().swap_remove(attribute);
            let at = s.markup.elements[element].name.end;
            let text = format!(" {}", s.markup.part(&attribute.range));
            Some(Edits::insert(at, text).and_replace(&attribute.range, ""))
        },
    },
    Operator {
        name: "attribute with a prefix",
        weight: 1,
        instances: attributes,
        make: |s, n, _| {
            let (_, attribute) = s.markup.attributes().swap_remove(n);
            let at = attribute.name.start;
            Some(Edits::insert(at, "xmlns:x=\"urn:x\" x:"))
        },
    },
    Operator {
        name: "attribute in another case",
        weight: 1,
        instances: attributes,
        make: |s, n, _| {
            let (_, attribute) = s.markup.attributes().swap_remove(n);
            let name = s.markup.part(&attribute.name);
            Some(Edits::replace(&attribute.name, name.to_lowercase()))
        },
    },
    Operator {
        name: "attributes in another order",
        weight: 1,
        instances: |s| s.markup.elements.len(),
        make: |s, n, random| {
            let mut texts: Vec<&str> = Vec::new();
            let attributes = &s.markup.elements[n].attributes;
            texts.extend(attributes.iter().map(|a| s.markup.part(&a.range)));
            random.shuffle(&mut texts);
            let all = attributes.first()?.range.start..attributes.last()?.range.end;
            Some(Edits::replace(&all, texts.join(" ")))
        },
    },
    Operator {
        name: "other quotes",
        weight: 1,
        instances: attributes,
        make: |s, n, _| {
            let (_, attribute) = s.markup.attributes().swap_remove(n);
            let [name, value] = [&attribute.name, &attribute.value].map(|part| s.markup.part(part));
            let own = s.markup.text.as_bytes()[attribute.range.end - 1];
            let other = if own == b'"' { '\'' } else { '"' };
            if value.contains(other) {
                return None;
            }
            Some(Edits::replace(&attribute.range, format!("{name}={other}{value}{other}")))
        },
    },
    Operator {
        name: "white space in a tag",
        weight: 1,
        instances: |s| s.markup.elements.len() * 3,
        make: |s, n, random| {
            let (position, element) = split(n, 3);
            let element = &s.markup.elements[element];
            let is_pair = element.range != element.open;
            let at = match position {
                0 => element.name.end,
                1 => element.open.end - if is_pair { 1 } else { 2 },
                _ if is_pair => element.range.end - 1,
                _ => return None,
            };
            Some(Edits::insert(at, random.pick(&[" ", "\n", "\t\r\n  "])))
        },
    },
];

fn attributes(s: &Subject<'_>) -> usize {
    s.markup.elements.iter().map(|element| element.attributes.len()).sum()
}

const CHANGES: &[fn(&str) -> String] = &[
    |_| String::new(),
    |value| format!("{value}x"),
    |value| format!(" {value}"),
    |value| format!("{value}\n"),
    |value| format!("{value}/"),
    str::to_uppercase,
    |value| value.chars().rev().collect(),
    |_| EVIL.to_owned(),
    |value| format!("&undefined;{value}"),
    |value| format!("{value}&#0;"),
    |value| format!("{value}<"),
    |value| value.get(..value.len() / 2).unwrap_or_default().to_owned(),
    |value| value.replace('a', "\u{430}"),
];

const ADDED: &[&str] = &[
    "x=\"y\"",
    "xmlns:y=\"urn:y\" y:x=\"z\"",
    "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:type=\"x\"",
    "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:nil=\"true\"",
    "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:schemaLocation=\"a b\"",
    "xml:lang=\"en\"",
    "xml:space=\"preserve\"",
    "xml:base=\"http://evil.example/\"",
    "Version=\"1.1\"",
    "Destination=\"https://evil.example/\"",
    "Recipient=\"https://evil.example/\"",
    "InResponseTo=\"_evil\"",
    "NotBefore=\"2036-01-01T00:00:00Z\"",
    "NotOnOrAfter=\"2016-01-01T00:00:00Z\"",
    "SessionNotOnOrAfter=\"2016-01-01T00:00:00Z\"",
    "Consent=\"urn:oasis:names:tc:SAML:2.0:consent:obtained\"",
    "Address=\"192.0.2.1\"",
    "Format=\"urn:oasis:names:tc:SAML:2.0:nameid-format:transient\"",
    "NameQualifier=\"evil\"",
    "SPNameQualifier=\"evil\"",
    "FriendlyName=\"mail\"",
    "Encoding=\"http://www.w3.org/2000/09/xmldsig#base64\"",
    "Type=\"http://www.w3.org/2000/09/xmldsig#Object\"",
    "URI=\"#_evil\"",
    "MimeType=\"text/xml\"",
];
