//! Changes of a text, and what they touch: whether a signature covers it decides what they may do.

use std::ops::Range;

use super::markup::{Markup, Signed};

/// What a change touches, the best protected part of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Place {
    /// Before or after the root element.
    Around,
    /// In the Response or in the envelope of an encrypted Assertion, where no signature covers it.
    Response,
    /// In Extensions, StatusMessage or StatusDetail, where no signature covers it.
    Extension,
    /// In a Signature, outside of KeyInfo and SignedInfo.
    Signature,
    /// In KeyInfo.
    KeyInfo,
    /// In SignedInfo.
    SignedInfo,
    /// In a signed element.
    Signed,
}

/// Replacements of ranges of one text.
#[derive(Clone, Debug, Default)]
pub(super) struct Edits(Vec<(Range<usize>, String)>);

impl Edits {
    pub(super) fn replace(range: &Range<usize>, by: impl Into<String>) -> Self {
        Self::default().and_replace(range, by)
    }

    pub(super) fn insert(at: usize, text: impl Into<String>) -> Self {
        Self::replace(&(at..at), text)
    }

    pub(super) fn remove(range: &Range<usize>) -> Self {
        Self::replace(range, "")
    }

    pub(super) fn and_replace(mut self, range: &Range<usize>, by: impl Into<String>) -> Self {
        self.0.push((range.clone(), by.into()));
        self
    }

    pub(super) fn and_insert(self, at: usize, text: impl Into<String>) -> Self {
        self.and_replace(&(at..at), text)
    }

    /// One edit, as small as it can be: an insertion where nothing else changed.
    pub(super) fn between(old: &str, new: &str) -> Self {
        let same = old.bytes().zip(new.bytes()).take_while(|(old, new)| old == new).count();
        let start = (0..=same).rev().find(|&at| old.is_char_boundary(at)).unwrap_or(0);
        let (old_rest, new_rest) = (&old[start..], &new[start..]);
        let same = old_rest.bytes().rev().zip(new_rest.bytes().rev());
        let same = same.take_while(|(old, new)| old == new).count();
        let is_boundary = |length: &usize| old_rest.is_char_boundary(old_rest.len() - length);
        let length = (0..=same).rev().find(is_boundary).unwrap_or(0);
        let range = start..old.len() - length;
        Self::replace(&range, &new_rest[..new_rest.len() - length])
    }

    /// The changed text; `None` when two changes overlap or nothing changes.
    pub(super) fn apply(&self, text: &str) -> Option<String> {
        let mut edits: Vec<_> = self.0.iter().collect();
        edits.sort_by_key(|(range, _)| (range.start, range.end));
        let mut changed = String::with_capacity(text.len() + 256);
        let mut at = 0;
        for (range, by) in edits {
            changed.push_str(text.get(at..range.start)?);
            changed.push_str(by);
            at = range.end;
        }
        changed.push_str(text.get(at..)?);
        (changed != text).then_some(changed)
    }

    /// What is replaced, and by what.
    pub(super) fn replacements(&self) -> &[(Range<usize>, String)] {
        &self.0
    }

    pub(super) fn place(&self, markup: &Markup<'_>) -> Place {
        let signed = markup.signed();
        let places = self.0.iter().map(|(range, _)| place_of(markup, &signed, range));
        places.max().unwrap_or(Place::Around)
    }
}

/// What may hold anything.
const EXTENSIONS: &[&str] = &["Extensions", "StatusDetail", "StatusMessage"];

pub(super) fn place_of(markup: &Markup<'_>, signed: &[Signed], range: &Range<usize>) -> Place {
    let touches = |element: usize| overlaps(range, &markup.elements[element].range);
    let within = |element: usize| is_within(range, &markup.elements[element].range);
    let base = if !touches(0) {
        Place::Around
    } else if EXTENSIONS.iter().flat_map(|name| markup.all(name)).any(within) {
        Place::Extension
    } else {
        Place::Response
    };
    let places = signed.iter().filter(|signed| touches(signed.element)).map(|signed| {
        if !within(signed.signature) {
            return if is_exactly(markup, signed.signature, range) {
                Place::Signature
            } else {
                Place::Signed
            };
        }
        let parts = [("SignedInfo", Place::SignedInfo), ("KeyInfo", Place::KeyInfo)];
        let touched = |(name, place)| {
            markup.child(signed.signature, name).filter(|&part| touches(part)).map(|_| place)
        };
        parts.into_iter().find_map(touched).unwrap_or(Place::Signature)
    });
    places.max().unwrap_or(base)
}

/// An insertion at the edge of an element is outside of it.
fn overlaps(range: &Range<usize>, element: &Range<usize>) -> bool {
    range.start < element.end && element.start < range.end
        || (range.is_empty() && element.start < range.start && range.start < element.end)
}

fn is_within(range: &Range<usize>, element: &Range<usize>) -> bool {
    if range.is_empty() {
        return element.start < range.start && range.start < element.end;
    }
    element.start <= range.start && range.end <= element.end && range != element
}

fn is_exactly(markup: &Markup<'_>, element: usize, range: &Range<usize>) -> bool {
    markup.elements[element].range == *range
}
