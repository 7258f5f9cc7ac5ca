//! The parser, the canonical forms and the signatures.

use std::collections::HashSet;
use std::sync::LazyLock;

use deskgate_core::c14n::{
    Canonicalization, Comments, Method, canonicalize as canonicalize_element, canonicalize_document,
};
use deskgate_core::dsig::{self, SignatureRules};
use deskgate_core::limits::XmlLimits;
use deskgate_core::xml::{Document, Element, Node};

use crate::Target;
use crate::seeds;
use crate::trusted::{CRYPTO, IDP_KEYS};

/// A canonical form can be longer and have larger attributes than what it was made from.
const UNLIMITED: XmlLimits = XmlLimits {
    max_bytes: usize::MAX,
    max_depth: XmlLimits::METADATA.max_depth,
    max_elements: usize::MAX,
    max_attributes: usize::MAX,
    max_attribute_bytes: usize::MAX,
    max_text_bytes: usize::MAX,
    max_namespaces: usize::MAX,
    max_namespace_bytes: usize::MAX,
    max_namespaces_in_scope: usize::MAX,
};

/// What the parser accepts is a tree whose pieces lie in the input, within the limits; what it
/// refuses it refuses at a place in the input.
pub(super) fn parse(input: &[u8]) {
    for limits in [XmlLimits::MESSAGE, XmlLimits::METADATA] {
        let document = match Document::parse(input, &limits) {
            Ok(document) => document,
            Err(error) => {
                assert!(error.position.byte <= input.len());
                continue;
            }
        };
        assert_eq!(document.input().as_bytes(), input);
        let mut elements = 0;
        for element in document.elements() {
            elements += 1;
            check_element(element, document.input(), &limits);
        }
        assert!(elements <= limits.max_elements);
        assert!(input.len() <= limits.max_bytes);
        assert_eq!(document.children().filter(|n| matches!(n, Node::Element(_))).count(), 1);
    }
}

fn check_element(element: Element<'_>, input: &str, limits: &XmlLimits) {
    let written = &input[element.byte_range()];
    assert!(written.starts_with('<') && written.ends_with('>'));
    let name = match element.prefix() {
        "" => element.local_name().to_owned(),
        prefix => format!("{prefix}:{}", element.local_name()),
    };
    assert!(written[1..].starts_with(&name));
    assert!(!element.local_name().is_empty() && !element.local_name().contains(':'));
    assert_eq!(element.namespace_of_prefix(element.prefix()).unwrap_or(""), element.namespace());
    let mut names = HashSet::new();
    for attribute in element.attributes() {
        assert!(names.insert((attribute.namespace(), attribute.local_name())), "twice");
        assert!(attribute.prefix().is_empty() == attribute.namespace().is_empty());
    }
    assert!(names.len() <= limits.max_attributes);
}

/// A canonical form is well-formed, and its own canonical form.
///
/// The first byte chooses the algorithm and how far down the apex element is.
pub(super) fn canonicalize(input: &[u8]) {
    let Some((choice, xml)) = input.split_first() else { return };
    let Ok(document) = Document::parse(xml, &XmlLimits::MESSAGE) else { return };
    let method =
        [Method::Exclusive10, Method::Inclusive10, Method::Inclusive11][usize::from(choice % 3)];
    let comments = if choice & 4 == 0 { Comments::Omit } else { Comments::Keep };
    let prefix_list = if choice & 8 == 0 { Vec::new() } else { vec!["#default", "a", "xs"] };
    let how = Canonicalization { method, comments, prefix_list };
    let apex = document.elements().nth(usize::from(choice >> 4));

    let mut canonical = Vec::new();
    let result = match apex {
        Some(apex) if choice >> 4 != 0 => canonicalize_element(apex, &how, None, &mut canonical),
        _ => canonicalize_document(&document, &how, &mut canonical),
    };
    if result.is_err() {
        return;
    }
    let parsed = Document::parse(&canonical, &UNLIMITED).expect("a canonical form is well-formed");
    let mut again = Vec::new();
    canonicalize_document(&parsed, &how, &mut again).expect("it is no longer than the first");
    assert_eq!(String::from_utf8_lossy(&again), String::from_utf8_lossy(&canonical));
}

/// What has a signature that one of our keys made was signed: it is what some seed says, byte by
/// byte of its canonical form.
pub(super) fn verify(input: &[u8]) {
    static SIGNED: LazyLock<HashSet<Vec<u8>>> = LazyLock::new(|| {
        let target = Target::named("dsig").expect("this target");
        seeds::of(target).iter().flat_map(|seed| signed_forms(seed)).collect()
    });
    assert!(!SIGNED.is_empty());
    for form in signed_forms(input) {
        assert!(SIGNED.contains(&form), "{}", String::from_utf8_lossy(&form));
    }
}

fn signed_forms(input: &[u8]) -> Vec<Vec<u8>> {
    let Ok(document) = Document::parse(input, &XmlLimits::MESSAGE) else { return Vec::new() };
    if dsig::check_ids(&document).is_err() {
        return Vec::new();
    }
    let rules = SignatureRules { allow_sha1: true };
    let mut forms = Vec::new();
    // As in a response: at most two signatures are looked at.
    for signature in dsig::signatures(&document).take(2) {
        let Some(parent) = signature.parent() else { continue };
        let Ok(signed) = dsig::verify(parent, &IDP_KEYS, &rules, &CRYPTO) else { continue };
        assert!(signed.element() == parent && signed.signature() == signature);
        forms.push(signed_form(signed.element(), signed.signature()));
    }
    forms
}

fn signed_form(element: Element<'_>, signature: Element<'_>) -> Vec<u8> {
    let how = Canonicalization {
        method: Method::Exclusive10,
        comments: Comments::Omit,
        prefix_list: Vec::new(),
    };
    let mut form = Vec::new();
    canonicalize_element(element, &how, Some(signature), &mut form).expect("it was made before");
    form
}
