//! Reading the AuthnRequest of an app (SAML Core 3.4.1, SAML Profiles 4.1.4.1).

use alloc::string::String;
use core::time::Duration;

use percent_encoding::percent_decode_str;

use super::{Error, RequestedAuthnContext, Status};
use crate::crypto::{Crypto, PublicKey};
use crate::diagnostic::Excerpt;
use crate::dsig::redirect::{self, Message};
use crate::dsig::{self, SignatureRules};
use crate::saml::binding::{post, redirect::inflate_value};
use crate::saml::constants::{BINDING_POST, ENCODING_DEFLATE, NAME_ID_UNSPECIFIED};
use crate::saml::message;
use crate::saml::response::{check_version, parse_issuer};
use crate::saml::text::{required_date_time, required_id};
use crate::saml::{self, DEFAULT_CLOCK_SKEW};
use crate::time::UnixTime;
use crate::xml::{self, Element, Sequence, names};

/// Bytes of RelayState, decoded. SAML Bindings 3.4.3 allows 80, and helpdesks put whole URLs into it;
/// it is kept in a cookie while the person signs in.
pub const MAX_RELAY_STATE_BYTES: usize = 1024;

/// Bytes of `ID`, kept in the same cookie. Real ones have 33 to 60.
const MAX_ID_BYTES: usize = 256;

/// An app sends its request at once, through the browser: an older one was kept by somebody.
pub const MAX_REQUEST_AGE: Duration = Duration::from_secs(5 * 60);

/// What the settings of the app say about its requests.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::exhaustive_structs, reason = "a new demand has to be decided by every caller")]
pub struct ExpectedRequest<'a> {
    /// Entity ID of the app: the Issuer of its requests and the Audience of its assertions.
    pub sp_entity_id: &'a str,
    /// The app's assertion consumer service, where every answer goes.
    pub acs_url: &'a str,
    /// Where requests of this app arrive: our SingleSignOnService.
    pub sso_url: &'a str,
    /// The Format of the NameIDs that this app gets.
    pub name_id_format: &'a str,
    /// The keys of the app. With any, requests must be signed by one of them; with none, signatures
    /// are not looked at: most helpdesks have no key.
    pub keys: &'a [PublicKey],
}

/// A request that came from the app, as far as that can be known, and fits its settings.
///
/// Only [`read_redirect`] and [`read_post`] make one.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReceivedRequest {
    /// `ID`, for the InResponseTo of the answer.
    pub id: String,
    /// RelayState as the app sent it, which gets it back unread.
    pub relay_state: Option<String>,
    /// Sign the person in anew although there is a session.
    pub force_authn: bool,
    /// Answer without showing anything to the person.
    pub is_passive: bool,
    /// How strong the sign-in has to be.
    pub authn_context: RequestedAuthnContext,
    /// What is known about its signature.
    pub signature: RequestSignature,
    /// What the request asks for and never gets: the status to answer with at once.
    pub unmet: Option<Status>,
}

/// What is known about the signature of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RequestSignature {
    /// There is none, and none is demanded.
    Absent,
    /// There is one, and the app's settings have no key to verify it with.
    NotVerified,
    /// Made by a key of the app.
    Verified,
}

/// Reads a request of the HTTP-Redirect binding (SAML Bindings 3.4) out of the raw query, without
/// the `?`.
///
/// # Errors
/// [`Error`]. None of them may be answered to the app: there is no proof that it asked.
pub fn read_redirect(
    query: &str,
    expected: &ExpectedRequest<'_>,
    now: UnixTime,
    crypto: &dyn Crypto,
) -> Result<ReceivedRequest, Error> {
    check_encoding(query)?;
    let relay_state = redirect::parameter(query, "RelayState")?.map(form_value).transpose()?;
    check_relay_state(relay_state.as_deref())?;
    let is_signed = redirect::is_signed(query)?;
    let signature = if expected.keys.is_empty() {
        unlooked_at(is_signed)
    } else if is_signed {
        let rules = SignatureRules::default();
        redirect::verify_query(query, Message::Request, expected.keys, &rules, crypto)?;
        RequestSignature::Verified
    } else {
        return Err(Error::RequestNotSigned);
    };
    let message = inflate_value(&redirect::unverified_message(query, Message::Request)?)?;
    let document = message::parse(message.as_bytes())?;
    read(document.root(), relay_state, signature, expected, now)
}

/// Reads a request of the HTTP-POST binding (SAML Bindings 3.5) out of the values of its form fields.
///
/// # Errors
/// As [`read_redirect`].
pub fn read_post(
    saml_request: &str,
    relay_state: Option<&str>,
    expected: &ExpectedRequest<'_>,
    now: UnixTime,
    crypto: &dyn Crypto,
) -> Result<ReceivedRequest, Error> {
    check_relay_state(relay_state)?;
    let message = post::decode_value(saml_request)?;
    let document = message::parse(&message)?;
    let root = document.root();
    let is_signed = root.child_elements().any(|child| child.is(names::DSIG, "Signature"));
    let signature = if expected.keys.is_empty() {
        unlooked_at(is_signed)
    } else if is_signed {
        dsig::verify(root, expected.keys, &SignatureRules::default(), crypto)?;
        RequestSignature::Verified
    } else {
        return Err(Error::RequestNotSigned);
    };
    read(root, relay_state.map(String::from), signature, expected, now)
}

fn unlooked_at(is_signed: bool) -> RequestSignature {
    if is_signed { RequestSignature::NotVerified } else { RequestSignature::Absent }
}

/// `SAMLEncoding` is DEFLATE, also when it is absent (SAML Bindings 3.4.4).
fn check_encoding(query: &str) -> Result<(), Error> {
    let Some(encoding) = redirect::parameter(query, "SAMLEncoding")? else { return Ok(()) };
    let encoding = form_value(encoding)?;
    if encoding == ENCODING_DEFLATE {
        return Ok(());
    }
    Err(Error::UnsupportedEncoding { found: Excerpt::new(&encoding) })
}

/// RelayState as the writers of queries mean it: PHP and .NET write a space as `+`.
fn form_value(value: &str) -> Result<String, Error> {
    let value = value.replace('+', " ");
    let decoded = percent_decode_str(&value).decode_utf8();
    decoded.map(String::from).map_err(|_| dsig::Error::Parameter { name: "RelayState" }.into())
}

fn check_relay_state(relay_state: Option<&str>) -> Result<(), Error> {
    if relay_state.is_some_and(|value| value.len() > MAX_RELAY_STATE_BYTES) {
        return Err(Error::RelayStateTooLong);
    }
    Ok(())
}

const ATTRIBUTES: [&str; 12] = [
    "ID",
    "Version",
    "IssueInstant",
    "Destination",
    "Consent",
    "ForceAuthn",
    "IsPassive",
    "ProtocolBinding",
    "AssertionConsumerServiceIndex",
    "AssertionConsumerServiceURL",
    "AttributeConsumingServiceIndex",
    "ProviderName",
];

/// Structure and rules of the root, which is the very element that the signature covers.
fn read(
    request: Element<'_>,
    relay_state: Option<String>,
    signature: RequestSignature,
    expected: &ExpectedRequest<'_>,
    now: UnixTime,
) -> Result<ReceivedRequest, Error> {
    if !request.is(names::SAML_PROTOCOL, "AuthnRequest") {
        return Err(Error::NotAnAuthnRequest { found: Excerpt::new(request.local_name()) });
    }
    check_version(request)?;
    xml::check_attributes(request, &ATTRIBUTES)?;
    let id = required_id(request)?;
    if id.len() > MAX_ID_BYTES {
        return Err(Error::IdTooLong);
    }
    let mut children = Sequence::of(request)?;
    check_issuer(children.optional(names::SAML_ASSERTION, "Issuer")?, expected)?;
    check_destination(request, signature, expected)?;
    check_issue_instant(required_date_time(request, "IssueInstant")?, now)?;
    check_acs(request, expected)?;
    check_protocol_binding(request)?;

    children.optional(names::DSIG, "Signature")?;
    children.optional(names::SAML_PROTOCOL, "Extensions")?;
    let demands = Demands::parse(&mut children, expected)?;
    children.end()?;
    Ok(ReceivedRequest {
        id: id.into(),
        relay_state,
        force_authn: boolean(request, "ForceAuthn")?,
        is_passive: boolean(request, "IsPassive")?,
        authn_context: demands.authn_context,
        signature,
        unmet: demands.unmet,
    })
}

/// Issuer must be there (SAML Profiles 4.1.4.1) and be this app: each has an address of its own here.
fn check_issuer(issuer: Option<Element<'_>>, expected: &ExpectedRequest<'_>) -> Result<(), Error> {
    let found = issuer.map(parse_issuer).transpose()?;
    if found.as_deref() == Some(expected.sp_entity_id) {
        return Ok(());
    }
    Err(Error::IssuerMismatch {
        expected: Excerpt::new(expected.sp_entity_id),
        found: found.as_deref().map(Excerpt::new),
    })
}

/// Destination, where it is there, is our single sign-on address; on a signed request it must be
/// there (SAML Bindings 3.4.5.2, 3.5.5.2), so that it cannot be brought here from elsewhere.
fn check_destination(
    request: Element<'_>,
    signature: RequestSignature,
    expected: &ExpectedRequest<'_>,
) -> Result<(), Error> {
    match request.attribute("Destination") {
        Some(destination) if destination == expected.sso_url => Ok(()),
        None if signature != RequestSignature::Verified => Ok(()),
        found => Err(Error::DestinationMismatch {
            expected: Excerpt::new(expected.sso_url),
            found: found.map(Excerpt::new),
        }),
    }
}

fn check_issue_instant(issue_instant: UnixTime, now: UnixTime) -> Result<(), Error> {
    if issue_instant > now.saturating_add(DEFAULT_CLOCK_SKEW) {
        return Err(Error::NotYetValid { issue_instant, now });
    }
    if now >= issue_instant.saturating_add(MAX_REQUEST_AGE).saturating_add(DEFAULT_CLOCK_SKEW) {
        return Err(Error::Expired { issue_instant, now });
    }
    Ok(())
}

/// An address is that of the settings, byte for byte; an index may stand in its place and means the
/// only one there is, but not beside it (SAML Core 3.4.1).
fn check_acs(request: Element<'_>, expected: &ExpectedRequest<'_>) -> Result<(), Error> {
    let url = request.attribute("AssertionConsumerServiceURL");
    if let Some(found) = url
        && found != expected.acs_url
    {
        return Err(Error::AcsUrlMismatch {
            expected: Excerpt::new(expected.acs_url),
            found: Excerpt::new(found),
        });
    }
    match request.attribute("AssertionConsumerServiceIndex") {
        Some(_) if url.is_some() || request.attribute("ProtocolBinding").is_some() => {
            Err(Error::AcsUrlAndIndex)
        }
        Some(index) if index.parse::<u16>().is_err() => {
            Err(Error::InvalidValue { attribute: "AssertionConsumerServiceIndex" })
        }
        _ => Ok(()),
    }
}

/// Answers are posted (SAML Profiles 4.1.3.5).
fn check_protocol_binding(request: Element<'_>) -> Result<(), Error> {
    match request.attribute("ProtocolBinding") {
        None | Some(BINDING_POST) => Ok(()),
        Some(other) => Err(Error::UnsupportedProtocolBinding { found: Excerpt::new(other) }),
    }
}

/// An xs:boolean, false where it is absent (XML Schema Part 2, 3.2.2).
fn boolean(request: Element<'_>, attribute: &'static str) -> Result<bool, Error> {
    match request.attribute(attribute) {
        None | Some("false" | "0") => Ok(false),
        Some("true" | "1") => Ok(true),
        Some(_) => Err(Error::InvalidValue { attribute }),
    }
}

/// The child elements that say what the app wants. An app whose wish is not met is told so.
#[derive(Debug, Default)]
struct Demands {
    authn_context: RequestedAuthnContext,
    unmet: Option<Status>,
}

impl Demands {
    /// Subject?, NameIDPolicy?, Conditions?, RequestedAuthnContext?, Scoping?.
    fn parse(children: &mut Sequence<'_>, expected: &ExpectedRequest<'_>) -> Result<Self, Error> {
        let mut demands = Self::default();
        // "This very person" (SAML Core 3.4.1): whoever signs in would have to be compared.
        if children.optional(names::SAML_ASSERTION, "Subject")?.is_some() {
            demands.refuse(Status::RequestUnsupported);
        }
        if let Some(policy) = children.optional(names::SAML_PROTOCOL, "NameIDPolicy")?
            && !name_id_policy_is_met(policy, expected)?
        {
            demands.refuse(Status::InvalidNameIdPolicy);
        }
        if children.optional(names::SAML_ASSERTION, "Conditions")?.is_some() {
            demands.refuse(Status::RequestUnsupported);
        }
        if let Some(context) = children.optional(names::SAML_PROTOCOL, "RequestedAuthnContext")? {
            match RequestedAuthnContext::parse(context)? {
                Ok(context) => demands.authn_context = context,
                Err(status) => demands.refuse(status),
            }
        }
        if let Some(scoping) = children.optional(names::SAML_PROTOCOL, "Scoping")? {
            demands.refuse_scoping(scoping);
        }
        Ok(demands)
    }

    /// The first reason counts.
    fn refuse(&mut self, status: Status) {
        self.unmet.get_or_insert(status);
    }

    /// ProxyCount 0 forbids what deskgate does; a list of identity providers is the person's choice,
    /// not the app's. RequesterID is for statistics (SAML Core 3.4.1.2).
    fn refuse_scoping(&mut self, scoping: Element<'_>) {
        if scoping.attribute("ProxyCount") == Some("0") {
            self.refuse(Status::ProxyCountExceeded);
        }
        if scoping.child_elements().any(|child| child.is(names::SAML_PROTOCOL, "IDPList")) {
            self.refuse(Status::RequestUnsupported);
        }
    }
}

/// The Format is the one that the app gets, or left to us (SAML Core 3.4.1.1).
fn name_id_policy_is_met(
    policy: Element<'_>,
    expected: &ExpectedRequest<'_>,
) -> Result<bool, saml::Error> {
    xml::check_attributes(policy, &["Format", "SPNameQualifier", "AllowCreate"])?;
    let format_is_met = match policy.attribute("Format") {
        None | Some(NAME_ID_UNSPECIFIED) => true,
        Some(format) => format == expected.name_id_format,
    };
    let qualifier = policy.attribute("SPNameQualifier");
    Ok(format_is_met && qualifier.is_none_or(|qualifier| qualifier == expected.sp_entity_id))
}
