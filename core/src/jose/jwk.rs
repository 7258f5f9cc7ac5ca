//! JSON Web Keys (RFC 7517): one key, one algorithm, at most one name.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use crate::base64;
use crate::crypto::{
    Crypto, DigestAlgorithm, EcCurve, JwsAlgorithm, KeyRules, PrivateKey, PublicKey, SecretKey,
};
use crate::jose::header::MAX_KEY_ID_BYTES;
use crate::jose::json::{Object, Value};
use crate::jose::{Error, Part};

/// A key that verifies tokens of exactly one algorithm.
#[derive(Clone, Debug)]
pub struct Jwk {
    algorithm: JwsAlgorithm,
    kid: Option<String>,
    pub(super) material: VerificationMaterial,
}

#[derive(Clone, Debug)]
pub(super) enum VerificationMaterial {
    Public(Box<PublicKey>),
    Secret(SecretKey),
}

/// A kind of JWK that a caller is willing to read.
///
/// Readers are values, so that a program which takes only Ed25519 keys does not contain the others.
#[derive(Clone, Copy, Debug)]
pub struct JwkKind {
    kty: &'static str,
    read: fn(&Object) -> Result<Jwk, Error>,
}

impl JwkKind {
    /// `EC`: P-256, for ES256.
    pub const EC: Self = Self { kty: "EC", read: read_ec };
    /// `oct`: a shared secret as long as the hash of its `alg`, or longer.
    pub const OCT: Self = Self { kty: "oct", read: read_oct };
    /// `OKP`: Ed25519, for EdDSA.
    pub const OKP: Self = Self { kty: "OKP", read: read_okp };
    /// `RSA`: 2048 bits or more, for RS256.
    pub const RSA: Self = Self { kty: "RSA", read: read_rsa };

    /// All kinds of public keys.
    pub const PUBLIC: &'static [Self] = &[Self::EC, Self::OKP, Self::RSA];
    /// All kinds, shared secrets too.
    pub const ALL: &'static [Self] = &[Self::EC, Self::OCT, Self::OKP, Self::RSA];
}

impl Jwk {
    /// A public key with the one algorithm that fits it.
    ///
    /// # Errors
    /// [`Error::KeyUnsupported`] for P-384 and P-521, [`Error::KeyMemberMalformed`] for a bad `kid`.
    pub fn from_public(key: PublicKey, kid: Option<&str>) -> Result<Self, Error> {
        let kind = key.kind();
        let algorithm = JwsAlgorithm::ALL
            .into_iter()
            .find(|row| row.fits(kind))
            .ok_or(Error::KeyUnsupported)?;
        Self::new(algorithm, kid, VerificationMaterial::Public(Box::new(key)))
    }

    /// A shared secret for an HMAC algorithm, as long as its hash or longer (RFC 7518, section 3.2).
    ///
    /// # Errors
    /// [`Error::WeakSecret`], or [`Error::KeyUnsupported`] when `algorithm` is not an HMAC or the secret
    /// is a PEM text.
    pub fn from_secret(
        key: SecretKey,
        algorithm: JwsAlgorithm,
        kid: Option<&str>,
    ) -> Result<Self, Error> {
        check_secret(&key, algorithm)?;
        Self::dangerous_from_secret_of_any_length(key, algorithm, kid)
    }

    /// Like [`Jwk::from_secret`], for secrets that somebody else chose too short.
    ///
    /// Whoever has one token can try such secrets until one fits.
    ///
    /// # Errors
    /// [`Error::KeyUnsupported`] when `algorithm` is not an HMAC.
    pub fn dangerous_from_secret_of_any_length(
        key: SecretKey,
        algorithm: JwsAlgorithm,
        kid: Option<&str>,
    ) -> Result<Self, Error> {
        if algorithm.mac_digest().is_none() {
            return Err(Error::KeyUnsupported);
        }
        Self::new(algorithm, kid, VerificationMaterial::Secret(key))
    }

    fn new(
        algorithm: JwsAlgorithm,
        kid: Option<&str>,
        material: VerificationMaterial,
    ) -> Result<Self, Error> {
        if kid.is_some_and(|kid| kid.is_empty() || kid.len() > MAX_KEY_ID_BYTES) {
            return Err(Error::KeyMemberMalformed { member: "kid" });
        }
        Ok(Self { algorithm, kid: kid.map(String::from), material })
    }

    /// Reads a JWK for verification.
    ///
    /// # Errors
    /// [`Error::KeyUnsupported`] when it is of none of `kinds` or not for signatures,
    /// [`Error::KeyPrivate`], [`Error::KeyMemberMalformed`], [`Error::KeyInvalid`], or an error of
    /// [`Object::parse`].
    pub fn parse(json: &[u8], kinds: &[JwkKind]) -> Result<Self, Error> {
        Self::from_object(&Object::parse(json, Part::JwkSet)?, kinds)
    }

    pub(super) fn from_object(object: &Object, kinds: &[JwkKind]) -> Result<Self, Error> {
        let kty = required_text(object, "kty")?;
        let kind = kinds.iter().find(|kind| kind.kty == kty).ok_or(Error::KeyUnsupported)?;
        check_use(object)?;
        if object.member("d").is_some() {
            return Err(Error::KeyPrivate);
        }
        let key = (kind.read)(object)?;
        match text(object, "alg")? {
            Some(alg) if alg != key.algorithm.name() => Err(Error::KeyUnsupported),
            _ => Ok(key),
        }
    }

    /// The algorithm of the tokens that this key verifies.
    #[must_use]
    pub const fn algorithm(&self) -> JwsAlgorithm {
        self.algorithm
    }

    /// `kid`.
    #[must_use]
    pub fn key_id(&self) -> Option<&str> {
        self.kid.as_deref()
    }

    /// The public key, unless this is a shared secret.
    #[must_use]
    pub const fn public_key(&self) -> Option<&PublicKey> {
        match &self.material {
            VerificationMaterial::Public(key) => Some(key),
            VerificationMaterial::Secret(_) => None,
        }
    }

    /// The key as a JWK to publish, or `None` for a shared secret, which is never published.
    #[must_use]
    pub fn to_object(&self) -> Option<Object> {
        Some(
            required_members(self.public_key()?)?
                .with_some("kid", self.kid.as_deref())
                .with("use", "sig")
                .with("alg", self.algorithm.name()),
        )
    }
}

/// The JWK thumbprint (RFC 7638) with SHA-256 in base64url: a `kid` that follows from the key.
///
/// # Errors
/// [`Error::KeyUnsupported`] for P-384 and P-521.
pub fn thumbprint(key: &PublicKey, crypto: &dyn Crypto) -> Result<String, Error> {
    let members = required_members(key).ok_or(Error::KeyUnsupported)?;
    let digest = crypto.digest(DigestAlgorithm::Sha256, members.to_json().as_bytes());
    Ok(base64::encode_url(digest.as_bytes()))
}

/// The members that make the key, in lexicographic order (RFC 7638, section 3.2).
fn required_members(key: &PublicKey) -> Option<Object> {
    let encode = |bytes: &[u8]| base64::encode_url(bytes);
    if let Some(x) = key.ed25519_bytes() {
        return Some(Object::new().with("crv", "Ed25519").with("kty", "OKP").with("x", encode(&x)));
    }
    if let Some((curve @ EcCurve::P256, x, y)) = key.ec_coordinates() {
        let object = Object::new().with("crv", curve.jwk_name()).with("kty", "EC");
        return Some(object.with("x", encode(&x)).with("y", encode(&y)));
    }
    let (n, e) = key.rsa_components()?;
    Some(Object::new().with("e", encode(&e)).with("kty", "RSA").with("n", encode(&n)))
}

/// A key that makes tokens of exactly one algorithm.
#[derive(Clone, Debug)]
pub struct SigningKey {
    pub(super) algorithm: JwsAlgorithm,
    pub(super) kid: Option<String>,
    pub(super) material: SigningMaterial,
}

#[derive(Clone, Debug)]
pub(super) enum SigningMaterial {
    Private(Box<PrivateKey>),
    Secret(SecretKey),
}

impl SigningKey {
    /// A private key with the one algorithm that fits it; its `kid` is the thumbprint.
    ///
    /// # Errors
    /// [`Error::KeyUnsupported`] for P-384 and P-521.
    pub fn from_private(key: PrivateKey, crypto: &dyn Crypto) -> Result<Self, Error> {
        let kid = thumbprint(key.public_key(), crypto)?;
        let public = Jwk::from_public(key.public_key().clone(), Some(&kid))?;
        Ok(Self {
            algorithm: public.algorithm,
            kid: public.kid,
            material: SigningMaterial::Private(Box::new(key)),
        })
    }

    /// A shared secret for an HMAC algorithm.
    ///
    /// # Errors
    /// As [`Jwk::from_secret`].
    pub fn from_secret(
        key: SecretKey,
        algorithm: JwsAlgorithm,
        kid: Option<&str>,
    ) -> Result<Self, Error> {
        let verification = Jwk::from_secret(key.clone(), algorithm, kid)?;
        Ok(Self { algorithm, kid: verification.kid, material: SigningMaterial::Secret(key) })
    }

    /// Like [`SigningKey::from_secret`], for secrets that the reader of the tokens chose too short.
    ///
    /// # Errors
    /// As [`Jwk::dangerous_from_secret_of_any_length`].
    pub fn dangerous_from_secret_of_any_length(
        key: SecretKey,
        algorithm: JwsAlgorithm,
        kid: Option<&str>,
    ) -> Result<Self, Error> {
        let verification = Jwk::dangerous_from_secret_of_any_length(key.clone(), algorithm, kid)?;
        Ok(Self { algorithm, kid: verification.kid, material: SigningMaterial::Secret(key) })
    }

    /// The algorithm of the tokens that this key makes.
    #[must_use]
    pub const fn algorithm(&self) -> JwsAlgorithm {
        self.algorithm
    }

    /// `kid` of the tokens that this key makes.
    #[must_use]
    pub fn key_id(&self) -> Option<&str> {
        self.kid.as_deref()
    }

    /// The key that verifies what this one signs.
    #[must_use]
    pub fn verification_key(&self) -> Jwk {
        let material = match &self.material {
            SigningMaterial::Private(key) => {
                VerificationMaterial::Public(Box::new(key.public_key().clone()))
            }
            SigningMaterial::Secret(key) => VerificationMaterial::Secret(key.clone()),
        };
        Jwk { algorithm: self.algorithm, kid: self.kid.clone(), material }
    }
}

/// RFC 7517, sections 4.2 and 4.3: a key for encryption does not verify.
fn check_use(object: &Object) -> Result<(), Error> {
    if text(object, "use")?.is_some_and(|key_use| key_use != "sig") {
        return Err(Error::KeyUnsupported);
    }
    match object.member("key_ops") {
        None => Ok(()),
        Some(Value::Array(operations)) => {
            let verifies = operations.iter().any(|operation| operation.as_str() == Some("verify"));
            if verifies { Ok(()) } else { Err(Error::KeyUnsupported) }
        }
        Some(_) => Err(Error::KeyMemberMalformed { member: "key_ops" }),
    }
}

/// RFC 7518, section 3.2, and no PEM text: that would be a public key taken for a secret (CVE-2022-29217).
fn check_secret(key: &SecretKey, algorithm: JwsAlgorithm) -> Result<(), Error> {
    let digest = algorithm.mac_digest().ok_or(Error::KeyUnsupported)?;
    if key.as_bytes().trim_ascii_start().starts_with(b"-----BEGIN") {
        return Err(Error::KeyUnsupported);
    }
    let (minimum, found) = (digest.output_bytes(), key.as_bytes().len());
    if found < minimum { Err(Error::WeakSecret { minimum, found }) } else { Ok(()) }
}

/// RFC 8037, section 2.
fn read_okp(object: &Object) -> Result<Jwk, Error> {
    if required_text(object, "crv")? != "Ed25519" {
        return Err(Error::KeyUnsupported);
    }
    Jwk::from_public(PublicKey::from_ed25519(&bytes(object, "x")?)?, text(object, "kid")?)
}

/// RFC 7518, section 6.2.
fn read_ec(object: &Object) -> Result<Jwk, Error> {
    let curve = EcCurve::from_jwk_name(required_text(object, "crv")?);
    let curve = curve.filter(|curve| *curve == EcCurve::P256).ok_or(Error::KeyUnsupported)?;
    let key = PublicKey::from_ec_point(curve, &bytes(object, "x")?, &bytes(object, "y")?)?;
    Jwk::from_public(key, text(object, "kid")?)
}

/// RFC 7518, section 6.3.
fn read_rsa(object: &Object) -> Result<Jwk, Error> {
    let (n, e) = (bytes(object, "n")?, bytes(object, "e")?);
    let key = PublicKey::from_rsa_components(&n, &e, KeyRules::default())?;
    Jwk::from_public(key, text(object, "kid")?)
}

/// RFC 7518, section 6.4. Nothing in the key itself tells its algorithm, so `alg` has to.
fn read_oct(object: &Object) -> Result<Jwk, Error> {
    let algorithm =
        JwsAlgorithm::from_name(required_text(object, "alg")?).ok_or(Error::KeyUnsupported)?;
    Jwk::from_secret(SecretKey::new(&bytes(object, "k")?), algorithm, text(object, "kid")?)
}

pub(super) fn text<'o>(object: &'o Object, member: &'static str) -> Result<Option<&'o str>, Error> {
    match object.member(member) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(Error::KeyMemberMalformed { member }),
    }
}

fn required_text<'o>(object: &'o Object, member: &'static str) -> Result<&'o str, Error> {
    text(object, member)?.ok_or(Error::KeyMemberMalformed { member })
}

fn bytes(object: &Object, member: &'static str) -> Result<Vec<u8>, Error> {
    base64::decode_url(required_text(object, member)?)
        .map_err(|_| Error::KeyMemberMalformed { member })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::RustCrypto;
    use crate::diagnostic::Diagnostic as _;

    /// RFC 8037, A.2.
    const ED25519: &str =
        r#"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#;

    #[track_caller]
    fn check(json: &str, expected: &str) {
        let found = match Jwk::parse(json.as_bytes(), JwkKind::ALL) {
            Ok(key) => key.algorithm().name(),
            Err(error) => error.code(),
        };
        assert_eq!(found, expected, "{json}");
    }

    fn ed25519_with(members: &str) -> String {
        ED25519.replace('}', &std::format!(",{members}}}"))
    }

    #[test]
    fn thumbprints_are_those_of_the_rfcs() {
        // RFC 8037, A.3.
        let key = Jwk::parse(ED25519.as_bytes(), &[JwkKind::OKP]).unwrap();
        let thumbprint = thumbprint(key.public_key().unwrap(), &RustCrypto::new());
        assert_eq!(thumbprint.unwrap(), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
        // RFC 7638, 3.1.
        let rsa = r#"{"kty":"RSA","n":"0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw","e":"AQAB","alg":"RS256","kid":"2011-04-29"}"#;
        let key = Jwk::parse(rsa.as_bytes(), &[JwkKind::RSA]).unwrap();
        let thumbprint = super::thumbprint(key.public_key().unwrap(), &RustCrypto::new());
        assert_eq!(thumbprint.unwrap(), "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
    }

    #[test]
    fn the_algorithm_follows_from_the_key() {
        check(ED25519, "EdDSA");
        check(
            &ed25519_with(r#""alg":"EdDSA","use":"sig","key_ops":["verify"],"kid":"a""#),
            "EdDSA",
        );
        // RFC 7517, A.1, without its `use`.
        let ec = r#"{"kty":"EC","crv":"P-256","x":"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4","y":"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM"}"#;
        check(ec, "ES256");
        check(&ec.replace("4Etl", "5Etl"), "key.not_on_curve");
        check(&ec.replace("\"MKBC", "\"AAMKBC"), "jose.key_member_malformed");
        check(&ec.replace("P-256", "P-384"), "jose.key_unsupported");
    }

    #[test]
    fn a_key_for_something_else_is_refused() {
        check(&ed25519_with(r#""alg":"HS256""#), "jose.key_unsupported");
        check(&ed25519_with(r#""use":"enc""#), "jose.key_unsupported");
        check(&ed25519_with(r#""key_ops":["sign"]"#), "jose.key_unsupported");
        check(
            &ed25519_with(r#""d":"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A""#),
            "jose.key_private",
        );
        check(&ED25519.replace("Ed25519", "X25519"), "jose.key_unsupported");
        check(&ED25519.replace("OKP", "okp"), "jose.key_unsupported");
        let error = Jwk::parse(ED25519.as_bytes(), &[JwkKind::RSA, JwkKind::EC]).unwrap_err();
        assert_eq!(error, Error::KeyUnsupported);
    }

    #[test]
    fn malformed_members_are_refused() {
        check("{}", "jose.key_member_malformed");
        check(r#"{"kty":"OKP","crv":"Ed25519"}"#, "jose.key_member_malformed");
        check(&ED25519.replace("HURo", "HURo="), "jose.key_member_malformed");
        check(&ED25519.replace("HURo", "HURp"), "jose.key_member_malformed");
        check(&ED25519.replace("HURo", ""), "key.malformed");
        check(&ed25519_with(r#""kid":7"#), "jose.key_member_malformed");
        check(&ed25519_with(r#""kid":"""#), "jose.key_member_malformed");
        check(&ed25519_with(r#""alg":null"#), "jose.key_member_malformed");
        check(&ed25519_with(r#""x":"a""#), "jose.duplicate_member");
        let small =
            r#"{"kty":"OKP","crv":"Ed25519","x":"AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}"#;
        check(small, "key.not_on_curve");
    }

    #[test]
    fn a_secret_is_long_and_names_its_algorithm() {
        let oct = |k: &[u8], alg: &str| {
            std::format!(r#"{{"kty":"oct","k":"{}","alg":"{alg}"}}"#, base64::encode_url(k))
        };
        for (alg, minimum) in [("HS256", 32), ("HS384", 48), ("HS512", 64)] {
            check(&oct(&std::vec![7; minimum], alg), alg);
            check(&oct(&std::vec![7; minimum - 1], alg), "jose.weak_secret");
        }
        check(&oct(&[7; 32], "EdDSA"), "jose.key_unsupported");
        check(&oct(&[7; 32], "A256GCM"), "jose.key_unsupported");
        let secret = base64::encode_url(&[7; 32]);
        check(&std::format!(r#"{{"kty":"oct","k":"{secret}"}}"#), "jose.key_member_malformed");
        check(r#"{"kty":"oct","k":"","alg":"HS256"}"#, "jose.weak_secret");
        let pem = b"-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA";
        check(&oct(pem, "HS256"), "jose.key_unsupported");
    }

    #[test]
    fn a_secret_is_never_published() {
        let key = Jwk::from_secret(SecretKey::new(&[7; 32]), JwsAlgorithm::Hs256, None).unwrap();
        assert_eq!(key.to_object(), None);
        assert!(!std::format!("{key:?}").contains("7, 7"));
    }

    #[test]
    fn what_is_published_is_read_again() {
        let private = PrivateKey::ed25519_from_seed(&[7; 32]).unwrap();
        let signing = SigningKey::from_private(private, &RustCrypto::new()).unwrap();
        let published = signing.verification_key().to_object().unwrap().to_json();
        let key = Jwk::parse(published.as_bytes(), &[JwkKind::OKP]).unwrap();
        assert_eq!(key.key_id(), signing.key_id());
        assert_eq!(key.key_id().map(str::len), Some(43));
        assert_eq!(key.public_key(), signing.verification_key().public_key());
    }
}
