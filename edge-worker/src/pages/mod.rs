//! What people see: sign-in, sign-out, and a plain sentence for everything that goes wrong.
//!
//! Every page is one HTML document without any other resource, works without script, and shows
//! nothing of a message from outside: only settings, verified identity and our own words.

mod kept;
mod notice;
mod policy;

pub(crate) use kept::{KeptPage, NotKept, confirm_kept, kept_until_sign_in, not_kept};
pub(crate) use notice::{DeskFacts, Notice, notice, notice_json, notice_with, session_ended};

use askama::Template;
use askama::filters::MaybeSafe;

use crate::http::Response;

/// An address and what it is called.
pub(crate) struct Choice {
    pub(crate) address: String,
    pub(crate) name: String,
}

#[derive(Template)]
#[template(path = "choose.html")]
struct Choose<'a> {
    style: &'static str,
    desk: &'a str,
    choices: &'a [Choice],
}

/// Several identity providers: the person chooses.
pub(crate) fn choose(desk: &str, choices: &[Choice]) -> Response {
    render(200, &Choose { style: policy::STYLE, desk, choices }, policy::Forms::None)
}

#[derive(Template)]
#[template(path = "discover.html")]
struct Discover<'a> {
    style: &'static str,
    desk: &'a str,
    page: &'a Discovery<'a>,
}

/// What the page that asks for an e-mail address shows.
pub(crate) struct Discovery<'a> {
    pub(crate) desk: &'a str,
    pub(crate) action: &'a str,
    pub(crate) target: &'a str,
    /// What the person wrote before.
    pub(crate) email: &'a str,
    /// What was wrong with it.
    pub(crate) problem: Option<&'static str>,
    /// The identity providers that have no domains.
    pub(crate) choices: &'a [Choice],
}

/// Several identity providers: the e-mail address tells which. The form leads to one of them.
pub(crate) fn discover(page: &Discovery<'_>) -> Response {
    let status = if page.problem.is_some() { 422 } else { 200 };
    render(
        status,
        &Discover { style: policy::STYLE, desk: page.desk, page },
        policy::Forms::Elsewhere,
    )
}

#[derive(Template)]
#[template(path = "home.html")]
struct Home<'a> {
    style: &'static str,
    desk: &'a str,
    person: Option<&'a str>,
    apps: &'a [Choice],
    /// Signs out, or in when nobody is.
    link: &'a str,
}

/// The start page of a desk that has only apps.
pub(crate) fn home(desk: &str, person: Option<&str>, apps: &[Choice], link: &str) -> Response {
    let page = Home { style: policy::STYLE, desk, person, apps, link };
    render(200, &page, policy::Forms::None)
}

#[derive(Template)]
#[template(path = "transfer.html")]
struct Transfer<'a> {
    style: &'static str,
    script: &'static str,
    desk: &'a str,
    heading: &'a str,
    action: &'a str,
    fields: Vec<(&'a str, MaybeSafe<&'a str>)>,
}

/// A SAML response has 10 KB and more, and nothing to escape: what looks at each byte of it and finds nothing need
/// not look at it again.
fn fields_of<'a>(fields: &[(&'a str, &'a str)]) -> Vec<(&'a str, MaybeSafe<&'a str>)> {
    let value = |value: &'a str| {
        let octets = value.as_bytes();
        let is_markup = memchr::memchr3(b'<', b'>', b'&', octets).is_some()
            || memchr::memchr2(b'"', b'\'', octets).is_some();
        if is_markup { MaybeSafe::NeedsEscaping(value) } else { MaybeSafe::Safe(value) }
    };
    fields.iter().map(|(name, text)| (*name, value(text))).collect()
}

/// The response of an identity provider, on its way from a cross-site POST to one of our own, which
/// carries our cookies.
pub(crate) fn pass_on(desk: &str, action: &str, fields: &[(&str, &str)]) -> Response {
    let (style, script) = (policy::STYLE, policy::SUBMIT);
    let page = Transfer {
        style,
        script,
        desk,
        heading: "Signing you in",
        action,
        fields: fields_of(fields),
    };
    render(200, &page, policy::Forms::SameOrigin)
}

/// A message to an identity provider by HTTP-POST (SAML Bindings 3.5).
pub(crate) fn post_message(
    desk: &str,
    connection: &str,
    action: &str,
    fields: &[(&str, &str)],
) -> Response {
    let heading = format!("Taking you to {connection}");
    let (style, script) = (policy::STYLE, policy::SUBMIT);
    let page =
        Transfer { style, script, desk, heading: &heading, action, fields: fields_of(fields) };
    render(200, &page, policy::Forms::Elsewhere)
}

/// A token on its way to a helpdesk, in a form so that it stands in no address.
///
/// The page after this one learns the origin of the desk and no more. (With no referrer at all the
/// browser would send `Origin: null` with the form, which no page of an ordinary site does.)
pub(crate) fn hand_over(desk: &str, app: &str, action: &str, fields: &[(&str, &str)]) -> Response {
    let heading = format!("Taking you to {app}");
    let (style, script) = (policy::STYLE, policy::SUBMIT);
    let page =
        Transfer { style, script, desk, heading: &heading, action, fields: fields_of(fields) };
    // Only a program that plays a helpdesk on this machine has an address without TLS.
    let forms = match action.starts_with("https:") {
        true => policy::Forms::Encrypted,
        false => policy::Forms::Elsewhere,
    };
    render(200, &page, forms).with("Referrer-Policy", "strict-origin".to_owned())
}

#[derive(Template)]
#[template(path = "sign_out.html")]
struct SignOut<'a> {
    style: &'static str,
    desk: &'a str,
    person: &'a str,
    action: &'a str,
}

/// Asks before signing out: a link or an image must not do it (attacks.md G-11). With single logout
/// the form leads on to the identity provider, and its policy would bind that redirect too.
pub(crate) fn sign_out(
    desk: &str,
    person: &str,
    action: &str,
    has_single_logout: bool,
) -> Response {
    let page = SignOut { style: policy::STYLE, desk, person, action };
    let forms = match has_single_logout {
        true => policy::Forms::Elsewhere,
        false => policy::Forms::SameOrigin,
    };
    render(200, &page, forms)
}

#[derive(Template)]
#[template(path = "break_glass.html")]
struct BreakGlass<'a> {
    style: &'static str,
    desk: &'a str,
    email: &'a str,
    action: &'a str,
    token: &'a str,
}

/// Asks before a break-glass link is used up.
pub(crate) fn break_glass(desk: &str, email: &str, action: &str, token: &str) -> Response {
    let page = BreakGlass { style: policy::STYLE, desk, email, action, token };
    render(200, &page, policy::Forms::SameOrigin)
}

#[derive(Template)]
#[template(path = "session.html")]
struct Session<'a> {
    style: &'static str,
    desk: &'a str,
    logout: &'a str,
    facts: &'a [(&'a str, String)],
}

/// Who is signed in.
pub(crate) fn session(desk: &str, logout: &str, facts: &[(&str, String)]) -> Response {
    let page = Session { style: policy::STYLE, desk, logout, facts };
    render(200, &page, policy::Forms::None)
}

fn render(status: u16, page: &impl Template, forms: policy::Forms) -> Response {
    let body = page.render().expect("writing to a string does not fail");
    Response::new(status, "text/html; charset=utf-8", body)
        .with("Content-Security-Policy", policy::content_security_policy(forms))
        .with("X-Frame-Options", "DENY".to_owned())
}

#[cfg(test)]
mod tests;
