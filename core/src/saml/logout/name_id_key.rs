//! When the NameID of a logout request means that of a session (SAML Core 3.3.4, 3.7.3.2).

use alloc::string::String;

use crate::base64;
use crate::crypto::{Crypto, DigestAlgorithm};
use crate::identity::NameId;
use crate::saml::constants::NAME_ID_UNSPECIFIED;

/// One text for all spellings of a NameID that mean the same person at one connection, and for no
/// other: base64url(SHA-256) over Format, NameQualifier, SPNameQualifier and value.
///
/// What a message leaves out has its default: the Format `unspecified` (SAML Core 2.2.2), as
/// qualifiers the entity IDs of both sides (SAML Core 8.3.7). Identity providers send qualifiers in one message and leave
/// them out in the other; a session that is not found for it would outlive its logout.
#[must_use]
pub fn name_id_key(
    name_id: &NameId,
    idp_entity_id: &str,
    sp_entity_id: &str,
    crypto: &dyn Crypto,
) -> String {
    let parts = [
        name_id.format.as_deref().unwrap_or(NAME_ID_UNSPECIFIED),
        name_id.name_qualifier.as_deref().unwrap_or(idp_entity_id),
        name_id.sp_name_qualifier.as_deref().unwrap_or(sp_entity_id),
        &name_id.value,
    ];
    // XML has no U+0000, so the parts cannot run into each other.
    let digest = crypto.digest(DigestAlgorithm::Sha256, parts.join("\0").as_bytes());
    base64::encode_url(digest.as_bytes())
}
