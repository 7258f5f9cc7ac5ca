//! Encrypted assertions and names (SAML Core 2.2.4, 2.3.4, 6).

use alloc::vec::Vec;

use super::Error;
use super::expected::ExpectedResponse;
use crate::crypto::Crypto;
use crate::dsig::SignedElement;
use crate::identity::NameId;
use crate::xml::Element;

/// The text of an EncryptedAssertion.
///
/// # Errors
/// [`Error::EncryptedAssertionWithoutKey`].
pub(super) fn decrypt(
    _encrypted: Element<'_>,
    _signed_response: Option<&SignedElement<'_>>,
    _expected: &ExpectedResponse<'_>,
    _crypto: &dyn Crypto,
) -> Result<Vec<u8>, Error> {
    Err(Error::EncryptedAssertionWithoutKey)
}

/// The NameID of an EncryptedID.
///
/// # Errors
/// [`Error::EncryptedAssertionWithoutKey`].
pub(super) fn decrypt_name_id(
    _encrypted: Element<'_>,
    _expected: &ExpectedResponse<'_>,
    _crypto: &dyn Crypto,
) -> Result<NameId, Error> {
    Err(Error::EncryptedAssertionWithoutKey)
}
