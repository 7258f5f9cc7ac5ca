//! Where a person goes after the login: a path of this desk, and nothing else.

use alloc::string::String;
use core::fmt;

use crate::diagnostic::Excerpt;
use crate::session::Error;

/// Longest return target. RelayState should have 80 bytes (SAML Bindings 3.4.3), links into a
/// helpdesk with a search in the query are longer.
pub const MAX_RETURN_TARGET_BYTES: usize = 2048;

/// A path with an optional query, on the desk's own host.
///
/// Open redirects come from texts that one reader takes for a path and a browser for an address:
/// `//evil.example`, `/\evil.example`, `/%09/evil.example`, `https:evil.example`. What is accepted
/// here is the plain subset of RFC 3986 on which all readers agree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReturnTarget(String);

impl ReturnTarget {
    /// The start page of the desk.
    #[must_use]
    pub fn home() -> Self {
        Self(String::from("/"))
    }

    /// Checks a path and query. `prefix` is where the gate's own routes are, such as `/deskgate/`: a
    /// login that returns to a login would not end. Only what takes people to a helpdesk goes on from there, and
    /// the page that asks about a form that was kept.
    ///
    /// # Errors
    /// [`Error::ReturnTargetRefused`].
    pub fn parse(text: &str, prefix: &str) -> Result<Self, Error> {
        let path = text.split('?').next().unwrap_or(text);
        let accepted = text.len() <= MAX_RETURN_TARGET_BYTES
            && text.bytes().all(is_uri_byte)
            && is_path_of_the_host(path)
            && !has_dot_segment(path)
            && !has_disguise(path)
            && path.strip_prefix(prefix).is_none_or(goes_on);
        if accepted {
            Ok(Self(String::from(text)))
        } else {
            Err(Error::ReturnTargetRefused { found: Excerpt::new(text) })
        }
    }

    /// Path and query.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The absolute URL for a Location header. `desk_url` is configuration: scheme and host, no path.
    #[must_use]
    pub fn absolute(&self, desk_url: &str) -> String {
        let mut url = String::from(desk_url.trim_end_matches('/'));
        url.push_str(&self.0);
        url
    }
}

impl fmt::Display for ReturnTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The pages of an app below our own prefix that take people on to it: `handoff/` and a name, or
/// `idp/`, a name and a page. And `kept/` with the name of a form, in base64url.
fn goes_on(page: &str) -> bool {
    if let Some(form) = page.strip_prefix("kept/") {
        let is_of_name = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_');
        return !form.is_empty() && form.bytes().all(is_of_name);
    }
    let hand_off = page.strip_prefix("handoff/");
    let bridge = page
        .strip_prefix("idp/")
        .and_then(|page| page.strip_suffix("/start").or_else(|| page.strip_suffix("/continue")));
    hand_off.or(bridge).is_some_and(|app| {
        !app.is_empty()
            && app.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    })
}

/// RFC 3986, section 3.3 and 3.4, and `[]{}|` which browsers leave in queries. No `#`, `\`, quote,
/// angle bracket, space, control or non-ASCII byte.
fn is_uri_byte(b: u8) -> bool {
    b.is_ascii_alphanumeric() || b"-._~%!$&'()*+,;=:@/?[]{}|".contains(&b)
}

/// Starts with exactly one `/`: two name a host (mod_auth_mellon's CVE-2019-3877, CVE-2019-13038).
fn is_path_of_the_host(path: &str) -> bool {
    path.strip_prefix('/').is_some_and(|rest| !rest.starts_with('/'))
}

/// `/.//evil.example` becomes `//evil.example` when dot segments are removed (RFC 3986, 5.2.4).
fn has_dot_segment(path: &str) -> bool {
    path.split('/').any(|segment| {
        let segment = segment.split(';').next().unwrap_or(segment);
        let dots = segment.replace("%2e", ".").replace("%2E", ".");
        matches!(dots.as_str(), "." | "..")
    })
}

/// Escapes that become a second slash, a backslash or a control character in a server that decodes a
/// path before it redirects, and escapes that are none.
fn has_disguise(path: &str) -> bool {
    let leading = path.get(1..4).unwrap_or_default();
    leading.eq_ignore_ascii_case("%2f")
        || path.split('%').skip(1).any(|rest| {
            let digits = rest.get(..2).filter(|d| d.bytes().all(|b| b.is_ascii_hexdigit()));
            match digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
                None => true,
                Some(byte) => byte.is_ascii_control() || byte == b'\\',
            }
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepted(text: &str) -> bool {
        ReturnTarget::parse(text, "/deskgate/").is_ok()
    }

    #[test]
    fn paths_of_the_desk_are_accepted_as_they_are() {
        for text in [
            "/",
            "/tickets/17",
            "/tickets/17?reply=1&x=%0A",
            "/a//b",
            "/a%20b",
            "/%C3%A9",
            "/search?q=a%2Fb%5Cc",
            "/?next=https://evil.example",
            "/a:b@c",
            "/x?[a]={b|c}",
            "/a;b=c",
            "/a%2Fb",
            "/...",
            "/.well-known/x",
            "/deskgateway",
            "/x?/deskgate/",
            "/User/Login?ReturnUrl=%2fhelpdesk%2f",
            "/a?..//",
            "/index.php?/a/../b",
            "/deskgate/handoff/zendesk",
            "/deskgate/idp/jitbit/start",
            "/deskgate/kept/AbC_-1",
            "/deskgate/idp/jitbit-2/continue?state=AbC_-1",
            "/deskgate/handoff/zendesk-2?return_to=https%3A%2F%2Fcontoso.zendesk.com",
        ] {
            let target = ReturnTarget::parse(text, "/deskgate/").unwrap();
            assert_eq!(target.as_str(), text);
            assert_eq!(
                target.absolute("https://help.contoso.com"),
                std::format!("https://help.contoso.com{text}")
            );
        }
        assert!(accepted(&std::format!("/{}", "a".repeat(MAX_RETURN_TARGET_BYTES - 1))));
    }

    #[test]
    fn everything_that_a_browser_could_take_for_another_host_is_refused() {
        for text in [
            // Hosts and schemes.
            "",
            "evil.example",
            "//evil.example",
            "///evil.example",
            "////evil.example",
            "//evil.example/%2e%2e",
            "https://evil.example",
            "https://help.contoso.com/",
            "https://help.contoso.com.evil.example/",
            "HTTPS://evil.example",
            "https:evil.example",
            "https:/evil.example",
            "https:///evil.example",
            "http:evil.example",
            "javascript:alert(1)",
            "JaVaScRiPt:alert(1)",
            "data:text/html,x",
            "mailto:a@b.c",
            "?x",
            "#x",
            "@evil.example",
            ".evil.example",
            ":80",
            "a/../b",
            "../x",
            "./x",
            "tickets/17",
            // Backslashes, raw and escaped.
            "\\",
            "/\\evil.example",
            "\\\\evil.example",
            "/\\/evil.example",
            "\\/evil.example",
            "/a\\..\\b",
            "/%5cevil.example",
            "/%5Cevil.example",
            "/a/%5c/b",
            "/x?a\\b",
            // White space and control characters, raw and escaped.
            " ",
            " /x",
            "/ /evil.example",
            "/x ",
            "\t/x",
            "/\t/evil.example",
            "/\n/evil.example",
            "/\r\nSet-Cookie:a=b",
            "/x\r\n",
            "/\u{0}/evil.example",
            "/x\u{7f}",
            "/%09/evil.example",
            "/%0a/evil.example",
            "/%0d%0aLocation:x",
            "/%00",
            "/a%1fb",
            "/a%7fb",
            "/\u{b}/evil.example",
            "/x\u{a0}",
            "/x\u{2028}",
            "\u{feff}/x",
            // Dot segments.
            "/.//evil.example",
            "/..//evil.example",
            "/./x",
            "/../x",
            "/a/..",
            "/a/.",
            "/%2e%2e//evil.example",
            "/%2E/x",
            "/.%2e/x",
            "/a/%2e./b",
            "/..;/x",
            "/.;a=b/x",
            // Escaped slash where a host would begin; broken escapes.
            "/%2fevil.example",
            "/%2Fevil.example",
            "/%2f%2fevil.example",
            "/%",
            "/%2",
            "/%zz",
            "/a%g0",
            "/%+1",
            // Not what a browser sends.
            "/é",
            "/\u{ff0f}evil.example",
            "/x#y",
            "/x?a#b",
            "/<script>",
            "/\"",
            "/x?\"onload=",
            "/x?<a",
            "/a`b",
            "/a^b",
            // Our own routes.
            "/deskgate/",
            "/deskgate/login",
            "/deskgate/logout?x",
            "/deskgate/login?return=/",
            "/deskgate/kept/",
            "/deskgate/kept/a/b",
            "/deskgate/kept/..",
            "/deskgate/kept/%61",
        ] {
            assert!(!accepted(text), "{text:?}");
        }
        assert!(!accepted(&std::format!("/{}", "a".repeat(MAX_RETURN_TARGET_BYTES))));
    }

    #[test]
    fn the_location_is_absolute_on_the_desk() {
        let target = ReturnTarget::parse("/a?b", "/deskgate/").unwrap();
        assert_eq!(target.absolute("https://help.contoso.com/"), "https://help.contoso.com/a?b");
        assert_eq!(ReturnTarget::home().as_str(), "/");
    }
}
