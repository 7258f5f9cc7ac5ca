//! The tables of algorithms: every identifier that the XML and JOSE layers know stands here once.
//!
//! An identifier that is not in a table does not exist for the rest of the program. So HMAC, DSA, MD5
//! and RIPEMD signatures are refused before any key is touched.

mod encryption;

pub use encryption::{ContentCipher, KeyTransport};

use super::KeyKind;

/// A hash function.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "every provider has to know all of them")]
pub enum DigestAlgorithm {
    /// SHA-1. Collisions are practical: for signatures only behind an explicit switch.
    Sha1,
    /// SHA-256.
    Sha256,
    /// SHA-384.
    Sha384,
    /// SHA-512.
    Sha512,
}

impl DigestAlgorithm {
    /// All rows of the table.
    pub const ALL: [Self; 4] = [Self::Sha1, Self::Sha256, Self::Sha384, Self::Sha512];

    /// The identifier in `DigestMethod` (RFC 9231, section 2.1; XML Encryption 1.1, section 5.8).
    #[must_use]
    pub const fn xml_uri(self) -> &'static str {
        match self {
            Self::Sha1 => "http://www.w3.org/2000/09/xmldsig#sha1",
            Self::Sha256 => "http://www.w3.org/2001/04/xmlenc#sha256",
            Self::Sha384 => "http://www.w3.org/2001/04/xmldsig-more#sha384",
            Self::Sha512 => "http://www.w3.org/2001/04/xmlenc#sha512",
        }
    }

    /// The row with this identifier, compared byte by byte.
    #[must_use]
    pub fn from_xml_uri(uri: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|row| row.xml_uri() == uri)
    }

    /// Length of the digest in bytes.
    #[must_use]
    pub const fn output_bytes(self) -> usize {
        match self {
            Self::Sha1 => 20,
            Self::Sha256 => 32,
            Self::Sha384 => 48,
            Self::Sha512 => 64,
        }
    }
}

/// A named elliptic curve for ECDSA (FIPS 186-5). Explicit curve parameters are never accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "every provider has to know all of them")]
pub enum EcCurve {
    /// NIST P-256, secp256r1.
    P256,
    /// NIST P-384, secp384r1.
    P384,
    /// NIST P-521, secp521r1.
    P521,
}

impl EcCurve {
    /// Bytes of one coordinate, and of each half of a signature.
    #[must_use]
    pub const fn coordinate_bytes(self) -> usize {
        match self {
            Self::P256 => 32,
            Self::P384 => 48,
            Self::P521 => 66,
        }
    }

    /// The name in a JWK `crv` member (RFC 7518, section 6.2.1.1).
    #[must_use]
    pub const fn jwk_name(self) -> &'static str {
        match self {
            Self::P256 => "P-256",
            Self::P384 => "P-384",
            Self::P521 => "P-521",
        }
    }

    /// The curve with this JWK name.
    #[must_use]
    pub fn from_jwk_name(name: &str) -> Option<Self> {
        [Self::P256, Self::P384, Self::P521].into_iter().find(|curve| curve.jwk_name() == name)
    }
}

/// A public-key signature algorithm, all of its parameters fixed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "every provider has to know all of them")]
pub enum SignatureAlgorithm {
    /// ECDSA over any of the three curves; the signature is `r || s`, each as long as a coordinate.
    Ecdsa(DigestAlgorithm),
    /// Pure Ed25519 (RFC 8032).
    Ed25519,
    /// RSASSA-PKCS1-v1_5 (RFC 8017, section 8.2).
    RsaPkcs1(DigestAlgorithm),
    /// RSASSA-PSS with MGF1 of the same hash and a salt as long as the hash (RFC 8017, section 8.1).
    ///
    /// The identifier with free parameters, `2007/05/xmldsig-more#rsa-pss`, has no row: there the
    /// document would choose hash, mask function, salt length and trailer.
    RsaPss(DigestAlgorithm),
}

impl SignatureAlgorithm {
    /// All rows of the table.
    pub const ALL: [Self; 13] = [
        Self::Ecdsa(DigestAlgorithm::Sha1),
        Self::Ecdsa(DigestAlgorithm::Sha256),
        Self::Ecdsa(DigestAlgorithm::Sha384),
        Self::Ecdsa(DigestAlgorithm::Sha512),
        Self::Ed25519,
        Self::RsaPkcs1(DigestAlgorithm::Sha1),
        Self::RsaPkcs1(DigestAlgorithm::Sha256),
        Self::RsaPkcs1(DigestAlgorithm::Sha384),
        Self::RsaPkcs1(DigestAlgorithm::Sha512),
        Self::RsaPss(DigestAlgorithm::Sha1),
        Self::RsaPss(DigestAlgorithm::Sha256),
        Self::RsaPss(DigestAlgorithm::Sha384),
        Self::RsaPss(DigestAlgorithm::Sha512),
    ];

    /// The identifier in `SignatureMethod` and in the `SigAlg` parameter (RFC 9231, section 2.3).
    #[must_use]
    pub const fn xml_uri(self) -> &'static str {
        use DigestAlgorithm::{Sha1, Sha256, Sha384, Sha512};
        match self {
            Self::Ecdsa(Sha1) => "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha1",
            Self::Ecdsa(Sha256) => "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256",
            Self::Ecdsa(Sha384) => "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384",
            Self::Ecdsa(Sha512) => "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha512",
            Self::Ed25519 => "http://www.w3.org/2021/04/xmldsig-more#eddsa-ed25519",
            Self::RsaPkcs1(Sha1) => "http://www.w3.org/2000/09/xmldsig#rsa-sha1",
            Self::RsaPkcs1(Sha256) => "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
            Self::RsaPkcs1(Sha384) => "http://www.w3.org/2001/04/xmldsig-more#rsa-sha384",
            Self::RsaPkcs1(Sha512) => "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512",
            Self::RsaPss(Sha1) => "http://www.w3.org/2007/05/xmldsig-more#sha1-rsa-MGF1",
            Self::RsaPss(Sha256) => "http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1",
            Self::RsaPss(Sha384) => "http://www.w3.org/2007/05/xmldsig-more#sha384-rsa-MGF1",
            Self::RsaPss(Sha512) => "http://www.w3.org/2007/05/xmldsig-more#sha512-rsa-MGF1",
        }
    }

    /// The row with this identifier, compared byte by byte.
    #[must_use]
    pub fn from_xml_uri(uri: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|row| row.xml_uri() == uri)
    }

    /// Whether a collision of SHA-1 would forge such a signature.
    #[must_use]
    pub const fn uses_sha1(self) -> bool {
        match self {
            Self::Ecdsa(digest) | Self::RsaPkcs1(digest) | Self::RsaPss(digest) => {
                matches!(digest, DigestAlgorithm::Sha1)
            }
            Self::Ed25519 => false,
        }
    }

    /// Whether a key of this kind can make such signatures.
    #[must_use]
    pub const fn fits(self, kind: KeyKind) -> bool {
        matches!(
            (self, kind),
            (Self::Ecdsa(_), KeyKind::Ec(_))
                | (Self::Ed25519, KeyKind::Ed25519)
                | (Self::RsaPkcs1(_) | Self::RsaPss(_), KeyKind::Rsa { .. })
        )
    }
}

/// A JWS algorithm (RFC 7518, section 3.1; RFC 8037). `none` has no row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "the token layer has to know all of them")]
pub enum JwsAlgorithm {
    /// Ed25519.
    EdDsa,
    /// ECDSA over P-256 with SHA-256.
    Es256,
    /// HMAC with SHA-256.
    Hs256,
    /// HMAC with SHA-384.
    Hs384,
    /// HMAC with SHA-512.
    Hs512,
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    Rs256,
}

impl JwsAlgorithm {
    /// All rows of the table.
    pub const ALL: [Self; 6] =
        [Self::EdDsa, Self::Es256, Self::Hs256, Self::Hs384, Self::Hs512, Self::Rs256];

    /// The value of the `alg` header parameter.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::EdDsa => "EdDSA",
            Self::Es256 => "ES256",
            Self::Hs256 => "HS256",
            Self::Hs384 => "HS384",
            Self::Hs512 => "HS512",
            Self::Rs256 => "RS256",
        }
    }

    /// The row with this name; names are case-sensitive.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|row| row.name() == name)
    }

    /// The signature algorithm, or `None` for a MAC.
    #[must_use]
    pub const fn signature_algorithm(self) -> Option<SignatureAlgorithm> {
        match self {
            Self::EdDsa => Some(SignatureAlgorithm::Ed25519),
            Self::Es256 => Some(SignatureAlgorithm::Ecdsa(DigestAlgorithm::Sha256)),
            Self::Rs256 => Some(SignatureAlgorithm::RsaPkcs1(DigestAlgorithm::Sha256)),
            Self::Hs256 | Self::Hs384 | Self::Hs512 => None,
        }
    }

    /// The hash of the MAC, or `None` for a signature.
    #[must_use]
    pub const fn mac_digest(self) -> Option<DigestAlgorithm> {
        match self {
            Self::Hs256 => Some(DigestAlgorithm::Sha256),
            Self::Hs384 => Some(DigestAlgorithm::Sha384),
            Self::Hs512 => Some(DigestAlgorithm::Sha512),
            Self::EdDsa | Self::Es256 | Self::Rs256 => None,
        }
    }

    /// Whether a public key of this kind verifies such tokens. ES256 is bound to its curve, and no
    /// public key ever fits a MAC.
    #[must_use]
    pub const fn fits(self, kind: KeyKind) -> bool {
        matches!(
            (self, kind),
            (Self::EdDsa, KeyKind::Ed25519)
                | (Self::Es256, KeyKind::Ec(EcCurve::P256))
                | (Self::Rs256, KeyKind::Rsa { .. })
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_found_by_its_identifier() {
        for row in DigestAlgorithm::ALL {
            assert_eq!(DigestAlgorithm::from_xml_uri(row.xml_uri()), Some(row));
        }
        for row in SignatureAlgorithm::ALL {
            assert_eq!(SignatureAlgorithm::from_xml_uri(row.xml_uri()), Some(row));
        }
        for row in JwsAlgorithm::ALL {
            assert_eq!(JwsAlgorithm::from_name(row.name()), Some(row));
            assert_ne!(row.signature_algorithm().is_some(), row.mac_digest().is_some());
        }
    }

    #[test]
    fn other_identifiers_have_no_row() {
        for uri in [
            "",
            "http://www.w3.org/2000/09/xmldsig#hmac-sha1",
            "http://www.w3.org/2000/09/xmldsig#dsa-sha1",
            "http://www.w3.org/2001/04/xmldsig-more#rsa-md5",
            "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256",
            "http://www.w3.org/2007/05/xmldsig-more#rsa-pss",
            "http://www.w3.org/2001/04/xmldsig-more#RSA-SHA256",
            "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256 ",
            "https://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
        ] {
            assert_eq!(SignatureAlgorithm::from_xml_uri(uri), None, "{uri}");
        }
        for name in ["", "none", "hs256", "ES256K", "ES384", "PS256", "Ed25519"] {
            assert_eq!(JwsAlgorithm::from_name(name), None, "{name}");
        }
    }

    #[test]
    fn an_algorithm_fits_only_its_own_kind_of_key() {
        let kinds = [
            KeyKind::Ec(EcCurve::P256),
            KeyKind::Ec(EcCurve::P384),
            KeyKind::Ec(EcCurve::P521),
            KeyKind::Ed25519,
            KeyKind::Rsa { bits: 2048 },
        ];
        let fitting = |fits: &dyn Fn(KeyKind) -> bool| kinds.map(fits);
        let rsa = SignatureAlgorithm::RsaPkcs1(DigestAlgorithm::Sha256);
        let ecdsa = SignatureAlgorithm::Ecdsa(DigestAlgorithm::Sha256);
        assert_eq!(fitting(&|kind| rsa.fits(kind)), [false, false, false, false, true]);
        assert_eq!(fitting(&|kind| ecdsa.fits(kind)), [true, true, true, false, false]);
        assert_eq!(
            fitting(&|kind| JwsAlgorithm::Es256.fits(kind)),
            [true, false, false, false, false]
        );
        assert_eq!(fitting(&|kind| JwsAlgorithm::Hs256.fits(kind)), [false; 5]);
    }
}
