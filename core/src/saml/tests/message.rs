//! Responses in pieces, each of which a test may replace, and what a connection expects of them.

use alloc::format;
use alloc::string::{String, ToString as _};

use super::explained;
use crate::crypto::PublicKey;
use crate::diagnostic::Diagnostic as _;
use crate::dsig::SignatureRules;
use crate::saml::forge::{CRYPTO, Forge, MARK, public_key};
use crate::saml::{
    DEFAULT_CLOCK_SKEW, Error, ExpectedResponse, FurtherDemands, RequiredSignature, Solicitation,
    VerifiedAssertion, verify_response,
};
use crate::time::UnixTime;
use crate::xenc::EncryptionRules;

pub(super) const IDP: &str = "https://sts.windows.net/6babcaad-604b-40ac-a9d7-9fd97c0b779f/";
pub(super) const AUDIENCE: &str = "urn:deskgate:contoso";
pub(super) const ACS_URL: &str = "https://help.contoso.com/deskgate/acs";
pub(super) const REQUEST_ID: &str = "_0123456789abcdef0123456789abcdef01234567";
pub(super) const PERSON: &str = "B.Simon@contoso.com";

/// 2026-11-21T12:00:00Z.
pub(super) const NOW: UnixTime = UnixTime::from_seconds(1_795_262_400);

/// Where the Signature of the Response goes, after that of the Assertion was made.
const OUTER_MARK: &str = "@OUTER@";

/// A Response of an identity provider like Entra, in text.
#[derive(Clone)]
pub(super) struct Message {
    pub(super) response_attributes: String,
    pub(super) response_issuer: String,
    pub(super) extensions: String,
    pub(super) status: String,
    pub(super) before_assertion: String,
    pub(super) assertion_attributes: String,
    pub(super) issuer: String,
    pub(super) name_id: String,
    pub(super) confirmation: String,
    pub(super) conditions: String,
    pub(super) advice: String,
    pub(super) authn_statement: String,
    pub(super) attribute_statement: String,
    pub(super) after_assertion: String,
}

/// What carries a signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Signed {
    Assertion,
    Both,
    Nothing,
    Response,
}

pub(super) const EVERY_WAY: [Signed; 3] = [Signed::Assertion, Signed::Response, Signed::Both];

pub(super) fn attribute(name: &str, values: &[&str]) -> String {
    let values: String =
        values.iter().map(|v| format!("<AttributeValue>{v}</AttributeValue>")).collect();
    format!("<Attribute Name=\"{name}\">{values}</Attribute>")
}

impl Message {
    pub(super) fn new() -> Self {
        Self {
            response_attributes: format!(
                "ID=\"_response\" Version=\"2.0\" IssueInstant=\"2026-11-21T12:00:00.123Z\" \
                 Destination=\"{ACS_URL}\" InResponseTo=\"{REQUEST_ID}\""
            ),
            response_issuer: format!(
                "<Issuer xmlns=\"urn:oasis:names:tc:SAML:2.0:assertion\">{IDP}</Issuer>"
            ),
            extensions: String::new(),
            status: "<samlp:Status><samlp:StatusCode \
                     Value=\"urn:oasis:names:tc:SAML:2.0:status:Success\"/></samlp:Status>"
                .to_string(),
            before_assertion: String::new(),
            assertion_attributes: "ID=\"_assertion\" IssueInstant=\"2026-11-21T12:00:00.119Z\" \
                                   Version=\"2.0\""
                .to_string(),
            issuer: format!("<Issuer>{IDP}</Issuer>"),
            name_id: format!(
                "<NameID Format=\"urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress\">{PERSON}\
                 </NameID>"
            ),
            confirmation: format!(
                "<SubjectConfirmation Method=\"urn:oasis:names:tc:SAML:2.0:cm:bearer\">\
                 <SubjectConfirmationData InResponseTo=\"{REQUEST_ID}\" \
                 NotOnOrAfter=\"2026-11-21T12:05:00Z\" Recipient=\"{ACS_URL}\"/>\
                 </SubjectConfirmation>"
            ),
            conditions: format!(
                "<Conditions NotBefore=\"2026-11-21T11:55:00Z\" \
                 NotOnOrAfter=\"2026-11-21T13:00:00Z\"><AudienceRestriction><Audience>{AUDIENCE}\
                 </Audience></AudienceRestriction></Conditions>"
            ),
            advice: String::new(),
            authn_statement: "<AuthnStatement AuthnInstant=\"2026-11-21T08:30:00.000Z\" \
                              SessionIndex=\"_session\" \
                              SessionNotOnOrAfter=\"2026-11-21T20:00:00Z\"><AuthnContext>\
                              <AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:Password\
                              </AuthnContextClassRef></AuthnContext></AuthnStatement>"
                .to_string(),
            attribute_statement: format!(
                "<AttributeStatement>{}{}{}</AttributeStatement>",
                attribute("given_name", &["B."]),
                attribute("family_name", &["Simon"]),
                attribute("groups", &["agents", "everyone"])
            ),
            after_assertion: String::new(),
        }
    }

    /// A Response that answers nothing.
    pub(super) fn unsolicited() -> Self {
        let mut message = Self::new();
        let in_response_to = format!("InResponseTo=\"{REQUEST_ID}\"");
        message.response_attributes = message.response_attributes.replace(&in_response_to, "");
        message.confirmation = message.confirmation.replace(&in_response_to, "");
        message
    }

    /// The Assertion with [`MARK`] where its Signature goes.
    pub(super) fn assertion(&self) -> String {
        format!(
            "<Assertion {} xmlns=\"urn:oasis:names:tc:SAML:2.0:assertion\">{}{MARK}<Subject>{}{}\
             </Subject>{}{}{}{}</Assertion>",
            self.assertion_attributes,
            self.issuer,
            self.name_id,
            self.confirmation,
            self.conditions,
            self.advice,
            self.authn_statement,
            self.attribute_statement,
        )
    }

    fn around(&self, assertion: &str) -> String {
        format!(
            "<samlp:Response {} xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\">{}{OUTER_MARK}{}{}\
             {}{assertion}{}</samlp:Response>",
            self.response_attributes,
            self.response_issuer,
            self.extensions,
            self.status,
            self.before_assertion,
            self.after_assertion,
        )
    }

    /// The message, signed by the trusted key.
    pub(super) fn signed(&self, what: Signed) -> String {
        self.signed_with(what, &self.assertion())
    }

    /// The same around another text for the assertion, such as an encrypted one.
    pub(super) fn signed_with(&self, what: Signed, assertion: &str) -> String {
        let mut text = self.around(assertion);
        if matches!(what, Signed::Assertion | Signed::Both) {
            text = Forge::rsa().sign(&text, "_assertion");
        }
        text = text.replace(MARK, "").replace(OUTER_MARK, MARK);
        if matches!(what, Signed::Response | Signed::Both) {
            text = Forge::rsa().sign(&text, "_response");
        }
        text.replace(MARK, "")
    }
}

/// What the connection of these tests demands; tests change one thing.
pub(super) fn expected(keys: &[PublicKey]) -> ExpectedResponse<'_> {
    ExpectedResponse {
        idp_entity_id: IDP,
        keys,
        audience: AUDIENCE,
        acs_url: ACS_URL,
        solicitation: Solicitation::InResponseTo(REQUEST_ID),
        clock_skew: DEFAULT_CLOCK_SKEW,
        signature_rules: SignatureRules::default(),
        required_signature: RequiredSignature::Either,
        decryption_keys: &[],
        encryption_rules: EncryptionRules::default(),
        further: FurtherDemands::default(),
    }
}

pub(super) fn verify(text: &str) -> Result<VerifiedAssertion<'static>, Error> {
    verify_at(text, NOW)
}

pub(super) fn verify_at(text: &str, now: UnixTime) -> Result<VerifiedAssertion<'static>, Error> {
    let keys = [public_key("rsa")];
    let result = verify_response(text.as_bytes(), &expected(&keys), now, &CRYPTO);
    explained::check_agrees(text.as_bytes(), &expected(&keys), now, &result);
    result.map(VerifiedAssertion::into_owned)
}

/// `ok`, or the code of the error.
pub(super) fn code<T>(result: &Result<T, Error>) -> &'static str {
    result.as_ref().map_or_else(|error| error.code(), |_| "ok")
}

#[track_caller]
pub(super) fn check(text: &str, expected: &str) {
    assert_eq!(code(&verify(text)), expected, "{text}");
}
