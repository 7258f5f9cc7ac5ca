//! What the pages may do in a browser: nothing but show themselves and send their one form.

use std::sync::OnceLock;

use deskgate_core::base64;
use deskgate_core::crypto::sha256;

/// The style of every page.
pub(super) const STYLE: &str = include_str!("../../templates/style.css");

/// Sends the form of the page.
pub(super) const SUBMIT: &str = include_str!("../../templates/submit.js");

/// Where a form of the page may go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Forms {
    /// To an identity provider. The form's action comes from the settings; a restriction here would
    /// also bind the redirects that follow it, which lead to hosts that nobody can list beforehand.
    Elsewhere,
    /// To a helpdesk, and on from there to a page of it under whatever name, but always with TLS.
    Encrypted,
    None,
    SameOrigin,
}

/// Style and script are allowed by their hashes, so that injected ones do nothing.
pub(super) fn content_security_policy(forms: Forms) -> String {
    static HASHES: OnceLock<(String, String)> = OnceLock::new();
    let (style, script) = HASHES.get_or_init(|| (hash(STYLE), hash(SUBMIT)));
    let mut policy = format!(
        "default-src 'none'; base-uri 'none'; frame-ancestors 'none'; style-src 'sha256-{style}'"
    );
    if forms != Forms::None {
        policy.push_str(&format!("; script-src 'sha256-{script}'"));
    }
    match forms {
        Forms::Elsewhere => {}
        Forms::Encrypted => policy.push_str("; form-action https:"),
        Forms::None => policy.push_str("; form-action 'none'"),
        Forms::SameOrigin => policy.push_str("; form-action 'self'"),
    }
    policy
}

fn hash(text: &str) -> String {
    base64::encode(sha256(text.as_bytes()).as_bytes())
}
