//! Encrypted assertions and names (SAML Core 2.2.4, 2.3.4, 6).
//!
//! Encryption says nothing about who encrypted: our key is public. So the Assertion inside must carry a
//! signature of its own, or the signature of the Response around it was verified before (attacks E-05).

use alloc::vec::Vec;

use super::Error;
use super::expected::ExpectedResponse;
use super::subject::parse_name_id;
use crate::crypto::{Crypto, PrivateKey};
use crate::dsig::SignedElement;
use crate::identity::NameId;
use crate::limits::XmlLimits;
use crate::xenc::{self, EncryptionRules};
use crate::xml::{Document, Element, names};

/// The text of an EncryptedAssertion, to be parsed as a document of its own.
///
/// CBC can be changed without a trace, and how the change fails tells the plaintext. Only where the
/// signature of the Response covers the ciphertext is there nothing left to change (attacks E-01).
#[cold]
pub(super) fn decrypt_assertion(
    encrypted: Element<'_>,
    signed_response: Option<&SignedElement<'_>>,
    expected: &ExpectedResponse<'_>,
    crypto: &dyn Crypto,
) -> Result<Vec<u8>, Error> {
    if expected.decryption_keys.is_empty() {
        return Err(Error::EncryptedAssertionWithoutKey);
    }
    let allow_cbc = expected.encryption_rules.allow_cbc && signed_response.is_some();
    let rules = EncryptionRules { allow_cbc };
    xenc::decrypt(encrypted, expected.decryption_keys, &rules, crypto).map_err(|error| {
        if error == xenc::Error::CbcNotAllowed && expected.encryption_rules.allow_cbc {
            return Error::CbcInUnsignedResponse;
        }
        Error::Xenc(error)
    })
}

/// The NameID of an EncryptedID in a signed assertion or request. The signature covers the ciphertext.
#[cold]
pub(super) fn decrypt_name_id(
    encrypted: Element<'_>,
    keys: &[PrivateKey],
    rules: &EncryptionRules,
    crypto: &dyn Crypto,
) -> Result<NameId, Error> {
    if keys.is_empty() {
        return Err(Error::EncryptedAssertionWithoutKey);
    }
    let plaintext = xenc::decrypt(encrypted, keys, rules, crypto)?;
    let document = Document::parse(&plaintext, &XmlLimits::MESSAGE)?;
    let name_id = document.root();
    if !name_id.is(names::SAML_ASSERTION, "NameID") {
        return Err(Error::NotANameId { found: name_id.local_name().into() });
    }
    parse_name_id(name_id)
}
