//! Signatures that are cryptographically fine and refused for their shape.

use alloc::format;
use alloc::string::{String, ToString as _};

use super::forge::{ENVELOPED, EXCLUSIVE, Forge, MARK};
use super::{LEGACY, ORDER, check};
use crate::dsig::{Error, SignatureRules, check_ids};
use crate::limits::XmlLimits;
use crate::xml::{Document, names};

#[track_caller]
fn check_forged(forge: &Forge, expected: &str) {
    check(&forge.sign(ORDER, "_1"), &["rsa"], LEGACY, expected);
}

fn transform(uri: &str) -> String {
    format!("<ds:Transform Algorithm=\"{uri}\"/>")
}

#[test]
fn an_element_without_signature_is_not_signed() {
    let plain = ORDER.replace(MARK, "");
    check(&plain, &["rsa"], SignatureRules::default(), "dsig.not_signed");
    let foreign = ORDER.replace(MARK, "<Signature xmlns=\"urn:not-dsig\"/>");
    check(&foreign, &["rsa"], SignatureRules::default(), "dsig.not_signed");
}

#[test]
fn two_signatures_are_refused() {
    let signed = Forge::rsa().sign(ORDER, "_1");
    let start = signed.find("<ds:Signature").unwrap();
    let end = signed.find("</ds:Signature>").unwrap() + "</ds:Signature>".len();
    let twice = format!("{}{}{}", &signed[..end], &signed[start..end], &signed[end..]);
    check(&twice, &["rsa"], LEGACY, "dsig.several_signatures");
}

#[test]
fn a_signature_deeper_down_does_not_sign_the_root() {
    let inner = ORDER.replace(MARK, "<o:wrap>@SIGNATURE@</o:wrap>");
    check(&Forge::rsa().sign(&inner, "_1"), &["rsa"], LEGACY, "dsig.not_signed");
}

#[test]
fn the_reference_must_mean_the_element_around_it() {
    for (attributes, expected) in [
        ("", "dsig.reference_mismatch"),
        ("URI=\"\"", "dsig.reference_mismatch"),
        ("URI=\"#\"", "dsig.reference_mismatch"),
        ("URI=\"_1\"", "dsig.reference_mismatch"),
        ("URI=\"#_2\"", "dsig.reference_mismatch"),
        ("URI=\"#_1 \"", "dsig.reference_mismatch"),
        ("URI=\"#%5F1\"", "dsig.reference_mismatch"),
        ("URI=\"##_1\"", "dsig.reference_mismatch"),
        ("URI=\"#xpointer(/)\"", "dsig.reference_mismatch"),
        ("URI=\"#xpointer(id('_1'))\"", "dsig.reference_mismatch"),
        ("URI=\"file:///etc/passwd\"", "dsig.reference_mismatch"),
        ("URI=\"http://127.0.0.1/#_1\"", "dsig.reference_mismatch"),
        ("uri=\"#_1\"", "xml.attribute_unexpected"),
    ] {
        let forge = Forge { reference_attributes: Some(attributes.to_string()), ..Forge::rsa() };
        check_forged(&forge, expected);
    }
}

#[test]
fn the_id_is_the_unprefixed_upper_case_one_without_other_characters_than_those_of_names() {
    for (id, expected) in [
        ("Id=\"_1\"", "dsig.missing_id"),
        ("id=\"_1\"", "dsig.missing_id"),
        ("xml:id=\"_1\"", "dsig.missing_id"),
        ("xmlns:x=\"urn:x\" x:ID=\"_1\"", "dsig.missing_id"),
    ] {
        let signed = Forge::rsa().sign(ORDER, "_1").replace("ID=\"_1\"", id);
        check(&signed, &["rsa"], LEGACY, expected);
    }
    for id in ["", "a:b", "a b", "a'or'1", "#a", "a/b"] {
        let order = ORDER.replace("_1", id);
        check(&Forge::rsa().sign(&order, id), &["rsa"], LEGACY, "dsig.invalid_id");
    }
}

#[test]
fn other_transforms_are_refused_before_anything_is_computed() {
    let xpath = "<ds:Transform Algorithm=\"http://www.w3.org/TR/1999/REC-xpath-19991116\"><ds:XPath>\
                 not(self::o)</ds:XPath></ds:Transform>";
    let exclusive_uri = names::EXC_C14N;
    for (transforms, expected) in [
        (String::new(), "xml.element_missing"),
        ("<ds:Transforms/>".to_string(), "xml.element_missing"),
        (format!("<ds:Transforms>{ENVELOPED}</ds:Transforms>"), "xml.element_missing"),
        (format!("<ds:Transforms>{EXCLUSIVE}</ds:Transforms>"), "dsig.unsupported_transforms"),
        (
            format!("<ds:Transforms>{EXCLUSIVE}{ENVELOPED}</ds:Transforms>"),
            "dsig.unsupported_transforms",
        ),
        (
            format!("<ds:Transforms>{ENVELOPED}{EXCLUSIVE}{EXCLUSIVE}</ds:Transforms>"),
            "xml.element_unexpected",
        ),
        (
            format!("<ds:Transforms>{ENVELOPED}{ENVELOPED}</ds:Transforms>"),
            "dsig.unsupported_transforms",
        ),
        (
            format!("<ds:Transforms>{ENVELOPED}{xpath}</ds:Transforms>"),
            "dsig.unsupported_transforms",
        ),
        (format!("<ds:Transforms>{xpath}{EXCLUSIVE}</ds:Transforms>"), "xml.element_unexpected"),
        (
            format!(
                "<ds:Transforms>{ENVELOPED}{}</ds:Transforms>",
                transform("http://www.w3.org/TR/1999/REC-xslt-19991116")
            ),
            "dsig.unsupported_transforms",
        ),
        (
            format!(
                "<ds:Transforms>{ENVELOPED}{}</ds:Transforms>",
                transform(&exclusive_uri[..37])
            ),
            "dsig.unsupported_transforms",
        ),
    ] {
        check_forged(&Forge { transforms, ..Forge::rsa() }, expected);
    }
}

#[test]
fn methods_are_those_of_the_table_without_parameters() {
    for (method, expected) in [
        (
            "<ds:SignatureMethod Algorithm=\"http://www.w3.org/2000/09/xmldsig#hmac-sha1\"/>",
            "dsig.unsupported_signature",
        ),
        (
            "<ds:SignatureMethod Algorithm=\"http://www.w3.org/2001/04/xmldsig-more#hmac-sha256\"/>",
            "dsig.unsupported_signature",
        ),
        (
            "<ds:SignatureMethod Algorithm=\"http://www.w3.org/2000/09/xmldsig#hmac-sha1\">\
             <ds:HMACOutputLength>0</ds:HMACOutputLength></ds:SignatureMethod>",
            "xml.element_unexpected",
        ),
        (
            "<ds:SignatureMethod Algorithm=\"http://www.w3.org/2001/04/xmldsig-more#rsa-sha256\">\
             <ds:HMACOutputLength>8</ds:HMACOutputLength></ds:SignatureMethod>",
            "xml.element_unexpected",
        ),
        (
            "<ds:SignatureMethod Algorithm=\"http://www.w3.org/2007/05/xmldsig-more#rsa-pss\"/>",
            "dsig.unsupported_signature",
        ),
        (
            "<ds:SignatureMethod Algorithm=\"http://www.w3.org/2000/09/xmldsig#dsa-sha1\"/>",
            "dsig.unsupported_signature",
        ),
        (
            "<ds:SignatureMethod Algorithm=\"https://www.w3.org/2001/04/xmldsig-more#rsa-sha256\"/>",
            "dsig.unsupported_signature",
        ),
        ("<ds:SignatureMethod/>", "xml.attribute_missing"),
        ("", "xml.element_missing"),
    ] {
        let forge = Forge { signature_method: Some(method.to_string()), ..Forge::rsa() };
        check_forged(&forge, expected);
    }
}

#[test]
fn signed_info_has_one_of_each_and_nothing_else() {
    let reference = "<ds:Reference URI=\"#_1\"/>";
    let method = Forge::rsa().canonicalization_method;
    let algorithm =
        format!("<ds:SignatureMethod Algorithm=\"{}\"/>", Forge::rsa().algorithm.xml_uri());
    let cases = [
        Forge { after_reference: reference.to_string(), ..Forge::rsa() },
        Forge { after_reference: "<ds:Extra/>".to_string(), ..Forge::rsa() },
        Forge { canonicalization_method: format!("{method}{method}"), ..Forge::rsa() },
        Forge {
            digest_value: "<ds:DigestValue>{digest}</ds:DigestValue><ds:DigestValue/>".to_string(),
            ..Forge::rsa()
        },
        Forge {
            signature_value: "<ds:SignatureValue>{value}</ds:SignatureValue><ds:Object/>"
                .to_string(),
            ..Forge::rsa()
        },
        Forge {
            signature_value: "<ds:SignatureValue>{value}</ds:SignatureValue><ds:SignedInfo/>"
                .to_string(),
            ..Forge::rsa()
        },
        Forge {
            signature_value: "<ds:KeyInfo/><ds:SignatureValue>{value}</ds:SignatureValue>"
                .to_string(),
            ..Forge::rsa()
        },
        Forge {
            signature_value: "<ds:SignatureValue>{value}</ds:SignatureValue><ds:SignatureValue/>"
                .to_string(),
            ..Forge::rsa()
        },
        Forge { signature_method: Some(format!("{algorithm}{algorithm}")), ..Forge::rsa() },
        Forge {
            digest_value: "<ds:DigestMethod Algorithm=\"urn:x\"/>\
                           <ds:DigestValue>{digest}</ds:DigestValue>"
                .to_string(),
            ..Forge::rsa()
        },
    ];
    for forge in cases {
        let signed = forge.sign(ORDER, "_1");
        let code = super::verdict(&signed, &[super::public_key("rsa")], LEGACY);
        assert!(
            code == "xml.element_unexpected" || code == "xml.element_missing",
            "{code}: {signed}"
        );
    }
}

#[test]
fn an_unknown_attribute_is_refused_on_every_element_of_a_signature() {
    let signed = Forge::rsa().sign(ORDER, "_1");
    for name in [
        "Signature",
        "SignedInfo",
        "CanonicalizationMethod",
        "SignatureMethod",
        "Reference",
        "Transforms",
        "Transform",
        "DigestMethod",
        "SignatureValue",
    ] {
        for end in [" ", ">"] {
            let opening = format!("<ds:{name}{end}");
            let changed = signed.replacen(&opening, &format!("<ds:{name} Uri=\"#_2\"{end}"), 1);
            let expected =
                if signed.contains(&opening) { "xml.attribute_unexpected" } else { "ok" };
            check(&changed, &["rsa"], LEGACY, expected);
        }
    }
}

#[test]
fn text_between_the_elements_of_a_signature_is_refused() {
    let signed = Forge::rsa().sign(ORDER, "_1");
    let with_text = signed.replace("<ds:SignatureValue>", "evil<ds:SignatureValue>");
    check(&with_text, &["rsa"], LEGACY, "xml.text_unexpected");
}

#[test]
fn a_comment_cannot_hide_a_digest() {
    let forge = Forge {
        digest_value: "<ds:DigestValue>{digest}</ds:DigestValue>".to_string(),
        ..Forge::rsa()
    };
    let signed = forge.sign(ORDER, "_1");
    let evil = signed.replace("tea", "tee");
    // SHA-256 of the changed element would stand before the comment; the whole text is read.
    let commented = evil.replace("<ds:DigestValue>", "<ds:DigestValue>AAAA<!---->");
    check(&commented, &["rsa"], LEGACY, "dsig.signature_mismatch");
    let commented = signed.replace("<ds:DigestValue>", "<ds:DigestValue><!--AAAA-->");
    check(&commented, &["rsa"], LEGACY, "ok");
}

#[test]
fn unknown_canonicalizations_have_no_default() {
    for uri in ["", "urn:other", "http://www.w3.org/2001/10/xml-exc-c14n"] {
        let forge = Forge {
            canonicalization_method: format!("<ds:CanonicalizationMethod Algorithm=\"{uri}\"/>"),
            ..Forge::rsa()
        };
        check_forged(&forge, "dsig.unsupported_canonicalization");
    }
}

/// C-03: whoever chooses the PrefixList chooses what of the ancestors is signed.
#[test]
fn inclusive_namespaces_stand_once_in_their_own_namespace_and_are_short() {
    let list = |namespace: &str, attributes: &str, content: &str| {
        format!(
            "<ec:InclusiveNamespaces xmlns:ec=\"{namespace}\" {attributes}>{content}\
             </ec:InclusiveNamespaces>"
        )
    };
    let good = list(names::EXC_C14N, "PrefixList=\"none\"", "");
    let sixty_five = format!("PrefixList=\"{}\"", "p ".repeat(65));
    for (content, expected) in [
        (good.clone(), "ok"),
        (format!("{good}{good}"), "xml.element_unexpected"),
        (list("urn:other", "PrefixList=\"xs\"", ""), "xml.element_unexpected"),
        (list(names::DSIG, "PrefixList=\"xs\"", ""), "xml.element_unexpected"),
        (list(names::EXC_C14N, "", ""), "xml.attribute_missing"),
        (list(names::EXC_C14N, "prefixlist=\"xs\"", ""), "xml.attribute_unexpected"),
        (list(names::EXC_C14N, "PrefixList=\"none\"", "<x/>"), "xml.element_unexpected"),
        (list(names::EXC_C14N, "PrefixList=\"none\"", "xs"), "xml.text_unexpected"),
        (list(names::EXC_C14N, &sixty_five, ""), "dsig.unsupported_canonicalization"),
    ] {
        let exclusive = |name: &str| {
            format!("<ds:{name} Algorithm=\"{}\">{content}</ds:{name}>", names::EXC_C14N)
        };
        let transforms =
            format!("<ds:Transforms>{ENVELOPED}{}</ds:Transforms>", exclusive("Transform"));
        // The limit of transforms says so in its own words.
        let of_transforms = match expected {
            "dsig.unsupported_canonicalization" => "dsig.unsupported_transforms",
            other => other,
        };
        check_forged(&Forge { transforms, ..Forge::rsa() }, of_transforms);
        let canonicalization_method = exclusive("CanonicalizationMethod");
        check_forged(&Forge { canonicalization_method, ..Forge::rsa() }, expected);
    }
    // Inclusive C14N has no such list.
    let uri = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315";
    let transforms = format!(
        "<ds:Transforms>{ENVELOPED}<ds:Transform Algorithm=\"{uri}\">{good}</ds:Transform>\
         </ds:Transforms>"
    );
    check_forged(&Forge { transforms, ..Forge::rsa() }, "xml.element_unexpected");
}

/// C-01, CVE-2025-66568: where canonicalization fails silently, the digest of nothing is that of everything.
#[test]
fn the_digest_of_nothing_fits_no_element() {
    let digest_value =
        "<ds:DigestValue>47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=</ds:DigestValue>";
    let forge = Forge { digest_value: digest_value.to_string(), ..Forge::rsa() };
    check(&forge.sign(ORDER, "_1"), &["rsa"], LEGACY, "dsig.digest_mismatch");
    check(
        &forge.sign("<a ID=\"_1\">@SIGNATURE@</a>", "_1"),
        &["rsa"],
        LEGACY,
        "dsig.digest_mismatch",
    );
    // What makes other canonicalizers fail is no document here.
    let signed = forge.sign(ORDER, "_1");
    for (name, expected) in
        [("1", "xml.relative_namespace_name"), ("urn:&#x80;", "xml.invalid_namespace_name")]
    {
        let void = signed.replace("urn:xs", name);
        check(&void, &["rsa"], LEGACY, expected);
    }
}

/// S-13: only this Signature is left out of the digest, not what looks like one.
#[test]
fn another_signature_below_is_part_of_what_is_signed() {
    let inner = "<o:item><ds:Signature xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"><ds:Object>\
                 tea</ds:Object></ds:Signature>";
    let order = ORDER.replace("<o:item  type='xs:t'>", inner);
    let signed = Forge::rsa().sign(&order, "_1");
    check(&signed, &["rsa"], LEGACY, "ok");
    check(&signed.replace("tea<", "tee<"), &["rsa"], LEGACY, "dsig.digest_mismatch");
    let signed = Forge::rsa().sign(ORDER, "_1");
    let hidden = signed.replace("<o:item  type='xs:t'>", inner);
    check(&hidden, &["rsa"], LEGACY, "dsig.digest_mismatch");
}

#[test]
fn a_comment_below_with_comments_is_refused() {
    let with_comments = "http://www.w3.org/2001/10/xml-exc-c14n#WithComments";
    let forge = Forge {
        transforms: format!(
            "<ds:Transforms>{ENVELOPED}{}</ds:Transforms>",
            transform(with_comments)
        ),
        ..Forge::rsa()
    };
    check_forged(&forge, "ok");
    let commented = ORDER.replace("tea", "tea<!-- and -->");
    check(&forge.sign(&commented, "_1"), &["rsa"], LEGACY, "dsig.comment_signed");
    check(&Forge::rsa().sign(&commented, "_1"), &["rsa"], LEGACY, "ok");
}

#[test]
fn a_key_in_the_message_is_never_used() {
    // Signed by a stranger who brings the matching key along.
    let mut forge = Forge::rsa();
    forge.key = "other-rsa";
    let (n, e) = super::public_key("other-rsa").rsa_components().unwrap();
    forge.signature_value.push_str(&format!(
        "<ds:KeyInfo><ds:KeyValue><ds:RSAKeyValue><ds:Modulus>{}</ds:Modulus><ds:Exponent>{}\
         </ds:Exponent></ds:RSAKeyValue></ds:KeyValue></ds:KeyInfo>",
        crate::base64::encode(&n),
        crate::base64::encode(&e)
    ));
    let signed = forge.sign(ORDER, "_1");
    check(&signed, &["other-rsa"], LEGACY, "ok");
    check(&signed, &["rsa"], LEGACY, "dsig.signature_mismatch");
}

#[test]
fn white_space_in_base64_is_allowed_and_other_spellings_are_not() {
    let signed = Forge::rsa().sign(ORDER, "_1");
    let start = signed.find("<ds:SignatureValue>").unwrap() + "<ds:SignatureValue>".len();
    let (before, after) = signed.split_at(start + 8);
    check(&format!("{before}&#13;\n\t {after}"), &["rsa"], LEGACY, "ok");
    for bad in ["*", "=", "-", "&#xA0;"] {
        check(&format!("{before}{bad}{after}"), &["rsa"], LEGACY, "dsig.base64");
    }
}

#[test]
fn duplicate_ids_are_found_under_every_name_and_namespace() {
    for (text, is_duplicate) in [
        ("<a ID=\"x\"><b ID=\"y\"/><c Id=\"z\"/></a>", false),
        ("<a ID=\"x\"><b ID=\"x\"/></a>", true),
        ("<a ID=\"x\"><b><c Id=\"x\"/></b></a>", true),
        ("<a ID=\"x\"><b id=\"x\"/></a>", true),
        ("<a ID=\"x\" xml:id=\"x\"/>", true),
        ("<a ID=\"x\"><b AssertionID=\"x\"/></a>", true),
        ("<a ID=\"x\"><b xmlns:w=\"urn:w\" w:Id=\"x\"/></a>", true),
        ("<a ID=\"x\"><b ID=\"&#120;\"/></a>", true),
        ("<a ID=\"x\"><b name=\"x\"/></a>", false),
    ] {
        let document = Document::parse(text.as_bytes(), &XmlLimits::MESSAGE).unwrap();
        let found = check_ids(&document);
        let expected = if is_duplicate { Err(Error::DuplicateId("x".into())) } else { Ok(()) };
        assert_eq!(found, expected, "{text}");
    }
}
