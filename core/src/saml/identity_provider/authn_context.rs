//! How strong a sign-in an app asks for, and what it is told (SAML Core 3.3.2.2.1).

use alloc::string::String;
use alloc::vec::Vec;

use super::{Error, Status};
use crate::saml::constants::{AUTHN_PASSWORD, AUTHN_PASSWORD_TRANSPORT, AUTHN_UNSPECIFIED};
use crate::saml::text::trimmed_text;
use crate::xml::{self, Element, Sequence, names};

/// Bytes of all class names of one request: it is kept in a cookie while the person signs in. Real
/// requests have one or two classes of 60 bytes.
pub const MAX_CLASSES_BYTES: usize = 512;

/// What libraries ask for when nobody chose anything: node-saml, python3-saml and the library of
/// Jitbit ask for exactly PasswordProtectedTransport. Every sign-in is at least that, and an app that
/// compares for equality has to be told what it asked for. Entra, which insists, refuses people who
/// came with a certificate (AADSTS75011).
const EVERY_SIGN_IN: [&str; 3] = [AUTHN_PASSWORD_TRANSPORT, AUTHN_PASSWORD, AUTHN_UNSPECIFIED];

/// The AuthnContextClassRefs that an app would accept; empty for any.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RequestedAuthnContext {
    classes: Vec<String>,
}

impl RequestedAuthnContext {
    /// From the class names of a request that was kept while the person signed in.
    #[must_use]
    pub fn new(classes: Vec<String>) -> Self {
        Self { classes }
    }

    /// The class names, in the order of the request.
    #[must_use]
    pub fn classes(&self) -> &[String] {
        &self.classes
    }

    /// What the app is told about a sign-in of the class `upstream`. Where it asks for a class that
    /// means something (a second factor, a certificate), only that very class answers it.
    ///
    /// # Errors
    /// [`Status::NoAuthnContext`], to answer the request with.
    pub fn answer<'a>(&'a self, upstream: &'a str) -> Result<&'a str, Status> {
        let is_asked = |class: &&str| self.classes.iter().any(|asked| asked == class);
        if self.classes.is_empty() || is_asked(&upstream) {
            return Ok(upstream);
        }
        EVERY_SIGN_IN.into_iter().find(is_asked).ok_or(Status::NoAuthnContext)
    }

    /// A class of the list meets the comparisons exact, minimum and maximum; nothing is known to be
    /// better than another class, and declarations are not supported.
    pub(super) fn parse(element: Element<'_>) -> Result<Result<Self, Status>, Error> {
        xml::check_attributes(element, &["Comparison"])?;
        let mut children = Sequence::of(element)?;
        let mut classes = Vec::new();
        let mut bytes = 0_usize;
        while let Some(class) = children.optional(names::SAML_ASSERTION, "AuthnContextClassRef")? {
            let class = trimmed_text(class)?;
            bytes = bytes.saturating_add(class.len());
            if bytes > MAX_CLASSES_BYTES {
                return Err(Error::AuthnContextTooLong);
            }
            classes.push(class.into_owned());
        }
        if classes.is_empty() {
            children.required(names::SAML_ASSERTION, "AuthnContextDeclRef")?;
            return Ok(Err(Status::NoAuthnContext));
        }
        children.end()?;
        match element.attribute("Comparison") {
            None | Some("exact" | "maximum" | "minimum") => Ok(Ok(Self { classes })),
            Some(_) => Ok(Err(Status::NoAuthnContext)),
        }
    }
}
