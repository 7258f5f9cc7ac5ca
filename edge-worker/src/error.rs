//! What an error of the core means for the person in front of the browser, and the edge's own
//! refusals: the only place that maps errors to pages and HTTP statuses. The details go to the audit
//! log, never to the browser.

use deskgate_core::diagnostic::{Diagnostic, Kind};
use deskgate_core::session::Person;

use crate::desk_object::NotAdmitted;
use crate::pages::Notice;

/// The page for a sign-in that was refused.
pub(crate) fn notice_for(error: &dyn Diagnostic) -> Notice {
    match error.code() {
        // The identity provider itself said no (SAML Core 3.2.2.2).
        "saml.status" => Notice::ProviderRefused,
        // Not an answer to what this browser asked, or this browser asked nothing.
        "saml.in_response_to_mismatch" | "saml.not_unsolicited" | "session.transaction_unknown" => {
            Notice::NotStarted
        }
        "helpdesk.email_missing" => Notice::NoAddress,
        // Their own identity provider vouched for them: trying again would never help.
        "session.email_domain_not_allowed" => match error.found() {
            Some(_) => Notice::AddressElsewhere,
            None => Notice::NoAddress,
        },
        "zendesk.clock" => Notice::ZendeskClock,
        "zendesk.email_not_allowed" => Notice::ZendeskEmail,
        "zendesk.refused" => Notice::ZendeskRefused,
        "zendesk.signature" => Notice::ZendeskSecret,
        "zendesk.signed_out" => Notice::SignedOut,
        "zendesk.token_used_before" => Notice::ZendeskUsedBefore,
        code if code.starts_with("helpdesk.") && error.kind() != Kind::Misuse => {
            Notice::LinkRefused
        }
        _ => match error.kind() {
            Kind::Expired => Notice::Expired,
            Kind::LimitExceeded => Notice::TooLarge,
            Kind::Misuse => Notice::Unavailable,
            // The distinction between these helps only whoever forges; so does every other kind.
            _ => Notice::NotConfirmed,
        },
    }
}

/// A sign-in that the edge itself refuses; the page says less, the audit log has the code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SignInRefusal {
    AddressOfAnother,
    AssertionReplayed,
    BodyTooLarge,
    BreakGlassElsewhere,
    BreakGlassUsedBefore,
    ContentType,
    CrossSite,
    Disabled,
    NoAddress,
    NoSamlResponse,
    NotInDirectory,
    ParameterRepeated,
    RequestAnsweredBefore,
}

impl From<NotAdmitted> for SignInRefusal {
    fn from(why: NotAdmitted) -> Self {
        match why {
            NotAdmitted::BreakGlass => Self::BreakGlassElsewhere,
            NotAdmitted::Disabled => Self::Disabled,
            NotAdmitted::NoAddress => Self::NoAddress,
            NotAdmitted::PinnedToAnother => Self::AddressOfAnother,
            NotAdmitted::Unknown => Self::NotInDirectory,
        }
    }
}

/// One row of the table of refused sign-ins.
pub(crate) struct SignInDescription {
    pub(crate) code: &'static str,
    pub(crate) notice: Notice,
    pub(crate) help: &'static str,
}

impl SignInRefusal {
    /// The same about somebody of whom more is known.
    pub(crate) fn describe_for(self, person: &Person) -> SignInDescription {
        let description = self.describe();
        match (self, person.no_email) {
            (Self::NoAddress, Some(reason)) => {
                SignInDescription { help: reason.help(), ..description }
            }
            _ => description,
        }
    }

    pub(crate) const fn describe(self) -> SignInDescription {
        let (code, notice, help) = match self {
            Self::AddressOfAnother => (
                "people.address_of_another",
                Notice::AddressOfAnother,
                "The address was first used through another connection, or by somebody with another \
                 identifier there. If both are the same person, or the address was given to somebody \
                 new, run deskgate people unpin with the address.",
            ),
            Self::AssertionReplayed => (
                "login.assertion_replayed",
                Notice::AlreadyUsed,
                "The response had signed somebody in before. Usually a page was loaded again; if the \
                 person did not do that, somebody else has their response.",
            ),
            Self::BodyTooLarge => (
                "request.body_too_large",
                Notice::TooLarge,
                "Let the identity provider send less, above all fewer groups.",
            ),
            Self::BreakGlassElsewhere => (
                "login.break_glass_elsewhere",
                Notice::BreakGlassElsewhere,
                "An owner with a break-glass session asked for an app. No identity provider vouched for \
                 them, so apps are closed to them; at Zendesk /access/normal and /access/sso_bypass \
                 are open.",
            ),
            Self::BreakGlassUsedBefore => (
                "login.break_glass_used_before",
                Notice::BreakGlassRefused,
                "Each link works once. If you did not use it yourself, somebody else read it: end their \
                 session by taking the address off owners, and make another link.",
            ),
            Self::ContentType => (
                "request.content_type",
                Notice::Unreadable,
                "Set the identity provider to HTTP-POST, whose form is \
                 application/x-www-form-urlencoded.",
            ),
            Self::CrossSite => (
                "request.cross_site",
                Notice::NotFromHere,
                "Only our own page posts here. Give the identity provider the address that deskgate \
                 check shows, which ends in acs.",
            ),
            Self::Disabled => (
                "people.disabled",
                Notice::AccessEnded,
                "Somebody disabled this person with deskgate people disable; deskgate people enable \
                 lets them in again.",
            ),
            Self::NoAddress => (
                "people.no_address",
                Notice::NoAddress,
                "Let the identity provider send the mail attribute, in Entra user.mail as emailaddress: \
                 it is empty for accounts without a mailbox, and guests have no address of their own.",
            ),
            Self::NoSamlResponse => (
                "request.no_saml_response",
                Notice::Unreadable,
                "The form has no SAMLResponse. Set the identity provider to SAML 2.0 and HTTP-POST.",
            ),
            Self::NotInDirectory => (
                "people.not_in_directory",
                Notice::NotInDirectory,
                "People are added by hand here. Add this one with deskgate people add, or set \
                 provisioning to just_in_time.",
            ),
            Self::ParameterRepeated => (
                "request.parameter_repeated",
                Notice::Unreadable,
                "SAMLResponse or RelayState stands in the form twice. Known identity providers never \
                 send this; look at what is between them and the desk.",
            ),
            Self::RequestAnsweredBefore => (
                "login.request_answered_before",
                Notice::AlreadyUsed,
                "Another response had answered the same login. Start again at the helpdesk.",
            ),
        };
        SignInDescription { code, notice, help }
    }
}

/// A logout message that the edge itself refuses; the audit log has the code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SignOutRefusal {
    BodyTooLarge,
    NoMessage,
    ParameterRepeated,
    RequestReplayed,
    UnknownIssuer,
}

impl SignOutRefusal {
    /// The code, and what to do.
    pub(crate) const fn describe(self) -> (&'static str, &'static str) {
        match self {
            Self::BodyTooLarge => (
                "logout.body_too_large",
                "Let the identity provider name fewer sessions in one request, or none, which means all.",
            ),
            Self::NoMessage => (
                "logout.no_message",
                "The request has neither SAMLRequest nor SAMLResponse. Set single logout at the identity \
                 provider to SAML 2.0 with HTTP-Redirect or HTTP-POST.",
            ),
            Self::ParameterRepeated => (
                "logout.parameter_repeated",
                "SAMLRequest, SAMLResponse or RelayState stands there twice, or both messages do. Known \
                 identity providers never send this; look at what is between them and the desk.",
            ),
            Self::RequestReplayed => (
                "logout.request_replayed",
                "The request had ended sessions before. Usually a page was loaded again.",
            ),
            Self::UnknownIssuer => (
                "logout.unknown_issuer",
                "No connection that is switched on has the issuer of the request as idp_entity_id.",
            ),
        }
    }
}

/// A request of an identity provider to revoke, refused for a reason that is the edge's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RevocationRefusal {
    BodyTooLarge,
    NoToken,
    OtherPerson,
    Replayed,
    Unavailable,
}

impl RevocationRefusal {
    /// Status, code, and what to do about it.
    pub(crate) const fn describe(self) -> (u16, &'static str, &'static str) {
        match self {
            Self::BodyTooLarge => (
                400,
                "revocation.body_too_large",
                "The request has more than 4 KiB. No identity provider needs as much to name a person.",
            ),
            Self::NoToken => (
                401,
                "revocation.no_token",
                "The request has no signed JWT. In Okta the endpoint authentication type is Signed JWT.",
            ),
            Self::OtherPerson => (
                404,
                "revocation.other_person",
                "The identity provider names somebody for whom this connection does not speak: an address of \
                 another domain than its email_domains, or the people of another issuer.",
            ),
            Self::Replayed => (
                401,
                "revocation.replayed",
                "The token had been used before, so the sessions had ended before.",
            ),
            Self::Unavailable => (
                503,
                "revocation.unavailable",
                "The Durable Object did not answer, so no session was ended. End them with deskgate sessions \
                 end, or send the logout again.",
            ),
        }
    }
}

/// Somebody who is not taken to a helpdesk, for a reason that is the edge's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum HandOffRefusal {
    AddressTooLong,
    Expired,
    NotNavigated,
    OtherConnection,
    SwitchedOff,
    Unavailable,
}

impl HandOffRefusal {
    pub(crate) const fn describe(self) -> SignInDescription {
        let (code, notice, help) = match self {
            Self::AddressTooLong => (
                "handoff.address_too_long",
                Notice::LinkRefused,
                "What the helpdesk sent does not fit through a sign-in. Begin at its start page.",
            ),
            Self::Expired => (
                "handoff.expired",
                Notice::LinkRefused,
                "The sign-in took longer than ten minutes, or the address was kept. Begin at the \
                 helpdesk.",
            ),
            Self::NotNavigated => (
                "handoff.not_navigated",
                Notice::NotNavigated,
                "Only a whole window may open this address: not a frame, a script or a browser that \
                 loads pages ahead. Link to it instead.",
            ),
            Self::OtherConnection => (
                "handoff.other_connection",
                Notice::NotForYou,
                "The app is not for people of this connection. Add it to connections of the app if it \
                 should be.",
            ),
            Self::SwitchedOff => (
                "handoff.switched_off",
                Notice::AppSwitchedOff,
                "Set enabled of the app to true to let people in again.",
            ),
            Self::Unavailable => (
                "handoff.unavailable",
                Notice::Unavailable,
                "The Durable Object did not answer, so that nobody could say whether this person is let \
                 in. It is tried anew with each request.",
            ),
        };
        SignInDescription { code, notice, help }
    }
}

/// An admin request that is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AdminRefusal {
    BodyTooLarge,
    MethodNotAllowed,
    NoSuchPerson,
    NoSuchServiceToken,
    NoSuchVersion,
    NoToken,
    NotAnAddress,
    NotFound,
    NotJson,
    NotSetUp,
    NotTheTurn,
    OtherAddress,
    OtherSecret,
    SecretNotLost,
    ServiceTokenNameTaken,
    TokenRefused,
    TokenUsedBefore,
    TooManyServiceTokens,
    Unavailable,
}

/// One row of the table of refused admin requests.
pub(crate) struct AdminDescription {
    pub(crate) status: u16,
    pub(crate) code: &'static str,
    pub(crate) message: &'static str,
    pub(crate) help: &'static str,
}

const CALLER: &str = "Use the command line of the same release as the Worker.";

impl AdminRefusal {
    pub(crate) const fn describe(self) -> AdminDescription {
        let (status, code, message, help) = match self {
            Self::BodyTooLarge => (
                413,
                "admin.body_too_large",
                "the settings are too long",
                "Remove connections and certificates that are no longer used.",
            ),
            Self::MethodNotAllowed => {
                (405, "admin.method_not_allowed", "this address has no such method", CALLER)
            }
            Self::NoSuchPerson => (
                404,
                "admin.no_such_person",
                "somebody is not in the directory, so nothing was changed",
                "See who is with deskgate people list.",
            ),
            Self::NoSuchServiceToken => (
                404,
                "admin.no_such_service_token",
                "there is no service token of this name",
                "See them with deskgate service-tokens list.",
            ),
            Self::NoSuchVersion => (
                404,
                "admin.no_such_version",
                "there are no settings of this version",
                "See the versions with deskgate versions; the last 50 are kept.",
            ),
            Self::NoToken => (401, "admin.no_token", "the request carries no admin token", CALLER),
            Self::NotAnAddress => (
                422,
                "admin.not_an_address",
                "somebody has no e-mail address that every helpdesk understands alike",
                "Write one address for each person, such as b.simon@contoso.com.",
            ),
            Self::NotFound => (404, "admin.not_found", "there is nothing at this address", CALLER),
            Self::NotJson => {
                (400, "admin.not_json", "the body is not the JSON that belongs here", CALLER)
            }
            Self::NotSetUp => (
                404,
                "admin.not_set_up",
                "no settings were applied at this address yet",
                "Apply settings with deskgate apply.",
            ),
            Self::NotTheTurn => (
                409,
                "admin.not_the_turn",
                "a key is announced already, or none is announced yet",
                "Announce the next key, give its certificate to every app, then switch.",
            ),
            Self::OtherAddress => (
                422,
                "admin.other_address",
                "the settings are for another address",
                "Apply the settings at the address that they name as url.",
            ),
            Self::OtherSecret => (
                409,
                "admin.other_secret",
                "this was sealed under a secret that the Worker does not have",
                "Give the Worker the secret that it had then as DESKGATE_SECRET_FALLBACK. Where it is lost, \
                 deskgate apply --lost-secret begins anew, and everybody has to sign in again.",
            ),
            Self::SecretNotLost => (
                409,
                "admin.secret_not_lost",
                "everything at this desk opens with the secret of the Worker",
                "Nothing was changed. Use deskgate apply without --lost-secret, and deskgate keys rotate \
                 --tokens --now where somebody may have a copy of the keys.",
            ),
            Self::ServiceTokenNameTaken => (
                409,
                "admin.service_token_name_taken",
                "there is a service token of this name already",
                "Give it another secret with deskgate service-tokens rotate, or choose another name.",
            ),
            Self::TokenRefused => (
                401,
                "admin.token_refused",
                "the admin token was not made for this request with the secret of this Worker",
                "Use the value of DESKGATE_SECRET that this very Worker has, and compare the clocks: the \
                 token is good for 60 seconds.",
            ),
            Self::TokenUsedBefore => (
                401,
                "admin.token_used_before",
                "the admin token was used before",
                "Run the command again.",
            ),
            Self::TooManyServiceTokens => (
                409,
                "admin.too_many_service_tokens",
                "a desk has 100 service tokens at most",
                "Remove those that nobody uses: deskgate service-tokens list shows the day of their last use.",
            ),
            Self::Unavailable => (
                503,
                "admin.unavailable",
                "the settings cannot be read or written right now",
                "Try again in a minute.",
            ),
        };
        AdminDescription { status, code, message, help }
    }
}

#[cfg(test)]
mod tests {
    use deskgate_core::limits::XmlLimits;
    use deskgate_core::{dsig, saml, xenc, xml};

    use super::*;

    /// E-12: whoever sends changed ciphertexts does not learn from the page how far they came.
    #[test]
    fn the_page_does_not_tell_how_far_a_forgery_came() {
        let malformed = |text: &str| {
            xml::Document::parse(text.as_bytes(), &XmlLimits::MESSAGE).unwrap_err().into()
        };
        let errors: [saml::Error; 9] = [
            xenc::Error::DecryptionFailed.into(),
            xenc::Error::CbcNotAllowed.into(),
            dsig::Error::DigestMismatch.into(),
            dsig::Error::SignatureMismatch { embedded_certificate: None }.into(),
            saml::Error::NotSigned,
            saml::Error::NotAnAssertion { found: "x".into() },
            saml::Error::EmptyNameId,
            malformed("<a>\u{1}"),
            malformed("<!DOCTYPE a><a/>"),
        ];
        for error in errors {
            assert_eq!(notice_for(&error), Notice::NotConfirmed, "{error}");
        }
    }
}
