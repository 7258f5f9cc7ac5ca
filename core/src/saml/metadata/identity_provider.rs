//! Reading the metadata of an identity provider (SAML Metadata 2.3.2, 2.4.3).

use alloc::borrow::ToOwned as _;
use alloc::string::String;
use alloc::vec::Vec;

use crate::crypto::KeyRules;
use crate::diagnostic::Excerpt;
use crate::limits::XmlLimits;
use crate::saml::constants::{BINDING_POST, BINDING_REDIRECT, PROTOCOL};
use crate::saml::text::{XML_WHITE_SPACE, optional_date_time, trimmed_text};
use crate::saml::{Error, TimedPart};
use crate::time::UnixTime;
use crate::x509::{self, Certificate};
use crate::xml::{self, Document, Element, Sequence, names};

/// What a connection needs to know about its identity provider.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct IdentityProviderMetadata {
    /// `entityID`.
    pub entity_id: String,
    /// Certificates for signing, in the order of the file, each key once. All of them are current:
    /// while it changes keys, an identity provider lists the old one and the new one.
    pub signing_certificates: Vec<Certificate>,
    /// Why certificates of the file are not in the list above; shown to the administrator.
    pub unusable_certificates: Vec<x509::Error>,
    /// Where requests go, by HTTP-Redirect or HTTP-POST, in the order of the file.
    pub single_sign_on: Vec<Endpoint>,
    /// Where logout messages go, by HTTP-Redirect or HTTP-POST, in the order of the file.
    pub single_logout: Vec<Endpoint>,
    /// `NameIDFormat`s that it can issue.
    pub name_id_formats: Vec<String>,
    /// `WantAuthnRequestsSigned`; false where it is absent.
    pub want_authn_requests_signed: bool,
    /// The earliest `validUntil` on the way from the root to the role.
    pub valid_until: Option<UnixTime>,
}

/// An address and how to send to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// How.
    pub binding: Binding,
    /// Where; an absolute http or https URL.
    pub location: String,
    /// `ResponseLocation`: where responses go, if not there as well (SAML Metadata 2.2.2).
    pub response_location: Option<String>,
}

/// The bindings that messages are sent by (SAML Bindings 3.4, 3.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Binding {
    /// HTTP-POST.
    Post,
    /// HTTP-Redirect.
    Redirect,
}

impl IdentityProviderMetadata {
    /// Reads an EntityDescriptor, or the one of `entity_id` out of an EntitiesDescriptor. Without
    /// `entity_id` the file must hold exactly one identity provider.
    ///
    /// Roles other than IDPSSODescriptor are skipped (Entra puts WS-Federation roles with the same
    /// certificates first), and so are roles of other protocols than SAML 2.0. Certificates without
    /// `use` count as signing ones (SAML Metadata 2.4.1.1). A signature inside the file is not looked
    /// at, and `valid_until` is not compared: see [`IdentityProviderMetadata::check_valid_at`].
    ///
    /// # Errors
    /// [`Error::EntityNotFound`], [`Error::SeveralEntities`], [`Error::MetadataWithoutSigningKey`], and
    /// what is wrong with the document.
    pub fn parse(xml: &[u8], entity_id: Option<&str>, key_rules: KeyRules) -> Result<Self, Error> {
        let document = Document::parse(xml, &XmlLimits::METADATA)?;
        let mut found = identity_providers(&document, entity_id)?.into_iter();
        let Some(entity) = found.next() else {
            return Err(Error::EntityNotFound { expected: entity_id.map(Excerpt::new) });
        };
        if found.next().is_some() {
            return Err(Error::SeveralEntities);
        }
        entity.read(key_rules)
    }

    /// Refuses metadata whose `validUntil` has passed. Clock skew is not added: validity is weeks.
    ///
    /// # Errors
    /// [`Error::Expired`].
    pub fn check_valid_at(&self, now: UnixTime) -> Result<(), Error> {
        match self.valid_until {
            Some(not_on_or_after) if now >= not_on_or_after => {
                Err(Error::Expired { part: TimedPart::Metadata, not_on_or_after, now })
            }
            _ => Ok(()),
        }
    }
}

/// An EntityDescriptor with a SAML 2.0 IDPSSODescriptor.
struct Entity<'doc> {
    entity_id: &'doc str,
    role: Element<'doc>,
    valid_until: Option<UnixTime>,
}

/// The identity providers of the file with this entity ID. No recursion: groups wait in a list.
fn identity_providers<'doc>(
    document: &'doc Document<'_>,
    entity_id: Option<&str>,
) -> Result<Vec<Entity<'doc>>, Error> {
    let mut found = Vec::new();
    let mut open = Vec::from([(document.root(), None)]);
    while let Some((element, valid_until)) = open.pop() {
        let valid_until = earlier(valid_until, optional_date_time(element, "validUntil")?);
        if element.is(names::SAML_METADATA, "EntitiesDescriptor") {
            open.extend(element.child_elements().map(|child| (child, valid_until)));
        } else if element.is(names::SAML_METADATA, "EntityDescriptor") {
            let this = xml::required_attribute(element, "entityID")?;
            if entity_id.is_none_or(|wanted| wanted == this) {
                found.extend(entity(element, this, valid_until)?);
            }
        }
    }
    Ok(found)
}

/// The role of an EntityDescriptor that we can talk to; the first, where there are several.
fn entity<'doc>(
    element: Element<'doc>,
    entity_id: &'doc str,
    valid_until: Option<UnixTime>,
) -> Result<Option<Entity<'doc>>, Error> {
    let mut children = Sequence::of(element)?;
    while let Some(role) = children.any()? {
        let protocols = role.attribute("protocolSupportEnumeration").unwrap_or_default();
        if role.is(names::SAML_METADATA, "IDPSSODescriptor")
            && protocols.split(' ').any(|protocol| protocol == PROTOCOL)
        {
            let valid_until = earlier(valid_until, optional_date_time(role, "validUntil")?);
            return Ok(Some(Entity { entity_id, role, valid_until }));
        }
    }
    Ok(None)
}

fn earlier(one: Option<UnixTime>, other: Option<UnixTime>) -> Option<UnixTime> {
    one.into_iter().chain(other).min()
}

impl Entity<'_> {
    fn read(&self, key_rules: KeyRules) -> Result<IdentityProviderMetadata, Error> {
        let mut metadata = IdentityProviderMetadata {
            entity_id: self.entity_id.to_owned(),
            signing_certificates: Vec::new(),
            unusable_certificates: Vec::new(),
            single_sign_on: Vec::new(),
            single_logout: Vec::new(),
            name_id_formats: Vec::new(),
            want_authn_requests_signed: matches!(
                self.role.attribute("WantAuthnRequestsSigned"),
                Some("true" | "1")
            ),
            valid_until: self.valid_until,
        };
        let mut children = Sequence::of(self.role)?;
        while let Some(child) = children.any()? {
            if child.is(names::SAML_METADATA, "KeyDescriptor") {
                metadata.add_key_descriptor(child, key_rules)?;
            } else if child.is(names::SAML_METADATA, "SingleSignOnService") {
                metadata.single_sign_on.extend(Endpoint::parse(child)?);
            } else if child.is(names::SAML_METADATA, "SingleLogoutService") {
                metadata.single_logout.extend(Endpoint::parse(child)?);
            } else if child.is(names::SAML_METADATA, "NameIDFormat") {
                metadata.name_id_formats.push(trimmed_text(child)?.into_owned());
            }
        }
        if metadata.signing_certificates.is_empty() {
            let unusable = metadata.unusable_certificates.into_iter().next();
            return Err(unusable.map_or(Error::MetadataWithoutSigningKey, Error::X509));
        }
        Ok(metadata)
    }
}

impl IdentityProviderMetadata {
    /// md:KeyDescriptor (SAML Metadata 2.4.1.1).
    fn add_key_descriptor(
        &mut self,
        element: Element<'_>,
        key_rules: KeyRules,
    ) -> Result<(), Error> {
        if element.attribute("use").is_some_and(|key_use| key_use != "signing") {
            return Ok(());
        }
        let key_info = Sequence::of(element)?.required(names::DSIG, "KeyInfo")?;
        for data in key_info.child_elements().filter(|child| child.is(names::DSIG, "X509Data")) {
            for certificate in data.child_elements() {
                if certificate.is(names::DSIG, "X509Certificate") {
                    self.add_certificate(&certificate.text()?, key_rules);
                }
            }
        }
        Ok(())
    }

    fn add_certificate(&mut self, text: &str, key_rules: KeyRules) {
        match Certificate::parse_all(text.as_bytes(), key_rules) {
            Ok(certificates) => {
                for certificate in certificates {
                    let key = certificate.public_key();
                    if !self.signing_certificates.iter().any(|known| known.public_key() == key) {
                        self.signing_certificates.push(certificate);
                    }
                }
            }
            Err(error) => self.unusable_certificates.push(error),
        }
    }
}

impl Endpoint {
    /// `None` for bindings that we do not send by.
    fn parse(element: Element<'_>) -> Result<Option<Self>, Error> {
        let binding = match xml::required_attribute(element, "Binding")? {
            BINDING_POST => Binding::Post,
            BINDING_REDIRECT => Binding::Redirect,
            _ => return Ok(None),
        };
        Ok(Some(Self {
            binding,
            location: web_address(xml::required_attribute(element, "Location")?)?,
            response_location: element
                .attribute("ResponseLocation")
                .map(web_address)
                .transpose()?,
        }))
    }
}

/// A browser is sent there: `javascript:` would run in our origin (CVE-2023-45683).
fn web_address(text: &str) -> Result<String, Error> {
    // xs:anyURI does not count white space around it; two vendors' files have some.
    let address = text.trim_matches(XML_WHITE_SPACE);
    if !address.starts_with("https://") && !address.starts_with("http://") {
        return Err(Error::MetadataLocation { found: Excerpt::new(address) });
    }
    Ok(address.to_owned())
}
