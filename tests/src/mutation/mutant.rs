//! Which mutant a number stands for.

use super::base::Base;
use super::edits::Place;
use super::forge;
use super::markup::Markup;
use super::operators::{self, Operator, Recoding, Subject};
use crate::random::Random;

/// Of a hundred mutants, those with a second change on top of the first.
const TWICE: usize = 30;
/// Of a hundred mutants, those that are not UTF-8 any more.
const RECODED: usize = 1;
/// Instances tried until one changes anything.
const MAX_TRIES: usize = 50;
/// Coprime to any number of instances: a step through all of them that visits every kind early.
const STRIDE: u64 = 2_305_843_009_213_693_951;

/// An operator, and what it touched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Kind {
    pub(super) operator: &'static str,
    pub(super) place: Place,
}

/// A changed response.
#[derive(Clone, Debug)]
pub(super) struct Mutant {
    /// Which of the bases.
    pub(super) base: usize,
    pub(super) kinds: Vec<Kind>,
    /// After the first of two changes.
    pub(super) between: Option<String>,
    /// The changed message, or the changed plaintext of its assertion.
    pub(super) text: String,
    /// What is posted.
    pub(super) bytes: Vec<u8>,
    pub(super) is_plaintext: bool,
    pub(super) is_recoded: bool,
}

/// The bases with their markup.
pub(super) struct Generator<'b> {
    bases: &'b [Base],
    documents: Vec<Document<'b>>,
    operators: Vec<&'static Operator>,
    /// Document and operator with the number of the first of their instances, of the systematic ones.
    systematic: Vec<(u64, usize, usize)>,
    pub(super) systematic_total: u64,
}

/// What was done to a document.
struct Change {
    kinds: Vec<Kind>,
    between: Option<String>,
    text: String,
}

/// What is mutated: a message, or the plaintext in it.
struct Document<'b> {
    base: usize,
    is_plaintext: bool,
    subject: Subject<'b>,
}

/// The donors of [`Generator::new`]: of every message and then of its plaintext.
pub(super) fn donors(bases: &[Base]) -> Vec<Markup<'_>> {
    let texts = bases.iter().flat_map(|base| {
        [Some(base.donor.text.as_str()), base.donor.plaintext.as_deref()].into_iter().flatten()
    });
    texts.map(|text| Markup::scan(text).expect("an accepted document")).collect()
}

impl<'b> Generator<'b> {
    pub(super) fn new(bases: &'b [Base], donors: &'b [Markup<'b>]) -> Self {
        let mut documents = Vec::new();
        for (index, base) in bases.iter().enumerate() {
            let texts = [Some(base.text.as_str()), base.plaintext.as_deref()];
            for (text, is_plaintext) in texts.into_iter().zip([false, true]) {
                let Some(text) = text else { continue };
                let markup = Markup::scan(text).expect("an accepted document");
                // A plaintext is no place for a message.
                let others = if is_plaintext { &[][..] } else { &base.others };
                let subject = Subject { markup, donor: &donors[documents.len()], others };
                documents.push(Document { base: index, is_plaintext, subject });
            }
        }
        let operators = operators::all();
        let mut systematic = Vec::new();
        let mut total = 0;
        for (at, document) in documents.iter().enumerate() {
            let chosen = bases[document.base].is_systematic;
            for (number, operator) in operators.iter().enumerate().filter(|_| chosen) {
                systematic.push((total, at, number));
                total += (operator.instances)(&document.subject) as u64;
            }
        }
        Self { bases, documents, operators, systematic, systematic_total: total }
    }

    /// Every second mutant is systematic until all of those are made.
    ///
    /// # Panics
    /// When no operator fits, which cannot be.
    pub(super) fn mutant(&self, seed: u64, number: u64) -> Mutant {
        let mut random = Random::of(seed, number);
        let systematic = (number.is_multiple_of(2) && number / 2 < self.systematic_total)
            .then(|| self.by_number(number / 2, &mut random))
            .flatten();
        systematic.unwrap_or_else(|| {
            let mut tries = std::iter::repeat_with(|| self.by_chance(&mut random));
            tries.by_ref().take(MAX_TRIES).flatten().next().expect("some operator fits")
        })
    }

    fn by_number(&self, number: u64, random: &mut Random) -> Option<Mutant> {
        let product = u128::from(number) * u128::from(STRIDE);
        let number = u64::try_from(product % u128::from(self.systematic_total)).ok()?;
        let at = self.systematic.partition_point(|(first, ..)| *first <= number) - 1;
        let (first, document, operator) = self.systematic[at];
        let document = &self.documents[document];
        let instance = usize::try_from(number - first).ok()?;
        let operator = self.operators[operator];
        let (kind, text) = apply(&document.subject, operator, instance, random)?;
        Some(self.finish(document, Change { kinds: vec![kind], between: None, text }, None))
    }

    fn by_chance(&self, random: &mut Random) -> Option<Mutant> {
        let document = self.document(random);
        let (kind, text) = self.change(&document.subject, random)?;
        let mut change = Change { kinds: vec![kind], between: None, text };
        if random.chance(TWICE) {
            // What no tags can be found in is left at one change.
            let subject =
                Markup::scan(&change.text).map(|markup| Subject { markup, ..document.subject });
            if let Some((kind, twice)) = subject.and_then(|subject| self.change(&subject, random)) {
                change.kinds.push(kind);
                change.between = Some(std::mem::replace(&mut change.text, twice));
            }
        }
        let recoding = random.chance(RECODED).then(|| random.pick(&Recoding::ALL));
        Some(self.finish(document, change, recoding))
    }

    fn document(&self, random: &mut Random) -> &Document<'b> {
        let weight = |document: &Document<'_>| self.bases[document.base].weight;
        weighted(&self.documents, weight, random)
    }

    fn change(&self, subject: &Subject<'_>, random: &mut Random) -> Option<(Kind, String)> {
        let operator = weighted(&self.operators, |operator| operator.weight, random);
        let instances = (operator.instances)(subject);
        if instances == 0 {
            return None;
        }
        apply(subject, operator, random.below(instances), random)
    }

    fn finish(
        &self,
        document: &Document<'_>,
        change: Change,
        recoding: Option<Recoding>,
    ) -> Mutant {
        let Change { kinds, between, text } = change;
        let base = &self.bases[document.base];
        let message = if document.is_plaintext {
            let plaintext = base.plaintext.as_deref().unwrap_or_default();
            base.text.replace(&forge::seal(plaintext), &forge::seal(&text))
        } else {
            text.clone()
        };
        let bytes = match recoding {
            Some(recoding) => recoding.bytes(&message),
            None => message.into_bytes(),
        };
        let is_recoded = recoding.is_some();
        let is_plaintext = document.is_plaintext;
        Mutant { base: document.base, kinds, between, text, bytes, is_plaintext, is_recoded }
    }

    pub(super) fn base(&self, mutant: &Mutant) -> &'b Base {
        &self.bases[mutant.base]
    }
}

fn apply(
    subject: &Subject<'_>,
    operator: &Operator,
    instance: usize,
    random: &mut Random,
) -> Option<(Kind, String)> {
    let edits = (operator.make)(subject, instance, random)?;
    let text = edits.apply(subject.markup.text)?;
    Some((Kind { operator: operator.name, place: edits.place(&subject.markup) }, text))
}

fn weighted<'t, T>(choices: &'t [T], weight: impl Fn(&T) -> usize, random: &mut Random) -> &'t T {
    let mut rest = random.below(choices.iter().map(&weight).sum());
    for choice in choices {
        match rest.checked_sub(weight(choice)) {
            Some(left) => rest = left,
            None => return choice,
        }
    }
    &choices[0]
}
