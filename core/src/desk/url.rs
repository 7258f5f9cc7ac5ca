//! The two kinds of address in the settings: an [`Origin`] (scheme, host, port) and a [`WebUrl`]
//! with path and query. Only what every browser, identity provider and fetch reads alike is accepted.

use alloc::borrow::ToOwned as _;
use alloc::string::String;
use core::fmt;
use core::net::{Ipv4Addr, Ipv6Addr};

/// Longest address accepted, in bytes; what browsers and identity providers agree on.
pub const MAX_URL_BYTES: usize = 2048;

/// `scheme://host` or `scheme://host:port` (RFC 6454 6.2), in the one spelling that may be compared
/// byte for byte.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin(String);

/// An absolute address without user information and fragment, kept exactly as written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebUrl(String);

/// Why a text is not an address that may stand in the settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum InvalidUrl {
    /// A character outside the visible ASCII of RFC 3986, or a backslash.
    Character,
    /// `:443` with https or `:80` with http: left out by browsers, so comparisons would fail.
    DefaultPort,
    /// `#...`: never sent to a server.
    Fragment,
    /// The host is not a DNS name in ASCII, an IPv4 address or `[::1]`.
    Host,
    /// More than [`MAX_URL_BYTES`].
    Length,
    /// A path where only scheme, host and port belong.
    Path,
    /// http to another machine: everyone on the way could read and change it.
    PlainHttp,
    /// The port is not a number from 1 to 65535.
    Port,
    /// `?...` where only scheme, host and port belong.
    Query,
    /// It does not begin with `https://`.
    Scheme,
    /// Capital letters in scheme or host: other systems compare addresses byte for byte.
    UpperCase,
    /// `user@` before the host.
    UserInfo,
}

impl InvalidUrl {
    /// What to write instead.
    #[must_use]
    pub const fn help(self) -> &'static str {
        match self {
            Self::Character => {
                "Use only visible ASCII characters; percent-encode others, and write an international host name in its xn-- form."
            }
            Self::DefaultPort => "Leave the port out: it is the one of the scheme anyway.",
            Self::Fragment => "Leave out the # and what follows it.",
            Self::Host => {
                "Write a DNS name such as help.contoso.com; an international name in its xn-- form."
            }
            Self::Length => "Shorten the address; identity providers cut longer ones.",
            Self::Path => "Write only scheme and host, such as https://help.contoso.com.",
            Self::PlainHttp => {
                "Use https://. Plain http is accepted only for localhost, 127.0.0.1 and [::1], for trying things out."
            }
            Self::Port => "Write the port as a number from 1 to 65535, or leave it out.",
            Self::Query => "Leave out the ? and what follows it.",
            Self::Scheme => "Write the whole address, beginning with https://.",
            Self::UpperCase => "Write scheme and host in lower case.",
            Self::UserInfo => {
                "Leave out the user name and password; settings are no place for credentials."
            }
        }
    }
}

impl fmt::Display for InvalidUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Character => "the address has a character that may not stand in an address",
            Self::DefaultPort => "the address names the default port",
            Self::Fragment => "the address has a fragment",
            Self::Host => "the host of the address is not a host name",
            Self::Length => "the address is too long",
            Self::Path => "the address has a path",
            Self::PlainHttp => "the address is plain http to another machine",
            Self::Port => "the port of the address is not a port number",
            Self::Query => "the address has a query",
            Self::Scheme => "the address does not begin with https://",
            Self::UpperCase => "the address has capital letters in scheme or host",
            Self::UserInfo => "the address has a user name",
        })
    }
}

impl core::error::Error for InvalidUrl {}

impl Origin {
    /// Parses `https://host[:port]`; one `/` after it is dropped, as people copy it from a browser.
    ///
    /// # Errors
    /// The first [`InvalidUrl`] from left to right.
    pub fn parse(text: &str) -> Result<Self, InvalidUrl> {
        let (origin, rest) = split_origin(text)?;
        match rest {
            "" | "/" => Ok(Self(origin.to_owned())),
            rest if rest.contains('#') => Err(InvalidUrl::Fragment),
            rest if rest.contains('?') => Err(InvalidUrl::Query),
            _ => Err(InvalidUrl::Path),
        }
    }

    /// The text, without a slash at the end.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The host without the port.
    #[must_use]
    pub fn host(&self) -> &str {
        host(&self.0)
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl WebUrl {
    /// Parses `https://host[:port][/path][?query]`.
    ///
    /// # Errors
    /// The first [`InvalidUrl`] from left to right.
    pub fn parse(text: &str) -> Result<Self, InvalidUrl> {
        let (_, rest) = split_origin(text)?;
        if rest.contains('#') {
            return Err(InvalidUrl::Fragment);
        }
        Ok(Self(text.to_owned()))
    }

    /// The text as it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The host without the port.
    #[must_use]
    pub fn host(&self) -> &str {
        host(&self.0)
    }
}

impl fmt::Display for WebUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The host of an address that was parsed.
fn host(url: &str) -> &str {
    let after = url.split_once("://").map_or("", |(_, after)| after);
    let authority = after.split_once(['/', '?']).map_or(after, |(authority, _)| authority);
    match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|b| b.is_ascii_digit()) => host,
        _ => authority,
    }
}

/// Checks the characters, scheme and authority, and splits before the path.
fn split_origin(text: &str) -> Result<(&str, &str), InvalidUrl> {
    if text.len() > MAX_URL_BYTES {
        return Err(InvalidUrl::Length);
    }
    if !text.bytes().all(is_url_byte) {
        return Err(InvalidUrl::Character);
    }
    let (scheme, after) = text.split_once("://").ok_or(InvalidUrl::Scheme)?;
    let is_https = match scheme {
        "https" => true,
        "http" => false,
        _ if scheme.eq_ignore_ascii_case("https") => return Err(InvalidUrl::UpperCase),
        _ => return Err(InvalidUrl::Scheme),
    };
    let authority_bytes = after.find(['/', '?', '#']).unwrap_or(after.len());
    let (authority, rest) = after.split_at_checked(authority_bytes).ok_or(InvalidUrl::Host)?;
    if authority.contains('@') {
        return Err(InvalidUrl::UserInfo);
    }
    let (host, port) = split_port(authority)?;
    check_host(host)?;
    if port == Some(if is_https { 443 } else { 80 }) {
        return Err(InvalidUrl::DefaultPort);
    }
    if !is_https && !is_loopback(host) {
        return Err(InvalidUrl::PlainHttp);
    }
    let origin_bytes = text.len() - rest.len();
    text.split_at_checked(origin_bytes).ok_or(InvalidUrl::Host)
}

/// RFC 3986 2: unreserved, reserved and percent. A backslash is a slash to browsers (WHATWG URL), so
/// it would mean different hosts to different readers.
fn is_url_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~:/?#[]@!$&'()*+,;=%".contains(&byte)
}

fn split_port(authority: &str) -> Result<(&str, Option<u16>), InvalidUrl> {
    let after_address = authority.rfind(']').map_or(0, |at| at + 1);
    let Some(colon) = authority.get(after_address..).and_then(|rest| rest.find(':')) else {
        return Ok((authority, None));
    };
    let (host, port) = authority.split_at_checked(after_address + colon).ok_or(InvalidUrl::Port)?;
    let port = port.strip_prefix(':').ok_or(InvalidUrl::Port)?;
    if port.is_empty() || port.starts_with('0') || !port.bytes().all(|b| b.is_ascii_digit()) {
        return Err(InvalidUrl::Port);
    }
    Ok((host, Some(port.parse().map_err(|_| InvalidUrl::Port)?)))
}

/// A DNS name of letters, digits and hyphens (RFC 1123 2.1), an IPv4 address in four decimals, or an
/// IPv6 address in brackets and in its shortest form (RFC 5952).
fn check_host(host: &str) -> Result<(), InvalidUrl> {
    if host.bytes().any(|b| b.is_ascii_uppercase()) {
        return Err(InvalidUrl::UpperCase);
    }
    if let Some(address) = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        let parsed: Ipv6Addr = address.parse().map_err(|_| InvalidUrl::Host)?;
        return if alloc::format!("{parsed}") == address { Ok(()) } else { Err(InvalidUrl::Host) };
    }
    let is_label = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    if host.len() > 253 || !host.split('.').all(is_label) {
        return Err(InvalidUrl::Host);
    }
    // A last label that begins with a digit makes browsers read an IPv4 address, in many spellings.
    let is_numeric =
        host.rsplit('.').next().is_some_and(|last| last.starts_with(|c: char| c.is_ascii_digit()));
    if is_numeric && host.parse::<Ipv4Addr>().is_err() {
        return Err(InvalidUrl::Host);
    }
    Ok(())
}

/// Hosts that never leave the machine (RFC 6761 6.3, W3C Secure Contexts 3.1).
fn is_loopback(host: &str) -> bool {
    host == "localhost"
        || host.ends_with(".localhost")
        || host == "[::1]"
        || host.parse::<Ipv4Addr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_origin(text: &str, expected: Result<&str, InvalidUrl>) {
        assert_eq!(
            Origin::parse(text).as_ref().map(Origin::as_str).map_err(|error| *error),
            expected,
            "{text}"
        );
    }

    #[track_caller]
    fn check_url(text: &str, expected: Result<(), InvalidUrl>) {
        assert_eq!(WebUrl::parse(text).map(|_| ()), expected, "{text}");
    }

    #[test]
    fn an_origin_is_scheme_host_and_port() {
        check_origin("https://help.contoso.com", Ok("https://help.contoso.com"));
        check_origin("https://help.contoso.com/", Ok("https://help.contoso.com"));
        check_origin("https://help.contoso.com:8443", Ok("https://help.contoso.com:8443"));
        check_origin("https://xn--mnchen-3ya.example", Ok("https://xn--mnchen-3ya.example"));
        check_origin("https://192.0.2.7", Ok("https://192.0.2.7"));
        check_origin("https://[2001:db8::1]:444", Ok("https://[2001:db8::1]:444"));
        check_origin("http://127.0.0.1:8787", Ok("http://127.0.0.1:8787"));
        check_origin("http://localhost:9100", Ok("http://localhost:9100"));
        check_origin("http://desk.localhost:9100", Ok("http://desk.localhost:9100"));
        check_origin("http://[::1]:9100", Ok("http://[::1]:9100"));
    }

    #[test]
    fn the_host_is_read_without_the_port() {
        for (text, host) in [
            ("https://help.contoso.com:8443", "help.contoso.com"),
            ("https://help.contoso.com", "help.contoso.com"),
            ("http://[::1]:9100", "[::1]"),
            ("http://[::1]", "[::1]"),
        ] {
            assert_eq!(Origin::parse(text).unwrap().host(), host, "{text}");
        }
    }

    #[test]
    fn other_texts_are_no_origin() {
        for (text, error) in [
            ("", InvalidUrl::Scheme),
            ("help.contoso.com", InvalidUrl::Scheme),
            ("//help.contoso.com", InvalidUrl::Scheme),
            ("ftp://help.contoso.com", InvalidUrl::Scheme),
            ("javascript://help.contoso.com", InvalidUrl::Scheme),
            ("HTTPS://help.contoso.com", InvalidUrl::UpperCase),
            ("https://Help.contoso.com", InvalidUrl::UpperCase),
            ("http://help.contoso.com", InvalidUrl::PlainHttp),
            ("http://127.0.0.1.contoso.com", InvalidUrl::PlainHttp),
            ("http://localhost.contoso.com", InvalidUrl::PlainHttp),
            ("https://", InvalidUrl::Host),
            ("https:///path", InvalidUrl::Host),
            ("https://help_desk.contoso.com", InvalidUrl::Host),
            ("https://help..contoso.com", InvalidUrl::Host),
            ("https://help.contoso.com.", InvalidUrl::Host),
            ("https://-help.contoso.com", InvalidUrl::Host),
            ("https://127.1", InvalidUrl::Host),
            ("https://0x7f.0.0.1", InvalidUrl::Host),
            ("https://2130706433", InvalidUrl::Host),
            ("https://[::ffff:0:0:0:1", InvalidUrl::Port),
            ("https://[0:0::1]", InvalidUrl::Host),
            ("https://help.contoso.com:443", InvalidUrl::DefaultPort),
            ("http://localhost:80", InvalidUrl::DefaultPort),
            ("https://help.contoso.com:", InvalidUrl::Port),
            ("https://help.contoso.com:0443", InvalidUrl::Port),
            ("https://help.contoso.com:65536", InvalidUrl::Port),
            ("https://help.contoso.com:1:2", InvalidUrl::Port),
            ("https://user@help.contoso.com", InvalidUrl::UserInfo),
            ("https://help.contoso.com\\@evil.example", InvalidUrl::Character),
            ("https://help.contoso.com ", InvalidUrl::Character),
            ("https://help.contöso.com", InvalidUrl::Character),
            ("https://help.contoso.com\n", InvalidUrl::Character),
            ("https://help.contoso.com/helpdesk", InvalidUrl::Path),
            ("https://help.contoso.com//", InvalidUrl::Path),
            ("https://help.contoso.com?a", InvalidUrl::Query),
            ("https://help.contoso.com/#a", InvalidUrl::Fragment),
        ] {
            check_origin(text, Err(error));
        }
        check_origin(
            &alloc::format!("https://{}", "a".repeat(MAX_URL_BYTES)),
            Err(InvalidUrl::Length),
        );
    }

    #[test]
    fn a_web_url_keeps_path_and_query() {
        check_url("https://login.microsoftonline.com/3e1f-a/saml2", Ok(()));
        check_url("https://accounts.google.com/o/saml2/idp?idpid=C0123", Ok(()));
        check_url("http://localhost:8180/simplesaml/saml2/idp/SSOService.php", Ok(()));
        check_url("https://idp.example/sso#top", Err(InvalidUrl::Fragment));
        check_url("https://idp.example/a b", Err(InvalidUrl::Character));
        check_url("http://idp.example/sso", Err(InvalidUrl::PlainHttp));
    }
}
