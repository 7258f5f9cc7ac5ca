//! The name under which a helpdesk may keep a person: `sub`.

use alloc::string::String;

use crate::base64;
use crate::crypto::{Crypto, DigestAlgorithm};
use crate::identity::Identity;
use crate::session::Error;
use crate::session::person::{Person, TRANSIENT_NAME_ID};

/// Stands in the place of a NameID format where the e-mail address names the person.
const EMAIL_ATTRIBUTE: &str = "urn:deskgate:subject:email";

/// A name that no other identity provider, qualifier or format can produce for another person:
/// base64url(SHA-256) over entity ID, Format, NameQualifier, SPNameQualifier and value with U+0000
/// between them, absent ones empty (Rancher's CVE-2025-23389; SAML Core 2.2.2).
///
/// Without a NameID, or with a transient one that changes at each sign-in, the e-mail address of
/// `person` takes its place, ASCII letters in lower case.
///
/// # Errors
/// [`Error::NoStableSubject`], [`Error::SubjectMalformed`].
pub fn subject(
    identity: &Identity<'_>,
    person: &Person,
    crypto: &dyn Crypto,
) -> Result<String, Error> {
    let lasting = identity
        .name_id
        .as_ref()
        .filter(|name_id| name_id.format.as_deref() != Some(TRANSIENT_NAME_ID));
    let email;
    let parts: [&str; 5] = match (lasting, &person.email) {
        (Some(name_id), _) => [
            &identity.issuer,
            name_id.format.as_deref().unwrap_or_default(),
            name_id.name_qualifier.as_deref().unwrap_or_default(),
            name_id.sp_name_qualifier.as_deref().unwrap_or_default(),
            &name_id.value,
        ],
        (None, Some(address)) => {
            email = address.to_ascii_lowercase();
            [&identity.issuer, EMAIL_ATTRIBUTE, "", "", &email]
        }
        (None, None) => return Err(Error::NoStableSubject),
    };
    if parts.iter().any(|part| part.contains('\0')) {
        return Err(Error::SubjectMalformed);
    }
    let digest = crypto.digest(DigestAlgorithm::Sha256, parts.join("\0").as_bytes());
    Ok(base64::encode_url(digest.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::RustCrypto;
    use crate::diagnostic::Diagnostic as _;
    use crate::identity::NameId;

    fn identity() -> Identity<'static> {
        Identity {
            issuer: "https://idp.example".into(),
            name_id: Some(NameId {
                value: "bsimon".into(),
                format: None,
                name_qualifier: None,
                sp_name_qualifier: None,
            }),
            attributes: std::vec![],
        }
    }

    fn of(identity: &Identity<'_>, email: Option<&str>) -> Result<String, &'static str> {
        let person = Person { email: email.map(String::from), ..Person::default() };
        subject(identity, &person, &RustCrypto::new()).map_err(|error| error.code())
    }

    #[test]
    fn the_subject_is_the_documented_digest() {
        // printf 'https://idp.example\0\0\0\0bsimon' | sha256sum | xxd -r -p | basenc --base64url
        assert_eq!(
            of(&identity(), None).as_deref(),
            Ok("JslL9P7wVQWSIeiL61Zro0_I7wR1F75EWRedjayzYYg")
        );
    }

    #[test]
    fn each_part_makes_another_subject() {
        let mut subjects = std::vec![of(&identity(), None).unwrap()];
        let mut vary = |change: fn(&mut Identity<'_>, &mut NameId)| {
            let mut identity = identity();
            let mut name_id = identity.name_id.take().unwrap();
            change(&mut identity, &mut name_id);
            identity.name_id = Some(name_id);
            subjects.push(of(&identity, None).unwrap());
        };
        vary(|identity, _| identity.issuer = "https://idp.example/".into());
        vary(|_, name_id| name_id.value = "Bsimon".into());
        vary(|_, name_id| name_id.value = "bsimon ".into());
        vary(|_, name_id| name_id.format = Some("x".into()));
        vary(|_, name_id| name_id.name_qualifier = Some("x".into()));
        vary(|_, name_id| name_id.sp_name_qualifier = Some("x".into()));
        subjects.sort();
        subjects.dedup();
        assert_eq!(subjects.len(), 7);
    }

    #[test]
    fn a_transient_name_id_never_names_a_person() {
        let mut identity = identity();
        let with_name_id = of(&identity, Some("b@contoso.com"));
        identity.name_id.as_mut().unwrap().format = Some(TRANSIENT_NAME_ID.into());
        assert_eq!(of(&identity, None), Err("session.no_stable_subject"));
        let transient = of(&identity, Some("b@contoso.com"));
        identity.name_id = None;
        assert_eq!(of(&identity, None), Err("session.no_stable_subject"));
        assert_eq!(of(&identity, Some("B@Contoso.com")), transient);
        assert_ne!(transient, with_name_id);
    }

    #[test]
    fn an_address_as_name_id_and_one_as_attribute_are_two_subjects() {
        let mut by_name_id = identity();
        by_name_id.name_id.as_mut().unwrap().value = "b@contoso.com".into();
        let mut by_attribute = identity();
        by_attribute.name_id = None;
        assert_ne!(of(&by_name_id, None), of(&by_attribute, Some("b@contoso.com")));
    }

    #[test]
    fn parts_cannot_run_into_each_other() {
        let mut identity = identity();
        identity.name_id.as_mut().unwrap().value = "x\0y".into();
        assert_eq!(of(&identity, None), Err("session.subject_malformed"));
    }
}
