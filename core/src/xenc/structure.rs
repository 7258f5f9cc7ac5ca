//! The structure of encrypted elements (XML Encryption 1.1, section 3): exact children in exact order.

use alloc::vec::Vec;
use core::iter::Peekable;

use super::Error;
use crate::crypto::{ContentCipher, DigestAlgorithm, KeyTransport};
use crate::diagnostic::Excerpt;
use crate::xml::names::{DSIG, XENC, XENC11};
use crate::xml::{Element, Node};

/// `EncryptedKey` elements of one message, used or not (E-07).
pub const MAX_ENCRYPTED_KEYS: usize = 8;

/// Bytes of `OAEPparams`. Nobody is known to send any.
const MAX_LABEL_BYTES: usize = 256;

pub(super) const TYPE_ELEMENT: &str = "http://www.w3.org/2001/04/xmlenc#Element";
const TYPE_ENCRYPTED_KEY: &str = "http://www.w3.org/2001/04/xmlenc#EncryptedKey";

/// Ciphers that were broken, refused by name so that the administrator learns what to change.
const BROKEN: [&str; 2] =
    ["http://www.w3.org/2001/04/xmlenc#rsa-1_5", "http://www.w3.org/2001/04/xmlenc#tripledes-cbc"];

/// `EncryptedData` with the keys that may open it.
pub(super) struct EncryptedContent {
    pub(super) cipher: ContentCipher,
    pub(super) octets: Vec<u8>,
    pub(super) keys: Vec<EncryptedKey>,
}

/// `EncryptedKey` with the parameters of OAEP.
pub(super) struct EncryptedKey {
    pub(super) digest: DigestAlgorithm,
    pub(super) mgf_digest: DigestAlgorithm,
    pub(super) label: Vec<u8>,
    pub(super) octets: Vec<u8>,
}

/// EncryptedElementType of SAML Core, section 2.2.4: `EncryptedData`, then any `EncryptedKey`.
pub(super) fn read(encrypted: Element<'_>) -> Result<EncryptedContent, Error> {
    if encrypted.is(XENC, "EncryptedData") {
        return read_data(encrypted, &[]);
    }
    let mut children = Sequence::of(encrypted)?;
    let data = children.required(XENC, "EncryptedData")?;
    let siblings = children.all(XENC, "EncryptedKey");
    children.end()?;
    read_data(data, &siblings)
}

fn read_data(data: Element<'_>, siblings: &[Element<'_>]) -> Result<EncryptedContent, Error> {
    if let Some(other) = data.attribute("Type").filter(|value| *value != TYPE_ELEMENT) {
        return Err(Error::UnsupportedType(Excerpt::new(other)));
    }
    let mut children = Sequence::of(data)?;
    let method = children.required(XENC, "EncryptionMethod")?;
    let key_info = children.optional(DSIG, "KeyInfo");
    let cipher_data = children.required(XENC, "CipherData")?;
    children.optional(XENC, "EncryptionProperties");
    children.end()?;

    let cipher = algorithm(method, ContentCipher::from_xml_uri)?;
    let mut parameters = Sequence::of(method)?;
    if let Some(size) = parameters.optional(XENC, "KeySize") {
        let bits = size.text()?.parse::<usize>().ok();
        if bits != cipher.key_bytes().checked_mul(8) {
            return Err(Error::structure("a KeySize that fits the Algorithm", size));
        }
    }
    parameters.end()?;

    let keys = match key_info {
        Some(key_info) => keys_of(key_info, siblings)?,
        None => siblings.to_vec(),
    };
    if keys.len() > MAX_ENCRYPTED_KEYS {
        return Err(Error::TooManyEncryptedKeys { count: keys.len() });
    }
    let keys = keys.into_iter().map(read_key).collect::<Result<_, _>>()?;
    Ok(EncryptedContent { cipher, octets: cipher_value(cipher_data)?, keys })
}

/// The keys inside `KeyInfo` and the siblings that a `RetrievalMethod` names; without either, all
/// siblings. Certificates and names in `KeyInfo` are hints that we do not need.
fn keys_of<'doc>(
    key_info: Element<'doc>,
    siblings: &[Element<'doc>],
) -> Result<Vec<Element<'doc>>, Error> {
    let children = |namespace: &'static str, local_name: &'static str| {
        // One more than the limit is enough to know: a message may have thousands.
        let named = key_info.child_elements().filter(move |child| child.is(namespace, local_name));
        named.take(MAX_ENCRYPTED_KEYS + 1).collect::<Vec<_>>()
    };
    let mut keys = children(XENC, "EncryptedKey");
    let reachable = [keys.as_slice(), siblings].concat();
    for method in children(DSIG, "RetrievalMethod") {
        let key = retrieve(method, &reachable)?;
        if !keys.contains(&key) {
            keys.push(key);
        }
    }
    Ok(if keys.is_empty() { siblings.to_vec() } else { keys })
}

/// `RetrievalMethod` (XML-DSig, section 4.5.3) reaches a key in or beside the `EncryptedData` and
/// nothing else: no other document, no transforms, no chain (E-07).
fn retrieve<'doc>(
    method: Element<'doc>,
    reachable: &[Element<'doc>],
) -> Result<Element<'doc>, Error> {
    let expected = "a RetrievalMethod for an EncryptedKey in or beside EncryptedData";
    let is_key = method.attribute("Type").is_none_or(|value| value == TYPE_ENCRYPTED_KEY);
    let id = method.attribute("URI").and_then(|uri| uri.strip_prefix('#'));
    let (true, Some(id), None) = (is_key, id, method.child_elements().next()) else {
        return Err(Error::structure(expected, method));
    };
    let mut named = reachable.iter().filter(|key| key.attribute("Id") == Some(id));
    match (named.next(), named.next()) {
        (Some(key), None) => Ok(*key),
        _ => Err(Error::structure(expected, method)),
    }
}

fn read_key(key: Element<'_>) -> Result<EncryptedKey, Error> {
    let mut children = Sequence::of(key)?;
    let method = children.required(XENC, "EncryptionMethod")?;
    // Whose key it is encrypted to; only our own keys are tried.
    children.optional(DSIG, "KeyInfo");
    let cipher_data = children.required(XENC, "CipherData")?;
    children.optional(XENC, "EncryptionProperties");
    children.optional(XENC, "ReferenceList");
    children.optional(XENC, "CarriedKeyName");
    children.end()?;

    // Both are OAEP: xmlsec writes and reads another MGF with rsa-oaep-mgf1p as well.
    algorithm(method, KeyTransport::from_xml_uri)?;
    let mut parameters = Sequence::of(method)?;
    parameters.optional(XENC, "KeySize");
    // The schema leaves the order of these open (XML Encryption 1.1, section 3.2).
    let (mut label, mut digest, mut mgf) = (None, None, None);
    while let Some(parameter) = parameters.next() {
        let (slot, is_new) = if parameter.is(XENC, "OAEPparams") {
            (&mut label, true)
        } else if parameter.is(DSIG, "DigestMethod") {
            (&mut digest, true)
        } else {
            (&mut mgf, parameter.is(XENC11, "MGF"))
        };
        if !is_new || slot.replace(parameter).is_some() {
            return Err(Error::structure("OAEPparams, DigestMethod or MGF, each once", parameter));
        }
    }
    let digest = match digest {
        Some(digest) => algorithm(digest, DigestAlgorithm::from_xml_uri)?,
        None => DigestAlgorithm::Sha1,
    };
    let mgf_digest = match mgf {
        Some(mgf) => algorithm(mgf, DigestAlgorithm::from_mgf1_xml_uri)?,
        None => DigestAlgorithm::Sha1,
    };
    let label = label.map(octets).transpose()?.unwrap_or_default();
    if label.len() > MAX_LABEL_BYTES {
        return Err(Error::structure("OAEPparams of at most 256 bytes", method));
    }
    Ok(EncryptedKey { digest, mgf_digest, label, octets: cipher_value(cipher_data)? })
}

/// The row of the `Algorithm` attribute.
fn algorithm<T>(method: Element<'_>, row: fn(&str) -> Option<T>) -> Result<T, Error> {
    let uri = method
        .attribute("Algorithm")
        .ok_or_else(|| Error::structure("an Algorithm attribute", method))?;
    row(uri).ok_or_else(|| match BROKEN.contains(&uri) {
        true => Error::BrokenAlgorithm(Excerpt::new(uri)),
        false => Error::UnsupportedAlgorithm(Excerpt::new(uri)),
    })
}

/// `CipherData` with a `CipherValue`. `CipherReference`, data from elsewhere through transforms, is
/// not for messages (E-08).
fn cipher_value(cipher_data: Element<'_>) -> Result<Vec<u8>, Error> {
    let mut children = Sequence::of(cipher_data)?;
    let value = children.required(XENC, "CipherValue")?;
    children.end()?;
    octets(value)
}

fn octets(element: Element<'_>) -> Result<Vec<u8>, Error> {
    crate::base64::decode(&element.text()?).map_err(|_| Error::structure("base64", element))
}

/// The child elements of an element that has nothing but white space and comments between them.
struct Sequence<'doc> {
    parent: Element<'doc>,
    children: Peekable<alloc::vec::IntoIter<Element<'doc>>>,
}

impl<'doc> Sequence<'doc> {
    fn of(parent: Element<'doc>) -> Result<Self, Error> {
        let mut children = Vec::new();
        for node in parent.children() {
            match node {
                Node::Element(element) => children.push(element),
                Node::Comment(_) => {}
                Node::Text(text) if text.trim_ascii().is_empty() => {}
                Node::Text(_) | Node::ProcessingInstruction { .. } => {
                    return Err(Error::structure("elements only", parent));
                }
            }
        }
        Ok(Self { parent, children: children.into_iter().peekable() })
    }

    fn next(&mut self) -> Option<Element<'doc>> {
        self.children.next()
    }

    fn optional(&mut self, namespace: &str, local_name: &str) -> Option<Element<'doc>> {
        self.children.next_if(|child| child.is(namespace, local_name))
    }

    fn required(
        &mut self,
        namespace: &str,
        local_name: &'static str,
    ) -> Result<Element<'doc>, Error> {
        let found = self.optional(namespace, local_name);
        found.ok_or_else(|| Error::structure(local_name, self.parent))
    }

    fn all(&mut self, namespace: &str, local_name: &str) -> Vec<Element<'doc>> {
        core::iter::from_fn(|| self.optional(namespace, local_name)).collect()
    }

    fn end(mut self) -> Result<(), Error> {
        match self.children.next() {
            Some(unexpected) => Err(Error::structure("no further element", unexpected)),
            None => Ok(()),
        }
    }
}
