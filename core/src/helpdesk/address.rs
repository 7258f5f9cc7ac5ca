//! Addresses that a helpdesk asks to be sent back to.

use alloc::string::{String, ToString as _};

use crate::diagnostic::Excerpt;
use crate::helpdesk::Error;
use crate::session::ReturnTarget;

/// No path begins with this: the pages of a helpdesk are not below our prefix.
const NO_PREFIX: &str = "\0";

/// A path of the helpdesk itself. One that begins without a slash gets it, as seen from the root of
/// the site; one that begins with two names another host (attacks.md B-06).
pub(super) fn path(name: &'static str, text: &str) -> Result<String, Error> {
    let rooted = match text.starts_with('/') {
        true => text.to_string(),
        false => alloc::format!("/{text}"),
    };
    match ReturnTarget::parse(&rooted, NO_PREFIX) {
        Ok(_) => Ok(rooted),
        Err(_) => Err(refused(name, text, "a path that begins with one slash")),
    }
}

/// A path, or an address on one of `origins` (scheme and host).
pub(super) fn path_or_address<'o>(
    name: &'static str,
    text: &str,
    origins: impl IntoIterator<Item = &'o str>,
) -> Result<String, Error> {
    if text.starts_with('/') {
        return path(name, text);
    }
    let mut expected = String::new();
    for origin in origins {
        if is_on(origin, text) {
            return Ok(text.to_string());
        }
        let separator = if expected.is_empty() { "" } else { ", " };
        expected.push_str(separator);
        expected.push_str(origin);
    }
    Err(refused(name, text, &expected))
}

/// Whether `address` is `origin` and then nothing, a path, a query or a fragment. Nothing else
/// may stand between: `host.evil.example`, `host@evil.example` and `host:8443` are other places. What
/// browsers repair without saying (backslashes, white space, quotes) is not accepted at all.
fn is_on(origin: &str, address: &str) -> bool {
    let Some((found, path)) = address.split_at_checked(origin.len()) else { return false };
    found.eq_ignore_ascii_case(origin)
        && (path.is_empty() || path.starts_with(['/', '?', '#']))
        && path.bytes().all(|b| b.is_ascii_graphic() && !b"\\\"<>^`".contains(&b))
}

fn refused(name: &'static str, found: &str, expected: &str) -> Error {
    Error::AddressRefused { name, expected: Excerpt::new(expected), found: Excerpt::new(found) }
}

/// A host name as it stands in the settings of a helpdesk: two or more labels in lower case, no port.
pub(super) fn is_host(text: &str) -> bool {
    text.len() <= 253 && text.contains('.') && text.split('.').all(is_label)
}

/// One label of a host name (RFC 1123, section 2.1), in lower case.
pub(super) fn is_label(text: &str) -> bool {
    (1..=63).contains(&text.len())
        && !text.starts_with('-')
        && !text.ends_with('-')
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}
