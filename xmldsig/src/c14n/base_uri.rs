//! `join-URI-References` of Canonical XML 1.1, section 2.4: RFC 3986, section 5.2, changed so that two
//! relative references join to a relative reference.

use alloc::string::String;
use alloc::vec::Vec;

/// The components of a URI reference (RFC 3986, appendix B), the fragment dropped.
struct Reference<'a> {
    scheme: Option<&'a str>,
    authority: Option<&'a str>,
    path: &'a str,
    query: Option<&'a str>,
}

impl<'a> Reference<'a> {
    fn parse(text: &'a str) -> Self {
        let text = text.split_once('#').map_or(text, |(before, _)| before);
        let (text, query) = split_optional(text, '?');
        let (scheme, text) = match text.split_once(':') {
            Some((scheme, rest)) if !scheme.is_empty() && !scheme.contains('/') => {
                (Some(scheme), rest)
            }
            _ => (None, text),
        };
        let (authority, path) = match text.strip_prefix("//") {
            Some(rest) => {
                let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
                (Some(authority), path)
            }
            None => (None, text),
        };
        Self { scheme, authority, path, query }
    }
}

fn split_optional(text: &str, delimiter: char) -> (&str, Option<&str>) {
    text.split_once(delimiter).map_or((text, None), |(before, after)| (before, Some(after)))
}

/// Joins the `xml:base` of an outer element with that of an inner one (RFC 3986, section 5.2.2). The
/// base needs no scheme; the fragment of the reference is ignored.
pub(super) fn join(base: &str, reference: &str) -> String {
    let (outer, inner) = (Reference::parse(base), Reference::parse(reference));
    if inner.scheme.is_some() {
        return compose(&inner, &without_dot_segments(inner.path));
    }
    if inner.authority.is_some() {
        let joined = Reference { scheme: outer.scheme, ..inner };
        return compose(&joined, &without_dot_segments(joined.path));
    }
    let path = match inner.path {
        "" => String::from(outer.path),
        absolute if absolute.starts_with('/') => without_dot_segments(absolute),
        relative => without_dot_segments(&merge(&outer, relative)),
    };
    let query = if inner.path.is_empty() { inner.query.or(outer.query) } else { inner.query };
    compose(&Reference { query, ..outer }, &path)
}

/// RFC 3986, section 5.2.3, where a base that ends in `..` is a directory (C14N 1.1, section 2.4).
fn merge(base: &Reference<'_>, path: &str) -> String {
    let (directory, last) = base.path.split_at(base.path.rfind('/').map_or(0, |slash| slash + 1));
    let mut merged = String::from(directory);
    if base.path.is_empty() && base.authority.is_some() {
        merged.push('/');
    }
    if last == ".." {
        merged.push_str("../");
    }
    merged.push_str(path);
    merged
}

/// RFC 3986, section 5.2.4, changed by C14N 1.1, section 2.4: leading `..` segments stay, several
/// slashes are one, and a `..` at the end gets a slash.
fn without_dot_segments(path: &str) -> String {
    let is_absolute = path.starts_with('/');
    let mut segments = Vec::new();
    let mut is_directory = false;
    for segment in path.split('/') {
        is_directory = matches!(segment, "" | "." | "..");
        match segment {
            "" | "." => {}
            ".." if segments.last().is_some_and(|last| *last != "..") => {
                segments.pop();
            }
            ".." if is_absolute => {}
            _ => segments.push(segment),
        }
    }
    let mut result = String::from(if is_absolute { "/" } else { "" });
    result.push_str(&segments.join("/"));
    if is_directory && !segments.is_empty() {
        result.push('/');
    }
    result
}

/// RFC 3986, section 5.3, without fragment.
fn compose(reference: &Reference<'_>, path: &str) -> String {
    let mut text = String::new();
    if let Some(scheme) = reference.scheme {
        text.push_str(scheme);
        text.push(':');
    }
    if let Some(authority) = reference.authority {
        text.push_str("//");
        text.push_str(authority);
    }
    text.push_str(path);
    if let Some(query) = reference.query {
        text.push('?');
        text.push_str(query);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(base: &str, reference: &str, expected: &str) {
        assert_eq!(join(base, reference), expected, "{base:?} with {reference:?}");
    }

    #[test]
    fn the_examples_of_canonical_xml_1_1_join_as_written_there() {
        check("abc/", "../", "");
        check("../", "../", "../../");
        check("..", "..", "../../");
        check("..", &join("..", "x"), "../../x");
        check("something/else", &join("bar/", "foo"), "something/bar/foo");
    }

    #[test]
    fn absolute_bases_join_as_in_rfc_3986_5_4_without_the_fragment() {
        let base = "http://a/b/c/d;p?q";
        for (reference, expected) in [
            ("g:h", "g:h"),
            ("g", "http://a/b/c/g"),
            ("./g", "http://a/b/c/g"),
            ("g/", "http://a/b/c/g/"),
            ("/g", "http://a/g"),
            ("//g", "http://g"),
            ("?y", "http://a/b/c/d;p?y"),
            ("g?y", "http://a/b/c/g?y"),
            ("#s", "http://a/b/c/d;p?q"),
            ("g#s", "http://a/b/c/g"),
            (";x", "http://a/b/c/;x"),
            ("g;x?y#s", "http://a/b/c/g;x?y"),
            ("", "http://a/b/c/d;p?q"),
            (".", "http://a/b/c/"),
            ("..", "http://a/b/"),
            ("../g", "http://a/b/g"),
            ("../..", "http://a/"),
            ("../../../g", "http://a/g"),
            ("g..", "http://a/b/c/g.."),
            ("./g/.", "http://a/b/c/g/"),
            ("g;x=1/../y", "http://a/b/c/y"),
            ("g?y/../x", "http://a/b/c/g?y/../x"),
        ] {
            check(base, reference, expected);
        }
        check("http://a", "g", "http://a/g");
    }

    #[test]
    fn dot_segments_go_as_in_appendix_a_of_canonical_xml_1_1() {
        for (path, expected) in [
            ("no/.././/pseudo-netpath/seg/file.ext", "pseudo-netpath/seg/file.ext"),
            ("yes/no//..//.///pseudo-netpath/seg/file.ext", "yes/pseudo-netpath/seg/file.ext"),
            ("no/../yes/no/..", "yes/"),
            ("../../no/../..", "../../../"),
            ("no/..", ""),
            ("/a/b/c/./../../g", "/a/g"),
            ("mid/content=5/../6", "mid/6"),
            ("no/../../", "../"),
            ("..yes/..no/..no/..no/../../../..yes", "..yes/..yes"),
            (".", ""),
            ("./.", ""),
            ("//no/..", "/"),
            ("/yes/no/no/../..", "/yes/"),
            ("..yes/...no/..no/..no/../../..", "..yes/"),
            ("/", "/"),
            ("/./.", "/"),
            ("//..//..", "/"),
            ("..", "../"),
        ] {
            assert_eq!(without_dot_segments(path), expected, "{path:?}");
        }
    }
}
