//! Signatures in every shape that the profile has, and those that an attacker can make alone.
//!
//! The canonical forms and digests are the core's own: what other programs say about them is compared
//! by `differential`, and the stored responses here are signed by xmlsec1.

use deskgate_core::base64;
use deskgate_core::c14n::{Canonicalization, Comments, Method, canonicalize};
use deskgate_core::crypto::{
    Crypto as _, DigestAlgorithm, PrivateKey, SecretKey, SignatureAlgorithm,
};
use deskgate_core::dsig;
use deskgate_core::limits::XmlLimits;
use deskgate_core::xml::{Document, Element, names};

use super::edits::Edits;
use super::markup::Markup;
use crate::saml_rows::CRYPTO;
use crate::vectors;

/// How something is signed.
#[derive(Clone, Copy, Debug)]
pub(super) struct HowSigned<'a> {
    pub(super) key: &'a PrivateKey,
    pub(super) algorithm: SignatureAlgorithm,
    pub(super) digest: DigestAlgorithm,
    /// Of SignedInfo and of the Reference.
    pub(super) canonicalization: Method,
    /// Exclusive canonicalization only; empty for none.
    pub(super) prefix_list: &'a str,
    /// `ds:` or nothing.
    pub(super) prefix: &'a str,
    /// On lines of its own, with an Id.
    pub(super) is_pretty: bool,
}

/// `xml` with a Signature after the Issuer of the element with this ID.
///
/// # Panics
/// When there is no such element.
pub(super) fn sign(xml: &str, id: &str, method: &HowSigned<'_>) -> String {
    let markup = Markup::scan(xml).expect("a document");
    let has_id = |&element: &usize| markup.value(element, "ID") == Some(id);
    let target = (0..markup.elements.len()).find(has_id).expect("the element");
    let issuer = markup.child(target, "Issuer").expect("an Issuer");
    let place = Edits::insert(markup.elements[issuer].range.end, template(id, method));
    let text = place.apply(xml).expect("a template");
    let number = Markup::scan(&text).and_then(|markup| {
        let signed = markup.signed();
        signed.iter().position(|signed| markup.value(signed.element, "ID") == Some(id))
    });
    let number = number.expect("the Signature");
    let text = text.replace("@DIGEST@", &digest(&text, number).expect("a digest"));
    let message = signed_info(&text, number).expect("a SignedInfo");
    let value = CRYPTO.sign(method.algorithm, method.key, &message).expect("a fitting key");
    text.replace("@VALUE@", &base64::encode(&value))
}

fn template(id: &str, method: &HowSigned<'_>) -> String {
    let p = method.prefix;
    let colon = if p.is_empty() { "" } else { ":" };
    let list = match method.prefix_list {
        "" => String::new(),
        list => format!(
            "<ec:InclusiveNamespaces xmlns:ec=\"{}\" PrefixList=\"{list}\"/>",
            names::EXC_C14N
        ),
    };
    let uri = method.canonicalization.uri(Comments::Omit);
    let certificate: String = vectors::certificate_pem("rsa-2048")
        .lines()
        .filter(|line| !line.starts_with('-'))
        .collect();
    let (line, id_attribute) =
        if method.is_pretty { ("\n", " Id=\"_signature\"") } else { ("", "") };
    let tag = |name: &str, attributes: &str, content: &str| {
        format!("<{p}{name}{attributes}>{content}</{p}{name}>{line}")
    };
    let algorithm = |name: &str, uri: &str| tag(name, &format!(" Algorithm=\"{uri}\""), "");
    let transforms = [
        algorithm("Transform", "http://www.w3.org/2000/09/xmldsig#enveloped-signature"),
        tag("Transform", &format!(" Algorithm=\"{uri}\""), &list),
    ];
    let reference = [
        tag("Transforms", "", &transforms.concat()),
        algorithm("DigestMethod", method.digest.xml_uri()),
        tag("DigestValue", "", "@DIGEST@"),
    ];
    let signed_info = [
        algorithm("CanonicalizationMethod", uri),
        algorithm("SignatureMethod", method.algorithm.xml_uri()),
        tag("Reference", &format!(" URI=\"#{id}\""), &reference.concat()),
    ];
    let certificate = tag("X509Certificate", "", &certificate);
    let parts = [
        tag("SignedInfo", "", &signed_info.concat()),
        tag("SignatureValue", "", "@VALUE@"),
        tag("KeyInfo", "", &tag("X509Data", "", &certificate)),
    ];
    let declaration =
        format!("{id_attribute} xmlns{colon}{}=\"{}\"", p.trim_end_matches(':'), names::DSIG);
    tag("Signature", &declaration, &parts.concat())
}

/// What the Reference of this Signature (counted in the document) has to hold.
pub(super) fn digest(text: &str, number: usize) -> Option<String> {
    let document = Document::parse(text.as_bytes(), &XmlLimits::METADATA).ok()?;
    let signature = dsig::signatures(&document).nth(number)?;
    let reference = child(child(signature, "SignedInfo")?, "Reference")?;
    let transform = child(reference, "Transforms")?.child_elements().nth(1)?;
    let algorithm = child(reference, "DigestMethod")?.attribute("Algorithm")?;
    let algorithm = DigestAlgorithm::from_xml_uri(algorithm)?;
    let mut form = Vec::new();
    canonicalize(signature.parent()?, &canonicalization(transform)?, Some(signature), &mut form)
        .ok()?;
    Some(base64::encode(CRYPTO.digest(algorithm, &form).as_bytes()))
}

/// What this Signature has to be made over.
pub(super) fn signed_info(text: &str, number: usize) -> Option<Vec<u8>> {
    let document = Document::parse(text.as_bytes(), &XmlLimits::METADATA).ok()?;
    let signature = dsig::signatures(&document).nth(number)?;
    let signed_info = child(signature, "SignedInfo")?;
    let method = child(signed_info, "CanonicalizationMethod")?;
    let mut form = Vec::new();
    canonicalize(signed_info, &canonicalization(method)?, None, &mut form).ok()?;
    Some(form)
}

fn canonicalization(element: Element<'_>) -> Option<Canonicalization<'_>> {
    let (method, _) = Method::from_uri(element.attribute("Algorithm")?)?;
    let list = child(element, "InclusiveNamespaces").and_then(|e| e.attribute("PrefixList"));
    let prefix_list = list.map_or_else(Vec::new, |list| list.split(' ').collect());
    Some(Canonicalization { method, comments: Comments::Omit, prefix_list })
}

fn child<'d>(element: Element<'d>, name: &str) -> Option<Element<'d>> {
    element.child_elements().find(|child| child.local_name() == name)
}

/// What a stranger signs with.
pub(super) const STRANGERS_ALGORITHM: &str = SignatureAlgorithm::Ed25519.xml_uri();

fn strangers_key() -> PrivateKey {
    PrivateKey::ed25519_from_seed(&[0x66; 32]).expect("a seed")
}

pub(super) fn strangers_signature(text: &str, number: usize) -> Option<Vec<u8>> {
    let message = signed_info(text, number)?;
    CRYPTO.sign(SignatureAlgorithm::Ed25519, &strangers_key(), &message).ok()
}

/// DEREncodedKeyValue (XML-DSig 1.1, section 4.5.9).
pub(super) fn strangers_key_value() -> String {
    let key = base64::encode(strangers_key().public_key().spki_der());
    let namespace = "http://www.w3.org/2009/xmldsig11#";
    format!("<k:DEREncodedKeyValue xmlns:k=\"{namespace}\">{key}</k:DEREncodedKeyValue>")
}

/// The order of the group of P-256 (SP 800-186, section 3.2.1.3).
const P256_ORDER: [u8; 32] = [
    0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
];

/// `r || n - s`: as good a signature as `r || s`, which anybody can make.
pub(super) fn other_s_of_p256(signature: &[u8]) -> Option<Vec<u8>> {
    let (r, s) = signature.split_at_checked(32)?;
    if s.len() != 32 {
        return None;
    }
    let mut other = vec![0; 32];
    let mut borrow = 0;
    for at in (0..32).rev() {
        let difference = i16::from(P256_ORDER[at]) - i16::from(s[at]) - borrow;
        borrow = i16::from(difference < 0);
        other[at] = u8::try_from(difference.rem_euclid(256)).unwrap_or_default();
    }
    Some([r, &other].concat())
}

/// What is encrypted to the key of `decryption_key`, which anybody could do.
pub(super) fn seal(plaintext: &str) -> String {
    let nonce = [7; 12];
    let key = SecretKey::new(&[0x42; 32]);
    let sealed = CRYPTO.seal(&key, &nonce, &[], plaintext.as_bytes()).expect("an AES-256 key");
    base64::encode(&[nonce.as_slice(), &sealed].concat())
}

/// The key that the content key is wrapped for.
pub(super) fn decryption_key() -> PrivateKey {
    let path = vectors::repository("xmldsig/src/crypto/testdata/rsa.key");
    let pem = std::fs::read_to_string(path).expect("a private key");
    PrivateKey::from_pem(&pem, deskgate_core::crypto::KeyRules::default()).expect("a private key")
}

/// EncryptedAssertion or EncryptedID around octets of [`seal`].
pub(super) fn encrypted(element: &str, octets: &str) -> String {
    format!(
        "<{element} xmlns=\"{}\"><xenc:EncryptedData xmlns:xenc=\"{}\" \
         Type=\"http://www.w3.org/2001/04/xmlenc#Element\"><xenc:EncryptionMethod \
         Algorithm=\"http://www.w3.org/2009/xmlenc11#aes256-gcm\"/><ds:KeyInfo xmlns:ds=\"{}\">\
         <xenc:EncryptedKey><xenc:EncryptionMethod \
         Algorithm=\"http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p\"/>\
         <xenc:CipherData><xenc:CipherValue>{}</xenc:CipherValue></xenc:CipherData>\
         </xenc:EncryptedKey></ds:KeyInfo><xenc:CipherData><xenc:CipherValue>{octets}\
         </xenc:CipherValue></xenc:CipherData></xenc:EncryptedData></{element}>",
        names::SAML_ASSERTION,
        names::XENC,
        names::DSIG,
        include_str!("../../../core/src/saml/testdata/content-key.b64").trim(),
    )
}
