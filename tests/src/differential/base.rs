//! What libxml2 does otherwise with `xml:base` in Canonical XML 1.1: two narrow classes.
//!
//! Section 2.4 changes the attribute only below omitted elements of which one has it, and leaves it out
//! only where the values joined there are empty. Its value is a reference in which characters are allowed
//! that no URI has (XML Base, section 3.1); nothing says that such a value is left out.

use deskgate_core::c14n::Method;
use deskgate_core::limits::XmlLimits;
use deskgate_core::xml::{Document, Element, names};

use super::case::Case;
use super::refusal::Class;

/// The class of a difference that is only about `xml:base`. Every other byte is compared.
pub(super) fn class(case: &Case, ours: &[Vec<u8>], theirs: &[Vec<u8>]) -> Option<Class> {
    let differing = || ours.iter().zip(theirs).enumerate().filter(|(_, (o, t))| o != t);
    if ours.len() != theirs.len() || differing().any(|(at, _)| !is_inclusive_11(case, at)) {
        return None;
    }
    if differing().all(|(_, (ours, theirs))| without_empty_bases(ours) == *theirs) {
        return Some(Class::EmptyBase);
    }
    let lacks_base =
        |ours: &[u8], theirs: &[u8]| without_first_base(ours).as_deref() == Some(theirs);
    let all_lack_base = differing().all(|(_, (ours, theirs))| lacks_base(ours, theirs));
    (all_lack_base && joins_no_uri(case)).then_some(Class::BaseIsNoUri)
}

fn is_inclusive_11(case: &Case, form: usize) -> bool {
    case.method(form) == Some(Method::Inclusive11)
}

/// libxml2 joins with nothing below an element that is not omitted, and then drops an empty result.
fn without_empty_bases(form: &[u8]) -> Vec<u8> {
    String::from_utf8_lossy(form).replace(" xml:base=\"\"", "").into_bytes()
}

/// Without the joined attribute, which is that of the apex and so the first one.
fn without_first_base(form: &[u8]) -> Option<Vec<u8>> {
    let form = std::str::from_utf8(form).ok()?;
    let (before, after) = form.split_once(" xml:base=\"")?;
    let (_, after) = after.split_once('"')?;
    Some(format!("{before}{after}").into_bytes())
}

/// Whether one of the values that are joined at the apex is no URI reference.
fn joins_no_uri(case: &Case) -> bool {
    let Ok(document) = Document::parse(&case.text, &XmlLimits::METADATA) else { return false };
    let apex = case.apex.checked_sub(1).and_then(|at| document.elements().nth(at));
    let chain = std::iter::successors(apex, |element| element.parent());
    chain.filter_map(base_of).any(|base| !is_uri_reference(base))
}

fn base_of(element: Element<'_>) -> Option<&str> {
    let mut attributes = element.attributes();
    let base = attributes.find(|a| a.local_name() == "base" && a.namespace() == names::XML)?;
    Some(base.value())
}

/// By its characters (RFC 3986, section 2), and by what stands before the first colon: a scheme (section
/// 3.1), for a relative reference has none there (section 4.2). The regular expression of appendix B, by
/// which values are joined here, takes anything for a scheme.
fn is_uri_reference(text: &str) -> bool {
    let start = text.split(['/', '?', '#']).next().unwrap_or_default();
    let is_of_schemes =
        |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.');
    let is_scheme = |scheme: &str| {
        scheme.starts_with(|first: char| first.is_ascii_alphabetic())
            && scheme.bytes().all(is_of_schemes)
    };
    text.bytes().all(is_of_uris)
        && start.split_once(':').is_none_or(|(before, _)| is_scheme(before))
}

const fn is_of_uris(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(byte, b'!' | b'#'..=b'/' | b':' | b';')
        || matches!(byte, b'=' | b'?' | b'@' | b'[' | b']' | b'_' | b'~')
}

#[cfg(test)]
mod tests {
    use super::super::case::Answer;
    use super::*;

    /// `theirs` makes what libxml2 says of one of our forms.
    #[track_caller]
    fn check(text: &str, apex: usize, theirs: fn(&str) -> String, expected: Option<Class>) {
        let case = Case { text: text.into(), apex, without: 0, prefixes: Vec::new() };
        let Answer::Forms(ours) = case.our_answer() else { panic!("{text} is refused") };
        let theirs = |form: &Vec<u8>| theirs(std::str::from_utf8(form).expect("UTF-8")).into();
        let theirs: Vec<Vec<u8>> = ours.iter().map(theirs).collect();
        assert_ne!(ours, theirs, "{text}");
        assert_eq!(class(&case, &ours, &theirs), expected, "{text}");
    }

    /// Of the forms, only those of Canonical XML 1.1 join.
    fn without_joined(form: &str) -> String {
        form.replace(" xml:base=\"/a\u{b7}b/c/\"", "").replace(" xml:base=\"/ab/c/\"", "")
    }

    #[test]
    fn an_empty_base_is_kept_where_nothing_is_omitted() {
        let text = "<a xml:base=\"\"><b xml:base=\"x\"/></a>";
        let case = Case { text: text.into(), apex: 1, without: 0, prefixes: Vec::new() };
        let Answer::Forms(ours) = case.our_answer() else { panic!("refused") };
        let expected = b"<a xml:base=\"\"><b xml:base=\"x\"></b></a>";
        assert!(ours.iter().all(|form| form == expected));
        let mut theirs = ours.clone();
        for form in &mut theirs[4..] {
            *form = b"<a><b xml:base=\"x\"></b></a>".to_vec();
        }
        assert_eq!(class(&case, &ours, &theirs), Some(Class::EmptyBase));
        // Not in the other methods, and not with another difference.
        check(text, 1, |form| form.replace(" xml:base=\"\"", ""), None);
        theirs[5] = b"<a><b></b></a>".to_vec();
        assert_eq!(class(&case, &ours, &theirs), None);
    }

    #[test]
    fn a_base_with_a_character_of_no_uri_is_joined_like_any_other() {
        let text = "<a xml:base=\"/a\u{b7}b/x\"><b xml:base=\"c/\"/></a>";
        check(text, 2, without_joined, Some(Class::BaseIsNoUri));
        check(text, 2, |form| form.replace("/a\u{b7}b/c/", "/c/"), None);
        check("<a xml:base=\"/ab/x\"><b xml:base=\"c/\"/></a>", 2, without_joined, None);
    }

    #[test]
    fn a_base_with_something_else_for_a_scheme_is_joined_like_any_other() {
        let dropped = |form: &str| form.replace(" xml:base=\"=http://h/x\"", "");
        let text = "<a xml:base=\"/ab\"><b xml:base=\"=http://h/x\"/></a>";
        let case = Case { text: text.into(), apex: 2, without: 0, prefixes: Vec::new() };
        let Answer::Forms(ours) = case.our_answer() else { panic!("refused") };
        let mut theirs = ours.clone();
        for form in &mut theirs[4..] {
            *form = dropped(std::str::from_utf8(form).expect("UTF-8")).into_bytes();
        }
        assert_eq!(class(&case, &ours, &theirs), Some(Class::BaseIsNoUri));
        for (text, expected) in
            [("http://h/", true), ("a/b:c", true), ("", true), ("a'b:c", false), (":c", false)]
        {
            assert_eq!(is_uri_reference(text), expected, "{text}");
        }
    }
}
