//! The identity as plain headers, for software behind the desk that cannot check a token.
//!
//! Such headers prove nothing: who reaches the origin past the desk can send them too. So a desk says
//! which it wants, and none is sent otherwise. What clients send under these names is removed always
//! ([`crate::policy::headers`]).

use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

use crate::session::Session;

/// A header that existing software reads who is calling from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum OriginHeader {
    /// `Remote-Email`.
    RemoteEmail,
    /// `Remote-Name`.
    RemoteName,
    /// `Remote-User`.
    RemoteUser,
    /// `X-Forwarded-Email`.
    XForwardedEmail,
    /// `X-Forwarded-User`.
    XForwardedUser,
}

impl OriginHeader {
    /// Each with its field in the settings.
    pub const FIELDS: &[(&str, Self)] = &[
        ("remote_email", Self::RemoteEmail),
        ("remote_name", Self::RemoteName),
        ("remote_user", Self::RemoteUser),
        ("x_forwarded_email", Self::XForwardedEmail),
        ("x_forwarded_user", Self::XForwardedUser),
    ];

    /// The name on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::RemoteEmail => "Remote-Email",
            Self::RemoteName => "Remote-Name",
            Self::RemoteUser => "Remote-User",
            Self::XForwardedEmail => "X-Forwarded-Email",
            Self::XForwardedUser => "X-Forwarded-User",
        }
    }
}

/// What a header says about the person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum HeaderValue {
    /// The e-mail address, in lower case: software that compares bytes knows nobody twice.
    Email,
    /// The identifier that outlives names and addresses.
    Id,
    /// The full name.
    Name,
    /// The value of the NameID.
    NameId,
    /// `sub` of the tokens.
    Subject,
}

impl HeaderValue {
    /// Each with its word in the settings.
    pub const WORDS: &[(&str, Self)] = &[
        ("email", Self::Email),
        ("id", Self::Id),
        ("name", Self::Name),
        ("name_id", Self::NameId),
        ("subject", Self::Subject),
    ];

    /// A script is named by what no person can be named by: software that cannot check a token would take
    /// a script of the name `admin` for the account.
    fn of(self, session: &Session) -> Option<String> {
        if session.service_token().is_some() && self != Self::Subject {
            return None;
        }
        let person = session.person();
        match self {
            Self::Email => person.email.as_deref().map(str::to_ascii_lowercase),
            Self::Id => person.id.clone(),
            Self::Name => person.name.clone(),
            Self::NameId => person.name_id.clone(),
            Self::Subject => Some(session.subject().to_string()),
        }
    }
}

/// What a value may not contain as it is: everything that no header may have, and what servers read as
/// the end of one value (`,`, `;`), as quotation, or as the beginning of such an escape.
const ESCAPED: &AsciiSet = &CONTROLS.add(b'%').add(b',').add(b';').add(b'"').add(b'\\');

/// The headers of this session's requests. What the identity provider did not say is not sent.
#[must_use]
pub fn origin_headers(
    wanted: &[(OriginHeader, HeaderValue)],
    session: &Session,
) -> Vec<(&'static str, String)> {
    let header = |(header, value): &(OriginHeader, HeaderValue)| {
        let value = value.of(session)?;
        let value = utf8_percent_encode(value.trim(), ESCAPED).to_string();
        (!value.is_empty()).then(|| (header.name(), value))
    };
    wanted.iter().filter_map(header).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::headers::is_reserved;
    use crate::session::session::tests::session;
    use std::prelude::v1::*;

    #[track_caller]
    fn check(name: &str, expected: &[&str]) {
        let mut session = session();
        session.person.name = Some(name.to_string());
        let headers = origin_headers(&[(OriginHeader::RemoteName, HeaderValue::Name)], &session);
        let values: Vec<&str> = headers.iter().map(|(_, value)| value.as_str()).collect();
        assert_eq!(values, expected);
    }

    #[test]
    fn a_client_can_send_none_of_them() {
        for (_, header) in OriginHeader::FIELDS {
            assert!(is_reserved(header.name()), "{header:?}");
        }
    }

    #[test]
    fn a_value_is_one_line_of_ascii_and_one_value() {
        check("B. Simon", &["B. Simon"]);
        check(" B. Simon ", &["B. Simon"]);
        check("Simon, B.", &["Simon%2C B."]);
        check("Zoë", &["Zo%C3%AB"]);
        check("a\r\nRemote-User: admin", &["a%0D%0ARemote-User: admin"]);
        check("a\0b\tc\u{7f}d", &["a%00b%09c%7Fd"]);
        check("a%2Cb\"c\\d;e", &["a%252Cb%22c%5Cd%3Be"]);
        check("\u{85}\u{2028}x", &["x"]);
        check("", &[]);
        check(" ", &[]);
    }

    #[test]
    fn what_is_not_known_is_not_sent() {
        let mut session = session();
        session.person.email = Some("B.Simon@Contoso.com".to_string());
        session.person.id = None;
        let wanted = [
            (OriginHeader::RemoteUser, HeaderValue::Email),
            (OriginHeader::XForwardedUser, HeaderValue::Id),
        ];
        let headers = origin_headers(&wanted, &session);
        assert_eq!(headers, [("Remote-User", "b.simon@contoso.com".to_string())]);
    }
}
