//! Whom the NameID of a logout request means (SAML Core 3.3.4, 3.7.3.2).

use alloc::string::String;

use crate::identity::NameId;
use crate::saml::constants::NAME_ID_UNSPECIFIED;

/// Whether a logout request that says `requested` means the person whom an assertion of the same
/// connection named `known`.
///
/// What the assertion left out has its default: the Format `unspecified` (SAML Core 2.2.2), as
/// qualifiers the entity IDs of both sides (SAML Core 8.3.7). What the request leaves out is not
/// compared: identity providers send Format and qualifiers in the one and not in the other
/// (simplesamlphp 1586), and a session that is not found for it would outlive its logout.
#[must_use]
pub fn is_same_person(
    requested: &NameId,
    known: &NameId,
    idp_entity_id: &str,
    sp_entity_id: &str,
) -> bool {
    let agrees = |requested: &Option<String>, known: &Option<String>, default: &str| {
        requested
            .as_deref()
            .is_none_or(|requested| requested == known.as_deref().unwrap_or(default))
    };
    let names_no_format = requested.format.as_deref() == Some(NAME_ID_UNSPECIFIED);
    requested.value == known.value
        && (names_no_format || agrees(&requested.format, &known.format, NAME_ID_UNSPECIFIED))
        && agrees(&requested.name_qualifier, &known.name_qualifier, idp_entity_id)
        && agrees(&requested.sp_name_qualifier, &known.sp_name_qualifier, sp_entity_id)
}

/// Whether a SessionIndex of this identity provider means one session and no other, whatever the
/// NameID beside it.
///
/// In general it does not: small numbers are recommended (SAML Core 2.7.2). Entra's is the ID of the
/// assertion, and it has to be enough there: the requests that Entra sends to the other applications
/// of a person name them by an identifier of its own, not by the one that is configured (azure-docs
/// 29978, 41409).
#[must_use]
pub fn is_index_unique(idp_entity_id: &str) -> bool {
    idp_entity_id.starts_with("https://sts.windows.net/")
}
