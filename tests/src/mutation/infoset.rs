//! What a document says, however it is written: a second opinion on what a signature covers, which
//! shares nothing with the parser and the canonicalization of the core.

use std::rc::Rc;

use super::markup::{Attribute, Markup, Signed};

/// Start tags with expanded names and sorted attributes, text, end tags. Comments and namespace
/// declarations are not part of it: exclusive canonicalization leaves them out or to whoever uses them.
pub(super) fn infoset(markup: &Markup<'_>, top: usize, without: Option<usize>) -> String {
    let mut written = String::new();
    let mut at = markup.elements[top].range.start;
    let end = markup.elements[top].range.end;
    let mut element = top;
    let scopes = scopes(markup);
    while at < end {
        if without.is_some_and(|w| markup.elements[w].range.start == at) {
            let range = without.map(|w| markup.elements[w].range.clone()).unwrap_or_default();
            at = range.end;
            element = (element..markup.elements.len())
                .find(|&e| markup.elements[e].range.start >= at)
                .unwrap_or(markup.elements.len());
            continue;
        }
        let rest = &markup.text[at..end];
        at += if let Some(found) = markup.elements.get(element).filter(|e| e.range.start == at) {
            start(markup, element, &scopes[element], &mut written);
            element += 1;
            if found.range == found.open {
                written.push('\u{3}');
            }
            found.open.len()
        } else if rest.starts_with("</") {
            written.push('\u{3}');
            rest.find('>').map_or(rest.len(), |end| end + 1)
        } else if rest.starts_with("<!--") {
            rest.find("-->").map_or(rest.len(), |end| end + 3)
        } else if let Some(section) = rest.strip_prefix("<![CDATA[") {
            let length = section.find("]]>").unwrap_or(section.len());
            written.push_str(&section[..length].replace("\r\n", "\n").replace('\r', "\n"));
            length + "<![CDATA[]]>".len()
        } else if rest.starts_with("<?") {
            let length = rest.find("?>").map_or(rest.len(), |end| end + 2);
            written.push_str(&rest[..length]);
            length
        } else if rest.starts_with('<') {
            // A document type, which the text between two changes may have.
            let length = rest.find('>').map_or(rest.len(), |end| end + 1);
            written.push_str(&rest[..length]);
            length
        } else {
            let length = rest.find('<').unwrap_or(rest.len());
            written.push_str(&decoded(&rest[..length].replace("\r\n", "\n").replace('\r', "\n")));
            length
        };
    }
    written
}

type Scope<'t> = Rc<Vec<(&'t str, &'t str)>>;

/// Prefixes in scope, by element; an element that declares nothing shares those of its parent.
fn scopes<'t>(markup: &Markup<'t>) -> Vec<Scope<'t>> {
    let mut scopes: Vec<Scope<'t>> = Vec::with_capacity(markup.elements.len());
    for (index, element) in markup.elements.iter().enumerate() {
        let declares = |a: &Attribute| markup.part(&a.name).starts_with("xmlns");
        let own = element.attributes.iter().any(declares);
        scopes.push(match element.parent {
            Some(parent) if !own => Rc::clone(&scopes[parent]),
            _ => Rc::new(markup.namespaces(index)),
        });
    }
    scopes
}

fn start(markup: &Markup<'_>, element: usize, namespaces: &Scope<'_>, written: &mut String) {
    let namespace = |prefix: &str| {
        let found = namespaces.iter().find(|(known, _)| *known == prefix);
        found.map_or_else(String::new, |(_, name)| decoded(name))
    };
    let name = markup.name(element);
    written.push_str(&format!("\u{1}{name}\u{2}{}", namespace(markup.prefix(element))));
    let mut attributes = Vec::new();
    for attribute in &markup.elements[element].attributes {
        let name = markup.part(&attribute.name);
        if name == "xmlns" || name.starts_with("xmlns:") {
            continue;
        }
        let of_name =
            name.split_once(':').map_or_else(String::new, |(prefix, _)| namespace(prefix));
        let value =
            markup.part(&attribute.value).replace("\r\n", " ").replace(['\r', '\n', '\t'], " ");
        attributes.push(format!("\u{2}{of_name}\u{2}{name}\u{2}{}", decoded(&value)));
    }
    attributes.sort();
    written.push_str(&attributes.concat());
    written.push('\u{4}');
}

/// With references replaced; one that is none stays, as no accepted document has one.
pub(super) fn decoded(text: &str) -> String {
    let mut pieces = text.split('&');
    let mut decoded = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let (name, rest) = piece.split_once(';').unwrap_or((piece, ""));
        let code = match name.strip_prefix('#') {
            Some(number) => match number.strip_prefix('x') {
                Some(hexadecimal) => u32::from_str_radix(hexadecimal, 16).ok(),
                None => number.parse().ok(),
            },
            None => match name {
                "amp" => Some(38),
                "lt" => Some(60),
                "gt" => Some(62),
                "quot" => Some(34),
                "apos" => Some(39),
                _ => None,
            },
        };
        match code.and_then(char::from_u32) {
            Some(character) => decoded.push(character),
            None => decoded.push_str(&format!("&{name};")),
        }
        decoded.push_str(rest);
    }
    decoded
}

/// What the signed elements of a document say, each with its ID.
pub(super) fn signed(markup: &Markup<'_>) -> Vec<(String, String)> {
    let of = |signed: &Signed| {
        let id = markup.value(signed.element, "ID").map(decoded).unwrap_or_default();
        (id, infoset(markup, signed.element, Some(signed.signature)))
    };
    markup.signed().iter().map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(one: &str, other: &str, is_same: bool) {
        let [one, other] =
            [one, other].map(|text| infoset(&Markup::scan(text).expect("a document"), 0, None));
        assert_eq!(one == other, is_same, "{one:?} {other:?}");
    }

    #[test]
    fn spelling_does_not_count() {
        check("<a  b='1' c=\"2\"/>", "<a c='&#50;' b='1'></a >", true);
        check("<a>x<!-- c -->y</a>", "<a><![CDATA[x]]>&#x79;</a>", true);
        check("<p:a xmlns:p='urn:a'/>", "<p:a xmlns:p='urn:&#97;' xmlns:q='urn:b'/>", true);
    }

    #[test]
    fn content_counts() {
        check("<a>x</a>", "<a>y</a>", false);
        check("<a>x</a>", "<a>x </a>", false);
        check("<a b='1'/>", "<a c='1'/>", false);
        check("<p:a xmlns:p='urn:a'/>", "<p:a xmlns:p='urn:b'/>", false);
        check("<a><b/>x</a>", "<a>x<b/></a>", false);
        check("<a>x</a>", "<a>x<?p?></a>", false);
    }
}
