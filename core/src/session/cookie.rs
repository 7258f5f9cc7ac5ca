//! The cookies of a desk.
//!
//! Servers read the Cookie header in many ways: quotes, `$Version`, percent-decoding, white space of
//! Unicode. Here it is cut at `;`, trimmed of space and tab, and compared byte for byte, and a name
//! that occurs twice counts as an attack (cookie tossing). What is *removed* from a header, however,
//! is everything that any of those servers could read as a cookie of ours.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::time::Duration;

use crate::session::Error;

/// Longest Cookie header that is read.
pub const MAX_COOKIE_HEADER_BYTES: usize = 16 * 1024;

/// Most cookies that are read. Browsers keep 50 to 180 of one domain.
const MAX_COOKIES: usize = 200;

/// A cookie of a desk. The prefix `__Host-` makes the browser refuse it from other hosts, from plain
/// HTTP and with a `Domain` (RFC 6265bis, section 4.1.3.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CookieName {
    /// What ties forms that are kept through a sign-in to the browser that sent them.
    Kept,
    /// The logins that this browser has begun.
    Login,
    /// The session.
    Session,
}

impl CookieName {
    /// The name on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Kept => "__Host-deskgate-kept",
            Self::Login => "__Host-deskgate-login",
            Self::Session => "__Host-deskgate",
        }
    }
}

/// The value of a cookie of ours in a Cookie header.
///
/// # Errors
/// [`Error::CookieRepeated`], upon which the caller clears the cookie and counts it as absent;
/// [`Error::CookieHeaderTooLarge`].
pub fn cookie_value(header: &str, name: CookieName) -> Result<Option<&str>, Error> {
    if header.len() > MAX_COOKIE_HEADER_BYTES {
        return Err(Error::CookieHeaderTooLarge);
    }
    let mut found = None;
    for (index, pair) in header.split(';').enumerate() {
        if index == MAX_COOKIES {
            return Err(Error::CookieHeaderTooLarge);
        }
        // A pair without `=`, or with nothing before it, has no name and is never ours.
        let Some((found_name, value)) = pair.trim_matches([' ', '\t']).split_once('=') else {
            continue;
        };
        if found_name == name.as_str() && found.replace(value).is_some() {
            return Err(Error::CookieRepeated);
        }
    }
    Ok(found)
}

/// The Cookie header to send to the origin: without every pair that a server could read as ours.
/// `None` when nothing is left. Of two Cookie headers, platforms make one with a comma in between.
#[must_use]
pub fn without_ours(header: &str) -> Option<String> {
    let kept: Vec<&str> = header
        .split(';')
        .map(|pair| pair.trim_matches([' ', '\t']))
        .filter(|pair| !pair.is_empty() && !resembles_ours(pair) && !joins_ours(pair))
        .collect();
    if kept.is_empty() { None } else { Some(kept.join("; ")) }
}

/// Whether a Set-Cookie header of the origin sets, in any spelling, a cookie of ours. It is dropped.
#[must_use]
pub fn sets_ours(set_cookie: &str) -> bool {
    resembles_ours(set_cookie.split(';').next().unwrap_or(set_cookie))
}

/// Whether a `name=value` could be read as one of our names: by a server that decodes `%`, ignores
/// case, drops or replaces other characters (PHP writes `_` for `.`), or takes a nameless cookie
/// `=__Host-deskgate=x` for what it looks like.
fn resembles_ours(pair: &str) -> bool {
    let name = match pair.split_once('=') {
        Some((name, value)) if name.trim().is_empty() => value,
        Some((name, _)) => name,
        None => pair,
    };
    let letters: Vec<u8> = percent_decoded(name.as_bytes())
        .filter(u8::is_ascii_alphanumeric)
        .map(|b| b.to_ascii_lowercase())
        .take(OUR_LETTERS.len())
        .collect();
    letters == OUR_LETTERS
}

/// What is left of our names when only letters and digits count.
const OUR_LETTERS: &[u8; 12] = b"hostdeskgate";

/// Whether a pair of a second Cookie header, joined to this one by a comma, could be read as ours. The name may
/// have commas itself, so it can begin after each of them: all are followed in one pass. An escaped comma counts as one,
/// and `=` ends nothing: rather a cookie of somebody else is missing than one of ours is there.
fn joins_ours(pair: &str) -> bool {
    // Bit n: the last n letters are the first n of ours, and before them was a comma.
    let mut matched = 0_u16;
    for byte in percent_decoded(pair.as_bytes()) {
        if byte == b',' {
            matched |= 1;
        } else if matched != 0 && byte.is_ascii_alphanumeric() {
            let letters = OUR_LETTERS.iter().enumerate();
            let fitting = letters.filter(|(_, ours)| ours.eq_ignore_ascii_case(&byte));
            matched = (matched & fitting.fold(0, |bits, (n, _)| bits | 1 << n)) << 1;
        }
        if matched >> OUR_LETTERS.len() != 0 {
            return true;
        }
    }
    false
}

fn percent_decoded(bytes: &[u8]) -> impl Iterator<Item = u8> {
    let mut rest = bytes;
    core::iter::from_fn(move || {
        let (&first, after) = rest.split_first()?;
        let hex = |digit: u8| char::from(digit).to_digit(16).and_then(|n| u8::try_from(n).ok());
        if let (b'%', [high, low, after_escape @ ..]) = (first, after)
            && let (Some(high), Some(low)) = (hex(*high), hex(*low))
        {
            rest = after_escape;
            return Some(high << 4 | low);
        }
        rest = after;
        Some(first)
    })
}

/// The Set-Cookie header for a value of base64url segments. The attributes are not a choice.
#[must_use]
pub fn set_cookie(name: CookieName, value: &str, max_age: Duration) -> String {
    let (name, max_age) = (name.as_str(), max_age.as_secs());
    format!("{name}={value}; Path=/; Max-Age={max_age}; Secure; HttpOnly; SameSite=Lax")
}

/// The Set-Cookie header that removes a cookie.
#[must_use]
pub fn clear_cookie(name: CookieName) -> String {
    set_cookie(name, "", Duration::ZERO)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Diagnostic as _;

    #[track_caller]
    fn check(header: &str, expected: Result<Option<&str>, &str>) {
        let found = cookie_value(header, CookieName::Session).map_err(|error| error.code());
        assert_eq!(found, expected, "{header:?}");
    }

    #[test]
    fn the_cookie_of_exactly_this_name_is_found() {
        check("__Host-deskgate=a.b.c", Ok(Some("a.b.c")));
        check("x=1; __Host-deskgate=a.b.c; __Host-deskgate-login=y", Ok(Some("a.b.c")));
        check("x=1;__Host-deskgate=a;y", Ok(Some("a")));
        check(" \t__Host-deskgate=a \t", Ok(Some("a")));
        check("__Host-deskgate==a=b", Ok(Some("=a=b")));
        check("__Host-deskgate=", Ok(Some("")));
        check("__Host-deskgate=\"a\"", Ok(Some("\"a\"")));
        assert_eq!(cookie_value("__Host-deskgate-login=y", CookieName::Login), Ok(Some("y")));
    }

    #[test]
    fn other_spellings_are_not_ours() {
        for header in [
            "",
            ";",
            "=",
            "__Host-deskgate",
            "__host-deskgate=a",
            "__Host-Deskgate=a",
            "__Host-deskgate-=a",
            "__Host-deskgat=a",
            "x__Host-deskgate=a",
            "=__Host-deskgate=a",
            "= __Host-deskgate=a",
            "__Host-deskgate =a",
            "\u{2000}__Host-deskgate=a",
            "\u{a0}__Host-deskgate=a",
            "\u{feff}__Host-deskgate=a",
            "__%48ost-deskgate=a",
            "\"__Host-deskgate\"=a",
            "$Version=1, __Host-deskgate=a",
            "x=1, __Host-deskgate=a",
            "x=\"; __Host-deskgate-=a",
            "..Host-deskgate=a",
            "\u{b}__Host-deskgate=a",
            "\r\n__Host-deskgate=a",
            "__Host-deskgate\u{0}=a",
        ] {
            check(header, Ok(None));
        }
    }

    #[test]
    fn a_repeated_cookie_is_an_attack() {
        check("__Host-deskgate=a; __Host-deskgate=a", Err("session.cookie_repeated"));
        check("__Host-deskgate=a; x=1; __Host-deskgate=", Err("session.cookie_repeated"));
    }

    #[test]
    fn header_and_number_of_cookies_are_limited() {
        check(&"a".repeat(MAX_COOKIE_HEADER_BYTES + 1), Err("session.cookie_header_too_large"));
        check(&";".repeat(MAX_COOKIES), Err("session.cookie_header_too_large"));
        check(&";".repeat(MAX_COOKIES - 1), Ok(None));
    }

    #[test]
    fn the_origin_gets_the_other_cookies() {
        for (header, expected) in [
            ("a=1; __Host-deskgate=t; b=2", Some("a=1; b=2")),
            ("a=1;b=2", Some("a=1; b=2")),
            ("__Host-deskgate=t", None),
            ("__Host-deskgate=t; __Host-deskgate=u; __Host-deskgate-login=v", None),
            ("; ;", None),
            ("deskgate=1; my__Host-deskgate=1", Some("deskgate=1; my__Host-deskgate=1")),
            (
                "__Host-session=1; theme=host-deskgate",
                Some("__Host-session=1; theme=host-deskgate"),
            ),
        ] {
            assert_eq!(without_ours(header).as_deref(), expected, "{header}");
        }
    }

    #[test]
    fn every_spelling_that_a_server_could_take_for_ours_is_removed() {
        for name in [
            "__Host-deskgate",
            "__host-DESKGATE",
            "__Host-deskgate-login",
            "__Host-deskgate.0",
            "..Host-deskgate",
            "__Host_deskgate",
            "__Host,deskgate",
            "[_Host-deskgate",
            "\u{2000}__Host-deskgate",
            "\u{a0}__Host-deskgate",
            "\"__Host-deskgate\"",
            "__%48ost-deskgate",
            "__Host%2ddeskgate",
            "%5f%5fHost-desk%67ate",
            "=__Host-deskgate",
            " =__Host-deskgate",
            "__Host-deskgate ",
            "\u{b}__Host-deskgate",
        ] {
            assert_eq!(without_ours(&format!("a=1; {name}=t")).as_deref(), Some("a=1"), "{name}");
            assert!(sets_ours(&format!("{name}=t; Path=/; Secure")), "{name}");
            // Two Cookie headers, as workerd joins them.
            let joined = format!("a=1; b=2, {name}=t");
            assert_eq!(without_ours(&joined).as_deref(), Some("a=1"), "{name}");
        }
        for header in ["a=1,2; b=3", "a=1,host,desk", "a=hostdeskgate,x", "a=1,x__Host-deskgate=2"]
        {
            assert_eq!(without_ours(header).as_deref(), Some(header));
        }
        for header in
            ["a=1,h,o,s,t,d,e,s,k,g,a,t,e=2", "a=1,=__Host-deskgate=2", "a=1,__H%6fst,deskgate"]
        {
            assert_eq!(without_ours(header), None, "{header}");
        }
        assert!(sets_ours("__Host-deskgate"));
        assert!(!sets_ours("theme=dark; Comment=__Host-deskgate=x"));
        assert!(!sets_ours(""));
        assert!(!sets_ours("%=%; Path=/"));
    }

    #[test]
    fn the_attributes_are_fixed() {
        assert_eq!(
            set_cookie(CookieName::Session, "a.b.c", Duration::from_secs(36_000)),
            "__Host-deskgate=a.b.c; Path=/; Max-Age=36000; Secure; HttpOnly; SameSite=Lax"
        );
        assert_eq!(
            clear_cookie(CookieName::Login),
            "__Host-deskgate-login=; Path=/; Max-Age=0; Secure; HttpOnly; SameSite=Lax"
        );
    }
}
