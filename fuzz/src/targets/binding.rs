//! How messages travel.

use deskgate_core::base64;
use deskgate_core::dsig::SignatureRules;
use deskgate_core::dsig::redirect::{Message, verify_query};
use deskgate_core::saml::binding::{post, redirect};

use crate::trusted::{CRYPTO, Credulous, IDP_KEYS};

/// Whatever inflates stays below the limit and survives deflating. The input is the compressed
/// stream, and a form value as well.
pub(super) fn inflate(input: &[u8]) {
    let value = base64::encode(input);
    if let Ok(message) = redirect::inflate_value(&value) {
        assert!(message.len() <= redirect::MAX_INFLATED_BYTES);
        assert!(value.len() <= redirect::MAX_VALUE_BYTES);
        let again = redirect::deflate_value(&message);
        if again.len() <= redirect::MAX_VALUE_BYTES {
            assert_eq!(redirect::inflate_value(&again).as_ref(), Ok(&message));
        }
    }
    let Ok(text) = str::from_utf8(input) else { return };
    let _ = redirect::inflate_value(text);
    if let Ok(message) = post::decode_value(text) {
        assert!(text.len() <= post::MAX_VALUE_BYTES && !message.is_empty());
        let letters: String = text.chars().filter(|c| !c.is_ascii_whitespace()).collect();
        assert_eq!(base64::encode(&message), letters, "there is one base64 of these bytes");
    }
}

/// No query has a signature; one that is believed to have one has each parameter once.
pub(super) fn redirect(input: &[u8]) {
    let Ok(query) = str::from_utf8(input) else { return };
    let rules = SignatureRules::default();
    for message in [Message::Request, Message::Response] {
        assert!(verify_query(query, message, &IDP_KEYS, &rules, &CRYPTO).is_err());
        let Ok(believed) = verify_query(query, message, &IDP_KEYS, &rules, &Credulous) else {
            continue;
        };
        for name in [message.parameter(), "SigAlg", "Signature"] {
            let names = query.split('&').map(|pair| pair.split('=').next().unwrap_or_default());
            assert_eq!(names.filter(|found| *found == name).count(), 1);
        }
        assert!(query.contains(believed.message()));
    }
}
