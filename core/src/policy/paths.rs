//! Public paths: what a request may reach without a session.

use alloc::string::String;
use alloc::vec::Vec;

use crate::diagnostic::Excerpt;
use crate::policy::Error;

/// Most rules of one desk. Each protected request is compared with all of them.
pub const MAX_PUBLIC_PATHS: usize = 64;

/// Longest rule, in bytes.
pub const MAX_PUBLIC_PATH_BYTES: usize = 256;

/// The paths of a desk that need no session: exact ones, and folders that end in `/`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PublicPaths {
    rules: Vec<String>,
}

impl PublicPaths {
    /// From configuration. No rules: every path is protected.
    ///
    /// # Errors
    /// Any [`Error`] of this module, for the first rule that has one.
    pub fn new<S: AsRef<str>>(rules: &[S]) -> Result<Self, Error> {
        if rules.len() > MAX_PUBLIC_PATHS {
            return Err(Error::TooManyPublicPaths { found: rules.len() });
        }
        for rule in rules {
            check_rule(rule.as_ref())?;
        }
        Ok(Self { rules: rules.iter().map(|rule| String::from(rule.as_ref())).collect() })
    }

    /// The rules as configured.
    #[must_use]
    pub fn rules(&self) -> &[String] {
        &self.rules
    }

    /// Whether `path` may be forwarded without a session.
    ///
    /// `path` is the path exactly as it will be sent to the origin, without the query: a query, a
    /// header or the method never takes part in this decision (CVE-2025-54576, CVE-2026-34457).
    #[must_use]
    pub fn contains(&self, path: &str) -> bool {
        self.rules.iter().any(|rule| covers(rule, path))
    }
}

/// Whether a rule covers `path`, which is the path exactly as it will be sent to the origin: the very path,
/// or everything below a folder, that every server reads alike.
#[must_use]
pub fn covers(rule: &str, path: &str) -> bool {
    let fits = if rule.ends_with('/') { path.starts_with(rule) } else { path == rule };
    fits && is_plain(path)
}

/// Whether a rule means one path or folder.
#[must_use]
pub fn is_rule(rule: &str) -> bool {
    is_plain(rule) && !rule.contains(['%', '*', '?'])
}

fn check_rule(rule: &str) -> Result<(), Error> {
    if rule.len() > MAX_PUBLIC_PATH_BYTES {
        return Err(Error::PublicPathTooLong { found: rule.len() });
    }
    if rule == "/" {
        return Err(Error::EverythingPublic);
    }
    if !is_rule(rule) {
        return Err(Error::PublicPathMalformed { found: Excerpt::new(rule) });
    }
    Ok(())
}

/// Whether every server reads this path as the same path.
///
/// Not plain, and so always protected: `\`, `//`, dot segments, path parameters (`;`), fragments,
/// raw control or non-ASCII bytes, the escapes that some servers decode before routing (`%2f`, `%5c`,
/// `%2e`, `%00`, `%3b`, `%23`, `%25`), escapes that are no UTF-8 (`%c0%af` is a slash to decoders that
/// take overlong forms, CVE-2017-1000028), and segments that begin with two dots (Windows drops what
/// follows them in `..%20`). CVE-2025-66490, CVE-2026-48020, CVE-2026-41059.
#[must_use]
pub fn is_plain(path: &str) -> bool {
    let plain_byte = |b: u8| b.is_ascii_graphic() && !matches!(b, b'\\' | b';' | b'#');
    path.starts_with('/')
        && path.bytes().all(plain_byte)
        && !path.contains("//")
        && !path.split('/').any(|segment| segment == "." || segment.starts_with(".."))
        && has_harmless_escapes(path)
}

fn has_harmless_escapes(path: &str) -> bool {
    let mut parts = path.split('%');
    let mut decoded: Vec<u8> = parts.next().unwrap_or_default().bytes().collect();
    for part in parts {
        let Some((digits, after)) = part.split_at_checked(2) else { return false };
        let is_hexadecimal = digits.bytes().all(|b| b.is_ascii_hexdigit());
        match u8::from_str_radix(digits, 16) {
            Ok(byte) if is_hexadecimal && is_harmless(byte) => decoded.push(byte),
            _ => return false,
        }
        decoded.extend_from_slice(after.as_bytes());
    }
    core::str::from_utf8(&decoded).is_ok()
}

/// Whether no server does more with this byte, escaped, than show it.
const fn is_harmless(byte: u8) -> bool {
    !byte.is_ascii_control() && !matches!(byte, b'/' | b'\\' | b'.' | b';' | b'#' | b'%' | b'?')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Diagnostic as _;

    fn public() -> PublicPaths {
        PublicPaths::new(&["/robots.txt", "/assets/", "/api/public/"]).unwrap()
    }

    #[test]
    fn exact_paths_and_folders_are_public() {
        for path in [
            "/robots.txt",
            "/assets/",
            "/assets/app.js",
            "/assets/a/b/c.png",
            "/api/public/x",
            "/assets/a%20b.png",
            "/assets/%C3%A9.png",
            "/assets/a..b",
            "/assets/.well-known",
        ] {
            assert!(public().contains(path), "{path}");
        }
    }

    #[test]
    fn everything_else_is_protected() {
        for path in [
            "",
            "/",
            "/robots.txt/",
            "/robots.txt.bak",
            "/robots",
            "/assets",
            "/assetsx/a",
            "/ASSETS/a",
            "/Robots.txt",
            "/api/",
            "/api/publicx",
            "assets/a",
            "//assets/a",
            "/x/assets/a",
            "https://help.contoso.com/assets/a",
            "/%61ssets/a",
            "/tickets?/assets/",
            "/tickets#/assets/",
        ] {
            assert!(!public().contains(path), "{path}");
        }
    }

    #[test]
    fn a_public_prefix_does_not_open_what_a_server_could_read_differently() {
        for path in [
            "/assets/../admin",
            "/assets/..",
            "/assets/./../admin",
            "/assets/.",
            "/assets/%2e%2e/admin",
            "/assets/%2E./admin",
            "/assets/..%2fadmin",
            "/assets/%2fadmin",
            "/assets//admin",
            "/assets/..%5cadmin",
            "/assets/..\\admin",
            "/assets/a;/../../admin",
            "/assets/..;/admin",
            "/assets/%3b/admin",
            "/assets/a%00.png",
            "/assets/a%0d%0a",
            "/assets/%252e%252e/admin",
            "/assets/a%2",
            "/assets/a%",
            "/assets/a%zz",
            "/assets/%+2",
            "/assets/é.png",
            "/assets/a b",
            "/assets/a\tb",
            "/assets/a\u{0}",
            "/assets/a#b",
            "/assets/a%23b",
            "/assets/%3f",
            "/assets/%c0%ae%c0%ae%c0%afadmin",
            "/assets/%e0%80%af",
            "/assets/%ff",
            "/assets/%c3",
            "/assets/..%20/admin",
            "/assets/.../admin",
        ] {
            assert!(!public().contains(path), "{path}");
        }
    }

    #[test]
    fn without_rules_nothing_is_public() {
        assert!(!PublicPaths::default().contains("/"));
        assert!(!PublicPaths::new::<&str>(&[]).unwrap().contains("/robots.txt"));
    }

    #[track_caller]
    fn check(rule: &str, code: &str) {
        assert_eq!(PublicPaths::new(&[rule]).unwrap_err().code(), code, "{rule}");
    }

    #[test]
    fn rules_that_cannot_mean_one_thing_are_refused() {
        check("/", "policy.everything_public");
        for rule in [
            "",
            "assets/",
            "//",
            "/assets//x",
            "/assets/*",
            "/a/../b",
            "/a%20b",
            "/a?b",
            "/a#b",
            "/é",
            "https://help.contoso.com/assets/",
            "/a\\b",
            "/a b",
            "^/assets",
        ] {
            check(rule, "policy.public_path_malformed");
        }
        check(&"/a".repeat(129), "policy.public_path_too_long");
        let many = ["/a"; MAX_PUBLIC_PATHS + 1];
        assert_eq!(PublicPaths::new(&many).unwrap_err().code(), "policy.too_many_public_paths");
    }
}
