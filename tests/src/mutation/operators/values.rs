//! The values that the rules of the profile are about: who, for whom, when, in answer to what.

use super::{EVIL, Edits, Markup, Operator, Subject, split};

pub(super) const OPERATORS: &[Operator] = &[
    Operator {
        name: "time changed",
        weight: 2,
        instances: |s| times(s).len() * TIMES.len(),
        make: |s, n, _| {
            let (time, at) = split(n, TIMES.len());
            Some(Edits::replace(&times(s)[at], TIMES[time]))
        },
    },
    Operator {
        name: "value of the profile changed",
        weight: 2,
        instances: |s| attributes(s).len(),
        make: |s, n, _| {
            let (range, value) = attributes(s).swap_remove(n);
            Some(Edits::replace(&range, value))
        },
    },
    Operator {
        name: "text of the profile changed",
        weight: 2,
        instances: |s| texts(s).len(),
        make: |s, n, _| {
            let (range, value) = texts(s).swap_remove(n);
            Some(Edits::replace(&range, value))
        },
    },
    Operator {
        name: "statement of the attacker's added",
        weight: 2,
        instances: |s| ADDED.len() * s.markup.elements.len() * 2,
        make: |s, n, _| {
            let (added, rest) = split(n, ADDED.len());
            let (position, element) = split(rest, 2);
            let range = &s.markup.elements[element].range;
            Some(Edits::insert([range.start, range.end][position], ADDED[added]))
        },
    },
    Operator {
        name: "response of another occasion",
        weight: 4,
        instances: |s| s.others.len() * 2,
        make: |s, n, _| {
            let (form, other) = split(n, 2);
            let other = &s.others[other];
            // With a Response of ours around it, an Assertion that is right would be right.
            let name = if form == 0 { "Response" } else { other.part };
            let other = Markup::scan(&other.text)?;
            let [own, theirs] = [&s.markup, &other].map(|markup| markup.all(name));
            let range = &s.markup.elements[*own.first()?].range;
            Some(Edits::replace(range, other.carried(*theirs.first()?)))
        },
    },
];

const TIMES: &[&str] = &[
    "2036-11-21T12:00:00Z",
    "2016-11-21T12:00:00Z",
    "9999-12-31T23:59:59Z",
    "2026-11-21T12:00:00",
    "2026-11-21T12:00:00+01:00",
    "2026-11-21T24:00:00Z",
    "2026-11-21T12:00:60Z",
    "2026-02-30T12:00:00Z",
    "2026-11-21 12:00:00Z",
    "-2026-11-21T12:00:00Z",
    "2026-11-21T12:00:00.000000000000000000001Z",
    "1700000000",
    "",
    "never",
];

const TIME_NAMES: &[&str] =
    &["IssueInstant", "NotBefore", "NotOnOrAfter", "AuthnInstant", "SessionNotOnOrAfter"];

/// Attribute names, and what to put there.
const ATTRIBUTES: &[(&str, &[&str])] = &[
    ("Destination", &["", "https://evil.example/acs", "http://help.contoso.com/deskgate/acs"]),
    ("Recipient", &["", "https://evil.example/acs", "https://help.contoso.com/deskgate/acs/"]),
    ("InResponseTo", &["", "_another-request"]),
    ("Version", &["1.1", "2.1", "2.0 ", ""]),
    (
        "Method",
        &[
            "urn:oasis:names:tc:SAML:2.0:cm:holder-of-key",
            "urn:oasis:names:tc:SAML:2.0:cm:sender-vouches",
        ],
    ),
    ("Value", &["urn:oasis:names:tc:SAML:2.0:status:Responder", "", "success"]),
    (
        "Format",
        &[
            "urn:oasis:names:tc:SAML:2.0:nameid-format:entity",
            "urn:oasis:names:tc:SAML:2.0:nameid-format:transient",
        ],
    ),
    ("SessionIndex", &["", "_evil"]),
    ("Name", &["http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress", "groups"]),
];

const TEXTS: &[(&str, &[&str])] = &[
    ("Issuer", &["", "https://evil.example/", "https://STS.windows.net/"]),
    (
        "Audience",
        &["", "https://evil.example/metadata", "https://help.contoso.com/deskgate/metadata/"],
    ),
    ("NameID", &["", EVIL, "admin@contoso.com.evil.example"]),
    ("AttributeValue", &["", EVIL, "admins"]),
    ("AuthnContextClassRef", &["", "urn:oasis:names:tc:SAML:2.0:ac:classes:X509"]),
];

const ADDED: &[&str] = &[
    "<NameID xmlns=\"urn:oasis:names:tc:SAML:2.0:assertion\">admin@contoso.com</NameID>",
    "<Audience xmlns=\"urn:oasis:names:tc:SAML:2.0:assertion\">urn:evil</Audience>",
    "<AudienceRestriction xmlns=\"urn:oasis:names:tc:SAML:2.0:assertion\"><Audience>urn:evil</Audience></AudienceRestriction>",
    "<OneTimeUse xmlns=\"urn:oasis:names:tc:SAML:2.0:assertion\"/>",
    "<Conditions xmlns=\"urn:oasis:names:tc:SAML:2.0:assertion\"/>",
    "<Subject xmlns=\"urn:oasis:names:tc:SAML:2.0:assertion\"><NameID>admin@contoso.com</NameID></Subject>",
    "<AttributeStatement xmlns=\"urn:oasis:names:tc:SAML:2.0:assertion\"><Attribute Name=\"groups\"><AttributeValue>admins</AttributeValue></Attribute></AttributeStatement>",
    "<Attribute xmlns=\"urn:oasis:names:tc:SAML:2.0:assertion\" Name=\"groups\"><AttributeValue>admins</AttributeValue></Attribute>",
    "<AttributeValue xmlns=\"urn:oasis:names:tc:SAML:2.0:assertion\">admins</AttributeValue>",
    "<Issuer xmlns=\"urn:oasis:names:tc:SAML:2.0:assertion\">https://evil.example/</Issuer>",
    "<Status xmlns=\"urn:oasis:names:tc:SAML:2.0:protocol\"><StatusCode Value=\"urn:oasis:names:tc:SAML:2.0:status:Success\"/></Status>",
    "<StatusMessage xmlns=\"urn:oasis:names:tc:SAML:2.0:protocol\">hello</StatusMessage>",
    "<Extensions xmlns=\"urn:oasis:names:tc:SAML:2.0:protocol\"><x xmlns=\"urn:x\"/></Extensions>",
    "<Advice xmlns=\"urn:oasis:names:tc:SAML:2.0:assertion\"/>",
    "<EncryptedID xmlns=\"urn:oasis:names:tc:SAML:2.0:assertion\"/>",
    "<EncryptedAssertion xmlns=\"urn:oasis:names:tc:SAML:2.0:assertion\"/>",
];

type Range = std::ops::Range<usize>;

fn times(s: &Subject<'_>) -> Vec<Range> {
    let all = s.markup.attributes().into_iter();
    let times = all.filter(|(_, a)| TIME_NAMES.contains(&s.markup.part(&a.name)));
    times.map(|(_, attribute)| attribute.value).collect()
}

fn attributes(s: &Subject<'_>) -> Vec<(Range, &'static str)> {
    let mut found = Vec::new();
    for (_, attribute) in s.markup.attributes() {
        let row = ATTRIBUTES.iter().find(|(name, _)| *name == s.markup.part(&attribute.name));
        let values = row.map_or(&[][..], |(_, values)| values);
        found.extend(values.iter().map(|value| (attribute.value.clone(), *value)));
    }
    found
}

fn texts(s: &Subject<'_>) -> Vec<(Range, &'static str)> {
    let mut found = Vec::new();
    for (index, element) in s.markup.elements.iter().enumerate() {
        let row = TEXTS.iter().find(|(name, _)| *name == s.markup.local_name(index));
        let values = row.map_or(&[][..], |(_, values)| values);
        found.extend(values.iter().map(|value| (element.content.clone(), *value)));
    }
    found
}
