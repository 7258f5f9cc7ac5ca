//! The names of what stands in a form, for the person who asks: which one was that?

use deskgate_core::diagnostic::Excerpt;

/// Most names shown of each kind.
const MAX_NAMES: usize = 12;

/// Most fields and parts that are looked at.
const MAX_PARTS: usize = 200;

/// Where the headers of a part end at the latest.
const MAX_PART_HEADER_BYTES: usize = 1024;

/// Longest name shown, in characters.
const MAX_NAME_CHARS: usize = 60;

/// Names of fields, then of files.
pub(super) fn of(content_type: &str, body: &[u8]) -> (Vec<String>, Vec<String>) {
    let (mut fields, mut files) = (Vec::new(), Vec::new());
    if let Some(boundary) = boundary(content_type) {
        for header in parts(body, boundary).take(MAX_PARTS) {
            match parameter(&header, "filename") {
                Some("") => {}
                Some(file) => add(&mut files, file),
                None => add(&mut fields, parameter(&header, "name").unwrap_or_default()),
            }
        }
    } else if is_of_kind(content_type, "application/x-www-form-urlencoded") {
        for (name, _) in form_urlencoded::parse(body).take(MAX_PARTS) {
            add(&mut fields, &name);
        }
    }
    (fields, files)
}

fn add(names: &mut Vec<String>, name: &str) {
    let name: String = name.chars().take(MAX_NAME_CHARS).collect();
    let name = String::from(Excerpt::new(&name));
    if names.len() < MAX_NAMES && !name.is_empty() && !names.contains(&name) {
        names.push(name);
    }
}

pub(super) fn is_of_kind(content_type: &str, kind: &str) -> bool {
    content_type.split(';').next().is_some_and(|found| found.trim().eq_ignore_ascii_case(kind))
}

/// RFC 7578, section 4.1. Browsers write it last and without quotes.
fn boundary(content_type: &str) -> Option<&str> {
    let parameters = content_type.split_once(';')?.1;
    let is_multipart = is_of_kind(content_type, "multipart/form-data");
    let (name, value) = parameters.split_once('=')?;
    let is_boundary = name.trim().eq_ignore_ascii_case("boundary");
    let value = value.trim().trim_matches('"');
    (is_multipart && is_boundary && !value.is_empty()).then_some(value)
}

/// The headers of the parts.
fn parts<'a>(body: &'a [u8], boundary: &str) -> impl Iterator<Item = String> + 'a {
    let delimiter = format!("--{boundary}\r\n").into_bytes();
    let mut rest = body;
    core::iter::from_fn(move || {
        let at = memchr::memchr_iter(b'-', rest)
            .find(|at| rest.get(*at..).is_some_and(|rest| rest.starts_with(&delimiter)))?;
        rest = rest.get(at + delimiter.len()..)?;
        let header = rest.get(..MAX_PART_HEADER_BYTES.min(rest.len()))?;
        let end = header.windows(4).position(|window| window == b"\r\n\r\n");
        Some(String::from_utf8_lossy(header.get(..end.unwrap_or(0))?).into_owned())
    })
}

/// A parameter of Content-Disposition, as browsers write it: in quotes, with `%22` for a quote inside.
fn parameter<'a>(header: &'a str, name: &str) -> Option<&'a str> {
    let start = format!("; {name}=\"");
    let at = header.find(&start)? + start.len();
    header.get(at..)?.split('"').next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(content_type: &str, body: &str, fields: &[&str], files: &[&str]) {
        let (found, found_files) = of(content_type, body.as_bytes());
        assert_eq!((found, found_files), (owned(fields), owned(files)), "{content_type} {body}");
    }

    fn owned(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn fields_and_files_are_named_and_their_contents_are_not() {
        let form = "application/x-www-form-urlencoded";
        check(form, "text=a+secret&text=b&to%5B%5D=x&=y", &["text", "to[]"], &[]);
        check("text/plain", "text=a", &[], &[]);
        let multipart = "multipart/form-data; boundary=----x";
        let body = "------x\r\nContent-Disposition: form-data; name=\"text\"\r\n\r\nname=\"no\"\r\n\
            ------x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.pdf\"\r\n\
            Content-Type: application/pdf\r\n\r\n%PDF\r\n\
            ------x\r\nContent-Disposition: form-data; name=\"none\"; filename=\"\"\r\n\r\n\r\n\
            ------x--\r\n";
        check(multipart, body, &["text"], &["a.pdf"]);
        check("multipart/form-data", body, &[], &[]);
        check("multipart/form-data; boundary=y", body, &[], &[]);
    }

    #[test]
    fn names_are_short_printable_and_few() {
        let form = "application/x-www-form-urlencoded";
        check(form, "a%0Ab=1&%E2%80%AEc=2", &["a\\u{a}b", "\\u{202e}c"], &[]);
        let long = "x".repeat(MAX_NAME_CHARS);
        check(form, &format!("{long}yz=1"), &[&long], &[]);
        let many: Vec<_> = (0..1000).map(|n| format!("f{n}=")).collect();
        assert_eq!(of(form, many.join("&").as_bytes()).0.len(), MAX_NAMES);
        let endless = format!("--x\r\n{}", "a".repeat(100_000));
        check("multipart/form-data; boundary=x", &endless.repeat(3), &[], &[]);
    }
}
