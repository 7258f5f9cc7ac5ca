//! `acs`: where an identity provider posts its response.
//!
//! That POST comes from another site, so the browser leaves our SameSite=Lax cookies at home. The
//! answer is a page of our own that posts the same fields on, now with the cookies (attacks.md
//! G-09). Nothing is verified here.

use crate::audit::Name;
use crate::error::{SignInDescription, SignInRefusal};
use crate::http::Parameters;
use crate::pages;
use crate::routes::respond_and_record;
use crate::step::{Step, TooLarge};
use crate::visit::Visit;

/// Longest body. The largest real response has 18 KB; one with 1,000 groups about 200 KB in base64.
pub(super) const MAX_BODY_BYTES: usize = 512 * 1024;

/// The fields of a sign-in response (SAML Bindings 3.5.4).
pub(super) struct Fields {
    pub(super) saml_response: String,
    pub(super) relay_state: Option<String>,
}

#[inline(never)]
pub(super) fn answer(visit: Visit) -> Step {
    read_fields(visit, |visit, fields| {
        let mut passed_on = vec![("SAMLResponse", fields.saml_response.as_str())];
        passed_on.extend(fields.relay_state.as_deref().map(|value| ("RelayState", value)));
        pages::pass_on(&visit.desk.desk.name, &visit.desk.path_of("acs/complete"), &passed_on)
            .into()
    })
}

/// Only a form body, each parameter once, whatever the query says (attacks.md B-05).
pub(super) fn read_fields(
    visit: Visit,
    then: impl FnOnce(Visit, Fields) -> Step + 'static,
) -> Step {
    if !visit.head.is_form() {
        return refuse(&visit, SignInRefusal::ContentType);
    }
    Step::read(MAX_BODY_BYTES, move |body, now| {
        let mut visit = visit;
        visit.now = now;
        match body {
            Err(TooLarge) => refuse(&visit, SignInRefusal::BodyTooLarge),
            Ok(body) => match fields(body) {
                Ok(fields) => then(visit, fields),
                Err(refusal) => refuse(&visit, refusal),
            },
        }
    })
}

fn fields(body: Vec<u8>) -> Result<Fields, SignInRefusal> {
    let mut form = Parameters::parse(&body);
    // As long as the response, and no longer needed.
    drop(body);
    let mut once = |name| form.take_once(name).map_err(|_| SignInRefusal::ParameterRepeated);
    Ok(Fields {
        saml_response: once("SAMLResponse")?.ok_or(SignInRefusal::NoSamlResponse)?,
        relay_state: once("RelayState")?,
    })
}

pub(super) fn refuse(visit: &Visit, refusal: SignInRefusal) -> Step {
    let SignInDescription { code, notice, help } = refusal.describe();
    let event = visit.event(Name::LoginRefused).code(code, help);
    respond_and_record(visit.page(notice), event, visit)
}
