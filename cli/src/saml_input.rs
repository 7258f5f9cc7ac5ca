//! The forms in which people have a SAML response at hand.

use deskgate_core::saml;

use crate::failure::{Failure, OrRefused as _, Reason};

const PARAMETER: &str = "SAMLResponse";

/// The XML of a response: as it is, or out of the base64 form value, percent-encoded or not, or out of
/// the whole form body as browsers show it.
pub(crate) fn decode(bytes: Vec<u8>) -> Result<Vec<u8>, Failure> {
    if is_xml(&bytes) {
        return Ok(bytes);
    }
    let text = std::str::from_utf8(&bytes).map_err(|_| unknown().refused())?.trim();
    if text.is_empty() {
        let help = "Copy the SAMLResponse value of the POST to the desk's acs page, from the network \
                    tab of the browser.";
        return Err(Reason::new("cli.empty_input", "the input is empty", help).refused());
    }
    saml::decode_post_value(&form_value(text)?).or_refused()
}

/// The XML or the base64 form value, for who explains what is wrong with them; anything else as it is.
pub(crate) fn message(bytes: Vec<u8>) -> Vec<u8> {
    if is_xml(&bytes) {
        return bytes;
    }
    let value = std::str::from_utf8(&bytes).ok().and_then(|text| form_value(text.trim()).ok());
    value.map_or(bytes, String::into_bytes)
}

/// XML begins with `<`, which base64 and forms do not have; a byte order mark may stand before it.
fn is_xml(bytes: &[u8]) -> bool {
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    text.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'<')
}

fn form_value(text: &str) -> Result<String, Failure> {
    if text.contains(&format!("{PARAMETER}=")) {
        let mut values = form_urlencoded::parse(text.as_bytes())
            .filter(|(name, _)| name == PARAMETER)
            .map(|(_, value)| value.into_owned());
        return match (values.next(), values.next()) {
            (Some(value), None) => Ok(value),
            _ => Err(unknown().refused()),
        };
    }
    // In a value that is percent-encoded, a plus sign stands as %2B, so none is lost.
    if text.contains('%') {
        let decoded = form_urlencoded::parse(text.as_bytes()).next().map(|(name, _)| name);
        return decoded.map(|value| value.into_owned()).ok_or_else(|| unknown().refused());
    }
    Ok(text.into())
}

fn unknown() -> Reason {
    Reason::new(
        "cli.not_a_response",
        "the input has none of the forms of a SAML response",
        "Copy the SAMLResponse value again, whole; browsers shorten long values when they show them.",
    )
    .expected("XML, the base64 form value, or a form body with one SAMLResponse")
}
