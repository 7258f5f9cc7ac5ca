//! What the verifier says to a mutant, and whether it may.

use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};

use deskgate_core::diagnostic::Diagnostic as _;
use deskgate_core::saml::{Privacy, Verdict, VerifiedAssertion, explain};

use super::base::Base;
use super::infoset;
use super::markup::Markup;
use super::mutant::{Kind, Mutant};
use super::operators::BORROWING;
use crate::saml_rows::CRYPTO;

/// What became of a mutant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// One of the two who have a response signs in, exactly as that says.
    Accepted(Person, Vec<Effect>),
    /// Somebody else does, or something about them differs.
    FalselyAccepted(String),
    /// `explain` says another thing than the verifier.
    Misexplained(String),
    Panicked(String),
    Refused(&'static str),
}

/// Whom an accepted mutant signs in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Person {
    /// The attacker, by the attacker's own response.
    Attacker,
    /// Whom the response was about.
    Original,
}

/// A change of an accepted mutant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Effect {
    pub(super) kind: Kind,
    /// The document says the same as before this change, written otherwise.
    pub(super) is_spelling: bool,
}

/// A mutant of so many is also explained.
pub(super) const EXPLAINED: u64 = 16;

pub(super) fn judge(base: &Base, mutant: &Mutant, explains: bool) -> Outcome {
    let judged = catch_unwind(AssertUnwindSafe(|| {
        let result = base.verify(&mutant.bytes);
        if explains {
            let expected = base.demands.expected();
            let expected = Some((&expected, base.demands.now));
            let explanation = explain(&mutant.bytes, expected, &CRYPTO, Privacy::Redacted);
            if (explanation.verdict == Verdict::Accepted) != result.is_ok() {
                return Outcome::Misexplained(format!("{:?}", explanation.verdict));
            }
        }
        match result {
            Ok(verified) => accepted(base, mutant, &verified),
            Err(error) => Outcome::Refused(error.code()),
        }
    }));
    judged.unwrap_or_else(|_| Outcome::Panicked(LAST_PANIC.take()))
}

fn accepted(base: &Base, mutant: &Mutant, verified: &VerifiedAssertion<'_>) -> Outcome {
    let Some(person) = person(base, mutant, verified) else {
        return Outcome::FalselyAccepted(format!("{verified:?}"));
    };
    if mutant.is_recoded {
        return Outcome::FalselyAccepted("these bytes are not UTF-8".to_owned());
    }
    let Some(markup) = Markup::scan(&mutant.text) else {
        return Outcome::FalselyAccepted("the tags do not match".to_owned());
    };
    // Inside a ciphertext there is a signature that no mutant of the message touches.
    if infoset::signed(&markup).is_empty() && (mutant.is_plaintext || base.plaintext.is_none()) {
        return Outcome::FalselyAccepted("nothing in it is signed".to_owned());
    }
    let original = if mutant.is_plaintext { &base.says.plaintext } else { &base.says.message };
    let says = Some(infoset::infoset(&markup, 0, None));
    if *original != says
        && let Some(id) = other_content(base, &markup)
    {
        return Outcome::FalselyAccepted(format!("the signed {id} says something else"));
    }
    Outcome::Accepted(person, effects(person, mutant, original, &says))
}

/// All of the result counts, but the ID of a Response that no signature covers.
fn person(base: &Base, mutant: &Mutant, verified: &VerifiedAssertion<'_>) -> Option<Person> {
    let originals = [
        (Some(&base.verified), Person::Original),
        (base.donor.verified.as_ref(), Person::Attacker),
    ];
    let found = originals.into_iter().find(|(original, _)| {
        original.is_some_and(|original| {
            let mut same = verified.clone();
            if !is_response_signed(&mutant.bytes) {
                same.response_id.clone_from(&original.response_id);
            }
            same == *original
        })
    });
    found.map(|(_, person)| person)
}

fn is_response_signed(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    Markup::scan(&text).is_none_or(|markup| {
        markup.children(0).into_iter().any(|child| markup.local_name(child) == "Signature")
    })
}

/// The ID of an element that carries a signature and does not say what it said when it was signed.
fn other_content(base: &Base, markup: &Markup<'_>) -> Option<String> {
    let signed = infoset::signed(markup).into_iter();
    signed
        .map(|signed| (base.says.signed.contains(&signed), signed.0))
        .find_map(|(same, id)| (!same).then_some(id))
}

/// The changes that an accepted mutant has, from what was said before, between and after them.
///
/// None when the second takes back the first. Of one that signs in the attacker by the attacker's own
/// response only what was taken from there: whatever else was changed, nothing came of it.
fn effects(
    person: Person,
    mutant: &Mutant,
    before: &Option<String>,
    after: &Option<String>,
) -> Vec<Effect> {
    let says = |text: &String| Markup::scan(text).map(|markup| infoset::infoset(&markup, 0, None));
    let between = mutant.between.as_ref().map(says);
    if before == after && between.as_ref().is_some_and(|between| between != before) {
        return Vec::new();
    }
    let states: Vec<&Option<String>> =
        [Some(before), between.as_ref(), Some(after)].into_iter().flatten().collect();
    let steps = mutant.kinds.iter().zip(states.windows(2));
    let effects = steps.map(|(&kind, step)| Effect { kind, is_spelling: step[0] == step[1] });
    effects.filter(|e| person == Person::Original || e.kind.operator == BORROWING).collect()
}

thread_local! {
    static LAST_PANIC: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Panics are results here; they are kept instead of printed.
pub(super) fn keep_panics() {
    std::panic::set_hook(Box::new(|panic| LAST_PANIC.set(panic.to_string())));
}
