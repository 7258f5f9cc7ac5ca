use super::*;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use crate::crypto::{ContentCipher, KeyRules, KeyTransport, RustCrypto, SecretKey};
use crate::diagnostic::Diagnostic as _;
use crate::limits::XmlLimits;
use crate::xml::Document;
use crate::xml::names::{DSIG, SAML_ASSERTION, XENC, XENC11};

mod same_work;

const VECTORS: &str = include_str!("testdata/vectors.tsv");
const XMLSEC1: &str = include_str!("testdata/xmlsec1.xml");
const PLAINTEXT: &[u8] = b"<a xmlns=\"urn:x\">geheim</a>";
const ALLOW_CBC: EncryptionRules = EncryptionRules { allow_cbc: true };
const PKCS1_V15: &str = "http://www.w3.org/2001/04/xmlenc#rsa-1_5";

/// One row of the vectors: what goes into the message.
#[derive(Clone)]
struct Parts {
    cipher: String,
    transport: String,
    digest: String,
    mgf: String,
    label: String,
    wrapped: String,
    octets: String,
}

fn rows() -> impl Iterator<Item = (&'static str, Parts)> {
    let cipher = |name: &str| {
        ContentCipher::ALL.into_iter().find(|row| row.xml_uri().ends_with(name)).unwrap().xml_uri()
    };
    let transport = |name: &str| {
        let ending = format!("#{name}");
        KeyTransport::ALL
            .into_iter()
            .find(|row| row.xml_uri().ends_with(&ending))
            .unwrap()
            .xml_uri()
    };
    let digest =
        |name: &str| DigestAlgorithm::ALL.into_iter().find(|row| row.xml_uri().ends_with(name));
    VECTORS.lines().filter(|line| !line.starts_with('#')).map(move |line| {
        let fields: Vec<&'static str> = line.split('\t').collect();
        let [name, content, kind, hash, mgf, label, wrapped, octets] = fields[..] else { panic!() };
        let optional = |name: &str, uri: fn(DigestAlgorithm) -> &'static str| {
            if name.is_empty() { "" } else { uri(digest(name).unwrap()) }.into()
        };
        let parts = Parts {
            cipher: cipher(content).into(),
            transport: transport(kind).into(),
            digest: optional(hash, DigestAlgorithm::xml_uri),
            mgf: optional(mgf, DigestAlgorithm::mgf1_xml_uri),
            label: label.into(),
            wrapped: wrapped.into(),
            octets: octets.into(),
        };
        (name, parts)
    })
}

fn row(name: &str) -> Parts {
    rows().find(|(found, _)| *found == name).unwrap().1
}

impl Parts {
    fn key(&self, attributes: &str) -> String {
        let element = |name: &str, uri: &str| match uri {
            "" => String::new(),
            uri => format!("<{name} Algorithm=\"{uri}\"/>"),
        };
        let label = match self.label.as_str() {
            "" => String::new(),
            label => format!("<x:OAEPparams>{label}</x:OAEPparams>"),
        };
        format!(
            "<x:EncryptedKey{attributes}><x:EncryptionMethod Algorithm=\"{}\">{label}{}{}</x:EncryptionMethod>\
             <x:CipherData><x:CipherValue>{}</x:CipherValue></x:CipherData></x:EncryptedKey>",
            self.transport,
            element("d:DigestMethod", &self.digest),
            element("y:MGF", &self.mgf),
            self.wrapped
        )
    }

    fn data(&self, key_info: &str) -> String {
        format!(
            "<x:EncryptedData><x:EncryptionMethod Algorithm=\"{}\"/>{key_info}\
             <x:CipherData><x:CipherValue>{}</x:CipherValue></x:CipherData></x:EncryptedData>",
            self.cipher, self.octets
        )
    }

    fn inside(&self) -> String {
        message(&self.data(&format!("<d:KeyInfo>{}</d:KeyInfo>", self.key(""))))
    }
}

fn message(content: &str) -> String {
    format!(
        "<s:EncryptedAssertion xmlns:s=\"{SAML_ASSERTION}\" xmlns:x=\"{XENC}\" xmlns:y=\"{XENC11}\" \
         xmlns:d=\"{DSIG}\">{content}</s:EncryptedAssertion>"
    )
}

fn key(pem: &str) -> PrivateKey {
    PrivateKey::from_pem(pem, KeyRules::dangerous_min_rsa_bits(1024)).unwrap()
}

fn our_key() -> PrivateKey {
    key(include_str!("../../../xmldsig/src/crypto/testdata/rsa.key"))
}

fn decrypted(xml: &str, keys: &[PrivateKey], rules: EncryptionRules) -> Result<Vec<u8>, Error> {
    let document = Document::parse(xml.as_bytes(), &XmlLimits::MESSAGE).unwrap();
    let crypto = RustCrypto::with_dangerous_rsa_private_operations();
    decrypt(document.root(), keys, &rules, &crypto)
}

#[track_caller]
fn accepted(xml: &str) {
    assert_eq!(decrypted(xml, &[our_key()], ALLOW_CBC).as_deref(), Ok(PLAINTEXT));
}

#[track_caller]
fn refused(xml: &str, code: &str) {
    let error = decrypted(xml, &[our_key()], ALLOW_CBC).unwrap_err();
    assert_eq!(error.code(), code, "{error}");
    assert!(!error.help().is_empty());
}

/// The base64 text with one bit of one byte changed.
fn changed(base64: &str, at: usize) -> String {
    let mut bytes = crate::base64::decode(base64).unwrap();
    bytes[at] ^= 1;
    crate::base64::encode(&bytes)
}

#[test]
fn every_algorithm_decrypts_what_openssl_encrypted() {
    let mut count = 0;
    for (name, parts) in rows() {
        if ["padding-0", "padding-17", "short-key"].contains(&name) {
            refused(&parts.inside(), "xenc.decryption_failed");
        } else {
            // The padding is 5 bytes long; this row claims 16.
            let expected = if name == "padding-16" { &PLAINTEXT[..16] } else { PLAINTEXT };
            let found = decrypted(&parts.inside(), &[our_key()], ALLOW_CBC);
            assert_eq!(found.as_deref(), Ok(expected), "{name}");
            count += 1;
        }
    }
    assert_eq!(count, 18);
}

#[test]
fn the_old_identifier_may_name_another_mask_function() {
    let transport = KeyTransport::RsaOaepMgf1p.xml_uri().into();
    accepted(&Parts { transport, ..row("oaep-sha256") }.inside());
}

#[test]
fn what_xmlsec1_encrypted_is_an_assertion() {
    let plaintext = decrypted(XMLSEC1, &[our_key()], EncryptionRules::default()).unwrap();
    let document = Document::parse(&plaintext, &XmlLimits::MESSAGE);
    assert!(document.unwrap().root().is(SAML_ASSERTION, "Assertion"));
}

#[test]
fn cbc_needs_the_switch() {
    let error = decrypted(&row("aes256-cbc").inside(), &[our_key()], EncryptionRules::default());
    assert_eq!(error, Err(Error::CbcNotAllowed));
}

#[test]
fn the_key_may_stand_inside_or_beside_the_data() {
    let parts = row("aes256-gcm");
    accepted(&message(&(parts.data("") + &parts.key(""))));
    accepted(&message(
        &(parts.data("<d:KeyInfo><d:KeyName>k</d:KeyName></d:KeyInfo>") + &parts.key("")),
    ));
    for method in [
        "<d:RetrievalMethod URI=\"#k\"/>",
        "<d:RetrievalMethod URI=\"#k\" Type=\"http://www.w3.org/2001/04/xmlenc#EncryptedKey\"/>",
    ] {
        let key_info = format!("<d:KeyInfo>{method}</d:KeyInfo>");
        accepted(&message(&(parts.data(&key_info) + &parts.key(" Id=\"k\" Recipient=\"us\""))));
        let key_info = format!("<d:KeyInfo>{method}{}</d:KeyInfo>", parts.key(" Id=\"k\""));
        accepted(&message(&parts.data(&key_info)));
    }
}

#[test]
fn a_retrieval_method_reaches_nothing_else() {
    let parts = row("aes256-gcm");
    for (method, keys) in [
        ("<d:RetrievalMethod URI=\"#other\"/>", parts.key(" Id=\"k\"")),
        ("<d:RetrievalMethod URI=\"#k\"/>", String::new()),
        ("<d:RetrievalMethod URI=\"#k\"/>", parts.key(" Id=\"k\"") + &parts.key(" Id=\"k\"")),
        ("<d:RetrievalMethod URI=\"https://idp.example/key\"/>", parts.key(" Id=\"k\"")),
        ("<d:RetrievalMethod URI=\"\"/>", parts.key(" Id=\"\"")),
        ("<d:RetrievalMethod/>", parts.key(" Id=\"k\"")),
        ("<d:RetrievalMethod URI=\"#k\" Type=\"urn:x\"/>", parts.key(" Id=\"k\"")),
        (
            "<d:RetrievalMethod URI=\"#k\"><d:Transforms/></d:RetrievalMethod>",
            parts.key(" Id=\"k\""),
        ),
    ] {
        let data = parts.data(&format!("<d:KeyInfo>{method}</d:KeyInfo>"));
        refused(&message(&(data + &keys)), "xenc.structure");
    }
}

#[test]
fn our_key_is_found_among_several() {
    let parts = row("aes256-gcm");
    let other = PrivateKey::from_pem(
        include_str!("../../../xmldsig/src/crypto/testdata/ed25519.key"),
        KeyRules::default(),
    )
    .unwrap();
    let small = key(include_str!("../../../xmldsig/src/crypto/testdata/rsa1024.key"));
    let keys = [other.clone(), small.clone(), our_key()];
    assert_eq!(decrypted(&parts.inside(), &keys, ALLOW_CBC).as_deref(), Ok(PLAINTEXT));
    // Encrypted for two recipients, ours is the first or the second.
    let not_ours = Parts { wrapped: changed(&parts.wrapped, 9), ..parts.clone() };
    let ours = parts.key("");
    accepted(&message(&(parts.data("") + &ours + &not_ours.key(""))));
    accepted(&message(&(parts.data("") + &not_ours.key("") + &ours)));

    assert_eq!(decrypted(&parts.inside(), &[], ALLOW_CBC), Err(Error::NoDecryptionKey));
    assert_eq!(decrypted(&parts.inside(), &[other], ALLOW_CBC), Err(Error::NoDecryptionKey));
    assert_eq!(decrypted(&parts.inside(), &[small], ALLOW_CBC), Err(Error::DecryptionFailed));
}

#[test]
fn the_number_of_keys_is_limited() {
    let parts = row("aes256-gcm");
    let with = |count: usize| message(&(parts.data("") + &parts.key("").repeat(count)));
    let inside = |count: usize| {
        let key_info = format!("<d:KeyInfo>{}</d:KeyInfo>", parts.key("").repeat(count));
        message(&parts.data(&key_info))
    };
    accepted(&with(MAX_RSA_OPERATIONS));
    accepted(&inside(MAX_RSA_OPERATIONS));
    refused(&with(MAX_RSA_OPERATIONS + 1), "xenc.too_many_rsa_operations");
    refused(&with(MAX_ENCRYPTED_KEYS), "xenc.too_many_rsa_operations");
    refused(&with(MAX_ENCRYPTED_KEYS + 1), "xenc.too_many_encrypted_keys");
    refused(&inside(MAX_ENCRYPTED_KEYS + 1), "xenc.too_many_encrypted_keys");
    refused(&with(0), "xenc.no_encrypted_key");
    let two = [our_key(), our_key(), our_key()];
    assert_eq!(decrypted(&with(2), &two, ALLOW_CBC), Err(Error::TooManyRsaOperations { count: 6 }));
}

#[test]
fn one_changed_bit_gives_the_one_error() {
    for name in ["aes256-gcm", "oaep-sha512", "label"] {
        let parts = row(name);
        for at in [0, 1, 12, 20, 38] {
            let octets = changed(&parts.octets, at);
            refused(&Parts { octets, ..parts.clone() }.inside(), "xenc.decryption_failed");
        }
        for at in [0, 128, 255] {
            let wrapped = changed(&parts.wrapped, at);
            refused(&Parts { wrapped, ..parts.clone() }.inside(), "xenc.decryption_failed");
        }
    }
    let parts = row("label");
    let label = changed(&parts.label, 0);
    refused(&Parts { label, ..parts.clone() }.inside(), "xenc.decryption_failed");
    let digest = DigestAlgorithm::Sha384.xml_uri().into();
    refused(&Parts { digest, ..parts.clone() }.inside(), "xenc.decryption_failed");
    let mgf = DigestAlgorithm::Sha256.mgf1_xml_uri().into();
    refused(&Parts { mgf, ..parts }.inside(), "xenc.decryption_failed");
}

/// E-04: the key that takes the place of one that does not open must be nobody's guess.
#[test]
fn content_under_a_guessed_key_does_not_decrypt() {
    let parts = row("aes256-gcm");
    let crypto = RustCrypto::new();
    let modulus = our_key().public_key().rsa_components().unwrap().0;
    for guess in [&[0; 32], &[0xff; 32], modulus.first_chunk::<32>().unwrap()] {
        let nonce = [7; 12];
        let sealed = crypto.seal(&SecretKey::new(guess), &nonce, &[], PLAINTEXT).unwrap();
        let octets = crate::base64::encode(&[nonce.as_slice(), &sealed].concat());
        for wrapped in [changed(&parts.wrapped, 9), crate::base64::encode(&[0; 256])] {
            let forged = Parts { wrapped, octets: octets.clone(), ..parts.clone() };
            refused(&forged.inside(), "xenc.decryption_failed");
        }
    }
}

#[test]
fn a_truncated_tag_or_block_does_not_decrypt() {
    let cut = |name: &str, length: usize| {
        let parts = row(name);
        let octets = crate::base64::decode(&parts.octets).unwrap();
        Parts { octets: crate::base64::encode(&octets[..length]), ..parts }.inside()
    };
    let length = crate::base64::decode(&row("aes128-gcm").octets).unwrap().len();
    for length in [0, 11, 12, 27, 28, length - 12, length - 4, length - 1] {
        refused(&cut("aes128-gcm", length), "xenc.decryption_failed");
    }
    for length in [0, 15, 16, 17, 31, 47] {
        refused(&cut("aes128-cbc", length), "xenc.decryption_failed");
    }
}

#[test]
fn broken_and_unknown_algorithms_are_refused_by_name() {
    let parts = row("aes256-gcm");
    let with_cipher = |uri: &str| Parts { cipher: uri.into(), ..parts.clone() }.inside();
    let with_transport = |uri: &str| Parts { transport: uri.into(), ..parts.clone() }.inside();
    let triple_des = "http://www.w3.org/2001/04/xmlenc#tripledes-cbc";
    refused(&with_cipher(triple_des), "xenc.broken_algorithm");
    refused(&with_cipher("urn:x"), "xenc.unsupported_algorithm");
    refused(&with_transport(PKCS1_V15), "xenc.broken_algorithm");
    let key_wrap = "http://www.w3.org/2001/04/xmlenc#kw-aes256";
    refused(&with_transport(key_wrap), "xenc.unsupported_algorithm");
    let md5 = "http://www.w3.org/2001/04/xmldsig-more#md5";
    refused(&Parts { digest: md5.into(), ..parts.clone() }.inside(), "xenc.unsupported_algorithm");
    let mgf = "http://www.w3.org/2009/xmlenc11#mgf1sha224".into();
    refused(&Parts { mgf, ..parts.clone() }.inside(), "xenc.unsupported_algorithm");
    // The same algorithm with a key of another size.
    let aes192 = ContentCipher::Aes192Gcm.xml_uri();
    refused(&with_cipher(aes192), "xenc.decryption_failed");
}

#[test]
fn only_the_exact_structure_is_read() {
    let parts = row("aes256-gcm");
    let good = parts.inside();
    accepted(&good);
    accepted(&good.replace("<x:EncryptedData>", "<!-- c --><x:EncryptedData>\r\n "));
    let check = |from: &str, to: &str| {
        assert!(good.contains(from), "{from}");
        refused(&good.replacen(from, to, 1), "xenc.structure");
    };
    check("<x:EncryptedData>", "text<x:EncryptedData>");
    check("</s:EncryptedAssertion>", "<x:EncryptedData/></s:EncryptedAssertion>");
    check("</s:EncryptedAssertion>", "<x:Other/></s:EncryptedAssertion>");
    check("<d:KeyInfo>", "<x:EncryptionMethod Algorithm=\"a\"/><d:KeyInfo>");
    check("</d:KeyInfo>", "</d:KeyInfo><d:KeyInfo/>");
    check("<x:CipherValue>", "<x:CipherReference URI=\"#a\"/><x:CipherValue>");
    check("<x:CipherValue>", "<x:CipherValue>?");
    check("</x:CipherData></x:EncryptedData>", "</x:CipherData><x:CipherData/></x:EncryptedData>");
    check("/><d:KeyInfo>", "><x:KeySize>128</x:KeySize></x:EncryptionMethod><d:KeyInfo>");
    check("<x:EncryptionMethod Algorithm", "<x:EncryptionMethod algorithm");
    let references = "<x:CipherReference URI=\"http://idp.example/\"/>";
    let value = format!("<x:CipherValue>{}</x:CipherValue>", parts.octets);
    check(&value, references);
    let sized = "/><d:KeyInfo>";
    accepted(&good.replacen(
        sized,
        "><x:KeySize>256</x:KeySize></x:EncryptionMethod><d:KeyInfo>",
        1,
    ));
    refused(
        &good.replacen("<x:EncryptedData>", "<x:EncryptedData Type=\"urn:x\">", 1),
        "xenc.unsupported_type",
    );
    refused(&good.replacen("<x:CipherValue>", "<x:CipherValue><b/>", 1), "xml.element_in_text");
}

#[test]
fn parameters_of_the_key_are_read_once() {
    let parts = row("label");
    let good = parts.inside();
    let digest = format!("<d:DigestMethod Algorithm=\"{}\"/>", parts.digest);
    let mgf = format!("<y:MGF Algorithm=\"{}\"/>", parts.mgf);
    accepted(&good.replace(&format!("{digest}{mgf}"), &format!("{mgf}{digest}")));
    for extra in [&digest, &mgf, "<x:OAEPparams/>", "<x:Other/>"] {
        refused(&good.replace(&mgf, &format!("{mgf}{extra}")), "xenc.structure");
    }
    let label = crate::base64::encode(&[0; 257]);
    refused(&Parts { label, ..parts }.inside(), "xenc.structure");
}

#[test]
fn without_the_opt_in_no_rsa_key_is_used() {
    let xml = row("aes256-gcm").inside();
    let document = Document::parse(xml.as_bytes(), &XmlLimits::MESSAGE).unwrap();
    let result = decrypt(document.root(), &[our_key()], &ALLOW_CBC, &RustCrypto::new());
    assert_eq!(result, Err(Error::DecryptionFailed));
}
