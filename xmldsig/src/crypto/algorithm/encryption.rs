//! The rows for XML Encryption.

use super::DigestAlgorithm;

/// A cipher for the content of an encrypted element (XML Encryption 1.1, section 5.2). 3DES has no row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "the decryption has to know all of them")]
pub enum ContentCipher {
    /// AES-128-CBC, without integrity.
    Aes128Cbc,
    /// AES-128-GCM.
    Aes128Gcm,
    /// AES-192-CBC, without integrity.
    Aes192Cbc,
    /// AES-192-GCM.
    Aes192Gcm,
    /// AES-256-CBC, without integrity.
    Aes256Cbc,
    /// AES-256-GCM.
    Aes256Gcm,
}

impl ContentCipher {
    /// All rows of the table.
    pub const ALL: [Self; 6] = [
        Self::Aes128Cbc,
        Self::Aes128Gcm,
        Self::Aes192Cbc,
        Self::Aes192Gcm,
        Self::Aes256Cbc,
        Self::Aes256Gcm,
    ];

    /// The identifier in `EncryptionMethod`.
    #[must_use]
    pub const fn xml_uri(self) -> &'static str {
        match self {
            Self::Aes128Cbc => "http://www.w3.org/2001/04/xmlenc#aes128-cbc",
            Self::Aes128Gcm => "http://www.w3.org/2009/xmlenc11#aes128-gcm",
            Self::Aes192Cbc => "http://www.w3.org/2001/04/xmlenc#aes192-cbc",
            Self::Aes192Gcm => "http://www.w3.org/2009/xmlenc11#aes192-gcm",
            Self::Aes256Cbc => "http://www.w3.org/2001/04/xmlenc#aes256-cbc",
            Self::Aes256Gcm => "http://www.w3.org/2009/xmlenc11#aes256-gcm",
        }
    }

    /// The row with this identifier, compared byte by byte.
    #[must_use]
    pub fn from_xml_uri(uri: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|row| row.xml_uri() == uri)
    }

    /// Length of the key in bytes.
    #[must_use]
    pub const fn key_bytes(self) -> usize {
        match self {
            Self::Aes128Cbc | Self::Aes128Gcm => 16,
            Self::Aes192Cbc | Self::Aes192Gcm => 24,
            Self::Aes256Cbc | Self::Aes256Gcm => 32,
        }
    }

    /// Whether the ciphertext can be changed without notice.
    #[must_use]
    pub const fn is_cbc(self) -> bool {
        matches!(self, Self::Aes128Cbc | Self::Aes192Cbc | Self::Aes256Cbc)
    }
}

/// How a content key is encrypted to us (XML Encryption 1.1, section 5.5). `rsa-1_5` has no row, and
/// key agreement and symmetric key wrap have none either: SAML peers use RSA.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "the decryption has to know all of them")]
pub enum KeyTransport {
    /// RSA-OAEP of version 1.1, with a mask function of choice.
    RsaOaep,
    /// RSA-OAEP of version 1.0, with MGF1 of SHA-1 unless another one is named.
    RsaOaepMgf1p,
}

impl KeyTransport {
    /// All rows of the table.
    pub const ALL: [Self; 2] = [Self::RsaOaep, Self::RsaOaepMgf1p];

    /// The identifier in `EncryptionMethod`.
    #[must_use]
    pub const fn xml_uri(self) -> &'static str {
        match self {
            Self::RsaOaep => "http://www.w3.org/2009/xmlenc11#rsa-oaep",
            Self::RsaOaepMgf1p => "http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p",
        }
    }

    /// The row with this identifier, compared byte by byte.
    #[must_use]
    pub fn from_xml_uri(uri: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|row| row.xml_uri() == uri)
    }
}

impl DigestAlgorithm {
    /// The identifier of MGF1 with this hash in `xenc11:MGF` (XML Encryption 1.1, section 5.5.2).
    #[must_use]
    pub const fn mgf1_xml_uri(self) -> &'static str {
        match self {
            Self::Sha1 => "http://www.w3.org/2009/xmlenc11#mgf1sha1",
            Self::Sha256 => "http://www.w3.org/2009/xmlenc11#mgf1sha256",
            Self::Sha384 => "http://www.w3.org/2009/xmlenc11#mgf1sha384",
            Self::Sha512 => "http://www.w3.org/2009/xmlenc11#mgf1sha512",
        }
    }

    /// The hash of the MGF1 with this identifier, compared byte by byte.
    #[must_use]
    pub fn from_mgf1_xml_uri(uri: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|row| row.mgf1_xml_uri() == uri)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_found_by_its_identifier() {
        for row in ContentCipher::ALL {
            assert_eq!(ContentCipher::from_xml_uri(row.xml_uri()), Some(row));
        }
        for row in KeyTransport::ALL {
            assert_eq!(KeyTransport::from_xml_uri(row.xml_uri()), Some(row));
        }
        for row in DigestAlgorithm::ALL {
            assert_eq!(DigestAlgorithm::from_mgf1_xml_uri(row.mgf1_xml_uri()), Some(row));
        }
    }

    #[test]
    fn broken_ciphers_have_no_row() {
        for uri in [
            "http://www.w3.org/2001/04/xmlenc#tripledes-cbc",
            "http://www.w3.org/2001/04/xmlenc#rsa-1_5",
            "http://www.w3.org/2001/04/xmlenc#kw-aes128",
            "",
        ] {
            assert_eq!(ContentCipher::from_xml_uri(uri), None);
            assert_eq!(KeyTransport::from_xml_uri(uri), None);
        }
    }
}
