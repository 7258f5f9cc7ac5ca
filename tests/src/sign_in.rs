//! The steps of a sign-in as a browser takes them.

use deskgate_core::base64;
use deskgate_core::limits::XmlLimits;
use deskgate_core::xml::Document;

use crate::browser::{Browser, Reply, Request};
use crate::html::first_form;
use crate::issuer::{Issuer, Response};
use crate::worker::Worker;

/// What the desk asked the identity provider.
#[derive(Clone, Debug)]
pub struct Asked {
    /// `AuthnRequest/@ID`.
    pub request_id: String,
    /// The relay state to hand back.
    pub relay_state: Option<String>,
    /// Whether a sign-in is wanted although there may be a session (`ForceAuthn`).
    pub force_authn: bool,
}

/// Opens `target` without a session and follows the desk's own redirects to the identity provider.
///
/// # Panics
/// When the way does not lead there.
#[track_caller]
pub fn begin(browser: &mut Browser, target: &str) -> Asked {
    let mut reply = browser.open(target);
    for _ in 0..3 {
        let location = reply.location().to_owned();
        if let Some((_, query)) = location.split_once("?SAMLRequest=") {
            return read_request(&format!("SAMLRequest={query}"));
        }
        let path = location.splitn(4, '/').nth(3).map(|path| format!("/{path}"));
        reply = browser.open(&if location.starts_with('/') {
            location
        } else {
            path.unwrap_or_default()
        });
    }
    panic!("no AuthnRequest: {reply}")
}

/// Posts a response as the page of an identity provider does, and what the desk answers with in turn,
/// until a page or redirect that is not its own form.
#[track_caller]
pub fn deliver(browser: &mut Browser, saml_response: &str, relay_state: Option<&str>) -> Reply {
    let mut fields = vec![("SAMLResponse", saml_response)];
    fields.extend(relay_state.map(|state| ("RelayState", state)));
    let reply = browser.send(&Request::form("/deskgate/acs", &fields).cross_site());
    if reply.status != 200 || !reply.text().contains("/deskgate/acs/complete") {
        return reply;
    }
    let (action, fields) = first_form(&reply.text());
    let path = action.find("/deskgate/").map_or(action.as_str(), |at| &action[at..]);
    let fields: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    browser.send(&Request::form(path, &fields))
}

/// A whole sign-in started by the desk: `change` may spoil the response before it is signed.
#[track_caller]
pub fn solicited(
    worker: &Worker,
    issuer: &Issuer,
    browser: &mut Browser,
    target: &str,
    change: impl FnOnce(&mut Response),
) -> Reply {
    let asked = begin(browser, target);
    let mut response = issuer.respond(worker.now(), &worker.entity_id(), &worker.acs_url());
    response.in_response_to = Some(asked.request_id);
    change(&mut response);
    deliver(browser, &issuer.post_value(&response), asked.relay_state.as_deref())
}

/// Someone who is signed in as B.Simon@contoso.com.
///
/// # Panics
/// When the sign-in is refused.
#[must_use]
#[track_caller]
pub fn signed_in(worker: &Worker, issuer: &Issuer) -> Browser {
    let mut browser = worker.browser();
    let reply = solicited(worker, issuer, &mut browser, "/", |_| {});
    assert!(browser.cookie("__Host-deskgate").is_some(), "no session: {reply}");
    browser
}

/// The AuthnRequest in an address that a browser is sent to.
///
/// # Panics
/// When there is none.
#[must_use]
#[track_caller]
pub fn read_location(location: &str) -> Asked {
    let (_, query) = location.split_once('?').expect("a query");
    read_request(query)
}

/// Reads the AuthnRequest out of the query of a redirect.
fn read_request(query: &str) -> Asked {
    let value = |name: &str| {
        query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('=')).map(decode)
    };
    let deflated = base64::decode(&value("SAMLRequest").expect("a request")).expect("base64");
    let xml = miniz_oxide::inflate::decompress_to_vec(&deflated).expect("DEFLATE");
    let document = Document::parse(&xml, &XmlLimits::MESSAGE).expect("XML");
    let request_id = document.root().attribute("ID").expect("an ID").to_owned();
    let force_authn = document.root().attribute("ForceAuthn") == Some("true");
    Asked { request_id, relay_state: value("RelayState"), force_authn }
}

/// Resolves percent-encoding.
#[must_use]
pub fn decode(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let [first, others @ ..] = rest {
        let hex = others
            .get(..2)
            .filter(|_| *first == b'%')
            .and_then(|hex| std::str::from_utf8(hex).ok());
        if let Some(byte) = hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            bytes.push(byte);
            rest = &others[2..];
        } else {
            bytes.push(*first);
            rest = others;
        }
    }
    String::from_utf8(bytes).expect("UTF-8")
}
