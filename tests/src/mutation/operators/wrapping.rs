//! Signature wrapping by grammar: the signed original, an evil copy of it, where each of them stands,
//! which of them has the signature, and what ID the evil one has. The eight attacks of "On Breaking
//! SAML" (USENIX 2012) are among the combinations.

use super::{DS, EVIL, Edits, Markup, Operator, SAML, SAMLP, Subject, split};
use crate::mutation::markup::Signed;

pub(super) const OPERATORS: &[Operator] = &[
    Operator {
        name: "signature wrapping: original moved",
        weight: 10,
        instances: |s| s.markup.signed().len() * forms() * (2 * SITES.len() + 2),
        make: |s, n, _| wrap(s, n, Moved::Original),
    },
    Operator {
        name: "signature wrapping: evil copy added",
        weight: 10,
        instances: |s| s.markup.signed().len() * forms() * (2 * SITES.len() + 2),
        make: |s, n, _| wrap(s, n, Moved::Evil),
    },
];

/// Which of the two does not stand where the original stood.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Moved {
    Evil,
    Original,
}

/// Inside the first element of this name, in a wrapper or not, at the beginning or the end.
struct Site(&'static str, Option<(&'static str, &'static str)>, End);

#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    First,
    Last,
}

const SITES: &[Site] = &[
    Site("Response", None, End::First),
    Site("Response", None, End::Last),
    Site("Response", Some((SAMLP, "Extensions")), End::Last),
    Site("Status", Some((SAMLP, "StatusDetail")), End::Last),
    Site("Status", None, End::First),
    Site("StatusCode", None, End::First),
    Site("Issuer", None, End::Last),
    Site("Issuer", Some((SAMLP, "Extensions")), End::First),
    Site("Assertion", None, End::First),
    Site("Assertion", None, End::Last),
    Site("Assertion", Some((SAML, "Advice")), End::Last),
    Site("Assertion", Some((SAML, "Statement")), End::Last),
    Site("EncryptedAssertion", None, End::First),
    Site("Subject", None, End::First),
    Site("Subject", None, End::Last),
    Site("NameID", None, End::Last),
    Site("SubjectConfirmation", None, End::Last),
    Site("SubjectConfirmationData", None, End::First),
    Site("Conditions", None, End::First),
    Site("Conditions", Some((SAML, "Condition")), End::Last),
    Site("AudienceRestriction", None, End::Last),
    Site("AttributeStatement", None, End::Last),
    Site("AttributeValue", None, End::First),
    Site("AttributeStatement", Some((SAML, "Attribute")), End::First),
    Site("AuthnStatement", None, End::Last),
    Site("AuthnContext", Some((SAML, "AuthnContextDecl")), End::Last),
    Site("Signature", None, End::First),
    Site("Signature", None, End::Last),
    Site("Signature", Some((DS, "Object")), End::Last),
    Site("Signature", Some((DS, "KeyInfo")), End::Last),
    Site("SignedInfo", None, End::First),
    Site("SignedInfo", None, End::Last),
    Site("SignedInfo", Some((DS, "Object")), End::Last),
    Site("CanonicalizationMethod", None, End::First),
    Site("SignatureMethod", None, End::First),
    Site("Reference", None, End::Last),
    Site("Transforms", None, End::Last),
    Site("Transform", None, End::First),
    Site("DigestMethod", None, End::First),
    Site("DigestValue", None, End::Last),
    Site("SignatureValue", None, End::First),
    Site("KeyInfo", None, End::First),
    Site("KeyInfo", Some((DS, "X509Data")), End::Last),
    Site("X509Certificate", None, End::Last),
];

/// Who has the signature: the original, the evil one, both, nobody, or both with it beside them.
const HOLDERS: usize = 5;
/// The ID of the evil one: the same, another one, none.
const IDS: usize = 3;

const fn forms() -> usize {
    HOLDERS * IDS
}

fn wrap(s: &Subject<'_>, n: usize, moved: Moved) -> Option<Edits> {
    let all = s.markup.signed();
    let (signed, rest) = split(n, all.len());
    let (holder, rest) = split(rest, HOLDERS);
    let (id, place) = split(rest, IDS);
    let signed = &all[signed];
    // What stays where it is needs no declarations from above it.
    let stays = if moved == Moved::Evil { Moved::Original } else { Moved::Evil };
    let original = variant(s, signed, None, matches!(holder, 0 | 2), stays == Moved::Evil)?;
    let evil = variant(s, signed, Some(id), matches!(holder, 1 | 2), stays == Moved::Original)?;
    let signature = s.markup.carried(signed.signature);
    let beside = if holder == 4 { signature.as_str() } else { "" };
    let (stays, goes) = match moved {
        Moved::Original => (&evil, &original),
        Moved::Evil => (&original, &evil),
    };
    let range = &s.markup.elements[signed.element].range;
    match place {
        0 => Some(siblings(s, signed, &format!("{goes}{beside}{stays}"))),
        1 => Some(siblings(s, signed, &format!("{stays}{beside}{goes}"))),
        _ if (place - 2) % 2 == 0 => {
            // Inside what stays.
            let inside = put(stays, &SITES[(place - 2) / 2], &format!("{goes}{beside}"))?;
            Some(Edits::replace(range, inside))
        }
        _ if signed.element == 0 => None,
        _ => {
            // Elsewhere in the message, which then holds both.
            let whole = Edits::replace(range, stays.as_str()).apply(s.markup.text);
            let whole = whole.unwrap_or_else(|| s.markup.text.to_owned());
            let whole = put(&whole, &SITES[(place - 2) / 2], &format!("{goes}{beside}"))?;
            Some(Edits::between(s.markup.text, &whole))
        }
    }
    .filter(|_| stays != goes)
    .map(|edits| match edits.apply(s.markup.text) {
        Some(whole) => Edits::between(s.markup.text, &whole),
        None => edits,
    })
}

/// The two in one element where there may be only one.
fn siblings(s: &Subject<'_>, signed: &Signed, both: &str) -> Edits {
    let range = &s.markup.elements[signed.element].range;
    if signed.element > 0 {
        return Edits::replace(range, both);
    }
    let open = format!(
        "<samlp:Response xmlns:samlp=\"{SAMLP}\" ID=\"_root\" Version=\"2.0\" \
         IssueInstant=\"2026-11-21T12:00:00Z\">"
    );
    Edits::replace(range, format!("{open}{both}</samlp:Response>"))
}

/// The signed element, or with an `id` the evil copy, with or without its signature.
fn variant(
    s: &Subject<'_>,
    signed: &Signed,
    id: Option<usize>,
    with_signature: bool,
    is_carried: bool,
) -> Option<String> {
    let markup = &s.markup;
    let mut edits = Edits::default();
    if !with_signature {
        edits = edits.and_replace(&markup.elements[signed.signature].range, "");
    }
    if let Some(id) = id {
        let persons = ["NameID", "AttributeValue"].iter().flat_map(|name| markup.all(name));
        let persons: Vec<usize> =
            persons.filter(|&p| markup.is_inside(p, signed.element)).collect();
        if persons.is_empty() {
            return None;
        }
        for person in persons {
            edits = edits.and_replace(&markup.elements[person].content, EVIL);
        }
        let attribute = markup.attribute(signed.element, "ID")?;
        edits = match id {
            0 => edits,
            1 => edits.and_replace(&attribute.value, "_evil"),
            _ => edits.and_replace(&attribute.range, ""),
        };
    }
    let text = edits.apply(markup.text);
    let text = text.as_deref().unwrap_or(markup.text);
    let markup = Markup::scan(text)?;
    Some(if is_carried {
        markup.carried(signed.element)
    } else {
        markup.element_text(signed.element).to_owned()
    })
}

fn put(outer: &str, site: &Site, inner: &str) -> Option<String> {
    let Site(parent, wrapper, end) = site;
    let markup = Markup::scan(outer)?;
    let parent = &markup.elements[*markup.all(parent).first()?];
    let inner = match wrapper {
        Some((namespace, name)) => {
            format!("<w:{name} xmlns:w=\"{namespace}\">{inner}</w:{name}>")
        }
        None => inner.to_owned(),
    };
    if parent.range == parent.open {
        // An empty-element tag gets an end tag.
        let name = markup.part(&parent.name);
        let slash = parent.open.end - 2..parent.open.end;
        return Edits::replace(&slash, format!(">{inner}</{name}>")).apply(outer);
    }
    let at = if *end == End::First { parent.content.start } else { parent.content.end };
    Edits::insert(at, inner).apply(outer)
}
