//! One value of each variant of each error.

use std::time::Duration;

use deskgate_core::crypto::{DigestAlgorithm, InvalidKey, SignatureAlgorithm};
use deskgate_core::desk::Desk;
use deskgate_core::diagnostic::{Diagnostic, Excerpt};
use deskgate_core::saml::{TimedPart, identity_provider};
use deskgate_core::time::UnixTime;
use deskgate_core::xml::{ContentError, ContentErrorKind, ErrorKind, Position};
use deskgate_core::{c14n, dsig, helpdesk, jose, policy, saml, session, x509, xenc, xml};
use serde_json::json;

use crate::error::{
    AdminRefusal, HandOffRefusal, RevocationRefusal, SignInRefusal, SignOutRefusal,
};
use crate::pages::Notice;

pub(super) fn all() -> Vec<Box<dyn Diagnostic>> {
    let mut all: Vec<Box<dyn Diagnostic>> = Vec::new();
    add(&mut all, xml());
    add(&mut all, content());
    add(&mut all, c14n());
    add(&mut all, dsig());
    add(&mut all, xenc());
    add(&mut all, saml());
    add(&mut all, identity_provider());
    add(&mut all, x509());
    add(&mut all, key());
    add(&mut all, jose());
    add(&mut all, session());
    add(&mut all, service_token());
    add(&mut all, policy());
    add(&mut all, helpdesk());
    add(&mut all, zendesk());
    all.extend(desk());
    all
}

fn add<E: Diagnostic + 'static>(all: &mut Vec<Box<dyn Diagnostic>>, samples: Vec<E>) {
    all.extend(samples.into_iter().map(|sample| Box::new(sample) as Box<dyn Diagnostic>));
}

fn text() -> Excerpt {
    Excerpt::new("…")
}

const POSITION: Position = Position { line: 1, column: 1, byte: 0 };

/// 2026-11-21T12:00:00Z.
const TIME: UnixTime = UnixTime::from_seconds(1_795_262_400);

fn helpdesk() -> Vec<helpdesk::Error> {
    use helpdesk::Error;
    let name = "return_to";
    vec![
        Error::AddressRefused { name, expected: text(), found: text() },
        Error::ClientMismatch { expected: text(), found: text() },
        Error::EmailMissing,
        Error::NameRule,
        Error::ParameterMalformed { name, found: text() },
        Error::ParameterMissing { name },
        Error::ParameterRepeated { name },
        Error::ParameterTooLong { name, limit: 2048, found: 3000 },
        Error::QueryTooLong { limit: 8192, found: 9000 },
        Error::WeakSecret { minimum: 16, found: 8 },
    ]
}

/// One address that Zendesk calls for each cause.
fn zendesk() -> Vec<helpdesk::zendesk::SignOut> {
    let words = ["invalid iat", "signature", "not allowed to sign up", "jti", "…"];
    let mut all: Vec<_> = words
        .map(|words| helpdesk::zendesk::SignOut::parse(&format!("kind=error&message={words}")))
        .into();
    all.push(helpdesk::zendesk::SignOut::parse(""));
    all
}

fn xml() -> Vec<xml::Error> {
    [
        ErrorKind::AttributeTooLong,
        ErrorKind::CdataEndInText,
        ErrorKind::DoubleHyphenInComment,
        ErrorKind::Doctype,
        ErrorKind::DuplicateAttribute,
        ErrorKind::DuplicateNamespaceDeclaration,
        ErrorKind::ElementInText,
        ErrorKind::EmptyNamespaceName,
        ErrorKind::InvalidCharacter,
        ErrorKind::InvalidCharacterReference,
        ErrorKind::InvalidName,
        ErrorKind::InvalidNamespaceName,
        ErrorKind::InvalidUtf8,
        ErrorKind::InvalidXmlDeclaration,
        ErrorKind::LessThanInAttribute,
        ErrorKind::MalformedMarkup,
        ErrorKind::MalformedTag,
        ErrorKind::MismatchedEndTag,
        ErrorKind::MultipleRoots,
        ErrorKind::NoRoot,
        ErrorKind::ProcessingInstructionInText,
        ErrorKind::RelativeNamespaceName,
        ErrorKind::ReservedPrefix,
        ErrorKind::TextOutsideRoot,
        ErrorKind::TextTooLong,
        ErrorKind::TooDeep,
        ErrorKind::TooLarge,
        ErrorKind::TooManyAttributes,
        ErrorKind::TooManyElements,
        ErrorKind::TooManyNamespaces,
        ErrorKind::TooManyNamespacesInScope,
        ErrorKind::UndeclaredPrefix,
        ErrorKind::UnexpectedEnd,
        ErrorKind::UnknownEntity,
        ErrorKind::UnsupportedEncoding,
        ErrorKind::UnsupportedVersion,
    ]
    .map(|kind| xml::Error { kind, position: POSITION })
    .into()
}

fn content() -> Vec<ContentError> {
    [
        ContentErrorKind::AttributeMissing("…"),
        ContentErrorKind::AttributeUnexpected(text()),
        ContentErrorKind::ElementMissing { expected: "…", found: Some(text()) },
        ContentErrorKind::ElementUnexpected(text()),
        ContentErrorKind::ProcessingInstruction,
        ContentErrorKind::TextUnexpected,
    ]
    .map(|kind| ContentError { kind, parent: text(), position: POSITION })
    .into()
}

fn c14n() -> Vec<c14n::Error> {
    use c14n::Error;
    vec![Error::NotADescendant, Error::OutputTooLong, Error::PrefixListTooLong]
}

fn dsig() -> Vec<dsig::Error> {
    use dsig::Error;
    vec![
        Error::Base64 { element: "…" },
        Error::CommentSigned,
        Error::DigestMismatch,
        Error::DuplicateId(text()),
        Error::InvalidId(text()),
        Error::MissingId { element: text() },
        Error::NoFittingKey { algorithm: SignatureAlgorithm::RsaPkcs1(DigestAlgorithm::Sha256) },
        Error::NoKeys,
        Error::NotSigned { element: text() },
        Error::Parameter { name: "…" },
        Error::ReferenceMismatch { expected: text(), found: Some(text()) },
        Error::SeveralSignatures,
        Error::Sha1 { element: "…" },
        Error::SignatureMismatch { embedded_certificate: Some(text()) },
        Error::SigningFailed,
        Error::TooManyKeys,
        Error::TargetMissing,
        Error::UnsupportedCanonicalization(text()),
        Error::UnsupportedDigest(text()),
        Error::UnsupportedSignature(text()),
        Error::UnsupportedTransforms(text()),
    ]
}

fn xenc() -> Vec<xenc::Error> {
    use xenc::Error;
    vec![
        Error::BrokenAlgorithm(text()),
        Error::CbcNotAllowed,
        Error::DecryptionFailed,
        Error::EncryptionFailed,
        Error::NoDecryptionKey,
        Error::NoEncryptedKey,
        Error::Structure { expected: "…", position: POSITION },
        Error::TooManyEncryptedKeys { count: 1000 },
        Error::TooManyRsaOperations { count: 1000 },
        Error::UnsupportedAlgorithm(text()),
        Error::UnsupportedType(text()),
    ]
}

fn identity_provider() -> Vec<identity_provider::Error> {
    use identity_provider::Error;
    vec![
        Error::AcsUrlAndIndex,
        Error::AcsUrlMismatch { expected: text(), found: text() },
        Error::AuthnContextTooLong,
        Error::DestinationMismatch { expected: text(), found: Some(text()) },
        Error::Expired { issue_instant: TIME, now: TIME },
        Error::IdTooLong,
        Error::InvalidValue { attribute: "ForceAuthn" },
        Error::IssuerMismatch { expected: text(), found: Some(text()) },
        Error::NotAnAuthnRequest { found: text() },
        Error::NotYetValid { issue_instant: TIME, now: TIME },
        Error::RelayStateTooLong,
        Error::RequestNotSigned,
        Error::UnsupportedEncoding { found: text() },
        Error::UnsupportedProtocolBinding { found: text() },
    ]
}

fn saml() -> Vec<saml::Error> {
    use saml::Error;
    vec![
        Error::AssertionNotSigned,
        Error::AudienceMismatch { expected: text(), found: Some(text()) },
        Error::AuthnContextMismatch { expected: text(), found: Some(text()) },
        Error::AuthnTooOld { expected: TIME, found: TIME },
        Error::CbcInUnsignedResponse,
        Error::ClockSkewTooLarge { found: Duration::from_secs(600) },
        Error::DestinationMismatch { expected: text(), found: Some(text()) },
        Error::EmptyExpectation,
        Error::EmptyNameId,
        Error::EncryptedAssertionWithoutKey,
        Error::EncryptedAttribute,
        Error::EntityNotFound { expected: Some(text()) },
        Error::Expired { part: TimedPart::Conditions, not_on_or_after: TIME, now: TIME },
        Error::FormValueNotBase64,
        Error::FormValueTooLong { limit: 1000 },
        Error::InResponseToMismatch { expected: text(), found: Some(text()) },
        Error::InvalidTime { element: text(), attribute: "…", found: text() },
        Error::IssuerFormat { found: text() },
        Error::IssuerMismatch { expected: text(), found: text() },
        Error::LogoutDestinationMismatch { expected: text(), found: Some(text()) },
        Error::LogoutInResponseToMismatch { expected: text(), found: Some(text()) },
        Error::LogoutNotSigned,
        Error::LogoutWithoutNameId,
        Error::MetadataLocation { found: text() },
        Error::MetadataWithoutSigningKey,
        Error::MisplacedSignature { position: POSITION },
        Error::MissingAuthnStatement,
        Error::MissingConditions,
        Error::MissingConfirmationData,
        Error::MissingConfirmationNotOnOrAfter,
        Error::MissingSubject,
        Error::NoAssertion,
        Error::NoBearerConfirmation,
        Error::NoIssuer,
        Error::NotALogoutMessage { expected: "…", found: text() },
        Error::NotAResponse { found: text() },
        Error::NotAnAssertion { found: text() },
        Error::NotANameId { found: text() },
        Error::NotCovered,
        Error::NotEncrypted,
        Error::NotSigned,
        Error::NotUnsolicited { found: text() },
        Error::NotYetValid { part: TimedPart::Conditions, not_before: TIME, now: TIME },
        Error::ProcessingInstruction { position: POSITION },
        Error::RecipientMismatch { expected: text(), found: Some(text()) },
        Error::RedirectValue,
        Error::ResponseNotSigned,
        Error::SeveralAssertions,
        Error::SeveralEntities,
        Error::Status { code: text(), sub_code: Some(text()), message: Some(text()) },
        Error::TooManySessionIndexes,
        Error::UnknownCondition { found: text() },
        Error::UnsupportedVersion { found: Some(text()) },
    ]
}

fn x509() -> Vec<x509::Error> {
    use x509::Error;
    vec![
        Error::CertificateRequest,
        Error::DamagedPemLine,
        Error::Empty,
        Error::Fingerprint,
        Error::Html,
        Error::Malformed,
        Error::NotACertificate,
        Error::NotBase64 { line: 1, column: 1 },
        Error::Pkcs12,
        Error::Pkcs7,
        Error::PrivateKeyPasted,
        Error::PublicKeyOnly,
        Error::TooLarge { bytes: 1000 },
        Error::TooMany,
        Error::TrailingBytes { count: 1000 },
        Error::Truncated,
        Error::UnexpectedBlock(text()),
        Error::Xml,
    ]
}

fn jose() -> Vec<jose::Error> {
    use jose::Error;
    vec![
        Error::AlgorithmMismatch { expected: "…", found: "…" },
        Error::AlgorithmNotAllowed { found: text() },
        Error::AudienceMismatch { expected: text(), found: text() },
        Error::ClaimMalformed { claim: "…" },
        Error::ClaimMissing { claim: "…" },
        Error::DuplicateKeyId { kid: text() },
        Error::DuplicateMember { part: jose::Part::Header, name: text() },
        Error::Expired { now: TIME, expires_at: TIME },
        Error::HeaderParameterRefused { name: "…" },
        Error::HeaderParameterMalformed { name: "…" },
        Error::IssuerMismatch { expected: text(), found: text() },
        Error::IssuedInFuture { now: TIME, issued_at: TIME },
        Error::JsonMalformed { part: jose::Part::Header },
        Error::JsonTooDeep { part: jose::Part::Header },
        Error::KeyIdMissing,
        Error::KeyIdUnknown { found: text() },
        Error::KeyMemberMalformed { member: "…" },
        Error::KeyPrivate,
        Error::KeySetMixed,
        Error::KeyUnsupported,
        Error::LifetimeTooLong {
            maximum: Duration::from_secs(600),
            found: Duration::from_secs(600),
        },
        Error::NotYetValid { now: TIME, not_before: TIME },
        Error::NotBase64Url { part: jose::Part::Header },
        Error::SegmentCount { found: 1000 },
        Error::SignatureInvalid,
        Error::SigningFailed,
        Error::TooLong { limit: 1000, found: 1000 },
        Error::TooManyKeys { limit: 1000 },
        Error::TooManyMembers { part: jose::Part::Header },
        Error::TypeMismatch { expected: text(), found: text() },
        Error::WeakSecret { minimum: 1000, found: 1000 },
    ]
}

fn service_token() -> Vec<session::service_token::Error> {
    use session::service_token::Error;
    vec![
        Error::CredentialsMalformed,
        Error::Expired { expires_at: TIME },
        Error::MethodMalformed { found: text() },
        Error::MethodNotAllowed { expected: text(), found: text() },
        Error::NameMalformed { found: text() },
        Error::NoPaths,
        Error::NotFresh,
        Error::PathMalformed { found: text() },
        Error::PathNotAllowed { expected: text() },
        Error::RecordMalformed,
        Error::Refused,
        Error::TooManyRules { found: 17 },
    ]
}

fn session() -> Vec<session::Error> {
    use session::Error;
    vec![
        Error::BodyMismatch,
        Error::CookieHeaderTooLarge,
        Error::CookieRepeated,
        Error::EmailDomainNotAllowed { expected: text(), found: Some(text()) },
        Error::IdentityTooLarge,
        Error::LogoutUnknown,
        Error::MethodMismatch { expected: text(), found: text() },
        Error::NoStableSubject,
        Error::NotAnOwner { found: text() },
        Error::PathMismatch,
        Error::ReturnTargetRefused { found: text() },
        Error::RevocationMalformed { member: "sub_id" },
        Error::SealBroken,
        Error::SessionEnded { now: TIME, not_on_or_after: TIME },
        Error::SessionIdle { now: TIME, idle_expires_at: TIME },
        Error::SubjectFormatUnknown { found: text() },
        Error::SubjectMalformed,
        Error::TransactionUnknown,
    ]
}

fn policy() -> Vec<policy::Error> {
    use policy::Error;
    vec![
        Error::EverythingPublic,
        Error::PublicPathMalformed { found: text() },
        Error::PublicPathTooLong { found: 1000 },
        Error::TooManyPublicPaths { found: 1000 },
    ]
}

fn key() -> Vec<InvalidKey> {
    use InvalidKey as Error;
    vec![
        Error::Encrypted,
        Error::Malformed,
        Error::NoPrivateKey,
        Error::NotOnCurve,
        Error::RsaExponent,
        Error::RsaTooLarge { bits: 1000 },
        Error::RsaTooSmall { bits: 1000, minimum: 1000 },
        Error::UnsupportedAlgorithm(text()),
        Error::UnsupportedCurve,
    ]
}

/// Problems of settings are made by reading settings. The certificate and the path among them have
/// codes of their own, which are sampled above.
fn desk() -> Vec<Box<dyn Diagnostic>> {
    let connection = |sso_url: &str, certificates: serde_json::Value| {
        json!({
            "name": "contoso",
            "idp_entity_id": "https://idp.example/",
            "sso_url": sso_url,
            "certificates": certificates,
            "clock_skew_seconds": 1000,
        })
    };
    let settings = json!({
        "name": 7,
        "url": "https://help.contoso.com/",
        "prefix": "no slash",
        "unknown": true,
        "apps": [{
            "name": "zendesk", "helpdesk": "zendesk", "mode": "hand_off", "jitbit": {},
            "zendesk": { "shared_secret": "(hidden)" },
        }],
        "connections": [connection("ftp://idp.example/", json!([])), connection("https://idp.example/", json!([]))],
    });
    let certificate = include_str!("../../../../core/src/desk/tests/idp.crt");
    let mut twins = settings.clone();
    let mut twin = connection("https://idp.example/", json!([certificate]));
    twin["clock_skew_seconds"] = json!(180);
    twin["dangerous_any_email_domain"] = json!(true);
    twins["connections"] = json!([twin, twin]);
    let mut problems: Vec<_> = [settings, twins]
        .iter()
        .flat_map(|settings| {
            let error = Desk::from_json(settings).unwrap_err();
            error.problems().cloned().collect::<Vec<_>>()
        })
        .collect();
    problems.sort_by_key(Diagnostic::code);
    problems.dedup_by_key(|problem| problem.code());
    problems.into_iter().map(|problem| Box::new(problem) as Box<dyn Diagnostic>).collect()
}

pub(super) const NOTICES: [Notice; 47] = [
    Notice::AccessEnded,
    Notice::AddressElsewhere,
    Notice::AddressOfAnother,
    Notice::AlreadySignedIn,
    Notice::AlreadyUsed,
    Notice::AppSwitchedOff,
    Notice::BreakGlassElsewhere,
    Notice::BreakGlassRefused,
    Notice::Discarded,
    Notice::Expired,
    Notice::KeysDoNotOpen,
    Notice::LinkRefused,
    Notice::LogoutRefused,
    Notice::LogoutUnavailable,
    Notice::LogoutUnknown,
    Notice::MethodNotAllowed,
    Notice::NoAddress,
    Notice::NoConnection,
    Notice::NotConfirmed,
    Notice::NotForYou,
    Notice::NotFound,
    Notice::NotFresh,
    Notice::NotFromHere,
    Notice::NotInDirectory,
    Notice::NotKept,
    Notice::NotNavigated,
    Notice::NotOperating,
    Notice::NotSetUp,
    Notice::NotSignedIn,
    Notice::NotStarted,
    Notice::OriginUnreachable,
    Notice::ProviderRefused,
    Notice::SessionIdle,
    Notice::SignedOut,
    Notice::SignedOutEverywhere,
    Notice::SignedOutHere,
    Notice::SignedOutPartly,
    Notice::StillSignedIn,
    Notice::TooLarge,
    Notice::Unavailable,
    Notice::Unreadable,
    Notice::WrongAddress,
    Notice::ZendeskClock,
    Notice::ZendeskEmail,
    Notice::ZendeskRefused,
    Notice::ZendeskSecret,
    Notice::ZendeskUsedBefore,
];

pub(super) const HAND_OFF_REFUSALS: [HandOffRefusal; 6] = [
    HandOffRefusal::AddressTooLong,
    HandOffRefusal::Expired,
    HandOffRefusal::NotNavigated,
    HandOffRefusal::OtherConnection,
    HandOffRefusal::SwitchedOff,
    HandOffRefusal::Unavailable,
];

pub(super) const SIGN_IN_REFUSALS: [SignInRefusal; 13] = [
    SignInRefusal::AddressOfAnother,
    SignInRefusal::AssertionReplayed,
    SignInRefusal::BodyTooLarge,
    SignInRefusal::BreakGlassElsewhere,
    SignInRefusal::BreakGlassUsedBefore,
    SignInRefusal::ContentType,
    SignInRefusal::CrossSite,
    SignInRefusal::Disabled,
    SignInRefusal::NoAddress,
    SignInRefusal::NoSamlResponse,
    SignInRefusal::NotInDirectory,
    SignInRefusal::ParameterRepeated,
    SignInRefusal::RequestAnsweredBefore,
];

pub(super) const SIGN_OUT_REFUSALS: [SignOutRefusal; 5] = [
    SignOutRefusal::BodyTooLarge,
    SignOutRefusal::NoMessage,
    SignOutRefusal::ParameterRepeated,
    SignOutRefusal::RequestReplayed,
    SignOutRefusal::UnknownIssuer,
];

pub(super) const REVOCATION_REFUSALS: [RevocationRefusal; 5] = [
    RevocationRefusal::BodyTooLarge,
    RevocationRefusal::NoToken,
    RevocationRefusal::OtherPerson,
    RevocationRefusal::Replayed,
    RevocationRefusal::Unavailable,
];

pub(super) const ADMIN_REFUSALS: [AdminRefusal; 19] = [
    AdminRefusal::BodyTooLarge,
    AdminRefusal::MethodNotAllowed,
    AdminRefusal::NoSuchPerson,
    AdminRefusal::NoSuchServiceToken,
    AdminRefusal::NoSuchVersion,
    AdminRefusal::NoToken,
    AdminRefusal::NotAnAddress,
    AdminRefusal::NotFound,
    AdminRefusal::NotJson,
    AdminRefusal::NotSetUp,
    AdminRefusal::NotTheTurn,
    AdminRefusal::OtherAddress,
    AdminRefusal::OtherSecret,
    AdminRefusal::SecretNotLost,
    AdminRefusal::ServiceTokenNameTaken,
    AdminRefusal::TokenRefused,
    AdminRefusal::TokenUsedBefore,
    AdminRefusal::TooManyServiceTokens,
    AdminRefusal::Unavailable,
];
