//! One-byte twins: an accepted response with one letter changed, in a part that must not change.

use std::ops::Range;

use super::edits::Place;
use super::markup::Markup;
use crate::random::Random;

/// Where the letter is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// A ciphertext or a wrapped key.
    CipherValue,
    /// The text of a NameID or AttributeValue that a signature covers.
    Person,
    /// Other text or an attribute that a signature covers.
    SignedContent,
    /// Text or an attribute of SignedInfo.
    SignedInfo,
    /// A signature.
    SignatureValue,
}

impl Part {
    /// Whether a refusal with this code is about this part.
    ///
    /// What a signed element says about itself is looked at before its signature: a version, a status,
    /// times. Persons are not.
    #[must_use]
    pub fn explains(self, code: &str) -> bool {
        let family = |families: &[&str]| families.iter().any(|family| code.starts_with(family));
        match self {
            // The signature of the Response covers the ciphertext.
            Self::CipherValue => code == "dsig.digest_mismatch" || family(&["xenc."]),
            Self::Person => code == "dsig.digest_mismatch",
            Self::SignedContent => family(&["dsig.", "saml.", "xenc.", "xml."]),
            Self::SignedInfo => family(&["dsig."]),
            Self::SignatureValue => matches!(code, "dsig.base64" | "dsig.signature_mismatch"),
        }
    }
}

/// A changed response.
#[derive(Clone, Debug)]
pub struct Twin {
    /// Where the letter is.
    pub part: Part,
    /// Its offset.
    pub at: usize,
    /// The changed text.
    pub text: String,
}

/// Twins of a response, `each` for every part that it has, always the same for a seed.
#[must_use]
pub fn twins(text: &str, each: usize, seed: u64) -> Vec<Twin> {
    let Some(markup) = Markup::scan(text) else { return Vec::new() };
    let letters = letters(&markup);
    let parts = [
        Part::CipherValue,
        Part::Person,
        Part::SignedContent,
        Part::SignedInfo,
        Part::SignatureValue,
    ];
    let mut twins = Vec::new();
    for (number, part) in (0..).zip(parts) {
        let mut random = Random::of(seed, number);
        let own: Vec<usize> =
            letters.iter().filter(|(of, _)| *of == part).map(|(_, at)| *at).collect();
        for _ in 0..each.min(own.len()) {
            let at = random.pick(&own);
            let letter = if text.as_bytes()[at] == b'x' { "y" } else { "x" };
            let text = format!("{}{letter}{}", &text[..at], &text[at + 1..]);
            twins.push(Twin { part, at, text });
        }
    }
    twins
}

/// Offsets of letters and digits in texts and attribute values, namespace declarations excluded: one
/// that nobody uses may be changed.
fn letters(markup: &Markup<'_>) -> Vec<(Part, usize)> {
    let mut found = Vec::new();
    for run in &markup.runs {
        add(markup, Some(run.parent), &run.range, &mut found);
    }
    for (_, attribute) in markup.attributes() {
        if !markup.part(&attribute.name).starts_with("xmlns") {
            add(markup, None, &attribute.value, &mut found);
        }
    }
    found
}

fn add(
    markup: &Markup<'_>,
    parent: Option<usize>,
    range: &Range<usize>,
    found: &mut Vec<(Part, usize)>,
) {
    let name = parent.map_or("", |parent| markup.local_name(parent));
    let place = super::edits::place_of(markup, &markup.signed(), range);
    let text = markup.part(range);
    let part = match (place, name) {
        (_, "CipherValue") => Part::CipherValue,
        (Place::Signature, "SignatureValue") => Part::SignatureValue,
        (Place::SignedInfo, _) => Part::SignedInfo,
        (Place::Signed, "NameID" | "AttributeValue") if !text.contains('&') => Part::Person,
        (Place::Signed, _) => Part::SignedContent,
        _ => return,
    };
    let letters = text.bytes().enumerate().filter(|(_, byte)| byte.is_ascii_alphanumeric());
    found.extend(letters.map(|(at, _)| (part, range.start + at)));
}
