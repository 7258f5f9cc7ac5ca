//! The signature itself: its algorithms, its Reference, its parts from elsewhere or twice, its keys.

use deskgate_core::base64;
use deskgate_core::crypto::{Crypto as _, DigestAlgorithm, SecretKey};

use super::{DS, EVIL, Edits, Markup, Operator, Subject, split};
use crate::mutation::forge;
use crate::mutation::markup::Signed;
use crate::saml_rows::CRYPTO;

pub(super) const OPERATORS: &[Operator] =
    &[
        Operator {
            name: "algorithm changed",
            weight: 3,
            instances: |s| methods(s).len() * ALGORITHMS.len(),
            make: |s, n, _| {
                let (algorithm, method) = split(n, ALGORITHMS.len());
                let method = methods(s)[method];
                let value = &s.markup.attribute(method, "Algorithm")?.value;
                Some(Edits::replace(value, ALGORITHMS[algorithm]))
            },
        },
        Operator {
            name: "parameter of a method",
            weight: 1,
            instances: |s| methods(s).len() * PARAMETERS.len(),
            make: |s, n, _| {
                let (parameter, method) = split(n, PARAMETERS.len());
                let element = &s.markup.elements[methods(s)[method]];
                let name = s.markup.part(&element.name);
                let parameter = PARAMETERS[parameter];
                if element.range != element.open {
                    return Some(Edits::insert(element.content.start, parameter));
                }
                let slash = element.open.end - 2..element.open.end;
                Some(Edits::replace(&slash, format!(">{parameter}</{name}>")))
            },
        },
        Operator {
            name: "PrefixList changed",
            weight: 1,
            instances: |s| s.markup.all("InclusiveNamespaces").len() * LISTS.len(),
            make: |s, n, _| {
                let (list, element) = split(n, LISTS.len());
                let element = s.markup.all("InclusiveNamespaces")[element];
                let value = &s.markup.attribute(element, "PrefixList")?.value;
                Some(Edits::replace(value, LISTS[list]))
            },
        },
        Operator {
            name: "transform added",
            weight: 1,
            instances: |s| s.markup.all("Transform").len() * 2 * TRANSFORMS.len(),
            make: |s, n, _| {
                let (transform, rest) = split(n, TRANSFORMS.len());
                let (position, element) = split(rest, 2);
                let range = &s.markup.elements[s.markup.all("Transform")[element]].range;
                let text = TRANSFORMS[transform];
                let text = format!("<d:Transform xmlns:d=\"{DS}\" {text}</d:Transform>");
                Some(Edits::insert([range.start, range.end][position], text))
            },
        },
        Operator {
            name: "URI of the Reference changed",
            weight: 3,
            instances: |s| s.markup.all("Reference").len() * URIS.len(),
            make: |s, n, _| {
                let (uri, reference) = split(n, URIS.len());
                let value = &s.markup.attribute(s.markup.all("Reference")[reference], "URI")?.value;
                let id = s.markup.part(value).trim_start_matches('#');
                Some(Edits::replace(value, URIS[uri](id)))
            },
        },
        Operator {
            name: "part of a signature doubled",
            weight: 2,
            instances: |s| PARTS.iter().map(|name| s.markup.all(name).len()).sum::<usize>() * 4,
            make: |s, n, _| {
                let (form, part) = split(n, 4);
                let parts: Vec<usize> = PARTS.iter().flat_map(|name| s.markup.all(name)).collect();
                let range = &s.markup.elements[parts[part]].range;
                let text = s.markup.part(range);
                let other = text.replace("URI=\"#", "URI=\"#x").replace("A", "B");
                let text = if form < 2 { text } else { &other };
                Some(Edits::insert([range.start, range.end][form % 2], text))
            },
        },
        Operator {
            name: super::BORROWING,
            weight: 4,
            instances: |s| borrowed(s).len() * 3,
            make: |s, n, _| {
                let (form, pair) = split(n, 3);
                let (own, theirs) = borrowed(s)[pair];
                let range = &s.markup.elements[own].range;
                let text = s.donor.carried(theirs);
                Some(match form {
                    0 => Edits::replace(range, text),
                    1 => Edits::insert(range.start, text),
                    _ => Edits::insert(range.end, text),
                })
            },
        },
        Operator {
            name: "digest of changed content",
            weight: 1,
            instances: |s| s.markup.signed().len(),
            make: |s, n, _| {
                let signed = s.markup.signed().swap_remove(n);
                let edits = evil(s, &signed)?;
                let digest = forge::digest(&edits.apply(s.markup.text)?, n)?;
                let value = part(&s.markup, &signed, "DigestValue")?;
                Some(edits.and_replace(&s.markup.elements[value].content, digest))
            },
        },
        Operator {
            name: "signed by a stranger",
            weight: 1,
            instances: |s| s.markup.signed().len() * 2,
            make: |s, n, _| {
                let (with_key, n) = split(n, 2);
                let signed = s.markup.signed().swap_remove(n);
                let (edits, text) = with_fresh_digest(s, &signed, n, forge::STRANGERS_ALGORITHM)?;
                let value = base64::encode(&forge::strangers_signature(&text, n)?);
                let edits = put_value(s, &signed, edits, &value)?;
                let Some(key_info) = part(&s.markup, &signed, "KeyInfo").filter(|_| with_key == 1)
                else {
                    return Some(edits);
                };
                let key = forge::strangers_key_value();
                let content = &s.markup.elements[key_info].content;
                Some(edits.and_replace(
                    content,
                    format!("<d:KeyValue xmlns:d=\"{DS}\">{key}</d:KeyValue>"),
                ))
            },
        },
        Operator {
            name: "HMAC with what everybody knows",
            weight: 1,
            instances: |s| s.markup.signed().len() * 2,
            make: |s, n, _| {
                let (encoded, n) = split(n, 2);
                let signed = s.markup.signed().swap_remove(n);
                let uri = "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256";
                let (edits, text) = with_fresh_digest(s, &signed, n, uri)?;
                let certificate = part(&s.markup, &signed, "X509Certificate");
                let certificate =
                    certificate.map_or("", |c| s.markup.part(&s.markup.elements[c].content));
                let key = match encoded {
                    0 => certificate.as_bytes().to_vec(),
                    _ => base64::decode(certificate).unwrap_or_default(),
                };
                let message = forge::signed_info(&text, n)?;
                let mac = CRYPTO.mac(DigestAlgorithm::Sha256, &SecretKey::new(&key), &message);
                put_value(s, &signed, edits, &base64::encode(mac.as_bytes()))
            },
        },
        Operator {
            name: "ECDSA with the other s",
            weight: 1,
            instances: |s| s.markup.signed().len(),
            make: |s, n, _| {
                let signed = s.markup.signed().swap_remove(n);
                let method = part(&s.markup, &signed, "SignatureMethod")?;
                if !s.markup.value(method, "Algorithm")?.contains("ecdsa") {
                    return None;
                }
                let value = part(&s.markup, &signed, "SignatureValue")?;
                let content = &s.markup.elements[value].content;
                let octets = base64::decode(s.markup.part(content)).ok()?;
                Some(Edits::replace(content, base64::encode(&forge::other_s_of_p256(&octets)?)))
            },
        },
        Operator {
            name: "KeyInfo of the attacker's",
            weight: 1,
            instances: |s| s.markup.all("KeyInfo").len() * KEYS.len(),
            make: |s, n, _| {
                let (key, element) = split(n, KEYS.len());
                let element = &s.markup.elements[s.markup.all("KeyInfo")[element]];
                let text = format!("<d:KeyInfo xmlns:d=\"{DS}\">{}</d:KeyInfo>", KEYS[key]);
                Some(Edits::replace(&element.range, text))
            },
        },
        Operator {
            name: "Object or Manifest in the signature",
            weight: 1,
            instances: |s| s.markup.signed().len() * 2 * OBJECTS.len(),
            make: |s, n, _| {
                let (object, rest) = split(n, OBJECTS.len());
                let (position, signed) = split(rest, 2);
                let signature = s.markup.signed()[signed].signature;
                let content = &s.markup.elements[signature].content;
                let text = OBJECTS[object];
                let text = format!("<d:Object xmlns:d=\"{DS}\" {text}</d:Object>");
                Some(Edits::insert([content.start, content.end][position], text))
            },
        },
    ];

const PARTS: &[&str] = &[
    "Signature",
    "SignedInfo",
    "CanonicalizationMethod",
    "SignatureMethod",
    "Reference",
    "Transforms",
    "Transform",
    "DigestMethod",
    "DigestValue",
    "SignatureValue",
    "KeyInfo",
    "EncryptedKey",
    "EncryptedData",
    "CipherValue",
];

/// What may be taken from one response into another.
const BORROWED: &[&str] = &[
    "Response",
    "Issuer",
    "Status",
    "Assertion",
    "EncryptedAssertion",
    "EncryptedKey",
    "CipherData",
    "Subject",
    "NameID",
    "SubjectConfirmation",
    "SubjectConfirmationData",
    "Conditions",
    "AudienceRestriction",
    "AttributeStatement",
    "Attribute",
    "AttributeValue",
    "AuthnStatement",
    "Signature",
    "SignedInfo",
    "Reference",
    "DigestValue",
    "SignatureValue",
    "KeyInfo",
];

const ALGORITHMS: &[&str] = &[
    "",
    "none",
    "http://www.w3.org/2000/09/xmldsig#",
    "http://www.w3.org/2000/09/xmldsig#dsa-sha1",
    "http://www.w3.org/2000/09/xmldsig#hmac-sha1",
    "http://www.w3.org/2000/09/xmldsig#rsa-sha1",
    "http://www.w3.org/2000/09/xmldsig#sha1",
    "http://www.w3.org/2000/09/xmldsig#base64",
    "http://www.w3.org/2000/09/xmldsig#enveloped-signature",
    "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256",
    "http://www.w3.org/2001/04/xmldsig-more#hmac-md5",
    "http://www.w3.org/2001/04/xmldsig-more#md5",
    "http://www.w3.org/2001/04/xmldsig-more#rsa-md5",
    "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
    "http://www.w3.org/2001/04/xmldsig-more#rsa-sha384",
    "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512",
    "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256",
    "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha512",
    "http://www.w3.org/2001/04/xmldsig-more#sha384",
    "http://www.w3.org/2007/05/xmldsig-more#rsa-pss",
    "http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1",
    "http://www.w3.org/2021/04/xmldsig-more#eddsa-ed25519",
    "http://www.w3.org/2001/04/xmlenc#sha256",
    "http://www.w3.org/2001/04/xmlenc#sha512",
    "HTTP://WWW.W3.ORG/2001/04/XMLENC#SHA256",
    "http://www.w3.org/2001/10/xml-exc-c14n#",
    "http://www.w3.org/2001/10/xml-exc-c14n#WithComments",
    "http://www.w3.org/TR/2001/REC-xml-c14n-20010315",
    "http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments",
    "http://www.w3.org/2006/12/xml-c14n11",
    "http://www.w3.org/2006/12/xml-c14n11#WithComments",
    "http://www.w3.org/TR/1999/REC-xpath-19991116",
    "http://www.w3.org/TR/1999/REC-xslt-19991116",
    "http://www.w3.org/2002/06/xmldsig-filter2",
    "http://www.w3.org/2001/04/xmlenc#rsa-1_5",
    "http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p",
    "http://www.w3.org/2009/xmlenc11#rsa-oaep",
    "http://www.w3.org/2001/04/xmlenc#aes128-cbc",
    "http://www.w3.org/2001/04/xmlenc#aes256-cbc",
    "http://www.w3.org/2001/04/xmlenc#tripledes-cbc",
    "http://www.w3.org/2009/xmlenc11#aes128-gcm",
    "http://www.w3.org/2009/xmlenc11#aes192-gcm",
    "http://www.w3.org/2001/04/xmlenc#kw-aes256",
];

const PARAMETERS: &[&str] = &[
    "<HMACOutputLength xmlns=\"http://www.w3.org/2000/09/xmldsig#\">0</HMACOutputLength>",
    "<HMACOutputLength xmlns=\"http://www.w3.org/2000/09/xmldsig#\">8</HMACOutputLength>",
    "<XPath xmlns=\"http://www.w3.org/2000/09/xmldsig#\">not(ancestor-or-self::*)</XPath>",
    "<RSAPSSParams xmlns=\"http://www.w3.org/2007/05/xmldsig-more#\"/>",
    "<InclusiveNamespaces xmlns=\"http://www.w3.org/2001/10/xml-exc-c14n#\" PrefixList=\"\"/>",
    "<InclusiveNamespaces xmlns=\"http://www.w3.org/2001/10/xml-exc-c14n#\" PrefixList=\"#default\"/>",
    "<InclusiveNamespaces xmlns=\"http://www.w3.org/2001/10/xml-exc-c14n#\" PrefixList=\"absent\"/>",
    "<stylesheet xmlns=\"http://www.w3.org/1999/XSL/Transform\" version=\"1.0\"/>",
    "text",
];

const LISTS: &[&str] = &[
    "",
    "xs",
    "samlp",
    "#default",
    "#default samlp xs ds",
    "absent",
    "x x x",
    "xs,samlp",
    "xml",
    "xmlns",
];

const TRANSFORMS: &[&str] = &[
    "Algorithm=\"http://www.w3.org/2000/09/xmldsig#enveloped-signature\">",
    "Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\">",
    "Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#WithComments\">",
    "Algorithm=\"http://www.w3.org/2000/09/xmldsig#base64\">",
    "Algorithm=\"http://www.w3.org/TR/1999/REC-xpath-19991116\"><d:XPath>false()</d:XPath>",
    "Algorithm=\"http://www.w3.org/2002/06/xmldsig-filter2\"><d:XPath>/</d:XPath>",
    "Algorithm=\"http://www.w3.org/TR/1999/REC-xslt-19991116\">",
    "Algorithm=\"\">",
    ">",
];

const URIS: &[fn(&str) -> String] = &[
    |_| String::new(),
    |_| "#".to_owned(),
    |_| "#_other".to_owned(),
    |_| "#_evil".to_owned(),
    str::to_owned,
    |id| format!("##{id}"),
    |id| format!("#{id} "),
    |id| format!(" #{id}"),
    |id| format!("#{id}#"),
    |id| format!("#{id}&#0;"),
    |id| format!("?#{id}"),
    |id| format!("./#{id}"),
    |id| format!("https://idp.example/#{id}"),
    |id| format!("file:///etc/hostname#{id}"),
    |id| format!("cid:{id}"),
    |id| format!("#%{:02X}{}", id.bytes().next().unwrap_or(b'_'), id.get(1..).unwrap_or("")),
    |id| format!("#{}", id.to_uppercase()),
    |id| format!("#xpointer(id('{id}'))"),
    |id| format!("#xpointer(id(&quot;{id}&quot;))"),
    |_| "#xpointer(/)".to_owned(),
    |id| format!("#xpointer(//*[@ID='{id}'])"),
    |id| format!("#xmlns(x=urn:x)xpointer(id('{id}'))"),
    |id| format!("#element({id}/1)"),
    |id| format!("#id('{id}')"),
];

const KEYS: &[&str] = &[
    "",
    "<d:KeyName>https://evil.example/key</d:KeyName>",
    "<d:KeyValue><d:RSAKeyValue><d:Modulus>AQAB</d:Modulus><d:Exponent>AQ==</d:Exponent></d:RSAKeyValue></d:KeyValue>",
    "<d:RetrievalMethod URI=\"https://evil.example/key\"/>",
    "<d:RetrievalMethod URI=\"file:///etc/hostname\" Type=\"http://www.w3.org/2000/09/xmldsig#X509Data\"/>",
    "<d:X509Data><d:X509Certificate>AAAA</d:X509Certificate></d:X509Data>",
    "<d:X509Data><d:X509Certificate>*</d:X509Certificate><d:X509Certificate/></d:X509Data>",
    "<d:X509Data><d:X509SubjectName>CN=x</d:X509SubjectName></d:X509Data><d:X509Data/>",
    "<x xmlns=\"urn:x\"/>",
];

const OBJECTS: &[&str] = &[
    ">",
    "Id=\"_object\">x",
    "><d:Manifest><d:Reference URI=\"#_evil\"/></d:Manifest>",
    "><d:SignatureProperties/>",
    "Encoding=\"http://www.w3.org/2000/09/xmldsig#base64\">AAAA",
];

fn methods(s: &Subject<'_>) -> Vec<usize> {
    let has_algorithm = |&element: &usize| s.markup.attribute(element, "Algorithm").is_some();
    (0..s.markup.elements.len()).filter(has_algorithm).collect()
}

/// Every element of these names with every one of the other response.
fn borrowed(s: &Subject<'_>) -> Vec<(usize, usize)> {
    let pairs = |name: &&str| {
        let theirs = s.donor.all(name);
        let with = move |own: usize| theirs.clone().into_iter().map(move |their| (own, their));
        s.markup.all(name).into_iter().flat_map(with).collect::<Vec<_>>()
    };
    BORROWED.iter().flat_map(pairs).collect()
}

fn part(markup: &Markup<'_>, signed: &Signed, name: &str) -> Option<usize> {
    markup.all(name).into_iter().find(|&part| markup.is_inside(part, signed.signature))
}

/// Another person in what is signed.
fn evil(s: &Subject<'_>, signed: &Signed) -> Option<Edits> {
    let persons = ["NameID", "AttributeValue"].iter().flat_map(|name| s.markup.all(name));
    let mut persons = persons.filter(|&person| s.markup.is_inside(person, signed.element));
    let first = &s.markup.elements[persons.next()?].content;
    Some(Edits::replace(first, EVIL))
}

/// Another person, the digest of that, and another SignatureMethod; and the text of it all.
fn with_fresh_digest(
    s: &Subject<'_>,
    signed: &Signed,
    number: usize,
    algorithm: &str,
) -> Option<(Edits, String)> {
    let edits = evil(s, signed)?;
    let digest = forge::digest(&edits.apply(s.markup.text)?, number)?;
    let value = part(&s.markup, signed, "DigestValue")?;
    let method = part(&s.markup, signed, "SignatureMethod")?;
    let edits = edits
        .and_replace(&s.markup.elements[value].content, digest)
        .and_replace(&s.markup.attribute(method, "Algorithm")?.value, algorithm);
    let text = edits.apply(s.markup.text)?;
    Some((edits, text))
}

fn put_value(s: &Subject<'_>, signed: &Signed, edits: Edits, value: &str) -> Option<Edits> {
    let element = part(&s.markup, signed, "SignatureValue")?;
    Some(edits.and_replace(&s.markup.elements[element].content, value))
}
