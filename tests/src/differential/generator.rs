//! Documents full of what canonicalization has to get right.

use crate::random::Random;

/// What surrounds the root element is part of the canonical form of a document.
const DECLARATIONS: &[&str] = &[
    "",
    "",
    "<?xml version=\"1.0\"?>",
    "<?xml version='1.0' encoding='UTF-8' standalone=\"no\"?>\r\n",
];
const AROUND_ROOT: &[&str] = &["", " ", "\n", "\r\n", "<!-- m\r\n -->", "<?m d?>", "<?m?>"];

const PREFIXES: &[&str] = &["", "", "p", "q", "r", "a", "ab", "xs"];
const NAMESPACES: &[&str] = &["urn:a", "urn:b", "urn:A", "http://x/y?a=1;b=2", "urn:a%C3"];
const XML_NAMESPACE: &str = "http://www.w3.org/XML/1998/namespace";

const NAMES: &[&str] = &["a", "b", "c", "é", "A", "x.y-z", "\u{10000}"];
/// U+FF5E sorts before U+10400 by code point and after it by UTF-16 unit.
const ATTRIBUTE_NAMES: &[&str] = &["a", "b", "B", "i-d", "é", "\u{10400}", "\u{ff5e}", "z", "_"];

const TEXTS: &[&str] = &[
    "x",
    "  ",
    "\n",
    "\r\n",
    "\r",
    "\t",
    "&amp;",
    "&lt;",
    "&gt;",
    ">",
    "\"",
    "'",
    "&quot;",
    "&apos;",
    "&#13;",
    "&#xA;",
    "&#9;",
    "é",
    "\u{10000}",
    "&#x1F600;",
    "\u{2028}",
    "<![CDATA[<&>\"\r\n]]>",
    "<![CDATA[]]>",
    "]]",
    "&#x85;",
    "\u{7f}",
    "\u{85}",
    "\u{fffd}",
    "&#x10FFFF;",
];
const VALUES: &[&str] = &[
    "x",
    "  ",
    "\n",
    "\r\n",
    "\r",
    "\t",
    "&amp;",
    "&lt;",
    ">",
    "&gt;",
    "&quot;",
    "&apos;",
    "&#13;",
    "&#xA;",
    "&#9;",
    "é",
    "\u{10000}",
    "&#x20;",
    "&#x1F600;",
];
const COMMENTS: &[&str] = &["", " c ", "&x;\r\n<", "-", "]]>"];
const INSTRUCTIONS: &[&str] = &["p", "p  d ", "q \r\n&<d?", "p.1 d", "é \u{10000}"];
const SPACES: &[&str] = &[" ", " ", "  ", "\n", "\t ", "\r\n"];

/// Values of `xml:base` that libxml2 joins as the specification says; what it joins otherwise is
/// compared in the unit tests of `c14n` with the tables of RFC 3986.
const BASES: &[&str] = &["a/", "b/c", "http://h/x/y", "/abs/z", "http://h/", "d"];

/// Deep enough for three levels of shadowing, small enough for many documents a second.
const MAX_DEPTH: usize = 6;
const MAX_ELEMENTS: usize = 60;

/// A well-formed document.
pub(super) fn document(random: &mut Random) -> String {
    let mut text = String::from(random.pick(DECLARATIONS));
    around_root(random, &mut text);
    element(random, "i", &mut text);
    around_root(random, &mut text);
    text
}

/// An element with everything in it, which uses no prefix of its ancestors. The values of `xml:id` begin
/// with `ids`.
pub(super) fn element(random: &mut Random, ids: &str, text: &mut String) {
    Writer { random, ids, text, elements: 0 }.element(&Scope::default(), 0);
}

fn around_root(random: &mut Random, text: &mut String) {
    for _ in 0..random.below(4) {
        let part = random.pick(AROUND_ROOT);
        text.push_str(part);
    }
}

/// Namespaces in scope: prefix and name, the innermost last.
type Scope = Vec<(&'static str, &'static str)>;

fn namespace_of(scope: &Scope, prefix: &str) -> Option<&'static str> {
    scope.iter().rev().find(|(known, _)| *known == prefix).map(|(_, name)| *name)
}

struct Writer<'a> {
    random: &'a mut Random,
    ids: &'a str,
    text: &'a mut String,
    elements: usize,
}

impl Writer<'_> {
    fn element(&mut self, outer: &Scope, depth: usize) {
        self.elements += 1;
        let declared = self.declarations();
        let scope: Scope = outer.iter().chain(&declared).copied().collect();
        let usable: Vec<&str> =
            scope.iter().map(|(prefix, _)| *prefix).filter(|prefix| !prefix.is_empty()).collect();
        let local = self.random.pick(NAMES);
        let name = if !usable.is_empty() && self.random.chance(50) {
            format!("{}:{local}", self.random.pick(&usable))
        } else {
            local.to_owned()
        };
        let mut attributes: Vec<(String, String)> = declared
            .iter()
            .map(|(prefix, name)| (declaration_name(prefix), (*name).to_owned()))
            .collect();
        if self.random.chance(3) {
            attributes.push(("xmlns:xml".to_owned(), XML_NAMESPACE.to_owned()));
        }
        self.attributes(&scope, &usable, &mut attributes);
        self.xml_attributes(&mut attributes);
        self.random.shuffle(&mut attributes);
        self.start_tag(&name, &attributes);
        self.content(&name, &scope, depth);
    }

    /// New, redeclared, shadowing, repeated and unused namespaces; the default also undeclared.
    fn declarations(&mut self) -> Scope {
        let mut declared = Scope::new();
        for _ in 0..self.random.pick(&[0, 0, 1, 1, 2, 3]) {
            let prefix = self.random.pick(PREFIXES);
            if declared.iter().any(|(known, _)| *known == prefix) {
                continue;
            }
            let undeclares = prefix.is_empty() && self.random.chance(40);
            declared.push((prefix, if undeclares { "" } else { self.random.pick(NAMESPACES) }));
        }
        declared
    }

    fn attributes(
        &mut self,
        scope: &Scope,
        usable: &[&str],
        attributes: &mut Vec<(String, String)>,
    ) {
        let mut used = Vec::new();
        for _ in 0..self.random.pick(&[0, 0, 1, 2, 4]) {
            let prefix = if usable.is_empty() || self.random.chance(40) {
                ""
            } else {
                self.random.pick(usable)
            };
            let local = self.random.pick(ATTRIBUTE_NAMES);
            let namespace = if prefix.is_empty() { None } else { namespace_of(scope, prefix) };
            if used.contains(&(namespace, local)) {
                continue;
            }
            used.push((namespace, local));
            let separator = if prefix.is_empty() { "" } else { ":" };
            let value = self.joined(VALUES, 4);
            attributes.push((format!("{prefix}{separator}{local}"), value));
        }
    }

    /// What Canonical XML inherits from ancestors outside the subtree, or must not.
    fn xml_attributes(&mut self, attributes: &mut Vec<(String, String)>) {
        let id = format!("{}{}", self.ids, self.elements);
        let choices: [(&str, &[&str]); 5] = [
            ("lang", &["en", "de", ""]),
            ("space", &["preserve", "default"]),
            ("id", &[&id]),
            ("foo", &["1", "2"]),
            ("base", BASES),
        ];
        for (local, values) in choices {
            if self.random.chance(10) {
                attributes.push((format!("xml:{local}"), self.random.pick(values).to_owned()));
            }
        }
    }

    fn start_tag(&mut self, name: &str, attributes: &[(String, String)]) {
        self.text.push('<');
        self.text.push_str(name);
        for (name, value) in attributes {
            self.one_of(SPACES);
            self.text.push_str(name);
            self.one_of(&["", "", " "]);
            self.text.push('=');
            self.one_of(&["", "", " "]);
            let quote = self.random.pick(&['"', '\'']);
            self.text.push(quote);
            self.text.push_str(value);
            self.text.push(quote);
        }
        self.one_of(&["", "", " ", "\n"]);
    }

    fn content(&mut self, name: &str, scope: &Scope, depth: usize) {
        let is_leaf = depth >= MAX_DEPTH || self.elements >= MAX_ELEMENTS;
        let children = if is_leaf { 0 } else { self.random.below(5) };
        if children == 0 && self.random.chance(50) {
            self.text.push_str("/>");
            return;
        }
        self.text.push('>');
        for _ in 0..children {
            match self.random.below(10) {
                0..5 => self.element(scope, depth + 1),
                5..8 => {
                    let characters = self.joined(TEXTS, 5);
                    if !ends_cdata(self.text, &characters) {
                        self.text.push_str(&characters);
                    }
                }
                8 => self.enclosed("<!--", COMMENTS, "-->"),
                _ => self.enclosed("<?", INSTRUCTIONS, "?>"),
            }
        }
        self.text.push_str("</");
        self.text.push_str(name);
        self.one_of(&["", "", " ", "\n"]);
        self.text.push('>');
    }

    fn enclosed(&mut self, start: &str, choices: &[&str], end: &str) {
        self.text.push_str(start);
        // A comment must not end in a hyphen of its own.
        let inside = match self.random.pick(choices) {
            "-" => "- ",
            other => other,
        };
        self.text.push_str(inside);
        self.text.push_str(end);
    }

    fn one_of(&mut self, choices: &[&str]) {
        let choice = self.random.pick(choices);
        self.text.push_str(choice);
    }

    fn joined(&mut self, parts: &[&str], at_most: usize) -> String {
        let mut joined = String::new();
        for _ in 0..self.random.below(at_most + 1) {
            let part = self.random.pick(parts);
            if !ends_cdata(&joined, part) {
                joined.push_str(part);
            }
        }
        joined
    }
}

/// Whether brackets come to stand before `>`, which character data must not have (XML 2.4).
fn ends_cdata(before: &str, after: &str) -> bool {
    before.ends_with(']') && after.starts_with(['>', ']'])
}

fn declaration_name(prefix: &str) -> String {
    if prefix.is_empty() { "xmlns".to_owned() } else { format!("xmlns:{prefix}") }
}

/// Pieces that make documents malformed, or differently formed.
const NOISE: &[&[u8]] = &[
    b"<",
    b">",
    b"&",
    b"\"",
    b"'",
    b"/",
    b"=",
    b" ",
    b"x",
    b":",
    b"-",
    b"--",
    b"!",
    b"?",
    b"]",
    b"]]>",
    b"\xff",
    b"\xc3",
    b"\n",
    b"\r",
    b"&#0;",
    b"&#xFFFE;",
    b"&#x1;",
    b"&e;",
    b"<!--",
    b"-->",
    b"<?",
    b"?>",
    b"xmlns",
    b"xml",
    b"<![CDATA[",
    b"\xef\xbf\xbf",
    b"\xed\xa0\x80",
    b"#",
    b";",
    b"1",
    b".",
    b"\x7f",
    b"\xc2\xb7",
    b"<a>",
    b"</a>",
    b"<a/>",
    b"<!DOCTYPE a>",
    b"urn:",
    b"xmlns:p=''",
];

/// Inserts, deletes, replaces and repeats bytes in one to three places. The byte 0 is not among them:
/// libxml2 takes it for the end of the document.
pub(super) fn disturb(random: &mut Random, document: &[u8]) -> Vec<u8> {
    let mut bytes = document.to_vec();
    for _ in 0..random.pick(&[1, 1, 1, 2, 3]) {
        let at = random.below(bytes.len());
        let kind = random.below(10);
        let removed = match kind {
            0..4 => 0,
            4..7 => random.pick(&[1, 1, 2, 5]),
            7..9 => 1,
            _ => 0,
        };
        let inserted = match kind {
            4..7 => Vec::new(),
            9 => {
                let from = random.below(bytes.len());
                let to = bytes.len().min(from + 1 + random.below(20));
                bytes[from..to].to_vec()
            }
            _ => random.pick(NOISE).to_vec(),
        };
        let end = bytes.len().min(at + removed);
        bytes.splice(at..end, inserted);
    }
    bytes
}

#[cfg(test)]
mod tests {
    use deskgate_core::limits::XmlLimits;
    use deskgate_core::xml::Document;

    use super::*;

    /// Otherwise documents that both sides refuse would hide what is not compared.
    #[test]
    fn generated_documents_are_well_formed() {
        for number in 0..1_000 {
            let text = document(&mut Random::of(3, number));
            let parsed = Document::parse(text.as_bytes(), &XmlLimits::METADATA);
            assert!(parsed.is_ok(), "{:?}: {text}", parsed.err());
        }
    }
}
