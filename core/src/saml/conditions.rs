//! saml:Conditions (SAML Core 2.5).

use alloc::borrow::Cow;
use alloc::vec::Vec;

use super::Error;
use super::text::{optional_date_time, trimmed_text};
use crate::diagnostic::Excerpt;
use crate::time::UnixTime;
use crate::xml::{self, Element, Sequence, names};

/// Under which conditions a signed assertion holds.
#[derive(Clone, Debug, Default)]
pub(super) struct Conditions<'doc> {
    pub(super) not_before: Option<UnixTime>,
    pub(super) not_on_or_after: Option<UnixTime>,
    /// One list for each AudienceRestriction; each of them must name us (SAML Core 2.5.1.4).
    pub(super) audience_restrictions: Vec<Vec<Cow<'doc, str>>>,
}

impl<'doc> Conditions<'doc> {
    /// AudienceRestriction, OneTimeUse, ProxyRestriction in any order.
    ///
    /// OneTimeUse asks for what happens with every assertion here. ProxyRestriction speaks to those
    /// who issue assertions of their own. A condition that is not understood makes the assertion
    /// neither valid nor invalid (SAML Core 2.5.1.1), so it is refused.
    pub(super) fn parse(element: Element<'doc>) -> Result<Self, Error> {
        xml::check_attributes(element, &["NotBefore", "NotOnOrAfter"])?;
        let mut audience_restrictions = Vec::new();
        let mut children = Sequence::of(element)?;
        while let Some(condition) = children.any()? {
            if condition.is(names::SAML_ASSERTION, "AudienceRestriction") {
                audience_restrictions.push(parse_audience_restriction(condition)?);
            } else if !condition.is(names::SAML_ASSERTION, "OneTimeUse")
                && !condition.is(names::SAML_ASSERTION, "ProxyRestriction")
            {
                return Err(Error::UnknownCondition {
                    found: Excerpt::new(condition.local_name()),
                });
            }
        }
        Ok(Self {
            not_before: optional_date_time(element, "NotBefore")?,
            not_on_or_after: optional_date_time(element, "NotOnOrAfter")?,
            audience_restrictions,
        })
    }
}

/// Audience+. An empty Audience stays in the list and matches nothing.
fn parse_audience_restriction(element: Element<'_>) -> Result<Vec<Cow<'_, str>>, Error> {
    xml::check_attributes(element, &[])?;
    let mut children = Sequence::of(element)?;
    let mut audiences =
        Vec::from([trimmed_text(children.required(names::SAML_ASSERTION, "Audience")?)?]);
    while let Some(audience) = children.optional(names::SAML_ASSERTION, "Audience")? {
        audiences.push(trimmed_text(audience)?);
    }
    children.end()?;
    Ok(audiences)
}
