//! Why a token, a key or a key set is refused.

use alloc::format;
use alloc::string::{String, ToString as _};
use core::fmt;
use core::time::Duration;

use crate::crypto::InvalidKey;
use crate::diagnostic::{Diagnostic, Excerpt, Kind};
use crate::jose::json::{MAX_DEPTH, MAX_MEMBERS};
use crate::time::UnixTime;

/// The part of the input that an error is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Part {
    /// The claims set, the second segment of a token.
    Claims,
    /// The protected header, the first segment of a token.
    Header,
    /// A JSON Web Key or a set of them.
    JwkSet,
    /// The signature, the third segment of a token.
    Signature,
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Claims => "claims set",
            Self::Header => "header",
            Self::JwkSet => "key set",
            Self::Signature => "signature",
        })
    }
}

/// Why a token, a key or a key set is refused.
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Error {
    /// The header's `alg` is not the algorithm of the selected key (RFC 8725, section 3.1).
    AlgorithmMismatch {
        /// The algorithm of the key.
        expected: &'static str,
        /// `alg` of the header.
        found: &'static str,
    },
    /// The header's `alg` is not in the verifier's list, or not known at all, as `none` is.
    AlgorithmNotAllowed {
        /// `alg` of the header.
        found: Excerpt,
    },
    /// No value of `aud` is ours (RFC 7519, section 4.1.3).
    AudienceMismatch {
        /// Our audience.
        expected: Excerpt,
        /// The first audience of the token.
        found: Excerpt,
    },
    /// A claim is there with the wrong type or range.
    ClaimMalformed {
        /// Name of the claim.
        claim: &'static str,
    },
    /// A claim that must be there is not.
    ClaimMissing {
        /// Name of the claim.
        claim: &'static str,
    },
    /// Two keys of a set have the same `kid`.
    DuplicateKeyId {
        /// The `kid`.
        kid: Excerpt,
    },
    /// An object has two members of one name (RFC 7515, section 4; RFC 7519, section 4).
    DuplicateMember {
        /// Where.
        part: Part,
        /// The name.
        name: Excerpt,
    },
    /// `exp` has passed (RFC 7519, section 4.1.4).
    Expired {
        /// The time of the check.
        now: UnixTime,
        /// `exp`.
        expires_at: UnixTime,
    },
    /// A header parameter that changes how a token is verified, or brings a key of its own.
    HeaderParameterRefused {
        /// Name of the parameter.
        name: &'static str,
    },
    /// A header parameter, or a key member, is missing or has the wrong type.
    HeaderParameterMalformed {
        /// Name of the parameter.
        name: &'static str,
    },
    /// `iss` is another one (RFC 7519, section 4.1.1).
    IssuerMismatch {
        /// The expected issuer.
        expected: Excerpt,
        /// `iss` of the token.
        found: Excerpt,
    },
    /// `iat` lies in the future.
    IssuedInFuture {
        /// The time of the check.
        now: UnixTime,
        /// `iat`.
        issued_at: UnixTime,
    },
    /// Not one JSON object in UTF-8.
    JsonMalformed {
        /// Where.
        part: Part,
    },
    /// Objects or arrays nested deeper than [`MAX_DEPTH`].
    JsonTooDeep {
        /// Where.
        part: Part,
    },
    /// The header has no `kid`, and there is more than one key to choose from.
    KeyIdMissing,
    /// No configured key has this `kid`.
    KeyIdUnknown {
        /// `kid` of the header.
        found: Excerpt,
    },
    /// The key itself is not usable.
    KeyInvalid(InvalidKey),
    /// A member of a JWK is missing or malformed.
    KeyMemberMalformed {
        /// Name of the member.
        member: &'static str,
    },
    /// A set for verification contains a private key, which then is no longer private.
    KeyPrivate,
    /// A set contains shared secrets beside public keys.
    KeySetMixed,
    /// A JWK of a type, curve, algorithm or use that this product does not have.
    KeyUnsupported,
    /// `exp - iat` is longer than the verifier allows.
    LifetimeTooLong {
        /// Longest lifetime allowed.
        maximum: Duration,
        /// Lifetime of the token.
        found: Duration,
    },
    /// `nbf` lies in the future (RFC 7519, section 4.1.5).
    NotYetValid {
        /// The time of the check.
        now: UnixTime,
        /// `nbf`.
        not_before: UnixTime,
    },
    /// A segment or a key member is not strict base64url (RFC 7515, section 2).
    NotBase64Url {
        /// Where.
        part: Part,
    },
    /// Not the three segments of a JWS in compact serialization (RFC 7515, section 7.1).
    SegmentCount {
        /// Number of segments.
        found: usize,
    },
    /// The signature does not verify.
    SignatureInvalid,
    /// The key cannot sign here.
    SigningFailed,
    /// The token or key set is longer than the limit.
    TooLong {
        /// The limit in bytes.
        limit: usize,
        /// Bytes given.
        found: usize,
    },
    /// More keys in a set than the limit.
    TooManyKeys {
        /// The limit.
        limit: usize,
    },
    /// An object has more members than [`MAX_MEMBERS`].
    TooManyMembers {
        /// Where.
        part: Part,
    },
    /// The header's `typ` is not the expected one (RFC 8725, section 3.11).
    TypeMismatch {
        /// The expected type.
        expected: Excerpt,
        /// `typ` of the header, empty when absent.
        found: Excerpt,
    },
    /// A shared secret shorter than a digest (RFC 7518, section 3.2).
    WeakSecret {
        /// Least number of bytes.
        minimum: usize,
        /// Bytes of the secret.
        found: usize,
    },
}

impl From<InvalidKey> for Error {
    fn from(error: InvalidKey) -> Self {
        Self::KeyInvalid(error)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AlgorithmMismatch { expected, found } => {
                write!(f, "the token says {found}, its key is for {expected}")
            }
            Self::AlgorithmNotAllowed { found } => {
                write!(f, "algorithm \"{found}\" is not allowed")
            }
            Self::AudienceMismatch { .. } => f.write_str("the token is for another audience"),
            Self::ClaimMalformed { claim } => write!(f, "claim \"{claim}\" is malformed"),
            Self::ClaimMissing { claim } => write!(f, "claim \"{claim}\" is missing"),
            Self::DuplicateKeyId { kid } => write!(f, "two keys have the kid \"{kid}\""),
            Self::DuplicateMember { part, name } => {
                write!(f, "the {part} has two members named \"{name}\"")
            }
            Self::Expired { now, expires_at } => {
                write!(f, "the token expired at {expires_at}, it is {now}")
            }
            Self::HeaderParameterRefused { name } => {
                write!(f, "header parameter \"{name}\" is not accepted")
            }
            Self::HeaderParameterMalformed { name } => {
                write!(f, "header parameter \"{name}\" is missing or malformed")
            }
            Self::IssuerMismatch { .. } => f.write_str("the token is from another issuer"),
            Self::IssuedInFuture { now, issued_at } => {
                write!(f, "the token was issued at {issued_at}, it is {now}")
            }
            Self::JsonMalformed { part } => write!(f, "the {part} is not one JSON object"),
            Self::JsonTooDeep { part } => {
                write!(f, "the {part} is nested deeper than {MAX_DEPTH} levels")
            }
            Self::KeyIdMissing => f.write_str("the header has no kid"),
            Self::KeyIdUnknown { found } => write!(f, "no configured key has the kid \"{found}\""),
            Self::KeyInvalid(error) => error.fmt(f),
            Self::KeyMemberMalformed { member } => {
                write!(f, "key member \"{member}\" is missing or malformed")
            }
            Self::KeyPrivate => f.write_str("the key set contains a private key"),
            Self::KeySetMixed => f.write_str("the key set mixes public keys and shared secrets"),
            Self::KeyUnsupported => {
                f.write_str("a key of this type, curve or use is not supported")
            }
            Self::LifetimeTooLong { maximum, found } => write!(
                f,
                "the token lives {} s, more than {} s",
                found.as_secs(),
                maximum.as_secs()
            ),
            Self::NotYetValid { now, not_before } => {
                write!(f, "the token is valid from {not_before}, it is {now}")
            }
            Self::NotBase64Url { part } => write!(f, "the {part} is not canonical base64url"),
            Self::SegmentCount { found } => write!(f, "the token has {found} segments, not 3"),
            Self::SignatureInvalid => f.write_str("the signature does not verify"),
            Self::SigningFailed => f.write_str("this key cannot sign here"),
            Self::TooLong { limit, found } => write!(f, "{found} bytes are more than {limit}"),
            Self::TooManyKeys { limit } => write!(f, "the set has more than {limit} keys"),
            Self::TooManyMembers { part } => {
                write!(f, "an object of the {part} has more than {MAX_MEMBERS} members")
            }
            Self::TypeMismatch { .. } => f.write_str("the token is of another type"),
            Self::WeakSecret { minimum, found } => {
                write!(f, "the secret has {found} bytes, fewer than {minimum}")
            }
        }
    }
}

impl core::error::Error for Error {}

impl Diagnostic for Error {
    fn code(&self) -> &'static str {
        match self {
            Self::AlgorithmMismatch { .. } => "jose.algorithm_mismatch",
            Self::AlgorithmNotAllowed { .. } => "jose.algorithm_not_allowed",
            Self::AudienceMismatch { .. } => "jose.audience_mismatch",
            Self::ClaimMalformed { .. } => "jose.claim_malformed",
            Self::ClaimMissing { .. } => "jose.claim_missing",
            Self::DuplicateKeyId { .. } => "jose.duplicate_key_id",
            Self::DuplicateMember { .. } => "jose.duplicate_member",
            Self::Expired { .. } => "jose.expired",
            Self::HeaderParameterRefused { .. } => "jose.header_parameter_refused",
            Self::HeaderParameterMalformed { .. } => "jose.header_parameter_malformed",
            Self::IssuerMismatch { .. } => "jose.issuer_mismatch",
            Self::IssuedInFuture { .. } => "jose.issued_in_future",
            Self::JsonMalformed { .. } => "jose.json_malformed",
            Self::JsonTooDeep { .. } => "jose.json_too_deep",
            Self::KeyIdMissing => "jose.key_id_missing",
            Self::KeyIdUnknown { .. } => "jose.key_id_unknown",
            Self::KeyInvalid(error) => error.code(),
            Self::KeyMemberMalformed { .. } => "jose.key_member_malformed",
            Self::KeyPrivate => "jose.key_private",
            Self::KeySetMixed => "jose.key_set_mixed",
            Self::KeyUnsupported => "jose.key_unsupported",
            Self::LifetimeTooLong { .. } => "jose.lifetime_too_long",
            Self::NotYetValid { .. } => "jose.not_yet_valid",
            Self::NotBase64Url { .. } => "jose.not_base64url",
            Self::SegmentCount { .. } => "jose.segment_count",
            Self::SignatureInvalid => "jose.signature_invalid",
            Self::SigningFailed => "jose.signing_failed",
            Self::TooLong { .. } => "jose.too_long",
            Self::TooManyKeys { .. } => "jose.too_many_keys",
            Self::TooManyMembers { .. } => "jose.too_many_members",
            Self::TypeMismatch { .. } => "jose.type_mismatch",
            Self::WeakSecret { .. } => "jose.weak_secret",
        }
    }

    fn kind(&self) -> Kind {
        match self {
            Self::Expired { .. } | Self::IssuedInFuture { .. } | Self::NotYetValid { .. } => {
                Kind::Expired
            }
            Self::JsonTooDeep { .. }
            | Self::TooLong { .. }
            | Self::TooManyKeys { .. }
            | Self::TooManyMembers { .. } => Kind::LimitExceeded,
            Self::ClaimMalformed { .. }
            | Self::ClaimMissing { .. }
            | Self::DuplicateKeyId { .. }
            | Self::DuplicateMember { .. }
            | Self::HeaderParameterMalformed { .. }
            | Self::JsonMalformed { .. }
            | Self::KeyMemberMalformed { .. }
            | Self::NotBase64Url { .. }
            | Self::SegmentCount { .. } => Kind::Malformed,
            Self::SigningFailed => Kind::Misuse,
            Self::AudienceMismatch { .. }
            | Self::KeyPrivate
            | Self::KeySetMixed
            | Self::LifetimeTooLong { .. }
            | Self::TypeMismatch { .. }
            | Self::WeakSecret { .. } => Kind::NotAllowed,
            Self::AlgorithmNotAllowed { .. }
            | Self::HeaderParameterRefused { .. }
            | Self::KeyUnsupported => Kind::Unsupported,
            Self::AlgorithmMismatch { .. }
            | Self::IssuerMismatch { .. }
            | Self::KeyIdMissing
            | Self::KeyIdUnknown { .. }
            | Self::SignatureInvalid => Kind::Untrusted,
            Self::KeyInvalid(error) => error.kind(),
        }
    }

    fn expected(&self) -> Option<String> {
        Some(match self {
            Self::AlgorithmMismatch { expected, .. } => (*expected).to_string(),
            Self::AudienceMismatch { expected, .. }
            | Self::IssuerMismatch { expected, .. }
            | Self::TypeMismatch { expected, .. } => expected.to_string(),
            Self::Expired { now, .. } => format!("later than {now}"),
            Self::IssuedInFuture { now, .. } | Self::NotYetValid { now, .. } => {
                format!("not later than {now}")
            }
            Self::KeyInvalid(error) => return error.expected(),
            Self::LifetimeTooLong { maximum, .. } => format!("at most {} s", maximum.as_secs()),
            Self::SegmentCount { .. } => "3".to_string(),
            Self::TooLong { limit, .. } => format!("at most {limit} bytes"),
            Self::TooManyKeys { limit } => format!("at most {limit}"),
            Self::WeakSecret { minimum, .. } => format!("at least {minimum} bytes"),
            _ => return None,
        })
    }

    fn found(&self) -> Option<String> {
        Some(match self {
            Self::AlgorithmMismatch { found, .. } => (*found).to_string(),
            Self::AlgorithmNotAllowed { found }
            | Self::AudienceMismatch { found, .. }
            | Self::IssuerMismatch { found, .. }
            | Self::KeyIdUnknown { found }
            | Self::TypeMismatch { found, .. } => found.to_string(),
            Self::ClaimMalformed { claim } => (*claim).to_string(),
            Self::DuplicateKeyId { kid } => kid.to_string(),
            Self::DuplicateMember { name, .. } => name.to_string(),
            Self::Expired { expires_at, .. } => expires_at.to_string(),
            Self::HeaderParameterRefused { name } | Self::HeaderParameterMalformed { name } => {
                (*name).to_string()
            }
            Self::IssuedInFuture { issued_at, .. } => issued_at.to_string(),
            Self::KeyInvalid(error) => return error.found(),
            Self::LifetimeTooLong { found, .. } => format!("{} s", found.as_secs()),
            Self::NotYetValid { not_before, .. } => not_before.to_string(),
            Self::SegmentCount { found } => found.to_string(),
            Self::TooLong { found, .. } | Self::WeakSecret { found, .. } => {
                format!("{found} bytes")
            }
            _ => return None,
        })
    }

    fn help(&self) -> &'static str {
        match self {
            Self::AlgorithmMismatch { .. } | Self::AlgorithmNotAllowed { .. } => {
                "Sign the token with the algorithm of the key in the key set; the list is EdDSA, ES256, \
                 RS256 and, with a shared secret, HS256, HS384 and HS512."
            }
            Self::AudienceMismatch { .. } => {
                "Compare the audience in the configuration with the claim aud, byte for byte."
            }
            Self::ClaimMalformed { .. } | Self::ClaimMissing { .. } => {
                "The issuer has to send this claim in the form of RFC 7519; times are whole seconds."
            }
            Self::DuplicateKeyId { .. } => "Give each key of the set a kid of its own.",
            Self::DuplicateMember { .. }
            | Self::JsonMalformed { .. }
            | Self::JsonTooDeep { .. } => {
                "The issuer has to send one plain JSON object with different member names."
            }
            Self::Expired { .. } => "Ask for a new token, and compare the clocks.",
            Self::HeaderParameterRefused { .. } => {
                "Leave this header parameter out: keys come from the configuration only."
            }
            Self::HeaderParameterMalformed { .. } => {
                "The header needs alg, and kid and typ as strings where they are used."
            }
            Self::IssuerMismatch { .. } => {
                "Compare the issuer in the configuration with the claim iss, byte for byte."
            }
            Self::IssuedInFuture { .. } | Self::NotYetValid { .. } => {
                "Set the clocks of both machines by a time server."
            }
            Self::KeyIdMissing | Self::KeyIdUnknown { .. } => {
                "Fetch the key set again: the issuer may have changed its key."
            }
            Self::KeyInvalid(error) => error.help(),
            Self::KeyMemberMalformed { .. } => "Take the key set from the issuer again, unchanged.",
            Self::KeyPrivate => {
                "Replace this key pair: its private half was published. Give only the public half."
            }
            Self::KeySetMixed => {
                "Keep shared secrets out of a set that is published; if it was, replace them."
            }
            Self::KeyUnsupported => {
                "Use an Ed25519 or P-256 key, or RSA of 2048 bits or more with RS256."
            }
            Self::LifetimeTooLong { .. } => "Let the issuer make tokens that live shorter.",
            Self::NotBase64Url { .. } | Self::SegmentCount { .. } => {
                "Pass the token as it was issued: three parts of base64url with dots between, nothing \
                 else."
            }
            Self::SignatureInvalid => {
                "The token was changed, or it was signed by another key than the configured one."
            }
            Self::SigningFailed => "Use a key of the algorithm's kind that this platform can use.",
            Self::TooLong { .. } | Self::TooManyKeys { .. } | Self::TooManyMembers { .. } => {
                "Send less: fewer claims, or only the keys in use."
            }
            Self::TypeMismatch { .. } => {
                "This token was made for another purpose. Use the one made for this."
            }
            Self::WeakSecret { .. } => {
                "Create a secret of 64 random bytes; HS256 needs 32 at least, HS384 48."
            }
        }
    }
}
