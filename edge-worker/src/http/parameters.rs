//! `application/x-www-form-urlencoded`, read (WHATWG URL, section 5.1).
//!
//! The crate that writes it could read it too, byte by byte: a sixth of all that a sign-in costs.

use core::fmt;

/// Decoded parameters in their order.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Parameters(Vec<(String, String)>);

/// A parameter that may stand once stands there again (attacks.md B-05).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Repeated;

impl Parameters {
    pub(crate) fn parse(text: &[u8]) -> Self {
        let mut parameters = Vec::new();
        let mut rest = text;
        while !rest.is_empty() {
            let (parameter, after) = split(rest, b'&');
            if !parameter.is_empty() {
                let (name, value) = split(parameter, b'=');
                parameters.push((decode(name), decode(value)));
            }
            rest = after;
        }
        Self(parameters)
    }

    /// The value of a parameter that stands at most once.
    pub(crate) fn once(&self, name: &str) -> Result<Option<&str>, Repeated> {
        let mut values = self.0.iter().filter(|(found, _)| found == name);
        let value = values.next().map(|(_, value)| value.as_str());
        if values.next().is_some() { Err(Repeated) } else { Ok(value) }
    }

    /// The same, taken out and not copied: a SAML response is long.
    pub(crate) fn take_once(&mut self, name: &str) -> Result<Option<String>, Repeated> {
        self.once(name)?;
        let value = self.0.iter_mut().find(|(found, _)| found == name);
        Ok(value.map(|(_, value)| core::mem::take(value)))
    }
}

/// Values are SAML responses and sealed cookies: they do not belong into a log.
impl fmt::Debug for Parameters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.iter().map(|(name, _)| name)).finish()
    }
}

/// What stands before the first `delimiter`, or all of it, and what stands after.
fn split(text: &[u8], delimiter: u8) -> (&[u8], &[u8]) {
    let at = memchr::memchr(delimiter, text).unwrap_or(text.len());
    let (before, after) = text.split_at_checked(at).unwrap_or((text, b""));
    (before, after.get(1..).unwrap_or_default())
}

/// A name or a value. What is no UTF-8 becomes U+FFFD, and `%` without two digits stays.
fn decode(text: &[u8]) -> String {
    let mut decoded = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((plain, encoded)) =
        memchr::memchr2(b'%', b'+', rest).and_then(|at| rest.split_at_checked(at))
    {
        decoded.extend_from_slice(plain);
        let (byte, length) = match encoded {
            [b'%', high, low, ..] if let Some(byte) = byte(*high, *low) => (byte, 3),
            [b'+', ..] => (b' ', 1),
            _ => (b'%', 1),
        };
        decoded.push(byte);
        rest = encoded.get(length..).unwrap_or_default();
    }
    decoded.extend_from_slice(rest);
    String::from_utf8(decoded)
        .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}

fn byte(high: u8, low: u8) -> Option<u8> {
    let digit =
        |digit: u8| char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok());
    Some(digit(high)? << 4 | digit(low)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As the crate reads it that follows the same specification.
    #[track_caller]
    fn check(text: &[u8]) {
        let expected = form_urlencoded::parse(text);
        let expected: Vec<_> = expected.map(|(k, v)| (k.into_owned(), v.into_owned())).collect();
        assert_eq!(Parameters::parse(text).0, expected, "{}", text.escape_ascii());
    }

    #[test]
    fn forms_are_read_as_the_specification_says() {
        for text in [
            "",
            "&",
            "&&a&",
            "a",
            "=",
            "=b",
            "a=",
            "a=b=c",
            "a=b&a=c",
            "a+b=c+d",
            "+=+",
            "%",
            "%%",
            "%4",
            "%4&1",
            "%41",
            "a%3Db=%26",
            "%2B+%2b",
            "%zz",
            "%4z",
            "%z4",
            "%+1",
            "%2",
            "a%",
            "a=%E2%82%AC",
            "a=%E2%82",
            "a=%ff%fe",
            "a=\u{20ac}",
            "a=%00",
            "%25%34%31",
        ] {
            check(text.as_bytes());
        }
        check(b"a=\xff&\xe2\x82=b");
        let special = [b'%', b'+', b'&', b'=', b'2', b'b', b'B', 0xc3, 0xa4];
        // All texts of five bytes out of these.
        for number in 0..special.len().pow(5) {
            let text: Vec<u8> =
                (0..5).map(|at| special[number / special.len().pow(at) % special.len()]).collect();
            check(&text);
        }
    }

    #[test]
    fn a_parameter_that_stands_twice_is_refused() {
        let form = Parameters::parse(b"SAMLResponse=a%2Bb&RelayState=x&RelayState=y");
        assert_eq!(form.once("SAMLResponse"), Ok(Some("a+b")));
        assert_eq!(form.once("RelayState"), Err(Repeated));
        assert_eq!(form.once("other"), Ok(None));
    }

    #[test]
    fn a_value_is_taken_out_as_it_would_be_read() {
        let mut form = Parameters::parse(b"SAMLResponse=a%2Bb&RelayState=x&RelayState=y");
        assert_eq!(form.take_once("SAMLResponse"), Ok(Some("a+b".to_owned())));
        assert_eq!(form.take_once("RelayState"), Err(Repeated));
        assert_eq!(form.take_once("other"), Ok(None));
    }
}
