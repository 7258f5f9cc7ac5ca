//! Simple values of SAML: names and times (SAML Core 1.3).

use alloc::borrow::Cow;
use alloc::string::String;

use super::Error;
use crate::diagnostic::Excerpt;
use crate::dsig;
use crate::time::UnixTime;
use crate::xml::{self, Element};

/// White space of XML; Unicode has more, and a reader that trims more sees another name.
pub(super) const XML_WHITE_SPACE: [char; 4] = [' ', '\t', '\r', '\n'];

/// The text of an element without white space around it: Issuer, Audience, NameID.
///
/// SAML Core 1.3.1 lets white space count in strings, but Microsoft's own samples show an Issuer on
/// a line of its own, and pretty-printing identity providers exist. Both sides of every comparison
/// are configured values without such white space, so trimming cannot join two names. Inside, the
/// text is whole: comments do not split it (VU#475445).
pub(super) fn trimmed_text(element: Element<'_>) -> Result<Cow<'_, str>, Error> {
    Ok(match element.text()? {
        Cow::Borrowed(text) => Cow::Borrowed(text.trim_matches(XML_WHITE_SPACE)),
        Cow::Owned(text) => Cow::Owned(String::from(text.trim_matches(XML_WHITE_SPACE))),
    })
}

/// `text` as the part of `input` that it is, which outlives the tree. A copy where it stands elsewhere,
/// because something in it was replaced or put together.
pub(super) fn part_of<'i>(input: &'i str, text: Cow<'_, str>) -> Cow<'i, str> {
    let start = text.as_ptr().addr().checked_sub(input.as_ptr().addr());
    let part = start.and_then(|start| input.get(start..start.checked_add(text.len())?));
    part.map_or_else(|| Cow::Owned(text.into_owned()), Cow::Borrowed)
}

/// An xs:dateTime attribute (SAML Core 1.3.3).
pub(super) fn date_time(
    element: Element<'_>,
    attribute: &'static str,
    value: &str,
) -> Result<UnixTime, Error> {
    UnixTime::parse(value.trim_matches(XML_WHITE_SPACE)).map_err(|_| Error::InvalidTime {
        element: Excerpt::new(element.local_name()),
        attribute,
        found: Excerpt::new(value),
    })
}

/// The same where the schema makes it optional.
pub(super) fn optional_date_time(
    element: Element<'_>,
    attribute: &'static str,
) -> Result<Option<UnixTime>, Error> {
    element.attribute(attribute).map(|value| date_time(element, attribute, value)).transpose()
}

/// The same where the schema requires it.
pub(super) fn required_date_time(
    element: Element<'_>,
    attribute: &'static str,
) -> Result<UnixTime, Error> {
    date_time(element, attribute, xml::required_attribute(element, attribute)?)
}

/// The `ID` of a message or assertion (SAML Core 1.3.4), never empty.
pub(super) fn required_id(element: Element<'_>) -> Result<&str, Error> {
    let id = xml::required_attribute(element, "ID")?;
    if xml::is_id(id) { Ok(id) } else { Err(dsig::Error::InvalidId(Excerpt::new(id)).into()) }
}
