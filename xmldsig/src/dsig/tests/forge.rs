//! Makes signatures of every shape, right and wrong, for the tests of this module and, compiled into
//! its crate too, of SAML.
//!
//! Nothing is checked here: a forger does as it likes. What it signs with a trusted key is
//! cryptographically valid, so that only the rule under test can refuse it.

use alloc::format;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use crate::base64;
use crate::c14n::{self, Canonicalization, Comments, Method};
use crate::crypto::{
    Crypto as _, DigestAlgorithm, KeyRules, PrivateKey, PublicKey, RustCrypto, SignatureAlgorithm,
};
use crate::limits::XmlLimits;
use crate::xml::{Document, Element, names};

pub(crate) const CRYPTO: RustCrypto = RustCrypto::with_dangerous_rsa_private_operations();

pub(crate) const ENVELOPED: &str =
    r#"<ds:Transform Algorithm="http://www.w3.org/2000/09/xmldsig#enveloped-signature"/>"#;
pub(crate) const EXCLUSIVE: &str =
    r#"<ds:Transform Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"/>"#;

/// Where [`Forge::sign`] puts the Signature.
pub(crate) const MARK: &str = "@SIGNATURE@";

pub(crate) fn private_key(name: &str) -> PrivateKey {
    let pem = match name {
        "rsa" => include_str!("../../crypto/testdata/rsa.key"),
        "rsa1024" => include_str!("../../crypto/testdata/rsa1024.key"),
        "other-rsa" => include_str!("../testdata/other-rsa.key"),
        "p256" => include_str!("../../crypto/testdata/prime256v1.key"),
        "p384" => include_str!("../../crypto/testdata/secp384r1.key"),
        "p521" => include_str!("../../crypto/testdata/secp521r1.key"),
        "ed25519" => include_str!("../../crypto/testdata/ed25519.key"),
        other => panic!("no key {other}"),
    };
    PrivateKey::from_pem(pem, KeyRules::dangerous_min_rsa_bits(1024)).unwrap()
}

pub(crate) fn public_key(name: &str) -> PublicKey {
    private_key(name).public_key().clone()
}

/// A Signature in pieces, each of which a test may replace.
pub(crate) struct Forge {
    pub(crate) key: &'static str,
    pub(crate) algorithm: SignatureAlgorithm,
    pub(crate) digest: DigestAlgorithm,
    /// What the digest is computed with; the text says what the message claims.
    pub(crate) reference_c14n: Canonicalization<'static>,
    pub(crate) signed_info_c14n: Canonicalization<'static>,
    pub(crate) canonicalization_method: String,
    pub(crate) signature_method: Option<String>,
    /// `None` for `URI="#id"`.
    pub(crate) reference_attributes: Option<String>,
    pub(crate) transforms: String,
    /// Between DigestMethod and the end of Reference; `{digest}` is the digest.
    pub(crate) digest_value: String,
    pub(crate) after_reference: String,
    /// Between SignedInfo and the end of Signature; `{value}` is the signature.
    pub(crate) signature_value: String,
}

pub(crate) fn canonicalization(method: Method) -> Canonicalization<'static> {
    Canonicalization { method, comments: Comments::Omit, prefix_list: Vec::new() }
}

impl Forge {
    /// The signature of an ordinary identity provider.
    pub(crate) fn new(key: &'static str, algorithm: SignatureAlgorithm) -> Self {
        Self {
            key,
            algorithm,
            digest: DigestAlgorithm::Sha256,
            reference_c14n: canonicalization(Method::Exclusive10),
            signed_info_c14n: canonicalization(Method::Exclusive10),
            canonicalization_method: format!(
                "<ds:CanonicalizationMethod Algorithm=\"{}\"/>",
                names::EXC_C14N
            ),
            signature_method: None,
            reference_attributes: None,
            transforms: format!("<ds:Transforms>{ENVELOPED}{EXCLUSIVE}</ds:Transforms>"),
            digest_value: "<ds:DigestValue>{digest}</ds:DigestValue>".to_string(),
            after_reference: String::new(),
            signature_value: "<ds:SignatureValue>{value}</ds:SignatureValue>".to_string(),
        }
    }

    pub(crate) fn rsa() -> Self {
        Self::new("rsa", SignatureAlgorithm::RsaPkcs1(DigestAlgorithm::Sha256))
    }

    /// Signs the element with this ID and puts the Signature where [`MARK`] stands.
    pub(crate) fn sign(&self, marked: &str, id: &str) -> String {
        let unsigned = marked.replacen(MARK, "", 1);
        let document = parse(&unsigned);
        let target = element_with_id(&document, id);
        let mut canonical = Vec::new();
        c14n::canonicalize(target, &self.reference_c14n, None, &mut canonical).unwrap();
        let digest = CRYPTO.digest(self.digest, &canonical);
        let signature = self.signature(id, &base64::encode(digest.as_bytes()));

        let prepared = marked.replacen(MARK, &signature, 1);
        let document = parse(&prepared);
        let signed_info = document
            .elements()
            .find(|element| {
                element.is(names::DSIG, "SignedInfo")
                    && element.child_elements().any(|child| {
                        child.is(names::DSIG, "Reference")
                            && self.reference_attributes.as_ref().map_or_else(
                                || child.attribute("URI") == Some(&format!("#{id}")),
                                |_| true,
                            )
                    })
            })
            .unwrap();
        let mut message = Vec::new();
        c14n::canonicalize(signed_info, &self.signed_info_c14n, None, &mut message).unwrap();
        let value = CRYPTO.sign(self.algorithm, &private_key(self.key), &message).unwrap();
        prepared.replacen("{value}", &base64::encode(&value), 1)
    }

    fn signature(&self, id: &str, digest: &str) -> String {
        let method = self.signature_method.clone().unwrap_or_else(|| {
            format!("<ds:SignatureMethod Algorithm=\"{}\"/>", self.algorithm.xml_uri())
        });
        let attributes =
            self.reference_attributes.clone().unwrap_or_else(|| format!("URI=\"#{id}\""));
        format!(
            "<ds:Signature xmlns:ds=\"{}\"><ds:SignedInfo>{}{method}<ds:Reference {attributes}>{}\
             <ds:DigestMethod Algorithm=\"{}\"/>{}</ds:Reference>{}</ds:SignedInfo>{}</ds:Signature>",
            names::DSIG,
            self.canonicalization_method,
            self.transforms,
            self.digest.xml_uri(),
            self.digest_value.replace("{digest}", digest),
            self.after_reference,
            self.signature_value,
        )
    }
}

fn parse(text: &str) -> Document<'_> {
    Document::parse(text.as_bytes(), &XmlLimits::MESSAGE).unwrap()
}

fn element_with_id<'doc>(document: &'doc Document<'_>, id: &str) -> Element<'doc> {
    document.elements().find(|element| element.attribute("ID") == Some(id)).unwrap()
}
