//! The token itself, and how the browser brings it to the helpdesk.

use deskgate_core::base64;
use deskgate_core::crypto::{KeyRules, SecretKey};
use deskgate_core::desk::{HandOff, SecretText};
use deskgate_core::diagnostic::Diagnostic;
use deskgate_core::helpdesk::{
    self, Known, Profile, Received, freshworks, help_scout, jitbit, zendesk,
};
use deskgate_core::jose::{self, SigningKey};
use deskgate_core::preset::Provisioning;
use deskgate_core::session::Session;
use deskgate_core::x509::Certificate;

use super::{Meeting, Request, Target};
use crate::host::{Host, random};
use crate::http::Response;
use crate::pages::{self, Notice};
use crate::routes::app;
use crate::visit::Visit;

/// What a token is called: `jti` where the helpdesk knows such, and a name for the log everywhere.
#[derive(Clone, Copy, Debug)]
pub(super) struct TokenId([u8; 16]);

impl TokenId {
    pub(super) fn new(host: &dyn Host) -> Self {
        Self(random::<16>(host))
    }

    pub(super) fn text(self) -> String {
        base64::encode_url(&self.0)
    }
}

/// The fields that this app is sent only once and that there is something to send of now.
pub(super) fn once(target: Target<'_>, session: &Session) -> Vec<String> {
    let person = session.person();
    let has_value = |field: &&str| match *field {
        // Where the directory plays no part nobody is pinned.
        "external_id" => sends_external_id(target) && target.app.provisioning != Provisioning::Off,
        "name" => person.name.is_some(),
        "phone" => person.phone.is_some(),
        "organization" => person.organization.is_some(),
        _ => false,
    };
    target.app.sync.once().filter(has_value).map(str::to_owned).collect()
}

const fn sends_external_id(target: Target<'_>) -> bool {
    match target.hand_off {
        HandOff::Zendesk(zendesk) => zendesk.send_external_id,
        _ => false,
    }
}

/// The profile of a person whom the object let in.
pub(super) fn profile(
    target: Target<'_>,
    session: &Session,
    meeting: &Meeting,
) -> Result<Profile, helpdesk::Error> {
    let known = app::known(session, meeting);
    let pinned_id = known.pinned_id.filter(|_| sends_external_id(target));
    let known = Known { pinned_id, ..known };
    Profile::new(&known, &target.app.sync, &Received::all_but(&meeting.first))
}

pub(super) fn key_of(secret: &SecretText) -> SecretKey {
    SecretKey::new(secret.as_str().as_bytes())
}

/// Makes the token and the answer that takes the browser to the helpdesk with it.
pub(super) fn answer(
    visit: &Visit,
    target: Target<'_>,
    session: &Session,
    meeting: &Meeting,
    request: &Request,
    id: TokenId,
) -> Result<Response, Box<dyn Diagnostic>> {
    let profile = profile(target, session, meeting).map_err(boxed)?;
    let crypto = visit.crypto();
    let address = match (target.hand_off, request) {
        (HandOff::Zendesk(zendesk), Request::Zendesk(request)) => {
            let roles = target.app.roles.as_ref();
            let person = session.person();
            let new = zendesk::NewToken {
                profile: &profile,
                role: roles.and_then(|rules| rules.role(&person.groups, person.groups_omitted)),
                entropy: id.0,
            };
            let secret = key_of(&zendesk.shared_secret);
            let token = zendesk::token(&new, &secret, visit.now, crypto).map_err(boxed)?;
            let action = request.action(&zendesk.site);
            let (desk, app) = (&visit.desk.desk.name, &target.app.display_name);
            return Ok(pages::hand_over(desk, app, &action, &[("jwt", &token.jwt)]));
        }
        (HandOff::HelpScout(help_scout), Request::Docs(request)) => match &help_scout.docs {
            Some(docs) => {
                let secret = key_of(&docs.secret);
                let site = &docs.site;
                help_scout::docs::callback(site, request, &profile, &secret, visit.now, crypto)
            }
            None => return Ok(visit.page(Notice::NotFound)),
        },
        (HandOff::Jitbit(jitbit), Request::Jitbit(request)) => {
            let secret = key_of(&jitbit.autologin_secret);
            let (site, username) = (&jitbit.site, jitbit.username);
            jitbit::autologin(site, request, &profile, username, &secret, visit.now, crypto)
        }
        (HandOff::Freshworks(freshworks), Request::Freshworks(request)) => {
            let new = freshworks::NewIdToken {
                issuer: visit.desk.desk.issuer(),
                subject: session.subject(),
                profile: &profile,
                entropy: id.0,
            };
            let key = signing_key(visit).map_err(boxed)?;
            freshworks::redirect(&freshworks.site, request, &new, &key, visit.now, crypto)
        }
        // A request is parsed by the settings of its own app.
        _ => return Ok(visit.page(Notice::NotFound)),
    };
    Ok(redirect(address.map_err(boxed)?))
}

fn boxed(error: helpdesk::Error) -> Box<dyn Diagnostic> {
    Box::new(error)
}

/// The address has the token in it: no cache keeps it, and the helpdesk's pages are the first that see
/// it. Neither our page nor the one before it is named to the helpdesk.
fn redirect(address: String) -> Response {
    Response::redirect(303, address).with("Referrer-Policy", "no-referrer".to_owned())
}

/// The key that signs for apps.
fn signing_key(visit: &Visit) -> Result<SigningKey, helpdesk::Error> {
    let key = visit.desk.bridge_signing_key(&visit.secrets, visit.host);
    let key = key.ok_or(jose::Error::SigningFailed)?.key;
    Ok(SigningKey::from_private(key.clone(), visit.crypto())?)
}

/// `public-key.pem`: what the console of Freshworks wants to have pasted.
pub(super) fn public_key(visit: &Visit, name: &str) -> Response {
    let target = Target::find(&visit.desk.desk, name);
    if !matches!(target.map(|target| target.hand_off), Some(HandOff::Freshworks(_))) {
        return visit.page_or_json(Notice::NotFound);
    }
    let current = visit.desk.bridge_certificates().first();
    let read = |der: &Vec<u8>| Certificate::from_der(der, KeyRules::default()).ok();
    let Some(certificate) = current.and_then(read) else {
        return visit.page_or_json(Notice::Unavailable);
    };
    let mut pem = String::from("-----BEGIN PUBLIC KEY-----\n");
    let text = base64::encode(certificate.public_key().spki_der());
    // RFC 7468, section 2: lines of 64 characters.
    for line in text.as_bytes().chunks(64) {
        pem.push_str(&String::from_utf8_lossy(line));
        pem.push('\n');
    }
    pem.push_str("-----END PUBLIC KEY-----\n");
    Response::new(200, "application/x-pem-file", pem).cacheable(300)
}
