//! Takes out of an explanation what is about a person, so that it can be sent to somebody.

use alloc::string::String;

use super::claims::Claim;
use super::{Check, Explanation};

const HIDDEN: &str = "(hidden)";

/// Hides NameID, attribute values, the words of the identity provider, and e-mail addresses anywhere.
///
/// Values are not searched for in other texts: Entra sends the issuer and the tenant as attributes too,
/// and an explanation without them explains nothing.
pub(super) fn redact(explanation: &mut Explanation) {
    let hide = |text: &mut String| *text = without_addresses(text);
    // An identity provider likes to name the person in the text of a status.
    let status = explanation.claims.value(Claim::Status).map(String::from);
    for (claim, value) in &mut explanation.claims.values {
        match claim {
            Claim::NameId => *value = HIDDEN.into(),
            Claim::StatusMessage => *value = error_number(value),
            _ => hide(value),
        }
    }
    for attribute in &mut explanation.claims.attributes {
        hide(&mut attribute.name);
        for value in &mut attribute.values {
            *value = HIDDEN.into();
        }
    }
    for finding in &mut explanation.findings {
        match finding.check {
            Check::NameId => {
                if let Some(found) = &mut finding.found {
                    *found = HIDDEN.into();
                }
            }
            Check::Status => finding.found.clone_from(&status),
            _ => {}
        }
        for text in [&mut finding.expected, &mut finding.found].into_iter().flatten() {
            hide(text);
        }
        if let Some(problem) = &mut finding.problem {
            hide(&mut problem.message);
        }
    }
}

/// `AADSTS50105: Your administrator ...`: the number says what is wrong, the rest says about whom.
fn error_number(message: &str) -> String {
    match message.split_once(':') {
        Some((number, _)) if is_error_number(number) => {
            let mut text = String::from(number);
            text.push_str(": ");
            text.push_str(HIDDEN);
            text
        }
        _ => HIDDEN.into(),
    }
}

fn is_error_number(text: &str) -> bool {
    let digits = text.trim_start_matches(|c: char| c.is_ascii_uppercase());
    !digits.is_empty() && digits.len() <= 12 && digits.bytes().all(|byte| byte.is_ascii_digit())
}

/// The text with everything that looks like an e-mail address hidden.
fn without_addresses(text: &str) -> String {
    let is_end = |c: char| c.is_whitespace() || "<>()[]\"',;:/?&=".contains(c);
    let mut shown = String::with_capacity(text.len());
    for word in text.split_inclusive(is_end) {
        let (name, end) = match word.char_indices().next_back() {
            Some((at, c)) if is_end(c) => word.split_at(at),
            _ => (word, ""),
        };
        let is_address = name.contains('@') && !name.starts_with('@') && !name.ends_with('@');
        shown.push_str(if is_address { HIDDEN } else { name });
        shown.push_str(end);
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        assert_eq!(without_addresses(text), expected);
    }

    #[test]
    fn addresses_are_hidden_wherever_they_stand() {
        check("b.simon@contoso.com", "(hidden)");
        check("user 'b.simon@contoso.com' is not assigned", "user '(hidden)' is not assigned");
        check("https://x.example/?user=b@contoso.com&y", "https://x.example/?user=(hidden)&y");
        check("https://x.example/a", "https://x.example/a");
        check("", "");
    }

    #[test]
    fn of_the_words_of_an_identity_provider_only_the_number_stays() {
        assert_eq!(error_number("AADSTS50105: B. Simon is not assigned"), "AADSTS50105: (hidden)");
        assert_eq!(error_number("B. Simon: no"), "(hidden)");
        assert_eq!(error_number("nobody"), "(hidden)");
    }
}
