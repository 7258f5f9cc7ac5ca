//! One document, what of it is canonicalized, and our canonical forms.

use deskgate_core::c14n::{
    Canonicalization, Comments, Method, canonicalize, canonicalize_document,
};
use deskgate_core::limits::XmlLimits;
use deskgate_core::xml::{Document, Element, ErrorKind};

use super::generator;
use crate::random::Random;

/// Prefixes that the generator declares, one that it never does, and the default namespace.
const LISTED: &[&str] = &["p", "q", "xs", "#default", "zz", "a"];

/// What both sides get.
#[derive(Clone, Debug)]
pub(super) struct Case {
    pub(super) text: Vec<u8>,
    /// Number of the apex element in document order, from 1; 0 for the whole document.
    pub(super) apex: usize,
    /// Number of the element in the subtree that is left out, as the enveloped Signature is; 0 for none.
    pub(super) without: usize,
    /// A PrefixList, for exclusive canonicalization only.
    pub(super) prefixes: Vec<&'static str>,
}

/// What one side says to a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Answer<E> {
    /// Canonical forms in the order of [`forms`].
    Forms(Vec<Vec<u8>>),
    Refused(E),
}

/// Every method with and without comments, and exclusive ones again with the PrefixList.
fn forms<'a>(prefixes: &[&'a str]) -> Vec<Canonicalization<'a>> {
    let form = |method, comments, prefixes: &[&'a str]| Canonicalization {
        method,
        comments,
        prefix_list: prefixes.to_vec(),
    };
    let mut forms = Vec::new();
    for method in [Method::Exclusive10, Method::Inclusive10, Method::Inclusive11] {
        forms.extend([form(method, Comments::Omit, &[]), form(method, Comments::Keep, &[])]);
    }
    if !prefixes.is_empty() {
        let comments = [Comments::Omit, Comments::Keep];
        forms.extend(comments.map(|comments| form(Method::Exclusive10, comments, prefixes)));
    }
    forms
}

impl Case {
    /// Document `number` of the run with `seed`; one in five is disturbed and mostly malformed.
    pub(super) fn generate(seed: u64, number: u64) -> Self {
        let mut random = Random::of(seed, number);
        let mut text = generator::document(&mut random).into_bytes();
        if random.chance(20) {
            text = generator::disturb(&mut random, &text);
        }
        let mut case = Self { text, apex: 0, without: 0, prefixes: Vec::new() };
        let mut listed = LISTED.to_vec();
        random.shuffle(&mut listed);
        listed.truncate(random.below(4));
        case.prefixes = listed;
        case.choose_subtree(&mut random);
        case
    }

    fn choose_subtree(&mut self, random: &mut Random) {
        let Ok(document) = Document::parse(&self.text, &XmlLimits::METADATA) else { return };
        let elements: Vec<Element<'_>> = document.elements().collect();
        if random.chance(20) {
            return;
        }
        let apex = random.below(elements.len());
        self.apex = apex + 1;
        // Descendants follow their ancestor in document order.
        let inside = elements.iter().skip(apex + 1).filter(|e| is_below(**e, elements[apex]));
        let inside = inside.count();
        if inside > 0 && random.chance(30) {
            self.without = apex + 2 + random.below(inside);
        }
    }

    /// What we say.
    ///
    /// # Panics
    /// When a document that was parsed has no canonical form: nothing generated is that long.
    pub(super) fn our_answer(&self) -> Answer<ErrorKind> {
        let document = match Document::parse(&self.text, &XmlLimits::METADATA) {
            Ok(document) => document,
            Err(error) => return Answer::Refused(error.kind),
        };
        let element =
            |number: usize| number.checked_sub(1).and_then(|at| document.elements().nth(at));
        let forms = forms(&self.prefixes).into_iter().map(|how| {
            let mut octets = Vec::new();
            let done = match element(self.apex) {
                Some(apex) => canonicalize(apex, &how, element(self.without), &mut octets),
                None => canonicalize_document(&document, &how, &mut octets),
            };
            done.expect("a generated document has a canonical form");
            octets
        });
        Answer::Forms(forms.collect())
    }

    /// The method of form `index`.
    pub(super) fn method(&self, index: usize) -> Option<Method> {
        forms(&self.prefixes).get(index).map(|how| how.method)
    }

    /// The name of form `index`, for reports.
    pub(super) fn form_name(&self, index: usize) -> String {
        forms(&self.prefixes).get(index).map_or_else(String::new, |how| {
            let list = how.prefix_list.join(" ");
            format!("{} PrefixList=\"{list}\"", how.method.uri(how.comments))
        })
    }

    /// The case with one element less, for each element that can go and is neither apex, nor left out,
    /// nor an ancestor of these.
    pub(super) fn smaller(&self) -> Vec<Self> {
        let Ok(document) = Document::parse(&self.text, &XmlLimits::METADATA) else {
            return Vec::new();
        };
        let elements: Vec<Element<'_>> = document.elements().collect();
        let kept: Vec<Element<'_>> = [1, self.apex, self.without]
            .iter()
            .filter_map(|number| elements.get(number.checked_sub(1)?).copied())
            .collect();
        let mut smaller = Vec::new();
        for (at, element) in elements.iter().enumerate() {
            if kept.iter().any(|kept| kept == element || is_below(*kept, *element)) {
                continue;
            }
            let inside = elements.iter().filter(|other| is_below(**other, *element)).count();
            let renumbered =
                |number: usize| if number > at + 1 { number - inside - 1 } else { number };
            let mut text = self.text.clone();
            text.drain(element.byte_range());
            smaller.push(Self {
                text,
                apex: renumbered(self.apex),
                without: renumbered(self.without),
                prefixes: self.prefixes.clone(),
            });
        }
        smaller
    }
}

fn is_below(element: Element<'_>, ancestor: Element<'_>) -> bool {
    std::iter::successors(element.parent(), |parent| parent.parent()).any(|one| one == ancestor)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_case_is_made_from_the_seed_and_its_number_alone() {
        let text = |seed, number| Case::generate(seed, number).text;
        assert_eq!(text(1, 7), text(1, 7));
        assert_ne!(text(1, 7), text(1, 8));
        assert_ne!(text(1, 7), text(2, 7));
    }

    #[test]
    fn a_smaller_case_means_the_same_elements() {
        let text = b"<a><b><c/></b><d><e/><f/></d></a>".to_vec();
        let case = Case { text, apex: 4, without: 6, prefixes: Vec::new() };
        let smaller: Vec<_> = case
            .smaller()
            .into_iter()
            .map(|case| (String::from_utf8_lossy(&case.text).into_owned(), case.apex, case.without))
            .collect();
        let expected = [
            ("<a><d><e/><f/></d></a>", 2, 4),
            ("<a><b></b><d><e/><f/></d></a>", 3, 5),
            ("<a><b><c/></b><d><f/></d></a>", 4, 5),
        ];
        assert_eq!(smaller, expected.map(|(text, apex, without)| (text.to_owned(), apex, without)));
    }
}
