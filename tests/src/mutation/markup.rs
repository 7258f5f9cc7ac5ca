//! A document as ranges of its text: what a mutation cuts out and puts in elsewhere.
//!
//! Deliberately not the parser of the core: it takes every base and many mutants that the core
//! refuses, and shares no mistake with it.

use std::ops::Range;

use super::infoset::decoded;

const XMLDSIG: &str = "http://www.w3.org/2000/09/xmldsig#";

/// Deeper than any mutation makes a document that is looked at again.
const MAX_DEPTH: usize = 200;

#[derive(Debug)]
pub(super) struct Markup<'t> {
    pub(super) text: &'t str,
    /// In document order.
    pub(super) elements: Vec<Element>,
    /// Character data, comments and CDATA sections excluded.
    pub(super) runs: Vec<Run>,
}

#[derive(Clone, Debug)]
pub(super) struct Element {
    pub(super) range: Range<usize>,
    /// The start tag.
    pub(super) open: Range<usize>,
    /// Between the tags; empty for an empty-element tag.
    pub(super) content: Range<usize>,
    pub(super) name: Range<usize>,
    pub(super) attributes: Vec<Attribute>,
    pub(super) parent: Option<usize>,
}

#[derive(Clone, Debug)]
pub(super) struct Attribute {
    /// From its name to its closing quote.
    pub(super) range: Range<usize>,
    pub(super) name: Range<usize>,
    pub(super) value: Range<usize>,
}

#[derive(Clone, Debug)]
pub(super) struct Run {
    pub(super) range: Range<usize>,
    pub(super) parent: usize,
}

/// An element with a Signature among its children, and the parts of that Signature.
#[derive(Clone, Debug)]
pub(super) struct Signed {
    pub(super) element: usize,
    pub(super) signature: usize,
}

impl<'t> Markup<'t> {
    /// `None` for what does not even have matching tags.
    pub(super) fn scan(text: &'t str) -> Option<Self> {
        let mut markup = Self { text, elements: Vec::new(), runs: Vec::new() };
        let mut open: Vec<usize> = Vec::new();
        let mut at = 0;
        while at < text.len() {
            let rest = &text[at..];
            let Some(length) = rest.find('<') else { break };
            if let Some(&parent) = open.last()
                && length > 0
            {
                markup.runs.push(Run { range: at..at + length, parent });
            }
            at += length;
            let rest = &text[at..];
            if let Some(end) = end_of_other(rest) {
                at += end?;
            } else if rest.starts_with("</") {
                let end = at + rest.find('>')? + 1;
                let element = &mut markup.elements[open.pop()?];
                element.content.end = at;
                element.range.end = end;
                at = end;
            } else {
                let element = start_tag(text, at, open.last().copied())?;
                at = element.open.end;
                if text.as_bytes()[at - 2] != b'/' {
                    open.push(markup.elements.len());
                }
                markup.elements.push(element);
            }
            if open.len() > MAX_DEPTH {
                return None;
            }
        }
        (open.is_empty() && !markup.elements.is_empty()).then_some(markup)
    }

    pub(super) fn part(&self, range: &Range<usize>) -> &'t str {
        &self.text[range.clone()]
    }

    pub(super) fn element_text(&self, element: usize) -> &'t str {
        self.part(&self.elements[element].range)
    }

    pub(super) fn name(&self, element: usize) -> &'t str {
        self.part(&self.elements[element].name)
    }

    pub(super) fn prefix(&self, element: usize) -> &'t str {
        self.name(element).split_once(':').map_or("", |(prefix, _)| prefix)
    }

    pub(super) fn local_name(&self, element: usize) -> &'t str {
        let name = self.name(element);
        name.split_once(':').map_or(name, |(_, local_name)| local_name)
    }

    pub(super) fn all(&self, local_name: &str) -> Vec<usize> {
        (0..self.elements.len()).filter(|&e| self.local_name(e) == local_name).collect()
    }

    pub(super) fn attribute(&self, element: usize, name: &str) -> Option<&Attribute> {
        self.elements[element].attributes.iter().find(|a| self.part(&a.name) == name)
    }

    pub(super) fn value(&self, element: usize, name: &str) -> Option<&'t str> {
        self.attribute(element, name).map(|attribute| self.part(&attribute.value))
    }

    /// Every attribute of every element.
    pub(super) fn attributes(&self) -> Vec<(usize, Attribute)> {
        let of = |(index, element): (usize, &Element)| {
            element.attributes.iter().map(move |a| (index, a.clone())).collect::<Vec<_>>()
        };
        self.elements.iter().enumerate().flat_map(of).collect()
    }

    pub(super) fn children(&self, element: usize) -> Vec<usize> {
        (0..self.elements.len()).filter(|&e| self.elements[e].parent == Some(element)).collect()
    }

    pub(super) fn is_inside(&self, inner: usize, outer: usize) -> bool {
        let (inner, outer) = (&self.elements[inner].range, &self.elements[outer].range);
        outer.start <= inner.start && inner.end <= outer.end
    }

    /// Prefixes that are declared on this element (as attributes) and above it, the nearest first.
    pub(super) fn namespaces(&self, element: usize) -> Vec<(&'t str, &'t str)> {
        let mut found: Vec<(&str, &str)> = Vec::new();
        let mut next = Some(element);
        while let Some(element) = next {
            for attribute in &self.elements[element].attributes {
                let name = self.part(&attribute.name);
                let prefix = if name == "xmlns" { Some("") } else { name.strip_prefix("xmlns:") };
                if let Some(prefix) = prefix
                    && !found.iter().any(|(known, _)| *known == prefix)
                {
                    found.push((prefix, self.part(&attribute.value)));
                }
            }
            next = self.elements[element].parent;
        }
        found
    }

    pub(super) fn namespace(&self, element: usize) -> &'t str {
        let prefix = self.prefix(element);
        let namespaces = self.namespaces(element);
        namespaces.iter().find(|(known, _)| *known == prefix).map_or("", |(_, name)| name)
    }

    /// The text of an element that means the same anywhere: with the declarations from above it.
    pub(super) fn carried(&self, element: usize) -> String {
        let Element { range, name, .. } = &self.elements[element];
        let own = |prefix: &str| {
            let declaration =
                if prefix.is_empty() { "xmlns".to_owned() } else { format!("xmlns:{prefix}") };
            self.attribute(element, &declaration).is_some()
        };
        let mut text = self.text[range.start..name.end].to_owned();
        for (prefix, namespace) in self.namespaces(element) {
            if !own(prefix) {
                let colon = if prefix.is_empty() { "" } else { ":" };
                text.push_str(&format!(" xmlns{colon}{prefix}=\"{namespace}\""));
            }
        }
        text.push_str(&self.text[name.end..range.end]);
        text
    }

    /// Elements that carry a Signature: the root and its children. One deeper is refused, always.
    pub(super) fn signed(&self) -> Vec<Signed> {
        let signatures = self.all("Signature");
        let of = |signature: usize| {
            let element = self.elements[signature].parent?;
            let grandparent = self.elements[element].parent;
            let is_place = grandparent.is_none_or(|above| self.elements[above].parent.is_none());
            (is_place && decoded(self.namespace(signature)) == XMLDSIG)
                .then_some(Signed { element, signature })
        };
        signatures.into_iter().filter_map(of).collect()
    }

    /// The child of a Signature with this name.
    pub(super) fn child(&self, element: usize, local_name: &str) -> Option<usize> {
        self.children(element).into_iter().find(|&child| self.local_name(child) == local_name)
    }
}

/// The length of a comment, CDATA section, processing instruction or declaration, if one begins here;
/// `Some(None)` if it does not end.
fn end_of_other(rest: &str) -> Option<Option<usize>> {
    let other = [("<!--", "-->"), ("<![CDATA[", "]]>"), ("<?", "?>"), ("<!", ">")];
    let (start, end) = other.iter().find(|(start, _)| rest.starts_with(start))?;
    Some(rest[start.len()..].find(end).map(|at| start.len() + at + end.len()))
}

fn start_tag(text: &str, start: usize, parent: Option<usize>) -> Option<Element> {
    let bytes = text.as_bytes();
    let is_end_of_name = |b: &u8| b.is_ascii_whitespace() || matches!(b, b'>' | b'/' | b'=');
    let end_of_name = |from: usize| Some(from + bytes[from..].iter().position(is_end_of_name)?);
    let name = start + 1..end_of_name(start + 1)?;
    let mut attributes = Vec::new();
    let mut at = name.end;
    loop {
        at += bytes[at..].iter().position(|b| !b.is_ascii_whitespace())?;
        match bytes[at] {
            b'>' => break,
            b'/' => at += 1,
            _ => {
                let name = at..end_of_name(at)?;
                let quote_at = name.end + bytes[name.end..].iter().position(|b| *b != b'=')?;
                let quote_at =
                    quote_at + bytes[quote_at..].iter().position(|b| !b.is_ascii_whitespace())?;
                let quote = bytes[quote_at];
                if !matches!(quote, b'"' | b'\'') {
                    return None;
                }
                let value_end =
                    quote_at + 1 + bytes[quote_at + 1..].iter().position(|b| *b == quote)?;
                let range = name.start..value_end + 1;
                attributes.push(Attribute { range, name, value: quote_at + 1..value_end });
                at = value_end + 1;
            }
        }
    }
    let open = start..at + 1;
    Some(Element {
        range: open.clone(),
        content: open.end..open.end,
        open,
        name,
        attributes,
        parent,
    })
}
